"""Aliases, equal constants, and flags: names that are one object here and two there."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves


class Values(Feature):
    """A module of functions, constants and flags; one that takes them under other names; one that takes them from there."""

    NAME = "values"

    def begin(self, chosen: random.Random) -> None:
        self.alias = chosen.choice(["foo", "bar"])
        self.numbers = {"WIDTH": 10, "HEIGHT": 10, "VALUE": chosen.randrange(3)}
        self.flags = {"DEBUG": "False", "CACHE": "None", "TRACE": "False"}
        self.results = {"foo": 1, "bar": 1}
        self.kept = "Thing"

    def files(self) -> dict[str, Part]:
        constants = "".join(f"{key} = {value}\n" for key, value in {**self.numbers, **self.flags}.items())
        functions = "".join(f"def {name}(): return {result}\n" for name, result in self.results.items())
        tools = f"{constants}{functions}f = {self.alias}\nclass Thing: pass\nclass Other: pass\nKept = {self.kept}\n"
        tools += "TABLE = {'first': foo, 'second': bar, 'kept': Kept}\n"
        user = (
            "from .tools import f as g, foo, DEBUG as LOUD, WIDTH as W, HEIGHT, CACHE\nfrom . import tools as t\n"
            "SAME = g is foo\nT = t.Kept\nANOTHER = t.Thing\nVALUE = W + HEIGHT + foo()\nFLAG = False\nNOTHING = None\n"
        )
        third = f"import {self.package}.user as u\nh = u.g\nWIDTH = 10\nDEBUG = False\nclass Sub(u.T): SIZE = u.VALUE\n"
        return {
            self.path("tools.py"): part(tools),
            self.path("user.py"): part(user, self.module("tools")),
            self.path("third.py"): part(third, self.module("user")),
        }

    def edits(self):
        return [self.set_number, self.set_flag, self.change_alias, self.change_function, self.keep_another]

    def gives(self) -> list[str]:
        return [self.module("tools"), self.module("user")]

    def set_number(self, chosen: random.Random) -> Moves:
        self.numbers[chosen.choice(list(self.numbers))] = chosen.choice([0, 1, 10, 10, 20])
        return []

    def set_flag(self, chosen: random.Random) -> Moves:
        flag = chosen.choice(list(self.flags))
        self.flags[flag] = chosen.choice(["True", "False", "None", "{}"])
        return []

    def change_alias(self, chosen: random.Random) -> Moves:
        self.alias = "bar" if self.alias == "foo" else "foo"
        return []

    def change_function(self, chosen: random.Random) -> Moves:
        self.results[chosen.choice(["foo", "bar"])] = chosen.randrange(4)
        return []

    def keep_another(self, chosen: random.Random) -> Moves:
        self.kept = "Other" if self.kept == "Thing" else "Thing"
        return []
