"""Which functions run while modules are imported: what such a function did is in the state of the module that was imported then, so an
edit of it has to run again.

`sys.monitoring` tells, from Python 3.12 on. Each function of a module is armed with local events before the module's body runs, and
disabled when it is hit. What was hit is armed again when the next body begins, by setting its events once more:
`sys.monitoring.restart_events` is global, and disturbs coverage.
"""

from __future__ import annotations

import linecache
import sys
from threading import get_ident
from types import CodeType
from typing import TYPE_CHECKING, Any
from weakref import ref

from pyautoload_wasm._base.hiding import hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

_monitoring: Any = getattr(sys, "monitoring", None)
_NAME = "pyautoload_wasm"
#: Ids that no kind of tool has a claim to come first; debuggers, coverage and profilers have the others.
_TOOL_IDS = (4, 3, 5)
#: What the code of a function has, and that of a module or a class has not.
_IS_FUNCTION = 0x1  # inspect.CO_OPTIMIZED

#: What reads the source of functions does it by this.
SOURCE_READER: CodeType = linecache.getlines.__code__

#: The executions of module bodies that are under way, the outermost first, by thread.
_running: dict[int, list[Run]] = {}
#: Codes that are disabled since they were hit. Weak, since they go with their modules.
_hit: list[ref[CodeType]] = []
_tool: int | None = None
_events = 0


class Run:
    """One execution of a module."""

    __slots__ = ("code", "ended", "is_renewal", "ran")

    def __init__(self) -> None:
        #: What the module runs; None where that is not known, or its functions were not observed from the start.
        self.code: CodeType | None = None
        #: Its place among all executions, by their end.
        self.ended = 0
        #: Whether the module had been executed before.
        self.is_renewal = False
        #: The functions that its body has called, directly or not, by the ids of their codes.
        self.ran: dict[int, CodeType] = {}


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """A code, and all that are nested in it."""
    pending = [code]
    while pending:
        one = pending.pop()
        yield one
        pending += [constant for constant in one.co_consts if type(constant) is CodeType]


def functions_in(code: CodeType) -> Iterator[CodeType]:
    """The codes of all functions in a module's code: lambdas, generator expressions and nested functions included."""
    return (one for one in codes_in(code) if one.co_flags & _IS_FUNCTION)


def can_observe() -> bool:
    """Whether functions can be observed here. Takes a tool id if none is taken yet."""
    global _tool, _events
    if _tool is None and _monitoring is not None:
        for tool in _TOOL_IDS:
            if _monitoring.get_tool(tool) is None:
                _monitoring.use_tool_id(tool, _NAME)
                starts = (_monitoring.events.PY_START, _monitoring.events.PY_RESUME)
                for event in starts:
                    _monitoring.register_callback(tool, event, _started)
                _events = starts[0] | starts[1]
                _tool = tool
                arm_one(SOURCE_READER)
                break
    return _tool is not None


def arm(code: CodeType) -> None:
    """Observes the functions in a module's code from now on."""
    for function in functions_in(code):
        arm_one(function)


def arm_one(function: CodeType) -> None:
    """Observes one function from now on."""
    _monitoring.set_local_events(_tool, function, _events)


@hidden
def begin(run: Run) -> None:
    """A module's body begins to run on this thread."""
    _running.setdefault(get_ident(), []).append(run)
    if _hit:
        rearm()


def rearm() -> None:
    """Arms again what was hit."""
    while _hit:
        code = _hit.pop()()
        if code is not None:
            _monitoring.set_local_events(_tool, code, 0)
            _monitoring.set_local_events(_tool, code, _events)


@hidden
def end(run: Run) -> None:
    """The body has ended, well or not. Can be called twice."""
    thread = get_ident()
    runs = _running.get(thread)
    if runs is not None:
        if run in runs:
            del runs[runs.index(run) :]
        if not runs:
            _running.pop(thread, None)


def forget_other_threads() -> None:
    """In a forked child: ends the executions of threads that it does not have."""
    own = get_ident()
    for thread in list(_running):
        if thread != own:
            _running.pop(thread, None)


@hidden
def _started(code: CodeType, _offset: int) -> Any:
    """A function begins to run, or goes on. While bodies run on several threads it stays armed for all of them."""
    runs = _running.get(get_ident())
    if runs is not None:
        for run in runs:
            run.ran[id(code)] = code
        if len(_running) > 1:
            return None
    elif _running:
        return None
    _hit.append(ref(code))
    return _monitoring.DISABLE
