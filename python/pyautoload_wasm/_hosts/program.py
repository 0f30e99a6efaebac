"""``python -m pyautoload_wasm run main.py``: ``python main.py`` with autoloading, and on demand with reloading.

A program that nobody has written for it does not say where it can take a change. So with ``--watch`` a signal asks the main thread,
which answers between two instructions, also where it sleeps or waits; while an event loop runs there, it is on a turn of that.
"""

from __future__ import annotations

import builtins
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from types import ModuleType, TracebackType
from typing import Any

from pyautoload_wasm._base.frames import is_in_an_import
from pyautoload_wasm._results.reports import ReloadReport
from pyautoload_wasm.errors import AutoloadError
from pyautoload_wasm.loader import AutoLoader

#: How long the main thread is let alone that is in the midst of an import, before it is asked again.
_PATIENCE_SECONDS = 0.02


def run(file: str, arguments: Sequence[str], *, watches: bool, ignore: Sequence[str] = ()) -> int:
    """Runs a program. Returns 0 when it has come to its end, or 2 where it cannot be run. Raises what the program raises."""
    path = os.path.abspath(file)
    folder = os.path.realpath(os.path.dirname(path))
    if os.path.isdir(path):
        folder, path = path, os.path.join(path, "__main__.py")
    main = _main_module(path)
    try:
        with open(path, "rb") as opened:
            source = opened.read()
        _set_up(folder, main, watches=watches, ignore=ignore)
    except OSError as error:
        print(f"pyautoload_wasm: can't open file {path!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        return 2
    except AutoloadError as error:
        print(f"pyautoload_wasm: {error}", file=sys.stderr)
        return 2
    sys.argv[:] = [file, *arguments]
    if not sys.flags.safe_path:
        sys.path[0] = folder
    sys.modules["__main__"] = main
    _execute(source, path, main)
    return 0


def _main_module(path: str) -> ModuleType:
    """A module as Python makes one of a program."""
    main = ModuleType("__main__")
    main.__loader__ = SourceFileLoader("__main__", path)
    main.__file__ = path
    namespace = main.__dict__
    namespace["__builtins__"] = builtins
    if sys.version_info < (3, 15):
        namespace["__cached__"] = None
    if sys.version_info < (3, 14):
        namespace["__annotations__"] = {}
    return main


def _execute(source: bytes, path: str, main: ModuleType) -> None:
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main.__dict__)
    except BaseException as error:
        # Of this function, and of those that have called it, nothing is to be seen.
        _show_from(error, error.__traceback__ and error.__traceback__.tb_next)
        raise


def _show_from(error: BaseException, traceback: TracebackType | None) -> None:
    """Lets Python print an error with a traceback that begins further in, if it is this one that ends the program."""
    hook = sys.excepthook

    def show(kind: type[BaseException], raised: BaseException, whole: TracebackType | None) -> None:
        sys.excepthook = hook
        if raised is error:
            whole = raised.__traceback__ = traceback
        hook(kind, raised, whole)

    sys.excepthook = show


def _set_up(folder: str, main: ModuleType, *, watches: bool, ignore: Sequence[str]) -> None:
    """Autoloads the modules beside the program. A loader that it sets up itself takes the place of this one. Raises AutoloadError."""
    loader = AutoLoader(folder).ignore(*ignore)
    loader._settings.stands_in = True
    if watches:
        loader.on_reload(_say)
        if _SIGNAL is None:
            loader.enable_reloading(watch=True, flush="thread")
        else:
            loader.enable_reloading(watch=True).reload_in(MainThread(_SIGNAL, main.__dict__).call_soon)
    loader._set_up(None)


def _say(report: ReloadReport) -> None:
    if not report.failed:  # which is logged
        print(f"pyautoload_wasm: {report}", file=sys.stderr)


#: A signal that nobody sends, and that ends no program: of data out of band, which sockets tell of when they are asked to.
_SIGNAL: int | None = getattr(signal, "SIGURG", None)


class MainThread:
    """Calls functions in the main thread, where that is in no import and in no code of the autoloader's."""

    def __init__(self, number: int, program: dict[str, Any]) -> None:
        self._number = number
        self._program = program
        self._due: list[Callable[[], object]] = []
        signal.signal(number, self._interrupt)

    def call_soon(self, function: Callable[[], object]) -> None:
        """Has a function called soon. May be called in any thread."""
        self._due.append(function)
        self._ask()

    def _ask(self) -> None:
        thread = threading.main_thread().ident
        if thread is not None:
            signal.pthread_kill(thread, self._number)

    def _interrupt(self, number: int, frame: Any) -> None:
        if self._due and is_in_an_import(frame, self._program):
            timer = threading.Timer(_PATIENCE_SECONDS, self._ask)
            timer.daemon = True
            timer.start()
            return
        due, self._due = self._due, []
        loop = _running_loop()
        for function in due:
            function() if loop is None else loop.call_soon_threadsafe(function)


def _running_loop() -> Any:
    """The asyncio loop that runs in this thread, if one does."""
    asyncio: Any = sys.modules.get("asyncio")
    return None if asyncio is None else asyncio._get_running_loop()
