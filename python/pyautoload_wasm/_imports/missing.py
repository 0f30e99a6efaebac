"""The finder at the end of ``sys.meta_path``: when nobody else has found a module of ours, it says why."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from pyautoload_wasm._base.frames import is_import, is_lazy_attribute
from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._diagnosis.names import missing_module
from pyautoload_wasm._project.catalog import Catalog


class MissingFinder(MetaPathFinder):
    """Finds nothing. It stands last, so that extension modules, bytecode and other people's finders have had their chance."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @hidden
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """None for a question. For an import of a module that should be ours, raises its ModuleNotFoundError."""
        if not is_import() or is_lazy_attribute(fullname):
            return None
        error = missing_module(self._catalog, fullname)
        if error is None:
            return None
        later = sys.meta_path[sys.meta_path.index(self) + 1 :] if self in sys.meta_path else []
        for finder in later:
            # One of the old kind has `find_module` instead, which Python 3.12 passes over.
            find_spec = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find_spec is None else find_spec(fullname, path, target)
            if spec is not None:
                return spec
        raise error

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's finder that explains missing modules of {self._catalog.settings.tag}>"
