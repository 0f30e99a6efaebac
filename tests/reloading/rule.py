"""What a flush may and must do, held against what it did and what it says that it did."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, NamedTuple

from .graph import Graph, closure, cycles
from .project import Use, parent_of
from .record import NOTHING, Taken, children_are_current, identities, is_at_parent, record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from pyautoload_wasm import ReloadReport

    from .fresh import Look

Contents = tuple[str | None, bool, str | None, dict[Use, list[str]]]


class Executed(NamedTuple):
    """A loaded module, and what it was made of."""

    module: ModuleType
    contents: Contents | None


@dataclasses.dataclass
class Before:
    """The running modules before a flush."""

    executed: dict[str, Executed]
    identities: dict[str, dict[str, int]]
    #: Those that were not what a fresh import makes for a reason of their own, known to the flush before.
    stale: set[str]
    #: Those that ran old code already.
    pending: set[str]
    #: What the files said.
    graph: Graph
    #: Those that their packages do not have as attributes. A package that fails leaves what it has imported of its own; imported again
    #: by somebody who has caught that, it finds them in `sys.modules`, and Python gives them to it no more.
    apart: set[str]
    #: Modules that this test has taken out of `sys.modules` itself. Whoever has something from them keeps it until it is reloaded.
    taken: Taken


def contents(name: str, graph: Graph) -> Contents | None:
    """What a module is made of: its file, whether it is a package, its text, what its imports find. None where it is not there."""
    unit = graph.units.get(name)
    if unit is None:
        return None
    return unit.file, unit.is_package, graph.files[unit.file].render() if unit.file else None, graph.resolution(name)


def stale_ones(modules: dict[str, Executed], graph: Graph) -> set[str]:
    """The modules that would be others now for a reason of their own: their file, its kind, or what their imports find."""
    return {name for name, was in modules.items() if name in graph.units and contents(name, graph) != was.contents}


class Check:
    """One flush: what is wrong with it, in sentences."""

    def __init__(
        self,
        before: Before,
        graph: Graph,
        fresh: Look,
        report: ReloadReport,
        ran: Iterable[str],
        base: str,
        *,
        is_rescan: bool,
        observed: Iterable[tuple[str, str]],
    ) -> None:
        self.before = before
        self.graph = graph
        self.fresh = fresh["modules"]
        self.report = report
        self.base = base
        self.is_rescan = is_rescan
        #: Imports that code which still runs has made, whatever its file says by now.
        self.possible_importers = {name: set(importers) for name, importers in graph.importers.items()}
        self.possible_imports = {name: set(imports) for name, imports in graph.imports.items()}
        for importer, imported in observed:
            self.possible_imports.setdefault(importer, set()).add(imported)
            self.possible_importers.setdefault(imported, set()).add(importer)
        self.wrong: list[str] = []
        self.loaded = set(before.executed) & set(graph.units)
        self.stale = stale_ones(before.executed, graph)
        self.pending = set(report.pending)
        now = {name: sys.modules.get(name) for name in before.executed}
        self.renewed = {name for name in self.loaded if now[name] is not before.executed[name].module}
        self.held = {name for failed in report.failed for name in failed.held}
        self.wrong += [
            f"{name} was executed, but is no part of the plan"
            for name in {*ran} & self.loaded - self.renewed - self.held
        ]
        self._check_imports(fresh["imports"])
        self._check_names()
        for name in sorted(self.loaded & set(sys.modules)):
            self._check_module(name)
        self._check_plan()
        self._check_failures()

    def _check_imports(self, imports: list[tuple[str, str]]) -> None:
        """The truth about who imports whom is in the fresh process: this test's own graph has to know all of it."""
        above = {name: {parent_of(name)} - {""} for name in self.graph.units}
        for importer, imported in imports:
            if imported not in closure(self.graph.imports[importer], above):
                self.wrong.append(f"{importer} imports {imported}, and this test's graph does not know it")

    def _check_names(self) -> None:
        gone = set(self.before.executed) - self.loaded
        self.wrong += [f"{name} is gone and in sys.modules" for name in gone & set(sys.modules)]
        self.wrong += [f"{name} is not in sys.modules" for name in self.loaded - set(sys.modules)]
        if set(self.report.removed) != gone:
            self.wrong.append(f"removed says {sorted(self.report.removed)}, gone are {sorted(gone)}")
        if set(self.report.reloaded) != self.renewed:
            self.wrong.append(f"reloaded says {sorted(self.report.reloaded)}, others are {sorted(self.renewed)}")
        if len(self.report.reloaded) > len(set(self.report.reloaded)):
            self.wrong.append(f"reloaded twice: {self.report.reloaded}")

    def _check_module(self, name: str) -> None:
        truth = self.fresh[name]
        is_as_before = name not in self.renewed and identities(name) == self.before.identities[name]
        if "record" not in truth:
            if not is_as_before:
                self.wrong.append(f"{name} fails ({truth['text']}) and is not as before")
            if name not in self.pending and name in self.stale:
                self.wrong.append(f"{name} fails ({truth['text']}) and is not pending")
        elif name not in self.pending:
            mine = record(name, self.base, NOTHING if name in self.renewed else self.before.taken)
            if mine != truth["record"]:
                self.wrong.append(f"{name} is {_difference(mine, truth['record'])}")
        elif not is_as_before:
            self.wrong.append(f"{name} is pending and not as before")
        elif not self._is_explained(name):
            self.wrong.append(f"{name} is pending, though it can be imported and nothing holds it")
        if not is_at_parent(name) and (name in self.renewed or name not in self.before.apart):
            self.wrong.append(f"{name} is not what its parent has")
        self.wrong += children_are_current(name, runs_old_code=name in self.pending)

    def _is_explained(self, name: str) -> bool:
        """Whether this module imports one that fails, in a function perhaps; or whether something fails that is not stale itself, and
        that reaches what is stale and is, or is imported by, this module.
        """
        below = closure([name], self.possible_imports) & self.pending
        failing = {other for other in self.pending if "record" not in self.fresh.get(other, {})}
        if below & failing:
            return True
        below &= self.stale | self.before.stale
        return any(closure([other], self.possible_imports) & below for other in failing)

    def _check_plan(self) -> None:
        steps = self.renewed | self.held
        # What has failed counts too, when it changes; and reload() tries all of it.
        other = {
            name
            for name in set(self.graph.units) - self.loaded
            if self.is_rescan or contents(name, self.graph) != contents(name, self.before.graph)
        }
        possible = closure(self.stale | self.before.stale | self.before.pending | other, self.possible_importers)
        self.wrong += [f"{name} is not affected" for name in steps - possible]
        needed = closure(self.stale - self.before.stale, self.graph.importers, self.loaded)
        self.wrong += [f"{name} is affected, and was not tried" for name in needed - steps]

    def _check_failures(self) -> None:
        """That each failure holds back exactly what it has to, in the order in which they came."""
        left = self.renewed | self.held
        # What is not loaded is executed by whoever imports it, and so connects others.
        through = set(self.graph.units) - self.loaded
        neighbours = {name: self.graph.imports[name] | self.graph.importers[name] for name in self.graph.units}
        for failed in self.report.failed:
            name = failed.name
            group = closure([name], neighbours, left | through)
            own = closure([name], self.graph.importers, group) - through
            below = closure([name], self.graph.imports, group) & left
            least = own | closure(below & self.stale, self.graph.importers, group) - through
            # Code that still runs may have imported what its new file does not: nobody knows before that has run.
            possible = closure([name], self.possible_imports, left | through)
            seeds = set() if name in self.stale else possible & (self.stale | self.before.stale)
            most = closure({name} | seeds, self.possible_importers, left | through)
            # What is stale itself fails because of itself; and what was so before may have more reasons than its contents.
            if name in self.stale or name in self.before.stale:
                least = own
            group -= through
            held = set(failed.held)
            if not least <= held <= most:
                self.wrong.append(f"{name} failed and holds {sorted(held)}, not {sorted(least)}")
            self._check_culprit(name, type(failed.error).__name__, group)
            left -= held
        if left != self.renewed:
            self.wrong.append(f"neither reloaded nor held: {sorted(left - self.renewed)}")

    def _check_culprit(self, name: str, error: str, group: set[str]) -> None:
        truth = self.fresh[name]
        unit = self.graph.units[name]
        if unit.file and self.graph.files[unit.file].fault == "syntax":
            return  # compiled before anything else is tried
        if "record" in truth:
            self.wrong.append(f"{name} is said to have failed with {error}, and can be imported")
            return
        culprit = next((one for one in truth["chain"] if one in group), name)
        if culprit != name and not any({name, culprit} <= cycle for cycle in cycles(self.graph.imports)):
            self.wrong.append(f"{name} is said to have failed with {error}, and it is {culprit} that fails")


def _difference(mine: object, theirs: object) -> str:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        parts = [
            f"{key}: {_difference(mine.get(key), theirs.get(key))}"
            for key in sorted({*mine, *theirs})
            if mine.get(key) != theirs.get(key)
        ]
        return ", ".join(parts)
    return f"{mine!r}, and fresh {theirs!r}"
