"""Classes of a labelled program, alone and as others of it use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from .blocks import AT_MODULE_LEVEL, DEFAULTS, Block, Function, Taking
from .labels import Change, Facts, coming, execution, patch, read


@dataclass(frozen=True)
class Class(Block):
    """A class with methods of all kinds, and perhaps an object that has been made of it and a method that is held."""

    base: str = "object"
    doc: str = "1"
    size: str = "1"
    init: str = "1"
    sets_more: bool = False
    method: str = "1"
    default: str = "1"
    getter: str = "1"
    static: str = "1"
    of_class: str = "1"
    has_more: bool = False
    has_object: bool = False
    way: str = "plain"
    KINDS: ClassVar = {
        "base": "base class",
        "doc": "docstring of a class",
        "size": "class attribute",
        "init": "body of __init__",
        "sets_more": "attribute that a method sets",
        "method": "body of a method",
        "default": "default of a method",
        "getter": "body of a property",
        "static": "body of a static method",
        "of_class": "body of a class method",
        "has_more": "method added or removed",
        "has_object": "object at module level",
        "way": "decorator or metaclass of a class",
    }
    #: Which method a field is in.
    METHODS: ClassVar = {
        "init": "__init__",
        "sets_more": "__init__",
        "method": "m",
        "default": "m",
        "getter": "p",
        "static": "s",
        "of_class": "c",
    }
    #: Why nobody can add a method, nor edit what may be read of one, by what has seen the class.
    SEEN: ClassVar = {"data": "decorator of class", "meta": "the metaclass of"}

    @property
    def name(self) -> str:
        return f"K{self.number}"

    def text(self) -> str:
        heads = {
            "plain": f"class {self.name}({self.base}):\n",
            "data": f"import dataclasses\n@dataclasses.dataclass(init=False)\nclass {self.name}({self.base}):\n",
            "meta": f"import abc\nclass {self.name}({self.base}, metaclass=abc.ABCMeta):\n",
        }
        more = f"; self.other{self.number} = 1" if self.sets_more else ""
        text = (
            f"    '''Class {self.doc}.'''\n    size: 'int' = {self.size}\n    def __init__(self): self.made = [{self.init}]{more}\n"
            f"    def m{self.number}(self, x={self.default}): return [x, self.size, {self.method}]\n"
            f"    @property\n    def p(self):\n        return [{self.getter}]\n"
            f"    @staticmethod\n    def s(): return [{self.static}]\n"
            f"    @classmethod\n    def c(cls): return [cls, __class__, {self.of_class}]\n"
        )
        if self.has_more:
            text += f"    def more{self.number}(self): return 1\n"
        made = f"I{self.number} = {self.name}()\nB{self.number} = [I{self.number}.m{self.number}, {self.name}.m{self.number}]\n"
        return heads[self.way] + text + (made if self.has_object else "")

    def values(self, field: str) -> tuple[Any, ...]:
        special = {"base": ("object", "Exception"), "way": ("plain", "data", "meta"), "default": DEFAULTS}
        return special.get(field) or super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        kind = self.KINDS[field]
        if field == "has_more":
            if was.way != "plain":
                return execution(f"{kind}, of a class that was read", self.SEEN[was.way])
            return coming(facts, kind, f"{self.name}.more{self.number}")
        if field == "has_object":
            return execution(kind, AT_MODULE_LEVEL)
        if field in self.METHODS:
            if field == "default" and was.way != "plain":
                return execution(f"{kind}, of a class that was read", self.SEEN[was.way])
            method = self.METHODS[field]
            name = f"{self.name}.{method}{self.number if method == 'm' else ''}"
            return (read if field == "default" else patch)(facts, kind, name)
        return execution(kind)

    def called(self) -> frozenset[str]:
        return frozenset({f"{self.name}.__init__"}) if self.has_object else frozenset()

    def used(self) -> frozenset[str]:
        return frozenset({f"m{self.number}"}) if self.has_object else frozenset()


@dataclass(frozen=True)
class Uses(Taking):
    """An import of a function or a class of another module, and what is done with it while this module is imported."""

    way: str = "takes"
    TAKES: ClassVar = (Function, Class)
    KINDS: ClassVar = {"way": "import"}

    @property
    def is_class(self) -> bool:
        return self.taken.startswith("K")

    def text(self) -> str:
        n = self.number
        take = f"from {self.module} import {self.taken} as u{n}\n"
        return {
            "names": f"from {self.module} import {self.taken}\n",
            "takes": take,
            "holds": f"{take}HELD{n} = {{'one': u{n}, 'many': [u{n}]}}\n",
            "calls": f"{take}U{n} = u{n}({'' if self.is_class else '0'})\n",
            "derives": f"{take}class Sub{n}(u{n}): pass\n",
            "inside": f"def g{n}():\n    from {self.module} import {self.taken}\n    return {self.taken}\n",
        }[self.way]

    def values(self, field: str) -> tuple[Any, ...]:
        return ("names", "takes", "holds", "calls", "inside", *(("derives",) if self.is_class else ()))

    def alone(self) -> str:
        return f"g{self.number}" if self.way == "inside" else ""

    def used(self) -> frozenset[str]:
        return frozenset() if self.way in ("names", "inside") else frozenset({self.taken})

    def wanted(self) -> frozenset[str]:
        return frozenset() if self.way == "inside" else frozenset({self.taken})

    def handed(self) -> frozenset[str]:
        return frozenset({self.taken}) if self.way == "holds" and self.is_class else frozenset()

    def called_there(self) -> frozenset[str]:
        if self.way != "calls":
            return frozenset()
        return frozenset({f"{self.taken}.__init__" if self.is_class else self.taken})

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        return execution(self.KINDS[field])


@dataclass(frozen=True)
class Reader(Block):
    """A look at all names of the module itself."""

    def text(self) -> str:
        return f"NAMES{self.number} = sorted(name for name in globals() if name[:1] == 'f')\n"

    def changes(self, was: Block, facts: Facts) -> Iterator[Change]:
        yield from ()
