"""Which steps of a plan need no execution: modules of which the edit can be put into the running code, and those that are in the plan
for their sake alone.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from pyautoload_wasm._imports.ran import codes_in
from pyautoload_wasm._reload.patching.stars import sources_of
from pyautoload_wasm._reload.patching.verdict import CHANGED, judge
from pyautoload_wasm._reload.steps import Step, connected, reaching, without_gone
from pyautoload_wasm._reload.transaction import compile_steps

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from pyautoload_wasm._imports.state import LoadState
    from pyautoload_wasm._reload.patching.patch import Patch

#: What the engine says of modules that have failed before, not for a reason of their own.
_WAITING = ("what it imports was reloaded without it", "it could not be reloaded before")
_MAY_FIND_OTHERS = "{}, and its imports may find other modules than before"
_IS_OUTRUN = "{}, and what it imports may have been reloaded without it"


class Judged(NamedTuple):
    """The steps of a transaction, parted by what is to be done."""

    steps: list[Step]
    #: Those that are executed again.
    executed: list[Step]
    #: The others.
    patches: list[tuple[Step, Patch]]
    #: What no import connects with these when nobody is executed for the sake of a patch.
    others: list[list[Step]]


class Edits:
    """The judge of a loader's flushes."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._names = self._ask_for_names()
        self._scans = state.catalog.scans
        #: The names that have come or gone since the last flush.
        self._news: set[str] = set()
        #: Why changed files could not be patched before the plan, each with the code that was judged.
        self._refused: dict[str, tuple[object, str]] = {}
        #: Whether something runs old code, which others may have been reloaded without.
        self.has_pending = False

    def _ask_for_names(self) -> set[str]:
        return set(self._state.catalog.engine.ask("names").split())

    def planned(self) -> None:
        """There is a new plan: finds out what names are other than at the last one."""
        scans = self._state.catalog.scans
        self._news = set()
        if scans != self._scans:
            names = self._ask_for_names()
            self._news = names ^ self._names
            self._names, self._scans = names, scans

    def patches_alone(self, changes: Mapping[str, int | None]) -> list[tuple[Step, Patch]]:
        """The patches of all changed files; none where one of these is no loaded module's, or cannot be patched. To be asked before a
        plan, where nothing waits. Raises StepError for a file that cannot be compiled.
        """
        state = self._state
        if not state.observes_functions or any(
            request == "do_not_reload" for request, _ in state.catalog.settings.told
        ):
            return []
        if None in changes.values():
            return []  # What a module has seen whose file is gone does not count, and the plan takes it out.
        patches: list[tuple[Step, Patch]] = []
        names = state.catalog.engine.ask("module_names_at", paths=[*changes]) if changes else []
        for path, name in zip(changes, names, strict=True):
            ran = None if name is None else state.told.get(name)
            if name is None or ran is None or ran[0] != path or ran[3] or name not in sys.modules:
                return []
            step = Step(name, path, CHANGED, is_stale=True, imports=[])
            compile_steps(state, [step])
            verdict = judge(state, name, path)
            if isinstance(verdict, str):
                self._refused = {path: (state.codes.get(path), verdict)}
                return []
            patches.append((step, verdict))
        return patches

    def judge(self, steps: list[Step]) -> Judged:
        """Parts the steps of a transaction whose files were compiled."""
        patches: dict[int, Patch] = {}
        reasons: dict[int, str] = {}
        names = {step.name for step in steps}
        for place, step in enumerate(steps):
            if step.is_stale and step.file is not None and step.reason == CHANGED:
                verdict = self._verdict(step.name, step.file)
                if isinstance(verdict, str):
                    reasons[place] = verdict
                else:
                    patches[place] = verdict
        if not patches:
            steps = [step._replace(reason=reasons.get(place, step.reason)) for place, step in enumerate(steps)]
            return Judged(steps, steps, [], [])
        roots = {
            place
            for place, step in enumerate(steps)
            if place not in patches and (step.is_stale or _imported(step) not in names or self._waits(step))
        }
        if not roots:
            # Nothing can fail that one of them would have to be put back for.
            alone = [(steps[place]._replace(imports=[]), patch) for place, patch in patches.items()]
            return Judged([step for step, _ in alone], [], alone, [])
        executed = reaching(steps, roots)
        steps = [self._with_reason(steps, place, reasons, executed) for place in range(len(steps))]
        kept = {step.name: patches[place] for place, step in enumerate(steps) if place in patches.keys() - executed}
        dropped = {place for place in range(len(steps)) if place not in executed and place not in patches}
        first, *others = connected(without_gone(steps, dropped))
        return Judged(
            first,
            [step for step in first if step.name not in kept],
            [(step, kept[step.name]) for step in first if step.name in kept],
            others,
        )

    def _verdict(self, name: str, path: str) -> Patch | str:
        cached = self._state.codes.get(path)
        if self.has_pending and self._is_outrun(name):
            return _IS_OUTRUN.format(CHANGED)
        if self._news and cached is not None and self._may_find_others(name, cached.code):
            return _MAY_FIND_OTHERS.format(CHANGED)
        judged, reason = self._refused.pop(path, (None, ""))
        return reason if judged is not None and judged is cached else judge(self._state, name, path)

    def _waits(self, step: Step) -> bool:
        """Whether a module that is in the plan because of what it imports has something else to wait for."""
        return step.reason in _WAITING or (self.has_pending and self._is_outrun(step.name))

    def _is_outrun(self, name: str) -> bool:
        """Whether something that a module imports was executed again after it: a plan that has failed has left it behind."""
        own = self._state.runs.get(name)
        runs = list(self._state.runs.items())
        renewed = [other for other, run in runs if run.is_renewal and (own is None or run.ended > own.ended)]
        importers = self._state.catalog.engine.ask("importers", names=renewed) if renewed else []
        return any(name in names.split() for names in importers)

    def _may_find_others(self, name: str, code: CodeType) -> bool:
        """Whether a module mentions a name that has come or gone, was seen to look for one, or takes all names of a package that it
        is in.
        """
        if not {name.rpartition(".")[0] for name in self._news}.isdisjoint(sources_of(sys.modules[name], code)):
            return True
        stems = {_plain(name.rpartition(".")[2]) for name in self._news}
        if any(importer == name and _plain(one.rpartition(".")[2]) in stems for importer, one in self._observed()):
            return True
        mentioned = {part for one in codes_in(code) for text in one.co_names for part in text.split(".")}
        return not stems.isdisjoint(map(_plain, mentioned))

    def _observed(self) -> set[tuple[str, str]]:
        return {*self._state.told_observed, *self._state.observed}

    @staticmethod
    def _with_reason(steps: list[Step], place: int, reasons: dict[int, str], executed: set[int]) -> Step:
        step = steps[place]
        if place in reasons:
            return step._replace(reason=reasons[place])
        if step.reason == CHANGED and place in executed:
            imported = next((steps[other].name for other in step.imports if other in executed), "")
            return step._replace(reason=f"{CHANGED}, and it imports {imported}")
        return step

    def __repr__(self) -> str:
        return f"<Edits of {len(self._names)} names>"


def _imported(step: Step) -> str:
    """The module because of which a step is in the plan that has no reason of its own, as its reason names it."""
    return step.reason.partition(",")[0].rpartition(" ")[2]


def _plain(name: str) -> str:
    """A name without what an inflection changes."""
    return name.replace("_", "").lower()
