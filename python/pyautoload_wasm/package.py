"""The type of the packages that the autoloader makes: a module whose missing attributes are its children."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class Package(ModuleType):
    """A package. A missing attribute is looked for among its modules; a package's own ``__getattr__`` (PEP 562) comes first."""

    def __getattr__(self, name: str) -> Any:
        spec = self.__dict__.get("__spec__")
        finder = getattr(spec.loader, "finder", None) if spec is not None else None
        if finder is not None and not name.startswith("__"):
            return finder.attribute(self, spec.name, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        # After `import app.User` importlib sets the module as the attribute `User`; what belongs there is the class.
        if isinstance(value, ModuleType):
            fullname = f"{self.__name__}.{name}"
            if value.__name__ != fullname and sys.modules.get(fullname) is value:
                value = getattr(value, name, value)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        names = set(super().__dir__())
        spec = self.__dict__.get("__spec__")
        finder = getattr(spec.loader, "finder", None) if spec is not None else None
        if finder is not None:
            names.update(finder.children(spec.name))
        return sorted(names)
