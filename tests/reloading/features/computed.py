"""Imports that no import statement shows, whoever has imported the module before."""

from __future__ import annotations

import random

from ..part import Part, part
from .base import Feature, Moves

#: Each takes ``PACKAGE`` and ``NAME``, the stem of a plugin.
STATEMENTS = {
    "import_module": "import importlib\nFOUND = importlib.import_module(f'{PACKAGE}.{NAME}').VALUE\n",
    "camelized": "import importlib\nFOUND = importlib.import_module(f'{PACKAGE}.{NAME.capitalize()}').VALUE\n",
    "relative": "import importlib\nFOUND = importlib.import_module(f'.{NAME}', PACKAGE).VALUE\n",
    "dunder_import": "FOUND = __import__(f'{PACKAGE}.{NAME}', fromlist=['VALUE']).VALUE\n",
    "exec": "exec(f'from {PACKAGE}.{NAME} import VALUE as FOUND')\n",
    "resolve_name": "import pkgutil\nFOUND = pkgutil.resolve_name(f'{PACKAGE}.{NAME}:VALUE')\n",
    "entry_point": (
        "from importlib.metadata import EntryPoint\nFOUND = EntryPoint('x', f'{PACKAGE}.{NAME}:VALUE', 'group').load()\n"
    ),
    "getattr": "from . import plugins as _plugins\nFOUND = getattr(_plugins, NAME).VALUE\n",
    "getattr_class": "from . import plugins as _plugins\nFOUND = getattr(_plugins, NAME.capitalize()).SIZE\n",
    "getattr_function": (
        "from . import plugins as _plugins\ndef find(name): return getattr(_plugins, name).VALUE\nFOUND = find(NAME)\n"
    ),
}
#: Those whose source imports the package of the plugins.
_NAMES_PACKAGE = ("getattr", "getattr_class", "getattr_function")


class Computed(Feature):
    """Plugins, modules that take them by a computed name, each in its own way, and one that imports them before."""

    NAME = "computed"
    WAYS = tuple(STATEMENTS)

    def begin(self, chosen: random.Random) -> None:
        self.plugins = {f"p{self.number()}": chosen.randrange(5) for _ in range(3)}
        ways = chosen.sample(self.ways, min(len(self.ways), 4)) if self.ways else []
        self.takers = {f"by{self.number()}": (way, chosen.choice(list(self.plugins))) for way in ways}
        self.early = chosen.sample(list(self.plugins), chosen.randrange(3))

    def files(self) -> dict[str, Part]:
        plugins = f"{self.package}.plugins"
        found = {self.path("early.py"): part(*self._early(plugins))}
        for stem, value in self.plugins.items():
            text = f"VALUE = {value}\nclass {stem.capitalize()}:\n    SIZE = VALUE\n"
            found[self.path(f"plugins/{stem}.py")] = part(text)
        for stem, (way, plugin) in self.takers.items():
            head = f"PACKAGE = __package__ + '.plugins'\nNAME = 'p' + {plugin[1:]!r}\n"
            named = [plugins] if way in _NAMES_PACKAGE else []
            found[self.path(f"{stem}.py")] = part(
                f"{head}{STATEMENTS[way]}VALUE = FOUND\n", *named, observed=[f"{plugins}.{plugin}"]
            )
        return found

    def _early(self, plugins: str) -> list[str]:
        names = [f"{plugins}.{plugin}" for plugin in self.early]
        return ["".join(f"import {name}\n" for name in names) + "VALUE = 1\n", *names]

    def edits(self):
        return [self.change_plugin, self.change_plugin, self.add_plugin, self.take_another, self.delete_plugin]

    def gives(self) -> list[str]:
        return [*map(self.module, self.takers), self.module("early")]

    def change_plugin(self, chosen: random.Random) -> Moves:
        self.plugins[chosen.choice(list(self.plugins))] = chosen.randrange(9)
        return []

    def add_plugin(self, chosen: random.Random) -> Moves:
        if len(self.plugins) > 5:
            return None
        self.plugins[f"p{self.number()}"] = chosen.randrange(5)
        return []

    def take_another(self, chosen: random.Random) -> Moves:
        if not self.takers:
            return None
        stem = chosen.choice(list(self.takers))
        self.takers[stem] = (self.takers[stem][0], chosen.choice(list(self.plugins)))
        return []

    def delete_plugin(self, chosen: random.Random) -> Moves:
        unused = sorted(set(self.plugins) - {plugin for _, plugin in self.takers.values()} - {*self.early})
        if not unused or len(self.plugins) < 2:
            return None
        del self.plugins[chosen.choice(unused)]
        return []
