"""What a module is in memory: which objects it has, and where they point. A patch leaves all of it as it is."""

from __future__ import annotations

import sys
from types import FunctionType, MethodType
from typing import Any

from ..layout import TOP

#: What a patch may set.
_SET = {"__firstlineno__", "__static_attributes__"}
_DEEPEST = 5

State = dict[str, tuple[int, str]]


def state_of(name: str) -> State:
    """The objects of a module by the ways that lead to them."""
    found: State = {}
    for key, value in vars(sys.modules[name]).items():
        if not key.startswith("__"):
            _add(found, key, value, name, 0)
    return found


def _add(found: State, path: str, value: Any, name: str, depth: int) -> None:
    kind = type(value)
    found[path] = id(value), " ".join([kind.__name__, *map(str, _shown(value))])
    if depth == _DEEPEST:
        return
    for key, one in _parts(value, name):
        _add(found, f"{path}.{key}", one, name, depth + 1)


def _shown(value: Any) -> list[object]:
    """What of an object is compared besides its identity: its value, or the identities of what it is tied to."""
    if isinstance(value, FunctionType):
        return [id(value.__globals__)]
    if isinstance(value, type):
        return [id(base) for base in value.__mro__]
    return [repr(value)] if type(value) in (int, float, str, bytes, bool) else [id(type(value))]


def _parts(value: Any, name: str) -> list[tuple[str, Any]]:
    """What an object points to, that is its own."""
    if isinstance(value, dict):
        return [(repr(key), one) for key, one in value.items()]
    if isinstance(value, (list, tuple)):
        return [(str(at), one) for at, one in enumerate(value)]
    if isinstance(value, type):
        if value.__module__ != name:
            return []
        return [(key, one) for key, one in vars(value).items() if key not in _SET and not key.startswith("__annot")]
    if isinstance(value, MethodType):
        return [("__self__", value.__self__), ("__func__", value.__func__)]
    if isinstance(value, FunctionType):
        cells = [(f"cell {at}", cell) for at, cell in enumerate(value.__closure__ or ())]
        held = [(f"cell {at} holds", cell.cell_contents) for at, cell in enumerate(value.__closure__ or ())]
        return [*cells, *held, *vars(value).items()]
    if type(value).__module__.partition(".")[0] == TOP:
        return list(vars(value).items())
    return []
