"""A state of a marimo notebook that is set after each reload, so that the cells that read it run again.

A session of a notebook is a kernel. Several of them can share a process, each in a thread of its own with an event loop. Modules run
on a turn of the loop of one of them; each is told of a reload in a thread that belongs to a cell of it, as marimo wants it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._results.reports import ReloadReport
from pyautoload_wasm.errors import ConfigurationError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

#: How long a thread sleeps before it looks whether its cell is still there.
_PATIENCE_SECONDS = 1

#: What a cell reads: the report of the last reload, or None.
Reloads = Callable[[], "ReloadReport | None"]


class Kernels:
    """The event loops of the process's kernels, as one on which a turn can be asked for."""

    def __init__(self) -> None:
        self._loops: list[AbstractEventLoop] = []
        self._asked: AbstractEventLoop | None = None

    def add(self, loop: AbstractEventLoop) -> None:
        """Knows one more loop, until it is closed."""
        self._loops = [*(other for other in self._loops if other is not loop and not other.is_closed()), loop]

    def call_soon_threadsafe(self, function: Callable[[], object]) -> None:
        """Has a function called in one of the kernels. Without any it is asked for again by the next event."""
        for loop in self._loops:
            try:
                loop.call_soon_threadsafe(function)
            except RuntimeError:  # it is closed: the session has ended
                continue
            self._asked = loop
            return
        self._asked = None

    def is_closed(self) -> bool:
        """Whether a turn that was asked for will not come."""
        return self._asked is None or self._asked.is_closed()


#: Of this process.
kernels = Kernels()


def state_of_reloads() -> tuple[Reloads, Callable[[ReloadReport], None] | None]:
    """For the cell that runs: a state, and what to call with each report. Without the latter where no notebook runs, since its file is
    run as a program: then nothing is ever reloaded.

    Raises ConfigurationError without marimo.
    """
    marimo: Any = sys.modules.get("marimo")
    if marimo is None:
        raise ConfigurationError(
            "reloads() is for the cells of a marimo notebook; elsewhere, on_reload() tells of reloads"
        )
    from asyncio import get_running_loop  # not before there is a use for it, since it takes time
    from queue import Empty, SimpleQueue

    state, set_state = marimo.state(None)
    if not marimo.running_in_notebook():
        return state, None
    loop = get_running_loop()
    if IN_PYODIDE:

        def tell_on_a_turn(report: ReloadReport) -> None:
            if _has_new_code(report):
                loop.call_soon(set_state, report)

        return state, tell_on_a_turn
    kernels.add(loop)
    reports: SimpleQueue[ReloadReport] = SimpleQueue()

    def pass_on() -> None:
        thread = marimo.current_thread()
        while not thread.should_exit:
            try:
                set_state(reports.get(timeout=_PATIENCE_SECONDS))
            except Empty:
                continue

    marimo.Thread(target=pass_on, daemon=True).start()

    def tell(report: ReloadReport) -> None:
        if _has_new_code(report):
            reports.put(report)

    return state, tell


def _has_new_code(report: ReloadReport) -> bool:
    """Whether cells may come out otherwise than before."""
    return bool(report.reloaded or report.removed or any(report.patched.values()))
