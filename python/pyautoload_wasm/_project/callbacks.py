"""What users want to be called for: set-up, loads, unloads, reloads. A callback that raises is reported and breaks nothing."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from types import ModuleType

    from pyautoload_wasm._results.reports import ReloadReport

ModuleCallback = Callable[[str, "ModuleType"], object]
ReloadCallback = Callable[["ReloadReport"], object]

_log = logging.getLogger("pyautoload_wasm")


class CallbackError(NamedTuple):
    """A callback that raised: what it was called for and which it is, with its error."""

    callback: str
    error: BaseException

    def plain(self) -> dict[str, str]:
        """As plain data."""
        return {"callback": self.callback, "traceback": "".join(traceback.format_exception(self.error))}


class Callbacks:
    """The callbacks of one loader."""

    def __init__(self) -> None:
        self.on_setup: list[Callable[[], object]] = []
        self.on_load: list[tuple[str | None, ModuleCallback]] = []
        self.on_unload: list[tuple[str | None, ModuleCallback]] = []
        self.on_reload: list[ReloadCallback] = []
        #: What has raised since somebody took the list.
        self.errors: list[CallbackError] = []

    def loaded(self, name: str, module: ModuleType) -> None:
        """A module was executed."""
        self._call_for("on_load", self.on_load, name, module)

    def unloading(self, name: str, module: ModuleType) -> None:
        """A module is about to leave ``sys.modules``."""
        self._call_for("on_unload", self.on_unload, name, module)

    def set_up(self, *callbacks: Callable[[], object]) -> None:
        """The loader is set up: calls all who want to know, or those given."""
        for callback in callbacks or list(self.on_setup):
            self._call("on_setup", callback)

    def reloaded(self, report: ReloadReport) -> None:
        """A flush has done something."""
        for callback in list(self.on_reload):
            self._call("on_reload", callback, report)

    def take_errors(self) -> list[CallbackError]:
        """What has raised since the last call."""
        errors, self.errors = self.errors, []
        return errors

    def _call_for(
        self, event: str, callbacks: list[tuple[str | None, ModuleCallback]], name: str, module: ModuleType
    ) -> None:
        # Those for one module come before those for all.
        for wanted in (name, None):
            for of, callback in list(callbacks):
                if of == wanted:
                    self._call(f"{event}({name!r})", callback, name, module)

    def _call(self, event: str, callback: Callable[..., object], *arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception as error:
            where = f"{event}: {getattr(callback, '__qualname__', None) or type(callback).__name__}"
            _log.error("the callback %s raised", where, exc_info=error)
            self.errors.append(CallbackError(where, error))
