"""Data files that modules depend on, as `reload_with` declares: which modules have to be executed again when one changes."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._imports.files import Status, is_settled, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class DataFiles:
    """The data files of one loader's modules. A file that is not there yet is one as well, and a folder is the names in it."""

    def __init__(self) -> None:
        #: The files of each module, by absolute path, as the module calls them.
        self._declared: dict[str, dict[str, str]] = {}
        #: The same of modules whose bodies are running.
        self._running: dict[str, dict[str, str]] = {}
        #: What each file held when it was looked at last: a hash; None for one that is not there.
        self._contents: dict[str, str | None] = {}
        #: The status with which it is known to hold that.
        self._status: dict[str, Status] = {}
        #: Modules that are to be executed again, each with the reason.
        self.due: dict[str, str] = {}
        #: Called when a file is declared that was not before.
        self.on_declare: Callable[[], object] | None = None

    def __bool__(self) -> bool:
        return bool(self._declared or self._running)

    def declare(self, module: str, path: str, shown: str, *, is_running: bool) -> None:
        """Notes that a module depends on a file."""
        files = self._running if is_running else self._declared
        files.setdefault(module, {})[path] = shown
        if path not in self._contents:
            self._contents[path] = _content_of(path)
            if self.on_declare is not None:
                self.on_declare()

    def executed(self, module: str) -> None:
        """A module's body has run: it depends on what it has declared this time."""
        self._put(module, self._running.pop(module, {}))

    def failed(self, module: str) -> None:
        """A module's body has raised. What it has declared can be the reason, and it is tried again when that changes."""
        self._put(module, {**self._declared.get(module, {}), **self._running.pop(module, {})})

    def forget(self, module: str) -> None:
        """A module's file is gone."""
        self._running.pop(module, None)
        self._put(module, {})

    def _put(self, module: str, files: dict[str, str]) -> None:
        if files:
            self._declared[module] = files
        elif self._declared.pop(module, None) is None:
            return
        for path in self._contents.keys() - self.paths():
            self._contents.pop(path, None)
            self._status.pop(path, None)

    def copy(self) -> dict[str, dict[str, str]]:
        """What is declared now."""
        return {module: files.copy() for module, files in self._declared.copy().items()}

    def restore(self, before: dict[str, dict[str, str]], modules: Iterable[str]) -> None:
        """Some modules are again what they were. What the failed versions have declared stays as well, as in `failed`."""
        for module in modules:
            self._put(module, {**before.get(module, {}), **self._declared.get(module, {})})

    # Changes

    def paths(self) -> set[str]:
        """All files."""
        return {
            path for files in (*self._declared.copy().values(), *self._running.copy().values()) for path in files.copy()
        }

    def concerned(self, path: str) -> list[str]:
        """The files that an event at a path is about: that one, the folder that it lies in, and what lies below it."""
        if not self:
            return []
        paths = self.paths()
        found = [known for known in (path, path.rpartition("/")[0]) if known in paths]
        found += [known for known in paths if known.startswith(f"{path}/")]
        if not found and (real := os.path.realpath(path)) != path:
            return self.concerned(real)
        return found

    def look(self, paths: Iterable[str]) -> list[str]:
        """Looks at files, and notes which modules are to be executed again. Returns the files that have changed."""
        changed = []
        for path in [path for path in paths if path in self._contents]:
            before, now = self._contents[path], _content_of(path)
            if before == now:
                continue
            self._contents[path] = now
            changed.append(path)
            what = "is there now" if before is None else "is gone" if now is None else "changed"
            for module, files in self._declared.copy().items():
                if path in files:
                    self.due[module] = f"{files[path]} {what}"
        return changed

    def moved(self) -> Iterator[str]:
        """The files that may hold something else than they did, without being told: by status, and by contents where that has moved.

        In Pyodide by contents alone: Emscripten's `stat` of a file that was deleted in JupyterLite's page waits without end.
        """
        for path in self.paths():
            status = None
            if not IN_PYODIDE:
                with suppress(OSError):
                    status = status_of(path)
                if status is not None and self._status.get(path) == status:
                    continue
            if _content_of(path) != self._contents.get(path):
                self._status.pop(path, None)
                yield path
            elif status is not None and is_settled(status):
                self._status[path] = status

    def settle(self) -> None:
        """Forgets which modules were due, once they were executed, or have failed to be."""
        self.due.clear()

    def close(self) -> None:
        """Lets go of everything."""
        self.on_declare = None
        for each in (self._declared, self._running, self._contents, self._status, self.due):
            each.clear()


def _content_of(path: str) -> str | None:
    """A hash of what a file holds, or of the names in a folder; None for what cannot be read."""
    from hashlib import blake2b, file_digest

    try:
        with open(path, "rb") as file:
            return file_digest(file, blake2b).hexdigest()
    except (IsADirectoryError, PermissionError):
        try:
            return blake2b("\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape")).hexdigest()
        except OSError:
            return None
    except OSError:
        return None
