"""Installed packages whose code comes from the code cache: a path hook that stands right before Python's own, behind everybody else's.

The alternative, bytecode files that are put under ``sys.pycache_prefix`` before they are imported, needs no hook and is as fast. But
only Python itself has the code to write them, and writes it while somebody waits: a first import takes 7 % longer then.
"""

from __future__ import annotations

import os
import site
import sys
from functools import partial
from importlib import _bootstrap_external  # the list of loaders is nowhere else
from importlib.machinery import FileFinder, SourceFileLoader
from types import CodeType
from typing import Any

from pyautoload_wasm._imports.archives import ArchiveHook
from pyautoload_wasm._imports.code_cache import CodeBuffer, CodeCache, digest_of


class InstalledLoader(SourceFileLoader):
    """Executes a source file, as Python's own loader does."""

    def __init__(self, cache: CodeCache, fullname: str, path: str) -> None:
        super().__init__(fullname, path)
        self._cache = cache

    def get_code(self, fullname: str) -> CodeType | None:
        """The code: from the cache, else compiled. A bytecode file is not looked at, since it may be of another source."""
        source = self.get_data(self.path)
        digest = digest_of(source)
        code = self._cache.find(digest, self.path)
        if code is None:
            compiled: CodeType = self.source_to_code(source, self.path)
            self._cache.add(digest, compiled)
            return compiled
        return code


# As `hiding.hidden` does it: importlib's own frames are in no traceback.
InstalledLoader.get_code.__code__ = InstalledLoader.get_code.__code__.replace(
    co_filename="<frozen importlib._bootstrap_external>"
)


_supported: Any = vars(_bootstrap_external)["_get_supported_file_loaders"]


class InstalledFinder(FileFinder):
    """Finds the modules of a folder, as Python's own finder does."""


#: What Python calls its own hook for folders.
_OF_FOLDERS = FileFinder.path_hook().__name__


class CachingHook:
    """Makes the finders of some folders and of what lies below them."""

    def __init__(self, cache: CodeCache, folders: list[str]) -> None:
        self._folders = folders
        self._loaders: list[tuple[Any, list[str]]] = [
            (partial(InstalledLoader, cache) if loader is SourceFileLoader else loader, suffixes)
            for loader, suffixes in _supported()
        ]

    def __call__(self, path: str) -> FileFinder:
        if not self.has(path) or not os.path.isdir(path):
            raise ImportError(f"not a folder of installed packages: {path}", path=path)
        return InstalledFinder(path, *self._loaders)

    def has(self, path: str) -> bool:
        """Whether a folder is one of them."""
        return any(path == folder or path.startswith(f"{folder}/") for folder in self._folders)

    def install(self) -> None:
        """Takes a place before Python's own hook for folders, which takes every folder."""
        hooks = sys.path_hooks
        # Other tools make theirs with that function as well, and put them before Python's.
        pythons = [at for at, hook in enumerate(hooks) if getattr(hook, "__name__", None) == _OF_FOLDERS]
        hooks.insert(pythons[-1] if pythons else len(hooks), self)
        for path, finder in list(sys.path_importer_cache.items()):
            if type(finder) is FileFinder and self.has(path):
                del sys.path_importer_cache[path]

    def remove(self) -> None:
        """Leaves Python's import system as it was."""
        if self in sys.path_hooks:
            sys.path_hooks.remove(self)
        for path, finder in list(sys.path_importer_cache.items()):
            if type(finder) is InstalledFinder:
                del sys.path_importer_cache[path]


#: The cache that serves all loaders which have none of their own: the page's.
shared: CodeBuffer | None = None
_hooks: list[CachingHook | ArchiveHook] = []


def share(data: bytes | memoryview, note: Any, *, packages: bool) -> None:
    """Lets a cache serve this package itself and all loaders; with ``packages``, what is installed and what Python has in archives."""
    global shared
    unshare()
    shared = CodeBuffer(data, note)
    own = os.path.dirname(os.path.dirname(__file__))
    _hooks.append(CachingHook(shared, [own, *site.getsitepackages()] if packages else [own]))
    if packages:
        _hooks.append(ArchiveHook(shared))
    for hook in _hooks:
        hook.install()


def pack(seconds: float) -> bytes:
    """What is to be written of the shared cache: see `CodeBuffer.pack`."""
    return b"" if shared is None else shared.pack(seconds)


def counts() -> tuple[int, int]:
    """How often the shared cache had the code of a source, and how often not."""
    return (0, 0) if shared is None else (shared.hits, shared.misses)


def unshare() -> None:
    """Ends that."""
    global shared
    shared = None
    while _hooks:
        _hooks.pop().remove()
