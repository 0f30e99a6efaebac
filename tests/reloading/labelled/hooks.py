"""Classes that somebody is given while they are made: by a member, by a base class, by the metaclass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import DEFAULTS, Block
from .labels import Change, Facts, coming, execution, patch, read


@dataclass(frozen=True)
class Hooked(Block):
    """A class, and perhaps a hook that reads a method of it without a mention of its name."""

    way: str = "plain"
    value: str = "1"
    doc: str = "1"
    default: str = "1"
    has_more: bool = False
    KINDS: ClassVar = {
        "way": "hook of a class",
        "value": "body of a method of a class with a hook",
        "doc": "docstring of a method of a class with a hook",
        "default": "default of a method of a class with a hook",
        "has_more": "method of a class with a hook",
    }
    READ: ClassVar = "[one.__doc__, one.__defaults__]"
    #: What stands before a class, in its head, in its body and behind it.
    WAYS: ClassVar = {
        "plain": ("", "", "", ""),
        "member": (
            "class Field{n}:\n    def __set_name__(self, owner, name):\n        one = getattr(owner, 'h' + name[1:])\n"
            "        self.read = {read}\n",
            "",
            "    g{n} = Field{n}()\n",
            "",
        ),
        "member that goes": (
            "class Field{n}:\n    def __set_name__(self, owner, name):\n        one = getattr(owner, 'h' + name[1:])\n"
            "        setattr(owner, name, {read})\n",
            "",
            "    g{n} = Field{n}()\n",
            "",
        ),
        "base": (
            "class Base{n}:\n    def __init_subclass__(cls):\n        one = getattr(cls, 'h' + cls.__name__[1:])\n"
            "        cls.read = {read}\n",
            "(Base{n})",
            "",
            "",
        ),
        "metaclass": (
            "class Meta{n}(type):\n    def __init__(cls, *given):\n        one = getattr(cls, 'h' + cls.__name__[1:])\n"
            "        cls.read = {read}\n",
            "(metaclass=Meta{n})",
            "",
            "",
        ),
        "derived": (
            "class Base{n}:\n    def __init_subclass__(cls):\n        one = getattr(cls, 'h' + cls.__name__[1:])\n"
            "        cls.read = {read}\n",
            "",
            "",
            "class S{n}(H{n}, Base{n}): pass\n",
        ),
    }
    WHY: ClassVar = {
        "member": "__set_name__ of a member of",
        "member that goes": "__set_name__ may have read",
        "base": "__init_subclass__ may have read",
        "metaclass": "the metaclass of",
        "derived": "__init_subclass__ may have read",
    }

    @property
    def method(self) -> str:
        return f"H{self.number}.h{self.number}"

    def text(self) -> str:
        n = self.number
        before, head, body, behind = (part.format(n=n, read=self.READ) for part in self.WAYS[self.way])
        more = f"    def also{n}(self): return 1\n" if self.has_more else ""
        return (
            f"{before}class H{n}{head}:\n    def h{n}(self, x={self.default}):\n        '''Doc {self.doc}.'''\n"
            f"        return [x, {self.value}]\n{more}{body}{behind}"
        )

    def values(self, field: str) -> tuple[Any, ...]:
        special = {"way": tuple(self.WAYS), "default": DEFAULTS}
        return special.get(field) or super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        kind = self.KINDS[field]
        if field == "way":
            return execution(kind)
        if field == "value":
            return patch(facts, kind, self.method)
        if was.way in self.WHY:
            return execution(f"{kind} ({was.way})", self.WHY[was.way])
        if field == "has_more":
            return coming(facts, kind, f"H{self.number}.also{self.number}")
        return read(facts, kind, self.method)
