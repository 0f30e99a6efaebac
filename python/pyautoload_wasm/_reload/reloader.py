"""Reloading by events: marks what has changed, asks the engine for a plan, and carries it out, one transaction after the other.

Never re-entrant: while a module is being imported, in whatever thread, or another flush is under way, what is asked for waits.
"""

from __future__ import annotations

import sys
import time
from threading import get_ident
from typing import TYPE_CHECKING

from pyautoload_wasm._base.answers import Change, Plan, Removal
from pyautoload_wasm._base.bare_tracebacks import let_go_of_variables
from pyautoload_wasm._base.drives import drives_of
from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports import ran
from pyautoload_wasm._imports.data_files import DataFiles
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._reload.asked import Asked
from pyautoload_wasm._reload.by_hand import Outrun
from pyautoload_wasm._reload.contents import changed_contents
from pyautoload_wasm._reload.look import Look
from pyautoload_wasm._reload.outcome import note_done, note_names
from pyautoload_wasm._reload.patching.edits import Edits
from pyautoload_wasm._reload.paths import KnownPaths
from pyautoload_wasm._reload.rebinding import Rebinding
from pyautoload_wasm._reload.remains import Remains
from pyautoload_wasm._reload.steps import Step, connected, held_by, left_over, without, without_gone
from pyautoload_wasm._reload.tracking import Tracked, settle
from pyautoload_wasm._reload.transaction import InterferenceError, StepError, Transaction, compile_steps
from pyautoload_wasm._reload.unloaded import Unloaded
from pyautoload_wasm._results.reports import FailedReload, ReloadReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec


#: The engine's reason for a module that it was told to reload.
_ASKED_FOR = "you asked for it"


class Reloader:
    """The events and reloads of one loader that is set up."""

    def __init__(
        self, state: LoadState, tracked: Callable[[], list[Tracked]], find_spec: Callable[[str], ModuleSpec | None]
    ) -> None:
        self._state = state
        self._catalog = state.catalog
        self._engine = state.catalog.engine
        #: Asks what namespaces are tracked.
        self._tracked = tracked
        #: The spec of a managed module as it is now.
        self._find_spec = find_spec
        self._asked = Asked()
        #: The flush that is under way, if there is one. A dict, since that is asked and set in one step.
        self._flushing: dict[str, Asked] = {}
        self._transaction: Transaction | None = None
        self._remains = Remains()
        #: Packages whose ``__path__`` has still to be set, where that was interrupted.
        self._reshaped: dict[str, None] = {}
        #: The imports that were observed in this flush, as far as the engine was told.
        self._observed: set[tuple[str, str]] = set()
        #: Modules that have failed, and not for a reason of their own, until the engine is told.
        self._blocked: list[str] = []
        #: The modules that ran old code when the last flush had ended.
        self._pending: list[str] = []
        #: Whether there are any, or a flush was interrupted: then an unchanged file may still have to be tried again.
        self._has_pending = False
        self._paths = self._known_paths()
        #: Where events come from that are not handed over one by one: each returns the paths since it was asked last.
        self.sources: list[Callable[[], Iterable[str]]] = []
        self._look: Look | None = None
        #: Whether old functions, classes and their instances follow a reload.
        self.objects_follow = False
        #: Called when there is something to flush.
        self.on_mark: Callable[[], object] | None = None
        #: Files that were patched in this flush and import nothing that they did not.
        self._import_as_before: set[str | None] = set()
        #: Tells which packages some changed files need and have not.
        self.needed_by: Callable[[Sequence[str]], dict[str, str]] | None = None
        #: Called when a scan has found other links.
        self.on_paths: Callable[[KnownPaths], object] | None = None
        state.observes_functions = ran.can_observe()
        self._edits = Edits(state)
        self._catalog.keep_history()
        if drives_of(root.path for root in self._catalog.roots):
            self.look_for_changes()
        state.data.on_declare = self._follow_declared

    def has_new_engine(self) -> None:
        """Other settings are in force, and the engine knows only what has run."""
        self._catalog.keep_history()
        self._paths = self._known_paths()
        # What runs old code is tried again, and is old until then.
        told = self._state.told
        files = [told[name][0] for name in self._pending if name in told]
        self._asked.paths.update((file, None) for file in files if file is not None)

    def mark(self, paths: Iterable[str]) -> None:
        """Notes that something has happened to some absolute paths."""
        if self._add(paths) and self.on_mark is not None:
            self.on_mark()

    def _add(self, paths: Iterable[str]) -> bool:
        """Keeps the paths that are ours. Returns whether there were any."""
        known, data = self.paths, self._state.data
        ours = [own for path in paths for own in (*known.of(path), *data.concerned(path))]
        self._asked.paths.update(dict.fromkeys(ours))
        return bool(ours)

    def look_for_changes(self) -> None:
        """From now on looks at all files and folders before each flush, so that nobody has to tell of an edit."""
        if self._look is None:
            self._look = Look(self._state)
            self.sources.append(self._look.changed)

    @property
    def paths(self) -> KnownPaths:
        """The paths that are ours, by the last scan."""
        self._renew_paths()
        return self._paths

    def _renew_paths(self) -> None:
        """Tells who watches of new links, before anything happens behind them."""
        if self._paths.links is not self._catalog.links:
            self._paths = self._known_paths()
            if self.on_paths is not None:
                self.on_paths(self._paths)

    def _follow_declared(self) -> None:
        """Tells who watches of new data files."""
        if self.on_paths is not None:
            self.on_paths(self._paths)

    @property
    def data_files(self) -> DataFiles:
        """The data files that modules depend on."""
        return self._state.data

    def _known_paths(self) -> KnownPaths:
        return KnownPaths([root.path for root in self._catalog.roots], self._catalog.links)

    @property
    def is_busy(self) -> bool:
        """Whether a flush would have to wait."""
        return bool(self._flushing) or self._state.is_importing()

    def flush(self, forced: Iterable[str] = (), *, rescan: bool = False) -> ReloadReport:
        """Applies the events since the last flush. With ``rescan`` looks for changes that nobody reported, by content, and tries again
        what has failed before. Where that has to wait, the next flush does all of it.
        """
        asked = Asked()
        asked.forced = dict.fromkeys(forced)
        asked.rescans = rescan
        try:
            try:
                if self._state.is_importing() or self._flushing.setdefault("by", asked) is not asked:
                    return self._wait(asked)
                report = self._flush(asked)
            finally:
                self._end(asked)
        finally:
            self._end(asked)  # once more, where an interrupt has come before the first
        if report:
            self._state.callbacks.flushed(report)
        return report

    def _end(self, asked: Asked) -> None:
        """Lets the next flush begin."""
        if self._look is not None:
            self._look.end()
        if self._flushing.get("by") is asked:
            self._flushing.clear()

    def forked(self) -> None:
        """In a forked child: ends the flush of a thread that it does not have. The next one does what was asked of that."""
        asked = self._flushing.get("by")
        if asked is None or asked.thread == get_ident():
            return
        if self._transaction is not None:
            self._transaction.abandon()
        self._end(asked)
        self._asked.add(asked)
        self._has_pending = True

    def _wait(self, asked: Asked) -> ReloadReport:
        """Leaves something to the next flush."""
        if asked:
            self._asked.add(asked)
            if self.on_mark is not None:
                self.on_mark()
        return ReloadReport(waiting=True, pending=list(self._pending))

    def _flush(self, asked: Asked) -> ReloadReport:
        start = time.perf_counter()
        self._import_as_before = set()
        self._edits.has_pending = self._has_pending
        report = ReloadReport(pending=list(self._pending))
        try:
            try:
                self._apply(asked, report)
                self._renew_paths()
            except BaseException:
                self._asked.add(asked)
                raise
            if report.waiting:
                self._asked.add(asked)
            if self._pending and (report.reloaded or report.removed):
                self._remains.add_unknown()  # what old code has held goes with it
            if report.failed or report.waiting or self._has_pending:
                self._ask_for_pending(report)
        except BaseException:
            self._has_pending = True
            raise
        paths = [path for path in report.changed if path not in self._import_as_before]
        if paths and self.needed_by is not None:
            report.needed = self.needed_by(paths)
        report.errors = self._state.callbacks.take_errors()
        for callback in report.errors:
            let_go_of_variables(callback.error)
        self._remains.collect()
        report.seconds = time.perf_counter() - start
        if report:
            self._state.callbacks.reloaded(report)
            report.errors += self._state.callbacks.take_errors()
        return report

    def _ask_for_pending(self, report: ReloadReport) -> None:
        """Asks the engine which modules run old code, now that something has failed, or had failed before."""
        self._state.tell_engine()
        if self._blocked:
            self._engine.ask("mark_blocked", names=self._blocked)
            self._blocked = []
        self._pending = self._engine.ask("pending").split()
        self._has_pending = bool(self._pending) or report.waiting
        report.pending = list(self._pending)

    def _apply(self, asked: Asked, report: ReloadReport) -> None:
        """Does what is asked for, and what was asked for before and is added to it."""
        for source in self.sources:
            self._add(source())
        asked.take(self._asked)
        self._state.tell_engine()
        changes = changed_contents(self._state, asked.paths, rescan=asked.rescans, all_of_them=self._has_pending)
        outrun = Outrun(self._state)
        data = self._state.data
        report.changed += data.look(data.paths() if asked.rescans else asked.paths)
        forced = [name for name in {**asked.forced, **outrun.names, **data.due} if self._is_loaded(name)]
        if changes or forced or asked.rescans or self._catalog.has_news:
            settle(self._tracked(), self._catalog.real_name)
            is_planned = forced or asked.rescans or self._has_pending or self._catalog.has_news
            if is_planned or not self._patch_at_once(changes, report):
                self._carry_out(changes, forced, outrun, report, rescan=asked.rescans)
        else:
            self._set_paths()
        if not report.waiting:
            outrun.settle()
            data.settle()

    def _carry_out(
        self, changes: dict[str, int | None], forced: list[str], outrun: Outrun, report: ReloadReport, *, rescan: bool
    ) -> None:
        """Makes a plan, and does what it says."""
        told: list[Change] = [{"path": path, "digest": digest} for path, digest in changes.items()]
        plan = self._catalog.plan(told, forced, rescan=rescan)
        self._edits.planned()
        self._reshaped.update(dict.fromkeys(plan["reshaped"]))
        report.changed = list(dict.fromkeys([*plan["changed"], *report.changed]))
        report.kept = plan["kept"]
        self._remove(plan["removed"], report)
        self._set_paths()
        self._observed = set()
        self._run_all(plan, outrun, report)
        while late := outrun.take_late():
            self._run_all(self._catalog.plan([], late, rescan=False), outrun, report)
        if report.removed:
            rebinding = Rebinding(self._tracked, self._state)
            rebinding.follow_removed(report.removed)
            note_names(rebinding, report)

    def _patch_at_once(self, changes: dict[str, int | None], report: ReloadReport) -> bool:
        """Patches the modules of the changed files, if each of them can be: then none is stale, and nothing has to be planned. Returns
        whether that was done.
        """
        try:
            patches = self._edits.patches_alone(changes)
            if patches:
                self._transaction = Transaction(self._state, [], patches, self._tracked, objects_follow=False)
                self._transaction.run()
                note_done(self._state, [], patches, report)
                self._catalog.plans += 1
                self._state.tell_engine()
                report.changed = list(dict.fromkeys([*changes, *report.changed]))
                self._import_as_before = {step.file for step, patch in patches if not patch.may_import_more}
            return bool(patches)
        except StepError:
            return False  # The plan comes to the same step, and reports it.
        finally:
            self._transaction = None

    def _is_loaded(self, name: str) -> bool:
        """Whether a module is still there that somebody has asked to reload."""
        return name in sys.modules and name in self._catalog.supplied

    def _remove(self, removals: list[Removal], report: ReloadReport) -> None:
        """Takes out modules whose files are gone, and those that an import of their package has left which failed. That is not undone:
        whoever imports one of them still has it.
        """
        if not removals:
            return
        told = []
        removed = Unloaded(self._state)
        try:
            for removal in removals:
                name = removal["name"]
                told.append(name)
                self._state.forget_declared(name)
                if self._is_loaded(name):
                    report.removed[name] = removal["reason"]
                    self._state.callbacks.unloading(name, sys.modules[name])
                    self._state.say(f"{name} unloaded")
        finally:
            # Whoever was told that it goes is not told twice, so it goes.
            for name in report.removed:
                removed.take(name)
            self._remains.add(removed.modules)
            self._engine.ask("mark_unloaded", names=told)

    def _set_paths(self) -> None:
        """Gives packages that stay the ``__path__`` that they have now."""
        for name in list(self._reshaped):
            module = sys.modules.get(name)
            spec = self._find_spec(name)
            if is_module(module) and spec is not None:
                module.__spec__, module.__loader__ = spec, spec.loader
                module.__path__ = spec.submodule_search_locations or []
            self._reshaped.pop(name, None)

    def _run_all(self, plan: Plan, outrun: Outrun, report: ReloadReport) -> None:
        """Runs the transactions of a plan."""
        for steps in plan["transactions"]:
            names = {step["name"] for step in steps}
            # Of what is tried once more only the last outcome counts.
            report.failed[:] = [failed for failed in report.failed if failed.name not in names]
            self._run([outrun.told(self._told(Step(**step))) for step in steps], outrun, report)

    def _told(self, step: Step) -> Step:
        """A step with the data file that is its reason: the engine knows only that somebody has asked for it."""
        reason = self._state.data.due.get(step.name)
        return step if reason is None or step.reason != _ASKED_FOR else step._replace(reason=reason)

    def _run(self, steps: list[Step], outrun: Outrun, report: ReloadReport) -> None:
        """Runs a transaction. Where it fails, what has nothing to do with the failure is tried again by itself, one part after the
        other.
        """
        self._remove(left_over(steps, self._state.has_failed), report)
        if gone := [step.name for step in steps if step.name not in sys.modules]:
            self._engine.ask("mark_unloaded", names=gone)
            steps = without_gone(steps, {place for place, step in enumerate(steps) if step.name in gone})
        pending = [steps]
        while pending:
            steps = pending.pop()
            if not steps:
                continue
            # Whatever fails forgets what its modules have done, and they may have run in the transaction before as well.
            self._observed.update(self._state.observed.copy())
            self._state.tell_engine()
            try:
                compile_steps(self._state, steps)
                steps, executed, patches, others = self._edits.judge(steps)
                pending += others
                self._transaction = transaction = Transaction(
                    self._state, executed, patches, self._tracked, objects_follow=self.objects_follow
                )
                note_names(transaction.run(), report)
                transaction.keep(report)
                self._remains.add(transaction.unloaded.before)
                note_done(self._state, executed, patches, report)
                observed = {*self._observed, *self._state.observed.copy()}
                outrun.note(report.reloaded, {step.name for step in executed}, observed)
            except InterferenceError:
                report.waiting = True
            except StepError as failure:
                if failure.has_run:
                    self._remains.add_unknown()
                held = held_by(steps, steps.index(failure.step))
                names = [step.name for place, step in enumerate(steps) if place in held]
                let_go_of_variables(failure.error)
                report.failed.append(FailedReload(failure.step.name, failure.step.file, failure.error, names))
                pending += connected(without(steps, held))
                if not failure.step.is_stale:
                    self._blocked.append(failure.step.name)
            finally:
                self._transaction = None
