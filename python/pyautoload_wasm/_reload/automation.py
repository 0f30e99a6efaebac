"""When events are applied by themselves, and who holds that off."""

from __future__ import annotations

import logging
import threading
from functools import partial

from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._base.import_locks import is_this_thread_importing
from pyautoload_wasm._project.settings import Reloading
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._reload.turns import Turns
from pyautoload_wasm._reload.watch import DiskWatch, Flush, Outcome, PyodideWatch

_log = logging.getLogger("pyautoload_wasm")


class Hold:
    """Keeps automatic flushes off until `release`, or to the end of a ``with`` block."""

    def __init__(self, holds: Holds) -> None:
        self._holds = holds
        holds.add(self)

    def release(self) -> None:
        """Lets automatic flushes happen again, unless somebody else holds them off. A second call does nothing."""
        self._holds.release(self)

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<Hold{'' if self in self._holds else ', released'}>"


class Holds:
    """Those who keep automatic flushes off by way of one handle."""

    def __init__(self) -> None:
        self._holds: set[Hold] = set()
        #: What they hold off, while the handle is set up.
        self.automation: Automation | None = None

    def add(self, hold: Hold) -> None:
        """Keeps automatic flushes off until the hold is released."""
        self._holds.add(hold)
        if self.automation is not None:
            self.automation.wait()

    def release(self, hold: Hold) -> None:
        """Lets automatic flushes happen again, when nobody else keeps them off."""
        self._holds.discard(hold)
        if self.automation is not None:
            self.automation.released()

    def __contains__(self, hold: Hold) -> bool:
        return hold in self._holds

    def __len__(self) -> int:
        return len(self._holds)


class Automation:
    """What one session does by itself: it watches, it flushes, and its handles may hold that off."""

    def __init__(self) -> None:
        self._holds: list[Holds] = []
        #: The thread of the automatic flush that is under way, and whether there is none. No lock: users' code runs in a flush.
        self._flusher: int | None = None
        self._idle = threading.Event()
        self._idle.set()
        self._watch: PyodideWatch | DiskWatch | None = None
        self._turns: Turns | None = None
        self._mode: Reloading | None = None

    @property
    def is_held(self) -> bool:
        """Whether somebody keeps automatic flushes off."""
        return any(self._holds)

    def join(self, holds: Holds) -> None:
        """Lets one more handle hold flushes off."""
        self._holds = [*self._holds, holds]
        holds.automation = self

    def leave(self, holds: Holds) -> None:
        """Lets a handle hold nothing off any longer."""
        holds.automation = None
        self._holds = [other for other in self._holds if other is not holds]
        self.released()

    def wait(self) -> None:
        """Waits for an automatic flush that is under way in another thread, now that somebody holds the next one off; unless this
        thread is in the middle of an import: that flush may be waiting for its end.
        """
        if self._flusher not in (None, threading.get_ident()) and not is_this_thread_importing():
            self._idle.wait()

    def released(self) -> None:
        """Somebody holds flushes off no longer."""
        if not self.is_held:
            self._schedule()

    def _schedule(self) -> None:
        for due in (self._watch, self._turns):
            if due is not None:
                due.schedule()

    def start(self, reloader: Reloader, wanted: Reloading) -> None:
        """Begins to watch the roots and to flush by itself, or what of it is wanted; in place of what was wanted before."""
        if self._mode == wanted:
            return
        is_change = self._mode is not None
        has_watched = isinstance(self._watch, DiskWatch)
        self.stop()
        self._mode = wanted
        if not wanted.is_enabled:
            return
        flush: Flush | None = None if wanted.flush == "manual" else partial(self._flush, reloader)
        if IN_PYODIDE:
            if wanted.watches or flush is not None:
                self._watch = PyodideWatch(reloader, flush, watches=wanted.watches)
        else:
            # Where nobody has asked for it, no module runs in a thread of ours: it may have to do with signals, a database, a window.
            if flush is not None and wanted.flush == "auto":
                self._turns = None if wanted.schedule is None else Turns(reloader, wanted.schedule, flush)
                flush = None if self._turns is None else self._turns.schedule
            if wanted.watches:
                self._watch = DiskWatch(reloader, flush)
                if has_watched:
                    self._watch.look_at_all()
        if is_change:
            self._schedule()

    def stop(self) -> None:
        """Ends watching and flushing. What was seen and not yet flushed is left to the next `flush`."""
        watch, self._watch = self._watch, None
        turns, self._turns = self._turns, None
        self._mode = None
        if turns is not None:
            turns.stop()
        if watch is not None:
            watch.stop()

    def forked(self) -> None:
        """In a forked child, which has neither the thread that watches nor one that runs an event loop: as if neither had been there.
        The first reload starts to watch.
        """
        if self._flusher != threading.get_ident():
            self._flusher = None
            self._idle = threading.Event()
            self._idle.set()
        watch, self._watch = self._watch, None
        turns, self._turns = self._turns, None
        self._mode = None
        if turns is not None:
            turns.stop()
        if watch is not None:
            watch.forked()

    def _flush(self, reloader: Reloader) -> Outcome:
        """Flushes, unless that has to wait. What goes wrong is logged, since there is no caller to be told."""
        if self._flusher is not None:
            return Outcome.BUSY  # a watch that was ended is still at it
        # In this order, and in `hold` the other way round: of the two at least one sees the other.
        self._idle.clear()
        self._flusher = threading.get_ident()
        try:
            if self.is_held:
                return Outcome.HELD
            if reloader.is_busy:
                return Outcome.BUSY
            report = reloader.flush()
        except BaseException as error:
            if self._turns is not None and not isinstance(error, Exception):
                raise  # an interrupt that is meant for the program, in whose thread this is
            _log.error("an automatic reload failed; it is tried again with the next event", exc_info=True)
            return Outcome.DONE
        finally:
            self._flusher = None
            self._idle.set()
        if report.failed:
            _log.warning("%s", report)
        return Outcome.BUSY if report.waiting else Outcome.DONE
