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


def hidden(function: F) -> F:
    """Leaves a function out of tracebacks, as CPython leaves out its own import machinery: by its file name."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
    return function


class KeptCode(NamedTuple):
    """A code object and the status of the file that it was compiled from."""

    code: CodeType
    mtime_ns: int
    size: int
    inode: int
    is_settled: bool
    source: bytes | None

    def is_of(self, status: os.stat_result) -> bool:
        """Whether the file is certainly the one that was compiled."""
        return (
            self.is_settled
            and self.mtime_ns == status.st_mtime_ns
            and self.size == status.st_size
            and self.inode == status.st_ino
        )


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
        try:
            status = os.stat(path)
        except FileNotFoundError:
            raise self.finder.file_is_gone(self.name, path) from None
        kept = self.finder.codes.get(path)
        self._mtime = status.st_mtime
        if kept is not None and kept.is_of(status):
            return kept.code
        is_settled = time.time_ns() - status.st_mtime_ns > _CLOCK_TICK_NS
        if is_settled and not sys.dont_write_bytecode:
            code = super().get_code(fullname)
            source = None
        else:
            source = self.get_data(path)
            code = kept.code if kept is not None and kept.source == source else self.source_to_code(source, path)
        if code is not None:
            source = None if is_settled else source
            self.finder.codes[path] = KeptCode(
                code, status.st_mtime_ns, status.st_size, status.st_ino, is_settled, source
            )
        return code

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Executes the file in the module, and notes that."""
        super().exec_module(module)
        self.finder.executed[self.name] = self._mtime


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
        self._spec = own_spec(module)
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


def own_spec(module: ModuleType) -> ModuleSpec | None:
    """A module's spec under its own name, also while another thread imports it under a camelized one."""
    spec = getattr(module, "__spec__", None)
    while spec is not None and isinstance(spec.loader, AliasLoader):
        spec = spec.loader._spec
    return spec
