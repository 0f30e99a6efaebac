"""Plugins that make themselves known: to a dictionary, a list, a decorator, ``__init_subclass__``, or by being subclasses."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

from ..part import Part, part
from .base import Feature, Moves

if TYPE_CHECKING:
    from types import ModuleType

    from pyautoload_wasm import AutoLoader

_BASE = """\
NAMED, LISTED, HOOKED, MARKED = {}, [], {}, {}
VALUE = 1
class Plugin:
    def __init_subclass__(cls): HOOKED[cls.__name__] = cls
def mark(cls):
    MARKED[cls.__name__] = cls
    return cls
"""
_WAYS = {
    "dict": "NAMED['{name}'] = {name}\n",
    "list": "LISTED.append({name})\n",
    "decorator": "",
    "subclass": "",
    "subclasses": "",
}


class Registries(Feature):
    """A base with registries, plugins that enter themselves, and one module that imports them all."""

    NAME = "registries"
    WAYS = tuple(_WAYS)

    def begin(self, chosen: random.Random) -> None:
        self.version = 1
        self.plugins: dict[str, tuple[str, int]] = {}
        for _ in range(4 if self.ways else 0):
            self.add_plugin(chosen)

    def files(self) -> dict[str, Part]:
        # A replaced class goes on being a subclass until the garbage is collected, which is looked at elsewhere.
        peek = "def peek(): return Plugin.__subclasses__()\n" if "subclasses" in self.ways else ""
        found = {self.path("base.py"): part(f"{_BASE}{peek}VERSION = {self.version}\n")}
        for stem, (way, value) in self.plugins.items():
            name = stem.capitalize()
            mark = "@mark\n" if way == "decorator" else ""
            base = "Plugin" if way in ("subclass", "subclasses") else "object"
            text = f"from .base import *\nVALUE = {value}\n{mark}class {name}({base}):\n    SIZE = VALUE\n"
            found[self.path(f"{stem}.py")] = part(text + _WAYS[way].format(name=name), self.module("base"))
        names = [self.module(stem) for stem in self.plugins]
        text = "".join(f"import {name}\n" for name in names) + "from .base import VALUE\n"
        found[self.path("every.py")] = part(text, *names, self.module("base"))
        return found

    def edits(self):
        return [self.change_plugin, self.change_plugin, self.change_base, self.add_plugin]

    def gives(self) -> list[str]:
        return [self.module("base"), self.module("every"), *map(self.module, self.plugins)]

    def attach(self, loader: AutoLoader) -> None:
        """What a plugin has appended to the list is taken back, as the documents advise, and put in again when it comes back."""
        loader.on_unload(self._take_back)
        loader.on_load(self._put_in)

    def _take_back(self, name: str, module: ModuleType) -> None:
        listed = self._listed(name)
        if listed is not None:
            listed[:] = [one for one in listed if one.__module__ != name]

    def _put_in(self, name: str, module: ModuleType) -> None:
        listed = self._listed(name)
        cls = getattr(module, name.rpartition(".")[2].capitalize(), None)
        if listed is not None and cls is not None and cls not in listed:
            listed.append(cls)

    def _listed(self, name: str) -> list[type] | None:
        way, _ = self.plugins.get(name.removeprefix(f"{self.package}."), ("", 0))
        base = sys.modules.get(self.module("base"))
        return base.LISTED if base is not None and way == "list" else None

    def change_plugin(self, chosen: random.Random) -> Moves:
        if not self.plugins:
            return None
        stem = chosen.choice(list(self.plugins))
        self.plugins[stem] = (self.plugins[stem][0], chosen.randrange(9))
        return []

    def change_base(self, chosen: random.Random) -> Moves:
        self.version = chosen.randrange(9)
        return []

    def add_plugin(self, chosen: random.Random) -> Moves:
        if len(self.plugins) > 6 or not self.ways:
            return None
        self.plugins[f"p{self.number()}"] = (chosen.choice(self.ways), chosen.randrange(5))
        return []
