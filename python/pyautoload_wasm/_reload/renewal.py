"""Old functions that run the new code. Whoever holds one goes on to hold it, also where C code does."""

from __future__ import annotations

import inspect
import sys
from contextlib import suppress
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._reload.pairs import CACHE, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyautoload_wasm._reload.undoable import Changes

_KINDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
#: What a function has besides its code, its attributes and its annotations.
_ATTRIBUTES = ("__defaults__", "__kwdefaults__", "__doc__")
_HAS_LAZY_ANNOTATIONS = sys.version_info >= (3, 14)
_HAS_TYPE_PARAMETERS = sys.version_info >= (3, 12)


def renew(old: Any, new: Any, changes: Changes) -> str | None:
    """Lets an old function do what a new one does. Returns why it cannot, or None."""
    kind: Any = type(old)
    if kind is not type(new):
        return "it is decorated otherwise now"
    if kind is CACHE:
        # What it calls is renewed by itself; what it has kept are the results of old code. That is not undone, nor need it be.
        old.cache_clear()
        return None
    if old.__globals__ is not new.__globals__:
        return "its module is another object now"
    why = renew_code(old, new.__code__, changes)
    if why is not None:
        return why
    for name in _ATTRIBUTES:
        if getattr(old, name) is not getattr(new, name):
            changes.set_attribute(old, name, getattr(new, name))
    if _HAS_TYPE_PARAMETERS and old.__type_params__ is not new.__type_params__:
        changes.set_attribute(old, "__type_params__", new.__type_params__)
    _renew_annotations(old, new, changes)
    if old.__dict__ or new.__dict__:
        changes.set_items(old.__dict__, new.__dict__.items())
    for was, now in cells_of(old, new):
        _renew_cell(was, now, changes)
    return None


def renew_code(old: FunctionType, code: CodeType, changes: Changes) -> str | None:
    """Gives an old function other code. Returns why it cannot have that, or None."""
    was = old.__code__
    if was is code:
        return None
    if was.co_freevars != code.co_freevars:
        return "its free variables are others now"
    if (was.co_flags ^ code.co_flags) & _KINDS:
        return "it is a generator or a coroutine now, or was one"
    changes.set_attribute(old, "__code__", code)
    return None


def _renew_annotations(old: Any, new: Any, changes: Changes) -> None:
    if _HAS_LAZY_ANNOTATIONS and (old.__annotate__ is not None or new.__annotate__ is not None):
        changes.set_attribute(old, "__annotate__", new.__annotate__)
    elif old.__annotations__ or new.__annotations__:
        changes.set_attribute(old, "__annotations__", new.__annotations__)


def _renew_cell(was: Any, now: Any, changes: Changes) -> None:
    with suppress(ValueError):  # one has no value yet
        if was.cell_contents is not now.cell_contents:
            changes.set_attribute(was, "cell_contents", now.cell_contents)


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """A code object, and those of the functions and classes in it."""
    pending = [code]
    while pending:
        yield (current := pending.pop())
        pending += (constant for constant in current.co_consts if type(constant) is CodeType)
