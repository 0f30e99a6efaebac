"""The finder at the end of ``sys.meta_path``: when nobody else has found a module of ours, it says why."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

from pyautoload_wasm._diagnosis.names import missing_module
from pyautoload_wasm._base.frames import hidden

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from pyautoload_wasm._imports.finder import AutoloadFinder


class MissingFinder(MetaPathFinder):
    """Finds nothing. Stands last, so that extension modules, bytecode and other people's finders have had their chance."""

    def __init__(self, finder: AutoloadFinder) -> None:
        self.finder = finder

    @hidden
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None, or for an import of a module that should be ours its ModuleNotFoundError.

        An import is told from a question (``importlib.util.find_spec``, which wants None) by who asks: importlib's
        `_find_and_load_unlocked`, two frames up. The alternative is the module's lock, which an import holds; but that is as
        private, and held as well where another finder asks in the midst of the import. Where the frames are others, as in a
        future CPython, Python's own error is what happens.
        """
        caller = sys._getframe(1).f_back
        if caller is None or caller.f_code.co_name != "_find_and_load_unlocked":
            return None
        error = missing_module(self.finder, fullname)
        if error is None:
            return None
        later = sys.meta_path[sys.meta_path.index(self) + 1 :] if self in sys.meta_path else []
        for finder in later:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return spec
        raise error
