"""Loads a distribution of Pyodide's lock file by the import that needs it, where the browser lets Python wait for that."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._base.host import IN_PYODIDE, can_wait
from pyautoload_wasm._start.distributions import pyodides_lock
from pyautoload_wasm.errors import ConfigurationError


class PackageFinder(MetaPathFinder):
    """Stands last: what nobody else has found is looked up in the lock file, loaded, and found by Python's own finder."""

    def __init__(self) -> None:
        if not IN_PYODIDE:
            raise ConfigurationError(
                "load_packages_on_import() works in Pyodide alone; here pip installs what load_packages() names"
            )

    def install(self) -> None:
        """Takes its place, unless it has one."""
        if self not in sys.meta_path:
            sys.meta_path.append(self)

    def remove(self) -> None:
        """Leaves it."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    @hidden
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a package that was loaded for it. None where the lock file has none of that name, and where Python cannot wait;
        the import then fails as without us. Raises ModuleNotFoundError with the reason where Pyodide could not load it.
        """
        locked = pyodides_lock().of_import(fullname)
        if locked is None or not can_wait():
            return None
        failure = _load(locked.name)
        if failure is not None:
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: Pyodide could not load {locked.name}: {failure}", name=fullname
            )
        importlib.invalidate_caches()
        return PathFinder.find_spec(fullname)

    def __repr__(self) -> str:
        return "<pyautoload_wasm's finder that loads packages of Pyodide's>"


@hidden
def _load(distribution: str) -> str | None:
    """Loads a distribution. Returns why that failed, if it did."""
    import pyodide_js
    from pyodide.ffi import JsException, run_sync

    errors: list[str] = []
    loading = pyodide_js.loadPackage(distribution, messageCallback=lambda text: None, errorCallback=errors.append)
    try:
        run_sync(loading)
    except JsException as error:
        errors.append(str(error))
    return "; ".join(errors) or None
