"""What a top-level module or a root would shadow: the standard library, and what can be imported from ``sys.path``."""

from __future__ import annotations

import os
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder, all_suffixes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyautoload_wasm._results.project import Root

_STANDARD_LIBRARY_FOLDER = os.path.dirname(os.__file__)
_SUFFIXES = tuple(all_suffixes())
STANDARD_LIBRARY = "the standard library's module of that name"


def shadowed_distributions(stems: Iterable[str], roots: Sequence[Root]) -> dict[str, str]:
    """Which of the stems ``sys.path`` has a module for that is not below a root: stem to what it would shadow.

    One listing for each entry of ``sys.path`` rules nearly all stems out; only what is left is looked up.
    """
    candidates = set(stems) & _names_on_path()
    shadowed = {}
    for stem in candidates:
        spec = PathFinder.find_spec(stem)
        if spec is None or spec.origin is None or any(root.contains(spec.origin) for root in roots):
            continue
        shadowed[stem] = f"the installed module {spec.origin}"
    return shadowed


class ShadowedLibraries:
    """What roots shadow that have the name of an installed library. One that plain Python imports by that name, such as that of an
    editable install, shadows nothing; with a namespace package it shares the name.

    The set-up looks into the lists of files that Python's finders have already: to make them anew takes as long as to set up a project
    of hundreds of files. What was installed since is found when the root is first imported.
    """

    def __init__(self, roots: Sequence[Root]) -> None:
        self._roots = roots
        #: The names of which nothing has been said yet.
        self.names = {root.namespace for root in roots if root.namespace and "." not in root.namespace}

    def known(self) -> Iterator[str]:
        """What to say of libraries that are loaded, or listed."""
        for name in list(self.names):
            if name in sys.modules:
                yield from self._shadowed(name, getattr(sys.modules[name], "__spec__", None))
            elif (spec := _installed(name, _entries_that_may_have(name))) is not None:
                yield from self._shadowed(name, spec)

    def installed(self, name: str) -> Iterator[str]:
        """What to say of a root's name that is about to be imported. Once is enough."""
        return self._shadowed(name, _installed(name, entries_beyond_the_standard_library()))

    def _shadowed(self, name: str, spec: ModuleSpec | None) -> Iterator[str]:
        self.names.discard(name)
        if spec is None or _is_ours(spec.loader) or not spec.has_location or spec.origin is None:
            return
        ours = [root.path for root in self._roots if root.namespace == name]
        folders = {os.path.realpath(folder) for folder in spec.submodule_search_locations or ()}
        if folders.isdisjoint(map(os.path.realpath, ours)):
            yield (
                f"{' and '.join(ours)} stands for {name!r}, and so `import {name}` no longer gives the installed {spec.origin}: "
                "choose another top_level, or pass allow_shadowing=True if that is what you want"
            )


def _installed(name: str, entries: list[str]) -> ModuleSpec | None:
    """The spec of what plain Python imports by a top-level name, from some entries of ``sys.path`` or otherwise."""
    for finder in sys.meta_path:
        if finder is BuiltinImporter or finder is FrozenImporter or _is_ours(finder):
            continue
        find_spec = getattr(finder, "find_spec", None)
        if find_spec is None or (finder is PathFinder and not entries):
            continue
        spec: ModuleSpec | None = find_spec(name, entries if finder is PathFinder else None)
        if spec is not None:
            return spec
    return None


def is_importable(name: str) -> bool:
    """Whether somebody else than a loader of ours can import a top-level name."""
    module = sys.modules.get(name)
    if module is not None and not _is_ours(getattr(module, "__loader__", None)):
        return True
    return _installed(name, sys.path) is not None


def _is_ours(finder_or_loader: object) -> bool:
    return type(finder_or_loader).__module__.startswith("pyautoload_wasm.")


def entries_beyond_the_standard_library() -> list[str]:
    """The entries of ``sys.path`` that can have what the standard library has not. Its archive takes milliseconds in Pyodide when it
    is first asked.
    """
    return [entry for entry in sys.path if entry != _STANDARD_LIBRARY_FOLDER]


def _entries_that_may_have(name: str) -> list[str]:
    """The same without those whose finder has listed a folder in which no file has that name."""
    names = [name, *(name + suffix for suffix in _SUFFIXES)]
    found = []
    for entry in dict.fromkeys(entries_beyond_the_standard_library()):
        finder = sys.path_importer_cache.get(entry or os.getcwd())
        # CPython's own, and private: where it is not there, the finder is asked.
        listed = getattr(finder, "_path_cache", None) if getattr(finder, "_path_mtime", -1) != -1 else None
        if listed is None or not listed.isdisjoint(names):
            found.append(entry)
    return found


def _names_on_path() -> set[str]:
    names = set()
    for entry in sys.path:
        try:
            listed = os.listdir(entry or ".")
        except OSError:
            continue  # a zip file, or a path that does not exist: neither holds distributions
        for name in listed:
            if name.endswith(_SUFFIXES) or "." not in name:
                names.add(name.partition(".")[0])
    return names
