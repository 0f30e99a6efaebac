"""What users want to be called for: set-up, loads, unloads, reloads. A callback that raises is reported and breaks nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, TypeAlias

from pyautoload_wasm._base.arguments import is_module_name, shown
from pyautoload_wasm._base.frames import on_behalf
from pyautoload_wasm._results.reports import CallbackError, ReloadReport
from pyautoload_wasm.errors import ConfigurationError

#: Called with a module's name and the module.
ModuleCallback: TypeAlias = Callable[[str, ModuleType], object]
#: Called with the report of a flush.
ReloadCallback: TypeAlias = Callable[[ReloadReport], object]

_log = logging.getLogger("pyautoload_wasm")


#: A callback with the module that it is for; None for all modules.
Entry: TypeAlias = tuple[str | None, ModuleCallback]


class Callbacks:
    """The callbacks of one handle."""

    def __init__(self) -> None:
        self.on_setup: list[Callable[[], object]] = []
        self.on_load: list[Entry] = []
        self.on_unload: list[Entry] = []
        self.on_reload: list[ReloadCallback] = []
        #: Called with the report of a flush that did something, when the next flush could begin.
        self.after_flush: ReloadCallback | None = None
        self._tells_cells: ReloadCallback | None = None
        #: Those who are to know of a change of these lists, while the handle is set up.
        self.audience: Audience | None = None

    def add(self, event: str, callback: Any) -> None:
        """Calls a function, or an entry's function, for an event from now on."""
        getattr(self, event).append(callback)
        if self.audience is not None:
            self.audience.renew()

    def tell_cells(self, callback: ReloadCallback) -> None:
        """Calls a function for the cells of a notebook, in place of the one before, whose cell has run again."""
        self.remove(self._tells_cells)
        self._tells_cells = callback
        self.add("on_reload", callback)

    def remove(self, callback: object) -> None:
        """Calls a function no longer, whatever it was registered for."""
        self.on_setup = [one for one in self.on_setup if one != callback]
        self.on_reload = [one for one in self.on_reload if one != callback]
        for callbacks in (self.on_load, self.on_unload):
            # One by one: another thread may add one meanwhile.
            for entry in [entry for entry in callbacks if entry[1] == callback]:
                callbacks.remove(entry)
        if self.audience is not None:
            self.audience.renew()


class Audience:
    """All who want to be called for one session: the callbacks of its handles."""

    def __init__(self) -> None:
        self._handles: list[Callbacks] = []
        self._lock = threading.Lock()
        # Always the same lists: every import looks whether there is anybody.
        self.on_load: list[Entry] = []
        self.on_unload: list[Entry] = []
        #: What has raised since the list was taken last.
        self.errors: list[CallbackError] = []
        #: The module's own name for each name that it can be imported under.
        self.real_name: Callable[[str], str] = str

    def join(self, callbacks: Callbacks) -> None:
        """Calls the functions of one more handle."""
        callbacks.audience = self
        self._handles = [*self._handles, callbacks]
        self.renew()

    def leave(self, callbacks: Callbacks) -> None:
        """Calls the functions of a handle no longer."""
        callbacks.audience = None
        self._handles = [other for other in self._handles if other is not callbacks]
        self.renew()

    def renew(self) -> None:
        """Looks at the lists of the handles again."""
        with self._lock:
            self.on_load[:] = [entry for handle in self._handles for entry in handle.on_load]
            self.on_unload[:] = [entry for handle in self._handles for entry in handle.on_unload]

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

    def set_up(self, callbacks: Iterable[Callable[[], object]]) -> None:
        """A handle is set up, and wants some functions to be called."""
        for callback in callbacks:
            self._call("on_setup", callback)

    def reloaded(self, report: ReloadReport) -> None:
        """A flush has done something."""
        for callback in [callback for handle in self._handles for callback in handle.on_reload]:
            self._call("on_reload", callback, report)

    def flushed(self, report: ReloadReport) -> None:
        """A flush has done something, and the next one could begin."""
        for handle in self._handles:
            if handle.after_flush is not None:
                handle.after_flush(report)

    def take_errors(self) -> list[CallbackError]:
        """What has raised since the last call."""
        errors, self.errors = self.errors, []
        return errors

    def _call_for(self, event: str, callbacks: list[Entry], name: str, module: ModuleType) -> None:
        # Those for one module come before those for all.
        entries = list(callbacks)
        for _, callback in [entry for entry in entries if entry[0] is not None and self.real_name(entry[0]) == name]:
            self._call(f"{event}({name!r})", callback, name, module)
        for _, callback in [entry for entry in entries if entry[0] is None]:
            self._call(f"{event}({name!r})", callback, name, module)

    @on_behalf
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


def registering(callbacks: Callbacks, call: str, name: Any) -> Any:
    """What `on_load` and `on_unload` return, which are decorators with a name, without one, and without parentheses.

    Raises ConfigurationError for a name that no module can have.
    """
    if callable(name):
        callbacks.add(call, (None, name))
        return name
    if name is not None and not is_module_name(name):
        raise ConfigurationError(f"{call}({shown(name)}): expected a dotted module name such as 'myapp.models.user'")

    def register(callback: Any) -> Any:
        callbacks.add(call, (name, checked(callback, call)))
        return callback

    return register
