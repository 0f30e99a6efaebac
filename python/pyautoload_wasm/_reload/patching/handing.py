"""Whether a class was handed to somebody while modules were imported: it, one that derives from it, or an instance. Who gets that can
read which methods there are, and their signatures and docstrings, without a mention of their names.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class, is_module
from pyautoload_wasm._reload.patching.functions import members_of
from pyautoload_wasm._reload.patching.uses import ATTRIBUTE, BY_TEXT, LOCAL, TEXT, texts, uses_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType, ModuleType

    from pyautoload_wasm._imports.ran import Run

#: The bases of a class, without asking its metaclass.
mro_of: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__


def family_of(classes: Iterable[type]) -> list[type]:
    """Some classes, and all that derive from one of them."""
    found: dict[int, type] = {}
    pending = list(classes)
    while pending:
        cls = pending.pop()
        if id(cls) not in found:
            found[id(cls)] = cls
            pending += type.__subclasses__(cls)
    return list(found.values())


def handed_in(family: list[type], runs: Mapping[str, Run], codes: Iterable[tuple[str, CodeType]]) -> str | None:
    """The module during whose import a class of a family was handed to somebody, if one was: by the codes that ran, each with the
    module whose import ran it.
    """
    called = {cls.__name__ for cls in family}
    ids = {id(cls) for cls in family}
    bound = {name: _bound_in(name, called, ids) for name in runs}
    attributes = called.union(*(names for names, _ in bound.values()))
    anywhere = {*called, *(TEXT + name for name in called), *(ATTRIBUTE + name for name in attributes)}
    # The modules and qualified names of all whose methods have a class of the family or its instance as first argument.
    owners = {(cls.__module__, cls.__qualname__) for each in family for cls in mro_of(each)[:-1]}
    by_file = {run.code.co_filename: name for name, run in runs.items() if run.code is not None}
    for module, code in codes:
        place = by_file.get(code.co_filename, "")
        is_method = (place, code.co_qualname.rpartition(".")[0]) in owners
        is_sought = not (BY_TEXT.isdisjoint(code.co_names) or called.isdisjoint(texts(code.co_consts)))
        if is_method or is_sought or not attributes.isdisjoint(code.co_names):
            uses = uses_of(code)
            names, others = bound.get(place, (set(), set()))
            first = {LOCAL + name for name in (*code.co_varnames[:1], "__class__")} if is_method else set()
            if uses.hand_on((uses.names & anywhere) - others | (uses.names & (names | first))):
                return module
    return None


def _bound_in(module: str, called: set[str], ids: set[int]) -> tuple[set[str], set[str]]:
    """The names that a module has for one of some classes or an instance, and those that only sound like one."""
    namespace = sys.modules.get(module)
    members = vars(namespace).copy() if is_module(namespace) else {}
    names = {name for name, value in members.items() if id(value) in ids or id(type(value)) in ids}
    return names, (members.keys() & called) - names


def classes_on(module: ModuleType, qualified_name: str) -> Iterator[type]:
    """The classes in which a function lies, the outermost first, without asking anybody's code."""
    value: Any = module
    for part in qualified_name.split(".")[:-1]:
        value = members_of(value).get(part)
        if not is_class(value):
            return
        yield value
