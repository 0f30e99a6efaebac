"""The body of a module or of a class as a list of steps that can be compared with those of another version: without positions, with
the constants and names in place of their numbers, and with a simple definition of a function as one step.
"""

from __future__ import annotations

import dis
from bisect import bisect_left
from itertools import islice
from types import CodeType
from typing import Any, NamedTuple

from pyautoload_wasm._base.codes import constant_key

#: What says nothing of what is done.
_SILENT = {"CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "PRECALL", "RESUME"}
_CONSTANTS = {"LOAD_CONST", "LOAD_SMALL_INT", "RETURN_CONST", "LOAD_CONST_IMMORTAL"}
_JUMPS = {dis.opname[op] for op in (*dis.hasjrel, *dis.hasjabs)}
#: What a class body says of positions (Python 3.13).
_OF_POSITIONS = {"__firstlineno__", "__static_attributes__"}
_EXTENDED_ARG, _LOAD_CONST, _STORE_NAME = (dis.opmap[op] for op in ("EXTENDED_ARG", "LOAD_CONST", "STORE_NAME"))
_LOADS = {_LOAD_CONST, dis.opmap.get("LOAD_SMALL_INT", _LOAD_CONST)}
#: The flags of a function's attributes, in the order in which their values are pushed.
_DEFAULTS, _KEYWORD_DEFAULTS, _ANNOTATIONS, _CLOSURE, _ANNOTATE = 1, 2, 4, 8, 16


class Definition(NamedTuple):
    """A function that is defined by constants alone, without a decorator."""

    name: str
    code: CodeType
    defaults: tuple[Any, ...] | None
    keyword_defaults: dict[str, Any] | None
    #: Strings, as ``from __future__ import annotations`` makes them.
    annotations: tuple[str, ...] | None
    #: What computes them (Python 3.14).
    annotate: CodeType | None
    line: int
    #: The column of the statement: what stands deeper may not be executed.
    column: int

    @property
    def plain(self) -> Any:
        """What it is defined by besides its code."""
        return constant_key((self.defaults, self.keyword_defaults))


class Item(NamedTuple):
    """One step of a body."""

    #: What is done, and with what. A code object is there by its qualified name alone.
    does: tuple[Any, ...]
    line: int
    #: The place in the bytecode where it begins; and of a jump, where that leads.
    offset: int
    target: int | None = None
    #: The code object that it has to do with.
    code: CodeType | None = None
    definition: Definition | None = None


class _Raw(NamedTuple):
    op: str
    value: Any
    line: int
    column: int
    offset: int


def items_of(code: CodeType) -> list[Item]:
    """The steps of a body."""
    raw = _raw(code)
    found: list[Item] = []
    start = 0
    while start < len(raw):
        end, definition = _definition_at(raw, start)
        if definition is not None:
            does = ("def", definition.name)
            found.append(Item(does, definition.line, raw[start].offset, None, definition.code, definition))
            start = end
            continue
        found.append(_item(raw[start]))
        start += 1
    return found


def _item(raw: _Raw) -> Item:
    if raw.op in _JUMPS:
        return Item((raw.op,), raw.line, raw.offset, raw.value)
    if raw.op in _CONSTANTS:
        # Which instruction loads a constant depends on how many there are.
        kind = "return" if raw.op.startswith("RETURN") else "constant"
        nested = raw.value if type(raw.value) is CodeType else None
        return Item((kind, constant_key(raw.value)), raw.line, raw.offset, None, nested)
    return Item((raw.op, raw.value), raw.line, raw.offset)


def line_of_another_constant(old: CodeType, new: CodeType) -> int | None:
    """The line of a body where it stores a constant under a name and the old version stores another one, if the two are the same up to
    there. The most frequent edit of a body is found without taking it apart.
    """
    before, now = old.co_code, new.co_code
    for at in range(0, min(len(before), len(now)) - 2, 2):
        if before[at] in _LOADS and now[at] in _LOADS:
            if constant_key(_loaded(old, before, at)) == constant_key(_loaded(new, now, at)):
                continue
            is_stored = before[at + 2] == now[at + 2] == _STORE_NAME
            if not is_stored or new.co_names[now[at + 3]] in _OF_POSITIONS:
                return None
            line, *_ = next(islice(new.co_positions(), at // 2, None))
            return line
        if before[at] == _EXTENDED_ARG or before[at : at + 2] != now[at : at + 2]:
            return None
    return None


def _loaded(code: CodeType, raw: bytes, at: int) -> Any:
    return code.co_consts[raw[at + 1]] if raw[at] == _LOAD_CONST else raw[at + 1]


def labelled(items: list[Item]) -> list[tuple[Any, ...]]:
    """What steps do, with the targets of jumps as places among them."""
    offsets = [item.offset for item in items]
    return [item.does if item.target is None else (*item.does, bisect_left(offsets, item.target)) for item in items]


def _raw(code: CodeType) -> list[_Raw]:
    raw: list[_Raw] = []
    line = code.co_firstlineno
    for one in dis.get_instructions(code):
        if one.opname in _SILENT:
            continue
        position = one.positions
        line = (position and position.lineno) or line
        value = one.argval if one.arg is not None else None
        if raw and one.opname.startswith("STORE") and one.argval in _OF_POSITIONS and raw[-1].op in _CONSTANTS:
            raw[-1] = raw[-1]._replace(value=None)
        raw.append(_Raw(one.opname, value, line, (position and position.col_offset) or 0, one.offset))
    return raw


def _definition_at(raw: list[_Raw], start: int) -> tuple[int, Definition | None]:
    """The simple definition that begins at a place, with the place after it."""
    pushed: list[Any] = []
    at = start
    while at < len(raw) and len(pushed) < 256:
        one = raw[at]
        if one.op in _CONSTANTS and one.op != "RETURN_CONST":
            pushed.append(one.value)
        elif one.op == "BUILD_CONST_KEY_MAP" and len(pushed) > one.value:
            keys = pushed.pop()
            values = [pushed.pop() for _ in keys][::-1]
            pushed.append(dict(zip(keys, values, strict=True)))
        elif one.op == "BUILD_MAP" and len(pushed) >= 2 * one.value:
            flat = [pushed.pop() for _ in range(2 * one.value)][::-1]
            pushed.append(dict(zip(flat[::2], flat[1::2], strict=True)))
        elif one.op == "MAKE_FUNCTION" and pushed and type(pushed[-1]) is CodeType:
            if pushed[-1].co_name != "__annotate__" or _ends_definition(raw, at):
                return _made(raw, start, at, pushed)
        else:
            break
        at += 1
    return start, None


def _ends_definition(raw: list[_Raw], at: int) -> bool:
    return at + 1 < len(raw) and raw[at + 1].op.startswith(("STORE", "SET_FUNCTION"))


def _made(raw: list[_Raw], start: int, at: int, pushed: list[Any]) -> tuple[int, Definition | None]:
    code = pushed.pop()
    flags = raw[at].value or 0
    store = at + 1
    while store < len(raw) and raw[store].op == "SET_FUNCTION_ATTRIBUTE":
        flags |= raw[store].value
        store += 1
    order = [flag for flag in (_DEFAULTS, _KEYWORD_DEFAULTS, _ANNOTATIONS, _ANNOTATE) if flags & flag]
    is_stored = store < len(raw) and raw[store].op in ("STORE_NAME", "STORE_GLOBAL")
    if not is_stored or flags & _CLOSURE or len(order) != len(pushed) or code.co_freevars:
        return start, None
    parts = dict(zip(order, pushed, strict=True))
    annotations = parts.get(_ANNOTATIONS)
    if code.co_name != raw[store].value or (annotations is not None and type(annotations) is not tuple):
        return start, None
    return store + 1, Definition(
        raw[store].value,
        code,
        parts.get(_DEFAULTS),
        parts.get(_KEYWORD_DEFAULTS),
        annotations,
        parts.get(_ANNOTATE),
        raw[at].line,
        raw[at].column,
    )
