"""``%load_ext pyautoload_wasm``: in a notebook changed files are reloaded before each cell, and at no other time.

IPython itself is not imported: what is used of it is handed over.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from pyautoload_wasm.loader import AutoLoader

if TYPE_CHECKING:
    from pyautoload_wasm._reload.automation import Hold


class Notebook:
    """What the extension does in one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._holds: dict[AutoLoader, Hold] = {}
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)
        self._take_charge()

    def close(self) -> None:
        """Leaves the shell and the loaders to themselves."""
        self._shell.events.unregister("pre_run_cell", self._before_cell)
        self._shell.events.unregister("post_run_cell", self._after_cell)
        for loader, hold in self._holds.items():
            hold.release()
            loader.untrack(self._shell.user_ns)

    def _before_cell(self, info: object = None) -> None:
        self._take_charge()
        for loader in self._holds:
            try:
                report = loader.flush()
            except Exception as error:
                _say(f"cannot reload: {type(error).__name__}: {error}")
            else:
                if report:
                    _say(str(report))

    def _after_cell(self, result: object = None) -> None:
        # A loader that this cell has set up would else reload by itself before the next one.
        self._take_charge()

    def _take_charge(self) -> None:
        active = [loader for loader in AutoLoader.loaders() if loader.reloading_enabled]
        for loader in list(self._holds):
            if loader not in active:
                self._holds.pop(loader).release()
        for loader in active:
            if loader not in self._holds:
                self._holds[loader] = loader.hold()
            loader.track(self._shell.user_ns)


#: Of each shell that has the extension.
_notebooks: weakref.WeakKeyDictionary[Any, Notebook] = weakref.WeakKeyDictionary()


def _say(text: str) -> None:
    print("pyautoload_wasm:", " ".join(text.split()))


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext pyautoload_wasm``: before each cell all loaders that reload apply their events, the notebook's own names follow, and
    a line says what was reloaded, or failed. Automatic flushes are held off, so that no module changes while a cell runs.
    """
    if shell not in _notebooks:
        _notebooks[shell] = Notebook(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext pyautoload_wasm``."""
    notebook = _notebooks.pop(shell, None)
    if notebook is not None:
        notebook.close()
