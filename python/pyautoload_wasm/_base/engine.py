"""The way to the Rust core, and the only file that knows by which door: the compiled extension, or the engine that
JavaScript brings. Either is a function from a JSON text to a JSON text.
"""

from __future__ import annotations

import json
import sys
import threading
import weakref
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from pyautoload_wasm import errors
from pyautoload_wasm._base.answers import Ask
from pyautoload_wasm._base.host import IN_PYODIDE, javascript_class

if TYPE_CHECKING:
    from collections.abc import Callable

Request: TypeAlias = "Callable[[str], str]"

_WHERE = (
    "It works in the main interpreter of CPython 3.11 and later, not in subinterpreters and not in free-threaded builds"
)


def _find_door() -> tuple[str, Callable[[], Request]]:
    _refuse_subinterpreter()
    try:
        from pyautoload_wasm._engine import open_engine
    except ModuleNotFoundError as missing:
        if missing.name != "pyautoload_wasm._engine":
            raise
    except ImportError as error:
        raise ImportError(f"pyautoload_wasm cannot be loaded here: {error}. {_WHERE}", name="pyautoload_wasm") from None
    else:
        return "extension", partial(open_engine, _pyodide_files())
    try:
        import _pyautoload_wasm_js
    except ModuleNotFoundError:
        raise ImportError(
            "pyautoload_wasm has no engine here: install a wheel that was built for this Python, or call install(pyodide) of "
            f"the npm package pyautoload-wasm. {_WHERE}",
            name="pyautoload_wasm",
        ) from None
    return "javascript", _pyautoload_wasm_js.open_engine


def _refuse_subinterpreter() -> None:
    """Raises ImportError in a subinterpreter of CPython 3.11, which would load the extension; later versions refuse."""
    if sys.version_info < (3, 12) and not IN_PYODIDE:
        import _xxsubinterpreters

        if _xxsubinterpreters.get_current() != _xxsubinterpreters.get_main():
            raise ImportError(f"pyautoload_wasm cannot be loaded in a subinterpreter. {_WHERE}", name="pyautoload_wasm")


def _pyodide_files() -> Any:
    """Pyodide's filesystem for the extension: JavaScript lists and reads a folder in the time that the C library takes for a file.
    None elsewhere, and where the page's content security policy forbids to evaluate JavaScript: then the C library has to do.
    """
    if not IN_PYODIDE:
        return None
    import pyodide_js
    from pyodide.ffi import JsException

    try:
        return javascript_class("vfs.js", "FileSystem").new(pyodide_js.FS)
    except JsException:
        return None


_DOOR, _open_engine = _find_door()

# A third less than what `json.dumps` and `json.loads` take for texts as short as most of these.
_encode = json.JSONEncoder().encode
_decode = json.JSONDecoder().raw_decode

_ERRORS = {"configuration": errors.ConfigurationError, "filesystem": errors.AutoloadError, "protocol": TypeError}


def engine_info() -> dict[str, str]:
    """Which engine is behind the loaders, and its version: ``{"door": "extension", "version": "0.1.0"}``. The door is
    "extension" for the wheels and "javascript" for the npm package.
    """
    return {"door": _DOOR, "version": Engine().ask("version")}


#: The engines that are in use, by `id`. A fork has to find none of them busy.
_engines: dict[int, weakref.ref[Engine]] = {}


def engines() -> list[Engine]:
    """All engines that are in use."""
    return [engine for known in list(_engines.values()) if (engine := known()) is not None]


class Engine:
    """One engine: roots, rules, what was scanned, what is loaded."""

    def __init__(self) -> None:
        self._request: Request = _open_engine()
        #: Held during each request; also by whoever needs several answers of one state. Nothing is imported under this lock and no
        #: user's code runs, so it cannot be part of a deadlock with the import system's own. Who holds it takes no other of its kind.
        self.lock = threading.RLock()
        _engines[id(self)] = weakref.ref(self)

    def __del__(self) -> None:
        # A JsProxy that goes while an error is under way makes Pyodide 0.26 and 0.27 lose the error. A finalizer has none: Python puts
        # it aside meanwhile. JavaScript would free the engine's memory only on some later turn of its event loop.
        request = self.__dict__.pop("_request", None)
        _engines.pop(id(self), None)
        if hasattr(request, "free"):
            request.free()

    def become(self, other: Engine) -> None:
        """Goes on with what another engine knows, which is not used any more. Whoever holds this one notices nothing."""
        with self.lock:
            self._request, other._request = other._request, self._request

    def ask_plainly(self, request: str, **arguments: Any) -> Any:
        """Puts a request, with plain data as arguments, and returns its plain answer.

        Raises what the core refuses: ConfigurationError, AutoloadError.
        """
        text = _encode({request: arguments} if arguments else request)
        with self.lock:
            answer, _ = _decode(self._request(text))
        error = answer.get("error")
        if error is not None:
            raise _ERRORS[error["kind"]](error["message"]) from None
        return answer["ok"]

    if TYPE_CHECKING:
        #: The same, where the request is written out: type checkers know what it takes and what it is answered with.
        ask: Ask
    else:
        ask = ask_plainly
