"""Tracebacks that hold nothing: an error that is kept keeps what its code has made alive no longer."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from opcode import opmap
from types import FrameType, FunctionType, ModuleType, SimpleNamespace, TracebackType
from typing import Any

from pyautoload_wasm._base.frames import code_and_variables


def let_go_of_variables(error: BaseException) -> None:
    """Exchanges the frames in the traceback of an error, and of those that led to it, for others that show the same lines and hold no
    variables. So the error can be kept, and what its code has made can go.
    """
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        error_or_none = pending.pop()
        if error_or_none is None or id(error_or_none) in seen:
            continue
        error = error_or_none
        seen.add(id(error))
        error.__traceback__ = _bare_traceback(error.__traceback__)
        if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType | type):
            # Python looks there for similar names when it prints the error.
            error.obj = SimpleNamespace(**dict.fromkeys(dir(error.obj)))
        pending += [error.__cause__, error.__context__]
        if isinstance(error, BaseExceptionGroup):
            pending += error.exceptions


def _bare_traceback(trace: TracebackType | None) -> TracebackType | None:
    entries = []
    while trace is not None:
        entries.append(trace)
        trace = trace.tb_next
    bare = None
    for entry in reversed(entries):
        bare = TracebackType(bare, _bare_frame(entry), entry.tb_lasti, entry.tb_lineno)
    return bare


def _bare_frame(entry: TracebackType) -> FrameType:
    """A frame with a code object's name, file and positions; of its variables it has the names, which Python suggests in its messages.

    It is that of a generator which never starts, since such a frame has no caller, whose variables it would keep.
    """
    code, namespace, own = code_and_variables(entry)
    # As long as the other code, since Python takes for granted that a table of positions ends where its code does.
    missing = max(0, len(code.co_code) - len(_UNSTARTED.co_code)) // len(_NOTHING)
    shown = _UNSTARTED.replace(
        co_code=_UNSTARTED.co_code + _NOTHING * missing,
        co_filename=code.co_filename,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_firstlineno=code.co_firstlineno,
        co_linetable=code.co_linetable,
    )
    variables: dict[str, Any] = {**dict.fromkeys(namespace), **dict.fromkeys(own)}
    variables.update({name: namespace[name] for name in _WHOSE_LINES if name in namespace})
    variables["__builtins__"] = builtins
    bare: FrameType = FunctionType(shown, variables)().gi_frame
    return bare


def _unstarted() -> Iterator[None]:
    yield


#: What of a module's namespace says where its source lines are.
_WHOSE_LINES = ("__name__", "__file__", "__loader__", "__spec__")
_UNSTARTED = _unstarted.__code__
_NOTHING = bytes([opmap["NOP"], 0])
