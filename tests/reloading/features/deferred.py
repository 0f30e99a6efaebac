"""Imports inside of functions: called while the module is imported, or later by somebody."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves


class Deferred(Feature):
    """A module with functions that import: one that runs at once, and others that somebody calls later."""

    NAME = "deferred"
    WAYS = ("computed", "getattr")

    def begin(self, chosen: random.Random) -> None:
        self.values = {"now": chosen.randrange(5), "late": chosen.randrange(5), "hidden": chosen.randrange(5)}

    def files(self) -> dict[str, Part]:
        text = (
            "def at_once():\n    from .now import VALUE\n    return VALUE\n"
            "def later():\n    from .late import VALUE\n    return VALUE\n"
            "VALUE = at_once()\n"
        )
        calls: dict[str, list[str]] = {"later": []}
        if "computed" in self.ways:
            text += "def load():\n    import importlib\n    return importlib.import_module(__package__ + '.hid' + 'den').VALUE\n"
            calls["load"] = [self.module("hidden")]
        if "getattr" in self.ways:
            text += "def look():\n    import sys\n    return getattr(sys.modules[__package__], 'hid' + 'den').VALUE\n"
            calls["look"] = [self.module("hidden")]
        head = part(text, self.module("now"), self.module("late"), calls=calls)
        top = part("from .head import VALUE\nclass Top: SIZE = VALUE\n", self.module("head"))
        values = {self.path(f"{stem}.py"): part(f"VALUE = {value}\n") for stem, value in self.values.items()}
        return {self.path("head.py"): head, self.path("top.py"): top, **values}

    def edits(self):
        return [self.change]

    def gives(self) -> list[str]:
        return [self.module("head"), self.module("now")]

    def change(self, chosen: random.Random) -> Moves:
        self.values[chosen.choice(list(self.values))] = chosen.randrange(9)
        return []
