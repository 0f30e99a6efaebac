"""What a module says of itself while it is executed: `once`, what it keeps; `reload_with`, which data files it depends on."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from pyautoload_wasm._base.arguments import StrPath, plain_text, shown
from pyautoload_wasm._base.frames import drop_own_frames, users_globals
from pyautoload_wasm._imports.kept_values import layers
from pyautoload_wasm._imports.state import LoadState, bodies
from pyautoload_wasm.errors import ConfigurationError

T = TypeVar("T")


def once(function: Callable[[], T], *, key: str | None = None) -> T:
    """Calls a function when the module is executed first, and gives the same value when the module is executed again.

    ``model = once(train)`` at module level trains a model once. The function is called anew when its own code or a constant default of
    it has changed, and by `reload_module` with ``fresh=True``. What it calls is not looked at. Where the module is not an
    autoloader's, each call is a plain call of the function.

    Values are kept by module and qualified name. A lambda, a function within a function and an object without a qualified name need a
    ``key``, and so does a second call for the same function.

    Raises ConfigurationError for another function or key, and where it is called after the module's body has run.
    """
    try:
        key = _key_of(function, key)
        caller = _calling_module()
        if caller is None:
            return function()
        if caller.place is None:
            raise ConfigurationError(
                f"once() was called for {key!r} after {caller.module} had been executed: call it at module level, as in "
                "model = once(train)"
            )
        caller.state.has_declared = True
        return caller.state.kept.get(caller.module, caller.place, key, function)
    except BaseException as error:
        drop_own_frames(error)
        raise


class _Caller(NamedTuple):
    """A loader's module whose code has called the autoloader, and the place of its execution if its body is running."""

    state: LoadState
    module: str
    file: str
    place: int | None


def _calling_module() -> _Caller | None:
    """The module whose code has called the autoloader; None for what is no loader's module."""
    namespace = users_globals() or {}
    name, file = namespace.get("__name__"), namespace.get("__file__")
    state: LoadState | None = getattr(getattr(namespace.get("__spec__"), "loader", None), "state", None)
    if state is None or not isinstance(name, str) or name not in state.catalog.supplied:
        return None
    places = [place for place, body in bodies.copy().items() if body == name]
    return _Caller(state, name, file if isinstance(file, str) else "", max(places, default=None))


def _key_of(function: object, key: str | None) -> str:
    """Under what a value is kept. Raises ConfigurationError."""
    if not callable(function):
        raise ConfigurationError(
            f"once({shown(function)}): expected a function without arguments; pass it without calling it"
        )
    if key is not None:
        if not isinstance(key, str):
            raise ConfigurationError(f"once(key={shown(key)}): expected a str")
        return key
    innermost = layers(function)[-1]
    name = getattr(innermost, "__qualname__", None)
    if not isinstance(name, str) or "<" in name:
        what = name if isinstance(name, str) else shown(function)
        raise ConfigurationError(
            f"once({what}): a lambda, a function within a function and an object without a name of its own need a key, as in "
            "once(…, key='model')"
        )
    module = getattr(innermost, "__module__", None)
    return f"{module}.{name}"


def reload_with(*paths: StrPath) -> None:
    """Has the module whose code calls this executed again when a data file changes: ``reload_with("settings.json")`` at module level.

    Paths count from the folder of the module's file. A file may come later, and go again. A folder stands for the names in it, so that
    it changes when something is added or removed; name its files as well if their contents matter.

    Each execution declares anew. Where the module is not an autoloader's, nothing is done.

    Raises ConfigurationError for what is no path.
    """
    try:
        names = [plain_text(path, "reload_with()") for path in paths]
        caller = _calling_module()
        if caller is None:
            return
        folder = os.path.dirname(caller.file)
        caller.state.has_declared = True
        for name in names:
            path = os.path.normpath(os.path.join(folder, name))
            caller.state.data.declare(caller.module, path, name, is_running=caller.place is not None)
    except BaseException as error:
        drop_own_frames(error)
        raise
