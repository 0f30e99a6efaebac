"""What a failed attempt has left with others: its functions and classes, in a registry for example, which would run beside the old
ones or in their place.

Types are asked of `type`, since an object's `__class__` may be users' code.
"""

from __future__ import annotations

import gc
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import CellType, FrameType, FunctionType, ModuleType
from typing import Any, TypeAlias

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._reload.tracking import names_of

_MISSING: Any = object()

#: Each new object by its id, with the old one of its name.
_Pairs: TypeAlias = dict[int, tuple[Any, Any]]


def take_back(new: Iterable[tuple[str, ModuleType]], old: Mapping[str, ModuleType]) -> None:
    """Puts the old functions and classes into the places that modules which go have given to their own: values of dicts, items of
    lists, deques and sets, attributes and closures. Where there is no old one, or the list has it already, the new one is removed.

    Tuples, keys and what C code holds stay as they are. Takes as long as a collection of garbage, since who holds an object is nowhere
    written down. Can be done twice.
    """
    modules = list(new)
    pairs = _pairs(modules, old)
    if not pairs:
        return
    own = {id(names_of(module)) for _, module in modules}
    holders = [holder for holder in gc.get_referrers(*(value for value, _ in pairs.values())) if id(holder) not in own]
    dicts = [holder for holder in holders if type(holder) is dict]
    classes = [holder for holder in gc.get_referrers(*dicts) if is_class(holder)] if dicts else []
    # A class has to know of each change, so its dict is left alone.
    own |= {id(held) for cls in classes for held in gc.get_referents(cls) if type(held) is dict}
    for cls in classes:
        if id(cls) not in pairs:
            _in_class(cls, pairs)
    for holder in holders:
        if id(holder) not in own and id(holder) not in pairs:
            _in_holder(holder, pairs)


def _pairs(new: Iterable[tuple[str, ModuleType]], old: Mapping[str, ModuleType]) -> _Pairs:
    kept = {id(value) for module in old.values() for value in names_of(module).copy().values()}
    pairs: _Pairs = {}
    for name, module in new:
        before = names_of(old[name]) if name in old else {}
        for attr, value in names_of(module).copy().items():
            if _is_code(value) and value.__module__ == name and id(value) not in kept:
                was = before.get(attr, _MISSING)
                if _is_code(was) or id(value) not in pairs:
                    pairs[id(value)] = value, was if _is_code(was) else _MISSING
    return pairs


def _is_code(value: object) -> bool:
    return type(value) is FunctionType or is_class(value)


def _in_class(cls: type, pairs: _Pairs) -> None:
    for attr, value in list(vars(cls).items()):
        if id(value) in pairs:
            was = pairs[id(value)][1]
            with suppress(Exception):  # A metaclass may refuse.
                delattr(cls, attr) if was is _MISSING else setattr(cls, attr, was)


def _in_holder(holder: Any, pairs: _Pairs) -> None:
    kind = type(holder)
    if issubclass(kind, dict):
        _in_dict(holder, pairs)
    elif issubclass(kind, list):
        list.__setitem__(holder, slice(None), _replaced(list.__iter__(holder), pairs))
    elif issubclass(kind, deque):
        items = _replaced(deque.__iter__(holder), pairs)
        deque.clear(holder)
        deque.extend(holder, items)
    elif issubclass(kind, set):
        for value in [value for value in set.__iter__(holder) if id(value) in pairs]:
            set.discard(holder, value)
            if (was := pairs[id(value)][1]) is not _MISSING:
                set.add(holder, was)
    elif kind is CellType:
        if (was := pairs[id(holder.cell_contents)][1]) is not _MISSING:
            holder.cell_contents = was
    elif kind is not FrameType and kind is not FunctionType and not issubclass(kind, type):
        # The attributes of an object that has no dict yet.
        with suppress(AttributeError):
            _in_dict(object.__getattribute__(holder, "__dict__"), pairs)


def _in_dict(holder: dict[Any, Any], pairs: _Pairs) -> None:
    remove = OrderedDict.__delitem__ if issubclass(type(holder), OrderedDict) else dict.__delitem__
    for key, value in list(dict.items(holder)):
        if id(value) in pairs:
            was = pairs[id(value)][1]
            if was is _MISSING:
                remove(holder, key)
            else:
                dict.__setitem__(holder, key, was)


def _replaced(values: Iterable[Any], pairs: _Pairs) -> list[Any]:
    values = list(values)
    there = {id(value) for value in values}
    found = []
    for value in values:
        if id(value) in pairs:
            value = pairs[id(value)][1]
            if value is _MISSING or id(value) in there:
                continue
        found.append(value)
    return found
