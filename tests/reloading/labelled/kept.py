"""What `once` keeps for a module, made by functions of the module and of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import AT_MODULE_LEVEL, DEFAULTS, Block, Taking
from .labels import Change, Facts, execution

_ONCE = "from pyautoload_wasm import once\n"


@dataclass(frozen=True)
class Kept(Block):
    """Two values that are kept: one that a function has made, with a function nested in it, and one that a lambda has made. An edit of
    what made a value is executed, also where that ran in an earlier execution than the last one.
    """

    own: str = "1"
    nested: str = "1"
    default: str = "1"
    of_lambda: str = "1"
    beside: str = "1"
    KINDS: ClassVar = {
        "own": "body of a maker",
        "nested": "function within a maker",
        "default": "default of a maker",
        "of_lambda": "lambda that is a maker",
        "beside": "constant beside what is kept",
    }

    @property
    def name(self) -> str:
        return f"make{self.number}"

    def text(self) -> str:
        n = self.number
        return (
            f"{_ONCE}def {self.name}(k={self.default}):\n    def inner(): return [{self.nested}]\n"
            f"    return [k, {self.own}, inner()]\n"
            f"W{n} = once({self.name})\nX{n} = once(lambda: [(lambda: {self.of_lambda})()], key='x{n}')\nY{n} = {self.beside}\n"
        )

    def values(self, field: str) -> tuple[Any, ...]:
        return DEFAULTS if field == "default" else super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        made_by = {"beside": AT_MODULE_LEVEL, "of_lambda": "`<lambda>"}
        return execution(self.KINDS[field], made_by.get(field, f"`{self.name}"))

    def called(self) -> frozenset[str]:
        return frozenset({self.name})

    def used(self) -> frozenset[str]:
        return frozenset({self.name})

    def made_by(self) -> str:
        """What makes its first value."""
        return f"{self.name} {self.own} {self.nested} {self.default}"

    def keeps(self, taken: Block | None) -> dict[str, str]:
        return {f"W{self.number}": self.made_by(), f"X{self.number}": self.of_lambda}


@dataclass(frozen=True)
class Keeps(Taking):
    """A value that a function of another module has made."""

    beside: str = "1"
    TAKES: ClassVar = (Kept,)
    KINDS: ClassVar = {"beside": "constant beside what is kept"}

    def text(self) -> str:
        n = self.number
        return (
            f"{_ONCE}from {self.module} import {self.taken} as o{n}\n"
            f"V{n} = once(o{n}, key='v{n}')\nZ{n} = {self.beside}\n"
        )

    def used(self) -> frozenset[str]:
        return frozenset({self.taken})

    def called_there(self) -> frozenset[str]:
        return frozenset({self.taken})

    def keeps(self, taken: Block | None) -> dict[str, str]:
        return {f"V{self.number}": taken.made_by()} if isinstance(taken, Kept) else {}
