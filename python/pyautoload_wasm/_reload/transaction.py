"""One transaction of a reload: modules that imports connect are unloaded and imported again, or stay as they were.

Compiled is first, so that a syntax error touches nothing. What was taken out of ``sys.modules`` and of parent packages is
remembered until all have run again.
"""

from __future__ import annotations

import linecache
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from pyautoload_wasm._diagnosis.names import file_is_gone
from pyautoload_wasm._imports.files import digest_of, read_source
from pyautoload_wasm._imports.loaders import SourceLoader, is_made_by_a_tool
from pyautoload_wasm._imports.state import Journal, LoadState
from pyautoload_wasm._reload.tracking import Rebinding, Tracking, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_MISSING: Any = object()


class Step(NamedTuple):
    """One module to reload. ``imports`` are the places of others in the same list; ``is_stale`` says that it is there for a reason
    of its own, such as a changed file, and not because it imports another.
    """

    name: str
    file: str | None
    reason: str
    is_stale: bool
    imports: list[int]


class StepError(Exception):
    """Ends a transaction: which step failed, with what."""

    def __init__(self, step: Step, error: BaseException) -> None:
        self.step = step
        self.error = error


def compile_step(state: LoadState, step: Step) -> None:
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
        linecache.cache.pop(step.file, None)


class Unloaded:
    """Modules that were taken out of the import system, and can be put back."""

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._modules: dict[str, ModuleType] = {}
        self._aliases: dict[str, set[str]] = {}
        self._attributes: list[tuple[ModuleType, str, Any]] = []

    @property
    def modules(self) -> dict[str, ModuleType]:
        """What was taken out, by name."""
        return self._modules

    def take(self, name: str) -> None:
        """Takes a module out: from ``sys.modules``, under all its names, and from its parent."""
        state = self._state
        module = sys.modules.pop(name, None)
        if module is None:
            return
        state.say(f"{name} unloaded")
        self._modules[name] = module
        aliases = state.aliases.pop(name, None)
        for alias in aliases or ():
            sys.modules.pop(alias, None)
        if aliases:
            self._aliases[name] = aliases
        namespace, _, stem = name.rpartition(".")
        parent = sys.modules.get(namespace)
        if parent is None:
            return
        for attr in (stem, *state.attributes.get(name, ())):
            value = names_of(parent).get(attr, _MISSING)
            if value is module or (attr != stem and value is names_of(module).get(attr)):
                self._attributes.append((parent, attr, value))
                del names_of(parent)[attr]

    def put_back(self) -> None:
        """Makes everything as it was."""
        for name, module in reversed(self._modules.items()):
            sys.modules[name] = module
            for alias in self._aliases.get(name, ()):
                sys.modules[alias] = module
                self._state.aliases.setdefault(name, set()).add(alias)
        for parent, attr, value in self._attributes:
            names_of(parent)[attr] = value

    def give_children(self, name: str) -> None:
        """Gives a package that has run again the submodules that are still those of its predecessor: other finders' modules, and
        modules that are not to be reloaded.
        """
        old, new = self._modules.get(name), sys.modules.get(name)
        if old is None or new is None or not hasattr(old, "__path__") or not hasattr(new, "__path__"):
            return
        for attr, value in names_of(old).items():
            if isinstance(value, ModuleType) and sys.modules.get(f"{name}.{attr}") is value:
                names_of(new).setdefault(attr, value)


def run(state: LoadState, steps: Sequence[Step], tracking: Tracking) -> list[str]:
    """Reloads the modules of a transaction. Returns the names in tracked namespaces that were bound anew.

    Raises StepError, and whatever ends a program; everything is as it was then.
    """
    for step in steps:
        try:
            compile_step(state, step)
        except Exception as error:
            raise StepError(step, error) from None
    unloaded = Unloaded(state)
    rebinding = Rebinding(tracking)
    state.journal = journal = Journal()
    state.pinned = {step.file for step in steps if step.file is not None}
    step = steps[0]
    try:
        for step in reversed(steps):
            if (module := sys.modules.get(step.name)) is not None:
                state.callbacks.unloading(step.name, module)
            unloaded.take(step.name)
        for step in steps:
            failures = len(journal.failed)
            __import__(step.name)
            if len(journal.failed) > failures:
                _take_leftovers(state, journal)
            unloaded.give_children(step.name)
        rebinding.apply(unloaded.modules)
    except BaseException as error:
        rebinding.undo()
        _undo(state, journal, unloaded)
        if isinstance(error, Exception | SystemExit):
            raise StepError(_culprit(steps, journal, error) or step, error) from None
        raise
    finally:
        state.journal = None
        state.pinned = frozenset()
    return rebinding.names


def _take_leftovers(state: LoadState, journal: Journal) -> None:
    """Takes out what a package has imported of its own before it failed, where a step has caught the error. Python would give that to
    the next step that asks for it, which would come out as no fresh import does.
    """
    leftovers = Unloaded(state)
    for name in sorted(set(journal.imported)):
        if "." in name and name.rpartition(".")[0] not in sys.modules and name in sys.modules:
            leftovers.take(name)
            # Whoever caught the error may depend on it all the same.
            if name in state.executed:
                state.executed[name] = (*state.executed[name][:3], True)


def _undo(state: LoadState, journal: Journal, unloaded: Unloaded) -> None:
    """Takes out what a failed transaction has brought in, and puts the old modules back."""
    new = Unloaded(state)
    for name in reversed(journal.imported):
        state.executed.pop(name, None)
        new.take(name)
    state.forget_observed(set(journal.imported))
    unloaded.put_back()


def _culprit(steps: Iterable[Step], journal: Journal, error: BaseException) -> Step | None:
    """The innermost module of the transaction that raised the error."""
    by_name = {step.name: step for step in steps}
    return next((by_name[name] for name, raised in journal.failed if raised is error and name in by_name), None)
