"""Puts new objects into the places of old ones, wherever somebody holds these: values and keys of dicts, items of lists, deques and
sets, attributes, slots and closures. In tuples and in what C code has they stay.
"""

from __future__ import annotations

import weakref
from collections import deque
from enum import Enum
from types import (
    AsyncGeneratorType,
    CellType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    TracebackType,
)
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._reload.pairs import CACHE, Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyautoload_wasm._reload.pairs import Pairs
    from pyautoload_wasm._reload.undoable import Changes

#: What goes on with what it has: code that runs. And what Python's own classes and functions consist of.
_LEFT_ALONE = frozenset(
    map(
        id,
        (
            FrameType,
            TracebackType,
            GeneratorType,
            CoroutineType,
            AsyncGeneratorType,
            FunctionType,
            GetSetDescriptorType,
            MemberDescriptorType,
            Pair,
            weakref.ref,
        ),
    )
)
_MISSING: Any = object()
#: How a class, or a member of an enumeration, is found in a dict, unless users' code has a say in it.
_HASHES: tuple[Any, ...] = (type.__hash__, object.__hash__)
_EQUALITIES: tuple[Any, ...] = (type.__eq__, object.__eq__)
_MEMBERS_HASHES = (Enum.__hash__, int.__hash__, str.__hash__)
#: By their ids, since the hash of a class may be users' code.
_PLAIN = frozenset(map(id, (str, bytes, int, float, bool, type(None))))


class Successors:
    """Replaces in one holder after the other."""

    def __init__(self, pairs: Pairs, changes: Changes, class_of: Callable[[dict[str, Any]], type | None]) -> None:
        self._pairs = pairs
        self._changes = changes
        #: Which class a dict belongs to, if it belongs to one.
        self._class_of = class_of
        #: How many places of each old object have changed, by its id.
        self.places: dict[int, int] = {}
        #: And of all of them.
        self._count = 0

    def replace_in(self, holder: Any) -> bool:
        """Replaces what a holder has. Returns whether it had something that can be replaced, or is nobody's concern."""
        kind = type(holder)
        if id(kind) in _LEFT_ALONE or issubclass(kind, type):
            return True
        before = self._count
        if issubclass(kind, dict):
            self._in_dict(holder)
        elif issubclass(kind, list):
            values = list(list.__iter__(holder))
            self._changes.set_list(holder, self._replaced(values))
        elif issubclass(kind, deque):
            self._changes.set_deque(holder, self._replaced(list(deque.__iter__(holder))))
        elif issubclass(kind, set):
            for value in list(set.__iter__(holder)):
                new = self._successor(value)
                if new is not _MISSING and _is_hashed_by_identity(value):
                    self._changes.replace_in_set(holder, value, new)
        elif kind is CellType:
            new = self._successor(holder.cell_contents)
            if new is not _MISSING:
                self._changes.set_attribute(holder, "cell_contents", new)
        else:
            self._in_attributes(holder)
        return self._count > before

    def _successor(self, value: Any) -> Any:
        pair = self._pairs.get(id(value))
        if pair is None:
            return _MISSING
        self.places[id(value)] = self.places.get(id(value), 0) + 1
        self._count += 1
        return pair.new

    def _in_dict(self, holder: dict[Any, Any]) -> None:
        items = list(dict.items(holder))
        owner = self._class_of(holder) if type(holder) is dict and "__module__" in holder else None
        for key, value in items:
            if id(value) not in self._pairs:
                continue
            if owner is None:
                self._changes.set_item(holder, key, self._successor(value))
            else:
                # A class has to know of each change.
                self._changes.set_class_attribute(owner, key, self._successor(value))
        if owner is None and any(id(key) in self._pairs and _is_hashed_by_identity(key) for key, _ in items):
            self._replace_keys(holder)

    def _replace_keys(self, holder: dict[Any, Any]) -> None:
        """Gives the values of old keys to the new ones, in the same places. What the new module has entered itself is newer."""
        items = dict.copy(holder)
        if all(id(type(key)) in _PLAIN or _is_hashed_by_identity(key) for key in dict.keys(holder)):
            renewed: dict[Any, Any] = {}
            for key, value in dict.items(items):
                new = self._successor(key)
                if new is _MISSING:
                    renewed.setdefault(key, value)
                else:
                    renewed[new] = dict.get(items, new, value)
            self._changes.set_items(holder, renewed.items())
            return
        # No other key is asked for its hash, which may be users' code.
        for key, value in list(dict.items(items)):
            if id(key) in self._pairs and _is_hashed_by_identity(key):
                new = self._successor(key)
                self._changes.move_item(holder, key, new, dict.get(items, new, value))

    def _replaced(self, values: list[Any]) -> list[Any]:
        """The items of a list. What the new module has entered again is there once, in the place of the old."""
        entered: dict[int, int] = {}
        for value in values:
            entered[id(value)] = entered.get(id(value), 0) + 1
        again: dict[int, int] = {}
        found = []
        for value in values:
            new = self._successor(value)
            if new is not _MISSING:
                again[id(new)] = again.get(id(new), 0) + 1
                found.append(new)
            else:
                found.append(value)
        surplus = {new: min(count, entered.get(new, 0)) for new, count in again.items()}
        if not any(surplus.values()):
            return found
        kept = []
        for was, value in zip(reversed(values), reversed(found), strict=True):
            if was is value and surplus.get(id(value), 0):
                surplus[id(value)] -= 1
            else:
                kept.append(value)
        return kept[::-1]

    def _in_attributes(self, holder: Any) -> None:
        try:
            attributes = object.__getattribute__(holder, "__dict__")
        except (AttributeError, TypeError):
            attributes = None
        if type(attributes) is dict:
            self._in_dict(attributes)
        for descriptor in _slots(type(holder)):
            try:
                value = descriptor.__get__(holder)
            except AttributeError:
                continue
            if id(value) in self._pairs:
                try:
                    self._changes.set_slot(descriptor, holder, self._pairs[id(value)].new)
                except (AttributeError, TypeError):
                    continue  # C code has it, and only shows it
                self._successor(value)


def _slots(kind: type) -> Iterable[MemberDescriptorType]:
    for cls in kind.__mro__:
        for descriptor in cls.__dict__.values():
            if type(descriptor) is MemberDescriptorType:
                yield descriptor


def _is_hashed_by_identity(value: Any) -> bool:
    """Whether an object is found in a dict by what it is, or by what a member of an enumeration has: no code of users runs for it."""
    kind = type(value)
    if is_class(value):
        return kind.__hash__ in _HASHES and kind.__eq__ in _EQUALITIES
    if issubclass(kind, Enum):
        return kind.__hash__ in _MEMBERS_HASHES
    return kind is FunctionType or kind is CACHE
