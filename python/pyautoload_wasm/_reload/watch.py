"""Where events come from by themselves.

In Pyodide ``watch.js`` collects what happens in the filesystem, and asks for a turn of the event loop. Elsewhere a thread of ours
waits for the operating system, by way of watchfiles. Neither runs a user's code: both ask for a flush, on a turn of their own.
"""

from __future__ import annotations

import enum
import functools
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from pyautoload_wasm._base.host import IN_PYODIDE, javascript_class
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm.errors import AutoloadError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

#: How long an automatic flush waits for the end of an import in Pyodide, before it looks again.
_PATIENCE_MS = 20
#: The same elsewhere.
_PATIENCE_SECONDS = 0.02
#: Changes of a desktop's files are gathered until nothing happens for a step, since who saves a file may write it in several parts; at
#: most so long.
_DEBOUNCE_MS, _STEP_MS = 400, 50


class Outcome(enum.Enum):
    """What became of an automatic flush. Who holds it off asks for the next one; the end of an import has to be waited for."""

    DONE = enum.auto()
    HELD = enum.auto()
    BUSY = enum.auto()


#: Flushes, unless that has to wait.
Flush: TypeAlias = Callable[[], Outcome]


class PyodideWatch:
    """Watches Pyodide's filesystem, and flushes on a later turn of the event loop."""

    def __init__(self, reloader: Reloader, flush: Flush | None, *, watches: bool) -> None:
        self._reloader = reloader
        self._flush = flush
        import pyodide_js
        from pyodide.ffi import JsException, create_proxy

        try:
            watcher = javascript_class("watch.js", "Watcher")
        except JsException as error:
            raise AutoloadError(
                f"enable_reloading() evaluates a script of the wheel, and this page's content security policy forbids that ({error}): "
                "install the npm package pyautoload-wasm, which needs no 'unsafe-eval', or call enable_reloading(watch=False, "
                "flush='manual') and tell the loader of changes with notify()"
            ) from None
        self._turn_proxy = create_proxy(self._turn) if flush else None
        roots = "\0".join(reloader.watched_roots) if watches else ""
        self._watcher: Any = watcher.new(pyodide_js.FS, roots, self._turn_proxy)
        if watches:
            reloader.sources.append(self._take)
        if flush:
            reloader.on_mark = self.schedule

    def schedule(self) -> None:
        """Asks for a turn of the event loop."""
        if self._watcher is not None:
            self._watcher.schedule()

    def stop(self) -> None:
        """Lets go of the filesystem, and of all proxies."""
        watcher, self._watcher = self._watcher, None
        if watcher is None:
            return
        self._reloader.on_mark = None
        if self._take in self._reloader.sources:
            self._reloader.sources.remove(self._take)
            self._reloader.mark(_paths_of(watcher))
        watcher.stop()
        if self._turn_proxy is not None:
            self._turn_proxy.destroy()

    def forked(self) -> None:
        """Pyodide does not fork."""

    def _turn(self) -> None:
        if self._flush is not None and self._flush() is Outcome.BUSY and self._watcher is not None:
            self._watcher.schedule(_PATIENCE_MS)

    def _take(self) -> Iterable[str]:
        return _paths_of(self._watcher)


def _paths_of(watcher: Any) -> Iterable[str]:
    text: str = watcher.take()
    # JavaScript's strings may be no Unicode. Such a name is no module's, and the engine cannot be asked about it.
    return filter(_is_unicode, text.split("\0")) if text else ()


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class DiskWatch:
    """Watches folders of a desktop from a thread of its own, and flushes there."""

    def __init__(self, reloader: Reloader, flush: Flush | None) -> None:
        self._reloader = reloader
        self._flush = flush
        #: What has changed and nobody has taken: of two threads one appends while the other takes.
        self._paths: deque[str] = deque()
        self._stopped = threading.Event()
        self._may_flush = threading.Event()
        roots = list(dict.fromkeys(os.path.realpath(root) for root in reloader.watched_roots))
        try:
            _prepare_for_forks()
            self._changes = _watchfiles()(roots, False, False, 0, True, True)
        except OSError as error:
            raise AutoloadError(
                f"the folders {', '.join(roots)} cannot be watched: {error}; call enable_reloading(watch=False), and tell the loader "
                "of changes with notify() or reload()"
            ) from error
        reloader.sources.append(self._take)
        self.thread = threading.Thread(target=self._run, name="pyautoload_wasm watch", daemon=True)
        self.thread.start()

    def schedule(self) -> None:
        """Lets the thread go on that waits for its flush."""
        self._may_flush.set()

    def stop(self) -> None:
        """Ends the thread, as soon as it comes to it."""
        if self._take in self._reloader.sources:
            self._reloader.sources.remove(self._take)
            self._reloader.mark(self._take())
        # Not waited for: it may be importing something that waits for whoever stops it.
        self._stopped.set()
        self._may_flush.set()

    def forked(self) -> None:
        """In a forked child: lets go of what was copied, without touching what the parent's thread goes on to use."""
        _inherited.append(self)
        if self._take in self._reloader.sources:
            self._reloader.sources.remove(self._take)
            self._reloader.mark(self._take())

    def _run(self) -> None:
        while not self._stopped.is_set():
            changes = self._changes.watch(_DEBOUNCE_MS, _STEP_MS, 0, self._stopped)
            if isinstance(changes, str):
                continue
            self._paths.extend(path for _, path in changes if "/__pycache__" not in path)
            if self._flush is not None:
                self._flush_when_free(self._flush)
        self._changes.close()

    def _flush_when_free(self, flush: Flush) -> None:
        while not self._stopped.is_set():
            self._may_flush.clear()
            outcome = flush()
            if outcome is Outcome.DONE:
                break
            if outcome is Outcome.HELD:
                self._may_flush.wait()
            else:
                self._stopped.wait(_PATIENCE_SECONDS)

    def _take(self) -> Iterable[str]:
        return [self._paths.popleft() for _ in range(len(self._paths))]


@functools.cache
def _prepare_for_forks() -> None:
    """Lets watchfiles prepare itself, once, in the thread that sets up. It lets go of the interpreter meanwhile; a child that another
    thread forked in that moment would wait for ever when it watches.
    """
    nothing = _watchfiles()([], False, False, 0, True, True)
    stopped = threading.Event()
    stopped.set()
    nothing.watch(0, 1, 0, stopped)
    nothing.close()


#: Watches of a parent process. They are kept, since watchfiles would wake the parent's thread when they go.
_inherited: list[DiskWatch] = []


def _watchfiles() -> Any:
    """The part of watchfiles that begins to watch at once: its generator begins when it is first asked."""
    try:
        from watchfiles._rust_notify import RustNotify
    except ImportError:
        raise ConfigurationError(
            "enable_reloading(watch=True) needs watchfiles outside of Pyodide: pip install pyautoload_wasm[watch]"
        ) from None
    return RustNotify


def require_watching() -> None:
    """Raises ConfigurationError where folders cannot be watched here."""
    if not IN_PYODIDE:
        _watchfiles()
