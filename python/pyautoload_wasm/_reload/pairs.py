"""Which new function, class or member of an enumeration has come in the place of which old one.

Types are asked of `type`, since an object's `__class__` may be users' code.
"""

from __future__ import annotations

import functools
import sys
from contextlib import suppress
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._reload.tracking import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

#: What `functools.lru_cache` makes.
CACHE: type = type(functools.lru_cache(lambda: None))
#: What has functions inside, and where.
_PARTS: dict[int, tuple[str, ...]] = {
    id(staticmethod): ("__func__",),
    id(classmethod): ("__func__",),
    id(property): ("fget", "fset", "fdel"),
    id(functools.cached_property): ("func",),
    id(functools.partialmethod): ("func",),
}
_qualname_of = type.__dict__["__qualname__"].__get__


class Pair:
    """An old object and the one in its place. ``owner`` is the pair of the class that has it, if one has."""

    __slots__ = ("name", "new", "old", "owner")

    def __init__(self, name: str, old: Any, new: Any, owner: Pair | None) -> None:
        self.name = name
        self.old = old
        self.new = new
        self.owner = owner

    def __repr__(self) -> str:
        return f"<Pair {self.name}>"


#: The pairs by the ids of the old objects.
Pairs: TypeAlias = dict[int, Pair]


def pairs_of(before: Mapping[str, ModuleType]) -> Pairs:
    """Pairs what modules had with what those in their places have."""
    finder = _Finder(before)
    for name, module in before.items():
        old, new = names_of(module), names_of(sys.modules.get(name))
        # An object has one successor: that of its own name, where it has several.
        for attr, value in sorted(old.copy().items(), key=lambda item: item[0] != _own_name(item[1])):
            if attr in new:
                finder.add(value, new[attr], None)
    return finder.pairs


def _is_called(value: object) -> bool:
    return type(value) is FunctionType or type(value) is CACHE


def qualname(value: Any) -> str | None:
    """The qualified name of a function or class; None for another object."""
    if is_class(value):
        return str(_qualname_of(value))
    return str(value.__qualname__) if _is_called(value) else None


def _own_name(value: object) -> str | None:
    name = qualname(value)
    return None if name is None else name.rpartition(".")[2]


class _Finder:
    def __init__(self, before: Mapping[str, ModuleType]) -> None:
        self._before = before
        self.pairs: Pairs = {}

    def add(self, old: Any, new: Any, owner: Pair | None) -> None:
        """Pairs two objects that have one name, and what is in them, if the one has come in the place of the other."""
        if old is new or id(old) in self.pairs:
            return
        # By its id, since the hash of a class may be users' code.
        parts = _PARTS.get(id(type(old))) if type(old) is type(new) else None
        if parts is not None:
            for part in parts:
                self.add(getattr(old, part), getattr(new, part), owner)
            return
        are_classes = is_class(old) and is_class(new)
        if not are_classes and not (_is_called(old) and _is_called(new)):
            return
        module, name = _module_of(old), qualname(old)
        if name is None or name != qualname(new) or module != _module_of(new):
            return
        # What a call has made was made again, wherever the function is that makes it.
        if module not in self._before and "<locals>" not in name:
            return
        pair = self.pairs[id(old)] = Pair(f"{module}.{name}", old, new, owner)
        if are_classes:
            self._add_members(pair)
        else:
            self._add_inner(pair)

    def _add_members(self, pair: Pair) -> None:
        new = pair.new.__dict__
        for attr, value in pair.old.__dict__.items():
            if attr in new:
                self.add(value, new[attr], pair)
        if issubclass(pair.old, Enum) and issubclass(pair.new, Enum):
            successors = pair.new.__members__
            for name, member in pair.old.__members__.items():
                if name == member._name_ and name in successors:
                    self.pairs[id(member)] = Pair(f"{pair.name}.{name}", member, successors[name], pair)

    def _add_inner(self, pair: Pair) -> None:
        """What a decorated function calls: by `functools.wraps`, or in the closure of what the decorator has made."""
        old, new = pair.old, pair.new
        if type(old) is type(new) and "__wrapped__" in old.__dict__ and "__wrapped__" in new.__dict__:
            self.add(old.__dict__["__wrapped__"], new.__dict__["__wrapped__"], pair.owner)
        for was, now in closures_of(old, new):
            self.add(was, now, pair.owner)


def closures_of(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """What two functions have in their cells, where their free variables agree."""
    for was, now in cells_of(old, new):
        with suppress(ValueError):  # one has no value yet
            yield was.cell_contents, now.cell_contents


def cells_of(old: Any, new: Any) -> Iterator[tuple[Any, Any]]:
    """The cells of two functions whose free variables agree."""
    if type(old) is type(new) is FunctionType and old.__code__.co_freevars == new.__code__.co_freevars:
        yield from zip(old.__closure__ or (), new.__closure__ or (), strict=True)


def _module_of(value: Any) -> str | None:
    module = value.__dict__.get("__module__") if is_class(value) else value.__module__
    return module if type(module) is str else None
