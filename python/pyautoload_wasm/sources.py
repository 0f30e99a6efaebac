"""What is read of source files: bytes and status; in Pyodide those of a directory at once, where one after the other is imported."""

from __future__ import annotations

import os
import sys
import time
from importlib.util import source_hash
from itertools import islice, repeat
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

from pyautoload_wasm.memory import UNOPENED, Uncounted
from pyautoload_wasm.tracebacks import hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
# The coarsest clock of a filesystem in use: FAT's, two seconds.
_CLOCK_TICK_NS = 2_000_000_000

#: So many files of a directory have to be read before others are read ahead, and so many of these for each: what nobody imports then
#: costs little beside what was.
_LEAST_READ, _AHEAD = 8, 8
#: So many bytes may wait to be imported.
_MOST_HELD = 2_000_000
#: What `sources` of ``memory.js`` tells of a file: the time of its last change in milliseconds, its inode, its size, where it begins.
_ENTRY = Struct("<dIII")

#: What a millisecond is in a status of Emscripten's, in nanoseconds. It was wrong until Pyodide 0.28.
_MS = 1_000_000 if sys.version_info >= (3, 13) else 1_000


class Status(NamedTuple):
    """What tells one version of a file from another without reading it."""

    mtime_ns: int
    size: int
    inode: int

    @property
    def mtime(self) -> float:
        """The time of the last change in seconds since 1970, as `os.stat` has it."""
        return self.mtime_ns // 1_000_000_000 + 1e-9 * (self.mtime_ns % 1_000_000_000)

    @property
    def is_settled(self) -> bool:
        """Whether the file has not been touched for so long that another edit would show."""
        return time.time_ns() - self.mtime_ns > _CLOCK_TICK_NS


Source = tuple[bytes, Status]


def digest_of(source: bytes) -> int:
    """A hash of a file's contents: the one that CPython's own hash-based bytecode files have."""
    return int.from_bytes(source_hash(source), "little")


@hidden
def status_of(path: str) -> Status:
    """The status of a file as it is now. Raises OSError."""
    return _status(os.stat(path))


def _status(stat: os.stat_result) -> Status:
    return Status(stat.st_mtime_ns, stat.st_size, stat.st_ino)


@hidden
def read_source(path: str) -> Source:
    """A file's bytes and status, in half the time that `open` takes in Pyodide. Raises OSError."""
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

    def __init__(self, open_memory: Callable[[], Any]) -> None:
        self._open_memory = open_memory
        self._memory: Any = UNOPENED
        #: The count of changes for which all this is true.
        self._count: int | None = None
        #: How many files of each directory were read one by one, and the modules there that are still to be read ahead.
        self._reads: dict[str, int] = {}
        self._rest: dict[str, Iterator[str]] = {}
        #: For each directory and stem, what JavaScript has given for several files, and where in it this one's entry is.
        self._found: dict[str, dict[str, tuple[bytes, int]]] = {}
        self._held = 0

    def take(self, directory: str, stem: str) -> Source | None:
        """A source that was read ahead."""
        if directory not in self._found:
            return None
        found = self._found[directory].pop(stem, None)
        if found is None:
            return None
        if self._memory.count != self._count:
            self._start_anew()
            return None
        data, entry = found
        mtime_ms, inode, size, start = _ENTRY.unpack_from(data, entry)
        if not inode:
            return None
        seconds, ms = divmod(mtime_ms, 1000)
        mtime_ns = int(seconds) * 1_000_000_000 + int(ms * _MS)
        return data[start : start + size], Status(mtime_ns, size, inode)

    def note(self, directory: str, stems: Iterable[str]) -> None:
        """Takes note that a file was read, and perhaps reads others of the modules of its directory."""
        reads = self._reads[directory] = self._reads.get(directory, 0) + 1
        if reads < _LEAST_READ:
            return
        self._memory = self._open_memory()
        if isinstance(self._memory, Uncounted):
            return
        if self._count is None:
            self._count = self._memory.count
        elif self._memory.count != self._count:
            self._start_anew()
            return
        ahead = list(islice(self._rest.setdefault(directory, iter(stems)), _AHEAD * reads))
        if ahead:
            data: bytes = self._memory.sources(directory, "/".join(ahead)).to_bytes()
            if self._held + len(data) > _MOST_HELD:
                self._found.clear()
                self._held = 0
            self._held += len(data)
            entries = zip(repeat(data), range(0, len(ahead) * _ENTRY.size, _ENTRY.size), strict=False)
            self._found.setdefault(directory, {}).update(zip(ahead, entries, strict=True))

    def _start_anew(self) -> None:
        """Forgets all but the count: whoever changes files while they are imported would have them read again and again."""
        self._count = self._memory.count
        self._reads.clear()
        self._rest.clear()
        self._found.clear()
        self._held = 0
