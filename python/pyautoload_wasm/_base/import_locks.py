"""All that knows importlib's own locks. There is one for the whole interpreter, held while a finder is asked, and one for each module,
held from the search for it until its import statement is through: longer than its body runs.

They are importlib's private matter, and nothing else tells when another thread's import ends. A note of ours for each module that
runs would end before that, and stay for ever where an interrupt comes between two lines.
"""

from __future__ import annotations

import _imp
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any, Final

_BOOTSTRAP: Final = vars(importlib._bootstrap)
#: Weak references to the locks of modules that are being imported, by name.
_locks: dict[str, Callable[[], Any]] = _BOOTSTRAP["_module_locks"]

#: What an import raises where waiting for another thread would be for ever.
DeadlockError: type[Exception] = _BOOTSTRAP["_DeadlockError"]


@contextmanager
def interpreter_lock_released() -> Iterator[None]:
    """Lets go of the interpreter's import lock, if this thread has it, for users' code that a finder calls: it may wait for another
    thread's import.
    """
    depth = 0
    try:
        while True:
            _imp.release_lock()
            depth += 1
    except RuntimeError:
        pass  # this thread does not have it, or no longer
    try:
        yield
    finally:
        for _ in range(depth):
            _imp.acquire_lock()


def _owner_of(lock: Any) -> int | None:
    """The thread that has a lock. An interrupt may leave one that has an owner, and was taken no time."""
    return lock.owner if lock is not None and lock.count else None


def _held() -> Iterator[tuple[str, int]]:
    """The modules that are being imported, each with the thread that does it."""
    # A copy, made in one step, since other threads import meanwhile.
    for name, reference in _locks.copy().items():
        lock = reference()
        thread = _owner_of(lock)
        if thread is not None:
            yield name, thread


def is_importing(is_meant: Callable[[str], bool]) -> bool:
    """Whether a module is being imported, in any thread, whose name is one of those that are meant."""
    return any(is_meant(name) for name, _ in _held())


def is_this_thread_importing() -> bool:
    """Whether this thread is in the middle of an import, of whatever module."""
    me = get_ident()
    return any(thread == me for _, thread in _held())


class HeldImports:
    """The locks of some modules, so that other threads wait for what becomes of these before they import them. Where there is no other
    thread, nothing is held.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._locks = [_BOOTSTRAP["_get_module_lock"](name) for name in names] if len(sys._current_frames()) > 1 else []

    def take(self) -> None:
        """Waits until nobody else imports the modules, and keeps others from doing so. Raises DeadlockError."""
        for lock in self._locks:
            lock.acquire()

    def release(self) -> None:
        """Lets others import the modules. What is not held is left alone, so that this can be called twice."""
        for lock in self._locks:
            while _owner_of(lock) == get_ident():
                lock.release()


def forget_other_threads(is_meant: Callable[[str], bool]) -> None:
    """In a forked child: ends the imports of threads that it does not have. Whoever imports these modules executes them."""
    me = get_ident()
    for name in [name for name, thread in _held() if thread != me and is_meant(name)]:
        _locks.pop(name, None)
        module = sys.modules.get(name)
        if getattr(getattr(module, "__spec__", None), "_initializing", False):
            del sys.modules[name]
