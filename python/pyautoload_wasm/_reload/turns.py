"""Flushes on turns of an event loop of the program's own, between what else runs there."""

from __future__ import annotations

import logging
import threading
from typing import Any

from pyautoload_wasm._base.arguments import shown
from pyautoload_wasm._project.settings import Schedule
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._reload.watch import Flush, Outcome
from pyautoload_wasm.errors import ConfigurationError

#: How long a flush waits for the end of an import in another thread, before it looks again.
_PATIENCE_SECONDS = 0.02

_log = logging.getLogger("pyautoload_wasm")


def schedule_of(loop: Any) -> Schedule:
    """How a function comes to a turn of an event loop: of the one that runs here, if none is given. Raises ConfigurationError."""
    if loop is None:
        import asyncio

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise ConfigurationError(
                "reload_in() without an argument needs an event loop that is running: call it in a coroutine, or pass the loop"
            ) from None
    schedule: Schedule = getattr(loop, "call_soon_threadsafe", loop)
    if not callable(schedule):
        raise ConfigurationError(
            f"reload_in({shown(loop)}): expected an asyncio event loop, or a function that calls the function that it gets where "
            "modules may run"
        )
    return schedule


class Turns:
    """Asks for a turn when there is something to flush, and flushes there."""

    def __init__(self, reloader: Reloader, call_soon: Schedule, flush: Flush) -> None:
        self._reloader = reloader
        self._call_soon = call_soon
        self._flush = flush
        self._is_asked = False
        self._is_stopped = False
        reloader.on_mark = self.schedule

    def schedule(self) -> Outcome:
        """Asks for a turn, unless one is due. A loop that is closed has taken turns along that it was asked for."""
        if not self._is_stopped and not (self._is_asked and self._is_open()):
            self._is_asked = True
            try:
                self._call_soon(self._turn)
            except Exception as error:
                self.stop()
                _log.warning(
                    "reload_in() cannot reach the event loop any more (%s: %s): changed files are reloaded by flush() from now on",
                    type(error).__name__,
                    error,
                )
        return Outcome.DONE

    def _is_open(self) -> bool:
        is_closed = getattr(getattr(self._call_soon, "__self__", None), "is_closed", None)
        return is_closed is None or not is_closed()

    def stop(self) -> None:
        """Flushes no more."""
        self._is_stopped = True
        self._reloader.on_mark = None

    def _turn(self) -> None:
        self._is_asked = False
        if not self._is_stopped and self._flush() is Outcome.BUSY:
            timer = threading.Timer(_PATIENCE_SECONDS, self.schedule)
            timer.daemon = True
            timer.start()
