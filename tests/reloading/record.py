"""What a module is to a program that looks at it, as plain data: the same from a fresh import and from a reloaded one, wherever the
files lie and in whatever order the modules came in.

What a module holds for others, such as a registry, is recorded by who put it there: where that one is not loaded, or could not be
reloaded, only its part is another.
"""

from __future__ import annotations

import dataclasses
import dis
import enum
import functools
import sys
from collections.abc import Iterable
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakSet

from .code import made_of
from .layout import TOP

Record = dict[str, Any]

#: A function of a module whose name begins so takes nothing, imports nothing, and tells what the module sees.
PEEK = "peek"
_SIMPLE = (bool, int, float, str, bytes, type(None))
_CONTAINERS = (list, set, dict)


class _Either:
    """Whether something is current that depends on who asks: it equals both answers."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bool | _Either)

    def __repr__(self) -> str:
        return "True or False"


#: What modules have defined that the test has taken out of ``sys.modules`` itself, and those modules.
Taken = WeakSet[Any]
_NOTHING: Taken = WeakSet()
#: Those of the record that is being made.
_taken = _NOTHING


def record(name: str, base: str, taken: Taken = _NOTHING) -> Record:
    """A loaded module: where it comes from, and all that it has bound itself, of modules as well that were ``taken`` out."""
    global _taken
    _taken = taken
    try:
        return _record(name, base)
    finally:
        _taken = _NOTHING


def defined_by(module: ModuleType) -> Iterable[Any]:
    """A module, and the classes and functions that it has defined."""
    own_ones = (value for value in vars(module).values() if isinstance(value, type | FunctionType))
    return [module, *(value for value in own_ones if value.__module__ == module.__name__)]


def _record(name: str, base: str) -> Record:
    module = sys.modules[name]
    file = getattr(module, "__file__", None)
    values = list(own(name))
    return {
        "name": module.__name__,
        "file": file and file.removeprefix(base),
        "path": [path.removeprefix(base) for path in getattr(module, "__path__", ())],
        "package": module.__package__,
        "values": {key: _plain(value, name) for key, value in values},
        "code": made_of(name, values),
    }


def own(name: str) -> Iterable[tuple[str, Any]]:
    """What a module has bound itself: not the names that a package gets from its modules, when somebody asks for them."""
    module = sys.modules[name]
    stored = _stored(module)
    given = set(children(name)) if hasattr(module, "__path__") else set()
    for key, value in list(vars(module).items()):
        if key in stored or not (key.startswith("__") or key in given or _is_child(name, key, value)):
            yield key, value


def _is_child(name: str, key: str, value: Any) -> bool:
    """Whether a name that no statement binds is there because of a module below some package, which may be gone: it is this package,
    or one without ``__all__`` of which this module has imported all that was there.
    """
    if isinstance(value, ModuleType):
        return value.__name__.rpartition(".")[2] == key
    owner = getattr(value, "__module__", None)
    return isinstance(owner, str) and owner != name and key == attribute_of(owner.rpartition(".")[2])


def children(name: str) -> dict[str, str]:
    """The names that a package can have because of the modules right below it, with those: itself, and the attribute of its file."""
    below = [one for one in list(sys.modules) if one.startswith(f"{name}.") and one.rpartition(".")[0] == name]
    stems = {one: one.rpartition(".")[2] for one in below}
    return {**{attribute_of(stem): one for one, stem in stems.items()}, **{stem: one for one, stem in stems.items()}}


def attribute_of(stem: str) -> str:
    """The name that a file of a program is expected to define."""
    return "".join(part[:1].upper() + part[1:] for part in stem.split("_"))


def _stored(module: ModuleType) -> frozenset[str]:
    file = getattr(module, "__file__", None)
    if file is None:
        return frozenset()
    try:
        with open(file, "rb") as stream:
            return stored_names(stream.read())
    except OSError:
        return frozenset()


@functools.lru_cache(maxsize=10_000)
def stored_names(source: bytes) -> frozenset[str]:
    """The names that the statements of a source bind in the module."""
    try:
        return frozenset(_stores(compile(source, "<stored>", "exec", dont_inherit=True), is_module=True))
    except (SyntaxError, ValueError):
        return frozenset()


def _stores(code: CodeType, *, is_module: bool) -> Iterable[str]:
    for step in dis.get_instructions(code):
        if step.opname == "STORE_GLOBAL" or (is_module and step.opname == "STORE_NAME"):
            yield step.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _stores(inner, is_module=False)


def _plain(value: Any, holder: str, depth: int = 0) -> Any:
    """A value as plain data. ``holder`` is the module that has it."""
    if isinstance(value, enum.Enum):
        return ["member", *_plain_type(type(value)), value.name, _plain(value.value, holder, depth + 1)]
    if isinstance(value, _SIMPLE):
        return repr(value) if isinstance(value, bytes | float) else value
    if isinstance(value, ModuleType):
        return ["module", value.__name__, _is_current(value, sys.modules.get(value.__name__) is value)]
    if isinstance(value, type):
        return _plain_class(value, holder, depth)
    if isinstance(value, FunctionType):
        return _plain_function(value, holder, depth)
    if isinstance(value, tuple):
        return ["tuple", [_plain(item, holder, depth + 1) for item in value]]
    if isinstance(value, _CONTAINERS):
        return _plain_container(value, holder, depth)
    return _plain_instance(value, holder, depth)


def _plain_type(value: type) -> list[Any]:
    return [value.__module__, value.__qualname__, _is_current(value, is_current(value))]


def _plain_class(value: type, holder: str, depth: int) -> Any:
    plain = ["class", *_plain_type(value), [_plain_type(base) for base in value.__bases__]]
    if depth == 0 and value.__module__ == holder:
        plain.append({key: _plain(one, holder, 1) for key, one in vars(value).items() if not key.startswith("_")})
        if dataclasses.is_dataclass(value):
            plain.append([[field.name, _plain(field.default, holder, 1)] for field in dataclasses.fields(value)])
    return plain


def _plain_function(value: FunctionType, holder: str, depth: int) -> Any:
    plain = ["function", value.__module__, value.__qualname__, _is_current(value, is_current(value))]
    if depth == 0 and value.__name__.startswith(PEEK) and value.__module__ == holder:
        try:
            seen = value()
        except NameError as error:  # old code that calls a function which is gone, in a namespace that is new
            seen = str(error)
        plain.append(_plain(seen, holder, 1))
    return plain


def _plain_container(value: list[Any] | set[Any] | dict[Any, Any], holder: str, depth: int) -> Any:
    """A container, by the modules whose objects it holds: the order in which those came in is no matter."""
    items = list(value.items()) if isinstance(value, dict) else list(value)
    by_owner: dict[str, list[Any]] = {}
    for item in items:
        held = item[1] if isinstance(value, dict) else item
        by_owner.setdefault(_owner(held, holder), []).append(_plain(item, holder, depth + 1))
    return ["holds", type(value).__name__, {owner: sorted(held, key=repr) for owner, held in by_owner.items()}]


def _owner(value: Any, holder: str) -> str:
    """The module of the program that an object in a container came from."""
    owner = getattr(value, "__module__", None) or holder
    return owner if owner.partition(".")[0] == TOP else holder


def _plain_instance(value: Any, holder: str, depth: int) -> Any:
    kind = type(value)
    if kind.__module__.partition(".")[0] != TOP:
        return ["object", kind.__module__, kind.__qualname__]
    held = {key: _plain(one, holder, depth + 1) for key, one in vars(value).items()} if depth < 3 else {}
    return ["instance", *_plain_type(kind), held]


def _is_current(value: Any, is_in_its_place: bool) -> Any:
    return _Either() if not is_in_its_place and value in _taken else is_in_its_place


def is_current(value: type | FunctionType) -> bool:
    """Whether something is what its module has under its name."""
    found: Any = sys.modules.get(value.__module__)
    for part in value.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is value


def identities(name: str) -> dict[str, int]:
    """The objects that a module has bound itself, to tell whether it is as before."""
    return {key: id(value) for key, value in own(name)}


def is_at_parent(name: str) -> bool:
    """Whether a loaded module is what its package has under its name, if that is loaded."""
    parent, _, stem = name.rpartition(".")
    return parent not in sys.modules or vars(sys.modules[parent]).get(stem) is sys.modules[name]


def objects(name: str, taken: Taken = _NOTHING) -> dict[str, int]:
    """Of what a module has bound itself, that whose identity a program can rely on."""
    return {key: id(value) for key, value in own(name) if _has_identity(value) and not _is_in(taken, value)}


def _is_in(taken: Taken, value: Any) -> bool:
    return isinstance(value, type | FunctionType | ModuleType) and value in taken


def _has_identity(value: Any) -> bool:
    is_mutable = isinstance(value, (type, FunctionType, ModuleType, *_CONTAINERS))
    return is_mutable or type(value).__module__.partition(".")[0] == TOP
