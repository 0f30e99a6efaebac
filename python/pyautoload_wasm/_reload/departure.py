"""The end of a loader: what it brought in leaves ``sys.modules``. What is another loader's stays, and so do the namespaces of both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any, NamedTuple

from pyautoload_wasm._diagnosis.cycles import own_spec
from pyautoload_wasm._imports.aliases import loaded_name
from pyautoload_wasm._imports.loaders import DirectoryLoader
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._reload.unloaded import Unloaded


class Other(NamedTuple):
    """Another loader that is set up."""

    state: LoadState
    find_spec: Callable[[str], ModuleSpec | None]


class Departure:
    """What becomes of one loader's modules."""

    def __init__(self, state: LoadState, others: Sequence[Other]) -> None:
        self._state = state
        self._others = others

    def announce(self) -> None:
        """Calls `on_unload` for each module that is to go, importers before what they import, while all are still there."""
        callbacks = self._state.callbacks
        told: set[str] = set()
        # A callback may import one more.
        while callbacks.on_unload and (names := [name for name in self._names() if name not in told]):
            for name in names:
                told.add(name)
                if name in sys.modules and loaded_name(self._state, name) == name:
                    callbacks.unloading(name, sys.modules[name])
        callbacks.take_errors()  # they are logged; there is no report

    def carry_out(self) -> None:
        """Takes the modules out, or hands them over."""
        state = self._state
        state.drop_links()
        removed = Unloaded(state)
        shared = []
        for name in self._names():
            heir = self._heir_of(name)
            if heir is None:
                removed.take(name)
                state.say(f"{name} unloaded")
            else:
                shared.append((name, heir))
        for name, heir in reversed(shared):  # parents first, since a child's path depends on them
            if not _hand_over(name, heir):
                removed.take(name)
            state.catalog.supplied.discard(name)

    def _names(self) -> list[str]:
        """The modules that are this loader's. A module comes into ``sys.modules`` for good when its body has run, so importers come
        first here.
        """
        return [name for name in reversed(list(sys.modules)) if self._is_own(name)]

    def _is_own(self, name: str) -> bool:
        """Whether a module came from this loader, or from another finder below a package that did; it was not taken over."""
        while name and name not in self._state.catalog.supplied:
            if any(name in other.state.catalog.supplied for other in self._others):
                return False
            name = name.rpartition(".")[0]
        return bool(name) and name not in self._state.taken_over

    def _heir_of(self, name: str) -> Other | None:
        """Another loader that has modules in a namespace package, which has no body and so is nobody's."""
        module = sys.modules.get(name)
        if module is None or not isinstance(getattr(own_spec(module), "loader", None), DirectoryLoader):
            return None
        return next((other for other in self._others if other.state.catalog.namespace(name) is not None), None)


def _hand_over(name: str, heir: Other) -> bool:
    """Makes a namespace package another loader's, as if that had imported it. Returns whether it is one there, too. Where its parent
    goes, it goes as well.
    """
    parent = name.rpartition(".")[0]
    if parent and parent not in sys.modules:
        return False
    package: Any = sys.modules[name]
    spec: Any = heir.find_spec(name)
    if spec is None or not isinstance(spec.loader, DirectoryLoader):
        return False
    heir.state.catalog.supplied.add(name)
    package.__spec__, package.__loader__, package.__path__ = spec, spec.loader, spec.submodule_search_locations
    spec.loader.exec_module(package)
    return True
