"""Why a function cannot simply come or go, or be another to who reads it: somebody may have asked for its name while modules were
imported.
"""

from __future__ import annotations

import dis
from types import CodeType
from typing import TYPE_CHECKING

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._reload.patching.handing import classes_on, family_of, handed_in
from pyautoload_wasm._reload.patching.obstacles import of_class
from pyautoload_wasm._reload.patching.stars import obstacle_of_stars, takes, takes_all_of
from pyautoload_wasm._reload.patching.uses import texts

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
#: What gives a name to something, or asks a module for it by the name that it gets.
_NAMING = {*_BINDING, "STORE_ATTR", "DELETE_ATTR", "IMPORT_FROM", "IMPORT_NAME"}
_CONSTANTS = {"LOAD_CONST", "RETURN_CONST"}
_READ = "the parameters or the docstring of `{}` may have been read while {} was imported"
_SOUGHT = "`{}` may have been looked for while {} was imported"


def obstacle_to_members(seen: Seen, edit: Edit, runs: Mapping[str, Run]) -> str | None:
    """Why the functions that have come or gone call for an execution, if they do."""
    members = [*edit.added, *edit.removed]
    for member in members:
        if reason := _of_member(seen, member):
            return reason
    names = {member.definition.name: member for member in members}
    taken = [member for member in members if not member.owner and takes(seen.module, member.definition.name)]
    own = None if seen.run.code is None else seen.run.code.co_filename
    codes = _codes_that_ran(runs)
    for module, code in codes:
        for name in _mentioned(code, names.keys()):
            return f"`{names[name].qualified_name}` is mentioned in what ran while {module} was imported"
        if _reads_all(code, is_own=code.co_filename == own) or (taken and takes_all_of(seen.module, module, code)):
            return f"all names may have been read while {module} was imported"
    return _of_handing(seen, [member.qualified_name for member in members], runs, codes, _SOUGHT)


def obstacle_to_reading(seen: Seen, edit: Edit, runs: Mapping[str, Run]) -> str | None:
    """Why functions of which parameters, defaults or docstrings differ call for an execution, if they do: who mentions a function may
    have read these without a call.
    """
    readable = seen.readable(edit)
    if not readable:
        return None
    names = {name.rpartition(".")[2]: name for name in readable if "<locals>" not in name}
    makers = {name.rpartition(".<locals>.")[0]: name for name in readable if "<locals>" in name}
    own = None if seen.run.code is None else seen.run.code.co_filename
    codes = _codes_that_ran(runs)
    for module, code in codes:
        is_own = code.co_filename == own
        found = [names[name] for name in _read(code, names.keys())]
        found += [makers[code.co_qualname]] if is_own and code.co_qualname in makers else []
        if found or _reads_all(code, is_own=is_own):
            name = found[0] if found else readable[0]
            return _READ.format(name, module)
    return _of_handing(seen, readable, runs, codes, _READ)


def _of_handing(
    seen: Seen, names: list[str], runs: Mapping[str, Run], codes: list[tuple[str, CodeType]], reason: str
) -> str | None:
    """Why methods that have come or gone, or that can be read otherwise, call for an execution: somebody may have got their class."""
    for name in {name.rpartition(".")[0]: name for name in reversed(names)}.values():  # one of each class
        family = family_of(classes_on(seen.module, name))
        module = handed_in(family, runs, codes) if family else None
        if module is not None:
            return reason.format(name, module)
    return None


def _read(code: CodeType, names: Set[str]) -> Set[str]:
    """Which of some names a code has, other than to bind them or to import them as what they are called."""
    found: set[str] = set()
    if not _mentioned(code, names):
        return found
    before = None
    for one in dis.get_instructions(code):
        was, before = before, one
        if was is not None and was.opname == "IMPORT_FROM" and was.argval in names and one.argval != was.argval:
            found.add(was.argval)
        if was is not None and was.opname in _CONSTANTS and one.opname != "IMPORT_NAME":
            found.update(names & {*texts((was.argval,))})
        if type(one.argval) is str and one.opname not in _NAMING:
            found |= names & {one.argval}
    return found


def _of_member(seen: Seen, member: Member) -> str | None:
    definition = member.definition
    where = f"`{member.qualified_name}`, line {definition.line}"
    if definition.name.startswith("__") and definition.name.endswith("__"):
        return f"Python itself looks for {where}"
    owner = seen.value(member.owner)
    if not member.owner:
        return seen.run.code and obstacle_of_stars(seen.module, seen.run.code, definition.name, where)
    if not is_class(owner):
        return f"nothing tells who has read {where}"
    if reason := of_class(seen, owner, where):
        return reason
    if any("__slots__" in vars(base) for base in owner.__mro__[:-1]):
        return f"class {member.owner} has slots, and {where} is another member"
    if any(definition.name in vars(base) for base in owner.__mro__[1:]):
        return f"a base class has {where}, too"
    return None


def _codes_that_ran(runs: Mapping[str, Run]) -> list[tuple[str, CodeType]]:
    """The codes that executions have run, each with the module of the first that ran it: the modules', those of their classes, and the
    functions that were called.
    """
    found: dict[int, tuple[str, CodeType]] = {}
    for module, run in runs.items():
        for code in (*(() if run.code is None else (run.code,)), *list(run.ran.values())):
            if id(code) not in found:
                found[id(code)] = (module, code)
                found.update((id(one), (module, one)) for one in _classes(code.co_consts))
    return list(found.values())


def _classes(constants: Iterable[object]) -> Iterator[CodeType]:
    for constant in constants:
        if type(constant) is CodeType and not constant.co_flags & _IS_FUNCTION:
            yield constant
            yield from _classes(constant.co_consts)


def _mentioned(code: CodeType, names: Set[str]) -> Set[str]:
    """Which of some names a code has, other than to bind them in its own namespace."""
    found = {text for text in texts(code.co_consts) if text in names}
    if not names.isdisjoint(code.co_names):
        found |= names & {
            one.argval for one in dis.get_instructions(code) if one.opname not in _BINDING and type(one.argval) is str
        }
    return found


def _reads_all(code: CodeType, *, is_own: bool) -> bool:
    """Whether a code names what gives all that a module has."""
    return not (_READERS_OF_ALL | (_READERS_OF_OWN if is_own else set())).isdisjoint(code.co_names)
