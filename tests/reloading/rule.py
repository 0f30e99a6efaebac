"""What a flush may execute and must execute, and what a failure holds back, held against what it did and what it says that it did."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from .layout import parent_of
from .model import closure, cycles

if TYPE_CHECKING:
    from .flush import Flush


def wrong_with_plan(flush: Flush) -> list[str]:
    """What is wrong with what a flush has executed, in sentences."""
    check = _Check(flush)
    check.imports()
    check.names()
    check.plan()
    check.executions()
    check.failures()
    return check.wrong


class _Check:
    def __init__(self, flush: Flush) -> None:
        self.flush = flush
        self.model = flush.model
        self.report = flush.report
        self.wrong: list[str] = []
        self._cycles = cycles(flush.imports)

    def imports(self) -> None:
        """The truth about who imports whom is in the fresh process: what this test knows by construction has to hold all of it."""
        above = {name: {parent_of(name)} - {""} for name in self.model.units}
        for importer, imported in self.flush.fresh["imports"]:
            known = self.model.imports[importer] | self.model.observed(importer)
            if imported not in closure(known, above):
                self.wrong.append(f"{importer} imports {imported}, and this test's model does not know it")

    def names(self) -> None:
        flush = self.flush
        gone = set(flush.before.executed) - flush.loaded
        self.wrong += [f"{name} is gone and in sys.modules" for name in gone & set(sys.modules)]
        self.wrong += [f"{name} is not in sys.modules" for name in flush.loaded - set(sys.modules)]
        if set(self.report.removed) != gone:
            self.wrong.append(f"removed says {sorted(self.report.removed)}, gone are {sorted(gone)}")
        if set(self.report.reloaded) != flush.renewed:
            self.wrong.append(f"reloaded says {sorted(self.report.reloaded)}, others are {sorted(flush.renewed)}")

    def plan(self) -> None:
        flush, model, before = self.flush, self.model, self.flush.before
        steps = flush.renewed | flush.held
        # What has failed counts too, when it changes; and reload() tries all of it.
        other = {
            name
            for name in set(model.units) - flush.loaded
            if flush.is_rescan or model.contents(name) != before.model.contents(name)
        }
        forced = {flush.forced} & flush.loaded
        reasons = flush.stale | before.stale | before.pending | other | forced | flush.outrun(flush.possible_importers)
        possible = closure(reasons, flush.possible_importers)
        self.wrong += [f"{name} is not affected" for name in steps - possible]
        needed = closure(
            (flush.stale - before.stale - flush.patched) | forced | flush.outrun(flush.importers),
            flush.importers,
            flush.loaded,
        )
        self.wrong += [f"{name} is affected, and was not tried" for name in needed - steps]
        self.wrong += [f"{name} was patched, and is not stale" for name in flush.patched - flush.stale]
        self.wrong += [f"{name} was patched, and executed or held" for name in flush.patched & steps]
        self.wrong += [f"{name} was patched, and is not what it was" for name in flush.patched if self._is_other(name)]

    def _is_other(self, name: str) -> bool:
        """Whether a module is made of another file: then no edit of functions makes it current."""
        now, was = self.model.contents(name), self.flush.before.executed[name].contents
        return now is None or was is None or now[:2] != was[:2]

    def executions(self) -> None:
        """Each module of the plan is executed once, and again only when a failure has split its transaction, or when its new code has
        imported, by a name that no plan knows, what was reloaded after it; others not at all.
        """
        flush = self.flush
        ran = Counter(flush.ran)
        tries = 1 + len(self.report.failed)
        files = {name for name, unit in self.model.units.items() if unit.file}
        steps = flush.renewed | flush.held
        surprised = {
            name
            for name in flush.renewed
            if (set(self.model.observed(name)) - flush.before.executed[name].observed) & flush.renewed
        }
        again = closure(surprised, flush.possible_importers)
        new = set(self.model.units) - flush.loaded
        reached = closure(steps, flush.possible_imports)
        for name, times in ran.items():
            if name in flush.loaded - steps:
                self.wrong.append(f"{name} was executed, but is no part of the plan")
            elif times > tries * (2 if name in again else 1) * self._attempts(name) and name in steps:
                self.wrong.append(f"{name} was executed {times} times")
            elif name in new - flush.elsewhere and name not in reached:
                self.wrong.append(f"{name} was not loaded, nobody imports it, and it was executed")
        self.wrong += [f"{name} is another, and was not executed" for name in flush.renewed & files - set(ran)]

    def _attempts(self, name: str) -> int:
        """How many modules can try to import one in a plan. One that fails is executed by each of them, and for its own sake."""
        can_fail = "record" not in self.flush.fresh["modules"].get(name, {})
        return 1 + len(self.flush.possible_importers[name]) if can_fail else 1

    def failures(self) -> None:
        """Each failure holds back exactly what it has to, in the order in which they came."""
        flush = self.flush
        left = flush.renewed | flush.held
        # What is not loaded is executed by whoever imports it, and so connects others.
        through = set(self.model.units) - flush.loaded
        neighbours = {name: flush.imports[name] | flush.importers[name] for name in self.model.units}
        for failed in self.report.failed:
            name = failed.name
            group = closure([name], neighbours, left | through)
            own = closure([name], flush.importers, group) - through
            below = closure([name], flush.imports, group) & left
            least = own | closure(below & flush.stale, flush.importers, group) - through
            # Code that still runs may have imported what its new file does not: nobody knows before that has run.
            maybe = closure([name], flush.possible_imports, left | through)
            seeds = set() if name in flush.stale else maybe & (flush.stale | flush.before.stale)
            most = closure({name} | seeds, flush.possible_importers, left | through)
            # What is stale itself fails because of itself; and what was so before may have more reasons than its contents.
            if name in flush.stale or name in flush.before.stale:
                least = own
            group -= through
            held = set(failed.held)
            if not least <= held <= most:
                self.wrong.append(f"{name} failed and holds {sorted(held)}, not {sorted(least)}")
            self._culprit(name, type(failed.error).__name__, group)
            left -= held
        if left != flush.renewed:
            self.wrong.append(f"neither reloaded nor held: {sorted(left - flush.renewed)}")

    def _culprit(self, name: str, error: str, group: set[str]) -> None:
        truth = self.flush.fresh["modules"][name]
        if self.model.is_uncompilable(name):
            return  # compiled before anything else is tried
        if "record" in truth:
            self.wrong.append(f"{name} is said to have failed with {error}, and can be imported")
            return
        culprit = next((one for one in truth["chain"] if one in group), name)
        if culprit != name and not any({name, culprit} <= cycle for cycle in self._cycles):
            self.wrong.append(f"{name} is said to have failed with {error}, and it is {culprit} that fails")
