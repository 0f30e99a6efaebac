"""When events are applied by themselves, and who holds that off."""

from __future__ import annotations

import logging
import threading
from functools import partial

from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._base.import_locks import is_this_thread_importing
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._reload.watch import DiskWatch, Outcome, PyodideWatch

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
        self._mode: tuple[bool, bool] | None = None

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
        watch = self._watch
        if watch is not None and not self.is_held:
            watch.schedule()

    def start(self, reloader: Reloader, *, watches: bool, flushes: bool) -> None:
        """Begins to watch the roots and to flush by itself, or what of it is asked for; in place of what was asked for before."""
        if self._mode == (watches, flushes):
            return
        is_change = self._watch is not None
        self.stop()
        flush = partial(self._flush, reloader) if flushes else None
        if IN_PYODIDE:
            if watches or flushes:
                self._watch = PyodideWatch(reloader, flush, watches=watches)
        elif watches:
            self._watch = DiskWatch(reloader, flush)
        self._mode = (watches, flushes)
        if is_change and self._watch is not None:
            self._watch.schedule()

    def stop(self) -> None:
        """Ends watching and flushing. What was seen and not yet flushed is left to the next `flush`."""
        watch, self._watch, self._mode = self._watch, None, None
        if watch is not None:
            watch.stop()

    def forked(self) -> None:
        """In a forked child, which does not have the thread that watches: as if none had been started. The first reload does it."""
        if self._flusher != threading.get_ident():
            self._flusher = None
            self._idle = threading.Event()
            self._idle.set()
        watch, self._watch, self._mode = self._watch, None, None
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
        except BaseException:
            _log.error("an automatic reload failed; it is tried again with the next event", exc_info=True)
            return Outcome.DONE
        finally:
            self._flusher = None
            self._idle.set()
        if report.failed:
            _log.warning("%s", report)
        return Outcome.BUSY if report.waiting else Outcome.DONE
