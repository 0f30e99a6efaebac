"""What the functions and classes of a module are made of, as plain data: the same from a patch and from a fresh import."""

from __future__ import annotations

import functools
import hashlib
import sys
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What holds a function under these attributes.
_PARTS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (staticmethod, ("__func__",)),
    (classmethod, ("__func__",)),
    (property, ("fget", "fset", "fdel")),
    (functools.cached_property, ("func",)),
    (functools._lru_cache_wrapper, ("__wrapped__",)),
)
_DEEPEST = 4
_known: dict[int, tuple[ref[CodeType], str]] = {}


def made_of(name: str, values: list[tuple[str, Any]]) -> dict[str, str]:
    """The functions and classes that a module has defined, by where they are found in it: their code, and what else they have."""
    return dict(_walk(values, "", getattr(sys.modules[name], "__file__", None), name, 0))


def _walk(
    values: list[tuple[str, Any]], above: str, file: str | None, name: str, depth: int
) -> Iterator[tuple[str, str]]:
    for key, value in values if depth < _DEEPEST else ():
        path = f"{above}.{key}" if above else key
        if isinstance(value, FunctionType):
            if value.__code__.co_filename == file:
                yield path, _function(value)
            yield from _walk([("__wrapped__", vars(value).get("__wrapped__"))], path, file, name, depth + 1)
        elif isinstance(value, type):
            if value.__module__ == name:
                yield path, _class(value)
                yield from _walk(list(vars(value).items()), path, file, name, depth + 1)
        elif isinstance(value, (dict, list, tuple)):
            items = list(value.values()) if isinstance(value, dict) else value
            held = sorted(
                {f"{way} {what}" for way, what in _walk([("", one) for one in items], "", file, name, depth + 1)}
            )
            if held:
                yield path, ", ".join(held)  # in whatever order they came in
        else:
            parts = next((parts for kind, parts in _PARTS if isinstance(value, kind)), ())
            yield from _walk([(part, getattr(value, part, None)) for part in parts], path, file, name, depth + 1)


def _function(function: FunctionType) -> str:
    annotations = function.__annotations__ if sys.version_info < (3, 14) else None
    more = function.__defaults__, function.__kwdefaults__, function.__doc__, function.__qualname__
    return f"{digest(function.__code__)} {_plain(more)} {annotations!r}"


def _class(cls: type) -> str:
    own = vars(cls)
    sets = sorted(own.get("__static_attributes__", ()))
    return f"line {own.get('__firstlineno__')}, sets {sets}: {own.get('__doc__')!r}"


def digest(code: CodeType) -> str:
    """What tells a code from any other, but for the file: positions are part of it."""
    found = _known.get(id(code))
    if found is None or found[0]() is not code:
        text = _plain(code)
        found = _known[id(code)] = ref(code), f"line {code.co_firstlineno} {hashlib.md5(text.encode()).hexdigest()}"
    return found[1]


def _plain(value: Any) -> str:
    """A constant as text. Equal ones that can be told apart are not the same."""
    if isinstance(value, CodeType):
        names = (one for one in dir(value) if one.startswith("co_") and one not in _LEFT_OUT)
        parts = [f"{name}={_plain(getattr(value, name))}" for name in names]
        return f"({' '.join(parts)} {list(value.co_positions())!r})"
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))})"
    if isinstance(value, frozenset):
        return f"{{{', '.join(sorted(map(_plain, value)))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_plain(one)}' for key, one in value.items())}}}"
    return f"{type(value).__name__} {value!r}"


#: The file may lie elsewhere; positions are looked at as such; the rest are functions, or what a run changes.
_LEFT_OUT = {"co_filename", "co_lines", "co_positions", "co_branches", "co_linetable", "co_lnotab", "_co_code_adaptive"}
