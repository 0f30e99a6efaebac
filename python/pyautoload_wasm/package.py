"""The type of the packages that the autoloader makes: a module whose missing attributes are its children."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyautoload_wasm.finder import AutoloadFinder


class Package(ModuleType):
    """A package. A missing attribute is looked for among its modules; a package's own ``__getattr__`` (PEP 562) comes first."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            finder, namespace = _origin(self)
            if finder is not None:
                return finder.attribute(self, namespace, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        # After `import app.User` importlib sets the module as the attribute `User`; what belongs there is the class.
        # Anyone can give a module any name.
        own_name = value.__dict__.get("__name__") if isinstance(value, ModuleType) else None
        if isinstance(own_name, str):
            namespace, _, stem = own_name.rpartition(".")
            finder, _ = _origin(self)
            if stem != name and finder is not None and finder.is_alias(namespace, name, stem):
                value = getattr(value, name, value)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        names = set(super().__dir__())
        finder, namespace = _origin(self)
        if finder is not None:
            names.update(finder.children(namespace))
        return sorted(names)


def _origin(package: ModuleType) -> tuple[AutoloadFinder | None, str]:
    """The finder that a package came from, and its name there. Read from its dictionary: a missing attribute would ask again."""
    spec = package.__dict__.get("__spec__")
    return (None, "") if spec is None else (getattr(spec.loader, "finder", None), spec.name)
