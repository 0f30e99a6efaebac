"""The extension for IPython: in a notebook changed files are reloaded before each cell, and at no other time.

IPython itself is not imported: what is used of it is handed over. All is done before a cell. Of the end of one not every kernel tells:
in Pyodide's a cell that awaits ends in silence.
"""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import loader as loaders
from pyautoload_wasm._hosts.completion import Completion
from pyautoload_wasm._hosts.jupyterlite import LiteKernel
from pyautoload_wasm._hosts.magic import AutoloadMagic
from pyautoload_wasm._hosts.spoken import OldCode, say
from pyautoload_wasm.loader import AutoLoader

if TYPE_CHECKING:
    from pyautoload_wasm._reload.automation import Hold

_MAGIC = "autoload"


class Notebook:
    """What the extension does in one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._holds: dict[AutoLoader, Hold] = {}
        self._old_code = OldCode()
        self._has_told_of_autoreload = False
        self._completion = Completion(shell.user_ns)
        self._kernel = LiteKernel(shell)
        shell.events.register("pre_run_cell", self._before_cell)
        shell.register_magic_function(AutoloadMagic().autoload, magic_kind="line", magic_name=_MAGIC)
        if getattr(shell, "Completer", None) is not None:
            shell.Completer.custom_matchers.append(self._completion)
        self.take_charge()

    def close(self) -> None:
        """Leaves the shell and the loaders to themselves."""
        shell = self._shell
        shell.events.unregister("pre_run_cell", self._before_cell)
        shell.magics_manager.magics["line"].pop(_MAGIC, None)
        if getattr(shell, "Completer", None) is not None and self._completion in shell.Completer.custom_matchers:
            shell.Completer.custom_matchers.remove(self._completion)
        self._kernel.close()
        for loader in list(self._holds):
            self._let_go(loader)

    def take_charge(self) -> None:
        """Lets all loaders that reload do so before each cell, and at no other time."""
        active = [loader for loader in AutoLoader.loaders() if loader.reloading_enabled]
        for loader in list(self._holds):
            if loader not in active:
                self._let_go(loader)
        for loader in active:
            if loader not in self._holds:
                self._holds[loader] = loader.hold()
                loader.track(self._shell.user_ns)
                for source in self._cells_so_far():
                    loader.track(self._shell.user_ns, source=source)
            session = loader._session
            if session is not None and session.reloader is not None:  # another thread may have taken it down
                session.reloader.look_for_changes()
                session.let_objects_follow(True)

    def _let_go(self, loader: AutoLoader) -> None:
        self._holds.pop(loader).release()
        if loader._session is not None:
            loader._session.let_objects_follow(False)
        loader.untrack(self._shell.user_ns)

    def _cells_so_far(self) -> list[str]:
        """The sources of all cells, with that which runs now, as Python."""
        return [source for source in getattr(self._shell.history_manager, "input_hist_parsed", ()) if source]

    def _before_cell(self, info: Any = None) -> None:
        self.take_charge()
        if self._leaves_it_to_autoreload():
            for loader in self._holds:
                # What that executes again it takes care of by itself, as far as it does.
                session = loader._session
                if session is not None:
                    session.state.ran_again.clear()
        else:
            for loader in self._holds:
                self._flush(loader)
            self._kernel.say_what_is_missing()
        source = self._source_of(info)
        for loader in self._holds:
            loader.track(self._shell.user_ns, source=source)

    def _source_of(self, info: Any) -> str:
        """The cell that is about to run, as Python. Where IPython does not say that itself, and cannot tell, the cell is no Python."""
        transformed = getattr(info, "transformed_cell", None)
        if transformed is None:
            try:
                transformed = self._shell.transform_cell(getattr(info, "raw_cell", None) or "")
            except Exception:
                return ""
        return str(transformed)

    def _flush(self, loader: AutoLoader) -> None:
        try:
            report = loader.flush()
        except Exception as error:
            say(f"cannot reload: {type(error).__name__}: {error}")
        else:
            self._old_code.say(loader, report)

    def _leaves_it_to_autoreload(self) -> bool:
        """Whether IPython's own extension reloads modules. Says so once."""
        magics = self._shell.magics_manager.registry.get("AutoreloadMagics")
        reloader: Any = getattr(magics, "_reloader", None)
        is_on = bool(getattr(reloader, "enabled", False) and (reloader.check_all or reloader.modules))
        if is_on and self._holds and not self._has_told_of_autoreload:
            say("%autoreload is on, and so reloading is left to it; %autoreload 0 gives it back")
        self._has_told_of_autoreload = is_on and bool(self._holds)
        return is_on


#: Of each shell that has the extension.
_notebooks: weakref.WeakKeyDictionary[Any, Notebook] = weakref.WeakKeyDictionary()


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext pyautoload_wasm``: from now on there is ``%autoload``, and before each cell all loaders look for changed files and
    reload them, the notebook's own names and objects follow, and a line says what was reloaded, or failed. While a cell runs no module
    changes.
    """
    if shell not in _notebooks:
        _notebooks[shell] = Notebook(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext pyautoload_wasm``."""
    notebook = _notebooks.pop(shell, None)
    if notebook is not None:
        notebook.close()


def _take_charge_of(loader: AutoLoader) -> None:
    """A loader that was set up in IPython is taken charge of at once: else it would reload by itself, before the next cell."""
    if not loader.reloading_enabled:
        return
    module = sys.modules.get("IPython.core.getipython")
    shell = None if module is None else module.get_ipython()
    if shell is not None:
        load_ipython_extension(shell)
    for notebook in list(_notebooks.values()):
        notebook.take_charge()


loaders.hosts.append(_take_charge_of)
