"""Other people's say in how a module of ours is made: finders that stand before Python's own, path hooks, and compiled modules beside
sources.

pytest rewrites asserts by a finder, typeguard and jaxtyping instrument functions by one, beartype by a path hook. Each of them asks
Python's own finder for the file. Here they are asked about a file by its folder, and make of it what they would make of it in plain
Python. The module has their loader, and is ours all the same: it is reloaded, observed and torn down.
"""

from __future__ import annotations

import pkgutil
import sys
import threading
import zipimport
from collections.abc import Callable, Sequence
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    BuiltinImporter,
    FileFinder,
    FrozenImporter,
    ModuleSpec,
    PathFinder,
    SourceFileLoader,
)
from importlib.util import spec_from_file_location
from typing import Any

from pyautoload_wasm._base.drives import names_in
from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._imports.installed import CachingHook, InstalledLoader

_SUFFIXES = tuple(EXTENSION_SUFFIXES)
#: Of Python's loaders, the extension's and the bytecode's too, and of nobody else's.
_MACHINERY = SourceFileLoader.__module__
#: A finder that setuptools installs in every environment, and that answers for distutils alone.
_OF_SETUPTOOLS = "_distutils_hack"


class Tools:
    """Who takes part, as of the last look at ``sys.meta_path`` and ``sys.path_hooks``."""

    def __init__(self, finder: Any, is_ours: Callable[[object], bool]) -> None:
        self._finder = finder
        self._is_ours = is_ours
        #: As of the last look.
        self.meta_path: list[Any] = []
        self.path_hooks: list[Any] = []
        #: Whether any finder or path hook of a tool was there.
        self.were_there = False
        self._finders: list[Any] = []
        self._has_hooks = False
        #: What is being asked about, by which thread, and whether the question has come back to us.
        self._asked: dict[tuple[str, int], bool] = {}
        #: The names of the compiled modules in each folder, each with its file; and the scan since which that holds.
        self._compiled: dict[str, dict[str, str]] = {}
        self._scan: object = None

    def are_there(self) -> bool:
        """Whether any finder or path hook may want a module."""
        self.refresh()
        return self.were_there

    def refresh(self) -> None:
        """Looks again, if a finder or a path hook came or went."""
        # Two comparisons of short lists by identity cost less than one look at the kinds of what is in them.
        if sys.meta_path != self.meta_path or sys.path_hooks != self.path_hooks:
            self._look()

    def _look(self) -> None:
        self._go_first()
        self.meta_path, self.path_hooks = list(sys.meta_path), list(sys.path_hooks)
        before = self.meta_path[: self.meta_path.index(PathFinder)] if PathFinder in self.meta_path else []
        self._finders = [
            finder
            for finder in before
            if finder is not BuiltinImporter
            and finder is not FrozenImporter
            and type(finder).__module__ != _OF_SETUPTOOLS
            and hasattr(finder, "find_spec")
            and not self._is_ours(finder)
        ]
        self._has_hooks = not all(_is_pythons(hook) for hook in self.path_hooks)
        self.were_there = self._has_hooks or bool(self._finders)

    def _go_first(self) -> None:
        """Moves the finder before those of tools that were installed after the set-up: their modules would not be ours.

        In one step, and this finder alone: importlib may be going through the list, and has come as far as this finder.
        """
        finders = sys.meta_path
        if self._finder not in finders:
            return
        before = finders[: finders.index(self._finder)]
        others = [finder for finder in before if not self._is_ours(finder)]
        if others:
            ours = [finder for finder in before if self._is_ours(finder)]
            finders[: len(before) + 1] = [*ours, self._finder, *others]

    @hidden
    def spec(self, fullname: str, directory: str) -> tuple[ModuleSpec | None, bool]:
        """What another tool would make of a file of ours in a folder, and whether it has asked us for it; None where it leaves the
        file to Python.

        A tool such as wrapt asks all of ``sys.meta_path``, and puts its loader around the one that it is given.
        """
        key = fullname, threading.get_ident()
        if key in self._asked:
            self._asked[key] = True
            return None, False
        self._asked[key] = False
        try:
            found = self._ask(fullname, directory)
        finally:
            has_come_back = self._asked.pop(key)
        return found, has_come_back

    @hidden
    def _ask(self, fullname: str, directory: str) -> ModuleSpec | None:
        for finder in self._finders:
            spec: ModuleSpec | None = finder.find_spec(fullname, [directory])
            if spec is not None:
                return spec if _is_tools(spec) else None
        if self._has_hooks:
            importer = pkgutil.get_importer(directory)
            spec = None if importer is None else importer.find_spec(fullname)
            if spec is not None and _is_tools(spec):
                return spec
        return None

    @hidden
    def compiled(self, fullname: str, directory: str, stem: str, scan: object) -> ModuleSpec | None:
        """A compiled module of a folder: Python prefers it to a source file of that name. ``scan`` is an object that each scan
        replaces.
        """
        if scan is not self._scan:
            self._compiled, self._scan = {}, scan
        there = self._compiled.get(directory)
        if there is None:
            there = self._compiled[directory] = _compiled_in(directory)
        if not there or stem not in there:
            return None
        return spec_from_file_location(fullname, there[stem])

    def __repr__(self) -> str:
        return f"<Tools {self._finders}{' and path hooks' if self._has_hooks else ''}>"


def _is_tools(spec: ModuleSpec) -> bool:
    """Whether somebody else's loader, and not Python's or ours, would load a module."""
    loader = type(spec.loader)
    if spec.loader is None or loader is InstalledLoader:
        return False
    return loader.__module__ != _MACHINERY and hasattr(loader, "exec_module")


def _is_pythons(hook: object) -> bool:
    """Whether a path hook is one that every Python has, or ours. One that makes `FileFinder`s has the loaders in its closure; where
    they are not found there, the hook's finders are asked.
    """
    if hook is zipimport.zipimporter or isinstance(hook, CachingHook):
        return True
    cells = [cell.cell_contents for cell in getattr(hook, "__closure__", None) or ()]
    details: Sequence[Any] = next((cell for cell in cells if isinstance(cell, tuple)), ())
    return FileFinder in cells and bool(details) and all(kind.__module__ == _MACHINERY for kind, _ in details)


def _compiled_in(directory: str) -> dict[str, str]:
    try:
        listed = names_in(directory)
    except OSError:
        return {}
    found: dict[str, tuple[int, str]] = {}
    for name in listed:
        if name.endswith(_SUFFIXES):
            # Of several the first suffix wins, as in Python.
            rank, suffix = next((at, end) for at, end in enumerate(_SUFFIXES) if name.endswith(end))
            stem = name[: -len(suffix)]
            if "." not in stem and (stem not in found or rank < found[stem][0]):
                found[stem] = rank, f"{directory}/{name}"
    return {stem: path for stem, (_, path) in found.items()}
