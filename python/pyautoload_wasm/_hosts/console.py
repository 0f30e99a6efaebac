"""Consoles: `code.interact()`, Python's own prompt, and editors and terminals of PyScript. Names and objects follow in them as in a
notebook, and changed files are reloaded before each statement, also where no event loop turns.

Consoles that are written in Python run each statement by `code.InteractiveInterpreter`, the newer prompts of Python included. The
older prompt is written in C: it knows nothing but the object ``sys.ps1``, whose text it asks for each time.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from types import CodeType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import loader as loaders
from pyautoload_wasm._base.frames import caller
from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._hosts.spoken import OldCode, say
from pyautoload_wasm.loader import AutoLoader

if TYPE_CHECKING:
    from code import InteractiveInterpreter

#: Python's own `InteractiveInterpreter.runcode`, in whose place `_run` is while a loader reloads.
_run_by_python: Any = None
_old_code = OldCode()


def _run(self: InteractiveInterpreter, code: CodeType) -> None:
    """Runs a statement of a console, with all changes before it, and none meanwhile."""
    run = _run_by_python
    with ExitStack() as held:
        for loader in _prepare(self.locals):
            held.enter_context(loader.hold())
        if run is not None:
            run(self, code)


class _Prompt(str):
    """A prompt of the interpreter that is written in C, which asks for the text before each statement."""

    __slots__ = ()

    def __str__(self) -> str:
        if caller() is None:  # who is written in Python asks at each key, or runs the statement by `_run`
            _prepare(getattr(sys.modules.get("__main__"), "__dict__", {}))
        return str.__str__(self)


def _prepare(namespace: Any) -> list[AutoLoader]:
    """Reloads what has changed, before something runs in a namespace. Returns the loaders that reload."""
    active = [loader for loader in AutoLoader.loaders() if loader.reloading_enabled]
    for loader in active:
        _treat_as_notebook(loader, namespace)
        try:
            _old_code.say(loader, loader.flush())
        except Exception as error:
            say(f"cannot reload: {type(error).__name__}: {error}")
    if not active:
        _let_go()
    return active


def _treat_as_notebook(loader: AutoLoader, namespace: Any) -> None:
    """Lets names and objects follow, and finds edits that nobody tells of."""
    if isinstance(namespace, dict):
        loader.track(namespace)
    session = loader._session
    if session is not None and session.reloader is not None:  # another thread may have taken it down
        session.reloader.look_for_changes()
        session.let_objects_follow(True)


def _take_place() -> None:
    global _run_by_python
    # To import it takes a millisecond of a desktop, and in Pyodide longer than many a set-up: there only where it may be used.
    if _run_by_python is None and (not IN_PYODIDE or not sys.modules.keys().isdisjoint(("code", "pyscript"))):
        from code import InteractiveInterpreter

        _run_by_python = InteractiveInterpreter.runcode
        InteractiveInterpreter.runcode = _run  # type: ignore[method-assign]
    prompt = getattr(sys, "ps1", ">>> ")
    if (hasattr(sys, "ps1") or sys.flags.interactive) and type(prompt) is str:
        sys.ps1 = _Prompt(prompt)


def _let_go() -> None:
    """Gives Python its own back, unless somebody else has taken our place meanwhile."""
    global _run_by_python
    if _run_by_python is not None:
        from code import InteractiveInterpreter

        if InteractiveInterpreter.runcode is _run:
            InteractiveInterpreter.runcode = _run_by_python  # type: ignore[method-assign]
            _run_by_python = None
    prompt = getattr(sys, "ps1", None)
    if type(prompt) is _Prompt:
        sys.ps1 = str.__str__(prompt)


def _take_charge_of(loader: AutoLoader) -> None:
    """A loader that reloads does so before each statement of a console, of those too that are opened later."""
    if not loader.reloading_enabled or _is_in_ipython():
        return
    _take_place()
    if "pyscript" in sys.modules:
        # All editors of one environment run in the namespace of the main module, and nobody tells of what runs there.
        _treat_as_notebook(loader, sys.modules["__main__"].__dict__)


def _is_in_ipython() -> bool:
    module = sys.modules.get("IPython.core.getipython")
    return module is not None and module.get_ipython() is not None


loaders.hosts.append(_take_charge_of)
