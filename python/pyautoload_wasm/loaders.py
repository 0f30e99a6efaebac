"""What executes a module once the finder has found it: source files, namespace packages, and camelized names.

Code objects are kept. A file whose status is the one that it was compiled under is executed again without being read; in Pyodide
that makes an import eight times cheaper. A status is trusted only when the file had not been touched for a while when it
was read, since quick edits leave time and size as they were.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, NamespaceLoader, SourceFileLoader
from typing import TYPE_CHECKING, Any, NamedTuple

from pyautoload_wasm import explain
from pyautoload_wasm.circular import circle, explain_circle, is_initializing, taken
from pyautoload_wasm.errors import AutoloadWarning
from pyautoload_wasm.package import Package
from pyautoload_wasm.tracebacks import hidden, hidden_call

if TYPE_CHECKING:
    from types import CodeType, ModuleType

    from pyautoload_wasm.finder import AutoloadFinder

# The coarsest clock of a filesystem in use: FAT's, two seconds.
_CLOCK_TICK_NS = 2_000_000_000
_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class KeptCode(NamedTuple):
    """A code object and what is known of the file that it was compiled from."""

    code: CodeType
    #: The file's status when it was read; None where it had been touched so lately that another edit could look the same.
    status: tuple[int, int, int] | None
    #: What was read, as long as the status says nothing.
    source: bytes | None


def _status(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class SourceLoader(SourceFileLoader):
    """Executes a source file. ``finder`` is the finder that made it."""

    def __init__(self, fullname: str, path: str, finder: AutoloadFinder) -> None:
        self.name = fullname
        self.path = path
        self.finder = finder
        self._mtime: float | None = None

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """A package's own type, or None for the module that importlib makes by itself."""
        return None if spec.submodule_search_locations is None else Package(spec.name)

    @hidden
    def get_code(self, fullname: str) -> CodeType | None:
        """The code object: the kept one, from bytecode, or compiled."""
        path = self.path
        finder = self.finder
        kept = finder.codes.get(path)
        try:
            if kept is not None and kept.status is not None:
                stat = os.stat(path)
                if kept.status == _status(stat):
                    self._mtime = stat.st_mtime
                    return kept.code
            source, stat = _read(path)
        except FileNotFoundError:
            raise finder.file_is_gone(self.name, path) from None
        self._mtime = stat.st_mtime
        is_settled = time.time_ns() - stat.st_mtime_ns > _CLOCK_TICK_NS
        if kept is not None and kept.source == source:
            code: CodeType | None = kept.code
        elif is_settled and not sys.dont_write_bytecode:
            code = super().get_code(fullname)
        else:
            code = self.source_to_code(source, path)
        if code is not None:
            if hidden_files := finder.hidden_files():
                self._warn_of_hidden(code, source, hidden_files)
            finder.codes[path] = KeptCode(code, _status(stat), None) if is_settled else KeptCode(code, None, source)
        return code

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Runs the module's body. A circle of imports that fails in it is explained, and so is a file that Python cannot see."""
        try:
            super().exec_module(module)
        except (ImportError, AttributeError) as error:
            circular = explain_circle(error, self.finder)
            if circular is not None:
                raise circular.with_traceback(error.__traceback__) from None
            self._note_hidden(error)
            raise
        if self.finder.strict:
            mismatch = explain.name_mismatch(self.finder, self.name, self.path)
            if mismatch is not None:
                raise mismatch
        self.finder.executed[self.name] = self._mtime

    def _warn_of_hidden(self, code: CodeType, source: bytes, files: dict[str, str]) -> None:
        """Warns where the module imports a name that a file of the user has in vain.

        A warning, at the line of the import, since the import itself succeeds: nothing else of ours runs when it hurts, unless it
        does so while a module is imported (`_note_hidden`). Changing the other module, or an exception hook, would be felt by
        everybody.
        """
        for stem, line in explain.lines_that_import(code, source, files).items():
            warnings.warn_explicit(explain.hidden_file(files[stem], stem), AutoloadWarning, self.path, line, self.name)

    def _note_hidden(self, error: BaseException) -> None:
        """Adds to an error about a missing attribute that the user's file of that name is another module."""
        files = self.finder.hidden_files()
        found = taken(error) if files else None
        if found is not None and found.module.__name__ in files:
            note = explain.hidden_file(files[found.module.__name__], found.module.__name__)
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)


@hidden
def _read(path: str) -> tuple[bytes, os.stat_result]:
    """A file's bytes and status, in half the time that `open` takes in Pyodide."""
    file = os.open(path, _READ_ONLY)
    try:
        stat = os.fstat(file)
        size = stat.st_size
        source = os.read(file, size + 1)
        # A read may give less than it was asked for, and a file may be growing.
        while len(source) != size and (more := os.read(file, size + 1)):
            source += more
        return source, stat
    finally:
        os.close(file)


class DirectoryLoader(NamespaceLoader):
    """Makes an implicit namespace package."""

    _path: list[str]

    def __init__(self, fullname: str, path: list[str], finder: AutoloadFinder) -> None:
        super().__init__(fullname, path, finder.find_namespace)
        self.name = fullname
        self.finder = finder

    @hidden
    def create_module(self, spec: ModuleSpec) -> Any:
        """An empty package."""
        package = Package(spec.name)
        # CPython's own namespace packages have it, though they have no file.
        package.__file__ = None
        return package

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Nothing but the note."""
        self.finder.executed[self.name] = None


@hidden_call
def _import(name: str) -> None:
    __import__(name)


class AliasLoader(Loader):
    """Gives the module of ``user.py`` when ``User`` is imported."""

    def __init__(self, fullname: str, target: str, finder: AutoloadFinder) -> None:
        self.name = fullname
        self.target = target
        self.finder = finder
        self._spec: ModuleSpec | None = None

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module under its own name, imported now."""
        _import(self.target)
        module = sys.modules[self.target]
        attr = self.name.rpartition(".")[2]
        self._spec = own_spec(module)
        if is_initializing(module) and not hasattr(module, attr):
            circular = circle(module, attr)
            if circular is not None:
                raise circular
        return module

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Nothing: the module has been executed under its own name."""
        # importlib has put the alias's spec on the module.
        module.__spec__ = self._spec


def own_spec(module: ModuleType) -> ModuleSpec | None:
    """A module's spec under its own name, also while another thread imports it under a camelized one."""
    spec = getattr(module, "__spec__", None)
    while spec is not None and isinstance(spec.loader, AliasLoader):
        spec = spec.loader._spec
    return spec
