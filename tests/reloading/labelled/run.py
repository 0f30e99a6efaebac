"""One run of a labelled program: edits and flushes, each held against the labels, and against a fresh import."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

from ..counts import Counts
from ..layout import Disk, name_of
from ..record import record
from ..session import Session
from .facts import facts_of, makers_of
from .judge import Labels, wrong_with_labels
from .labels import Change, Facts, Step
from .program import Program

if TYPE_CHECKING:
    from ..flush import Flush
    from ..record import Record
    from .module import Module

NOTHING = Change(Step.NOTHING, "file saved without a change")


class LabelledRun:
    """A labelled program that is edited while it runs."""

    def __init__(self, seed: int, base: str, *, forks: bool, subjects: frozenset[str] = frozenset()) -> None:
        self.random = random.Random(f"{seed}/labelled")
        self.base = base
        self.counts = Counts()
        self.steps = 0
        self.program = Program(self.random, Disk(base), subjects)
        self.session = Session(base, self.program, forks=forks)
        #: The version of each loaded module that runs, and what the module was when its import was over, with that execution's place.
        self.running: dict[str, Module] = {}
        #: The modules whose files were written since the last flush.
        self.edited: set[str] = set()
        self.at_import: dict[str, tuple[Any, Record]] = {}

    def go(self, edits: int) -> Counts:
        chosen = self.random
        self._import(chosen.choice((0.6, 1.0)))
        while self.counts.edits < edits:
            self.steps += 1
            for _ in range(chosen.choice((1, 1, 1, 2, 3))):
                self._edit()
            self._flush(is_rescan=chosen.random() < 0.1)
            if chosen.random() < 0.2:
                self._import(chosen.choice((0.5, 1.0)))
            if chosen.random() < 0.5:
                self._use()
        return self.counts

    def _edit(self) -> None:
        is_broken = any(module.fault for module in self.program.modules.values())
        is_fault = self.random.random() < (0.6 if is_broken else 0.03)
        is_other = self.random.random() < 0.04
        made = (
            self.program.break_or_mend() if is_fault else self.program.come_or_go() if is_other else self.program.edit()
        )
        if made is not None:
            self.counts.edits += 1
            kind, events = made
            self.edited |= {name_of(event["path"].removeprefix(f"{self.base}/")) for event in events}
            self.session.history.append(f"{kind} {' '.join(str(event) for event in events)}")
            self.session.notify(events, at_once=self.random.random() < 0.5)

    def _import(self, part: float) -> None:
        self.session.import_some(self.random, part)
        self._note()

    def _note(self) -> None:
        """Takes down which version runs of each loaded module, and what those are that were executed."""
        session, now = self.session, self.program.by_name()
        loaded = [name for name in session.executed if name in now]
        places = {name: (session.executed[name].place, id(sys.modules[name])) for name in loaded}
        self.running = {
            name: self.running[name] if name in session.pending and name in self.running else now[name]
            for name in loaded
        }
        self.at_import = {
            name: self.at_import[name]
            if name in self.at_import and self.at_import[name][0] == places[name]
            else (places[name], record(name, self.base))
            for name in loaded
        }

    def _use(self) -> None:
        """Functions are called that change what their modules keep."""
        for name in sorted(self.running):
            for key, value in list(vars(sys.modules[name]).items()):
                if key.startswith("bump") and value.__module__ == name:
                    value()

    def _flush(self, *, is_rescan: bool) -> None:
        session, now = self.session, self.program.by_name()
        # Old code that waits has run what was there before it: what that has called may be gone. What was seen by a module whose file
        # is gone does not count.
        seen = {name: one for name, one in self.running.items() if name in now and name not in session.pending}
        facts = facts_of(seen)
        changes = {
            name: list(now[name].changes(was, facts.get(name, Facts())))
            for name, was in self.running.items()
            if name in now
        }
        is_exact = not session.pending and not session.stale and not any(module.fault for module in now.values())
        before, after = makers_of(self.running), makers_of(now)
        kept = {place: before[place] == after[place] for place in before.keys() & after.keys()} if is_exact else {}
        labels = Labels(changes, kept, is_exact=is_exact)
        called: list[str] = []
        at_import = {name: found for name, (_, found) in self.at_import.items()}

        def wrong(flush: Flush) -> list[str]:
            return list(wrong_with_labels(flush, labels, called, at_import))

        session.after_flush = lambda: sys.setprofile(None)
        if labels.executes_nothing:
            self._count_calls(called)
        report = session.flush(is_rescan=is_rescan, also=wrong)
        self.counts.add(report)
        if is_exact:
            self.counts.label(change for found in changes.values() for change in found)
            self.counts.label(NOTHING for name in self.edited & changes.keys() if not changes[name])
        self.edited = set()
        self._note()

    def _count_calls(self, called: list[str]) -> None:
        """Notes each function of the program that runs from now on, unless this test has called it, which looks at all objects."""
        test = __name__.removesuffix(".labelled.run")

        def profile(frame: Any, event: str, _: Any) -> None:
            is_ours = event == "call" and frame.f_code.co_filename.startswith(self.base)
            if is_ours and not str(frame.f_back.f_globals["__name__"]).startswith(test):
                called.append(frame.f_code.co_qualname)

        sys.setprofile(profile)
