"""Which modules some files are, and the files as they are on disk. It knows nothing of the engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from typing import NamedTuple

TOP = "app"
#: A module outside of the project that counts executions.
COUNTER = "truth_counter"

#: What has happened to a path, as a watcher would tell it.
Event = dict[str, str]


class Unit(NamedTuple):
    """A module: its file, if it has one, and whether it has a ``__path__``."""

    file: str | None
    is_package: bool


def parent_of(name: str) -> str:
    return name.rpartition(".")[0]


def name_of(file: str) -> str:
    """The module that a file would be."""
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return TOP if parts == ["__init__"] else ".".join([TOP, *parts])


def layout(files: Collection[str]) -> dict[str, Unit]:
    """The modules that some files are, by name."""
    units: dict[str, Unit] = {TOP: Unit(None, True)}
    for file in files:
        parts = file.split("/")[:-1]
        for depth in range(len(parts)):
            units.setdefault(".".join([TOP, *parts[: depth + 1]]), Unit(None, True))
    for file in files:
        folder, _, base = file.rpartition("/")
        name = ".".join([TOP, *(folder.split("/") if folder else [])])
        if base == "__init__.py":
            units[name] = Unit(file, True)
    for file in files:
        folder, _, base = file.rpartition("/")
        if base == "__init__.py":
            continue
        name = ".".join([TOP, *(folder.split("/") if folder else []), base[:-3]])
        found = units.get(name)
        if found is None or found.file is None:
            units[name] = Unit(file, found is not None)
    return units


class Disk:
    """The files as they are on disk, below one folder."""

    def __init__(self, base: str) -> None:
        self.base = base
        os.makedirs(base)

    def path(self, file: str) -> str:
        return os.path.normpath(f"{self.base}/{file}")

    def write(self, file: str, source: bytes) -> None:
        path = self.path(file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(source)

    def link(self, path: str, target: str) -> None:
        """Makes a link to a folder beside it."""
        os.symlink(target, self.path(path))

    def delete(self, file: str) -> None:
        os.remove(self.path(file))
        self._leave_no_empty_folder(file)

    def move(self, path: str, to: str) -> None:
        os.makedirs(os.path.dirname(self.path(to)), exist_ok=True)
        os.rename(self.path(path), self.path(to))
        self._leave_no_empty_folder(path)

    def delete_folder(self, folder: str) -> None:
        shutil.rmtree(self.path(folder))
        self._leave_no_empty_folder(folder)

    def _leave_no_empty_folder(self, path: str) -> None:
        """An empty folder, or one that has bytecode alone, is no module of the loader's, and Python's own finder takes it for a
        namespace package.
        """
        while (path := path.rpartition("/")[0]) and os.path.isdir(self.path(path)):
            if not set(os.listdir(self.path(path))) <= {"__pycache__"}:
                break
            shutil.rmtree(self.path(path))
