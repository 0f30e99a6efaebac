"""Classes that move from one file to another, and are exported again by their package or by the file that they left."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves

PLACES = ("first", "second")


class ClassMoves(Feature):
    """A class in one of two files; its package exports it; another class derives from it."""

    NAME = "moves"

    def begin(self, chosen: random.Random) -> None:
        self.place = chosen.choice(PLACES)
        self.is_left_behind = chosen.random() < 0.5
        self.version = chosen.randrange(5)

    def files(self) -> dict[str, Part]:
        other = PLACES[1 - PLACES.index(self.place)]
        parts = {
            f"{self.place}.py": part(
                f"VALUE = {self.version}\nclass Person:\n    version = VALUE\ndef make(): return Person()\n"
            ),
            f"{other}.py": part("VALUE = -1\n"),
            "__init__.py": part(
                f"from .{self.place} import Person, make as create\nVALUE = Person.version\n", self.module(self.place)
            ),
            "user.py": part(
                f"from {self.package} import Person as P, create\nclass Member(P): pass\nVALUE = P.version\n"
                "def peek(): return isinstance(create(), P)\n",
                self.package,
            ),
        }
        if self.is_left_behind:
            parts[f"{other}.py"] = part(
                f"from .{self.place} import Person\nVALUE = Person.version\n", self.module(self.place)
            )
        return {self.path(name): one for name, one in parts.items()}

    def edits(self):
        return [self.move, self.leave_behind, self.change]

    def gives(self) -> list[str]:
        return [self.package, self.module("first"), self.module("user")]

    def move(self, chosen: random.Random) -> Moves:
        self.place = PLACES[1 - PLACES.index(self.place)]
        return []

    def leave_behind(self, chosen: random.Random) -> Moves:
        self.is_left_behind = not self.is_left_behind
        return []

    def change(self, chosen: random.Random) -> Moves:
        self.version = chosen.randrange(5)
        return []
