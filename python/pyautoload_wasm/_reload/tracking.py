"""Namespaces whose names follow reloads, and what is known of where their names came from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.arguments import join_name, shown
from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports.packages import LAZY, MISSING, members
from pyautoload_wasm._reload.sources import STAR, Origin, read
from pyautoload_wasm.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Namespace = dict[str, Any]


def names_of(module: object) -> Namespace:
    """A module's own names; none for an object without any that has put itself in a module's place."""
    return getattr(module, "__dict__", {})


class Followed:
    """A name that an import has brought, and its object: the name follows as long as it is bound to that."""

    __slots__ = ("modules", "origin", "value")

    def __init__(self, origin: Origin, value: Any) -> None:
        self.origin = origin
        self.value = value
        #: The modules, by their own names, that decide what the import brings; None until somebody has asked the catalog.
        self.modules: set[str] | None = None

    def find_modules(self, real_name: Callable[[str], str]) -> None:
        """Looks the modules up, unless that was done."""
        if self.modules is None:
            module, attribute = self.origin.module, self.origin.attribute
            self.modules = {real_name(module)}
            if attribute is not None:
                self.modules.add(real_name(join_name(module, attribute)))


class Tracked:
    """One namespace."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.followed: dict[str, Followed] = {}
        #: Whether somebody tells the sources of what runs here: then an import that none of them has did not happen.
        self.has_sources = False
        #: Imports of the last source that have not been seen to have happened.
        self._proposed: list[Origin] = []

    def tell(self, text: str) -> None:
        """Takes the source of what has run in the namespace, or is about to."""
        self.settle()
        self.has_sources = True
        package = self.namespace.get("__package__")
        source = read(text, package if isinstance(package, str) else None)
        self._proposed = [*(origin for origin in self._proposed if self._is_lazy(origin)), *source.origins]
        for name in source.assigned:
            self.followed.pop(name, None)

    def _is_lazy(self, origin: Origin) -> bool:
        """Whether a lazy import (Python 3.15) stands for a name, which happens when somebody looks at that."""
        return LAZY is not None and type(self.namespace.get(origin.bound)) is LAZY

    def settle(self) -> None:
        """Lets go of names that are bound to something else by now, and takes down which of the proposed imports have happened: those
        whose name is bound to what the module has.
        """
        namespace = self.namespace
        for bound, followed in list(self.followed.items()):
            if namespace.get(bound, MISSING) is not followed.value:
                del self.followed[bound]
        waiting = []
        for origin in self._proposed:
            expanded = list(_expanded(origin))
            happened = [
                one
                for one in expanded
                if namespace.get(one.bound, MISSING) is not MISSING and _is_bound(one, namespace)
            ]
            for one in happened:
                known = self.followed.get(one.bound)
                if known is None or known.origin != one:
                    self.followed[one.bound] = Followed(one, namespace[one.bound])
            if not happened:
                waiting.append(origin)
        self._proposed = waiting


def _expanded(origin: Origin) -> Iterator[Origin]:
    """The names that a star import brings; else the one."""
    if origin.bound != STAR:
        yield origin
        return
    names = names_of(sys.modules.get(origin.module))
    try:
        public = list(names["__all__"])
    except KeyError:
        public = [name for name in list(names) if not name.startswith("_")]
    except Exception:
        return  # such an import fails
    yield from (Origin(name, origin.module, name) for name in public if issubclass(type(name), str))


def _is_bound(origin: Origin, namespace: Namespace) -> bool:
    return current(origin) is namespace[origin.bound]


def current(origin: Origin) -> Any:
    """What an import has brought, looked up without importing anything; MISSING where it has not happened."""
    module = sys.modules.get(origin.module, MISSING)
    attribute = origin.attribute
    if attribute is None or module is MISSING:
        return module
    value = names_of(module).get(attribute, MISSING)
    if value is MISSING and attribute in members and is_module(module):
        definer = members[attribute].modules.get(module.__name__)
        value = names_of(sys.modules.get(definer or "")).get(attribute, MISSING)
    return sys.modules.get(join_name(origin.module, attribute), MISSING) if value is MISSING else value


class Tracking:
    """The tracked namespaces of one loader."""

    def __init__(self) -> None:
        self.namespaces: list[Tracked] = []

    def add(self, namespace: Namespace, source: str | None = None) -> None:
        """Tracks a namespace, once, and takes a source that runs in it."""
        if not isinstance(namespace, dict):
            raise ConfigurationError(
                f"track(): an object of type {type(namespace).__name__!r} is no namespace; pass globals(), or another dict"
            )
        if source is not None and not isinstance(source, str):
            raise ConfigurationError(f"track(source={shown(source)}): expected the text of a cell")
        tracked = next((known for known in self.namespaces if known.namespace is namespace), None)
        if tracked is None:
            tracked = Tracked(namespace)
            self.namespaces = [*self.namespaces, tracked]
        if source is not None:
            tracked.tell(source)

    def remove(self, namespace: Namespace) -> None:
        """Tracks a namespace no longer."""
        self.namespaces = [known for known in self.namespaces if known.namespace is not namespace]


def settle(namespaces: Iterable[Tracked], real_name: Callable[[str], str]) -> None:
    """Takes down where the names have come from, before that is reloaded."""
    for tracked in namespaces:
        tracked.settle()
        for followed in list(tracked.followed.values()):
            followed.find_modules(real_name)
