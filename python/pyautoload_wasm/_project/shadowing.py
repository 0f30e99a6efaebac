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

    A library that is loaded is told of at once, any other when the root is first imported: to look for it takes as long as to set up a
    project of hundreds of files.
    """

    def __init__(self, roots: Sequence[Root]) -> None:
        self._roots = roots
        #: The names of which nothing has been said yet.
        self.names = {root.namespace for root in roots if root.namespace and "." not in root.namespace}

    def loaded(self) -> Iterator[str]:
        """What to say of libraries that are loaded."""
        for name in [name for name in self.names if name in sys.modules]:
            yield from self._shadowed(name, getattr(sys.modules.get(name), "__spec__", None))

    def installed(self, name: str) -> Iterator[str]:
        """What to say of a root's name that is about to be imported. Once is enough."""
        return self._shadowed(name, _installed(name))

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


def _installed(name: str) -> ModuleSpec | None:
    """The spec of what plain Python imports by a top-level name."""
    for finder in sys.meta_path:
        if finder is BuiltinImporter or finder is FrozenImporter or _is_ours(finder):
            continue
        # The standard library has no such name, and its archive takes milliseconds in Pyodide when it is first asked.
        path = entries_beyond_the_standard_library() if finder is PathFinder else None
        find_spec = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = None if find_spec is None else find_spec(name, path)
        if spec is not None:
            return spec
    return None


def _is_ours(finder_or_loader: object) -> bool:
    return type(finder_or_loader).__module__.startswith("pyautoload_wasm.")


def entries_beyond_the_standard_library() -> list[str]:
    """The entries of ``sys.path`` that can have what the standard library has not."""
    return [entry for entry in sys.path if entry != _STANDARD_LIBRARY_FOLDER]


def _names_on_path() -> set[str]:
    suffixes = tuple(all_suffixes())
    names = set()
    for entry in sys.path:
        try:
            listed = os.listdir(entry or ".")
        except OSError:
            continue  # a zip file, or a path that does not exist: neither holds distributions
        for name in listed:
            if name.endswith(suffixes) or "." not in name:
                names.add(name.partition(".")[0])
    return names
