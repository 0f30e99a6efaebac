"""What users want to be called for: set-up, loads, unloads, reloads. A callback that raises is reported and breaks nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeAlias

from pyautoload_wasm._base.arguments import is_module_name, shown
from pyautoload_wasm._results.reports import CallbackError, ReloadReport
from pyautoload_wasm.errors import ConfigurationError

#: Called with a module's name and the module.
ModuleCallback: TypeAlias = Callable[[str, ModuleType], object]
#: Called with the report of a flush.
ReloadCallback: TypeAlias = Callable[[ReloadReport], object]

_log = logging.getLogger("pyautoload_wasm")


class Callbacks:
    """The callbacks of one loader."""

    def __init__(self) -> None:
        self.on_setup: list[Callable[[], object]] = []
        #: Each with the module that it is for; None for all modules.
        self.on_load: list[tuple[str | None, ModuleCallback]] = []
        self.on_unload: list[tuple[str | None, ModuleCallback]] = []
        self.on_reload: list[ReloadCallback] = []
        #: Called with the report of a flush that did something, when the next flush could begin.
        self.after_flush: ReloadCallback | None = None
        #: What has raised since the list was taken last.
        self.errors: list[CallbackError] = []
        #: The module's own name for each name that it can be imported under, while the loader is set up.
        self.real_name: Callable[[str], str] = str

    def remove(self, callback: object) -> None:
        """Calls a function no longer, whatever it was registered for."""
        self.on_setup = [one for one in self.on_setup if one != callback]
        self.on_reload = [one for one in self.on_reload if one != callback]
        for callbacks in (self.on_load, self.on_unload):
            # In place: the loader's state looks at this very list to know whether somebody wants to be called.
            # One by one: another thread may add one meanwhile.
            for entry in [entry for entry in callbacks if entry[1] == callback]:
                callbacks.remove(entry)

    @property
    def follow_loads(self) -> bool:
        """Whether somebody wants to know which modules come and go."""
        return bool(self.on_load or self.on_unload)

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
        entries = list(callbacks)
        for _, callback in [entry for entry in entries if entry[0] is not None and self.real_name(entry[0]) == name]:
            self._call(f"{event}({name!r})", callback, name, module)
        for _, callback in [entry for entry in entries if entry[0] is None]:
            self._call(f"{event}({name!r})", callback, name, module)

    def _call(self, event: str, callback: Callable[..., object], *arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception as error:
            where = f"{event}: {getattr(callback, '__qualname__', None) or type(callback).__name__}"
            _log.error("the callback %s raised", where, exc_info=error)
            self.errors.append(CallbackError(where, error))


def checked(callback: Any, call: str) -> Any:
    """A callback, if it can be called. Raises ConfigurationError."""
    if not callable(callback):
        raise ConfigurationError(f"{call}({shown(callback)}): expected a function")
    return callback


def registering(call: str, callbacks: list[tuple[str | None, ModuleCallback]], name: Any) -> Any:
    """What `on_load` and `on_unload` return, which are decorators with a name, without one, and without parentheses.

    Raises ConfigurationError for a name that no module can have.
    """
    if callable(name):
        callbacks.append((None, name))
        return name
    if name is not None and not is_module_name(name):
        raise ConfigurationError(f"{call}({shown(name)}): expected a dotted module name such as 'myapp.models.user'")

    def register(callback: Any) -> Any:
        callbacks.append((name, checked(callback, call)))
        return callback

    return register
