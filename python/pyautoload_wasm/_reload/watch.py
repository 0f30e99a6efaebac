"""Where events come from by themselves.

In Pyodide ``watch.js`` collects what happens in the filesystem, and asks for a turn of the event loop. Elsewhere a thread of ours
waits for the operating system, by way of watchfiles. Neither runs a user's code: both ask for a flush, on a turn of their own.
"""

from __future__ import annotations

import enum
import functools
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from pyautoload_wasm._base.arguments import is_unicode, is_within
from pyautoload_wasm._base.host import IN_PYODIDE, javascript_class
from pyautoload_wasm._reload.paths import KnownPaths
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
#: How often the roots are looked at, whether they are still the folders that are watched: the operating system tells of a deletion,
#: but not of a link that leads elsewhere.
_LOOK_MS = 2000
#: The same while somebody holds a flush off, which is due when that ends.
_HELD_MS = 200
#: How often, while one of them is gone.
_GONE_SECONDS = 0.1


_log = logging.getLogger("pyautoload_wasm")


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
        roots = self._watched(reloader.paths) if watches else ""
        self._watcher: Any = watcher.new(pyodide_js.FS, roots, self._turn_proxy)
        if watches:
            reloader.sources.append(self._take)
            reloader.on_paths = self._follow
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
        self._reloader.on_mark = self._reloader.on_paths = None
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

    def _follow(self, paths: KnownPaths) -> None:
        if self._watcher is not None:
            self._watcher.watch(self._watched(paths))

    def _watched(self, paths: KnownPaths) -> str:
        return "\0".join([*paths.roots, *paths.beyond, *self._reloader.data_files.paths()])


def _paths_of(watcher: Any) -> Iterable[str]:
    text: str = watcher.take()
    # JavaScript's strings may be no Unicode. Such a name is no module's, and the engine cannot be asked about it.
    return filter(is_unicode, text.split("\0")) if text else ()


#: Watches of a parent process. They are kept, since watchfiles would wake the parent's thread when they go.
_inherited: list[DiskWatch] = []


class DiskWatch:
    """Watches folders of a desktop from a thread of its own, and flushes there."""

    def __init__(self, reloader: Reloader, flush: Flush | None) -> None:
        self._reloader = reloader
        self._flush = flush
        #: What has changed and nobody has taken: of two threads one appends while the other takes.
        self._paths: deque[str] = deque()
        self._stopped = threading.Event()
        #: Whether there is something to flush, as far as the thread knows.
        self._is_due = False
        self._roots = reloader.paths.roots
        #: What each root was when the watching began: a folder that is deleted and made again is another one, and so is the new target
        #: of a link.
        self._identities = {root: _identity(root) for root in self._roots}
        self._watch_roots()
        reloader.sources.append(self._take)
        self.thread = threading.Thread(target=self._run, name="pyautoload_wasm watch", daemon=True)
        self.thread.start()

    def schedule(self) -> None:
        """Lets the thread flush when it looks again."""
        self._is_due = True

    def look_at_all(self) -> None:
        """Lets the next flush look at all files: nobody has told of what happened while nobody watched."""
        self._paths.extend([*self._roots, *self._beyond])
        self._is_due = True

    def stop(self) -> None:
        """Ends the thread, as soon as it comes to it."""
        if self._take in self._reloader.sources:
            self._reloader.sources.remove(self._take)
            self._reloader.mark(self._take())
        # Not waited for: it may be importing something that waits for whoever stops it.
        self._stopped.set()

    def _watch_roots(self) -> None:
        #: The folders as the operating system calls them, each with the root that it is.
        self._real = {os.path.realpath(root): root for root in reversed(self._roots)}
        #: What links lead to beyond the roots, as far as it is there: one that is gone is not waited for.
        self._beyond = self._identities_beyond()
        folders = [*self._real, *(path for path, identity in self._beyond.items() if identity is not None)]
        try:
            _prepare_for_forks()
            self._changes = _watchfiles()(folders, False, False, 0, True, True)
        except OSError as error:
            raise AutoloadError(
                f"the folders {', '.join(folders)} cannot be watched: {error}; call enable_reloading(watch=False), and tell the "
                "loader of changes with notify() or reload()"
            ) from error

    def forked(self) -> None:
        """In a forked child: lets go of what was copied, without touching what the parent's thread goes on to use."""
        _inherited.append(self)
        if self._take in self._reloader.sources:
            self._reloader.sources.remove(self._take)
            self._reloader.mark(self._take())

    def _run(self) -> None:
        while not self._stopped.is_set():
            patience = _HELD_MS if self._is_due else _LOOK_MS
            changes = self._changes.watch(_DEBOUNCE_MS, _STEP_MS, patience, self._stopped)
            if self._stopped.is_set():
                break
            is_replaced = False
            if not isinstance(changes, str):
                self._paths.extend(self._own(path) for _, path in changes if "/__pycache__" not in path)
                # A folder that was made again may have the number of the one that was deleted.
                is_replaced = any(path in self._real for _, path in changes)
                self._is_due = True
            # Data files outside of the roots are few, and no folder of theirs is watched, which may be a large one.
            moved = list(self._reloader.data_files.moved())
            self._paths.extend(moved)
            self._is_due = self._is_due or bool(moved)
            if (is_replaced or self._are_others()) and not self._wait_for_roots():
                break
            if self._is_due and self._flush is not None:
                self._is_due = self._flush_when_free(self._flush) is Outcome.HELD
        self._changes.close()

    def _are_others(self) -> bool:
        are_roots = any(_identity(root) != identity for root, identity in self._identities.items())
        return are_roots or self._identities_beyond() != self._beyond

    def _identities_beyond(self) -> dict[str, tuple[int, int] | None]:
        return {path: _identity(path) for path in self._reloader.paths.beyond}

    def _wait_for_roots(self) -> bool:
        """Waits until all roots are there, and watches them as they are now. Whether that was not stopped."""
        self._changes.close()
        has_said = False
        while not self._stopped.is_set():
            self._identities = {root: _identity(root) for root in self._roots}
            gone = [root for root, identity in self._identities.items() if identity is None]
            if not gone:
                try:
                    self._watch_roots()
                except AutoloadError:
                    continue  # it has gone again
                self.look_at_all()
                return True
            if not has_said:
                _log.warning("%s is gone: its modules stay as they are until it comes back", " and ".join(gone))
                has_said = True
            self._stopped.wait(_GONE_SECONDS)
        return False

    def _own(self, path: str) -> str:
        """A path as the roots are called."""
        for real, root in self._real.items():
            if is_within(path, real):
                return root + path[len(real) :]
        return path

    def _flush_when_free(self, flush: Flush) -> Outcome:
        """Flushes, after the end of an import."""
        while (outcome := flush()) is Outcome.BUSY and not self._stopped.wait(_PATIENCE_SECONDS):
            pass
        return outcome

    def _take(self) -> Iterable[str]:
        return [self._paths.popleft() for _ in range(len(self._paths))]


def _identity(folder: str) -> tuple[int, int] | None:
    """What tells one folder from another of the same name; None where there is none."""
    try:
        stat = os.stat(folder)
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


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
