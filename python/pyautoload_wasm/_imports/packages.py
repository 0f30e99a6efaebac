"""The type of the packages that the autoloader makes: a module whose missing attributes are its modules, and what those define."""

from __future__ import annotations

import sys
import types
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.frames import Caller, caller, drop_own_frames, on_behalf
from pyautoload_wasm._base.hiding import hidden, hidden_call
from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._diagnosis.cycles import is_initializing
from pyautoload_wasm._diagnosis.names import missing_name
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.observation import Member, observe, observe_missing
from pyautoload_wasm._imports.state import LoadState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The type of what stands for an attribute that is imported when somebody looks at it.
LAZY: type | None = getattr(types, "LazyImportType", None)

#: Packages that another finder has made, and whose modules are one of ours: see ``adoption.py``.
adopted: dict[str, LoadState] = {}

#: The members of `Package`, by name.
members: dict[str, Member] = {}

#: The answer for a name that no module stands for.
MISSING: Any = object()


class Package(ModuleType):
    """A package. A missing attribute is looked for among its modules; a package's own ``__getattr__`` (PEP 562) comes first.

    The names of modules, and of what they define, are descriptors in this class, which all packages share: see `Member`.
    """

    #: Takes half the time of a module's own lookup, which also asks the package's ``__getattr__``, as we do, and makes lazy imports:
    #: see `LazyPackage`.
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
        names = set(super().__dir__())
        state, namespace = _origin(self)
        asker = caller()
        if state is not None:
            found: Iterable[str] = state.catalog.names_in(namespace)
            if asker is not None and asker.reads_all_members:
                found = _loaded(state, namespace, found)
            names.update(found)
        return sorted(names)


class AliasedPackage(Package):
    """A package with a module that was imported as `app.User`: importlib then sets the module as the attribute `User`, where the class
    belongs. A class of its own, since each import of a module sets an attribute.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        # Anyone can give a module any name.
        own_name = value.__dict__.get("__name__") if is_module(value) else None
        if isinstance(own_name, str) and own_name.rpartition(".")[2] != name:
            namespace, _, stem = own_name.rpartition(".")
            state, _ = _origin(self)
            if state is not None and state.catalog.stem_of(namespace, name) == stem:
                return
        ModuleType.__setattr__(self, name, value)


class LazyPackage(AliasedPackage):
    """A package some of whose attributes may be lazy imports (Python 3.15): only a module's own lookup makes those."""

    @hidden
    def __getattribute__(self, name: str) -> Any:
        value = object.__getattribute__(self, name)
        return ModuleType.__getattribute__(self, name) if type(value) is LAZY else value


#: The type of a package until its body has run: see `settle`.
UNSETTLED: type[Package] = Package if LAZY is None else LazyPackage


def settle(package: ModuleType) -> None:
    """Makes the attributes of a package quick once its body has run, unless some are lazy imports."""
    if type(package) is LazyPackage and not any(type(value) is LAZY for value in package.__dict__.values()):
        package.__class__ = Package  # type: ignore[assignment]


def expect_alias(package: ModuleType | None) -> None:
    """Lets a package know that one of its modules is imported as `app.User`."""
    if type(package) is Package:
        package.__class__ = AliasedPackage


def add_member(name: str) -> Member:
    """Lets packages have a module, or what a module defines, as an attribute of a name."""
    member = members.get(name)
    if member is None:
        member = members[name] = Member(name)
        if not name.startswith("__"):
            setattr(Package, name, member)
    return member


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
        if not is_initializing(module):
            package.__dict__.setdefault(name, module)
        return module
    value = getattr(module, name, MISSING)
    if value is not MISSING:
        modules = add_member(name).definers()
        modules[package.__name__] = fullname
        state.links[package.__name__, name] = modules
        return value
    if is_initializing(module):
        observe_missing(catalog, namespace, name, asker)
        return MISSING
    return module


@hidden
def _attribute_of_others(state: LoadState, package: ModuleType, namespace: str, name: str, asker: Caller | None) -> Any:
    """A name of a namespace that several loaders share."""
    for other in states.active:
        if other is not state:
            value = _attribute(other, package, namespace, name, asker)
            if value is not MISSING:
                return value
    return MISSING


def _loaded(state: LoadState, namespace: str, names: Iterable[str]) -> Iterator[str]:
    """The names that modules define which are loaded: to look these up executes nothing."""
    for name in names:
        stem = state.catalog.stem_of(namespace, name)
        module = None if stem is None else sys.modules.get(join_name(namespace, stem))
        if is_module(module) and name in module.__dict__:
            yield name


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
