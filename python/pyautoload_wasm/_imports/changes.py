"""Whether a file can have changed, told without a look at it: in Pyodide, whose files are in memory, JavaScript counts all changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyautoload_wasm._base.host import IN_PYODIDE, javascript_class

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What `count_for` says of a file that nobody counts for.
UNCOUNTED = -1


class Changes:
    """Where nobody counts, and each file has to be looked at."""

    #: The count, where somebody counts: an array, since looking into one costs less than a call.
    count: Sequence[int | None] = (None,)

    def count_for(self, path: str) -> int:
        """The count of changes for which a file stays as it is."""
        return UNCOUNTED

    def close(self) -> None:
        """Ends the counting."""


class MemoryChanges(Changes):
    """What ``memory.js`` counts, in an array of ours. Raises JsException where the page's content security policy forbids that, or
    Pyodide's memory is not to be had.
    """

    def __init__(self) -> None:
        from array import array

        import pyodide_js
        from pyodide.ffi import create_proxy

        counter = javascript_class("memory.js", "MemoryChanges")
        self.count = array("I", [0])
        self._array = create_proxy(self.count)
        address, _ = self.count.buffer_info()
        try:
            self._counter = counter.open(pyodide_js.FS, getattr(pyodide_js, "_module", None), self._array, address)
        except BaseException:
            self._array.destroy()
            raise

    def count_for(self, path: str) -> int:
        """The count of changes for which a file stays as it is; that of what is not in memory is not known."""
        return int(self._counter.countFor(path))

    def sources(self, directory: str, stems: Sequence[str]) -> bytes:
        """The sources of several modules of a directory, as ``memory.js`` gives them."""
        data: bytes = self._counter.sources(directory, "/".join(stems)).to_bytes()
        return data

    def close(self) -> None:
        """Ends the counting."""
        self._counter.close(self._array)
        self._array.destroy()


#: Before anybody has asked.
UNOPENED = Changes()


def count_changes() -> Changes:
    """The changes of Pyodide's memory, to be closed; elsewhere, and where they cannot be counted, each file has to be looked at."""
    if not IN_PYODIDE:
        return Changes()
    from pyodide.ffi import JsException

    try:
        return MemoryChanges()
    except JsException:
        return Changes()
