"""Changes of users' objects that can be undone: each is noted before it is made, and to undo one twice does no harm."""

from __future__ import annotations

from collections import OrderedDict, deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Set an object's class, whatever its own `__setattr__` does.
_set_class = object.__dict__["__class__"].__set__


class Changes:
    """Changes in the order in which they were made. None of them runs users' code."""

    def __init__(self) -> None:
        self._undo: list[tuple[Callable[..., object], tuple[Any, ...]]] = []

    def set_item(self, holder: dict[Any, Any], key: Any, value: Any) -> None:
        """Gives a key of a dict another value."""
        self._undo.append((dict.__setitem__, (holder, key, dict.__getitem__(holder, key))))
        dict.__setitem__(holder, key, value)

    def add_item(self, holder: dict[Any, Any], key: Any, value: Any) -> None:
        """Adds a key to a dict."""
        self._undo.append((dict.pop, (holder, key, None)))
        dict.__setitem__(holder, key, value)

    def set_items(self, holder: dict[Any, Any], items: Iterable[tuple[Any, Any]]) -> None:
        """Gives a dict other keys."""
        self._undo.append((_restore, (holder, dict.copy(holder))))
        _refill(holder, list(items))

    def move_item(self, holder: dict[Any, Any], key: Any, to: Any, value: Any) -> None:
        """Gives the value of a key to another one, at the end of the dict."""
        self._undo.append((_restore, (holder, dict.copy(holder))))
        kind: Any = OrderedDict if issubclass(type(holder), OrderedDict) else dict
        kind.pop(holder, key)
        kind.__setitem__(holder, to, value)

    def set_list(self, holder: list[Any], values: list[Any]) -> None:
        """Gives a list other items."""
        self._undo.append((list.__setitem__, (holder, slice(None), list(list.__iter__(holder)))))
        list.__setitem__(holder, slice(None), values)

    def set_deque(self, holder: deque[Any], values: list[Any]) -> None:
        """Gives a deque other items."""
        self._undo.append((_refill_deque, (holder, list(deque.__iter__(holder)))))
        _refill_deque(holder, values)

    def replace_in_set(self, holder: set[Any], old: Any, new: Any) -> None:
        """Replaces an element of a set."""
        had_new = set.__contains__(holder, new)
        self._undo.append((set.add, (holder, old)))
        set.discard(holder, old)
        if not had_new:
            self._undo.append((set.discard, (holder, new)))
            set.add(holder, new)

    def set_class(self, instance: Any, cls: type) -> None:
        """Makes an object an instance of another class. Raises TypeError where their layouts differ."""
        self._undo.append((_set_class, (instance, type(instance))))
        _set_class(instance, cls)

    def set_class_attribute(self, cls: type, name: str, value: Any) -> None:
        """Sets an attribute that a class has itself. Raises TypeError where that cannot be."""
        self._undo.append((type.__setattr__, (cls, name, cls.__dict__[name])))
        type.__setattr__(cls, name, value)

    def set_bases(self, cls: type, bases: tuple[type, ...]) -> None:
        """Gives a class other bases. Raises TypeError where their layouts differ."""
        self._undo.append((type.__setattr__, (cls, "__bases__", cls.__bases__)))
        type.__setattr__(cls, "__bases__", bases)

    def set_attribute(self, holder: Any, name: str, value: Any) -> None:
        """Sets an attribute of a function or a cell."""
        self._undo.append((setattr, (holder, name, getattr(holder, name))))
        setattr(holder, name, value)

    def set_slot(self, descriptor: Any, holder: Any, value: Any) -> None:
        """Sets a slot. Raises what the descriptor does."""
        self._undo.append((descriptor.__set__, (holder, descriptor.__get__(holder))))
        descriptor.__set__(holder, value)

    def undo(self) -> None:
        """Makes everything as it was."""
        while self._undo:
            function, arguments = self._undo[-1]
            with suppress(TypeError, AttributeError, ValueError):  # What could not be changed need not be undone.
                function(*arguments)
            self._undo.pop()

    def keep(self) -> None:
        """Lets go of how everything was."""
        self._undo.clear()

    def __repr__(self) -> str:
        return f"<{len(self._undo)} Changes>"


def _refill(holder: dict[Any, Any], items: list[tuple[Any, Any]]) -> None:
    clear = OrderedDict.clear if issubclass(type(holder), OrderedDict) else dict.clear
    set_item = OrderedDict.__setitem__ if issubclass(type(holder), OrderedDict) else dict.__setitem__
    clear(holder)
    for key, value in items:
        set_item(holder, key, value)


def _restore(holder: dict[Any, Any], copy: dict[Any, Any]) -> None:
    if issubclass(type(holder), OrderedDict):
        _refill(holder, list(dict.items(copy)))
    else:
        dict.clear(holder)
        dict.update(holder, copy)  # asks no key for its hash


def _refill_deque(holder: deque[Any], values: list[Any]) -> None:
    deque.clear(holder)
    deque.extend(holder, values)
