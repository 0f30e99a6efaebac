"""What differs between two versions of a module's code, and whether it lies in functions alone.

Pure functions over code objects: what the edit means for the running program is another matter.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from opcode import opmap
from types import CodeType
from typing import NamedTuple

from pyautoload_wasm._reload.patching.bodies import Definition, Item, items_of, labelled

_IS_FUNCTION = 0x1  # inspect.CO_OPTIMIZED
_HAS_DOCSTRING = 0x4000000  # inspect.CO_HAS_DOCSTRING, from Python 3.14 on
_HAS_LINE = sys.version_info >= (3, 13)
_LINE = "__firstlineno__"
_STATIC = "__static_attributes__"
_STORE_NAME, _LOAD_CONST, _LOAD_SMALL_INT = (opmap.get(op, -1) for op in ("STORE_NAME", "LOAD_CONST", "LOAD_SMALL_INT"))
#: The line is stored within so many bytes of a class body.
_PROLOGUE = 40


class DifferenceError(Exception):
    """The versions differ in more than functions: says in what."""


class Pair(NamedTuple):
    """A function's code and its new version."""

    old: CodeType
    new: CodeType


class Member(NamedTuple):
    """A function in one of the two versions alone, or defined otherwise; ``owner`` is the qualified name of its class, or empty."""

    owner: str
    definition: Definition

    @property
    def qualified_name(self) -> str:
        """As in the report."""
        return f"{self.owner}.{self.definition.name}" if self.owner else self.definition.name


@dataclass
class Edit:
    """What differs."""

    #: The functions of which anything differs, positions included.
    pairs: list[Pair] = field(default_factory=list)
    #: Those that do something else.
    changed: list[Pair] = field(default_factory=list)
    added: list[Member] = field(default_factory=list)
    removed: list[Member] = field(default_factory=list)
    #: The functions that have other defaults now: the old definition and the new one.
    redefined: list[tuple[Definition, Definition]] = field(default_factory=list)
    #: The classes of which anything differs, by qualified name, with the new code of their bodies.
    classes: dict[str, CodeType] = field(default_factory=dict)
    #: The module's new code, with the codes that its functions have where nothing differs.
    code: CodeType | None = None


def compare(old: CodeType, new: CodeType) -> Edit:
    """What differs between two versions of a module. Raises DifferenceError."""
    edit = Edit()
    edit.code = _Comparison(edit).bodies(old, new, "", old == new)
    return edit


class _Comparison:
    def __init__(self, edit: Edit) -> None:
        self._edit = edit

    def bodies(self, old: CodeType, new: CodeType, owner: str, is_equal: bool) -> CodeType:
        """Compares two bodies of a module or of a class that was made when the module was imported. Returns the new one, with the
        codes that functions have where nothing differs.
        """
        if owner and not is_equal:
            self._edit.classes[owner] = new
        kept: dict[int, CodeType] = {}
        if is_equal or _is_same_body(old, new):
            for was, now in zip(_nested(old), _nested(new), strict=True):
                self._one(was, now, owner, is_equal, kept)
        else:
            self._by_items(old, new, owner, kept)
        if not kept:
            return new
        return new.replace(co_consts=tuple([kept.get(id(constant), constant) for constant in new.co_consts]))

    def _by_items(self, old: CodeType, new: CodeType, owner: str, kept: dict[int, CodeType]) -> None:
        """Compares two bodies of which one may define functions that the other does not."""
        olds, news = items_of(old), items_of(new)
        added = _alone(news, olds, _column(new, owner))
        removed = _alone(olds, news, _column(old, owner))
        olds, news = _without(olds, removed), _without(news, added)
        before, now = labelled(olds), labelled(news)
        if before != now:
            raise DifferenceError(_where(before, now, olds, news, new, owner))
        self._edit.added += [Member(owner, definition) for definition in added]
        self._edit.removed += [Member(owner, definition) for definition in removed]
        for was, item in zip(olds, news, strict=True):
            found = len(self._edit.pairs)
            if was.code is not None and item.code is not None:
                self._one(was.code, item.code, owner, False, kept)
            if was.definition is not None and item.definition is not None:
                self._definitions(was.definition, item.definition, found)
                if len(self._edit.pairs) > found:
                    kept.pop(id(item.code), None)

    def _definitions(self, old: Definition, new: Definition, found: int) -> None:
        if old.plain != new.plain or old.annotations != new.annotations:
            self._edit.redefined.append((old, new))
            if all(pair.old is not old.code for pair in self._edit.pairs[found:]):
                self._edit.pairs.append(Pair(old.code, new.code))
        if (old.annotate is None) != (new.annotate is None):
            raise DifferenceError(f"the annotations of `{new.code.co_qualname}` changed, line {new.line}")
        if old.annotate is not None and new.annotate is not None:
            self.functions(old.annotate, new.annotate, False)

    def _one(self, old: CodeType, new: CodeType, owner: str, is_equal: bool, kept: dict[int, CodeType]) -> None:
        """Compares what two bodies have at the same place. Notes in ``kept`` what stays in the place of a new code."""
        is_equal = is_equal or old == new
        if new.co_flags & _IS_FUNCTION:
            found = len(self._edit.pairs)
            self.functions(old, new, is_equal)
            if len(self._edit.pairs) == found:
                kept[id(new)] = old
        else:
            code = self.bodies(old, new, f"{owner}.{new.co_name}" if owner else new.co_name, is_equal)
            if code is not new:
                kept[id(new)] = code

    def functions(self, old: CodeType, new: CodeType, is_equal: bool, is_inner: bool = False) -> None:
        """Compares two versions of a function, and what is nested in it by itself."""
        if old.co_freevars != new.co_freevars:
            raise DifferenceError(
                f"`{new.co_qualname}` takes other variables from around it, line {new.co_firstlineno}"
            )
        found = len(self._edit.pairs)
        pair = Pair(old, new)
        if not _is_equal_function(old, new, is_equal):
            self._edit.changed.append(pair)
            self._nested_by_name(old, new)
        elif self._has_other_classes(old, new, is_equal):
            self._edit.changed.append(pair)
        # CPython compares no flags, by which alone `*a` and `**a` differ. What is nested in a new code is new as well.
        if is_inner or not is_equal or old.co_flags != new.co_flags or len(self._edit.pairs) > found:
            self._edit.pairs.append(pair)

    def _has_other_classes(self, old: CodeType, new: CodeType, is_equal: bool) -> bool:
        """Compares what is nested in a function that is the same itself. Returns whether it makes other classes."""
        is_other = False
        for was, now in zip(_nested(old), _nested(new), strict=True):
            is_same = is_equal or was == now
            if now.co_flags & _IS_FUNCTION:
                self.functions(was, now, is_same, not is_equal)
            elif is_same or _is_same_body(was, now):
                is_other |= self._has_other_classes(was, now, is_same)
            else:
                self._nested_by_name(was, now)
                is_other = True
        return is_other

    def _nested_by_name(self, old: CodeType, new: CodeType) -> None:
        """Pairs what is nested in a function, or in a class that a function makes, by name and order, where both have as many of a
        name. What was made of others goes on as it is.
        """
        before, now = _by_name(old), _by_name(new)
        for name, codes in now.items():
            if len(before.get(name, ())) == len(codes):
                for was, one in zip(before[name], codes, strict=True):
                    if one.co_flags & _IS_FUNCTION:
                        self.functions(was, one, was == one, True)
                    else:
                        self._nested_by_name(was, one)


def docstring(code: CodeType) -> str | None:
    """The docstring of a function."""
    if sys.version_info >= (3, 14) and not code.co_flags & _HAS_DOCSTRING:
        return None
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) else None


def has_other_signature(old: CodeType, new: CodeType) -> bool:
    """Whether two versions of a function differ in what may be read of it without a call: parameters, docstring, what it makes."""

    def shown(code: CodeType) -> tuple[object, ...]:
        count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 0x4) + bool(code.co_flags & 0x8)
        counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
        return *counts, code.co_varnames[:count], code.co_flags & ~_HAS_DOCSTRING & ~0x10, docstring(code)

    return shown(old) != shown(new)


def static_attributes(code: CodeType) -> tuple[str, ...] | None:
    """The attributes that the methods of a class set, as its body says (Python 3.13)."""
    if _STATIC not in code.co_names:
        return None
    name, raw = code.co_names.index(_STATIC), code.co_code
    for at in range(len(raw) - 2, 1, -2):
        if raw[at] == _STORE_NAME and raw[at + 1] == name and raw[at - 2] == _LOAD_CONST:
            value = code.co_consts[raw[at - 1]]
            return value if type(value) is tuple else None
    return None


def _nested(code: CodeType) -> list[CodeType]:
    if not _holds_code(code.co_consts):
        return []
    return [constant for constant in code.co_consts if type(constant) is CodeType]


def _by_name(code: CodeType) -> dict[str, list[CodeType]]:
    found = defaultdict(list)
    for nested in _nested(code):
        found[nested.co_qualname].append(nested)
    return found


def _is_equal_function(old: CodeType, new: CodeType, is_equal: bool) -> bool:
    if is_equal or old.co_flags != new.co_flags:
        return old.co_flags == new.co_flags
    constants = _with_nested(old, new)
    if constants is None:
        return False
    return old.replace(co_consts=constants, co_linetable=new.co_linetable, co_firstlineno=new.co_firstlineno) == new


def _with_nested(old: CodeType, new: CodeType) -> tuple[object, ...] | None:
    """The constants of a code with what is nested in the other one; None where that has other names."""
    before, now = old.co_consts, new.co_consts
    if not _holds_code(now):
        return before
    if len(before) != len(now) or not _has_same_names(old, new):
        return None
    pairs = zip(before, now, strict=True)
    return tuple([one if type(one) is type(was) is CodeType else was for was, one in pairs])


def _holds_code(constants: tuple[object, ...]) -> bool:
    return CodeType in map(type, constants)


def _has_same_names(old: CodeType, new: CodeType) -> bool:
    return [one.co_qualname for one in _nested(old)] == [one.co_qualname for one in _nested(new)]


def _is_same_body(old: CodeType, new: CodeType) -> bool:
    if old.co_flags != new.co_flags:
        return False
    constants = _with_nested(old, new)
    if constants is None:
        return False
    line, code = new.co_firstlineno, old.co_code
    if _HAS_LINE and line != old.co_firstlineno and _LINE in old.co_names:
        at = _place_of_line(old, code)
        if at is None:
            return False
        if code[at] == _LOAD_CONST:
            place = code[at + 1]
            constants = (*constants[:place], line, *constants[place + 1 :])
        elif line < 256:
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


def _column(code: CodeType, owner: str) -> int:
    """The column at which the statements of a body stand, as far as can be seen."""
    if not owner:
        return 0
    positions = code.co_positions()
    return min(
        (place for line, _, place, _ in positions if line != code.co_firstlineno and place is not None), default=0
    )


def _alone(items: list[Item], others: list[Item], column: int) -> list[Definition]:
    """The functions that are defined in one version alone, once, and at the outermost level."""
    names = [item.does[1] for item in items if item.does[0] in _BINDING]
    elsewhere = {item.does[1] for item in others if item.does[0] in _BINDING}
    definitions = [item.definition for item in items if item.definition is not None]
    return [
        definition
        for definition in definitions
        if definition.column == column and names.count(definition.name) == 1 and definition.name not in elsewhere
    ]


_BINDING = {"def", "STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"}


def _without(items: list[Item], definitions: list[Definition]) -> list[Item]:
    left_out = {id(definition) for definition in definitions}
    return [item for item in items if id(item.definition) not in left_out]


def _where(
    before: list[tuple[object, ...]],
    now: list[tuple[object, ...]],
    olds: list[Item],
    news: list[Item],
    code: CodeType,
    owner: str,
) -> str:
    """Where two bodies begin to differ, as a sentence."""
    at = next((place for place, (was, one) in enumerate(zip(before, now, strict=False)) if was != one), len(now))
    lines = [item.line for item in (news[at : at + 1] or olds[at : at + 1])]
    line = lines[0] if lines else code.co_firstlineno
    return f"changed {f'in the body of class {owner}' if owner else 'at module level'}, line {line}"
