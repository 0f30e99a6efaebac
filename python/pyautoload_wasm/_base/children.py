"""What is sent along to the children that multiprocessing starts, and how it gets there.

Each process object has a copy of its parent's configuration, which is pickled before the function that the child is to run. So what
stands there is unpickled when the child has its ``sys.path`` and its main module, and before it needs the project's modules. joblib's
processes are such objects, too. `multiprocessing.spawn.get_preparation_data` would come before either, and joblib has another one.
"""

from __future__ import annotations

import sys
from typing import Any

_KEY = "pyautoload_wasm"
#: What is sent along, pickled anew for each child; None where nothing is.
_sent: object | None = None


def send_along(sent: object | None) -> None:
    """From now on sends something along; None for nothing."""
    global _sent
    _sent = sent
    hand_on()


def hand_on() -> None:
    """Puts what is to be sent where multiprocessing finds it, if that is there. Importing it would take as long as ten set-ups."""
    process: Any = sys.modules.get("multiprocessing.process")
    current = getattr(process, "current_process", None)
    if current is None:
        return  # still being imported: the import of its next module comes by here
    config = getattr(current(), "_config", None)
    if config is None:
        return  # no process of Python's own: marimo has others in WebAssembly, whose children share the memory
    if _sent is None:
        config.pop(_KEY, None)
    else:
        config[_KEY] = _sent
