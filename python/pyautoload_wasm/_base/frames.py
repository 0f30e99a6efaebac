"""Keeps the autoloader's own frames out of tracebacks: a user sees the lines that the user wrote."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


def hidden(function: F) -> F:
    """Leaves a function that importlib calls out of tracebacks, as CPython leaves out its own import machinery: by its file name."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
    return function


def hidden_call(function: F) -> F:
    """Leaves a function and the importlib frames that led to it out of tracebacks, though it calls what the user wrote.

    CPython shows importlib's frames in errors other than ImportError, unless they end in its `_call_with_frames_removed`.
    """
    function = hidden(function)
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_name="_call_with_frames_removed")
    return function


def forget_ours(error: BaseException) -> None:
    """Takes the autoloader's frames off the front of an error's traceback.

    To be called in an ``except`` block that ends in a bare ``raise``, which adds no entry for its own frame (CPython 3.11 and later).
    """
    entry = error.__traceback__
    # The first entry is the caller's, whatever its file is called.
    entry = entry and entry.tb_next
    while entry is not None and is_ours(entry.tb_frame.f_code.co_filename):
        entry = entry.tb_next
    own = error.__traceback__
    if own is not None and own.tb_frame.f_back is not None and is_importlib(own.tb_frame.f_back.f_code.co_filename):
        # `from package import name` comes by way of importlib, whose frames go only together with ours: see `hidden_call`.
        own.tb_next = entry
    else:
        error.__traceback__ = entry


def unseen(function: F) -> F:
    """Leaves a function that users call out of tracebacks, with all that it calls here."""

    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except BaseException as error:
            forget_ours(error)
            raise

    return call  # type: ignore[return-value]


def unseen_methods(cls: C) -> C:
    """Leaves what users call of a class out of tracebacks: its public methods, special methods and properties."""
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and not name.startswith("__"):
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, unseen(member))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(unseen(member.__func__)))
        elif isinstance(member, property):
            fget, fset = member.fget and unseen(member.fget), member.fset and unseen(member.fset)
            setattr(cls, name, property(fget, fset, member.fdel, member.__doc__))
    return cls


def is_ours(filename: str) -> bool:
    """Whether a file is part of this package."""
    return filename.startswith(_HERE)


def is_importlib(filename: str) -> bool:
    """Whether a code object's file is CPython's import machinery, or passes for it."""
    return filename.startswith("<frozen importlib.")


# From a code object, since that is what filenames are compared with.
_HERE = os.path.dirname(os.path.dirname(is_ours.__code__.co_filename)) + os.sep
