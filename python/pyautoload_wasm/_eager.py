"""Loading ahead: everything, a folder, a namespace, or one file; with a report, progress, and a policy for what fails."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from types import ModuleType
from typing import Any, Literal, TypeAlias, get_args

from pyautoload_wasm._base.arguments import absolute_path, is_module_name, shown
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._project.settings import Settings
from pyautoload_wasm._results.reports import EagerLoadReport
from pyautoload_wasm.errors import ConfigurationError, SetupRequiredError

#: Called with how many modules are done, how many there are, and the name of the last one.
Progress: TypeAlias = Callable[[int, int, str], object]
#: What happens where a module raises: it is logged and the others are loaded, it is only in the report, or it is raised.
OnError: TypeAlias = Literal["log", "collect", "raise"]

#: How long `load_all_async` keeps the event loop waiting between two modules: half of the time that a page has for a frame.
_SLICE_SECONDS = 0.008

_log = logging.getLogger("pyautoload_wasm")


class EagerLoader:
    """Loads the modules of one loader ahead."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._engine = state.catalog.engine

    @property
    def _settings(self) -> Settings:
        return self._state.catalog.settings

    def load_all(self, *, force: bool, progress: Progress | bool | None, on_error: OnError) -> EagerLoadReport:
        """All modules."""
        return self._load("all modules", progress, on_error, force=force)

    async def load_all_async(
        self, *, force: bool, progress: Progress | bool | None, on_error: OnError
    ) -> EagerLoadReport:
        """All modules, with turns of the event loop between them. Modules that go away meanwhile are left out.

        Raises SetupRequiredError where the loader is taken down meanwhile.
        """
        import asyncio

        report, steps = self._start("all modules", progress, on_error, force=force)
        turn = time.perf_counter() + _SLICE_SECONDS
        with closing(steps):  # a bar ends where the task is cancelled
            for _ in steps:
                if time.perf_counter() >= turn:
                    await asyncio.sleep(0)
                    if self._state not in states.active:
                        raise SetupRequiredError(
                            "eager_load_async(): the loader was torn down before all modules were loaded"
                        )
                    turn = time.perf_counter() + _SLICE_SECONDS
        return report

    def load_dir(
        self, path: object, *, force: bool, progress: Progress | bool | None, on_error: OnError
    ) -> EagerLoadReport:
        """The modules below a directory. Raises ConfigurationError."""
        directory = absolute_path(path, "eager_load_dir()")
        if not os.path.isdir(directory):
            there = "is a file" if os.path.exists(directory) else "does not exist"
            raise ConfigurationError(
                f"eager_load_dir(): {directory} {there}: pass a folder; load_file() loads one file"
            )
        self._require_in_root(directory, "eager_load_dir")
        return self._load(directory, progress, on_error, force=force, directory=directory)

    def load_namespace(
        self, namespace: object, *, force: bool, progress: Progress | bool | None, on_error: OnError
    ) -> EagerLoadReport:
        """The modules of a namespace. Raises ConfigurationError."""
        name = namespace.__name__ if isinstance(namespace, ModuleType) else namespace
        if not is_module_name(name):
            raise ConfigurationError(
                f"eager_load_namespace({shown(namespace)}): expected a package, or a dotted name such as 'myapp.models'"
            )
        return self._load(str(name), progress, on_error, force=force, namespace=str(name))

    def load_file(self, path: object) -> ModuleType:
        """The module of a file. Raises ConfigurationError."""
        file = absolute_path(path, "load_file()")
        [name] = self._engine.ask("module_names_at", paths=[file])
        if name is None and self._may_be_new(file):
            self._state.catalog.scan()
            [name] = self._engine.ask("module_names_at", paths=[file])
        if name is None or not file.endswith(".py"):
            raise ConfigurationError(f"load_file(): {self._why_no_module(file)}")
        __import__(name)
        return sys.modules[name]

    def _load(
        self,
        what: str,
        progress: Progress | bool | None,
        on_error: OnError,
        *,
        force: bool,
        directory: str | None = None,
        namespace: str | None = None,
    ) -> EagerLoadReport:
        report, steps = self._start(what, progress, on_error, force=force, directory=directory, namespace=namespace)
        for _ in steps:
            pass
        return report

    def _start(
        self,
        what: str,
        progress: Progress | bool | None,
        on_error: OnError,
        *,
        force: bool,
        directory: str | None = None,
        namespace: str | None = None,
    ) -> tuple[EagerLoadReport, Generator[None, None, None]]:
        """The report, and the steps that fill it, of one module each. Raises ConfigurationError for another policy."""
        check_policy(on_error)
        state = self._state
        state.tell_engine()
        selected = self._engine.ask("select", force=force, dir=directory, namespace=namespace)
        state.say(f"eager load of {what} starts")
        report = EagerLoadReport()
        names, skipped = selected["load"].split(), selected["skipped"].split()
        return report, self._steps(what, names, skipped, report, progress=progress, on_error=on_error)

    def _steps(
        self,
        what: str,
        names: Sequence[str],
        skipped: list[str],
        report: EagerLoadReport,
        *,
        progress: Progress | bool | None,
        on_error: OnError,
    ) -> Generator[None, None, None]:
        """Imports modules in the order given. ``__main__`` modules are skipped: they are programs. So is the running script."""
        script, scans = self._running_script(), self._state.catalog.scans
        start = time.perf_counter()
        with _reporter(progress, len(names)) as advance:
            for done, name in enumerate(names, 1):
                if name.rpartition(".")[2] == "__main__" or (name == script and name not in sys.modules):
                    report.skipped.append(name)
                elif self._state.catalog.scans == scans or self._engine.ask("record", name=name) is not None:
                    _import(name, on_error, report)
                advance(done, len(names), name)
                yield
        report.seconds = time.perf_counter() - start
        report.skipped += skipped
        self._state.say(f"eager load of {what} ends: {len(report.loaded)} loaded, {len(report.failed)} failed")

    def _running_script(self) -> str | None:
        """The name that the script of ``__main__`` has as a module, if it is one: it runs already."""
        file = getattr(sys.modules.get("__main__"), "__file__", None)
        if not isinstance(file, str):
            return None
        paths = [os.path.abspath(file), os.path.realpath(file)]
        return next(filter(None, self._engine.ask("module_names_at", paths=paths)), None)

    def _may_be_new(self, file: str) -> bool:
        """Whether a file that is no module may have been written since the scan."""
        is_source = file.endswith(".py") and os.path.isfile(file) and self._settings.root_of(file) is not None
        return is_source and not self._settings.is_ignored(file)

    def _require_in_root(self, path: str, call: str) -> None:
        if self._settings.root_of(path) is None:
            roots = " and ".join(root.path for root in self._settings.roots)
            raise ConfigurationError(
                f"{call}(): {path} is in no root of this loader, which has {roots}: pass a path there"
            )

    def _why_no_module(self, file: str) -> str:
        """Why a path is no module, and what to do."""
        if os.path.isdir(file):
            return f"{file} is a folder: pass a file, or call eager_load_dir()"
        if not os.path.exists(file):
            return f"{file} does not exist: create the file first, or correct the path"
        if not file.endswith(".py"):
            return f"{file} is no Python file: pass one whose name ends in .py"
        self._require_in_root(file, "load_file")
        if self._settings.is_ignored(file):
            return f"{file} is ignored: take it out of ignore(), or execute it with runpy.run_path()"
        for problem in self._engine.ask("problems"):
            if problem["path"] == file:
                return str(problem["message"])
        return f"{file} or a folder on the way to it is hidden or has no name in Python: rename it"


def check_policy(on_error: object) -> None:
    """Raises ConfigurationError for what is no policy."""
    if not isinstance(on_error, str) or on_error not in get_args(OnError):
        raise ConfigurationError(f'eager_load(on_error={shown(on_error)}): expected "log", "collect" or "raise"')


def _import(name: str, on_error: OnError, report: EagerLoadReport) -> None:
    try:
        __import__(name)
    # A script that ends with sys.exit() is a module that cannot be loaded, and no reason to end the program.
    except (Exception, SystemExit) as error:
        if on_error == "raise":
            raise
        if on_error == "log":
            _log.error("%s could not be loaded", name, exc_info=error)
        report.failed[name] = error
    else:
        report.loaded.append(name)


def _reporter(progress: Progress | bool | None, total: int) -> AbstractContextManager[Progress]:
    if callable(progress):
        return nullcontext(progress)
    if not progress:
        return nullcontext(lambda done, total, name: None)
    try:
        from tqdm.auto import tqdm
    except ModuleNotFoundError:
        return _Line()
    return _Bar(tqdm(total=total, unit="module"))


class _Bar(AbstractContextManager[Progress]):
    """tqdm's bar."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def __enter__(self) -> Progress:
        return self._advance

    def _advance(self, done: int, total: int, name: str) -> None:
        self._bar.set_postfix_str(name, refresh=False)
        self._bar.update(1)

    def __exit__(self, *error: object) -> None:
        self._bar.close()


class _Line(AbstractContextManager[Progress]):
    """One line on stderr, written over and over."""

    def __enter__(self) -> Progress:
        return self._advance

    def _advance(self, done: int, total: int, name: str) -> None:
        sys.stderr.write(f"\r\x1b[Kloading {done}/{total} {name}")
        sys.stderr.flush()

    def __exit__(self, *error: object) -> None:
        sys.stderr.write("\n")
