"""What the files of a labelled program say, a definition or a statement each: its text, its edits, and what each edit calls for.

A label follows from the fields that differ between two versions, so edits that undo each other, or that meet in one flush, need no
rule of their own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from .labels import Change, Facts, coming, execution, patch, read

#: Constants that are equal and not the same among them.
VALUES = (
    "0",
    "1",
    "True",
    "1.0",
    "0.0",
    "-0.0",
    "'1'",
    "b'1'",
    "None",
    "2",
    "(1, 2.0)",
    "(1, 2)",
    "300",
    "frozenset({1})",
)
#: Those that a function can be defined with, and be nothing but constants.
DEFAULTS = tuple(value for value in VALUES if not value.startswith("frozenset"))
AT_MODULE_LEVEL = "changed at module level"


@dataclass(frozen=True)
class Block:
    """One subject of a file."""

    number: int
    #: The kind of each edit, by the field that it changes; what the values of the field are is in `values`.
    KINDS: ClassVar[dict[str, str]] = {}

    @property
    def name(self) -> str:
        """What it defines that others can take, if it does."""
        return ""

    def text(self) -> str:
        """What it says."""
        raise NotImplementedError

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        """What it calls for that a field differs from what it was in the version that runs."""
        return execution(self.KINDS[field], AT_MODULE_LEVEL)

    def values(self, field: str) -> tuple[Any, ...]:
        """The values that a field can have."""
        return (False, True) if type(getattr(self, field)) is bool else VALUES

    def alone(self) -> str:
        """The function that it is and nothing else, so that it may come and go without an execution."""
        return ""

    def comes(self, facts: Facts, what: str) -> Change:
        """What it calls for that all of it has come or gone."""
        name = self.alone()
        return coming(facts, f"function {what}", name) if name else execution(f"statement {what}")

    def called(self) -> frozenset[str]:
        """Functions that it calls itself while the module is imported."""
        return frozenset()

    def wanted(self) -> frozenset[str]:
        """Names of functions and classes that it asks for while the module is imported."""
        return frozenset()

    def handed(self) -> frozenset[str]:
        """Names of classes that it gives to somebody while the module is imported."""
        return frozenset()

    def used(self) -> frozenset[str]:
        """Names of functions with which something is done while the module is imported, without a call of them."""
        return frozenset()

    def calls(self) -> dict[str, str]:
        """Functions that call another one, by name."""
        return {}

    def keeps(self, taken: Block | None) -> dict[str, str]:
        """Names whose values `once` keeps, each with what makes the value: it is kept while that is the same. What the block takes of
        another module is given.
        """
        return {}

    def data(self) -> dict[str, str | None]:
        """What is in its data files, by name; None of one that is not there."""
        return {}

    def loose(self) -> frozenset[str]:
        """Names whose values change while the program runs."""
        return frozenset()

    def changes(self, was: Block, facts: Facts) -> Iterator[Change]:
        """What differs from an earlier version, each with its label."""
        for field in self.KINDS:
            if repr(getattr(self, field)) != repr(getattr(was, field)):
                yield self.label(field, was, facts)

    def edit(self, chosen: random.Random) -> tuple[str, Block]:
        """Another version, and the kind of the edit."""
        others = {
            field: [value for value in self.values(field) if repr(value) != repr(getattr(self, field))]
            for field in self.KINDS
        }
        field = chosen.choice([field for field, values in others.items() if values])
        return self.KINDS[field], replace(self, **{field: chosen.choice(others[field])})


@dataclass(frozen=True)
class Taking(Block):
    """An import of what another module has."""

    module: str = ""
    taken: str = ""
    #: The blocks whose name it may be.
    TAKES: ClassVar[tuple[type[Block], ...]] = ()

    def wanted(self) -> frozenset[str]:
        return frozenset({self.taken})

    def called_there(self) -> frozenset[str]:
        """The functions of the other module that it calls while the module is imported."""
        return frozenset()


@dataclass(frozen=True)
class Constant(Block):
    """A name with a value."""

    value: str = "1"
    KINDS: ClassVar = {"value": "constant"}

    def text(self) -> str:
        return f"C{self.number} = {self.value}\n"


@dataclass(frozen=True)
class Statement(Block):
    """What is computed while the module is imported."""

    value: str = "1"
    is_tested: bool = True
    KINDS: ClassVar = {"value": "comprehension", "is_tested": "condition"}

    def text(self) -> str:
        n = self.number
        return f"S{n} = [[x, {self.value}] for x in range(2)]\nif {self.is_tested}:\n    def s{n}(): return 1\n    T{n} = 1\n"

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        # Before Python 3.12 a comprehension is a function. It runs where it stands.
        return execution(self.KINDS[field])


@dataclass(frozen=True)
class Function(Block):
    """A function, which may be called where it stands, and may call another one."""

    value: str = "1"
    default: str = "1"
    doc: str = "1"
    more: bool = False
    form: str = "plain"
    nested: str = "1"
    is_called: bool = False
    is_read: bool = False
    also: str = ""
    KINDS: ClassVar = {
        "value": "body of a function",
        "default": "default of a function",
        "doc": "docstring of a function",
        "more": "parameters of a function",
        "form": "form of a function",
        "nested": "body of a function within a function",
        "is_called": "call at module level",
        "is_read": "look at a function at module level",
        "also": "call in a function",
    }

    @property
    def name(self) -> str:
        return f"f{self.number}"

    def text(self) -> str:
        more = ", *more, y=2" if self.more else ""
        also = f", {self.also}(x)" if self.also else ""
        lines = [
            f"def {self.name}(x, k={self.default}{more}):",
            f"    '''Doc {self.doc}.'''",
            "    def inner(z):",
            f"        return [z, {self.nested}]",
            f"    {'yield' if self.form == 'generator' else 'return'} [x, k, inner, {self.value}{also}]",
        ]
        if self.form == "async":
            lines[0] = f"async {lines[0]}"
        if self.is_called:
            lines.append(f"R{self.number} = {self.name}(0)")
        if self.is_read:
            lines.append(f"D{self.number} = [{self.name}.__doc__, {self.name}.__defaults__]")
        return "\n".join(lines) + "\n"

    def values(self, field: str) -> tuple[Any, ...]:
        if field == "form":
            return ("plain", "async", "generator")
        if field == "default":
            return DEFAULTS
        return ("",) if field == "also" else super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        kind = self.KINDS[field]
        if field in ("is_called", "is_read"):
            return execution(kind, AT_MODULE_LEVEL)
        if field == "form":
            return execution(kind, "is another kind of function")
        if field == "nested":
            return patch(facts, kind, f"{self.name}.<locals>.inner")
        return (read if field in ("default", "doc", "more") else patch)(facts, kind, self.name)

    def alone(self) -> str:
        return "" if self.is_called or self.is_read else self.name

    def called(self) -> frozenset[str]:
        return frozenset({self.name}) if self.is_called else frozenset()

    def used(self) -> frozenset[str]:
        return frozenset({self.name}) if self.is_read else frozenset()

    def calls(self) -> dict[str, str]:
        return {self.name: self.also} if self.also else {}


@dataclass(frozen=True)
class Lambda(Block):
    """A lambda, which others hold as well."""

    value: str = "1"
    more: bool = False
    KINDS: ClassVar = {"value": "body of a lambda", "more": "parameters of a lambda"}

    def text(self) -> str:
        n, more = self.number, ", y" if self.more else ""
        return f"L{n} = lambda x{more}: [x, {self.value}]\nH{n} = [L{n}, (L{n},)]\n"

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        if field == "more":
            return execution(self.KINDS[field], "the parameters of a lambda changed")
        return patch(facts, self.KINDS[field], "<lambda>")


@dataclass(frozen=True)
class Closure(Block):
    """A function that was made by one that ran."""

    own: str = "1"
    value: str = "1"
    is_wide: bool = False
    KINDS: ClassVar = {
        "own": "body of a function that made another",
        "value": "body of a closure",
        "is_wide": "variables of a closure",
    }

    @property
    def name(self) -> str:
        return f"make{self.number}"

    def text(self) -> str:
        wide = ", other" if self.is_wide else ""
        return (
            f"def {self.name}():\n    held, other = [{self.own}], []\n"
            f"    def inner(x):\n        return [x, held, {self.value}{wide}]\n    return inner\n"
            f"KEPT{self.number} = {self.name}()\nTABLE{self.number} = {{'kept': KEPT{self.number}}}\n"
        )

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        if field == "value":
            return patch(facts, self.KINDS[field], f"{self.name}.<locals>.inner")
        if field == "is_wide":
            return execution(self.KINDS[field])
        return patch(facts, self.KINDS[field], self.name)

    def called(self) -> frozenset[str]:
        return frozenset({self.name})


@dataclass(frozen=True)
class State(Block):
    """What a module keeps while it runs, and the function that changes it."""

    value: str = "1"
    start: str = "0"
    KINDS: ClassVar = {"value": "body of a function beside state", "start": "first value of state"}

    def text(self) -> str:
        n = self.number
        return (
            f"_COUNT{n} = {self.start}\n_STORE{n} = {{}}\nclass Kept{n}: pass\n_KEEPER{n} = Kept{n}()\n"
            f"def bump{n}():\n    global _COUNT{n}\n    _COUNT{n} = len(_STORE{n})\n"
            f"    _STORE{n}[_COUNT{n}] = [{self.value}]\n    _KEEPER{n}.last = {self.value}\n"
        )

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        if field == "start":
            return super().label(field, was, facts)
        return patch(facts, self.KINDS[field], f"bump{self.number}")

    def loose(self) -> frozenset[str]:
        return frozenset(f"{name}{self.number}" for name in ("_COUNT", "_STORE", "_KEEPER"))


@dataclass(frozen=True)
class Decorated(Block):
    """A function that is decorated, by the module or by functools, and what the decorator made of it."""

    way: str = "own"
    value: str = "1"
    doc: str = "1"
    wrapper: str = "1"
    own: str = "1"
    KINDS: ClassVar = {
        "way": "decorator",
        "value": "body of a decorated function",
        "doc": "docstring of a decorated function",
        "wrapper": "body of a wrapper",
        "own": "body of a decorator",
    }

    @property
    def name(self) -> str:
        return f"d{self.number}"

    def text(self) -> str:
        n, at = (
            self.number,
            {"own": f"deco{self.number}", "cache": "functools.cache", "lru": "functools.lru_cache(maxsize=3)"}[
                self.way
            ],
        )
        return (
            f"import functools\ndef deco{n}(g):\n    own = {self.own}\n    @functools.wraps(g)\n    def wrapper(*given):\n"
            f"        return [g(*given), {self.wrapper}]\n    return wrapper\n"
            f"@{at}\ndef {self.name}(x=0):\n    '''Doc {self.doc}.'''\n    return [x, {self.value}]\n"
        )

    def values(self, field: str) -> tuple[Any, ...]:
        return ("own", "cache", "lru") if field == "way" else super().values(field)

    def label(self, field: str, was: Any, facts: Facts) -> Change:
        kind, by = self.KINDS[field], was.way
        if field == "way":
            return execution(kind, AT_MODULE_LEVEL)
        if field == "doc" and by == "own":
            return execution(f"{kind} by the program", f"@deco{self.number} may have read")
        if field == "own" and by == "own":
            return execution(f"{kind} that ran", f"`deco{self.number}` ran while")
        names = {"wrapper": f"deco{self.number}.<locals>.wrapper", "own": f"deco{self.number}"}
        return (read if field == "doc" else patch)(facts, kind, names.get(field, self.name))
