"""Finds the function objects that have some codes: in the module by way of its classes and decorators, and in the heap only where the
reference counts say that somebody else has one.
"""

from __future__ import annotations

import functools
import gc
import sys
import types
from types import CodeType, FunctionType, GetSetDescriptorType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pyautoload_wasm._imports.ran import Run

CACHE: type = type(functools.cache(lambda: None))
#: The attributes of what Python and functools make of a function, under which they have it.
PARTS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (staticmethod, ("__func__",)),
    (classmethod, ("__func__",)),
    (property, ("fget", "fset", "fdel")),
    (functools.cached_property, ("func",)),
    (functools.partial, ("func",)),
    (functools.partialmethod, ("func",)),
    (functools.singledispatchmethod, ("dispatcher", "func")),
    (MethodType, ("__func__",)),
)
_dict_of: Callable[[type], Mapping[str, Any]] = type.__dict__["__dict__"].__get__
_KNOWN = dict(PARTS)
_HAVE_ANNOTATE = sys.version_info >= (3, 14)
#: The name of what computes annotations.
_ANNOTATE = "__annotate__"
#: How deep decorators may lie in each other.
_DEEPEST = 30


class Found:
    """Functions by the id of their code, and what was met on the way to them."""

    def __init__(self, codes: Iterable[CodeType]) -> None:
        self._codes = {id(code): code for code in codes}
        self.functions: dict[int, list[FunctionType]] = {id(code): [] for code in self._codes.values()}
        #: The caches of functools that directly wrap one of them.
        self.caches: dict[int, list[Any]] = {}
        #: What has one of them to compute its annotations (Python 3.14).
        self.annotated: dict[int, list[Any]] = {}
        #: The codes that what a decorator has made has kept, besides the function.
        self.held: set[int] = set()
        #: What Python and functools have made of a function, by the function's id: they copy its docstring.
        self.wrappers: dict[int, list[Any]] = {}
        self._seen: set[int] = set()
        self._with_annotate = _HAVE_ANNOTATE and any(code.co_name == _ANNOTATE for code in self._codes.values())

    def walk(self, module: ModuleType) -> None:
        """Looks through a module."""
        if self._with_annotate:
            self._note_annotate(module)
        for value in list(vars(module).values()):
            self._visit(value, module.__name__, 0)

    def _visit(self, value: Any, name: str, depth: int) -> None:
        kind = type(value)
        if kind in _PLAIN or depth > _DEEPEST or id(value) in self._seen:
            return
        self._seen.add(id(value))
        if kind is FunctionType:
            self._add(value, name, depth)
        elif issubclass(kind, type):
            if _dict_of(value).get("__module__") == name:
                if self._with_annotate:
                    self._note_annotate(value)
                for member in list(_dict_of(value).values()):
                    self._visit(member, name, depth)
        elif kind is CACHE:
            inner = value.__wrapped__
            self.wrappers.setdefault(id(inner), []).append(value)
            if type(inner) is FunctionType and id(inner.__code__) in self.functions:
                self.caches.setdefault(id(inner.__code__), []).append(value)
            self._visit(inner, name, depth + 1)
        else:
            parts = _parts_of(kind)
            for part in parts:
                inner = getattr(value, part, None)
                if type(inner) is FunctionType:
                    self.wrappers.setdefault(id(inner), []).append(value)
                self._visit(inner, name, depth + 1)
            if not parts:
                self._visit_attributes(value, name, depth)

    def _visit_attributes(self, value: Any, name: str, depth: int) -> None:
        """Looks at what a decorator may have made: an object that has the function as an attribute."""
        attributes = _attributes_of(value)
        if attributes:
            for one in list(attributes.values()):
                if type(one) is FunctionType:
                    self._visit(one, name, depth + 1)
                elif type(one) is CodeType and id(one) in self.functions:
                    self.held.add(id(one))
            self._visit(attributes.get("__wrapped__"), name, depth + 1)

    def _note_annotate(self, owner: Any) -> None:
        annotate = annotate_of(owner)
        if type(annotate) is FunctionType and id(annotate.__code__) in self.functions:
            self.annotated.setdefault(id(annotate.__code__), []).append(owner)
            if annotate not in self.functions[id(annotate.__code__)]:
                self.functions[id(annotate.__code__)].append(annotate)

    def _add(self, function: FunctionType, name: str, depth: int) -> None:
        found = self.functions.get(id(function.__code__))
        if found is not None:
            found.append(function)
        if self._with_annotate:
            self._note_annotate(function)
        if function.__dict__:
            self._visit(function.__dict__.get("__wrapped__"), name, depth + 1)
        for cell in function.__closure__ or ():
            try:
                self._visit(cell.cell_contents, name, depth + 1)
            except ValueError:
                continue  # an empty cell

    def look_further(self, runs: Iterable[Run]) -> None:
        """Looks through the heap for those of which more is held than was found. Each is held by one pair, too."""
        noted: dict[int, int] = {}
        for run in runs:
            if not run.ran:
                continue
            for at in run.ran.keys() & self.functions.keys():
                noted[at] = noted.get(at, 0) + 1
        wanted = [
            at
            for at, count in _count(self._codes).items()
            if count > _OWN + 1 + len(self.functions[at]) + noted.get(at, 0)
        ]
        if wanted:
            self._search(wanted)

    def _search(self, wanted: list[int]) -> None:
        known = {id(function) for functions in self.functions.values() for function in functions}
        for holder in gc.get_referrers(*[self._codes[at] for at in wanted]):
            if type(holder) is FunctionType and id(holder) not in known and id(holder.__code__) in self.functions:
                self.functions[id(holder.__code__)].append(holder)


def _attributes_of(value: Any) -> dict[str, Any] | None:
    """An object's own attributes, without asking its code: a proxy may have a property for them."""
    for cls in type(value).__mro__:
        member = _dict_of(cls).get("__dict__")
        if member is not None:
            return member.__get__(value) if type(member) is GetSetDescriptorType else None
    return None


def members_of(owner: Any) -> Mapping[str, Any]:
    """What a module or a class has itself, without asking its metaclass."""
    return _dict_of(owner) if is_class(owner) else vars(owner)


def annotate_of(owner: Any) -> Any:
    """What computes the annotations of a function, a class or a module."""
    if type(owner) is FunctionType:
        return vars(FunctionType)["__annotate__"].__get__(owner)
    members = members_of(owner)
    return members.get("__annotate__") or members.get("__annotate_func__")


def _parts_of(kind: type) -> tuple[str, ...]:
    """The attributes under which what Python and functools make of a function has it."""
    parts = _KNOWN.get(kind)
    if parts is None:
        return next((parts for known, parts in PARTS if issubclass(kind, known)), ())
    return parts


def _count(codes: dict[int, CodeType]) -> dict[int, int]:
    """The reference counts of some codes."""
    return {at: sys.getrefcount(code) for at, code in codes.items()}


#: What is not looked into. A lazy import (Python 3.15) would be made by that.
_PLAIN = {
    getattr(types, "LazyImportType", str),
    str,
    int,
    float,
    bool,
    bytes,
    list,
    dict,
    set,
    tuple,
    frozenset,
    type(None),
    ModuleType,
    CodeType,
}


def _count_own() -> int:
    """How many references there are to a code that only the code around it has."""
    around = compile("def f(): pass", "", "exec")
    counts = _count({id(code): code for code in around.co_consts if type(code) is CodeType})
    return max(counts.values())


_OWN = _count_own()
