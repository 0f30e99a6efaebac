"""Star imports, what a module lets them take, and names that two modules have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import AT_MODULE_LEVEL, Block, Taking
from .labels import Change, Facts, coming, execution, patch


@dataclass(frozen=True)
class Star(Taking):
    """All names of another module."""

    def text(self) -> str:
        return f"from {self.module} import *\n"

    def wanted(self) -> frozenset[str]:
        return frozenset()

    def changes(self, was: Block, facts: Facts) -> Iterator[Change]:
        yield from ()


@dataclass(frozen=True)
class Listed(Block):
    """The list of what a star import takes of a module: two constants, or one."""

    is_short: bool = False
    KINDS: ClassVar = {"is_short": "list of names"}

    def text(self) -> str:
        n = self.number
        return f"O{n} = P{n} = 1\n__all__ = ['O{n}'{'' if self.is_short else f', {chr(39)}P{n}{chr(39)}'}]\n"

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        return execution(self.KINDS[field], AT_MODULE_LEVEL)


@dataclass(frozen=True)
class Private(Block):
    """A function that no star import takes."""

    value: str = "1"
    KINDS: ClassVar = {"value": "body of a private function"}

    @property
    def name(self) -> str:
        return f"_private{self.number}"

    def text(self) -> str:
        return f"def {self.name}(): return [{self.value}]\n"

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        return patch(facts, self.KINDS[field], self.name)

    def comes(self, facts: Facts, what: str) -> Change:
        return coming(facts, f"private function {what}", self.name)


@dataclass(frozen=True)
class Twin(Block):
    """A function of which other modules have one of the same name."""

    value: str = "1"
    KINDS: ClassVar = {"value": "body of a function of which there are two"}

    @property
    def name(self) -> str:
        return "twin"

    def text(self) -> str:
        return f"def {self.name}(): return [{self.number}, {self.value}]\n"

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        return patch(facts, self.KINDS[field], self.name)

    def comes(self, facts: Facts, what: str) -> Change:
        if facts.has_twin:
            return execution(f"function {what} beside a star import", "a star import may bring")
        return coming(facts, f"function {what}", self.name)
