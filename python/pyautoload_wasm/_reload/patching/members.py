"""Why a function cannot simply come or go: somebody may have asked for its name while modules were imported."""

from __future__ import annotations

import dis
from types import CodeType
from typing import TYPE_CHECKING

from pyautoload_wasm._reload.patching.obstacles import of_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Set

    from pyautoload_wasm._imports.ran import Run
    from pyautoload_wasm._reload.patching.judging import Edit, Member
    from pyautoload_wasm._reload.patching.obstacles import Seen

_IS_FUNCTION = 0x1  # inspect.CO_OPTIMIZED
#: Who names one of these may have seen all names.
_READERS_OF_ALL = {"dir", "vars", "getmembers", "getmembers_static", "__dict__"}
#: The same of the module that the code is in.
_READERS_OF_OWN = {"globals", "locals"}
_BINDING = {"STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"}
_STAR = ("*",)


def obstacle_to_members(seen: Seen, edit: Edit, runs: Mapping[str, Run]) -> str | None:
    """Why the functions that have come or gone call for an execution, if they do."""
    members = [*edit.added, *edit.removed]
    for member in members:
        if reason := _of_member(seen, member):
            return reason
    names = {member.definition.name: member for member in members}
    own = None if seen.run.code is None else seen.run.code.co_filename
    for module, run in runs.items():
        for code in _codes_that_ran(run):
            for name in _mentioned(code, names.keys()):
                return f"`{names[name].qualified_name}` is mentioned in what ran while {module} was imported"
            if _may_read_all(code, seen.name, is_own=code.co_filename == own):
                return f"all names may have been read while {module} was imported"
    return None


def _of_member(seen: Seen, member: Member) -> str | None:
    definition = member.definition
    where = f"`{member.qualified_name}`, line {definition.line}"
    if definition.name.startswith("__") and definition.name.endswith("__"):
        return f"Python itself looks for {where}"
    owner = seen.value(member.owner)
    if not member.owner:
        return None
    if not isinstance(owner, type):
        return f"nothing tells who has read {where}"
    if reason := of_class(owner, seen.is_decorated(owner), where):
        return reason
    if any("__slots__" in vars(base) for base in owner.__mro__[:-1]):
        return f"class {member.owner} has slots, and {where} is another member"
    if any(definition.name in vars(base) for base in owner.__mro__[1:]):
        return f"a base class has {where}, too"
    return None


def _codes_that_ran(run: Run) -> Iterator[CodeType]:
    """The codes that an execution has run: the module's, those of its classes, and the functions that were called."""
    if run.code is not None:
        yield run.code
        yield from _classes(run.code.co_consts)
    for code in list(run.ran.values()):
        yield code
        yield from _classes(code.co_consts)


def _classes(constants: Iterable[object]) -> Iterator[CodeType]:
    for constant in constants:
        if type(constant) is CodeType and not constant.co_flags & _IS_FUNCTION:
            yield constant
            yield from _classes(constant.co_consts)


def _mentioned(code: CodeType, names: Set[str]) -> Set[str]:
    """Which of some names a code has, other than to bind them in its own namespace."""
    texts: set[object] = set()
    for constant in code.co_consts:
        if type(constant) is str:
            texts.add(constant)
        elif type(constant) in (tuple, frozenset):
            texts.update(one for one in constant if type(one) is str)
    bound = names & set(code.co_names)
    if bound:
        bound &= {
            one.argval for one in dis.get_instructions(code) if one.opname not in _BINDING and type(one.argval) is str
        }
    return bound | (names & texts)


def _may_read_all(code: CodeType, module: str, *, is_own: bool) -> bool:
    """Whether a code may have read all names of a module."""
    names = set(code.co_names)
    if names & (_READERS_OF_ALL | (_READERS_OF_OWN if is_own else set())):
        return True
    last = module.rpartition(".")[2]
    return _STAR in code.co_consts and any(name.rpartition(".")[2] in (last, "") for name in names)
