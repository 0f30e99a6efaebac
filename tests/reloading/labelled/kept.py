"""What `once` keeps for a module, made by functions of the module and of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .blocks import AT_MODULE_LEVEL, DEFAULTS, Block
from .labels import Change, Facts, execution

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONCE = "from pyautoload_wasm import once\n"


@dataclass(frozen=True)
class Kept(Block):
    """Two values that are kept: one that a function has made, with a function nested in it, and one that a lambda has made. Whether they
    ran in the last execution or an earlier one, an edit of what made a value is executed.
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

    def keeps(self, was: Block) -> Iterator[str]:
        """The names whose values an execution leaves as they are."""
        if isinstance(was, Kept):
            made = [[repr(one) for one in (block.own, block.nested, block.default)] for block in (self, was)]
            if made[0] == made[1]:
                yield f"W{self.number}"
            if repr(self.of_lambda) == repr(was.of_lambda):
                yield f"X{self.number}"


@dataclass(frozen=True)
class Keeps(Block):
    """A value that a function of another module has made."""

    module: str = ""
    taken: str = ""
    beside: str = "1"
    TAKES: ClassVar = (Kept,)
    KINDS: ClassVar = {"beside": "constant beside what is kept"}

    def text(self) -> str:
        n = self.number
        return (
            f"{_ONCE}from .{self.module.rpartition('.')[2]} import {self.taken} as o{n}\n"
            f"V{n} = once(o{n}, key='v{n}')\nZ{n} = {self.beside}\n"
        )

    def wanted(self) -> frozenset[str]:
        return frozenset({self.taken})

    def used(self) -> frozenset[str]:
        return frozenset({self.taken})
