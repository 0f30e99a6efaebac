"""Edits by which tools that reload modules are compared: a file before and after, and an expression that shows what came of it."""

from typing import NamedTuple


class Probe(NamedTuple):
    """`row` is its row in docs/reloading.md. `held` runs before the edit; `right` is what `look` gives where the tool is right."""

    row: str
    before: str
    after: str
    look: str
    right: str
    held: str = ""
    #: A module that imports the one that is edited.
    importer: str = ""
    #: Whether it is about state and objects, and not about code and structure.
    is_state: bool = False
    #: Whether the new version cannot be imported.
    is_broken: bool = False
    #: Whether we can be right only by a patch.
    is_patch: bool = False
    #: What the table calls it if it is right.
    good: str = "right"
    #: What the table calls what it shows else; "" stands for all that is not here.
    bad: dict[str, str] = {"": "wrong"}  # noqa: RUF012 (no field of a named tuple is changed)


def replaced(row, before, old, new, look, right, **more):
    """A probe in which some text is replaced by another."""
    assert old in before, row
    return Probe(row, before, before.replace(old, new), look, right, **more)


BODY = "cache = {}\ndef work():\n    return 1\n"
METHOD = "class A:\n    def work(self):\n        return 1\n"
KEYWORD = "class B:\n    def __init_subclass__(cls, k=0):\n        cls.k = k\nclass A(B, k=1):\n    pass\n"
FIELD = "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n"
ONCE = "from pyautoload_wasm import once\ncache = once(dict)\n"

PROBES = [
    replaced(
        "base class",
        "class X:\n    v = 1\nclass Y:\n    v = 2\nclass A(X):\n    pass\n",
        "A(X)",
        "A(Y)",
        "a.A.v",
        "2",
    ),
    replaced(
        "class decorator added",
        "def mark(cls):\n    cls.mark = 1\n    return cls\nclass A:\n    pass\n",
        "class A",
        "@mark\nclass A",
        "getattr(a.A, 'mark', 0)",
        "1",
    ),
    replaced("class keyword", KEYWORD, "k=1", "k=2", "a.A.k", "2"),
    Probe("dataclass field added", FIELD, f"{FIELD}    y: int\n", "a.P(1, 2).y", "2"),
    replaced(
        "enumeration member added",
        "from enum import IntEnum\nclass E(IntEnum):\n    ONE = 1\n",
        "ONE = 1",
        "ONE = 1\n    TWO = 2",
        "len(a.E)",
        "2",
    ),
    replaced("`A`, where `B = A + 1` is unchanged", "A = 5\nB = A + 1\n", "5", "6", "a.B", "7"),
    replaced("`A`, where `def f(x=A)` is unchanged", "A = 5\ndef f(x=A):\n    return x\n", "5", "6", "a.f()", "6"),
    replaced("body of `f`, where `X = f()` is unchanged", "def f():\n    return 1\nX = f()\n", "1", "2", "a.X", "2"),
    replaced(
        "`X`, which another module imports by name", "X = 1\n", "1", "2", "b.X", "2", importer="from .a import X\n"
    ),
    replaced(
        "body of `f`, where another module has `Y = f()`",
        "def f():\n    return 1\n",
        "1",
        "2",
        "b.Y",
        "2",
        importer="from .a import f\nY = f()\n",
    ),
    Probe(
        "a module that raises half way",
        "X = 1\nY = 1\n",
        "X = 2\n1 / 0\nY = 2\n",
        "(a.X, a.Y)",
        "(1, 1)",
        bad={"": "half applied"},
        is_broken=True,
    ),
    replaced(
        "a class, where another module has `isinstance(x, A)`",
        f"LIMIT = 1\n{METHOD}",
        "LIMIT = 1",
        "LIMIT = 2",
        "b.check(a.A())",
        "True",
        importer="from .a import A\ndef check(x):\n    return isinstance(x, A)\n",
    ),
    Probe("function deleted", f"X = 1\n{BODY}", "X = 1\ncache = {}\n", "hasattr(a, 'work')", "False"),
    replaced(
        "body of a function, beside `cache = {}`",
        BODY,
        "1",
        "2",
        "(a.work(), a.cache)",
        "(2, {'k': 1})",
        held="a.cache['k'] = 1",
        is_state=True,
        is_patch=True,
        good="kept",
        bad={"": "lost"},
    ),
    Probe(
        "a comment, beside `cache = {}`",
        BODY,
        f"# A comment.\n{BODY}",
        "(a.cache, a.work.__code__.co_firstlineno)",
        "({'k': 1}, 3)",
        held="a.cache['k'] = 1",
        is_state=True,
        is_patch=True,
        good="kept",
        bad={"": "lost", "({'k': 1}, 2)": "kept, line wrong"},
    ),
    replaced(
        "an object, of whose class a method is edited",
        METHOD,
        "return 1",
        "return 2",
        "held.work()",
        "2",
        held="held = a.A()",
        is_state=True,
        is_patch=True,
        good="new code",
        bad={"": "old code"},
    ),
    replaced(
        "an object that stays an instance",
        METHOD,
        "return 1",
        "return 2",
        "isinstance(held, a.A)",
        "True",
        held="held = a.A()",
        is_state=True,
        is_patch=True,
        good="yes",
        bad={"": "no"},
    ),
    replaced(
        "a closure that was made before",
        "def make():\n    def inner():\n        return 1\n    return inner\n",
        "1",
        "2",
        "held()",
        "2",
        held="held = a.make()",
        is_state=True,
        is_patch=True,
        good="new code",
        bad={"": "old code"},
    ),
    Probe(
        "a new statement, beside `cache = {}`",
        BODY,
        f"{BODY}more = 1\n",
        "(a.more, a.cache)",
        "(1, {'k': 1})",
        held="a.cache['k'] = 1",
        is_state=True,
        good="kept",
        bad={"": "lost"},
    ),
    Probe(
        "a new statement, beside `cache = once(dict)`",
        ONCE,
        f"{ONCE}more = 1\n",
        "(a.more, a.cache)",
        "(1, {'k': 1})",
        held="a.cache['k'] = 1",
        is_state=True,
        good="kept",
        bad={"": "lost"},
    ),
]
