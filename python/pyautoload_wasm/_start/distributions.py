"""Which distribution a package belongs to: by Pyodide's lock file, or by what is installed."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._start.declared import normalized


class Locked(NamedTuple):
    """A distribution of Pyodide's."""

    name: str
    version: str
    imports: tuple[str, ...]
    depends: tuple[str, ...]


class Lock:
    """The distributions that a Pyodide can load by name."""

    def __init__(self, packages: dict[str, Any]) -> None:
        #: By normalized name.
        self.packages = {
            normalized(name): Locked(entry["name"], entry["version"], tuple(entry["imports"]), tuple(entry["depends"]))
            for name, entry in packages.items()
        }
        self._by_import = {name: locked for locked in self.packages.values() for name in locked.imports}

    def of_import(self, name: str) -> Locked | None:
        """The distribution that has a package."""
        return self._by_import.get(name)

    def with_dependencies(self, names: list[str]) -> list[str]:
        """The names of some distributions and of all that they depend on."""
        found: dict[str, None] = {}
        rest = list(reversed(names))
        while rest:
            locked = self.packages.get(normalized(rest.pop()))
            if locked is not None and locked.name not in found:
                found[locked.name] = None
                rest.extend(locked.depends)
        return list(found)


@functools.cache
def pyodides_lock() -> Lock:
    """The lock file that this Pyodide was started with; elsewhere one without packages."""
    if not IN_PYODIDE:
        return Lock({})
    import pyodide_js

    # A public attribute since Pyodide 0.28. Without the module `js`: a project may have a folder of that name.
    lockfile = getattr(pyodide_js, "lockfile", None)
    packages = lockfile.packages if lockfile is not None else pyodide_js._api.lockfile_packages
    return Lock(packages.to_py())


def installed_version(distribution: str) -> str | None:
    """The version of an installed distribution; None where it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def distributions_of_imports() -> dict[str, list[str]]:
    """The installed distributions that have a package, by the package's name."""
    from importlib.metadata import packages_distributions

    return {name: sorted(set(distributions)) for name, distributions in packages_distributions().items()}
