"""Who holds the old objects: nobody, most times, but the old namespaces, which go.

Python counts references and does not write down whose they are. So first the references are counted that come from the old objects
themselves. Only where there are more, somebody else has them, and the heap is worth a look.
"""

from __future__ import annotations

import builtins
import dataclasses
import enum
import functools
import gc
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from contextlib import suppress
from types import CellType, FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._reload.pairs import CACHE
from pyautoload_wasm._reload.tracking import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from pyautoload_wasm._reload.pairs import Pair, Pairs

#: What is looked into on the way from an old namespace to what it alone has.
_THROUGH: tuple[type, ...] = (
    FunctionType,
    CellType,
    staticmethod,
    classmethod,
    property,
    functools.cached_property,
    functools.partialmethod,
    functools.partial,
    CACHE,
    dataclasses.Field,
    enum.property,
    MethodType,
    GetSetDescriptorType,
    MemberDescriptorType,
    dict,
    OrderedDict,
    defaultdict,
    list,
    deque,
    tuple,
    set,
    frozenset,
)
_HAVE_FUNCTIONS = frozenset(
    map(id, (FunctionType, staticmethod, classmethod, property, functools.cached_property, CACHE))
)
#: With more than this in the namespaces it is quicker to look through the heap.
_MOST = 20_000


class Inside:
    """What can be reached from the old namespaces."""

    def __init__(self, pairs: Pairs, before: Mapping[str, ModuleType], own: Iterable[object] = ()) -> None:
        """``own`` are our own containers, which nobody else sees."""
        self._pairs = pairs
        self._notes = list(own)
        self._names = before.keys()
        #: Whether instances of a type are looked into, by its id, since the hash of a class may be users' code.
        self._kinds = dict.fromkeys(map(id, _THROUGH), True)
        self._namespaces = [names_of(module) for module in before.values()]
        live = [names_of(sys.modules.get(name)) for name in before]
        self._found: list[Any] = []
        self._functions: Counter[int] = Counter()
        #: Whether it is all of it.
        self.is_complete = self._walk({id(builtins.__dict__), *map(id, self._namespaces), *map(id, live)})
        #: What somebody else can reach of it, by id; not by way of a class, since who has an instance need not have the base of its
        #: class, or the methods.
        self.held = self._find_held(through_classes=False) if self.is_complete else {}
        #: The ids of what nobody else can reach, as far as that is known, and of the old namespaces.
        self.own = {id(value) for value in self._found if id(value) not in self.held} if self.is_complete else set()
        self.own.update(map(id, (self._found, self._namespaces, *self._namespaces)))

    def _walk(self, seen: set[int]) -> bool:
        pending: list[Any] = list(self._namespaces)
        found, kinds, pairs = self._found, self._kinds, self._pairs
        while pending:
            holder = pending.pop()
            if type(holder) is FunctionType:
                seen.add(id(holder.__globals__))
                self._functions[id(holder.__globals__)] += 1
            for value in gc.get_referents(holder):
                if id(value) in seen:
                    continue
                seen.add(id(value))
                kind = type(value)
                leads_on = kinds.get(id(kind))
                if leads_on is None:
                    leads_on = kinds[id(kind)] = self._is_old(kind)
                if leads_on or id(value) in pairs or (issubclass(kind, type) and self._is_old(value)):
                    found.append(value)
                    pending.append(value)
            if len(found) > _MOST:
                return False
        return True

    def _is_old(self, cls: type) -> bool:
        """Whether a class was made by one of the modules, also where there is no new one."""
        return id(cls) in self._pairs or cls.__dict__.get("__module__") in self._names

    def _find_held(self, *, through_classes: bool) -> dict[int, Any]:
        """What has more references than those from inside, and what can be reached from that."""
        found = self._found
        alone = object()
        found.append(alone)
        del alone
        inside = Counter(
            map(id, gc.get_referents(found, *found, *self._pairs.values(), *self._namespaces, *self._notes))
        )
        references = [sys.getrefcount(value) for value in found]
        least = references[-1] - 1
        found.pop()
        held: dict[int, Any] = {}
        pending = []
        for value, count in zip(found, references, strict=False):
            if count - least > inside[id(value)]:
                held[id(value)] = value
                pending.append(value)
        known = set(map(id, found))
        while pending:
            holder = pending.pop()
            if through_classes or not is_class(holder):
                for value in gc.get_referents(holder):
                    if id(value) in known and id(value) not in held:
                        held[id(value)] = value
                        pending.append(value)
        return held

    def dissolve(self) -> None:
        """Takes their functions from the old classes that nobody has any more. A class is part of a cycle, so it stays until Python
        collects garbage, and the next reload would take its functions for somebody's: they have the module's namespace.
        """
        if not self.is_complete:
            return
        self._notes.clear()
        held = self._find_held(through_classes=True) if self.held else {}
        for value in self._found:
            if is_class(value) and id(value) not in held:
                for name, attribute in list(value.__dict__.items()):
                    if id(type(attribute)) in _HAVE_FUNCTIONS:
                        _take(value, name)

    def pairs_held(self) -> list[Pair]:
        """The pairs whose old object somebody else has, as far as that is known."""
        if not self.is_complete:
            return list(self._pairs.values())
        return [pair for key, pair in self._pairs.items() if key in self.held]

    def has_pair(self, value: object) -> bool:
        """Whether something has a successor."""
        return id(value) in self._pairs

    def is_old_class(self, value: Any) -> bool:
        """Whether something is a class that one of the modules has made."""
        return is_class(value) and self._is_old(value)

    def functions_of(self, namespace: dict[str, Any]) -> int:
        """How many functions have been found whose globals are a namespace."""
        return self._functions[id(namespace)]


def _take(cls: type, name: str) -> None:
    """Takes an attribute from a class that nobody has."""
    try:
        type.__delattr__(cls, name)
    except TypeError:  # Each class keeps some, such as `__doc__`, which may be a property.
        with suppress(TypeError):
            type.__setattr__(cls, name, None)
