"""Modules in .zip archives whose code comes from the code cache. Pyodide has the standard library in one, as sources, and Python's own
importer compiles each of them twice: the first time to learn the name of the file.

Of the package this file imports ``code_cache.py`` alone, as ``installed.py`` does.
"""

from __future__ import annotations

import os
import sys
from types import CodeType
from zipimport import zipimporter

from pyautoload_wasm._imports.code_cache import CodeCache, digest_of


class ArchiveImporter(zipimporter):
    """Imports from an archive, as Python's own importer does."""

    def __init__(self, cache: CodeCache, path: str) -> None:
        super().__init__(path)
        self._code_cache = cache
        #: What was asked for last: the module, its file, the source. importlib asks for the file's name right before the code.
        self._last: tuple[str, str, bytes] | None = None

    def get_filename(self, fullname: str) -> str:
        """The path of a module's file."""
        found = self._source(fullname)
        return super().get_filename(fullname) if found is None else found[0]

    def get_code(self, fullname: str) -> CodeType:
        """The code of a module: from the cache, else compiled, or from bytecode in the archive."""
        found = self._source(fullname)
        self._last = None
        if found is None:
            return super().get_code(fullname)
        path, source = found
        digest = digest_of(source)
        code = self._code_cache.find(digest, path)
        if code is None:
            code = super().get_code(fullname)
            self._code_cache.add(digest, code)
        return code

    def _source(self, fullname: str) -> tuple[str, bytes] | None:
        """The file of a module and its source. None where the archive has bytecode, or nothing."""
        last = self._last
        if last is not None and last[0] == fullname:
            return last[1:]
        end = f"{os.sep}__init__" if self.is_package(fullname) else ""
        file = f"{self.archive}{os.sep}{self.prefix}{fullname.rpartition('.')[2]}{end}"
        if self._data(f"{file}.pyc") is not None:
            return None
        source = self._data(f"{file}.py")
        if source is None:
            return None
        self._last = fullname, f"{file}.py", source
        return f"{file}.py", source

    def _data(self, path: str) -> bytes | None:
        try:
            return self.get_data(path)
        except OSError:
            return None


class ArchiveHook:
    """Makes the importers of the archives that Python imports from now."""

    def __init__(self, cache: CodeCache) -> None:
        self._cache = cache
        self._archives = [path for path in sys.path if os.path.isfile(path)]

    def __call__(self, path: str) -> ArchiveImporter:
        if not any(path == archive or path.startswith(f"{archive}{os.sep}") for archive in self._archives):
            raise ImportError(f"not in an archive: {path}", path=path)
        return ArchiveImporter(self._cache, path)

    def install(self) -> None:
        """Takes a place before Python's own hook for archives."""
        if self._archives and zipimporter in sys.path_hooks:
            sys.path_hooks.insert(sys.path_hooks.index(zipimporter), self)
            _forget(zipimporter)

    def remove(self) -> None:
        """Leaves Python's import system as it was."""
        if self in sys.path_hooks:
            sys.path_hooks.remove(self)
        _forget(ArchiveImporter)


def _forget(kind: type[zipimporter]) -> None:
    """Has Python make the importers of a kind anew."""
    for path, finder in list(sys.path_importer_cache.items()):
        if type(finder) is kind:
            del sys.path_importer_cache[path]
