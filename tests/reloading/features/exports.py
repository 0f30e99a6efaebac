"""What a module gives away: ``__all__`` and star imports, and a ``__getattr__`` of a module or of a package."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves

NAMES = ("one", "two", "three")


class Exports(Feature):
    """A module whose names are listed or not, star imports of it in two steps, and attributes that come from functions."""

    NAME = "exports"

    def begin(self, chosen: random.Random) -> None:
        self.defined = {name: chosen.randrange(5) for name in NAMES[:2]}
        self.listed: tuple[str, ...] | None = ("one", "VALUE", "Kind")
        self.lazy = chosen.randrange(5)

    def files(self) -> dict[str, Part]:
        names = "".join(f"def {name}(): return {value}\n" for name, value in self.defined.items())
        listed = "" if self.listed is None else f"__all__ = {[*self.listed]}\n"
        source = part(f"VALUE = {len(self.defined)}\n_hidden = 1\nclass Kind: pass\n{names}{listed}")
        middle = part(
            "from .source import *\nTHERE = sorted(name for name in globals() if name[:1] in 'ot')\n",
            self.module("source"),
        )
        last = part("from .middle import *\nclass Last(Kind): pass\nCOUNT = VALUE\n", self.module("middle"))
        package = part(
            "VALUE = 1\ndef __getattr__(name):\n    if name == 'lazy':\n        from .hidden import VALUE as found\n"
            "        return found\n    raise AttributeError(name)\n",
            self.module("hidden"),
        )
        taker = part(f"from {self.package} import lazy as taken\nVALUE = taken\n", self.package)
        module = part(
            "VALUE = 1\ndef __getattr__(name):\n    if name == 'made':\n        from . import hidden\n        return hidden.VALUE\n"
            "    raise AttributeError(name)\n",
            self.package,
            self.module("hidden"),
        )
        user = part(
            "from . import module\nVALUE = module.made\nfrom .module import made as again\n",
            self.package,
            self.module("module"),
        )
        return {
            self.path("source.py"): source,
            self.path("middle.py"): middle,
            self.path("last.py"): last,
            self.path("__init__.py"): package,
            self.path("hidden.py"): part(f"VALUE = {self.lazy}\n"),
            self.path("taker.py"): taker,
            self.path("module.py"): module,
            self.path("user.py"): user,
        }

    def edits(self):
        return [self.define, self.list_names, self.change_lazy]

    def gives(self) -> list[str]:
        return [self.module("source"), self.module("taker"), self.module("user")]

    def define(self, chosen: random.Random) -> Moves:
        name = chosen.choice(NAMES)
        if name in self.defined and chosen.random() < 0.4 and (self.listed is None or name not in self.listed):
            del self.defined[name]
        else:
            self.defined[name] = chosen.randrange(9)
        return []

    def list_names(self, chosen: random.Random) -> Moves:
        every = ["VALUE", "Kind", *self.defined]
        some = ("VALUE", "Kind", *chosen.sample([*self.defined], chosen.randrange(len(self.defined) + 1)))
        self.listed = chosen.choice([None, some, tuple(every)])
        return []

    def change_lazy(self, chosen: random.Random) -> Moves:
        self.lazy = chosen.randrange(9)
        return []
