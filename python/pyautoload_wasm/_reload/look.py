"""A look at all files, so that a change is found that nobody has told of: by status, and by contents where that has moved.

A status that was young when it was taken proves nothing: quick edits leave a file's time and size as they were. Until a file has not
been touched for a while its contents are compared, and a folder's list.
"""

from __future__ import annotations

import logging
import os
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pyautoload_wasm._base.drives import Drive, News, drive_at, drives_of
from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._imports.changes import UNCOUNTED
from pyautoload_wasm._imports.code_cache import digest_of
from pyautoload_wasm._imports.files import is_settled, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyautoload_wasm._imports.state import LoadState

_log = logging.getLogger("pyautoload_wasm")

#: What tells one version of a file or folder from another: the time of its last change, its size, its inode, and the time at which the
#: operating system has noted that, which nobody can set. A plain tuple, since every look makes one for each file.
_Status = tuple[int, int, int, int]


class _Folder(NamedTuple):
    """A folder as it was looked at last: its status, whether another change would show in that, and its list, if that was read."""

    status: _Status
    is_settled: bool
    entries: frozenset[str] | None


class Look:
    """What was seen of the files and folders of one loader."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._catalog = state.catalog
        #: The status with which a file is known to have the contents that were executed: its hash, since to compare five objects of
        #: each of thousands of files takes longer than to ask the operating system, when they are in no processor cache.
        self._files: dict[str, int] = {}
        #: All folders of modules; None for what has not been looked at.
        self._folders: dict[str, _Folder | None] = {}
        #: The number of scans up to which these are known.
        self._scans = -1
        #: In Pyodide, files that are known to be in memory.
        self._in_memory: set[str] = set()
        self._is_gone = False
        #: What has changed on each drive with a root.
        self._news: dict[Drive, News] = {}
        self.drives()

    def changed(self) -> list[str]:
        """The paths at which something may be another than it was: executed files with other contents, folders with another list. None
        while a root is gone: its modules stay as they are until it comes back.
        """
        if not IN_PYODIDE and self._has_gone(
            [root.path for root in self._catalog.roots if not os.path.isdir(root.path)]
        ):
            return []
        self._state.tell_engine()
        if IN_PYODIDE:
            files = chain(self._changed_on_drives(), self._changed_in_pyodide())
        else:
            files = chain(self._changed_files(), self._changed_folders())
        return [*files, *self._state.data.moved()]

    def _has_gone(self, gone: list[str]) -> bool:
        """Whether roots are gone, which is said once."""
        if gone and not self._is_gone:
            _log.warning("%s is gone: its modules stay as they are until it comes back", " and ".join(gone))
        self._is_gone = bool(gone)
        return self._is_gone

    def _changed_files(self) -> Iterator[str]:
        known, stat = self._files, os.stat
        for path in list(self._state.digests):
            try:
                found = stat(path)
            except OSError:
                yield path
                continue
            status = found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns
            if known.get(path) != hash(status) and self._is_changed(path, status):
                yield path

    def _changed_in_pyodide(self) -> Iterator[str]:
        """Who writes to Pyodide's memory is heard of, if the loader watches; of other filesystems nobody tells. A file is opened: of
        one that was deleted in JupyterLite's page, Emscripten waits for the status without end. So it does in a scan, and therefore a
        file of such a filesystem that is gone is no news.
        """
        if self._scans != self._catalog.scans:
            self._scans = self._catalog.scans
            self._in_memory.clear()
        watches = self._catalog.settings.reloading.watches
        for path in list(self._state.digests):
            if drive_at(path) is not None:
                continue
            if path not in self._in_memory and self._state.count_for(path) != UNCOUNTED:
                self._in_memory.add(path)
            if watches and path in self._in_memory:
                continue
            try:
                file = os.open(path, os.O_RDONLY)
            except OSError:
                if path in self._in_memory:
                    yield path
                continue
            try:
                found = os.fstat(file)
            finally:
                os.close(file)
            status = found.st_mtime_ns, found.st_size, found.st_ino, 0
            if self._files.get(path) != hash(status) and self._is_changed(path, status):
                yield path

    def _changed_on_drives(self) -> Iterator[str]:
        """What a look at a drive tells. Where it cannot, each loaded file is read, in one request."""
        for drive in self.drives():
            news = self._news[drive]
            if drive.look():
                if news and not self._has_gone([root for root in self._roots_on(drive) if not drive.has_folder(root)]):
                    yield from list(news)
                    news.clear()
                continue
            for path, digest in list(self._state.digests.items()):
                if drive.has(path):
                    try:
                        if digest_of(drive.read_anew(path)) != digest:
                            yield path
                    except FileNotFoundError:
                        yield path

    def _roots_on(self, drive: Drive) -> list[str]:
        return [root.path for root in self._catalog.roots if drive.has(root.path)]

    def drives(self) -> list[Drive]:
        """The drives with roots of the loader. What changes there is heard of from then on."""
        found = drives_of(root.path for root in self._catalog.roots)
        for drive in found:
            if drive not in self._news:
                self._news[drive] = drive.subscribe()
        return found

    def end(self) -> None:
        """The flush that looked is over."""
        for drive in self._news:
            drive.end()

    def _is_changed(self, path: str, status: _Status) -> bool:
        """Whether a file has other contents than those that were executed, or that have failed to be."""
        digest = self._state.digests.get(path)
        cached = self._state.codes.get(path)
        if cached is None or not cached.is_settled or cached.content != (status[:3], digest):
            try:
                source, read = read_source(path)
            except OSError:
                return True
            if digest_of(source) != digest:
                return True
            if read != status[:3] or not is_settled(read):
                return False
        self._files[path] = hash(status)
        return False

    def _changed_folders(self) -> Iterator[str]:
        if self._scans != self._catalog.scans:
            self._find_folders()
        for path, known in self._folders.items():
            try:
                found = os.stat(path)
            except OSError:
                self._folders[path] = None
                yield path
                continue
            status = found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns
            if known is not None and known.is_settled and known.status == status:
                continue
            settled = is_settled(status[:3])
            if known is None and settled:
                self._folders[path] = _Folder(status, settled, None)
                continue
            entries = _entries(path)
            self._folders[path] = _Folder(status, settled, entries)
            if known is None or known.entries != entries:
                yield path

    def _find_folders(self) -> None:
        self._scans = self._catalog.scans
        folders = {root.path for root in self._catalog.roots}
        for path in self._catalog.engine.ask("expected_names"):
            folders.add(os.path.dirname(path) if path.endswith(".py") else path)
        known = self._folders
        self._folders = {path: known.get(path) for path in folders}
        self._files = {path: self._files[path] for path in list(self._state.digests) if path in self._files}


def _entries(folder: str) -> frozenset[str]:
    """What can be modules: the names of Python files, and of folders."""
    try:
        with os.scandir(folder) as found:
            return frozenset(
                entry.name
                for entry in found
                if entry.name.endswith(".py")
                or (entry.name.isidentifier() and entry.name != "__pycache__" and entry.is_dir())
            )
    except OSError:
        return frozenset()
