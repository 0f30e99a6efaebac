"""A program that is made of features, which take values from each other; and what can happen to all of its files alike."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING, NamedTuple

from .awaited import is_awaited
from .features import FEATURES
from .layout import Disk, Event, name_of
from .model import PartsModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .features import Feature
    from .features.base import Moves
    from .part import Part

FAULTS = ("syntax", "RuntimeError('broken')", "ImportError('broken')", "ZeroDivisionError")
#: How many features a program has.
SIZES = (1, 2, 3, 4)


class Wish(NamedTuple):
    """What a run is asked for, apart from its seed."""

    #: The features that it may have; all where there are none.
    only: frozenset[str] = frozenset()
    #: What is awaited and tried all the same.
    asked: frozenset[str] = frozenset()
    #: The places of features, and of steps, that are left out.
    without: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    #: The step before which the run ends; None for one that ends after so many edits.
    end: int | None = None
    #: Whether objects follow a reload.
    objects_follow: bool = False

    def has(self, name: str) -> bool:
        """Whether a program may have a feature."""
        return name in self.only if self.only else not is_awaited(name, self.asked)


#: No wish at all.
ANY = Wish()


class Program:
    """The files of some features on disk, and their edits."""

    def __init__(self, seed: int, disk: Disk, wish: Wish) -> None:
        chosen = random.Random(f"{seed}/program")
        kinds = [kind for kind in FEATURES if wish.has(kind.NAME)]
        #: None stands for one that is left out, so that the others are what they are with it.
        self._places: list[Feature | None] = []
        for at in range(chosen.choice(SIZES)):
            feature = chosen.choice(kinds)(random.Random(f"{seed}/feature {at}"), f"f{at}", wish.asked)
            self._places.append(None if at in wish.without else feature)
        self.features = [feature for feature in self._places if feature is not None]
        self._disk = disk
        #: The modules that a file takes a value from, apart from what its feature does.
        self._takes: dict[str, list[str]] = {}
        self._faults: dict[str, tuple[str, bool]] = {}
        for _ in range(len(self.features)):
            self._take(chosen)
        self.files = self._parts()
        for file, part in self.files.items():
            disk.write(file, part.render())
        for link, folder in {**self._links("links"), **self._links("crossing")}.items():
            disk.link(link, disk.path(folder))

    def model(self) -> PartsModel:
        """What the files import now, those behind links included."""
        linked = {
            link + file[len(folder) :]: part
            for link, folder in self._links("links").items()
            for file, part in self.files.items()
            if file.startswith(f"{folder}/")
        }
        return PartsModel({**self.files, **linked})

    def texts(self) -> dict[str, bytes]:
        """The files."""
        return {file: part.render() for file, part in self.files.items()}

    def edit(self, chosen: random.Random) -> tuple[str, list[Event]] | None:
        """Makes one edit, of one feature or of any file. Returns what it is, and its events; None where there was nothing to do."""
        feature = chosen.choice(self._places)
        if feature is None:
            return None
        own = feature.edits()
        general: list[Callable[[random.Random], Moves]] = [self._take, self._leave, self._break, self._mend, self._mend]
        edit = chosen.choice([*own, *own, *general] if chosen.random() < 0.5 else own)
        moves = edit(chosen)
        if moves is None:
            return None
        before, self.files = self.files, self._parts()
        events = self._apply(before, moves, chosen)
        return f"{feature.NAME}.{edit.__name__}", events

    # What can happen to any file

    def _take(self, chosen: random.Random) -> Moves:
        """A file takes a value of a feature before its own."""
        later = [at for at in range(1, len(self.features)) if self.features[at].files()]
        if not later:
            return None
        at = chosen.choice(later)
        file = chosen.choice(sorted(self.features[at].files()))
        given = [name for feature in self.features[:at] for name in feature.gives()]
        if not given or file.endswith("__init__.py"):
            return None
        taken = self._takes.setdefault(file, [])
        name = chosen.choice(given)
        if name in taken or len(taken) > 2:
            return None
        taken.append(name)
        return []

    def _leave(self, chosen: random.Random) -> Moves:
        """A file takes a value no longer; one that is no longer there, if there is such."""
        files = sorted(file for file, taken in self._takes.items() if taken)
        if not files:
            return None
        self._takes[chosen.choice(files)].pop()
        return []

    def _break(self, chosen: random.Random) -> Moves:
        if len(self._faults) > 1:
            return None
        file = chosen.choice(sorted(self.files))
        self._faults[file] = (chosen.choice(FAULTS), chosen.random() < 0.4)
        return []

    def _mend(self, chosen: random.Random) -> Moves:
        if not self._faults:
            return None
        del self._faults[chosen.choice(sorted(self._faults))]
        return []

    # The files

    def _links(self, kind: str) -> dict[str, str]:
        return {link: folder for feature in self.features for link, folder in getattr(feature, kind)().items()}

    def _parts(self) -> dict[str, Part]:
        parts = {file: part for feature in self.features for file, part in feature.files().items()}
        there = {name_of(file) for file in parts}
        for file, taken in self._takes.items():
            # What is gone for good is taken no longer: who imports it would fail for ever.
            taken[:] = [name for name in taken if name in there]
            if file in parts:
                parts[file] = parts[file].taking(taken)
        for file in list(self._faults):
            if file in parts:
                fault, is_early = self._faults[file]
                parts[file] = dataclasses.replace(parts[file], fault=fault, is_early=is_early)
            else:
                del self._faults[file]
        return parts

    def _apply(self, before: Mapping[str, Part], moves: list[tuple[str, str]], chosen: random.Random) -> list[Event]:
        """Makes the files on disk what they are to be. Returns the events of that."""
        there = {file: part.render() for file, part in before.items()}
        events: list[Event] = []
        for path, to in moves:
            if to:
                self._disk.move(path, to)
                there = {
                    to + file[len(path) :] if _is_below(file, path) else file: text for file, text in there.items()
                }
                events += self._renamed(path, to, chosen)
            else:
                events += self._swap(path, there)
        now = {file: part.render() for file, part in self.files.items()}
        for file in sorted(set(there) - set(now)):
            self._disk.delete(file)
            events.append({"kind": "deleted", "path": self._disk.path(file)})
        for file in sorted(now):
            if there.get(file) != now[file]:
                self._disk.write(file, now[file])
                events.append({"kind": "modified" if file in there else "created", "path": self._disk.path(file)})
        return events

    def _swap(self, folder: str, there: dict[str, bytes]) -> list[Event]:
        """Puts another folder into the place of one, by two renames. Only the folders are told of."""
        disk = self._disk
        for file, part in self.files.items():
            if _is_below(file, folder):
                disk.write(f"../staged/{file[len(folder) + 1 :]}", part.render())
                there[file] = part.render()
        disk.move(folder, "../replaced")
        disk.move("../staged", folder)
        disk.delete_folder("../replaced")
        kinds = {"path": disk.path(folder), "to": disk.path("../replaced")}
        return [
            {"kind": "renamed", **kinds},
            {"kind": "renamed", "path": disk.path("../staged"), "to": disk.path(folder)},
        ]

    def _renamed(self, path: str, to: str, chosen: random.Random) -> list[Event]:
        """As one event or as two: what a watcher knows differs."""
        here, there = self._disk.path(path), self._disk.path(to)
        if chosen.random() < 0.5:
            return [{"kind": "renamed", "path": here, "to": there}]
        return [{"kind": "deleted", "path": here}, {"kind": "created", "path": there}]


def _is_below(file: str, path: str) -> bool:
    return file == path or file.startswith(f"{path}/")
