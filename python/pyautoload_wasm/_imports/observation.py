"""Imports that no source shows are seen while they happen: by `import_module`, ``__import__``, ``exec``, ``getattr(package, name)``, a
library that resolves a dotted name.

The first import of a module comes to the finder. Every later one, by a statement and by importlib's functions alike, asks whether the
module is still being imported: it reads ``module.__spec__._initializing``. Whoever takes a module from a package looks up an
attribute. So while the body of one of our modules runs, both are read through Python functions of ours, which note who asks. They are
put in place when a body begins to run, and taken out some time after the last has ended: at all other times both are read in C.

The alternative, a package with a ``__getattribute__`` of its own while a body runs, costs every import a tenth of its time.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec
from operator import attrgetter
from types import ModuleType
from typing import Any

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.frames import Caller, askers, hidden, import_getter, is_import_from
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._project.catalog import Catalog

#: The bodies of modules that are running, in all threads and of all loaders. A list, since that grows and shrinks in one step.
bodies: list[str] = []

#: Whether imports and lookups come by the functions below.
is_watching = False
#: So many of them may come while no body runs before that ends: an import after the other would begin and end it again.
_MOST_IDLE = 1000
_idle = 0

#: From `observe_found` up to a frame of importlib's: between them are `find_spec`, once or twice, and perhaps a function that it
#: calls; above, at least _find_spec, _find_and_load_unlocked and _find_and_load.
_ABOVE_FIND_SPEC = 4


class AutoloadSpec(ModuleSpec):
    """The spec of a module of ours."""

    #: Whether the module is being imported. While nobody watches, `_initializing` is this very slot.
    __slots__ = ("is_initializing",)


class Child:
    """In the class of a package: a module right below it, which is an attribute of the package once it is imported.

    A descriptor without a `__set__`: the package's own attributes come first. With one, while bodies run, it is asked first.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    @hidden
    def __get__(self, package: ModuleType | None, owner: type | None = None) -> Any:
        if package is None:
            return self
        namespace = package.__dict__
        if self.name not in namespace:
            raise AttributeError(self.name)
        value = namespace[self.name]
        if not bodies:
            _note_idle()
        elif not is_import_from(AutoloadSpec) and isinstance(value, ModuleType):
            fullname = join_name(package.__name__, self.name)
            if sys.modules.get(fullname) is value:
                observe(fullname)
        return value


class Link(Child):
    """In the class of a package: what one of its modules defines, as ``User`` of ``shop.models.user``. The value is the module's own,
    looked up each time, since the module can bind another object to the name, and so can ``unittest.mock.patch``.
    """

    __slots__ = ("fullname",)

    def __init__(self, name: str, fullname: str) -> None:
        super().__init__(name)
        self.fullname = fullname

    @hidden
    def __get__(self, package: ModuleType | None, owner: type | None = None) -> Any:
        if is_watching:
            if package is None:
                return self
            if self.name in package.__dict__:
                return package.__dict__[self.name]
            if bodies:
                # Seen, as any import; and one that another thread is in the middle of is waited for.
                __import__(self.fullname)
            else:
                _note_idle()
        try:
            return getattr(sys.modules[self.fullname], self.name)
        except (AttributeError, KeyError):
            # `Package.__getattr__` knows what that means.
            if package is None:
                return self
            raise AttributeError(self.name) from None


@hidden
def observe(imported: str, door: Caller | None = None) -> None:
    """Notes an import of a module that is being made, for those of our modules that make it. ``door`` is who has called us, where it
    was not importlib.
    """
    for importer, line in askers(AutoloadSpec, door).items():
        _note(importer, imported, line)


@hidden
def observe_found(imported: str) -> None:
    """The same for a finder's `find_spec`, and for a function that it calls."""
    for importer, line in askers(AutoloadSpec, above=_ABOVE_FIND_SPEC).items():
        _note(importer, imported, line)


@hidden
def observe_missing(catalog: Catalog, namespace: str, name: str, door: Caller | None = None) -> None:
    """Notes that some of our modules look for a name in vain: they are affected when the name comes."""
    importers = askers(AutoloadSpec, door, every=True) if name.isidentifier() else {}
    if importers:
        for stem in {name, catalog.expected_stem(name)}:
            for importer, line in importers.items():
                _note(importer, join_name(namespace, stem), line)


def _note(importer: str, imported: str, line: int) -> None:
    if importer != imported:
        for state in states.active:
            if importer in state.catalog.supplied:
                state.observe(importer, imported, line)


@hidden
def watch() -> None:
    """Sees all imports and lookups from now on. To be called when a body has been added to `bodies`."""
    global is_watching
    is_watching = True
    AutoloadSpec._initializing = _WATCHED  # type: ignore[attr-defined]
    Child.__set__ = _set  # type: ignore[attr-defined]
    Child.__delete__ = _delete  # type: ignore[attr-defined]


def _unwatch() -> None:
    global is_watching
    is_watching = False
    AutoloadSpec._initializing = _STORED  # type: ignore[attr-defined]
    for method in ("__set__", "__delete__"):
        with suppress(AttributeError):  # Another thread may be here as well.
            delattr(Child, method)
    if bodies:
        watch()  # One has begun to run meanwhile, in another thread.


@hidden
def _note_idle() -> None:
    global _idle
    _idle += 1
    if _idle > _MOST_IDLE:
        _idle = 0
        _unwatch()


@hidden
def _see_import(spec: AutoloadSpec) -> None:
    if bodies:
        observe(spec.name)
    else:
        _note_idle()


@hidden
def _set(child: Child, package: ModuleType, value: object) -> None:
    package.__dict__[child.name] = value


@hidden
def _delete(child: Child, package: ModuleType) -> None:
    try:
        del package.__dict__[child.name]
    except KeyError:
        raise AttributeError(child.name) from None


_STORED: Any = AutoloadSpec.__dict__["is_initializing"]
_WATCHED = property(
    import_getter(AutoloadSpec, _see_import, attrgetter("is_initializing")),
    _STORED.__set__,
)
AutoloadSpec._initializing = _STORED  # type: ignore[attr-defined]
