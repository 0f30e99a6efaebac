"""How a handle comes to a session, and leaves it. One thread at a time changes a session; others wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from threading import get_ident
from typing import Any

from pyautoload_wasm._session.handle import Handle, Owner
from pyautoload_wasm._session.session import Session, changing, session_of
from pyautoload_wasm.errors import ConfigurationError, ConflictError

#: Told when a thread has changed a session, or has given up.
_changed = threading.Condition(changing)
#: How many seconds somebody waits for another thread. Users' code may run in a set-up, and may wait for whoever waits here.
_PATIENCE = 60


def join(handle: Handle, namespace: dict[str, Any] | None) -> bool:
    """Sets a handle up: on the session of its project, or on a new one. ``namespace`` has the globals of the code that asks for it.
    Returns whether that was not done before. Raises as `AutoLoader.setup` does; everything is as it was then.
    """
    if not handle.settings.roots:
        raise ConfigurationError("setup() without a root: pass base_path, or call push_dir() first")
    with changing:
        if handle.joining is not None:
            _wait(partial(getattr, handle, "joining"), handle)
        if handle.session is not None:
            return False
        handle.joining = get_ident()
    try:
        handle.owner = None if namespace is None else Owner(namespace)
        session = _change(handle)
        try:
            if session.handles:
                session.add(handle)
            else:
                session.set_up(handle)
        finally:
            _end(session)
    finally:
        with changing:
            handle.joining = None
            _changed.notify_all()
    return True


def leave(handle: Handle, *, keeps_modules: bool) -> bool:
    """Takes a handle from its session, and the session down if it was the last. Returns whether it was on one."""
    with changing:
        session: Session | None = handle.session
        if session is None:
            return False
        is_ours = session.changer == get_ident()
        if not is_ours:
            if session.changer is not None:
                _wait(partial(getattr, session, "changer"), handle)
            if handle.session is not session:
                return False
            session.changer = get_ident()
    try:
        if len(session.handles) > 1:
            session.remove(handle)
        else:
            session.close(keeps_modules=keeps_modules)
    finally:
        if not is_ours:
            _end(session)
    return True


def _change(handle: Handle) -> Session:
    """The session that a handle is for, perhaps a new one, for this thread to change. Raises ConflictError."""
    with changing:
        while True:
            session = session_of(handle)
            if session is None:
                return Session(handle)
            if session.changer is None:
                session.changer = get_ident()
                return session
            _wait(partial(getattr, session, "changer"), handle)


def _end(session: Session) -> None:
    with changing:
        session.changer = None
        _changed.notify_all()


def _wait(changer: Callable[[], int | None], handle: Handle) -> None:
    """Waits until another thread is done. Raises ConflictError where this would be for ever."""
    roots = " and ".join(root.path for root in handle.settings.roots)
    if changer() == get_ident():
        raise ConflictError(
            f"the loader of {roots} is being set up: its inflector, its log and its callbacks cannot set it up or take it down"
        )
    if not _changed.wait_for(lambda: changer() is None, _PATIENCE):
        raise ConflictError(
            f"the loader of {roots} is being set up or taken down by another thread, for {_PATIENCE} seconds now"
        )
