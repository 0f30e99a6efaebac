"""What is read of source files: bytes and status; in Pyodide those of a directory at once, where one after the other is imported."""

from __future__ import annotations

import os
import sys
import time
from itertools import islice
from struct import Struct
from typing import TYPE_CHECKING

from pyautoload_wasm._base import drives
from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._imports.changes import UNOPENED, MemoryChanges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pyautoload_wasm._imports.changes import Changes

_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
# The coarsest clock of a filesystem in use: FAT's, two seconds.
_CLOCK_TICK_NS = 2_000_000_000

#: So many files of a directory have to be read before others are read ahead, and so many of these for each: what nobody imports then
#: costs little beside what was.
_LEAST_READ, _AHEAD = 8, 8
#: So many bytes may wait to be imported.
_MOST_HELD = 2_000_000
#: What `packFiles` of ``memfs.js`` tells of a file: the time of its last change in milliseconds, its inode, its size, where it begins.
_ENTRY = Struct("<dIII")

#: What a millisecond is in a status of Emscripten's, in nanoseconds. It was wrong until Pyodide 0.28.
_MS = 1_000_000 if sys.version_info >= (3, 13) else 1_000


#: What tells one version of a file from another without reading it: the time of its last change in nanoseconds, its size, its inode.
#: A plain tuple, since every import makes one.
Status = tuple[int, int, int]

Source = tuple[bytes, Status]


def mtime_of(status: Status) -> float:
    """The time of a file's last change in seconds since 1970, as `os.stat` has it."""
    return status[0] // 1_000_000_000 + 1e-9 * (status[0] % 1_000_000_000)


def is_settled(status: Status) -> bool:
    """Whether a file has not been touched for so long that another edit would show."""
    return time.time_ns() - status[0] > _CLOCK_TICK_NS


@hidden
def status_of(path: str) -> Status:
    """The status of a file as it is now. Raises OSError."""
    return _status(os.stat(path))


def _status(stat: os.stat_result) -> Status:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


@hidden
def read_source(path: str) -> Source:
    """A file's bytes and status, in half the time that `open` takes in Pyodide. Raises OSError."""
    if drives.drives and (drive := drives.drive_at(path)) is not None:
        source = drive.read(path)
        # No status: it would be another request, and proves less than the contents.
        return source, (time.time_ns(), len(source), 0)
    file = os.open(path, _READ_ONLY)
    try:
        stat = os.fstat(file)
        size = stat.st_size
        source = os.read(file, size + 1)
        # A read may give less than it was asked for, and a file may be growing.
        while len(source) != size and (more := os.read(file, size + 1)):
            source += more
        return source, _status(stat)
    finally:
        os.close(file)


class ReadAhead:
    """Sources that were read before anybody has asked for them, in Pyodide's memory: good as long as nothing changes there."""

    def __init__(self, open_memory: Callable[[], Changes]) -> None:
        self._open_memory = open_memory
        self._memory: Changes = UNOPENED
        #: The count of changes for which all this is true.
        self._count: int | None = None
        #: How many files of each directory were read one by one, and the modules there that are still to be read ahead.
        self._reads: dict[str, int] = {}
        self._rest: dict[str, Iterator[str]] = {}
        #: What was read, by path.
        self._found: dict[str, Source] = {}
        self._held = 0

    def take(self, path: str) -> Source | None:
        """A source that was read ahead."""
        found = self._found.pop(path, None)
        if found is not None and self._memory.count[0] != self._count:
            self._start_anew()
            return None
        return found

    def note(self, directory: str, stems: Iterable[str]) -> None:
        """Takes note that a file was read, and perhaps reads others of the modules of its directory."""
        reads = self._reads[directory] = self._reads.get(directory, 0) + 1
        if reads < _LEAST_READ:
            return
        self._memory = memory = self._open_memory()
        if not isinstance(memory, MemoryChanges):
            return
        if self._count is None:
            self._count = memory.count[0]
        elif memory.count[0] != self._count:
            self._start_anew()
            return
        ahead = list(islice(self._rest.setdefault(directory, iter(stems)), _AHEAD * reads))
        if ahead:
            self._hold(directory, ahead, memory.sources(directory, ahead))

    def _hold(self, directory: str, stems: list[str], data: bytes) -> None:
        if self._held + len(data) > _MOST_HELD:
            self._found.clear()
            self._held = 0
        self._held += len(data)
        entries = _ENTRY.iter_unpack(data[: len(stems) * _ENTRY.size])
        for stem, (mtime_ms, inode, size, start) in zip(stems, entries, strict=True):
            if inode:
                seconds, ms = divmod(mtime_ms, 1000)
                mtime_ns = int(seconds) * 1_000_000_000 + int(ms * _MS)
                self._found[f"{directory}/{stem}.py"] = data[start : start + size], (mtime_ns, size, inode)

    def _start_anew(self) -> None:
        """Forgets all but the count: whoever changes files while they are imported would have them read again and again."""
        self._count = self._memory.count[0]
        self._reads.clear()
        self._rest.clear()
        self._found.clear()
        self._held = 0
