"""Streamlit, also as stlite: a script runs again with each click.

After an edit Streamlit's watcher takes the project's modules out of ``sys.modules``, from a thread of its own. What a session keeps
would stay on the old classes then: the import of a module that is gone makes another one, and nothing follows. So the modules are
held here, and put back when the script has set up its loader again, before it reloads them.
"""

from __future__ import annotations

import sys
import weakref
from types import ModuleType
from typing import TYPE_CHECKING

from pyautoload_wasm import loader as loaders

if TYPE_CHECKING:
    from pyautoload_wasm._session.session import Session
    from pyautoload_wasm.loader import AutoLoader

#: The modules of each session that have run in this process.
_held: weakref.WeakKeyDictionary[Session, dict[str, ModuleType]] = weakref.WeakKeyDictionary()


def _take_charge_of(loader: AutoLoader) -> None:
    session = loader._session
    if not loader.reloading_enabled or session is None or not _runs_a_script():
        return
    held = _held.setdefault(session, {})
    for name, module in list(held.items()):
        if name in session.state.ran:  # and so it is not gone by a reload
            sys.modules.setdefault(name, module)
        else:
            del held[name]
    note = held.__setitem__
    loader.remove_callback(note).on_load(note)


def _runs_a_script() -> bool:
    scriptrunner = sys.modules.get("streamlit.runtime.scriptrunner")
    return scriptrunner is not None and scriptrunner.get_script_run_ctx(suppress_warning=True) is not None


loaders.hosts.append(_take_charge_of)
