"""What an object is, by its type's own word. `isinstance` also asks the object for its class: a proxy answers that with code of the
program, which may raise.
"""

from __future__ import annotations

from types import ModuleType
from typing import TypeGuard


def is_module(value: object) -> TypeGuard[ModuleType]:
    """Whether an object is a module."""
    return issubclass(type(value), ModuleType)


def is_class(value: object) -> TypeGuard[type]:
    """Whether an object is a class."""
    return issubclass(type(value), type)
