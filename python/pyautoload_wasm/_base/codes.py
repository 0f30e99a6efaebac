"""Whether two code objects do the same, wherever they stand in their files."""

from __future__ import annotations

import dis
import sys
from opcode import opmap
from types import CodeType
from typing import Any

_HAS_LINE = sys.version_info >= (3, 13)
#: What the body of a class stores its line number as, since Python 3.13.
_LINE = "__firstlineno__"
_STORE_NAME, _LOAD_CONST, _LOAD_SMALL_INT = (opmap.get(op, -1) for op in ("STORE_NAME", "LOAD_CONST", "LOAD_SMALL_INT"))
#: What says what the body of a class does, beside its instructions and constants.
_FIELDS = ("co_name", "co_qualname", "co_names", "co_freevars", "co_cellvars", "co_exceptiontable")
#: The line is stored within so many bytes of a class body.
_PROLOGUE = 40


def is_constant(value: object) -> bool:
    """Whether a value is one that a code object can hold as a constant."""
    if isinstance(value, tuple | frozenset):
        return all(map(is_constant, value))
    return value is None or value is ... or type(value) in (bool, int, float, complex, str, bytes)


def constant_key(value: Any) -> Any:
    """What is equal for constants that cannot be told apart: ``1``, ``1.0``, ``True``, and ``0.0`` and ``-0.0`` can."""
    kind = type(value)
    if kind is tuple:
        return kind, tuple(map(constant_key, value))
    if kind is frozenset:
        return kind, frozenset(map(constant_key, value))
    if kind is slice:
        return kind, constant_key((value.start, value.stop, value.step))
    if kind is dict:
        return kind, constant_key(tuple(value.items()))
    if kind is CodeType:
        return kind, value.co_qualname
    return kind, repr(value) if kind in (float, complex) else value


def is_same_code(old: CodeType, new: CodeType) -> bool:
    """Whether two code objects, and all that is nested in them, differ in positions at most."""
    pairs = zip(nested_in(old), nested_in(new), strict=False)
    return old is new or (is_same_itself(old, new) and all(is_same_code(was, now) for was, now in pairs))


def is_same_itself(old: CodeType, new: CodeType) -> bool:
    """The same, whatever is nested in them under the same qualified names."""
    # CPython compares no flags, by which alone `*a` and `**a` differ.
    if old.co_flags != new.co_flags:
        return False
    line, code = new.co_firstlineno, old.co_code
    at: int | None = None
    if _HAS_LINE and line != old.co_firstlineno and _LINE in old.co_names:
        at = _place_of_line(old, code)
        # From Python 3.14 on the instruction has a small line in it, and a large one is a constant.
        if at is None or code[at : at + 1] != new.co_code[at : at + 1]:
            return _has_same_steps(old, new)
    constants = _with_nested(old, new)
    if constants is None:
        return False
    if at is not None and code[at] == _LOAD_CONST:
        place = code[at + 1]
        constants = (*constants[:place], line, *constants[place + 1 :])
    elif at is not None:
        code = code[: at + 1] + bytes((line,)) + code[at + 2 :]
    return old.replace(co_code=code, co_consts=constants, co_linetable=new.co_linetable, co_firstlineno=line) == new


def _place_of_line(code: CodeType, raw: bytes) -> int | None:
    """Where the body of a class loads its line, if nothing else loads that constant."""
    name = code.co_names.index(_LINE)
    for at in range(2, min(_PROLOGUE, len(raw)), 2):
        if raw[at] == _STORE_NAME and raw[at + 1] == name:
            op, place = raw[at - 2], raw[at - 1]
            if op == _LOAD_CONST and place in raw[at + 1 :: 2]:
                loads = zip(raw[at::2], raw[at + 1 :: 2], strict=True)
                return None if (_LOAD_CONST, place) in loads else at - 2
            return at - 2 if op in (_LOAD_CONST, _LOAD_SMALL_INT) else None
    return None


def _has_same_steps(old: CodeType, new: CodeType) -> bool:
    """The same for the bodies of classes, instruction by instruction: where a line is another kind of constant, the others move."""
    return all(getattr(old, field) == getattr(new, field) for field in _FIELDS) and _steps(old) == _steps(new)


def _steps(code: CodeType) -> list[tuple[str, Any]]:
    steps: list[tuple[str, Any]] = []
    for one in dis.get_instructions(code):
        if one.opname == "STORE_NAME" and one.argval == _LINE and steps:
            steps.pop()
        is_constant = one.opname in ("LOAD_CONST", "LOAD_SMALL_INT")
        steps.append(("", constant_key(one.argval)) if is_constant else (one.opname, one.arg))
    return steps


def holds_code(code: CodeType) -> bool:
    """Whether a code object has others as constants."""
    return CodeType in map(type, code.co_consts)


def nested_in(code: CodeType) -> list[CodeType]:
    """The code objects that a code object has as constants."""
    return [constant for constant in code.co_consts if type(constant) is CodeType]


def _with_nested(old: CodeType, new: CodeType) -> tuple[object, ...] | None:
    """The constants of a code with what is nested in the other one; None where that has other names."""
    before, now = old.co_consts, new.co_consts
    if not holds_code(new):
        return before
    if len(before) != len(now) or not _has_same_names(old, new):
        return None
    pairs = zip(before, now, strict=True)
    return tuple([one if type(one) is type(was) is CodeType else was for was, one in pairs])


def _has_same_names(old: CodeType, new: CodeType) -> bool:
    return [one.co_qualname for one in nested_in(old)] == [one.co_qualname for one in nested_in(new)]
