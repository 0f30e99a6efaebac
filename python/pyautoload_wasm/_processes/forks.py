"""What becomes of the loaders in a forked child, which has one thread and copies of all locks: nobody would ever let go of those that
another thread had.
"""

from __future__ import annotations

import os
from typing import Any

from pyautoload_wasm._base.engine import engines
from pyautoload_wasm._session import session

#: The locks that this thread took for the fork, the first that it took first.
_taken: list[Any] = []


def _before_fork() -> None:
    """Waits until no other thread is in the midst of something that the child would need whole: an answer of an engine, a set-up's or
    a teardown's changes. Users' code runs under none of these locks, so nobody waits for long.
    """
    for lock in (session.changing, *(engine.lock for engine in engines())):
        lock.acquire()
        _taken.append(lock)


def _after_fork() -> None:
    while _taken:
        _taken.pop().release()


def _in_child() -> None:
    _after_fork()
    session.forked()


def prepare() -> None:
    """Prepares this process for forks. To be called once."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)
