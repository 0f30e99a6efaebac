"""Objects that the loader may not ask for anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import Block
from .labels import Change, Facts, patch


@dataclass(frozen=True)
class Proxy(Block):
    """A proxy, in the module, a table and a class. It raises when the loader asks for an attribute of it, its class included."""

    value: str = "1"
    beside: str = "1"
    KINDS: ClassVar = {"value": "body of a function beside a proxy", "beside": "constant beside a proxy"}

    def text(self) -> str:
        n = self.number
        return (
            f"import sys\nclass Proxy{n}:\n    def __getattribute__(self, name):\n"
            "        if sys._getframe(1).f_globals.get('__name__', '').startswith('pyautoload_wasm.'):\n"
            "            raise RuntimeError(f'the loader has asked for {name}')\n"
            "        return object.__getattribute__(self, name)\n"
            f"PROXY{n} = Proxy{n}()\nTABLE{n} = {{'proxy': PROXY{n}, 'more': [PROXY{n}]}}\nclass View{n}:\n    conf = PROXY{n}\n"
            f"def behind{n}(): return [PROXY{n}, {self.value}]\nBESIDE{n} = {self.beside}\n"
        )

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        if field == "beside":
            return super().label(field, was, facts)
        return patch(facts, self.KINDS[field], f"behind{self.number}")
