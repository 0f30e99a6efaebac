"""The type of the packages that the autoloader makes: a module whose missing attributes are its modules, and what those define."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.frames import Caller, caller, drop_own_frames, hidden_call
from pyautoload_wasm._diagnosis.cycles import is_initializing
from pyautoload_wasm._diagnosis.names import missing_name
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.state import LoadState

#: Packages that another finder has made, and whose modules are one of ours: see ``adoption.py``.
adopted: dict[str, LoadState] = {}

#: The answer for a name that no module stands for.
MISSING: Any = object()


class Package(ModuleType):
    """A package. A missing attribute is looked for among its modules; a package's own ``__getattr__`` (PEP 562) comes first."""

    @hidden_call
    def __getattr__(self, name: str) -> Any:
        try:
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
            raise _no_attribute(self, name)
        except BaseException as error:
            drop_own_frames(error)
            raise

    def __dir__(self) -> list[str]:
        names = set(super().__dir__())
        state, namespace = _origin(self)
        if state is not None:
            names.update(state.catalog.names_in(namespace))
        return sorted(names)


class AliasedPackage(Package):
    """A package with a module that was imported as `app.User`. A class of its own, since each import of a module sets an attribute."""

    def __setattr__(self, name: str, value: Any) -> None:
        # After `import app.User` importlib sets the module as the attribute `User`; what belongs there is the class.
        # Anyone can give a module any name.
        own_name = value.__dict__.get("__name__") if isinstance(value, ModuleType) else None
        if isinstance(own_name, str) and not own_name.endswith(name):
            namespace, _, stem = own_name.rpartition(".")
            state, _ = _origin(self)
            if state is not None and state.catalog.stem_of(namespace, name) == stem:
                state.set_attribute(self, own_name, name, getattr(value, name, value))
                return
        ModuleType.__setattr__(self, name, value)


def _attribute(state: LoadState, package: ModuleType, namespace: str, name: str, asker: Caller | None) -> Any:
    """What a missing attribute of a package is: a module below it, or what such a module defines under the name; or MISSING."""
    catalog = state.catalog
    if catalog.namespace(namespace) is None:
        return MISSING
    stem = catalog.find_stem(namespace, name)
    if stem is None:
        state.observe_missing(asker, namespace, name)
        return MISSING
    fullname = join_name(namespace, stem)
    state.observe(asker, fullname)
    __import__(fullname)
    module = sys.modules[fullname]
    if stem == name:
        return module
    value = getattr(module, name, MISSING)
    if value is not MISSING:
        state.set_attribute(package, fullname, name, value)
        return value
    if is_initializing(module):
        state.observe_missing(asker, namespace, name)
        return MISSING
    return module


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
