"""Namespaces that follow reloads: a notebook's globals, in which ``from myapp.models import User`` was executed once."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

Namespace = dict[str, Any]

#: Values that are shared all over Python: that a name is bound to one does not tell where it came from.
_SHARED = (None, True, False, ..., NotImplemented)
#: Types of which equal values may be one object.
_PLAIN = (int, float, complex, str, bytes, tuple, frozenset)


def names_of(module: object) -> Namespace:
    """A module's own names; none for an object without any that has put itself in a module's place."""
    return getattr(module, "__dict__", {})


class Tracking:
    """The tracked namespaces of one loader."""

    def __init__(self) -> None:
        self.namespaces: list[Namespace] = []

    def add(self, namespace: Namespace) -> None:
        """Tracks a namespace, once."""
        if not isinstance(namespace, dict):
            raise ConfigurationError(
                f"track(): an object of type {type(namespace).__name__!r} is no namespace; pass globals(), or another dict"
            )
        if not any(known is namespace for known in self.namespaces):
            self.namespaces.append(namespace)

    def remove(self, namespace: Namespace) -> None:
        """Tracks a namespace no longer."""
        self.namespaces = [known for known in self.namespaces if known is not namespace]


class Rebinding:
    """Binds names in tracked namespaces to what has come in the place of their objects, and can undo it."""

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self._before: list[tuple[Namespace, str, Any]] = []

    @property
    def names(self) -> list[str]:
        """The names that were bound anew, each once."""
        return list(dict.fromkeys(name for _, name, _ in self._before))

    def apply(self, old_modules: Mapping[str, ModuleType]) -> None:
        """Binds every name whose object is one of the old modules, or was defined in one."""
        if not self._tracking.namespaces:
            return
        owners = {id(module): (name, "") for name, module in old_modules.items()}
        shared: dict[int, tuple[str, str]] = {}
        # What a module defines is its own; what it has from elsewhere comes second, since it may drop that.
        for is_own in (True, False):
            for name, module in old_modules.items():
                for attr, value in names_of(module).copy().items():
                    if attr.startswith("__") or isinstance(value, ModuleType) or any(value is one for one in _SHARED):
                        continue
                    if is_own == (getattr(value, "__module__", None) == name):
                        (shared if isinstance(value, _PLAIN) else owners).setdefault(id(value), (name, attr))
        for namespace in self._tracking.namespaces:
            for bound, value in list(namespace.items()):
                owner = owners.get(id(value))
                if owner is None:
                    owner = shared.get(id(value))
                    if owner is None or owner[1] != bound:
                        continue
                name, attr = owner
                successor = sys.modules[name]
                new = names_of(successor).get(attr, value) if attr else successor
                if new is not value:
                    self._before.append((namespace, bound, value))
                    namespace[bound] = new

    def undo(self) -> None:
        """Binds the names as they were."""
        for namespace, bound, value in reversed(self._before):
            dict.__setitem__(namespace, bound, value)
        self._before.clear()
