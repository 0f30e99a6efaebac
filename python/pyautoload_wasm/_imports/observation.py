"""Imports that no source shows are seen while they happen: by `import_module`, ``__import__``, ``exec``, ``getattr(package, name)``, a
library that resolves a dotted name.

The first import of a module comes to the finder. Every later one, by a statement and by importlib's functions alike, asks whether the
module is still being imported: it reads ``module.__spec__._initializing``. And whoever takes a module from a package looks up an
attribute. So while the body of one of our modules runs, both come to Python functions of ours, which note who asks. These are put in
place when a body begins to run, and taken out some time after the last one has ended: at other times both are read in C.

The alternative for attributes, a `__getattribute__` in the class of packages while a body runs, is asked for ``__path__`` and
``__spec__`` by every import as well.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.frames import Askers, Caller, askers, import_getter, is_star_import, is_statement
from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.state import bodies
from pyautoload_wasm._project.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Whether imports and lookups come by the functions below.
is_watching = False
#: So many of them may come while no body runs before that ends: an import after the other would begin and end it again.
_MOST_IDLE = 1000
_idle = 0
#: So many specs may be held of modules whose import has ended, or is under way.
MOST_SPECS = 30
#: What defines a name that is a module's own.
_NO_MODULES: Mapping[str, str] = {}


class AutoloadSpec(ModuleSpec):
    """The spec of a module of ours."""

    # Without slots, which would cost each of its attributes the place that CPython has for it in the object.
    __hash__ = object.__hash__  # type: ignore[assignment]
    _initializing: Any

    @classmethod
    def of(cls, spec: ModuleSpec) -> AutoloadSpec:
        """Another tool's spec, as one of ours."""
        own = cls(spec.name, spec.loader, origin=spec.origin, loader_state=spec.loader_state)
        own.__dict__.update((name, value) for name, value in vars(spec).items() if name != "_initializing")
        return own


#: Whether the module of a spec is being imported, as importlib has set it last. Those that say no are dropped from time to time.
initializing: dict[AutoloadSpec, bool] = {}


@hidden
def is_being_imported(spec: ModuleSpec | None) -> bool:
    """Whether the module of one of our specs is being imported, which is not observed."""
    return type(spec) is AutoloadSpec and initializing.get(spec, False)


class Member:
    """In the class of packages: a name of a module right below one, or of what such a module defines, as ``User`` of
    ``shop.models.user``. The value of the second is the module's own, looked up each time, since the module can bind another object to
    the name, and so can ``unittest.mock.patch``.

    A descriptor without a `__set__`: a package's own attributes come first. With one, while bodies run, it is asked first.
    """

    __slots__ = ("modules", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        #: The modules that define the name, by package.
        self.modules: Mapping[str, str] = _NO_MODULES

    def definers(self) -> dict[str, str]:
        """The modules that define the name, by package, for one to be added. Most names are those of modules and have none."""
        if self.modules is _NO_MODULES:
            self.modules = {}
        return cast("dict[str, str]", self.modules)

    @hidden
    def __get__(self, package: ModuleType | None, owner: type | None = None) -> Any:
        try:
            return getattr(sys.modules[self.modules[package.__name__]], self.name)  # type: ignore[union-attr]
        except (AttributeError, KeyError):
            if package is None:
                return self
            raise AttributeError(self.name) from None  # `Package.__getattr__` knows what that means.

    @hidden
    def get_watched(self, package: ModuleType | None, owner: type | None = None) -> Any:
        """What is asked in its place while bodies run."""
        if package is None:
            return self
        namespace = package.__dict__
        name = self.name
        if name in namespace:
            value = namespace[name]
            if not bodies:
                _note_idle()
            elif is_module(value) and not is_statement(AutoloadSpec) and not _is_by_the_way(namespace):
                fullname = join_name(package.__name__, name)
                if sys.modules.get(fullname) is value:
                    observe(fullname)
            return value
        fullname = self.modules.get(package.__name__, "")
        if fullname and bodies:
            spec = getattr(sys.modules.get(fullname), "__spec__", None)
            if type(spec) is not AutoloadSpec or is_being_imported(spec):
                __import__(fullname)  # Perhaps another thread is in the middle of that.
            elif not is_statement(AutoloadSpec):
                observe(fullname)
        return _get(self, package)


@hidden
def _is_by_the_way(namespace: dict[str, Any]) -> bool:
    """Whether a star import of a package without ``__all__`` looks a module up: it takes what happens to be loaded."""
    return "__all__" not in namespace and is_star_import()


@hidden
def observe(imported: str, door: Caller | None = None) -> None:
    """Notes an import of a module that is being made, for those of our modules that make it. ``door`` is who has called us, where it
    was not importlib.
    """
    note(askers(AutoloadSpec, door, bool(bodies)), imported)


@hidden
def observe_missing(catalog: Catalog, namespace: str, name: str, door: Caller | None = None) -> None:
    """Notes that some of our modules look for a name in vain: they are affected when the name comes."""
    if name.isidentifier():
        importers = askers(AutoloadSpec, door, bool(bodies), every=True)
        for stem in {name, catalog.expected_stem(name)} if importers else ():
            note(importers, join_name(namespace, stem))


@hidden
def note(importers: Askers, imported: str) -> None:
    """Notes that some modules import one."""
    for importer, code in importers.items():
        if importer != imported:
            for state in states.active:
                if importer in state.catalog.supplied and (importer, imported) not in state.observed:
                    state.observed[importer, imported] = code.line


@hidden
def watch() -> None:
    """Sees all imports and lookups from now on. To be called when a body runs, unless ``is_watching``."""
    global is_watching
    is_watching = True
    AutoloadSpec._initializing = _WATCHED
    Member.__get__ = Member.get_watched  # type: ignore[method-assign]
    Member.__set__ = _set  # type: ignore[attr-defined]
    Member.__delete__ = _delete  # type: ignore[attr-defined]


def _unwatch() -> None:
    global is_watching
    is_watching = False
    AutoloadSpec._initializing = _STORED
    Member.__get__ = _get  # type: ignore[method-assign]
    for method in ("__set__", "__delete__"):
        with suppress(AttributeError):  # Another thread may be here as well.
            delattr(Member, method)
    if bodies:
        watch()  # One has begun to run meanwhile, in another thread.


@hidden
def let_go_of_specs() -> None:
    """Forgets the specs of modules whose import has ended. To be called when there are more than `MOST_SPECS`."""
    for spec, is_running in list(initializing.items()):
        if not is_running and initializing.pop(spec, False):
            initializing[spec] = True  # Another thread has begun to import the module meanwhile.


@hidden
def _note_idle() -> None:
    global _idle
    _idle += 1
    if _idle > _MOST_IDLE:
        _idle = 0
        _unwatch()


@hidden
def _set(member: Member, package: ModuleType, value: object) -> None:
    package.__dict__[member.name] = value


@hidden
def _delete(member: Member, package: ModuleType) -> None:
    try:
        del package.__dict__[member.name]
    except KeyError:
        raise AttributeError(member.name) from None


_get = Member.__get__
_STORED = property(initializing.get, initializing.__setitem__)
_WATCHED = property(
    hidden(import_getter(AutoloadSpec, bodies, initializing, observe, _MOST_IDLE, _unwatch)), initializing.__setitem__
)
AutoloadSpec._initializing = _STORED
