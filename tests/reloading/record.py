"""What a module is, as plain data: the same from a fresh import and from a reloaded one, wherever the files lie."""

from __future__ import annotations

import re
import sys
from types import FunctionType, ModuleType
from typing import Any

#: Names that a package gets from its modules, when somebody asks for them.
_CHILD = re.compile(r"[mpMP]\d+$")

Record = dict[str, Any]
#: Modules by name.
Taken = dict[str, list[ModuleType]]
NOTHING: Taken = {}


def is_child(name: str) -> bool:
    return _CHILD.match(name) is not None


def record(name: str, base: str, taken: Taken = NOTHING) -> Record:
    """A loaded module: where it comes from, and all that it has bound itself. It may have that from modules that were ``taken`` out of
    ``sys.modules`` since.
    """
    module = sys.modules[name]
    file = getattr(module, "__file__", None)
    values = {}
    for key, value in vars(module).items():
        is_foreign = getattr(value, "__module__", None) != name
        if key.startswith("__") or (is_child(key) and (isinstance(value, ModuleType) or is_foreign)):
            continue
        values[key] = _plain(value, taken)
    return {
        "name": module.__name__,
        "file": file and file.removeprefix(base),
        "path": [path.removeprefix(base) for path in getattr(module, "__path__", ())],
        "package": module.__package__,
        "values": values,
    }


def _plain(value: Any, taken: Taken) -> Any:
    if isinstance(value, ModuleType):
        return [
            "module",
            value.__name__,
            sys.modules.get(value.__name__) is value or value in taken.get(value.__name__, ()),
        ]
    if isinstance(value, type):
        bases = [[one.__module__, one.__qualname__, _is_current(one, taken)] for one in value.__bases__]
        return ["class", value.__module__, value.__qualname__, _is_current(value, taken), bases]
    if isinstance(value, FunctionType):
        return ["function", value.__module__, value.__qualname__, _is_current(value, taken)]
    return value


def _is_current(value: type | FunctionType, taken: Taken = NOTHING) -> bool:
    """Whether something is what its module has under its name."""
    modules = [sys.modules.get(value.__module__), *taken.get(value.__module__, ())]
    return any(getattr(module, value.__qualname__, None) is value for module in modules)


def identities(name: str) -> dict[str, int]:
    """The objects that a module has bound itself, to tell whether it is as before."""
    items = vars(sys.modules[name]).items()
    return {key: id(value) for key, value in items if not key.startswith("__") and not is_child(key)}


def is_at_parent(name: str) -> bool:
    """Whether a loaded module is what its package has under its name, if that is loaded."""
    parent, _, stem = name.rpartition(".")
    return parent not in sys.modules or vars(sys.modules[parent]).get(stem) is sys.modules[name]


def children_are_current(name: str, *, runs_old_code: bool) -> list[str]:
    """What a package has as attributes that is not what its modules are, or have, now. Old code may have taken a class from a module
    that was there before.
    """
    package = sys.modules[name]
    wrong = []
    for key, value in vars(package).items():
        if not is_child(key) or f"{name}.{key.lower()}" not in sys.modules:
            continue
        if isinstance(value, ModuleType) and sys.modules.get(value.__name__) is not value:
            wrong.append(f"{name}.{key} is a module that is no longer in sys.modules")
        is_childs = getattr(value, "__module__", None) == f"{name}.{key.lower()}"
        if isinstance(value, type) and is_childs and not runs_old_code and not _is_current(value):
            wrong.append(f"{name}.{key} is no longer what {value.__module__} has")
    return wrong
