"""Modules that were imported before the set-up, and whose files lie in a root: they become the loader's, as if it had found them."""

from __future__ import annotations

import importlib.util
import logging
import struct
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple

from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.code_cache import digest_of
from pyautoload_wasm._imports.files import read_source
from pyautoload_wasm._imports.packages import UNSETTLED, settle
from pyautoload_wasm._imports.state import Content, LoadState

#: What a file is hashed to that was another when it was imported.
_ANOTHER = 0
_LAZY: type = vars(importlib.util)["_LazyModule"]
#: The head of bytecode: a magic number, flags, and the time and size of the source.
_BYTECODE = struct.Struct("<4xLLL")

_log = logging.getLogger("pyautoload_wasm")


class Former(NamedTuple):
    """What a module was before it was taken over."""

    type: type[ModuleType]
    spec: Any
    loader: Any
    path: Any


def take_over(state: LoadState, find_spec: Callable[..., ModuleSpec | None]) -> None:
    """Takes over what was imported before by the name that it has here, and says of the rest why it is not reloaded."""
    catalog = state.catalog
    if not _may_have_been_imported(state):
        return
    ours: list[tuple[str, ModuleType]] = []
    others: list[str] = []
    imported = list(_imported(state))
    names = catalog.engine.ask("module_names_at", paths=[file for _, _, file in imported]) if imported else []
    for (name, module, file), registered in zip(imported, names, strict=True):
        if registered == name:
            ours.append((name, module))
        elif registered is not None and file.endswith(".py") and not _is_imported_by_nobody(name, module):
            others.append(f"{file} as {name!r}, which is {registered!r} here")
    catalog.supplied.update(name for name, _ in ours)
    for name, module in ours:
        parent = sys.modules.get(name.rpartition(".")[0])
        spec = find_spec(name, getattr(parent, "__path__", None))
        if spec is None:
            catalog.supplied.discard(name)
        else:
            _make_ours(state, name, module, spec)
    if others:
        _log.warning(
            "imported before the set-up under another name, so edits of them are not reloaded: %s. Import them by these names, or set "
            "the loader up for the names that they have",
            "; ".join(others[:3]) + (f"; and {len(others) - 3} more" if len(others) > 3 else ""),
        )


def give_back(state: LoadState) -> None:
    """Makes what was taken over Python's own again, or what has come in its place by a reload."""
    for name, former in state.taken_over.items():
        module = sys.modules.get(name)
        if not is_module(module) or _state_of(module) is not state:
            continue
        module.__spec__, module.__loader__ = former.spec, former.loader
        if former.path is not None:
            module.__path__ = former.path
        if type(module) is not former.type:
            module.__class__ = former.type
    state.taken_over.clear()


def _may_have_been_imported(state: LoadState) -> bool:
    """Whether anything can have been imported from the roots: by their names, or by Python's own finder, which keeps a list of the
    folders that it has looked into. To look at each module that there is takes longer than a set-up.
    """
    roots = state.catalog.roots
    if any(root.namespace in sys.modules for root in roots):
        return True
    folders = "\0".join(["", *map(str, list(sys.path_importer_cache)), ""])
    return any(f"\0{root.path}\0" in folders or f"\0{root.path}/" in folders for root in roots)


def _imported(state: LoadState) -> Iterator[tuple[str, ModuleType, str]]:
    """The modules whose files or folders lie in a root and that are no loader's, each with its place; those first that ran first."""
    catalog = state.catalog
    inside = tuple(f"{root.path.rstrip('/')}/" for root in catalog.roots)
    for name, module in list(sys.modules.items()):
        # One that `importlib.util.LazyLoader` has made would be executed by any look at it.
        if not is_module(module) or type(module) is _LAZY:
            continue
        namespace = module.__dict__
        place = namespace.get("__file__")
        if place is None and "__path__" in namespace:
            place = next((folder for folder in namespace["__path__"] if f"{folder}/".startswith(inside)), None)
        if not isinstance(place, str) or not f"{place}/".startswith(inside):
            continue
        is_known = name in catalog.supplied or name in catalog.adopted or _state_of(module) in states.active
        if namespace.get("__name__") == name and not is_known:
            yield name, module, place


def _state_of(module: ModuleType) -> object:
    """The state of the loader that a module is from, if it is one of ours."""
    return getattr(getattr(module.__dict__.get("__spec__"), "loader", None), "state", None)


def _is_imported_by_nobody(name: str, module: ModuleType) -> bool:
    """Whether it does not matter that a module has another name: it is the program, or a test that pytest runs."""
    loader = module.__dict__.get("__loader__") or getattr(module.__dict__.get("__spec__"), "loader", None)
    return name in ("__main__", "__mp_main__") or type(loader).__module__.startswith("_pytest.")


def _make_ours(state: LoadState, name: str, module: ModuleType, spec: ModuleSpec) -> None:
    namespace = module.__dict__
    former = Former(type(module), *map(namespace.get, ("__spec__", "__loader__", "__path__")))
    state.taken_over[name] = former
    file = None if namespace.get("__file__") is None else spec.origin
    content = None if file is None else _content(file, getattr(former.spec, "cached", None))
    if content is not None and content[1] == _ANOTHER:
        state.outdated.append(str(file))
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
        if type(module) is ModuleType:
            module.__class__ = UNSETTLED
            settle(module)
    module.__spec__, module.__loader__ = spec, spec.loader
    place = next(state.places)
    state.executed[name] = (file, content, place, False)
    if file is not None:
        state.ran[name] = place
        state.made[name] = len(namespace), None
    state.say(f"{name} taken over, which was imported from {file or ', '.join(module.__path__)}")


def _content(file: str, cached: object) -> Content | None:
    """What was read of a file when it was imported: what it is now, unless the bytecode that Python keeps of an import tells that it
    was another.
    """
    try:
        source, status = read_source(file)
    except OSError:
        return None
    now = (int(status[0] // 1_000_000_000) & 0xFFFFFFFF, status[1] & 0xFFFFFFFF)
    try:
        with open(str(cached), "rb") as bytecode:
            flags, *then = _BYTECODE.unpack(bytecode.read(_BYTECODE.size))
    except (OSError, ValueError, struct.error):
        return status, digest_of(source)
    return status, digest_of(source) if flags or tuple(then) == now else _ANOTHER
