"""Whether a class was handed to somebody while modules were imported: it, one that derives from it, or an instance. Who gets that can
read which methods there are, and their signatures and docstrings, without a mention of their names.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class, is_module
from pyautoload_wasm._reload.patching.functions import members_of
from pyautoload_wasm._reload.patching.uses import hands_on, looks_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import CodeType

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


class Handing:
    """What the code that has run may have done with the classes of a family."""

    def __init__(self, family: list[type]) -> None:
        self._ids = {id(cls) for cls in family}
        self._names = {cls.__name__ for cls in family}
        #: The modules and the qualified names of all whose methods have one of these classes or its instances as first argument.
        self._owners = {(cls.__module__, cls.__qualname__) for each in family for cls in mro_of(each)[:-1]}

    def handed_in(self, runs: Mapping[str, Run], codes_of: Callable[[Run], Iterator[CodeType]]) -> str | None:
        """The module during whose import one of the classes was handed to somebody, if one was."""
        by_file = {run.code.co_filename: name for name, run in runs.items() if run.code is not None}
        bound = {name: self._bound_in(name) for name in runs}
        attributes = self._names.union(*(names for names, _ in bound.values()))
        for module, run in runs.items():
            for code in codes_of(run):
                place = by_file.get(code.co_filename, "")
                names, others = bound.get(place, (set(), set()))
                owner = code.co_qualname.rpartition(".")[0]
                is_method = (place, owner) in self._owners
                known = (self._names - others) | names
                if hands_on(code, known, attributes, is_method=is_method) or looks_up(code, self._names):
                    return module
        return None

    def _bound_in(self, module: str) -> tuple[set[str], set[str]]:
        """The names that a module has for one of the classes or an instance, and those of them that it has for something else."""
        names: set[str] = set()
        others: set[str] = set()
        namespace = sys.modules.get(module)
        for name, value in list(vars(namespace).items()) if is_module(namespace) else ():
            if id(value) in self._ids or id(type(value)) in self._ids:
                names.add(name)
            elif name in self._names:
                others.add(name)
        return names, others

    def __repr__(self) -> str:
        return f"<Handing of {len(self._ids)} classes>"


def classes_on(module: ModuleType, qualified_name: str) -> Iterator[type]:
    """The classes in which a function lies, the outermost first, without asking anybody's code."""
    value: Any = module
    for part in qualified_name.split(".")[:-1]:
        value = members_of(value).get(part)
        if not is_class(value):
            return
        yield value
