"""Loads what a project needs into a Pyodide: distributions of its lock file, and declared ones by micropip."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pyautoload_wasm._base.host import IN_PYODIDE
from pyautoload_wasm._project.shadowing import is_importable
from pyautoload_wasm._results.requirements import PackagesReport, Requirement
from pyautoload_wasm._start.declared import normalized, requirement_type
from pyautoload_wasm._start.distributions import Lock, pyodides_lock
from pyautoload_wasm.errors import AutoloadError

#: Pyodide tells of no single package that is loaded, but keeps a table of them, which is looked at so often.
_SECONDS_BETWEEN_LOOKS = 0.03
_AT_ADDRESS = re.compile(r"[\w.-]+\s*@\s*([^\s;]+)")


async def load_packages(
    requirements: list[Requirement], *, guarded: bool, progress: Callable[[int, int, str], object] | None
) -> PackagesReport:
    """Loads what is missing. Raises AutoloadError."""
    missing = [
        requirement
        for requirement in requirements
        if requirement.is_missing or (guarded and not requirement.installed and requirement.context == "guarded")
    ]
    wanted = [requirement for requirement in missing if requirement.source is not None]
    report = PackagesReport(unknown=[requirement for requirement in missing if requirement.source is None])
    if not IN_PYODIDE:
        if wanted:
            texts = " ".join(repr(requirement.declared) for requirement in wanted)
            raise AutoloadError(
                f"load_packages() works in Pyodide alone; here install what is missing: pip install {texts}"
            )
        return report
    lock = pyodides_lock()
    from_lock = [str(requirement.distribution) for requirement in wanted if _is_locked(requirement, lock)]
    by_micropip = [_for_micropip(str(found.declared)) for found in wanted if not _is_locked(found, lock)]
    await _Loading(lock, report, progress).load(from_lock, by_micropip)
    if report.unknown and report.loaded:
        # What was declared under another name may have brought it.
        report.unknown = [found for found in report.unknown if not is_importable(str(found.name))]
    return report


def _is_locked(requirement: Requirement, lock: Lock) -> bool:
    """Whether Pyodide's own distribution will do: where a version is asked for, only if that can be compared."""
    locked = lock.packages.get(normalized(requirement.distribution or ""))
    if locked is None or requirement.declared is None:
        return locked is not None
    if normalized(requirement.declared) == normalized(locked.name):
        return True
    library = requirement_type()
    if library is None:
        return False
    try:
        wanted = library(requirement.declared)
    except ValueError:
        return False  # the address of a wheel, without a name
    return not wanted.url and not wanted.extras and locked.version in wanted.specifier


def _for_micropip(text: str) -> str:
    """A requirement as each micropip takes it: that of Pyodide 0.24 knows addresses, but not with a name before them."""
    found = _AT_ADDRESS.match(text)
    return text if found is None else found[1]


class _Loading:
    """One call: what is done, out of how much."""

    def __init__(self, lock: Lock, report: PackagesReport, progress: Callable[[int, int, str], object] | None) -> None:
        import pyodide_js

        self._pyodide: Any = pyodide_js
        self._lock = lock
        self._report = report
        self._progress = progress
        self._total = 0

    async def load(self, from_lock: list[str], by_micropip: list[str]) -> None:
        """Loads distributions of the lock, and has micropip install requirements. Raises AutoloadError."""
        if by_micropip and not is_importable("micropip"):
            from_lock = [*from_lock, "micropip"]
        loaded = self._loaded()
        names = [name for name in self._lock.with_dependencies(from_lock) if normalized(name) not in loaded]
        self._total = len(names) + len(by_micropip)
        if names:
            await self._load_from_lock(from_lock, names)
        if by_micropip:
            await self._install(by_micropip)

    async def _load_from_lock(self, asked: list[str], names: list[str]) -> None:
        import asyncio

        from pyodide.ffi import JsException, to_js

        errors: list[str] = []
        load = self._pyodide.loadPackage(to_js(asked), messageCallback=lambda text: None, errorCallback=errors.append)
        loading = asyncio.ensure_future(load)
        try:
            while not loading.done():
                await asyncio.wait([loading], timeout=_SECONDS_BETWEEN_LOOKS)
                loaded = self._loaded()
                self._tell([name for name in names if name not in self._report.loaded and normalized(name) in loaded])
            loading.result()
        except JsException as error:
            errors.append(str(error))
        loaded = self._loaded()
        failed = [name for name in names if normalized(name) not in loaded]
        if failed:
            raise AutoloadError(
                f"Pyodide could not load {', '.join(failed)}: {'; '.join(errors) or 'it does not say why'}"
            )

    async def _install(self, requirements: list[str]) -> None:
        micropip: Any = __import__("micropip")
        try:
            await micropip.install(requirements)
        except Exception as error:
            raise AutoloadError(f"micropip could not install {', '.join(requirements)}: {error}") from error
        self._tell(requirements)

    def _loaded(self) -> set[str]:
        """The normalized names of what Pyodide has loaded."""
        return set(map(normalized, self._pyodide.loadedPackages.to_py()))

    def _tell(self, names: list[str]) -> None:
        for name in names:
            self._report.loaded.append(name)
            if self._progress is not None:
                self._progress(len(self._report.loaded), self._total, name)
