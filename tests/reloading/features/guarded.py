"""Imports that may find nothing, and imports for type checkers alone."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves


class Guarded(Feature):
    """A module that does without another one, and modules that type checkers see import each other."""

    NAME = "guarded"
    WAYS = ("named_by_package",)

    def begin(self, chosen: random.Random) -> None:
        self.optional: int | None = chosen.choice([None, 1])
        self.typed = chosen.randrange(5)
        self.is_bound = False

    def files(self) -> dict[str, Part]:
        user = part(
            "try:\n    from .optional import VALUE as found\nexcept ImportError:\n    found = -1\n"
            "try:\n    from . import optional as module\nexcept ImportError:\n    module = None\n"
            "VALUE = found\n",
            self.module("optional"),
        )
        typed = part(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .user import VALUE as Number\n"
            f"    from {self.package}.parts import wheel\nVALUE = {self.typed}\ndef double(number: 'Number'): return number\n"
        )
        bound = "wheel = 1\n" if self.is_bound else ""
        found = {
            self.path("user.py"): user,
            self.path("typed.py"): typed,
            self.path("parts/__init__.py"): part(f"VALUE = 2\n{bound}"),
            self.path("parts/wheel.py"): part("VALUE = 3\n"),
            self.path("next.py"): part(
                "from .typed import VALUE\nfrom .user import module\n", self.module("typed"), self.module("user")
            ),
        }
        if self.optional is not None:
            found[self.path("optional.py")] = part(f"VALUE = {self.optional}\n")
        return found

    def edits(self):
        bind = [self.bind] if "named_by_package" in self.ways else []
        return [self.toggle_optional, self.toggle_optional, self.change_optional, self.change_typed, *bind]

    def gives(self) -> list[str]:
        return [self.module("user"), self.module("typed"), self.module("next")]

    def toggle_optional(self, chosen: random.Random) -> Moves:
        self.optional = chosen.randrange(5) if self.optional is None else None
        return []

    def change_optional(self, chosen: random.Random) -> Moves:
        if self.optional is None:
            return None
        self.optional = chosen.randrange(9)
        return []

    def change_typed(self, chosen: random.Random) -> Moves:
        self.typed = chosen.randrange(9)
        return []

    def bind(self, chosen: random.Random) -> Moves:
        self.is_bound = not self.is_bound
        return []
