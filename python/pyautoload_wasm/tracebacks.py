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


def forget_ours(error: BaseException) -> None:
    """Takes the autoloader's frames off the front of an error's traceback.

    To be called in an ``except`` block that ends in a bare ``raise``, which adds no entry for its own frame (CPython 3.11 and later).
    """
    entry = error.__traceback__
    while entry is not None and is_ours(entry.tb_frame.f_code.co_filename):
        entry = entry.tb_next
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
        elif isinstance(member, property) and member.fget is not None:
            setattr(cls, name, member.getter(unseen(member.fget)))
    return cls


def is_ours(filename: str) -> bool:
    """Whether a file is part of this package."""
    return filename.startswith(_HERE)


def is_importlib(filename: str) -> bool:
    """Whether a code object's file is CPython's import machinery, or passes for it."""
    return filename.startswith("<frozen importlib.")


# From a code object, since that is what filenames are compared with.
_HERE = os.path.dirname(is_ours.__code__.co_filename) + os.sep
