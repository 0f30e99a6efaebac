"""JupyterLite's files, by way of ``drive.js``: each question about one of them is a request to the page, which takes milliseconds.

Elsewhere there is no drive, and the operating system is asked.
"""

from __future__ import annotations

import os
import sys
import weakref
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.host import IN_PYODIDE, can_wait, javascript_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The module of JupyterLite's kernel. In another Pyodide nobody need look for a drive.
_KERNEL = "pyodide_kernel"


class News(set[str]):
    """Paths at which something may have changed."""


class Drive:
    """The files below a mounted folder."""

    def __init__(self, script: Any) -> None:
        self.script = script
        #: The folders below which the files are looked at.
        self.roots: tuple[str, ...] = ()
        #: Whether the last look could not tell anything.
        self.is_silent = False
        #: What each of those who look has still to hear of.
        self._news: list[weakref.ref[News]] = []
        script.listen()

    def has(self, path: str) -> bool:
        """Whether an absolute path lies below one of these folders."""
        return any(path == root or path.startswith(f"{root}/") for root in self.roots)

    def read(self, path: str) -> bytes:
        """The bytes of a file, in one request. Raises FileNotFoundError."""
        return self._bytes(self.script.read(path), path)

    def read_anew(self, path: str) -> bytes:
        """The same; what is read is true until the end of the flush. Raises FileNotFoundError."""
        return self._bytes(self.script.readAnew(path), path)

    def _bytes(self, found: Any, path: str) -> bytes:
        if found is None:
            raise FileNotFoundError(2, "No such file or directory", path)
        content: bytes = found.to_bytes()
        return content

    def has_folder(self, path: str) -> bool:
        """Whether there is a folder."""
        return bool(self.script.kind(path) == "d")

    def names(self, folder: str) -> list[str]:
        """What is in a folder now, folders with a slash behind their names."""
        return list(filter(None, self.script.names(folder).split("\0")))

    def names_as_known(self, folder: str) -> list[str]:
        """What is in a folder by the last list of it."""
        return list(filter(None, self.script.namesAsKnown(folder).split("\0")))

    def forget(self, path: str) -> None:
        """Something has happened to a path: what is known of it is no longer true."""
        self.script.forget(path)

    def subscribe(self) -> News:
        """A set into which each look puts the paths at which something may have changed, as long as somebody has it."""
        news = News()
        self._news = [*(ref for ref in self._news if ref() is not None), weakref.ref(news)]
        return news

    def look(self) -> bool:
        """Looks what has changed since the last look. Returns whether that can be told. Until `end` nothing is asked twice."""
        if can_wait():
            from pyodide.ffi import JsException, run_sync

            with suppress(JsException):
                run_sync(self.script.look("\0".join(self.roots)))
        text: str | None = self.script.take()
        self.script.isTrusted = True
        self.is_silent = text is None
        for ref in self._news:
            if (news := ref()) is not None:
                news.update(filter(None, (text or "").split("\0")))
        return text is not None

    async def look_ahead(self) -> None:
        """Lets the next look find what has changed up to now, where it cannot wait for that itself."""
        if not can_wait():
            await self.script.look("\0".join(self.roots))

    def end(self) -> None:
        """From now on files are asked about again."""
        self.script.isTrusted = False


#: The drives with roots of loaders. A new tuple each time.
drives: tuple[Drive, ...] = ()


def _add_drives(roots: Iterable[str]) -> None:
    """Looks whether some roots lie on a drive."""
    global drives
    if not IN_PYODIDE or _KERNEL not in sys.modules:
        return
    import pyodide_js

    for root in roots:
        script = javascript_class("drive.js", "Drive").at(pyodide_js.FS, root)
        if script is None:
            continue
        drive = next((known for known in drives if known.script == script), None)
        if drive is None:
            drive = Drive(script)
            drives = (*drives, drive)
        if root not in drive.roots:
            drive.roots = (*drive.roots, root)


def drives_of(paths: Iterable[str]) -> list[Drive]:
    """The drives on which some paths lie."""
    paths = list(paths) if drives else []
    return [drive for drive in drives if any(map(drive.has, paths))]


def drive_at(path: str) -> Drive | None:
    """The drive on which a path lies."""
    for drive in drives:
        if drive.has(path):
            return drive
    return None


@contextmanager
def trusting(paths: Iterable[str]) -> Iterator[None]:
    """For a ``with`` block, in which what is known of the drives with some paths is taken for true."""
    scripts = [drive.script for drive in drives_of(paths) if not drive.script.isTrusted]
    for script in scripts:
        script.isTrusted = True
    try:
        yield
    finally:
        for script in scripts:
            script.isTrusted = False


@contextmanager
def looking(roots: list[str]) -> Iterator[None]:
    """For a ``with`` block, at whose beginning the drives with some roots are looked at, so that nothing is asked twice in it."""
    _add_drives(roots)
    found = drives_of(roots)
    for drive in found:
        drive.look()
    try:
        yield
    finally:
        for drive in found:
            drive.end()


def names_in(folder: str) -> list[str]:
    """What a folder contains, as `os.listdir` has it. Raises OSError."""
    drive = drive_at(folder) if drives else None
    return os.listdir(folder) if drive is None else [name.rstrip("/") for name in drive.names_as_known(folder)]


def is_file(path: str) -> bool:
    """Whether there is a file, as `os.path.isfile` has it; on a drive by the last list of its folder."""
    drive = drive_at(path) if drives else None
    return os.path.isfile(path) if drive is None else _is_listed(drive, path, "")


def is_dir(path: str) -> bool:
    """Whether there is a folder, as `os.path.isdir` has it; on a drive by the last list of the one around it."""
    drive = drive_at(path) if drives else None
    return os.path.isdir(path) if drive is None else _is_listed(drive, path, "/")


def _is_listed(drive: Drive, path: str, mark: str) -> bool:
    folder, _, name = path.rpartition("/")
    return path in drive.roots or f"{name}{mark}" in drive.names_as_known(folder)
