"""Annotations, which Python computes when somebody asks for them, from 3.14 on."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import AT_MODULE_LEVEL, DEFAULTS, Block
from .labels import Change, Facts, Step, execution, patch, read

#: Whether annotations are functions of their own. Before, the statement that defines a function computes them.
ARE_LATE = sys.version_info >= (3, 14)


@dataclass(frozen=True)
class Annotated(Block):
    """A function and a class with annotations, and perhaps a look at those of the function."""

    value: str = "1"
    method: str = "1"
    default: str = "1"
    of_parameter: str = "int"
    of_attribute: str = "int"
    is_shown: bool = False
    KINDS: ClassVar = {
        "value": "body of an annotated function",
        "method": "body of an annotated method",
        "default": "default of an annotated function",
        "of_parameter": "annotation of a function",
        "of_attribute": "annotation of a class",
        "is_shown": "look at annotations at module level",
    }

    @property
    def name(self) -> str:
        return f"a{self.number}"

    def text(self) -> str:
        n = self.number
        text = (
            f"def {self.name}(x: {self.of_parameter}, k: int = {self.default}) -> str:\n    return [x, k, {self.value}]\n"
            f"class A{n}:\n    size: {self.of_attribute}\n    def m(self, y: int, z=1) -> list[int]: return [y, {self.method}]\n"
        )
        return f"{text}SHOWN{n} = repr({self.name}.__annotations__)\n" if self.is_shown else text

    def values(self, field: str) -> tuple[Any, ...]:
        if field in ("of_parameter", "of_attribute"):
            return ("int", "str", "list[int]", "'later'")
        return DEFAULTS if field == "default" else super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        kind = self.KINDS[field]
        if field in ("value", "method"):
            return patch(facts, kind, self.name if field == "value" else f"A{self.number}.m")
        if field == "is_shown":
            return execution(kind, AT_MODULE_LEVEL)
        if not ARE_LATE:
            return execution(kind, f"class A{self.number}" if field == "of_attribute" else AT_MODULE_LEVEL)
        if field == "default":
            return read(facts, kind, self.name)
        if field == "of_parameter" and was.is_shown:
            return execution(f"{kind} that were computed", "__annotate__` ran while")
        return Change(Step.PATCHED, kind, self.name if field == "of_parameter" else f"A{self.number}")

    def used(self) -> frozenset[str]:
        return frozenset({self.name}) if self.is_shown else frozenset()
