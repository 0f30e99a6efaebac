"""All that knows Python's frames. A door, where Python or a user enters the autoloader, asks here once who is calling, and hands the
answer down; no other file looks at a frame.

Where there is no frame to look at, as in a call from JavaScript, from a C extension or from ``atexit``, the answer is None.

The second half keeps the autoloader's own frames out of tracebacks, so that a user sees only the lines that the user wrote.
"""

from __future__ import annotations

import builtins
import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import wraps
from opcode import opmap
from types import FrameType, FunctionType, ModuleType, SimpleNamespace, TracebackType
from typing import Any, NamedTuple, TypeVar

from pyautoload_wasm.errors import AutoloadWarning

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)

#: Instructions that import a name from a package. Where imports can be lazy, whoever looks a name up does that.
_IMPORT_FROM = {
    opmap[name] for name in ("IMPORT_FROM", *(("LOAD_GLOBAL", "LOAD_NAME") if sys.version_info >= (3, 15) else ()))
}
_IMPORT_MODULE = importlib.import_module.__code__
_BOOTSTRAP = vars(importlib._bootstrap)
#: From `import_module_caller` up to a frame of importlib's that is surely there: between them are `find_spec`, once or twice, and
#: perhaps a function that it calls; above, at least _find_spec, _find_and_load_unlocked and _find_and_load.
_UP_TO_IMPORTLIB = 4


#: Tools of Python's that read every attribute that `dir` names: of a package that would execute all of its modules.
_MEMBER_READERS = {"inspect", "mock", "pydoc", "unittest.loader", "unittest.mock"}


# Who is calling


class Caller:
    """The Python code that called the autoloader."""

    __slots__ = ("_frame",)

    def __init__(self, frame: FrameType) -> None:
        self._frame = frame

    @property
    def module(self) -> object:
        """The ``__name__`` of the namespace that the code runs in, normally a str; None where it has none."""
        return self._frame.f_globals.get("__name__")

    @property
    def line(self) -> int:
        """The line that is running, counted from one."""
        return self._frame.f_lineno or 0

    @property
    def runs_import_from(self) -> bool:
        """Whether the code is in the middle of ``from package import name``.

        CPython turns any AttributeError there into its own "cannot import name", while a question such as `hasattr` wants the
        AttributeError. The running instruction tells the two apart.
        """
        frame = self._frame
        return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] in _IMPORT_FROM

    @property
    def reads_all_members(self) -> bool:
        """Whether the code is a tool that reads every attribute that `dir` names, as `inspect.getmembers` does."""
        return self.module in _MEMBER_READERS

    def runs_in(self, namespace: dict[str, Any]) -> bool:
        """Whether a namespace holds the code's globals."""
        return self._frame.f_globals is namespace


def caller() -> Caller | None:
    """The caller of the function that calls this; None where no Python code called it."""
    frame = sys._getframe(1).f_back
    return None if frame is None else Caller(frame)


def import_module_caller() -> Caller | None:
    """The caller of ``importlib.import_module``, where that has called a finder's `find_spec`; None for any other import. To be called
    by `find_spec`, or by a function that it calls.
    """
    try:
        frame: FrameType | None = sys._getframe(_UP_TO_IMPORTLIB)
    except ValueError:
        return None
    while frame is not None and frame.f_globals is _BOOTSTRAP:
        frame = frame.f_back
    if frame is None or frame.f_code is not _IMPORT_MODULE:
        return None
    return None if frame.f_back is None else Caller(frame.f_back)


def is_import() -> bool:
    """Whether an import, and not a question such as ``importlib.util.find_spec``, has called a finder's `find_spec`. To be called by
    that.

    importlib's `_find_and_load_unlocked` is then two frames up. The alternative is the module's import lock, which is as private, and
    is held as well where another finder asks in the midst of an import. Where the frames are others, as may be in a future CPython,
    the answer is no, and Python's own error is what users see.
    """
    frame = sys._getframe(1).f_back
    frame = frame and frame.f_back
    return frame is not None and frame.f_code.co_name == "_find_and_load_unlocked"


if sys.version_info >= (3, 15):

    def is_lazy_attribute(fullname: str) -> bool:
        """Whether a finder's `find_spec` is asked about an attribute of a package that a lazy import has announced: Python looks for a
        submodule of that name before it asks the package, and keeps what it gets as the attribute. Other people's finders may stand
        between.

        Where importlib's frames are others, as may be in a future CPython, the answer is no.
        """
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_name != "_find_and_load_unlocked":
            frame = frame.f_back
        asked = {} if frame is None else frame.f_locals
        return asked.get("name") == fullname and asked.get("lazy_submodule") is True

else:

    def is_lazy_attribute(fullname: str) -> bool:
        """No: there are no lazy imports before Python 3.15."""
        return False


# What is running


class Line(NamedTuple):
    """A line of a user's code that is being executed."""

    #: ``__name__`` of the namespace that it runs in.
    module: str
    #: Name of the function; ``<module>`` for a module's body.
    function: str
    path: str
    line: int


def running_lines(error: BaseException | None = None) -> list[Line]:
    """The users' running lines, outermost first, and below them those through which an error has come."""
    frames: list[tuple[FrameType, int]] = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        frames.append((frame, frame.f_lineno))
        frame = frame.f_back
    frames.reverse()
    # The traceback begins with a frame of ours that is running.
    entry = None if error is None else error.__traceback__
    while entry is not None:
        frames.append((entry.tb_frame, entry.tb_lineno))
        entry = entry.tb_next
    return [
        Line(str(frame.f_globals.get("__name__")), frame.f_code.co_name, frame.f_code.co_filename, line)
        for frame, line in frames
        if not _is_ours(frame.f_code.co_filename) and not _is_importlib(frame.f_code.co_filename)
    ]


def warn_at_users_line(message: str) -> None:
    """Issues an `AutoloadWarning` at the line of the user's code that is running, whatever the depth of our own calls."""
    lines = running_lines()
    if lines:
        at = lines[-1]
        warnings.warn_explicit(message, AutoloadWarning, at.path, at.line, at.module)
    else:
        warnings.warn(message, AutoloadWarning, stacklevel=2)


def failing_line(error: BaseException, path: str | None) -> int | None:
    """The innermost line of a file through which an error has come, counted from one."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno
    line = None
    entry = error.__traceback__
    while entry is not None:
        if entry.tb_frame.f_code.co_filename == path:
            line = entry.tb_lineno
        entry = entry.tb_next
    return line


def formatted(error: BaseException) -> str:
    """A traceback as Python prints it, with the users' lines alone."""
    shown = traceback.TracebackException.from_exception(error)
    shown.stack = traceback.StackSummary.from_list(
        [frame for frame in shown.stack if not _is_ours(frame.filename) and not _is_importlib(frame.filename)]
    )
    return "".join(shown.format())


# Tracebacks that hold nothing


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
        bare = TracebackType(bare, _bare_frame(entry.tb_frame), entry.tb_lasti, entry.tb_lineno)
    return bare


def _bare_frame(frame: FrameType) -> FrameType:
    """A frame with a code object's name, file and positions; of its variables it has the names, which Python suggests in its messages.

    It is that of a generator which never starts, since such a frame has no caller, whose variables it would keep.
    """
    code = frame.f_code
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
    variables: dict[str, Any] = {**dict.fromkeys(frame.f_globals), **dict.fromkeys(frame.f_locals)}
    variables.update({name: frame.f_globals[name] for name in _WHOSE_LINES if name in frame.f_globals})
    variables["__builtins__"] = builtins
    bare: FrameType = FunctionType(shown, variables)().gi_frame
    return bare


def _unstarted() -> Iterator[None]:
    yield


#: What of a module's namespace says where its source lines are.
_WHOSE_LINES = ("__name__", "__file__", "__loader__", "__spec__")
_UNSTARTED = _unstarted.__code__
_NOTHING = bytes([opmap["NOP"], 0])


# Tracebacks without our frames


def hidden(function: F) -> F:
    """Leaves a function that importlib calls out of tracebacks, as CPython leaves out its own import machinery: by its file name."""
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_filename="<frozen importlib._bootstrap_external>")
    return function


def hidden_call(function: F) -> F:
    """Leaves a function, and the importlib frames that led to it, out of tracebacks, although it calls what the user wrote.

    CPython shows importlib's frames in errors other than ImportError, unless they end in its `_call_with_frames_removed`.
    """
    function = hidden(function)
    assert isinstance(function, FunctionType)
    function.__code__ = function.__code__.replace(co_name="_call_with_frames_removed")
    return function


def drop_own_frames(error: BaseException) -> None:
    """Takes the autoloader's frames off the front of an error's traceback.

    To be called in an ``except`` block that ends in a bare ``raise``, which adds no entry for its own frame (CPython 3.11 and later).
    """
    entry = error.__traceback__
    # The first entry is the caller's, whatever its file is called.
    entry = entry and entry.tb_next
    while entry is not None and (
        _is_ours(entry.tb_frame.f_code.co_filename) or _is_importlib(entry.tb_frame.f_code.co_filename)
    ):
        entry = entry.tb_next
    own = error.__traceback__
    if own is not None and own.tb_frame.f_back is not None and _is_importlib(own.tb_frame.f_back.f_code.co_filename):
        # `from package import name` comes by way of importlib, whose frames go only together with ours: see `hidden_call`.
        own.tb_next = entry
    else:
        error.__traceback__ = entry


def _hidden_method(function: F) -> F:
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except BaseException as error:
            drop_own_frames(error)
            raise

    return call  # type: ignore[return-value]


def hidden_methods(cls: C) -> C:
    """Leaves what users call of a class out of tracebacks: its public methods, special methods and properties."""
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and not name.startswith("__"):
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _hidden_method(member))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(_hidden_method(member.__func__)))
        elif isinstance(member, property):
            fget, fset = member.fget and _hidden_method(member.fget), member.fset and _hidden_method(member.fset)
            setattr(cls, name, property(fget, fset, member.fdel, member.__doc__))
    return cls


def _is_ours(filename: str) -> bool:
    return filename.startswith(_PACKAGE)


def _is_importlib(filename: str) -> bool:
    """Whether a code object's file is CPython's import machinery, or passes for it."""
    return filename.startswith("<frozen importlib.")


# From a code object, since that is what file names are compared with.
_PACKAGE = os.path.dirname(os.path.dirname(_is_ours.__code__.co_filename)) + os.sep
