"""The type of the packages that the autoloader makes: a module whose missing attributes are its modules, and what those define."""

from __future__ import annotations

import sys
import types
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.frames import Caller, caller, drop_own_frames, hidden, hidden_call, on_behalf
from pyautoload_wasm._diagnosis.cycles import is_initializing
from pyautoload_wasm._diagnosis.names import missing_name
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.observation import Child, Link, observe, observe_missing
from pyautoload_wasm._imports.state import LoadState

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Whether a module can have attributes that are imported when somebody looks at them: then only a module's own lookup does that.
_HAS_LAZY_IMPORTS = hasattr(types, "LazyImportType")

#: Packages that another finder has made, and whose modules are one of ours: see ``adoption.py``.
adopted: dict[str, LoadState] = {}

#: The answer for a name that no module stands for.
MISSING: Any = object()


class Package(ModuleType):
    """A package. A missing attribute is looked for among its modules; a package's own ``__getattr__`` (PEP 562) comes first.

    Each package has a subclass of its own, in which its modules are descriptors: see `package_type`.
    """

    #: In half the time of a module's own. That also asks the package's ``__getattr__``, as we do, and imports what is lazy, for which
    #: see `settle`.
    __getattribute__ = object.__getattribute__

    @hidden_call
    def __getattr__(self, name: str) -> Any:
        try:
            refusal = None
            if "__getattr__" in self.__dict__:
                try:
                    return _ask_package(self, name)
                except AttributeError as error:
                    refusal = error
            state, namespace = _origin(self)
            if state is not None and not name.startswith("__"):
                asker = caller()
                value = _attribute(state, self, namespace, name, asker)
                if value is MISSING:
                    value = _attribute_of_others(state, self, namespace, name, asker)
                if value is not MISSING:
                    return value
                if asker is not None and asker.runs_import_from and not is_initializing(self):
                    missing = missing_name(state.catalog, self, namespace, name)
                    if missing is not None:
                        raise missing
            raise _no_attribute(self, name) if refusal is None else refusal
        except BaseException as error:
            drop_own_frames(error)
            raise

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *(name for name, value in vars(type(self)).items() if isinstance(value, Link))}
        state, namespace = _origin(self)
        asker = caller()
        if state is not None and not (asker is not None and asker.reads_all_members):
            names.update(state.catalog.names_in(namespace))
        return sorted(names)


def package_type(stems: Iterable[str], *, has_body: bool) -> type[Package]:
    """The type of one package, which knows its modules. With ``has_body`` a file makes it, to be followed by `settle`."""
    members: dict[str, Any] = {stem: _child(stem) for stem in stems if not stem.startswith("__")}
    if has_body and _HAS_LAZY_IMPORTS:
        members["__getattribute__"] = ModuleType.__getattribute__
    return type("Package", (Package,), members)


def settle(package: ModuleType) -> None:
    """Makes the attributes of a package quick once its body has run, unless some of them are lazy imports (Python 3.15)."""
    if _HAS_LAZY_IMPORTS and isinstance(package, Package) and "__getattribute__" in vars(type(package)):
        lazy = types.LazyImportType  # type: ignore[attr-defined]
        if not any(type(value) is lazy for value in package.__dict__.values()):
            del type(package).__getattribute__


def add_child(name: str, stem: str) -> None:
    """Lets a package that is loaded know of a module that was written since."""
    package = sys.modules.get(name)
    if isinstance(package, Package) and stem not in vars(type(package)) and not stem.startswith("__"):
        setattr(type(package), stem, _child(stem))


@cache
def _child(stem: str) -> Child:
    return Child(stem)


def expect_alias(package: ModuleType | None) -> None:
    """Lets a package know that importlib sets a module as its attribute `User`. What belongs there is the class."""
    if isinstance(package, Package):
        type(package).__setattr__ = _set_attribute  # type: ignore[assignment, method-assign]


def _set_attribute(package: Package, name: str, value: Any) -> None:
    # Anyone can give a module any name.
    own_name = value.__dict__.get("__name__") if isinstance(value, ModuleType) else None
    if isinstance(own_name, str) and own_name.rpartition(".")[2] != name:
        namespace, _, stem = own_name.rpartition(".")
        state, _ = _origin(package)
        if state is not None and state.catalog.stem_of(namespace, name) == stem:
            if hasattr(value, name):
                _link(state, package, name, own_name)
            return
    ModuleType.__setattr__(package, name, value)


@on_behalf
@hidden
def _ask_package(package: ModuleType, name: str) -> Any:
    """What a package's own ``__getattr__`` says."""
    return package.__dict__["__getattr__"](name)


@hidden
def _attribute(state: LoadState, package: ModuleType, namespace: str, name: str, asker: Caller | None) -> Any:
    """What a missing attribute of a package is: a module below it, or what such a module defines under the name; or MISSING."""
    catalog = state.catalog
    if catalog.namespace(namespace) is None:
        return MISSING
    stem = catalog.find_stem(namespace, name)
    if stem is None:
        observe_missing(catalog, namespace, name, asker)
        return MISSING
    fullname = join_name(namespace, stem)
    if asker is not None:
        observe(fullname, asker)
    __import__(fullname)
    module = sys.modules[fullname]
    if stem == name:
        return module
    value = getattr(module, name, MISSING)
    if value is not MISSING:
        _link(state, package, name, fullname)
        return value
    if is_initializing(module):
        observe_missing(catalog, namespace, name, asker)
        return MISSING
    return module


def _link(state: LoadState, package: ModuleType, name: str, fullname: str) -> None:
    if isinstance(package, Package):
        state.link(package, name, Link(name, fullname))


@hidden
def _attribute_of_others(state: LoadState, package: ModuleType, namespace: str, name: str, asker: Caller | None) -> Any:
    """A name of a namespace that several loaders share."""
    for other in states.active:
        if other is not state:
            value = _attribute(other, package, namespace, name, asker)
            if value is not MISSING:
                return value
    return MISSING


def _origin(package: ModuleType) -> tuple[LoadState | None, str]:
    """The state of the loader that a package came from, and its name there. Read from its dictionary: a missing attribute would ask
    again.
    """
    namespace = package.__dict__
    spec = namespace.get("__spec__")
    name = namespace.get("__name__")
    if name in adopted:
        return adopted[name], name
    return (None, "") if spec is None else (getattr(spec.loader, "state", None), spec.name)


def _no_attribute(package: ModuleType, name: str) -> AttributeError:
    """Python's own error for a missing attribute, in Python's words."""
    if is_initializing(package):
        message = f"partially initialized module {package.__name__!r} has no attribute {name!r} (most likely due to a circular import)"
    else:
        message = f"module {package.__name__!r} has no attribute {name!r}"
    return AttributeError(message, name=name, obj=package)
