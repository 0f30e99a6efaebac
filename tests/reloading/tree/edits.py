"""Random edits of a project: each changes the files and tells the events that a watcher would report."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..layout import TOP, Disk, Event, layout, parent_of
from .graph import Graph, full_name
from .source import ABSOLUTE, IDLE, SOFT, TAKING, Files, Source, Use, make_files, new_source

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

FAULTS = ("syntax", "syntax", "RuntimeError('broken')", "ImportError('broken')", "ZeroDivisionError")
#: How many modules a project may have.
LIMIT = 60
FEWEST = 6


class Editor:
    """Edits one project. Each edit is made in memory first, and only done where no import cycle depends on who enters it."""

    def __init__(self, random: random.Random, disk: Disk, size: int) -> None:
        self.random = random
        self.disk = disk
        self.files: Files = make_files(random, size)
        self._deleted: dict[str, Source] = {}
        self._numbers = iter(range(100, 1_000_000))
        for file in list(self.files):
            # What the package above all others fails of, nothing survives.
            for _ in range(random.choice((0, 1, 1, 2, 3)) if file != "__init__.py" else 0):
                self._try({**self.files, file: self._with_use(file)})
        for file, source in self.files.items():
            disk.write(file, source.render())

    def model(self) -> Graph:
        """What the files say now."""
        return Graph(self.files)

    def texts(self) -> dict[str, bytes]:
        """The files."""
        return {file: source.render() for file, source in self.files.items()}

    def edit(self) -> tuple[str, list[Event]]:
        """Makes one edit. Returns what it is, and its events."""
        while True:
            [(edit, _)] = self.random.choices(EDITS, [weight for _, weight in EDITS])
            events = edit(self)
            if events is not None:
                return edit.__name__, events

    def _try(self, files: Files) -> bool:
        """Takes files for the project's, unless they are too many or too few, or who is first decides how they import each other."""
        if not len(files) >= FEWEST or len(layout(files)) > LIMIT or not Graph(files).is_clear():
            return False
        self.files = files
        return True

    # What a file says

    def _with_use(self, file: str) -> Source:
        """A file with one more import, of a module that is there or of one that is not."""
        source = self.files[file]
        choice = self.random
        units = layout(self.files)
        name = next((name for name, unit in units.items() if unit.file == file), TOP)
        kind = choice.choice((*TAKING, *SOFT, *IDLE))
        if choice.random() < 0.03:
            target = f"{choice.choice(sorted(units))}.m{next(self._numbers)}"
        else:
            # A namespace has no value to take.
            target = choice.choice(sorted(other for other, unit in units.items() if unit.file or choice.random() < 0.1))
        if target == name or (kind == "base" and any(use.kind == "base" for use in source.uses)):
            return source
        level, path = 0, target
        if kind not in (*ABSOLUTE, *SOFT) and choice.random() < 0.6:
            level, path = _relative(name, units[name].is_package, target) if name in units else (0, target)
        if kind == "name" and "." not in path and not level:
            return source
        if kind == "name" and not path:
            return source
        return dataclasses.replace(source, uses=(*source.uses, Use(kind, level, path)))

    def _any(self) -> str:
        return self.random.choice(sorted(self.files))

    def _any_but_seldom_packages(self) -> str:
        file = self._any()
        return self._any() if file.endswith("__init__.py") else file

    def _rewrite(self, file: str, source: Source) -> list[Event] | None:
        if not self._try({**self.files, file: source}):
            return None
        self.disk.write(file, source.render())
        return [self._event("modified", file)]

    def change_value(self) -> list[Event] | None:
        file = self._any()
        return self._rewrite(file, dataclasses.replace(self.files[file], value=self.random.randrange(1000)))

    def touch(self) -> list[Event] | None:
        file = self._any()
        return self._rewrite(file, self.files[file])

    def add_import(self) -> list[Event] | None:
        file = self._any_but_seldom_packages()
        source = self._with_use(file)
        return None if source == self.files[file] or len(source.uses) > 5 else self._rewrite(file, source)

    def remove_import(self) -> list[Event] | None:
        file = self._any()
        uses = list(self.files[file].uses)
        if not uses:
            return None
        uses.pop(self.random.randrange(len(uses)))
        return self._rewrite(file, dataclasses.replace(self.files[file], uses=tuple(uses)))

    def toggle_extra(self) -> list[Event] | None:
        file = self._any()
        source = self.files[file]
        return self._rewrite(file, dataclasses.replace(source, has_extra=not source.has_extra))

    def break_file(self) -> list[Event] | None:
        broken = sum(source.fault is not None for source in self.files.values())
        if broken > len(self.files) / 12:
            return None
        # What a package's own file does reaches all below it: not too often.
        file = self._any_but_seldom_packages()
        fault, is_early = self.random.choice(FAULTS), self.random.random() < 0.4
        return self._rewrite(file, dataclasses.replace(self.files[file], fault=fault, is_early=is_early))

    def mend_file(self) -> list[Event] | None:
        broken = sorted(file for file, source in self.files.items() if source.fault)
        if not broken:
            return None
        file = self.random.choice(broken)
        return self._rewrite(file, dataclasses.replace(self.files[file], fault=None))

    def mend_imports(self) -> list[Event] | None:
        """Takes out the imports of what is not there, or has no value: a project would fall apart otherwise."""
        graph = Graph(self.files)
        for name, unit in graph.units.items():
            uses = self.files[unit.file].uses if unit.file else ()
            good = tuple(use for use in uses if _is_good(graph, full_name(name, unit, use), use))
            if unit.file and good != uses:
                return self._rewrite(unit.file, dataclasses.replace(self.files[unit.file], uses=good))
        return None

    # Which files there are

    def create(self) -> list[Event] | None:
        folder = self._folder()
        stem = f"m{next(self._numbers)}"
        return self._write_new(f"{folder}/{stem}.py".lstrip("/"), stem)

    def create_wanted(self) -> list[Event] | None:
        """A module that somebody imports in vain."""
        graph = Graph(self.files)
        wanted = {
            full_name(name, unit, use)
            for name, unit in graph.units.items()
            for use in (self.files[unit.file].uses if unit.file else ())
        }
        missing = sorted(name for name in wanted if name and name not in graph.units and name.startswith(f"{TOP}."))
        if not missing:
            return None
        name = self.random.choice(missing)
        return self._write_new(f"{name.removeprefix(f'{TOP}.').replace('.', '/')}.py", name.rpartition(".")[2])

    def add_init(self) -> list[Event] | None:
        folder = self._folder()
        return self._write_new(f"{folder}/__init__.py".lstrip("/"), folder.rpartition("/")[2] or TOP)

    def add_folder(self) -> list[Event] | None:
        """A folder beside a module, which makes that an explicit namespace."""
        stem = f"m{next(self._numbers)}"
        return self._write_new(
            f"{self._any().removesuffix('.py').removesuffix('__init__')}/{stem}.py".replace("//", "/").lstrip("/"), stem
        )

    def _write_new(self, file: str, stem: str) -> list[Event] | None:
        if file in self.files:
            return None
        files = {**self.files, file: new_source(self.random, stem)}
        if not self._try(files):
            return None
        self._try({**files, file: self._with_use(file)})
        self.disk.write(file, self.files[file].render())
        return [self._event("created", file)]

    def delete(self) -> list[Event] | None:
        file = self._any()
        files = {**self.files}
        self._deleted[file] = files.pop(file)
        if not self._try(files):
            return None
        self.disk.delete(file)
        return [self._event("deleted", file)]

    def remove_init(self) -> list[Event] | None:
        found = sorted(file for file in self.files if file.endswith("__init__.py"))
        if not found:
            return None
        file = self.random.choice(found)
        files = {**self.files}
        self._deleted[file] = files.pop(file)
        if not self._try(files):
            return None
        self.disk.delete(file)
        return [self._event("deleted", file)]

    def restore(self) -> list[Event] | None:
        found = sorted(set(self._deleted) - set(self.files))
        if not found:
            return None
        file = self.random.choice(found)
        if not self._try({**self.files, file: self._deleted[file]}):
            return None
        self.disk.write(file, self.files[file].render())
        return [self._event("created", file)]

    def rename(self) -> list[Event] | None:
        file = self._any()
        return self._move(file, f"{self._folder()}/m{next(self._numbers)}.py".lstrip("/"))

    def move(self) -> list[Event] | None:
        file = self._any()
        return self._move(file, f"{self._folder()}/{file.rpartition('/')[2]}".lstrip("/"))

    def become_package(self) -> list[Event] | None:
        file = self._any()
        return None if file.endswith("__init__.py") else self._move(file, f"{file[:-3]}/__init__.py")

    def become_module(self) -> list[Event] | None:
        file = self._any()
        return self._move(file, file.replace("/__init__.py", ".py"))

    def _move(self, file: str, to: str) -> list[Event] | None:
        if to in self.files:
            return None
        files = {**self.files}
        files[to] = files.pop(file)
        if not self._try(files):
            return None
        self.disk.move(file, to)
        return self._renamed(file, to)

    def move_folder(self) -> list[Event] | None:
        folder = self._folder()
        to = f"{self._folder()}/p{next(self._numbers)}".lstrip("/")
        if not folder or f"{to}/".startswith(f"{folder}/"):
            return None
        files = {
            to + file[len(folder) :] if file.startswith(f"{folder}/") else file: source
            for file, source in self.files.items()
        }
        if not self._try(files):
            return None
        self.disk.move(folder, to)
        return self._renamed(folder, to)

    def delete_folder(self) -> list[Event] | None:
        folder = self._folder()
        gone = {file: source for file, source in self.files.items() if file.startswith(f"{folder}/")}
        if not folder or not gone or len(gone) > len(self.files) / 4:
            return None
        if not self._try({file: source for file, source in self.files.items() if file not in gone}):
            return None
        self._deleted.update(gone)
        self.disk.delete_folder(folder)
        return [self._event("deleted", folder)]

    def _folder(self) -> str:
        """A folder with files in it, or the root."""
        above = {file.rpartition("/")[0] for file in self.files}
        above |= {
            folder[: folder.index("/", at)] for folder in above for at in range(len(folder)) if "/" in folder[at:]
        }
        return self.random.choice(sorted(above | {""}))

    def _renamed(self, path: str, to: str) -> list[Event]:
        """As one event or as two: what a watcher knows differs."""
        if self.random.random() < 0.5:
            return [{"kind": "renamed", "path": self.disk.path(path), "to": self.disk.path(to)}]
        return [self._event("deleted", path), self._event("created", to)]

    def _event(self, kind: str, path: str) -> Event:
        return {"kind": kind, "path": self.disk.path(path)}


EDITS: list[tuple[Callable[[Editor], list[Event] | None], int]] = [
    (Editor.change_value, 24),
    (Editor.touch, 2),
    (Editor.add_import, 12),
    (Editor.remove_import, 7),
    (Editor.toggle_extra, 6),
    (Editor.break_file, 8),
    (Editor.mend_file, 12),
    (Editor.mend_imports, 25),
    (Editor.create, 4),
    (Editor.create_wanted, 7),
    (Editor.add_init, 3),
    (Editor.add_folder, 2),
    (Editor.delete, 4),
    (Editor.remove_init, 2),
    (Editor.restore, 5),
    (Editor.rename, 3),
    (Editor.move, 2),
    (Editor.become_package, 2),
    (Editor.become_module, 2),
    (Editor.move_folder, 2),
    (Editor.delete_folder, 1),
]


def _is_good(graph: Graph, target: str | None, use: Use) -> bool:
    """Whether there is a module to import, with a body where something is taken from it."""
    return target in graph.units and (graph.units[target].file is not None or use.kind in SOFT)


def _relative(name: str, is_package: bool, target: str) -> tuple[int, str]:
    """The dots and the path by which one module imports another."""
    level, package = 1, name if is_package else parent_of(name)
    while not f"{target}.".startswith(f"{package}."):
        level, package = level + 1, parent_of(package)
    return level, target[len(package) + 1 :]
