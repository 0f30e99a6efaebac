"""What one loader brings to a session, and takes along when it leaves."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from pyautoload_wasm._base.arguments import StrPath
from pyautoload_wasm._project.callbacks import Callbacks
from pyautoload_wasm._project.settings import Settings
from pyautoload_wasm._reload.automation import Holds
from pyautoload_wasm._reload.tracking import Tracking


class Owner:
    """The globals of the code that has set a loader up."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        module = sys.modules.get(str(namespace.get("__name__")))
        # A dict cannot be referred to weakly, and what has its id tomorrow may be another.
        self._namespace: dict[str, Any] | None = namespace
        self._module: weakref.ref[ModuleType] | None = None
        if isinstance(module, ModuleType) and module.__dict__ is namespace:
            self._namespace, self._module = None, weakref.ref(module)

    def has_gone(self) -> bool:
        """Whether the module is gone whose code it was, as when a script runs again in a fresh `__main__`."""
        return self._module is not None and self._module() is None

    def is_same(self, other: Owner) -> bool:
        """Whether both are the same globals."""
        return self._globals() is other._globals()

    def _globals(self) -> dict[str, Any] | None:
        module = None if self._module is None else self._module()
        return self._namespace if module is None else module.__dict__


class Handle:
    """One loader's part of a session: its settings, callbacks, tracked namespaces and holds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.callbacks = Callbacks()
        self.tracking = Tracking()
        self.holds = Holds()
        #: Whose code has set it up; None where nobody's can be told, as for JavaScript's: then nothing takes its place.
        self.owner: Owner | None = None
        #: The `Session`, while it is set up.
        self.session: Any = None
        #: The thread that is setting it up.
        self.joining: int | None = None

    def add_globs(self, request: str, globs: Iterable[StrPath]) -> None:
        """Tells the engine globs of a kind, at any time. Raises ConfigurationError."""
        told = len(self.settings.told)
        self.settings.add_globs(request, globs)
        if self.session is not None:
            self.session.settings.told += self.settings.told[told:]

    def gives_way_to(self, other: Handle) -> bool:
        """Whether another handle on the same session takes its place: it comes from the same code, or this one's is gone."""
        if self.settings.stands_in:
            return True
        if self.owner is None:
            return False
        return self.owner.has_gone() or (other.owner is not None and self.owner.is_same(other.owner))

    def __repr__(self) -> str:
        return f"<Handle of {self.settings.tag}>"
