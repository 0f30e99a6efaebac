"""Whether a file can have changed, told without a look at it: in Pyodide, whose files are in memory, JavaScript counts all changes."""

from __future__ import annotations

from typing import Any

from pyautoload_wasm.scripts import IN_PYODIDE, script

#: What `count_for` says of a file that nobody counts for.
UNCOUNTED = -1


class Uncounted:
    """Where nobody counts, and each file has to be looked at."""

    count = None

    def close(self) -> None:
        """Nothing to end."""


#: Before anybody has asked.
UNOPENED = Uncounted()


def count_changes() -> Any:
    """The counter of ``memory.js``, to be closed; `Uncounted` elsewhere, and where the page's content security policy forbids it."""
    if not IN_PYODIDE:
        return Uncounted()
    import pyodide_js
    from pyodide.ffi import JsException

    try:
        return script("memory.js", "MemoryChanges").open(pyodide_js.FS)
    except JsException:
        return Uncounted()
