"""The log of a loader: every decision as a line, through ``logging``. It is there only when somebody has asked for it; without it
the finder makes other loaders, and an import does nothing more.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pyautoload_wasm._base.arguments import shown
from pyautoload_wasm.errors import ConfigurationError
from pyautoload_wasm._imports.implicit import ImplicitLoader
from pyautoload_wasm._imports.loaders import DirectoryLoader, SourceLoader
from pyautoload_wasm._base.frames import hidden

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from pyautoload_wasm._project.catalog import Tables

#: Where lines go: a logger, which gets them as DEBUG, or what is called with each; True for our logger, shown on stderr where nobody
#: has configured logging, False for nowhere.
Destination: TypeAlias = logging.Logger | Callable[[str], object] | bool


def writer(to: Destination) -> Callable[[str], object] | None:
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
        f"log({shown(to)}): pass a logging.Logger or a callable such as print; without an argument, it is the logger "
        "'pyautoload_wasm', and log(False) ends it"
    )


class Log:
    """Writes what a loader does."""

    def __init__(self, write: Callable[[str], object], tag: Callable[[], str]) -> None:
        self._write = write
        self._tag = tag

    def say(self, text: str) -> None:
        """Writes one line."""
        self._write(f"AutoLoader@{self._tag()}: {text}")

    def scanned(self, finder: Tables) -> None:
        """Writes what a scan has decided on each file and folder."""
        roots = [root.path for root in finder.roots]
        managed = set()
        for _, attr, name, path in finder.engine.ask("to_inflect"):
            managed.add(path)
            as_attr = "" if attr is None else f" (as {attr})"
            is_file = path.endswith(".py")
            self.say(
                f"autoload set for {name}{as_attr}, {'from' if is_file else 'a namespace of'} {path or 'its roots'}"
            )
        for problem in finder.engine.ask("problems"):
            self.say(problem["message"])
        for root, is_ignored in zip(roots, finder.engine.ask("ignored", paths=roots), strict=True):
            if is_ignored:
                self.say(f"the root {root} is ignored")
                continue
            for line in _left_out(finder, root, managed.union(roots)):
                self.say(line)


def _left_out(finder: Tables, folder: str, managed: set[str]) -> Iterator[str]:
    """What of a folder is no module, and why."""
    with os.scandir(folder) as listing:
        entries = sorted((entry for entry in listing if _may_be_a_module(entry)), key=lambda entry: entry.path)
    paths = [entry.path for entry in entries]
    ignored = finder.engine.ask("ignored", paths=paths)
    collapsed = finder.engine.ask("collapsed", paths=paths)
    for entry, is_ignored, is_collapsed in zip(entries, ignored, collapsed, strict=True):
        if is_ignored:
            yield f"{entry.path} is ignored"
        elif entry.is_dir(follow_symlinks=False) and entry.path not in managed:
            if is_collapsed:
                yield f"{entry.path} is collapsed: it adds no name"
            elif not any(path.startswith(f"{entry.path}/") for path in managed):
                yield f"{entry.path} is no namespace: there is no module in it"
                continue
            yield from _left_out(finder, entry.path, managed)
        elif entry.is_dir(follow_symlinks=False):
            yield from _left_out(finder, entry.path, managed)


def _may_be_a_module(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name == "__pycache__":
        return False
    return entry.is_dir() or entry.name.endswith(".py")


class LoggedLoader(SourceLoader):
    """Executes a source file, and says so."""

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Runs the module's body."""
        try:
            super().exec_module(module)
        except BaseException as error:
            self.finder.say(f"{self.name} failed, from {self.path}: {type(error).__name__}: {error}")
            raise
        self.finder.say(f"{self.name} loaded from {self.path}")


class LoggedImplicitLoader(LoggedLoader, ImplicitLoader):  # type: ignore[misc]
    """Both."""


class LoggedDirectoryLoader(DirectoryLoader):
    """Makes an implicit namespace package, and says so."""

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Nothing but the note."""
        super().exec_module(module)
        self.finder.say(f"{self.name} made of {', '.join(module.__path__) or 'its roots'}")
