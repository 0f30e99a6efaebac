"""Leaves the autoloader's own functions out of tracebacks, so that a user sees only the lines that the user wrote."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

from pyautoload_wasm._base.frames import drop_own_frames

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


def hidden(function: F) -> F:
    """Leaves a function that importlib calls out of tracebacks, as CPython leaves out its own import machinery: by its file name."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
    return function


def hidden_call(function: F) -> F:
    """Leaves a function, and the importlib frames that led to it, out of tracebacks, although it calls what the user wrote.

    CPython shows importlib's frames in errors other than ImportError, unless they end in its `_call_with_frames_removed`.
    """
    function = hidden(function)
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_name="_call_with_frames_removed")
    return function


def _hidden_method(function: F) -> F:
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except BaseException as error:
            drop_own_frames(error)
            raise

    return call  # type: ignore[return-value]


def hidden_methods(cls: C) -> C:
    """Leaves what users call of a class out of tracebacks: its public methods, special methods and properties."""
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and not name.startswith("__"):
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _hidden_method(member))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(_hidden_method(member.__func__)))
        elif isinstance(member, property):
            fget, fset = member.fget and _hidden_method(member.fget), member.fset and _hidden_method(member.fset)
            setattr(cls, name, property(fget, fset, member.fdel, member.__doc__))
    return cls
