"""The log of a loader: every decision as a line, through ``logging``. It exists only where somebody has asked for it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pyautoload_wasm._base.arguments import shown
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.frames import on_behalf
from pyautoload_wasm._results.project import Root
from pyautoload_wasm.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Where lines go: a logger, which gets them as DEBUG, or what is called with each; True for our logger, shown on stderr where nobody
#: has configured logging, False for nowhere.
LogDestination: TypeAlias = logging.Logger | Callable[[str], object] | bool


def writer(to: LogDestination) -> Callable[[str], object] | None:
    """What is called with each line.

    Raises ConfigurationError for what is no destination.
    """
    if to is True:
        logger = logging.getLogger("pyautoload_wasm")
        if not logger.hasHandlers():
            logger.addHandler(logging.StreamHandler())
        if not logger.isEnabledFor(logging.DEBUG):
            logger.setLevel(logging.DEBUG)
        to = logger
    if to is False:
        return None
    if isinstance(to, logging.Logger):
        logger = to
        return lambda line: logger.debug("%s", line)
    if callable(to):
        return to
    raise ConfigurationError(
        f"log({shown(to)}): expected a logging.Logger or a callable such as print; log() writes to the logger "
        "'pyautoload_wasm', and log(False) ends it"
    )


class Log:
    """Writes what a loader does."""

    def __init__(self, write: Callable[[str], object], tag: Callable[[], str]) -> None:
        self._write = write
        self._tag = tag

    @on_behalf
    def say(self, text: str) -> None:
        """Writes one line."""
        self._write(f"AutoLoader@{self._tag()}: {text}")

    def scanned(self, engine: Engine, roots_scanned: Sequence[Root]) -> None:
        """Writes what a scan has decided on each file and folder."""
        roots = [root.path for root in roots_scanned]
        managed = set()
        for _, attr, name, path in engine.ask("to_inflect"):
            managed.add(path)
            as_attr = "" if attr is None else f" (as {attr})"
            is_file = path.endswith(".py")
            self.say(
                f"autoload set for {name}{as_attr}, {'from' if is_file else 'a namespace of'} {path or 'its roots'}"
            )
        for problem in engine.ask("problems"):
            self.say(problem["message"])
        for root, is_ignored in zip(roots, engine.ask("ignored", paths=roots), strict=True):
            if is_ignored:
                self.say(f"the root {root} is ignored")
                continue
            for line in _left_out(engine, root, managed.union(roots)):
                self.say(line)


class Logs:
    """Several logs: each gets every line."""

    def __init__(self, logs: Sequence[Log | Logs]) -> None:
        self._logs = logs

    def say(self, text: str) -> None:
        """Writes one line."""
        for log in self._logs:
            log.say(text)

    def scanned(self, engine: Engine, roots_scanned: Sequence[Root]) -> None:
        """Writes what a scan has decided on each file and folder."""
        for log in self._logs:
            log.scanned(engine, roots_scanned)


def _left_out(engine: Engine, folder: str, managed: set[str]) -> Iterator[str]:
    """What of a folder is no module, and why."""
    with os.scandir(folder) as listing:
        entries = sorted((entry for entry in listing if _may_be_a_module(entry)), key=lambda entry: entry.path)
    paths = [entry.path for entry in entries]
    ignored = engine.ask("ignored", paths=paths)
    collapsed = engine.ask("collapsed", paths=paths)
    for entry, is_ignored, is_collapsed in zip(entries, ignored, collapsed, strict=True):
        if is_ignored:
            yield f"{entry.path} is ignored"
        elif entry.is_dir(follow_symlinks=False) and entry.path not in managed:
            if is_collapsed:
                yield f"{entry.path} is collapsed: it adds no name"
            elif not any(path.startswith(f"{entry.path}/") for path in managed):
                yield f"{entry.path} is no namespace: there is no module in it"
                continue
            yield from _left_out(engine, entry.path, managed)
        elif entry.is_dir(follow_symlinks=False):
            yield from _left_out(engine, entry.path, managed)


def _may_be_a_module(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name == "__pycache__":
        return False
    return entry.is_dir() or entry.name.endswith(".py")
