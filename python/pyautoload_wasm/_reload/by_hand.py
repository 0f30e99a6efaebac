"""Modules that were executed again without those that import them.

Their user has done it, by `importlib.reload` or after ``del sys.modules[name]``: the engine takes the change of such a file for done.
Or a reload has, since new code imports what no source shows, and the plan did not know.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from pyautoload_wasm._imports.state import LoadState
    from pyautoload_wasm._reload.steps import Step


class Outrun:
    """The modules that were imported before what they import was executed again, each with the name of the latter."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._by_hand = state.ran_again.copy()
        self.names: dict[str, str] = {}
        self._late: dict[str, str] = {}
        # Without those that are gone, or as they were: somebody has put the old module back.
        there = [name for name, (_, module, _) in self._by_hand.items() if id(sys.modules.get(name)) == module]
        importers = state.catalog.engine.ask("importers", names=there) if there else []
        for name, its_importers in zip(there, importers, strict=True):
            place, _, running = self._by_hand[name]
            for importer in its_importers.split():
                if state.ran.get(importer, place) < place and importer not in running:
                    self.names.setdefault(importer, name)

    def note(self, reloaded: Mapping[str, str], names: Set[str], observed: Iterable[tuple[str, str]]) -> None:
        """A transaction has reloaded some modules: who was reloaded by one before it, and was seen to import one of them, has the old
        one.
        """
        for importer, imported in observed:
            if imported in names and imported in reloaded and importer in reloaded and importer not in names:
                self._late[importer] = imported

    def take_late(self) -> list[str]:
        """The modules that were noted, once each."""
        late, self._late = self._late, {}
        self.names.update(late)
        return list(late)

    def told(self, step: Step) -> Step:
        """A step with the reason that it has, since the engine knows only that it is asked for."""
        name = self.names.get(step.name)
        return step if name is None else step._replace(reason=f"imports {name}, which was executed again without it")

    def settle(self) -> None:
        """Forgets the executions, once their importers were reloaded."""
        for name, execution in self._by_hand.items():
            if self._state.ran_again.get(name) is execution:
                self._state.ran_again.pop(name, None)

    def __repr__(self) -> str:
        return f"<Outrun {', '.join(self.names)}>"
