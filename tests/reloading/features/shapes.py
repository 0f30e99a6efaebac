"""What a module is on disk: a file, a package, a folder, or a file beside a folder; and what becomes another of these."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves

SHAPES = ("file", "package", "namespace", "beside")


class Shapes(Feature):
    """A module that has each shape in turn, with one below it; a folder that is swapped for another; and who imports them."""

    NAME = "shapes"
    WAYS = ("reshape", "swap", "move", "vanish")

    def begin(self, chosen: random.Random) -> None:
        self.shape = chosen.choice(SHAPES)
        self.values = {"hotel": 1, "room": chosen.randrange(5), "unit": chosen.randrange(5)}
        self.swaps = 0
        self.inner = "inner"
        self.is_there = True

    def files(self) -> dict[str, Part]:
        hotel = part(f"VALUE = {self.values['hotel']}\nclass Hotel: SIZE = VALUE\n")
        room = part(f"VALUE = {self.values['room']}\nclass Room: SIZE = VALUE\n")
        found: dict[str, Part] = {}
        if self.shape in ("file", "beside"):
            found[self.path("hotel.py")] = hotel
        if self.shape == "package":
            found[self.path("hotel/__init__.py")] = hotel
        if self.shape != "file":
            found[self.path("hotel/room.py")] = room
        user = "try:\n    from .hotel import Hotel, VALUE\nexcept ImportError:\n    Hotel, VALUE = None, -1\n"
        guest = "try:\n    from .hotel.room import Room as R\nexcept ImportError:\n    R = None\n"
        guest += "from . import user\nVALUE = user.VALUE\n"
        found[self.path("user.py")] = part(user, self.module("hotel"))
        found[self.path("guest.py")] = part(guest, self.module("hotel.room"), self.module("user"))
        if self.is_there:
            unit = f"VALUE = {self.values['unit']}\nSWAPS = {self.swaps}\nclass Unit: SIZE = VALUE\n"
            found[self.path(f"{self.inner}/unit.py")] = part(unit)
            found[self.path(f"{self.inner}/same.py")] = part("VALUE = 7\n")
        tenant = f"try:\n    from .{self.inner} import unit, same\n    VALUE = unit.VALUE + same.VALUE\n"
        tenant += "except ImportError:\n    VALUE = -1\n"
        names = [self.module(f"{self.inner}.unit"), self.module(f"{self.inner}.same")]
        found[self.path("tenant.py")] = part(tenant, *names)
        return found

    def edits(self):
        ways = {"reshape": self.reshape, "swap": self.swap, "move": self.move_folder, "vanish": self.vanish}
        return [self.change, *(ways[way] for way in self.ways)]

    def gives(self) -> list[str]:
        return [self.module("user"), self.module("guest"), self.module("tenant")]

    def change(self, chosen: random.Random) -> Moves:
        self.values[chosen.choice(list(self.values))] = chosen.randrange(9)
        return []

    def reshape(self, chosen: random.Random) -> Moves:
        before, self.shape = self.shape, chosen.choice([shape for shape in SHAPES if shape != self.shape])
        if before in ("file", "beside") and self.shape == "package":
            return [(self.path("hotel.py"), self.path("hotel/__init__.py"))]
        if before == "package" and self.shape in ("file", "beside"):
            return [(self.path("hotel/__init__.py"), self.path("hotel.py"))]
        return []

    def swap(self, chosen: random.Random) -> Moves:
        """Another folder takes the place of the inner one, by renames."""
        if not self.is_there:
            return None
        self.swaps += 1
        return [(self.path(self.inner), "")]

    def move_folder(self, chosen: random.Random) -> Moves:
        """The folder gets another name, and who imports it is told."""
        if not self.is_there:
            return None
        before, self.inner = self.inner, f"inner{self.number()}"
        return [(self.path(before), self.path(self.inner))]

    def vanish(self, chosen: random.Random) -> Moves:
        self.is_there = not self.is_there
        return []
