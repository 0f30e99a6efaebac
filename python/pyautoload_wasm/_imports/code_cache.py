"""Code objects that are kept between runs of Python: found by the hash of their source, and verified before they are unmarshalled,
since bytes that are not what `marshal.dumps` has written can crash the interpreter.

This file, ``archives.py`` and ``installed.py`` import nothing else of the package. The npm package loads them first, so that the rest
of the package comes from the cache as well. ``pkg/codes.js`` reads and writes the same records.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from _imp import _fix_co_filename  # type: ignore[attr-defined] # as importlib does with bytecode files
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib.util import MAGIC_NUMBER, source_hash
from struct import Struct
from types import CodeType

#: The version of the format of a record.
_FORMAT = 1
#: What a record begins with: a checksum of all that follows the next field; when the code was used last, in seconds since 1970; the
#: code's size; which Python it is for; the hash of the source. Then comes the code. A record without code says that the code of that
#: hash was used.
_HEADER = Struct("<8sII8sQ")
#: Where a record's checksum begins to count: the time of its last use may change.
_CHECKED = 12
#: The code of one module that is larger is not kept.
_MOST_OF_ONE = 1 << 24
#: So old a note of the last use has to be before another one is worth writing.
_STALE_SECONDS = 3600


def digest_of(source: bytes | memoryview) -> int:
    """A hash of a file's contents: the one that CPython's own hash-based bytecode files have."""
    return int.from_bytes(source_hash(source), "little")


def _this_python() -> bytes:
    """Which Python can run the code: its version, its bytecode's, and what changes what a source is compiled to."""
    positions = next(iter(compile("x", "", "eval").co_positions()))
    has_positions = any(place is not None for place in positions)
    return source_hash(repr((_FORMAT, MAGIC_NUMBER, sys.hexversion, sys.flags.optimize, has_positions)).encode())


_PYTHON = _this_python()


def record_of(digest: int, code: bytes, used: int | None = None) -> bytes:
    """A record of a marshalled code object, or of its use: now, unless another time is told."""
    head = _HEADER.pack(b"", int(time.time()) if used is None else used, len(code), _PYTHON, digest)
    return source_hash(head[_CHECKED:] + code) + head[8:] + code


def _code_of(record: memoryview, digest: int) -> CodeType | None:
    """The code of a record, if this is one for this Python and that source, and undamaged."""
    if len(record) < _HEADER.size:
        return None
    checksum, _, size, python, of = _HEADER.unpack_from(record)
    end = _HEADER.size + size
    if not size or (python, of) != (_PYTHON, digest) or end > len(record):
        return None
    if source_hash(record[_CHECKED:end]) != checksum:
        return None
    code = marshal.loads(record[_HEADER.size : end])
    return code if isinstance(code, CodeType) else None


class CodeCache(ABC):
    """Where compiled code is looked up first, and put."""

    def find(self, digest: int, path: str) -> CodeType | None:
        """The code of a source, as if it was compiled of the file at that path."""
        code = self._find(digest)
        if code is not None:
            _fix_co_filename(code, path)
        return code

    @abstractmethod
    def _find(self, digest: int) -> CodeType | None: ...

    @abstractmethod
    def add(self, digest: int, code: CodeType) -> None:
        """Takes the code that was compiled of a source."""


class CodeBuffer(CodeCache):
    """Records in one buffer that somebody else reads and writes: ``pkg/codes.js``. It is told by ``note`` when there is something to
    write where there was nothing, and asks for that in idle time. Without ``note`` nothing new is kept.
    """

    def __init__(self, data: bytes | memoryview, note: Callable[[], object] | None) -> None:
        self._data = memoryview(data)
        self._note = note
        #: Where each record begins.
        self._places = _places_in(self._data)
        self._is_added: set[int] = set()
        #: What is to be written: code that is not marshalled yet, and records.
        self._codes: dict[int, CodeType] = {}
        self._records: list[bytes] = []
        self._is_noted = False
        self._now = time.time()
        self.hits = self.misses = 0

    def _find(self, digest: int) -> CodeType | None:
        place = self._places.get(digest)
        code = None if place is None else _code_of(self._data[place:], digest)
        if place is None or code is None:
            self.misses += 1
            return None
        self.hits += 1
        if (
            self._note is not None
            and digest not in self._is_added
            and self._now - _HEADER.unpack_from(self._data, place)[1] > _STALE_SECONDS
        ):
            self._is_added.add(digest)
            self._records.append(record_of(digest, b""))
            self._tell()
        return code

    def add(self, digest: int, code: CodeType) -> None:
        """Takes code, to marshal it when nobody waits."""
        if self._note is not None and digest not in self._is_added:
            self._is_added.add(digest)
            self._codes[digest] = code
            self._tell()

    def _tell(self) -> None:
        if self._note is not None and not self._is_noted:
            self._is_noted = True
            self._note()

    def pack(self, seconds: float) -> bytes:
        """Marshals code for so long, at least of one module. Returns the records, which count as written from then on; none when
        nothing is left.
        """
        records, self._records = self._records, []
        end = time.perf_counter() + seconds
        while self._codes:
            digest, code = self._codes.popitem()
            marshalled = marshal.dumps(code)
            if len(marshalled) <= _MOST_OF_ONE:
                records.append(record_of(digest, marshalled))
            if time.perf_counter() >= end:
                break
        self._is_noted = bool(self._codes)
        return b"".join(records)


def _places_in(data: memoryview) -> dict[int, int]:
    """Where the records of a buffer begin that are for this Python, by the hash of the source. What comes after a damaged size is
    lost.
    """
    places: dict[int, int] = {}
    at, last = 0, len(data) - _HEADER.size
    while at <= last:
        _, _, size, python, digest = _HEADER.unpack_from(data, at)
        if size and python == _PYTHON:
            places[digest] = at
        at += _HEADER.size + size
    return places


class CodeFolder(CodeCache):
    """A folder with a file for each record. What cannot be read or written there is compiled, as with Python's own bytecode files."""

    def __init__(self, path: str, most_bytes: int = 1 << 26) -> None:
        self.path = path
        self._most_bytes = most_bytes
        #: How many bytes were written since somebody has looked how many there are.
        self._written = most_bytes

    def _find(self, digest: int) -> CodeType | None:
        file = self._file(digest)
        try:
            with open(file, "rb") as opened:
                record = opened.read()
                age = time.time() - os.fstat(opened.fileno()).st_mtime
            if age > _STALE_SECONDS:
                os.utime(file)
        except OSError:
            return None
        return _code_of(memoryview(record), digest)

    def add(self, digest: int, code: CodeType) -> None:
        """Writes the code, in one step for other processes."""
        record = record_of(digest, marshal.dumps(code))
        file = self._file(digest)
        part = f"{file}.{os.getpid()}"
        try:
            os.makedirs(self.path, exist_ok=True)
            with open(part, "wb") as opened:
                opened.write(record)
            os.replace(part, file)
            self._written += len(record)
            if self._written > self._most_bytes // 8:
                self._trim()
        except OSError:
            return

    def _file(self, digest: int) -> str:
        return f"{self.path}/{_PYTHON.hex()}-{digest:016x}.code"

    def _trim(self) -> None:
        """Removes what was not used for the longest time, beyond the bound."""
        self._written = 0
        with os.scandir(self.path) as entries:
            files = [(entry.stat(), entry.path) for entry in entries if entry.is_file() and ".code" in entry.name]
        files.sort(key=lambda file: file[0].st_mtime_ns, reverse=True)
        total = 0
        for stat, path in files:
            total += stat.st_size
            if total > self._most_bytes * 7 // 8:
                os.remove(path)
