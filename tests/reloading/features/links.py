"""Links to folders, which make modules of their own of the files behind them."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves


class Links(Feature):
    """A folder, a link to it, and who imports a module by either way."""

    NAME = "links"
    WAYS = ("to_folder", "crossing")

    def begin(self, chosen: random.Random) -> None:
        self.values = [chosen.randrange(5), chosen.randrange(5)]

    def files(self) -> dict[str, Part]:
        real, other = self.module("real.unit"), self.module("other.unit")
        found = {
            self.path("real/unit.py"): part(f"VALUE = {self.values[0]}\nclass Unit: SIZE = VALUE\n"),
            self.path("other/unit.py"): part(f"VALUE = {self.values[1]}\nclass Unit: SIZE = VALUE\n"),
            self.path("direct.py"): part(
                f"from {real} import Unit, VALUE\nfrom {other} import Unit as O\n", real, other
            ),
        }
        if "to_folder" in self.ways:
            linked = self.module("link.unit")
            found[self.path("by_link.py")] = part(f"from {linked} import Unit, VALUE\n", linked)
        return found

    def links(self) -> dict[str, str]:
        return {self.path("link"): self.path("real")} if "to_folder" in self.ways else {}

    def crossing(self) -> dict[str, str]:
        real, other = self.path("real"), self.path("other")
        return {f"{real}/to_other": other, f"{other}/to_real": real} if "crossing" in self.ways else {}

    def edits(self):
        return [self.change]

    def gives(self) -> list[str]:
        return [self.module("direct")]

    def change(self, chosen: random.Random) -> Moves:
        self.values[chosen.randrange(2)] = chosen.randrange(9)
        return []
