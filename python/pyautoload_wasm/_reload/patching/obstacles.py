"""Why an edit cannot be put into the running code, although it lies in functions: somebody may have seen the old version while modules
were imported.
"""

from __future__ import annotations

import dis
import functools
import re
from functools import cached_property
from types import (
    ClassMethodDescriptorType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_class, is_module
from pyautoload_wasm._imports.ran import SOURCE_READER
from pyautoload_wasm._reload.patching.functions import CACHE, PARTS, members_of
from pyautoload_wasm._reload.patching.handing import family_of, mro_of
from pyautoload_wasm._reload.patching.judging import has_other_signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyautoload_wasm._imports.ran import Run
    from pyautoload_wasm._reload.patching.functions import Found
    from pyautoload_wasm._reload.patching.judging import Edit, Pair

_DECORATOR = re.compile(r"\s*@\s*([\w.]+)\s*(\(.*)?$")
_READ_NOTHING = (staticmethod, classmethod, property)
_DESCRIPTORS = (MethodDescriptorType, WrapperDescriptorType, ClassMethodDescriptorType)
_SET_NAME = "__set_name__"
_MISSING: Any = object()


class Seen:
    """What imports may have seen of a module."""

    def __init__(
        self, module: ModuleType, source: bytes, code: CodeType | None, runs: Mapping[str, Run], run: Run
    ) -> None:
        self.module = module
        #: The new source, and what it was compiled to.
        self._source = source
        self._code = code
        #: All executions that are known, by module.
        self._runs = runs
        #: That of the module.
        self.run = run

    @property
    def name(self) -> str:
        """The module's name."""
        return self.module.__name__

    def obstacle(self, edit: Edit, found: Found) -> str | None:
        """Why an edit has to be executed, if it has to."""
        changed = {id(pair.old) for pair in edit.changed}
        others = [pair for pair in edit.pairs if id(pair.old) not in changed and self._is_redefined(edit, pair)]
        ids = {id(pair.old): pair for pair in (*edit.changed, *others)}
        for name, run in self._runs.items() if ids else ():
            for at in ids.keys() & run.ran.keys():
                return f"`{ids[at].old.co_qualname}` ran while {name} was imported"
        for at in found.held & changed:
            return f"what decorates `{ids[at].old.co_qualname}` has kept its code"
        for pair in [*edit.changed, *others]:
            if reason := self._of_function(edit, pair):
                return reason
        return None

    def readable(self, edit: Edit) -> list[str]:
        """The functions of which an edit changes what may be read without a call, by qualified name."""
        others = {id(old.code) for old, _ in edit.redefined}
        pairs = [pair for pair in edit.pairs if id(pair.old) in others or has_other_signature(pair.old, pair.new)]
        return [pair.new.co_qualname for pair in pairs]

    def _of_function(self, edit: Edit, pair: Pair) -> str | None:
        code = pair.new
        name = code.co_qualname
        where = f"`{name}`, line {code.co_firstlineno}"
        decorators = [one for one in self._decorators(code) if not self._reads_nothing(one, name)]
        if has_other_signature(pair.old, code) or self._is_redefined(edit, pair):
            if decorators:
                return f"@{decorators[0]} may have read the parameters or the docstring of {where}"
            if name.endswith("<lambda>"):
                return f"the parameters of a lambda changed, line {code.co_firstlineno}"
            if reason := self._of_class(name, where):
                return reason
        if decorators and id(SOURCE_READER) in self.run.ran:
            return f"@{decorators[0]} may have read the source of {where}"
        value = self.value(name)
        if _is_foreign(value):
            return f"@{decorators[0] if decorators else type(value).__name__} may have compiled {where}"
        return None

    @staticmethod
    def _is_redefined(edit: Edit, pair: Pair) -> bool:
        return any(old.code is pair.old for old, _ in edit.redefined)

    def _of_class(self, name: str, where: str) -> str | None:
        """Why what can be read of a method may have been read when its class was made."""
        owner = name.rpartition(".")[0]
        if not owner or owner.endswith("<locals>"):
            return None
        cls = self.value(owner)
        if not is_class(cls):
            return f"nothing tells who has read {where}"
        return of_class(self, cls, where)

    def is_decorated(self, cls: type) -> bool:
        """Whether a class of the module has a decorator; its new code tells the line."""
        code = _code_of_class(self._code, cls.__qualname__)
        return code is None or self._line(code.co_firstlineno).startswith("@")

    def may_have_replaced_members(self, cls: type) -> bool:
        """Whether a member that was told of a class may be there no longer: such ones put something else in their place."""
        if all(code.co_name != _SET_NAME for code in list(self.run.ran.values())):
            return False
        code = _code_of_class(self._code, cls.__qualname__)
        steps = [] if code is None else list(dis.get_instructions(code))
        # Python's own decorators are called as well, each after its name.
        calls = sum(step.opname.startswith("CALL") for step in steps) - sum(step.argval in _BUILTINS for step in steps)
        return code is None or calls > 0

    @cached_property
    def _lines(self) -> list[bytes]:
        return self._source.splitlines()

    def _line(self, number: int) -> str:
        return self._lines[number - 1].decode(errors="replace").strip() if 0 < number <= len(self._lines) else ""

    def _decorators(self, code: CodeType) -> Iterator[str]:
        """The decorators of a function, as they are written. A function's code begins at the first one."""
        number = code.co_firstlineno
        if not self._line(number).startswith("@"):
            return
        while number <= len(self._lines):
            line = self._line(number)
            if line.startswith(("def ", "async ", "class ")):
                return
            if line.startswith("@"):
                yield line[1:].strip()
            number += 1

    def _reads_nothing(self, decorator: str, name: str) -> bool:
        """Whether a decorator is Python's own or one of functools, as far as the names in it say."""
        match = _DECORATOR.match("@" + decorator)
        if match is None:
            return False
        path = match[1].split(".")
        owner = self.value(name.rpartition(".")[0])
        if len(path) == 2 and path[1] in ("setter", "getter", "deleter") and is_class(owner):
            return isinstance(vars(owner).get(path[0]), property)
        value: Any = vars(self.module).get(path[0], _MISSING)
        if value is _MISSING:
            value = _BUILTINS.get(path[0], _MISSING)
        for part in path[1:]:
            value = vars(value).get(part, _MISSING) if is_module(value) else _MISSING
        return any(value is one for one in _READ_NOTHING) or any(value is one for one in _FUNCTOOLS)

    def value(self, qualified_name: str) -> Any:
        """What stands under a qualified name, without asking anybody's code."""
        value: Any = self.module
        for part in qualified_name.split(".") if qualified_name else ():
            if not issubclass(type(value), (ModuleType, type)):
                return _MISSING
            value = members_of(value).get(part, _MISSING)
        return value


def of_class(seen: Seen, cls: type, where: str) -> str | None:
    """Why somebody may have looked at the members of a class, or at what others inherit from it, when a class was made."""
    if type(cls) is type and seen.is_decorated(cls):
        return f"the decorator of class {cls.__qualname__} may have read {where}"
    for one in family_of([cls]):
        if type(one) is not type:
            return f"the metaclass of {one.__qualname__} may have read {where}"
        if any("__init_subclass__" in vars(base) for base in one.__mro__[:-1]):
            return f"__init_subclass__ may have read {where}"
        if any(map(_is_told_of_its_class, vars(one).values())):
            return f"__set_name__ of a member of {one.__qualname__} may have read {where}"
    if seen.may_have_replaced_members(cls):
        return f"__set_name__ may have read {where}"
    return None


def _is_told_of_its_class(member: object) -> bool:
    """Whether a member of a class is of a type, not Python's own, that gets the class when that is made."""
    for base in mro_of(type(member)):
        if _SET_NAME in members_of(base):
            return members_of(base).get("__module__", "builtins") not in _PYTHONS
    return False


def _code_of_class(code: CodeType | None, qualified_name: str) -> CodeType | None:
    for constant in () if code is None else code.co_consts:
        if type(constant) is CodeType and not constant.co_flags & 0x1:
            if constant.co_qualname == qualified_name:
                return constant
            if qualified_name.startswith(constant.co_qualname + "."):
                return _code_of_class(constant, qualified_name)
    return None


def _is_foreign(value: Any) -> bool:
    """Whether a decorated function has become an object that is not Python's: a compiler's, which may have kept what it made of it."""
    kind = type(value)
    if value is _MISSING or kind in (FunctionType, CACHE) or issubclass(kind, (type, *(known for known, _ in PARTS))):
        return False
    return any(_is_made_in_c(base) for base in kind.__mro__ if base.__module__ not in _PYTHONS)


_PYTHONS = {"builtins", "functools", "types", "operator", "typing", "abc", "weakref", "_weakref", "_thread"}


def _is_made_in_c(cls: type) -> bool:
    return any(
        isinstance(member, _DESCRIPTORS) and member.__objclass__ is cls
        for member in type.__dict__["__dict__"].__get__(cls).values()
    )


_BUILTINS: dict[str, Any] = {one.__name__: one for one in _READ_NOTHING}
_FUNCTOOLS = (
    functools.cache,
    functools.lru_cache,
    functools.cached_property,
    functools.wraps,
    functools.singledispatch,
    functools.singledispatchmethod,
)
