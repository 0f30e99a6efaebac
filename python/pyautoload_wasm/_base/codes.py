"""Whether two code objects do the same, wherever they stand in their files."""

from __future__ import annotations

import dis
from itertools import starmap
from types import CodeType

#: What of a code object, beside its instructions and constants, says what it does. Line numbers are not in it.
_FIELDS = (
    "co_name",
    "co_qualname",
    "co_flags",
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_names",
    "co_varnames",
    "co_freevars",
    "co_cellvars",
    "co_exceptiontable",
)
#: What the body of a class stores its line number as, since Python 3.13.
_LINE = "__firstlineno__"


def is_same_code(one: CodeType, other: CodeType) -> bool:
    """Whether two code objects differ in positions at most."""
    if one is other:
        return True
    if any(getattr(one, field) != getattr(other, field) for field in _FIELDS):
        return False
    if _LINE in one.co_names:
        return _is_same_class_body(one, other)
    return one.co_code == other.co_code and is_same_constant(one.co_consts, other.co_consts)


def is_same_constant(one: object, other: object) -> bool:
    """Whether two constants are the same, and not only equal as 1 and True are."""
    if type(one) is not type(other):
        return False
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        return is_same_code(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(starmap(is_same_constant, zip(one, other, strict=True)))
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one == other and sorted(map(repr, one)) == sorted(map(repr, other))
    if isinstance(one, float | complex):
        return repr(one) == repr(other)  # which tells 0.0 from -0.0, and takes one nan for another
    return one == other


def is_constant(value: object) -> bool:
    """Whether a value is one that a code object can hold as a constant."""
    if isinstance(value, tuple | frozenset):
        return all(map(is_constant, value))
    return value is None or value is ... or type(value) in (bool, int, float, complex, str, bytes)


def _is_same_class_body(one: CodeType, other: CodeType) -> bool:
    """The same for the body of a class. Its line may be a constant, which moves the places of others, or be in an instruction."""
    ones, others = list(dis.get_instructions(one)), list(dis.get_instructions(other))
    if len(ones) != len(others):
        return False
    for place, (mine, theirs) in enumerate(zip(ones, others, strict=True)):
        following = ones[place + 1] if place + 1 < len(ones) else None
        if following is not None and following.opname == "STORE_NAME" and following.argval == _LINE:
            continue
        if mine.opcode != theirs.opcode:
            return False
        same = is_same_constant(mine.argval, theirs.argval) if mine.opname == "LOAD_CONST" else mine.arg == theirs.arg
        if not same:
            return False
    return True
