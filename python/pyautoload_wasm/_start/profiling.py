"""Measures imports while somebody wants to know, all of them, whoever finds and loads the modules.

Meanwhile some functions of importlib's are replaced: those that importlib looks up at each call, and that have returned before a
module's body runs. So no frame of ours is on the stack then, and nothing costs anything when no profile is under way. The alternative
`sys.monitoring` is not there in Python 3.11, and a finder in front of all others would see neither the compiler nor the body.
"""

from __future__ import annotations

import importlib
import sys
import threading
import zipimport
from collections.abc import Callable
from time import perf_counter
from typing import Any, Literal, Self, TypeAlias

from pyautoload_wasm._base.hiding import hidden
from pyautoload_wasm._imports.code_cache import CodeCache
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._results.profile import PARTS, Mark, ModuleTime, chain, speedscope, table
from pyautoload_wasm.errors import ConfigurationError

#: A part of an import that is one call: `find` and `execute` are what lies between.
Part: TypeAlias = Literal["read", "compile", "unmarshal"]

_bootstrap: Any = importlib._bootstrap
_external: Any = importlib._bootstrap_external
#: What is replaced by a function that measures a part: where it is, its name there, and the part.
_MEASURED: tuple[tuple[Any, str, Part], ...] = (
    (_external.SourceLoader, "source_to_code", "compile"),
    (_external.FileLoader, "get_data", "read"),
    (_external, "_compile_bytecode", "unmarshal"),
    (CodeCache, "find", "unmarshal"),
    (LoadState, "read", "read"),
    (zipimport, "_get_data", "read"),
    (zipimport, "_compile_source", "compile"),
    (zipimport, "_unmarshal_code", "unmarshal"),
)

#: What is around each import: of names with dots it is another one since Python 3.15.
_LOCK_MANAGERS = [name for name in ("_ModuleLockManager", "_HierarchicalLockManager") if name in vars(_bootstrap)]

_lock = threading.Lock()
_running: Profile | None = None


class _Import:
    """The import of a module that is under way in a thread."""

    def __init__(self, name: str, at: float) -> None:
        self.name = name
        self.began = at
        #: When it was found, and what it had imported by then, such as the package that it lies in.
        self.found: float | None = None
        self.others_when_found = 0.0
        #: The time of what it imports itself.
        self.others = 0.0
        self.parts: dict[str, float] = {}


class _Sum:
    """All imports of one module."""

    def __init__(self, imported_by: str | None) -> None:
        self.imported_by = imported_by
        self.path: str | None = None
        self.loaded = False
        self.total = 0.0
        self.parts = dict.fromkeys(PARTS, 0.0)


class Profile:
    """Where the time of imports goes, from `AutoLoader.profile` until `stop`. A context manager."""

    def __init__(self) -> None:
        self._threads = threading.local()
        self._sums: dict[str, _Sum] = {}
        self._marks: list[Mark] = []
        self._restore: list[Callable[[], object]] = []
        self._start()

    def stop(self) -> Self:
        """Ends the measuring. A second call does nothing."""
        global _running
        with _lock:
            while self._restore:
                self._restore.pop()()
            if _running is self:
                _running = None
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def modules(self) -> tuple[ModuleTime, ...]:
        """The modules that were imported up to now, in the order in which their imports ended."""
        return tuple(
            ModuleTime(name, one.path, one.imported_by, one.loaded, sum(one.parts.values()), one.total, **one.parts)
            for name, one in self._sums.copy().items()
        )

    def chain(self, name: str) -> list[str]:
        """The modules whose imports led to a module, the outermost first, itself last; empty for one that was not imported."""
        return chain(self.modules, name)

    def table(self, limit: int | None = None) -> str:
        """A line for each module, the slowest by its own time first, in milliseconds."""
        return table(self.modules, limit)

    def speedscope(self) -> dict[str, Any]:
        """What https://www.speedscope.app shows, to be written as JSON: each module above what it imports, with the parts."""
        return speedscope(self._marks, "imports")

    def plain(self) -> list[dict[str, Any]]:
        """The modules as plain data."""
        return [module._asdict() for module in self.modules]

    def __str__(self) -> str:
        return self.table(30)

    # Measuring

    def _start(self) -> None:
        global _running
        with _lock:
            if _running is not None:
                raise ConfigurationError("profile(): another profile is under way; call its stop() first")
            _running = self
            for name in _LOCK_MANAGERS:
                self._replace(_bootstrap, name, _lock_manager(self, vars(_bootstrap)[name]))
            self._replace(_bootstrap, "module_from_spec", _noting_that_it_is_found(self))
            for owner, name, part in _MEASURED:
                self._replace(owner, name, _measuring(self, vars(owner)[name], part))

    def _replace(self, owner: Any, name: str, replacement: Any) -> None:
        original = vars(owner)[name]
        setattr(owner, name, replacement)
        self._restore.append(lambda: setattr(owner, name, original))

    @property
    def _stack(self) -> list[_Import]:
        """The imports that are under way in this thread, the innermost last."""
        stack: list[_Import] | None = getattr(self._threads, "stack", None)
        if stack is None:
            stack = self._threads.stack = []
        return stack

    def begin(self, name: str) -> None:
        """An import begins: its module's lock is taken."""
        at = perf_counter()
        self._stack.append(_Import(name, at))
        self._mark(True, name, at)
        self._mark(True, "find", at)

    def found(self, name: str) -> None:
        """The module was found, and is about to be made and executed."""
        stack = self._stack
        if stack and stack[-1].name == name and stack[-1].found is None:
            one = stack[-1]
            one.found = perf_counter()
            one.others_when_found = one.others
            self._mark(False, "find", one.found)

    def did(self, part: Part, began: float) -> None:
        """A part of the innermost import has been done."""
        at = perf_counter()
        stack = self._stack
        if stack and stack[-1].found is not None:
            parts = stack[-1].parts
            parts[part] = parts.get(part, 0.0) + at - began
            self._mark(True, part, began)
            self._mark(False, part, at)

    def end(self) -> None:
        """An import ends."""
        at = perf_counter()
        stack = self._stack
        one = stack.pop()
        if one.found is None:
            self._mark(False, "find", at)
        self._mark(False, one.name, at)
        total = at - one.began
        if stack:
            stack[-1].others += total
        self._sum_up(one, at, total, stack[-1].name if stack else None)

    def _sum_up(self, one: _Import, at: float, total: float, imported_by: str | None) -> None:
        module = sys.modules.get(one.name)
        if one.found is None and module is not None:
            return  # it was waited for, or is being imported further up
        known = self._sums.setdefault(one.name, _Sum(imported_by))
        found = at if one.found is None else one.found
        before = one.others if one.found is None else one.others_when_found
        parts = {**one.parts, "find": found - one.began - before}
        parts["execute"] = at - found - (one.others - before) - sum(one.parts.values())
        for part, seconds in parts.items():
            known.parts[part] += seconds
        known.total += total
        known.loaded = module is not None
        if module is not None:
            known.path = getattr(module, "__file__", None)

    def _mark(self, begins: bool, what: str, at: float) -> None:
        self._marks.append(Mark(threading.get_ident(), begins, what, at))


def _lock_manager(profile: Profile, original: type[Any]) -> type[Any]:
    class _LockManager(original):  # type: ignore[misc]
        """Importlib's own, which is around each import."""

        @hidden
        def __enter__(self) -> Any:
            entered = super().__enter__()
            profile.begin(self._name)
            return entered

        @hidden
        def __exit__(self, *error: Any, **options: Any) -> Any:
            profile.end()
            return super().__exit__(*error, **options)

    return _LockManager


def _noting_that_it_is_found(profile: Profile) -> Callable[[Any], Any]:
    module_from_spec = _bootstrap.module_from_spec

    @hidden
    def note(spec: Any) -> Any:
        profile.found(spec.name)
        return module_from_spec(spec)

    return note


def _measuring(profile: Profile, function: Any, part: Part) -> Callable[..., Any]:
    @hidden
    def measure(*arguments: Any, **options: Any) -> Any:
        began = perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            profile.did(part, began)

    return measure
