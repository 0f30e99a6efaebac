"""One flush: all that is known of it when it is judged."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakSet

from .model import Edges, Model, closure, reverse

if TYPE_CHECKING:
    from types import ModuleType
    from weakref import ReferenceType

    from pyautoload_wasm import AutoLoader, ReloadReport

    from .fresh import Look
    from .model import Contents
    from .record import Record, Taken


def place_of(loader: AutoLoader, name: str) -> int:
    """Which execution has made a module, counted by the loader."""
    session = loader._session
    assert session is not None
    state = session.state
    if name in state.ran:
        return state.ran[name]
    return (state.executed.get(name) or state.told.get(name) or (None, None, -1, False))[2]  # a namespace has no body


class Executed(NamedTuple):
    """A loaded module, what it was made of, and what it has imported: by its source; besides, as the loader has seen; and as it may
    have seen, when the same code ran before.
    """

    #: Weak, since what was replaced goes when nobody holds it any longer: the test is not to be who does.
    module: ReferenceType[ModuleType]
    #: Which execution it was, since a module that objects follow stays the same object.
    place: int
    contents: Contents | None
    imports: set[str]
    observed: set[str]
    before: set[str]


@dataclasses.dataclass
class Before:
    """The running modules before a flush."""

    executed: dict[str, Executed]
    identities: dict[str, dict[str, int]]
    records: dict[str, Record]
    #: Those that were not what a fresh import makes for a reason of their own, known to the flush before.
    stale: set[str]
    #: Those that somebody has executed by hand since, so that their importers are stale; each with what was executed after it.
    by_hand: dict[str, set[str]]
    #: Those that ran old code already.
    pending: set[str]
    #: What the files said.
    model: Model
    #: Those that their packages do not have as attributes. A package that fails leaves what it has imported of its own; imported again
    #: by somebody who has caught that, it finds them in `sys.modules`, and Python gives them to it no more.
    apart: set[str]


@dataclasses.dataclass
class Flush:
    """A flush, what was there before, and what a fresh process makes of the files."""

    before: Before
    model: Model
    fresh: Look
    report: ReloadReport
    #: The executions that it has caused, in their order.
    ran: list[str]
    base: str
    loader: AutoLoader
    is_rescan: bool
    #: The module that somebody has asked for.
    forced: str | None = None
    #: How often modules were executed by hand that nobody has executed since: what each has entered somewhere stays there.
    again: Counter[str] = dataclasses.field(default_factory=Counter)
    #: What the test has taken out of `sys.modules` itself.
    taken: Taken = dataclasses.field(default_factory=WeakSet)
    #: Modules that another thread has imported meanwhile.
    elsewhere: set[str] = dataclasses.field(default_factory=set)
    #: The modules that on_load was called for, and on_unload was not.
    present: list[ModuleType] = dataclasses.field(default_factory=list)
    #: A namespace that is tracked, and the modules that its names came from.
    namespace: dict[str, Any] = dataclasses.field(default_factory=dict)
    tracked: dict[str, str] = dataclasses.field(default_factory=dict)
    #: What is awaited, and looked at all the same.
    asked: frozenset[str] = frozenset()
    objects_follow: bool = False

    def __post_init__(self) -> None:
        executed = self.before.executed
        self.loaded = set(executed) & set(self.model.units)
        self.stale = stale_ones(executed, self.model)
        #: Those that run the code of their files now, and were not executed.
        self.patched = set(self.report.patched)
        self.pending = set(self.report.pending)
        now = {name: sys.modules.get(name) for name in executed}
        self.renewed = {
            name
            for name in self.loaded
            if now[name] is not executed[name].module()
            or (self.objects_follow and place_of(self.loader, name) != executed[name].place)
        }
        self.held = {name for failed in self.report.failed for name in failed.held}
        #: Who imports whom, imports that were observed included.
        self.imports: Edges = {
            name: imports | (executed[name].observed if name in executed else set())
            for name, imports in self.model.imports.items()
        }
        self.importers = reverse(self.imports, self.model.units)
        #: Also what code imports that still runs, whatever its file says by now, and what new code may have imported.
        self.possible_imports: Edges = {
            name: imports
            | set(self.model.observed(name))
            | (executed[name].imports | executed[name].before if name in executed else set())
            for name, imports in self.imports.items()
        }
        self.possible_importers = reverse(self.possible_imports, self.model.units)

    def with_old_code(self) -> set[str]:
        """Modules that run new code with something that runs old code, since that is imported by a name that no plan knows; and who
        imports them.
        """
        old = self.pending - self.renewed
        seen = {name: set(self.model.observed(name)) - self.before.executed[name].observed for name in self.renewed}
        return closure([name for name in self.renewed if seen[name] & old], self.importers, self.renewed)

    def outrun(self, importers: Edges) -> set[str]:
        """Loaded modules that were executed before something that they import was executed by hand."""
        by_hand = self.before.by_hand.items()
        return {name for one, since in by_hand for name in importers.get(one, set()) - since} & self.loaded

    def fresh_record(self, name: str) -> Record | None:
        """What a fresh process makes of a module; None where it fails."""
        found: Any = self.fresh["modules"][name].get("record")
        return found

    @property
    def settled(self) -> set[str]:
        """The loaded modules that have to be what a fresh process makes of them."""
        return {name for name in self.loaded - self.pending if self.fresh_record(name) is not None}


def stale_ones(modules: dict[str, Executed], model: Model) -> set[str]:
    """The modules that would be others now for a reason of their own: their file, its kind, or what their imports find."""
    return {name for name, was in modules.items() if name in model.units and model.contents(name) != was.contents}
