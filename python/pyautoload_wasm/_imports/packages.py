"""The type of the packages that the autoloader makes: a module whose missing attributes are its children."""

from __future__ import annotations

import sys
from opcode import opmap
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._diagnosis.cycles import is_initializing
from pyautoload_wasm._diagnosis.names import missing_name
from pyautoload_wasm._base.frames import forget_ours, hidden_call

if TYPE_CHECKING:
    from pyautoload_wasm._imports.finder import AutoloadFinder

#: Packages that somebody else has made and that find their children by one of our finders: see ``for_package.py``.
adopted: dict[str, AutoloadFinder] = {}

_IMPORT_FROM = opmap["IMPORT_FROM"]

#: What `AutoloadFinder.attribute` returns for a name that no module stands for.
MISSING: Any = object()


class Package(ModuleType):
    """A package. A missing attribute is looked for among its modules; a package's own ``__getattr__`` (PEP 562) comes first."""

    @hidden_call
    def __getattr__(self, name: str) -> Any:
        try:
            finder, namespace = _origin(self)
            if finder is not None and not name.startswith("__"):
                value = finder.attribute(self, namespace, name)
                if value is MISSING:
                    value = _from_others(finder, self, namespace, name)
                if value is not MISSING:
                    return value
                if not is_initializing(self) and _is_from_import(sys._getframe(1)):
                    missing = missing_name(finder, self, namespace, name)
                    if missing is not None:
                        raise missing
            raise _no_attribute(self, name)
        except BaseException as error:
            forget_ours(error)
            raise

    def __dir__(self) -> list[str]:
        names = set(super().__dir__())
        finder, namespace = _origin(self)
        if finder is not None:
            names.update(finder.children(namespace))
        return sorted(names)


class AliasedPackage(Package):
    """A package with a module that was imported as `app.User`. A class of its own, since each import of a module sets an attribute."""

    def __setattr__(self, name: str, value: Any) -> None:
        # After `import app.User` importlib sets the module as the attribute `User`; what belongs there is the class.
        # Anyone can give a module any name.
        own_name = value.__dict__.get("__name__") if isinstance(value, ModuleType) else None
        if isinstance(own_name, str) and not own_name.endswith(name):
            namespace, _, stem = own_name.rpartition(".")
            finder, _ = _origin(self)
            if finder is not None and finder.is_alias(namespace, name, stem):
                finder.set_attribute(self, own_name, name, getattr(value, name, value))
                return
        ModuleType.__setattr__(self, name, value)


def _no_attribute(package: ModuleType, name: str) -> AttributeError:
    """Python's own error for a missing attribute, in Python's words."""
    if is_initializing(package):
        message = f"partially initialized module {package.__name__!r} has no attribute {name!r} (most likely due to a circular import)"
    else:
        message = f"module {package.__name__!r} has no attribute {name!r}"
    return AttributeError(message, name=name, obj=package)


def _is_from_import(frame: FrameType) -> bool:
    """Whether a frame is running `from package import name`.

    CPython makes of any AttributeError its own "cannot import name", without the means to help; of a question such as `hasattr`,
    which wants the AttributeError, the running instruction tells it apart.
    """
    return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] == _IMPORT_FROM


def _origin(package: ModuleType) -> tuple[AutoloadFinder | None, str]:
    """The finder that a package came from, and its name there. Read from its dictionary: a missing attribute would ask again."""
    namespace = package.__dict__
    spec = namespace.get("__spec__")
    name = namespace.get("__name__")
    if name in adopted:
        return adopted[name], name
    return (None, "") if spec is None else (getattr(spec.loader, "finder", None), spec.name)


def _from_others(finder: AutoloadFinder, package: ModuleType, namespace: str, name: str) -> Any:
    """A name of a namespace that several loaders have a share in."""
    for other in sys.meta_path:
        if type(other) is type(finder) and other is not finder:
            value = other.attribute(package, namespace, name)
            if value is not MISSING:
                return value
    return MISSING
