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

from pyautoload_wasm._base.codes import holds_code, is_same_itself, nested_in
from pyautoload_wasm._reload.patching.bodies import Definition, Item, items_of, labelled, line_of_another_constant

_IS_FUNCTION = 0x1  # inspect.CO_OPTIMIZED
#: Generators, coroutines, both: Python is to refuse a function a code of another kind.
_KINDS = 0x20 | 0x80 | 0x200
_HAS_DOCSTRING = 0x4000000  # inspect.CO_HAS_DOCSTRING, from Python 3.14 on
_STATIC = "__static_attributes__"
_STORE_NAME, _LOAD_CONST = opmap["STORE_NAME"], opmap["LOAD_CONST"]


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
        if is_equal or is_same_itself(old, new):
            for was, now in zip(nested_in(old), nested_in(new), strict=True):
                self._one(was, now, owner, is_equal, kept)
        else:
            self._by_items(old, new, owner, kept)
        if not kept:
            return new
        return new.replace(co_consts=tuple([kept.get(id(constant), constant) for constant in new.co_consts]))

    def _by_items(self, old: CodeType, new: CodeType, owner: str, kept: dict[int, CodeType]) -> None:
        """Compares two bodies of which one may define functions that the other does not."""
        line = line_of_another_constant(old, new)
        if line is not None:
            raise DifferenceError(_changed_at(line, owner))
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
                self._definitions(was.definition, item.definition, found, kept)

    def _definitions(self, old: Definition, new: Definition, found: int, kept: dict[int, CodeType]) -> None:
        if old.plain != new.plain or old.annotations != new.annotations:
            self._edit.redefined.append((old, new))
            if all(pair.old is not old.code for pair in self._edit.pairs[found:]):
                self._edit.pairs.append(Pair(old.code, new.code))
                kept.pop(id(new.code), None)
        if (old.annotate is None) != (new.annotate is None):
            raise DifferenceError(f"the annotations of `{new.code.co_qualname}` changed, line {new.line}")
        if old.annotate is not None and new.annotate is not None:
            self._one(old.annotate, new.annotate, "", False, kept)

    def _one(self, old: CodeType, new: CodeType, owner: str, is_equal: bool, kept: dict[int, CodeType]) -> None:
        """Compares what two bodies have at the same place. Notes in ``kept`` what stays in the place of a new code."""
        is_equal = is_equal or old == new
        if new.co_flags & _IS_FUNCTION:
            found = len(self._edit.pairs)
            if not is_equal or old.co_flags != new.co_flags or holds_code(new):
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
        if (old.co_flags ^ new.co_flags) & _KINDS:
            raise DifferenceError(f"`{new.co_qualname}` is another kind of function, line {new.co_firstlineno}")
        found = len(self._edit.pairs)
        pair = Pair(old, new)
        is_nested = holds_code(old) or holds_code(new)
        if not (old.co_flags == new.co_flags if is_equal else is_same_itself(old, new)):
            self._edit.changed.append(pair)
            if is_nested:
                self._nested_by_name(old, new)
        elif is_nested and self._has_other_classes(old, new, is_equal):
            self._edit.changed.append(pair)
        # CPython compares no flags, by which alone `*a` and `**a` differ. What is nested in a new code is new as well.
        if is_inner or not is_equal or old.co_flags != new.co_flags or len(self._edit.pairs) > found:
            self._edit.pairs.append(pair)

    def _has_other_classes(self, old: CodeType, new: CodeType, is_equal: bool) -> bool:
        """Compares what is nested in a function that is the same itself. Returns whether it makes other classes."""
        is_other = False
        for was, now in zip(nested_in(old), nested_in(new), strict=True):
            is_same = is_equal or was == now
            if now.co_flags & _IS_FUNCTION:
                self.functions(was, now, is_same, not is_equal)
            elif is_same or is_same_itself(was, now):
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


def _by_name(code: CodeType) -> dict[str, list[CodeType]]:
    found = defaultdict(list)
    for nested in nested_in(code):
        found[nested.co_qualname].append(nested)
    return found


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
    return _changed_at(line, owner)


def _changed_at(line: int, owner: str) -> str:
    return f"changed {f'in the body of class {owner}' if owner else 'at module level'}, line {line}"
