"""All that knows Python's frames. A door, where Python or a user enters the autoloader, asks here once who is calling, and hands the
answer down; no other file looks at a frame.

Where there is no frame to look at, as in a call from JavaScript, from a C extension or from ``atexit``, the answer is None.

The second half keeps the autoloader's own frames out of tracebacks, so that a user sees only the lines that the user wrote; see
``hiding.py``, too.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from opcode import opmap
from types import CodeType, FrameType, FunctionType, TracebackType
from typing import Any, NamedTuple, TypeAlias, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_getframe: Callable[[int], Any] = sys._getframe
_IMPORT_NAME = opmap["IMPORT_NAME"]
#: Instructions that import a name from a package. Where imports can be lazy, whoever looks a name up does that.
_IMPORT_FROM = {
    opmap[name] for name in ("IMPORT_FROM", *(("LOAD_GLOBAL", "LOAD_NAME") if sys.version_info >= (3, 15) else ()))
}
#: Those that an import statement is made of.
_STATEMENTS = (opmap["IMPORT_NAME"], opmap["IMPORT_FROM"])
_STARS = {opmap[name] for name in ("IMPORT_STAR", "CALL_INTRINSIC_1") if name in opmap}
#: From `finders_askers` up to importlib's `_find_and_load`: between them are one that `find_spec` calls, `find_spec`, _find_spec, and
#: _find_and_load_unlocked. A frame that is looked at costs more than one that is passed over.
_UP_TO_FIND_AND_LOAD = 5
#: Up to some frame of importlib's, where `find_spec` has called itself, or asks by itself.
_UP_TO_IMPORTLIB = 4
_BOOTSTRAP = vars(importlib._bootstrap)
_FIND_AND_LOAD, _GCD_IMPORT, _HANDLE_FROMLIST, _INIT_MODULE_ATTRS = (
    getattr(_BOOTSTRAP.get(name), "__code__", None)
    for name in ("_find_and_load", "_gcd_import", "_handle_fromlist", "_init_module_attrs")
)
_IMPORT_MODULE = importlib.import_module.__code__
_IMPORTLIB = "<frozen importlib."
_FIND_SPEC = importlib.util.find_spec.__code__
#: The ids of the code of functions that are marked by `on_behalf`: to hash or to compare a code object takes long.
_ON_BEHALF: set[int] = set()

#: Tools of Python's that read every attribute that `dir` names: of a package that would execute all of its modules.
_MEMBER_READERS = {"inspect", "mock", "pydoc", "unittest.loader", "unittest.mock"}


# Who is calling


class Caller:
    """The Python code that called the autoloader."""

    __slots__ = ("frame",)

    def __init__(self, frame: FrameType) -> None:
        self.frame = frame

    @property
    def module(self) -> object:
        """The ``__name__`` of the namespace that the code runs in, normally a str; None where it has none."""
        return self.frame.f_globals.get("__name__")

    @property
    def line(self) -> int:
        """The line that is running, counted from one."""
        return self.frame.f_lineno or 0

    @property
    def runs_import_from(self) -> bool:
        """Whether the code is in the middle of ``from package import name``.

        CPython turns any AttributeError there into its own "cannot import name", while a question such as `hasattr` wants the
        AttributeError. The running instruction tells the two apart.
        """
        frame = self.frame
        return frame.f_lasti >= 0 and frame.f_code.co_code[frame.f_lasti] in _IMPORT_FROM

    @property
    def reads_all_members(self) -> bool:
        """Whether the code is a tool that reads every attribute that `dir` names, as `inspect.getmembers` does."""
        return self.module in _MEMBER_READERS

    def runs_in(self, namespace: dict[str, Any]) -> bool:
        """Whether a namespace holds the code's globals."""
        return self.frame.f_globals is namespace


#: The modules that make an import, each with the code of it that does.
Askers: TypeAlias = dict[str, Caller]


def caller() -> Caller | None:
    """The caller of the function that calls this; None where no Python code called it."""
    frame = sys._getframe(1).f_back
    return None if frame is None else Caller(frame)


def users_globals() -> dict[str, Any] | None:
    """The globals of the users' code that has called the autoloader; None where none has."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return None if frame is None else frame.f_globals


def is_in_an_import(frame: Any, program: dict[str, Any]) -> bool:
    """Whether code that a signal has interrupted is importlib's or the autoloader's, or was called by that, up to a program's body."""
    while frame is not None and (frame.f_globals is not program or frame.f_code.co_name != "<module>"):
        if not is_users(frame.f_code.co_filename):
            return True
        frame = frame.f_back
    return False


def is_statement(spec_type: type[ModuleSpec]) -> bool:
    """Whether what has called the caller of this, from C, is an import statement in the source of a module whose spec is of a type.
    Asked by each of these statements, so it comes before anything that takes longer.
    """
    frame = _getframe(2)
    code = frame.f_code
    if code is _HANDLE_FROMLIST:
        frame = frame.f_back
        code = frame.f_code
    if code.co_code[frame.f_lasti] in _STATEMENTS:
        spec = frame.f_globals.get("__spec__")
        return type(spec) is spec_type and spec.origin == code.co_filename
    return False


def import_getter(
    spec_type: type[Any],
    bodies: Mapping[int, str],
    initializing: dict[Any, bool],
    observe: Callable[[str], object],
    most_idle: int,
    on_idle: Callable[[], object],
) -> Callable[[Any], bool | None]:
    """A property's getter that importlib and import statements read of a module's spec, to know whether it is being imported. It
    observes the import if a body runs, and if no such statement in the source makes it. Where so many come while none runs, the last
    calls ``on_idle``. All in one, since each of these comes by here.
    """
    idle = 0

    def get(spec: Any) -> bool | None:
        nonlocal idle
        if not bodies:
            idle += 1
            if idle > most_idle:
                idle = 0
                on_idle()
        else:
            frame = _getframe(1)
            code = frame.f_code
            if code.co_code[frame.f_lasti] == _IMPORT_NAME:
                importer = frame.f_globals.get("__spec__")
                if type(importer) is spec_type and importer.origin == code.co_filename:
                    return initializing.get(spec)
            # CPython looks as well when a module does not have an attribute, as while importlib makes the module.
            if code is not _INIT_MODULE_ATTRS:
                observe(spec.name)
        return initializing.get(spec)

    return get


def is_star_import() -> bool:
    """Whether ``from package import *`` has called the caller of the caller of this, from C."""
    frame = _getframe(3)
    return frame.f_code.co_code[frame.f_lasti] in _STARS


def askers(spec_type: type[ModuleSpec], door: Caller | None, in_a_body: bool, every: bool = False) -> Askers:
    """The modules that make the import, or the lookup, which is under way. Those count whose spec is of a type.

    It is made by the module whose code runs. With ``in_a_body``, where that code is a function which a module's body has called,
    directly or not, that body has what was imported, and so may each module whose functions lie between.

    ``door`` is who has called us. Without one that is the caller of importlib's functions, and of those of ours that pass for them.

    Left out are what an import statement makes that stands in a module's source, since others read that, and the autoloader's own
    imports; and a mere question by ``importlib.util.find_spec``, unless ``every`` lookup is wanted.
    """
    return _askers(spec_type, _getframe(1) if door is None else door.frame, in_a_body, every)


def finders_askers(spec_type: type[Any], in_a_body: bool) -> Askers:
    """The same for an import that has called a finder's `find_spec`. To be called by a function that this calls, or by itself.

    Nearly all are made by an import statement, or by code that is none of ours: that is seen at once.
    """
    try:
        frame = _getframe(_UP_TO_FIND_AND_LOAD + 1)
        if frame.f_code is _GCD_IMPORT:
            frame = _getframe(_UP_TO_FIND_AND_LOAD + 3)  # who has called `import_module`
        elif _getframe(_UP_TO_FIND_AND_LOAD).f_code is not _FIND_AND_LOAD:
            frame = _getframe(_UP_TO_IMPORTLIB)
            return _askers(spec_type, frame, in_a_body, False) if frame.f_globals is _BOOTSTRAP else {}
    except ValueError:
        return {}
    code = frame.f_code
    spec = frame.f_globals.get("__spec__")
    if type(spec) is spec_type:
        if code.co_code[frame.f_lasti] == _IMPORT_NAME and spec.origin == code.co_filename:
            return {}
    elif not in_a_body and not code.co_filename.startswith(_IMPORTLIB):
        return {}
    return _askers(spec_type, frame, in_a_body, False)


def _askers(spec_type: type[ModuleSpec], frame: Any, in_a_body: bool, every: bool) -> Askers:
    while frame is not None:
        code = frame.f_code
        if code is _FIND_SPEC:
            if not every:
                return {}
        elif frame.f_globals is not _BOOTSTRAP and code is not _IMPORT_MODULE and not _is_importlib(code.co_filename):
            break
        frame = frame.f_back
    else:
        return {}
    spec = frame.f_globals.get("__spec__")
    is_one = type(spec) is spec_type
    if is_one and code.co_code[frame.f_lasti] in _STATEMENTS and spec.origin == code.co_filename:
        return {}
    if _is_ours(code.co_filename):
        return {}
    if in_a_body:
        return _askers_from(frame, spec_type)
    return {spec.name: Caller(frame)} if is_one else {}


def _askers_from(frame: Any, spec_type: type[ModuleSpec]) -> Askers:
    found: Askers = {}
    #: Modules of which a frame in the source was met, and not only one of a text that was handed to `exec`.
    settled: set[str] = set()
    while frame is not None:
        spec = frame.f_globals.get("__spec__")
        if type(spec) is spec_type:
            code = frame.f_code
            name = spec.name
            is_source = code.co_filename == spec.origin
            if name not in found or (is_source and name not in settled):
                found[name] = Caller(frame)
            if is_source:
                settled.add(name)
                if code.co_name == "<module>":
                    return found
        elif id(frame.f_code) in _ON_BEHALF:
            package = frame.f_locals.get("package")
            if package is None:
                break
            spec = vars(package).get("__spec__")
            if type(spec) is spec_type:
                found.setdefault(spec.name, Caller(frame))
        frame = frame.f_back
    return dict(list(found.items())[:1])


def on_behalf(function: F) -> F:
    """Marks a function that calls what a package has as its own ``__getattr__``, perhaps a library's: what that imports, the package
    imports, which is in a parameter of this name. Or one without such a parameter, that calls a callback: that is on nobody's behalf.
    """
    assert isinstance(function, FunctionType)
    _ON_BEHALF.add(id(function.__code__))
    return function


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
        if is_users(frame.f_code.co_filename)
    ]


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


def code_and_variables(entry: TracebackType) -> tuple[CodeType, dict[str, Any], dict[str, Any]]:
    """What ran where an error has come through: the code, its globals, and its variables."""
    frame = entry.tb_frame
    return frame.f_code, frame.f_globals, frame.f_locals


def is_users(filename: str) -> bool:
    """Whether a file is neither of the autoloader nor of CPython's import machinery."""
    return not _is_ours(filename) and not _is_importlib(filename)


# Tracebacks without our frames


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


def _is_ours(filename: str) -> bool:
    return filename.startswith(_PACKAGE)


def _is_importlib(filename: str) -> bool:
    """Whether a code object's file is CPython's import machinery, or passes for it."""
    return filename.startswith(_IMPORTLIB)


# From a code object, since that is what file names are compared with.
_PACKAGE = os.path.dirname(os.path.dirname(_is_ours.__code__.co_filename)) + os.sep
