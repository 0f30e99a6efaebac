"""What executes a module once the finder has found it: source files, namespace packages, and camelized names.

Code objects are kept. A file whose status is the one that it was compiled under is executed again without being read; in Pyodide
that makes an import eight times cheaper. A status is trusted only when the file had not been touched for a while when it
was read, since quick edits leave time and size as they were.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, NamespaceLoader, SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pyautoload_wasm.errors import CircularDependencyError
from pyautoload_wasm.package import Package

if TYPE_CHECKING:
    from pyautoload_wasm.finder import AutoloadFinder

F = TypeVar("F", bound=Callable[..., Any])

# The coarsest clock of a filesystem in use: FAT's, two seconds.
_CLOCK_TICK_NS = 2_000_000_000
_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def hidden(function: F) -> F:
    """Leaves a function out of tracebacks, as CPython leaves out its own import machinery: by its file name."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
    return function


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
                    finder.executed[fullname] = stat.st_mtime
                    return kept.code
            source, stat = _read(path)
        except FileNotFoundError:
            raise finder.file_is_gone(self.name, path) from None
        finder.executed[fullname] = stat.st_mtime
        is_settled = time.time_ns() - stat.st_mtime_ns > _CLOCK_TICK_NS
        if kept is not None and kept.source == source:
            code: CodeType | None = kept.code
        elif is_settled and not sys.dont_write_bytecode:
            code = super().get_code(fullname)
        else:
            code = self.source_to_code(source, path)
        if code is not None:
            finder.codes[path] = KeptCode(code, _status(stat), None) if is_settled else KeptCode(code, None, source)
        return code


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
        self.finder = finder

    @hidden
    def create_module(self, spec: ModuleSpec) -> Any:
        """An empty package."""
        package = Package(spec.name)
        # CPython's own namespace packages have it, though they have no file.
        package.__file__ = None
        self.finder.executed[spec.name] = None
        return package


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
        __import__(self.target)
        module = sys.modules[self.target]
        attr = self.name.rpartition(".")[2]
        self._spec = getattr(module, "__spec__", None)
        if getattr(self._spec, "_initializing", False) and not hasattr(module, attr):
            raise CircularDependencyError(
                f"cannot import '{self.name}': {self.target} ({self._spec.origin if self._spec else '?'}) is still being imported "
                f"and has not defined '{attr}' yet; import it inside the function that needs it, or move what both need to a "
                "third module",
                name=self.name,
            )
        return module

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Nothing: the module has been executed under its own name."""
        # importlib has put the alias's spec on the module.
        module.__spec__ = self._spec
