"""Eager loading: importing everything at once, with a report, progress and a policy for what fails."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

from pyautoload_wasm.errors import ConfigurationError

Progress = Callable[[int, int, str], object]
OnError = Literal["log", "collect", "raise"]

_log = logging.getLogger("pyautoload_wasm")


@dataclass
class EagerLoadReport:
    """What eager loading did: names that are loaded, names that failed with their exceptions, names that were left out."""

    loaded: list[str] = field(default_factory=list)
    failed: dict[str, BaseException] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0


def load_all(names: Sequence[str], *, progress: Progress | bool | None, on_error: OnError) -> EagerLoadReport:
    """Imports modules in the order given. ``__main__`` modules are skipped, since they are programs.

    Raises ConfigurationError for another ``on_error``, and with ``on_error="raise"`` what the first failing module raised.
    """
    if on_error not in ("log", "collect", "raise"):
        shown = repr(on_error) if isinstance(on_error, str) else f"an object of type {type(on_error).__name__!r}"
        raise ConfigurationError(f'eager_load(on_error={shown:.100}): pass "log", "collect" or "raise"')
    report = EagerLoadReport()
    start = time.perf_counter()
    with _reporter(progress, len(names)) as advance:
        for done, name in enumerate(names, 1):
            if name.rpartition(".")[2] == "__main__":
                report.skipped.append(name)
            else:
                _load(name, on_error, report)
            advance(done, len(names), name)
    report.seconds = time.perf_counter() - start
    return report


def _load(name: str, on_error: OnError, report: EagerLoadReport) -> None:
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
