"""One transaction of a reload: modules that imports connect are patched, or unloaded and imported again; or all stay as they were.

Compiled is first, so that a syntax error touches nothing. What is taken out of ``sys.modules`` and of parent packages is remembered
until all have run again. Every step is noted before it is done and undone by what can be done twice, so an interrupt between any two
lines leaves the whole old state or the whole new one.

Other threads wait for the modules of a transaction, by importlib's own locks, until these are the new ones or the old ones again.
Callbacks are called while nobody has to wait.
"""

from __future__ import annotations

import linecache
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from pyautoload_wasm._base.import_locks import DeadlockError, HeldImports
from pyautoload_wasm._diagnosis.names import file_is_gone
from pyautoload_wasm._imports.code_cache import digest_of
from pyautoload_wasm._imports.files import read_source
from pyautoload_wasm._imports.loaders import SourceLoader, is_made_by_a_tool
from pyautoload_wasm._imports.reuse import Reuse
from pyautoload_wasm._imports.state import Journal, LoadState
from pyautoload_wasm._reload.following import Following
from pyautoload_wasm._reload.given_names import GivenNames
from pyautoload_wasm._reload.left_behind import take_back
from pyautoload_wasm._reload.patching.verdict import all_runs
from pyautoload_wasm._reload.rebinding import Rebinding
from pyautoload_wasm._reload.steps import Step
from pyautoload_wasm._reload.unloaded import Unloaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType

    from pyautoload_wasm._reload.patching.patch import Patch
    from pyautoload_wasm._reload.tracking import Tracked
    from pyautoload_wasm._results.reports import ReloadReport


class StepError(Exception):
    """Ends a transaction: which step failed, with what, and whether anything had run by then."""

    def __init__(self, step: Step, error: BaseException, *, has_run: bool) -> None:
        self.step = step
        self.error = error
        self.has_run = has_run


class InterferenceError(Exception):
    """Ends a transaction: another thread imports something that this one needs, and waits for a module of this one."""


class Transaction:
    """The reload of some modules."""

    def __init__(
        self,
        state: LoadState,
        steps: Sequence[Step],
        patches: Sequence[tuple[Step, Patch]],
        tracked: Callable[[], list[Tracked]],
        *,
        objects_follow: bool,
    ) -> None:
        self._state = state
        #: The modules that are executed again.
        self._steps = steps
        #: Those of which the edit is put into the running code.
        self._patches = patches
        self._reuse = Reuse() if objects_follow else None
        #: The old modules.
        self.unloaded = Unloaded(state, self._reuse)
        #: What packages that failed have imported of their own.
        self._leftovers = Unloaded(state)
        #: The same in order. Each who tries to import such a package makes it leave others of the same names.
        self._left: list[tuple[str, ModuleType]] = []
        self._rebinding = Rebinding(tracked, state)
        self._kept, self._data = state.kept.copy(), state.data.copy()
        self._given = GivenNames(state, [step.name for step in steps])
        #: What becomes of the old modules' objects, if they are to follow.
        self._following = None if self._reuse is None else Following(state, self._reuse)
        self._journal = Journal()
        self._held = HeldImports([step.name for step in steps])
        #: The old modules that `on_unload` was called for, in order.
        self._announced: list[tuple[str, ModuleType]] = []
        #: The ids of new modules that it was called for, since they go again.
        self._withdrawn: set[int] = set()
        self._is_done = False
        self._is_undone = False
        self._has_taken_back = False
        #: The step that is carried out, for an error of nobody's.
        self._step = steps[0] if steps else patches[0][0]

    def run(self) -> Rebinding:
        """Reloads the modules. Returns what became of the names in tracked namespaces.

        Raises StepError, InterferenceError, and whatever ends a program; everything is as it was then.
        """
        try:
            try:
                self._carry_out()
                return self._rebinding
            except BaseException as error:
                if self._is_done:
                    raise
                self._undo()
                if isinstance(error, DeadlockError):
                    raise InterferenceError from None
                if isinstance(error, Exception | SystemExit):
                    raise StepError(self._culprit(error) or self._step, error, has_run=True) from None
                raise
        finally:
            if not self._is_done:
                self._undo()  # once more, for what an interrupt has left of the first attempt
            self._end()

    def _carry_out(self) -> None:
        state = self._state
        if self._patches:
            runs = [run for _, run in all_runs()]
            for step, patch in self._patches:
                self._step = step
                patch.apply(runs)
            if not self._steps:
                self._is_done = True
                return
        state.journal = self._journal
        state.reuse = self._reuse
        state.pinned = {step.file for step in self._steps if step.file is not None}
        is_announced = state.callbacks.follow_loads or state.catalog.settings.log is not None
        for step in reversed(self._steps):
            self._step = step
            if is_announced and (module := sys.modules.get(step.name)) is not None:
                self._announced.append((step.name, module))
                state.callbacks.unloading(step.name, module)
                state.say(f"{step.name} unloaded")
        self._given.note()
        try:
            self._held.take()
            for step in reversed(self._steps):
                self.unloaded.take(step.name)
            for step in self._steps:
                self._step = step
                failures = len(self._journal.failed)
                __import__(step.name)
                if len(self._journal.failed) > failures:
                    self._take_leftovers()
                self.unloaded.give_children(step.name)
                self._given.give(step.name)
        except BaseException:
            # Whoever waits for a module that has failed gets the old one.
            self.unloaded.put_back(missing=True)
            raise
        finally:
            self._held.release()
        before = self.unloaded.before
        self._rebinding.apply(before)
        if self._following is not None:
            self._following.apply(before, self._rebinding.notes)
        self._is_done = True
        for name, module in self._left:
            state.callbacks.unloading(name, module)

    def _take_leftovers(self) -> None:
        """Takes out what a package has imported of its own before it failed, where a step has caught the error. Python would give that
        to the next step that asks for it, which would come out as no fresh import does.
        """
        state = self._state
        for name in sorted(set(self._journal.imported)):
            if "." in name and name.rpartition(".")[0] not in sys.modules and name in sys.modules:
                self._left.append((name, sys.modules[name]))
                self._leftovers.take(name)
                # Whoever caught the error may depend on it all the same.
                if name in state.executed:
                    state.executed[name] = (*state.executed[name][:3], True)

    def _undo(self) -> None:
        """Takes out what was brought in, puts the old modules back, and calls the callbacks so that they balance."""
        state = self._state
        self._undo_objects()
        try:
            for name, module in reversed(self._journal.loaded):
                if id(module) not in self._withdrawn:
                    # Before the call: who interrupts a callback does not want it to be called again.
                    self._withdrawn.add(id(module))
                    state.callbacks.unloading(name, module)
                    state.say(f"{name} unloaded")
        finally:
            self._swap()
        if not self._has_taken_back:
            take_back(self._attempted(), self.unloaded.before)
            self._has_taken_back = True
        while self._announced:
            name, module = self._announced.pop()
            state.callbacks.loaded(name, module)
            state.say(f"{name} put back")

    def _undo_objects(self) -> None:
        if self._following is not None:
            self._following.undo()
        for _, patch in reversed(self._patches):
            patch.undo()
        self._rebinding.undo()

    def _attempted(self) -> list[tuple[str, ModuleType]]:
        """The modules that were made, as they were when they were given up."""
        journal = self._journal
        made = [*journal.loaded, *((name, module) for name, module, _ in journal.failed)]
        return made if self._reuse is None else [*made, *self._reuse.attempts]

    def _swap(self) -> None:
        """Takes the new modules out, and puts the old ones back, unless that was done."""
        if self._is_undone:
            return
        state = self._state
        old = self.unloaded.modules
        reuse = self._reuse
        new = Unloaded(state)
        try:
            with suppress(DeadlockError):
                self._held.take()
            for name in reversed(self._journal.imported):
                state.executed.pop(name, None)
                is_new = name not in old or sys.modules.get(name) is not old[name]
                if is_new or (reuse is not None and reuse.is_changed(name)):
                    new.take(name)
            state.forget_observed(set(self._journal.imported))
            state.kept.restore(self._kept, self._journal.imported)
            state.data.restore(self._data, self._journal.imported)
            self._given.undo()
            self.unloaded.put_back()
            self._is_undone = True
        finally:
            self._held.release()

    def keep(self, report: ReloadReport) -> None:
        """Lets go of how everything was, and enters what has become of objects into a report."""
        self._rebinding.keep()
        if self._following is not None:
            self._following.tell(report)
            self._following.keep()

    def abandon(self) -> None:
        """In a forked child that does not have the thread: puts the old modules back, unless all is done. Nobody is told.

        Callbacks that were called by then were called in the parent's thread, which may be in one of them.
        """
        self._held = HeldImports(())
        if not self._is_done:
            self._undo_objects()
            self._swap()
        self._end()

    def _end(self) -> None:
        self._held.release()
        self._state.journal = None
        self._state.reuse = None
        self._state.pinned = frozenset()

    def _culprit(self, error: BaseException) -> Step | None:
        """The innermost module of the transaction that raised the error."""
        by_name = {step.name: step for step in self._steps}
        raised = (name for name, _, its_error in self._journal.failed if its_error is error and name in by_name)
        return next((by_name[name] for name in raised), None)


def compile_steps(state: LoadState, steps: Iterable[Step]) -> None:
    """Compiles the files of some steps, as they are now. Raises StepError for the first that cannot be."""
    for step in steps:
        try:
            _compile(state, step)
        except Exception as error:
            raise StepError(step, error, has_run=False) from None


def _compile(state: LoadState, step: Step) -> None:
    """Compiles a step's file as it is now, unless that was done. Raises what is wrong with it."""
    if step.file is None:
        return
    cached = state.codes.get(step.file)
    # The code that was cached last may be that of a version which failed, when the module is no longer stale since its file is again
    # what it was.
    if not step.is_stale and cached is not None and cached.digest == state.digests.get(step.file):
        return
    loader = SourceLoader(step.name, step.file, state)
    try:
        source, status = read_source(step.file)
    except FileNotFoundError:
        raise file_is_gone(step.name, step.file) from None
    content = status, digest_of(source)
    if cached is None or cached.digest != content[1]:
        # What another tool executes may be Python for that tool alone.
        if not is_made_by_a_tool(sys.modules.get(step.name)):
            loader.compile(source, content)
            state.codes[step.file].source = source
        linecache.cache.pop(step.file, None)
