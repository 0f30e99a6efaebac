"""Globals that a module sets later, which its package hands out under the name that the file is to define."""

from __future__ import annotations

import dataclasses
import random

from ..part import Part, part
from .base import Feature, Moves


class LaterGlobals(Feature):
    """A module that has nothing to give until somebody calls a function of it."""

    NAME = "state"
    WAYS = ("connect",)

    def begin(self, chosen: random.Random) -> None:
        self.value = chosen.randrange(5)

    def files(self) -> dict[str, Part]:
        text = (
            f"VALUE = {self.value}\nStore = None\ndef connect():\n    global Store\n    Store = ['connected', VALUE]\n"
        )
        store = part(text, calls={"connect": []} if self.ways else {})
        user = part(
            f"import {self.package}\ndef store(): return {self.package}.Store\nVALUE = {self.package}.store.VALUE\n",
            self.module("store"),
        )
        return {
            self.path("store.py"): dataclasses.replace(store, loose=frozenset({"Store"})),
            self.path("user.py"): user,
        }

    def edits(self):
        return [self.change]

    def gives(self) -> list[str]:
        return [self.module("store"), self.module("user")]

    def change(self, chosen: random.Random) -> Moves:
        self.value = chosen.randrange(9)
        return []
