"""What the page's worker does in Python: runs cells in one namespace, loads everything, and describes the modules.

Read as text by worker/python.js, which calls `Notebook`. Answers are JSON text: one string crosses to JavaScript faster than
an object.
"""

from __future__ import annotations

import ast
import asyncio
import json
import linecache
import logging
import sys
import traceback
from typing import TYPE_CHECKING

from pyodide.code import CodeRunner

import __main__

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyautoload_wasm import AutoLoader

#: A longer value is of no use on a page, and takes long to show.
MAX_VALUE = 20_000

# What a cell prints is to be seen while it runs.
for _stream in (sys.stdout, sys.stderr):
    _stream.reconfigure(write_through=True)

#: What `__main__` has before anybody has run anything.
_own_names = frozenset(vars(__main__))


class Messages(logging.Handler):
    """What the autoloader logs, for the page: on stderr it would be the last cell's. What fails is in a report already."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell
        logger = logging.getLogger("pyautoload_wasm")
        logger.propagate = False
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Tells one message, and the error that it is about."""
        error = record.exc_info[1] if record.exc_info else None
        self._tell(record.getMessage() + (f" ({_summary(error)})" if error else ""))


class Notebook:
    """The cells of a project. `__main__` is their namespace, as in a program, so that pickle and typing find their classes."""

    def __init__(self, loader: AutoLoader) -> None:
        self._loader = loader
        self._task: asyncio.Task[object] | None = None
        self._namespace = vars(__main__)
        for name in set(self._namespace) - _own_names:
            del self._namespace[name]
        loader.track(self._namespace)

    async def run(self, name: str, source: str) -> str:
        """Runs a cell, which may await at its top level. `name` stands in tracebacks for a file."""
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)
        self._task = asyncio.current_task()
        self._loader.track(self._namespace, source=source)
        try:
            runner = CodeRunner(source, filename=name, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            value = await runner.compile().run_async(self._namespace)
            shown = None if value is None else _shown(value)
            return json.dumps({"value": shown, "error": None})
        except (KeyboardInterrupt, asyncio.CancelledError) as error:
            return json.dumps({"value": None, "error": _described(error, name, "Stopped")})
        except BaseException as error:
            return json.dumps({"value": None, "error": _described(error, name, type(error).__name__)})
        finally:
            self._task = None
            for stream in (sys.stdout, sys.stderr):
                stream.flush()

    def stop(self) -> None:
        """Cancels the cell that awaits something."""
        if self._task is not None:
            self._task.cancel()

    def load_all(self, progress: Callable[[int, int, str], object]) -> str:
        """Loads all modules; `progress` is called with how many are done, of how many, and the last one's name."""
        report = self._loader.eager_load(progress=progress, on_error="collect")
        failed = [{"name": name, "message": _summary(error)} for name, error in report.failed.items()]
        return json.dumps({"loaded": len(report.loaded), "failed": failed, "seconds": report.seconds})

    def modules(self) -> str:
        """All modules with a file, and whether they are loaded."""
        records = self._loader.registry.values()
        return json.dumps([{"name": each.name, "path": each.path, "isLoaded": each.loaded} for each in records])


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"


def _described(error: BaseException, name: str, kind: str) -> dict[str, str]:
    # What is above the cell is Pyodide's, and this file's.
    entry = error.__traceback__
    while entry is not None and entry.tb_frame.f_code.co_filename != name:
        entry = entry.tb_next
    lines = traceback.format_exception(type(error), error, entry)
    return {"type": kind, "message": _summary(error), "traceback": "".join(lines).rstrip("\n")}


def _summary(error: BaseException) -> str:
    # The line without the notes, and of a SyntaxError without the place.
    return next(line.strip() for line in traceback.format_exception_only(error) if not line.startswith(" "))
