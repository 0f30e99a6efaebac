"""A program that runs while its files are edited: what it has executed, its flushes, and the comparison after each."""

from __future__ import annotations

import gc
import os
import random
import sys
import types
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol
from weakref import WeakSet, ref

from pyautoload_wasm import AutoLoader, ReloadReport

from .flush import Before, Executed, Flush, place_of, stale_ones
from .fresh import Beside, Server, project_modules, put_back, whole
from .judge import wrong_with_view
from .layout import COUNTER, TOP, Event
from .model import Model
from .record import Taken, defined_by, identities, is_at_parent, record
from .rule import wrong_with_plan


class UntrueError(AssertionError):
    """The running modules are not what the files say."""

    def __init__(self, told: str, *, steps: int = 0) -> None:
        super().__init__(told)
        #: How many steps the run has made.
        self.steps = steps


class Project(Protocol):
    """The files of a program, and what they import."""

    def model(self) -> Model: ...
    def texts(self) -> dict[str, bytes]: ...


class Session:
    """The loader of one program, and what is known of the modules that it has brought in."""

    def __init__(
        self,
        base: str,
        project: Project,
        *,
        forks: bool,
        asked: frozenset[str] = frozenset(),
        objects_follow: bool = False,
    ) -> None:
        self.base = base
        self.asked = asked
        self.objects_follow = objects_follow
        self.project = project
        self.oracle = Server(base) if forks else Beside(base)
        self.ran: list[str] = []
        #: Called when a module begins to run.
        self.on_run: Callable[[str], object] = lambda name: None
        sys.modules[COUNTER] = types.ModuleType(COUNTER)
        sys.modules[COUNTER].ran = self._count
        #: The modules that on_load was called for, and on_unload was not.
        self.present: list[types.ModuleType] = []
        self.namespace: dict[str, Any] = {}
        self.tracked: dict[str, str] = {}
        #: Called when a flush has ended, before it is judged.
        self.after_flush: Callable[[], object] = lambda: None
        self.loader = AutoLoader(base, TOP).track(self.namespace)
        self.loader.enable_reloading(watch=False, flush="manual", objects="follow" if objects_follow else "stay")
        self.loader.on_load(self._loaded)
        self.loader.on_unload(self._unloaded)
        self.loader.setup()
        self.executed: dict[str, Executed] = {}
        self.model = project.model()
        self.stale: set[str] = set()
        #: Those that somebody has executed by hand since the last flush, each with what was executed after it began.
        self.by_hand: dict[str, set[str]] = {}
        #: How often each was executed by hand since the loader has executed it.
        self.again: Counter[str] = Counter()
        #: What this test has taken out of `sys.modules` after an import that failed. Who caught the error may have something of it.
        self.taken: Taken = WeakSet()
        self.pending: set[str] = set()
        #: Modules that another thread imports while a flush is under way.
        self.elsewhere: set[str] = set()
        self.history: list[str] = []

    def close(self) -> None:
        self.loader.teardown()
        put_back({})
        self.oracle.close()
        del sys.modules[COUNTER]

    def _count(self, name: str) -> None:
        self.ran.append(name)
        self.on_run(name)

    def _loaded(self, name: str, module: types.ModuleType) -> None:
        if not any(module is one for one in self.present):
            self.present.append(module)

    def _unloaded(self, name: str, module: types.ModuleType) -> None:
        self.present = [one for one in self.present if one is not module]

    def taken_out(self) -> None:
        """Notes that modules were taken out of sys.modules, of which no callback tells."""
        self.present = [one for one in self.present if sys.modules.get(one.__name__) is one]

    def import_some(self, chosen: random.Random, part: float) -> None:
        """Imports modules that are not loaded, as users do, whether that works or not."""
        for name in sorted(set(self.project.model().units) - set(sys.modules)):
            if chosen.random() < part:
                self.try_import(name)
        self.note()

    def try_import(self, name: str) -> None:
        """Imports a module, whether that works or not."""
        try:
            __import__(name)
        except Exception as error:
            self.history.append(f"import {name}: {type(error).__name__}")
            modules = project_modules()
            kept = whole(modules)
            self.taken.update(one for gone in modules.keys() - kept.keys() for one in defined_by(modules[gone]))
            put_back(kept)
            self.taken_out()
        else:
            return
        gc.collect()  # What a failing import leaves behind is not the next flush's.

    def notify(self, events: list[Event], *, at_once: bool) -> None:
        """Tells the loader of events."""
        if at_once:
            self.loader.notify(events)
        else:
            for event in events:
                self.loader.notify(event)

    def before(self) -> Before:
        """What runs now."""
        return Before(
            self.executed,
            {name: identities(name) for name in self.executed},
            {name: record(name, self.base) for name in self.executed},
            self.stale,
            self.by_hand,
            self.pending,
            self.model,
            {name for name in self.executed if not is_at_parent(name)},
        )

    def flush(
        self,
        *,
        is_rescan: bool = False,
        forced: str | None = None,
        also: Callable[[Flush], list[str]] = lambda flush: [],
    ) -> ReloadReport:
        """Flushes, with what was asked for, and compares, in one more way perhaps. Raises UntrueError."""
        before = self.before()
        self.ran.clear()
        self.elsewhere.clear()
        self.history.append("reload" if is_rescan else f"reload {forced}" if forced else "flush")
        if forced is not None:
            report = self.loader.reload_module(forced)
        else:
            report = self.loader.reload() if is_rescan else self.loader.flush()
        self.after_flush()
        self.history.append(f"  {report}; pending: {', '.join(report.pending)}")
        model = self.project.model()
        fresh = self.oracle.look(sorted(model.units))
        ran = [name for name in self.ran if name not in self.elsewhere]
        self.again = Counter({name: times for name, times in self.again.items() if name not in report.reloaded})
        flush = Flush(
            before,
            model,
            fresh,
            report,
            ran,
            self.base,
            self.loader,
            is_rescan,
            forced=forced,
            again=self.again,
            taken=self.taken,
            elsewhere=self.elsewhere,
            present=self.present,
            namespace=self.namespace,
            tracked=self.tracked,
            asked=self.asked,
            objects_follow=self.objects_follow,
        )
        self.judge([*also(flush), *wrong_with_plan(flush), *wrong_with_view(flush)])
        self.note(flush.renewed, flush.patched)
        self.model = model
        # What was stale once is so until it is executed again: the engine may know of another reason than its contents.
        untouched = {name for name, was in before.executed.items() if self._is_as(name, was)}
        asked = {forced} if forced is not None else set()
        self.stale = (
            stale_ones(self.executed, model) | (before.stale | flush.outrun(flush.importers) | asked) & untouched
        )
        self.by_hand = {}
        self.pending = set(report.pending)
        # What has left its module is followed no longer, also when something of that name comes back.
        self.untrack([bound for bound, name in self.tracked.items() if not self._has_itself(name, bound)])
        return report

    def _is_as(self, name: str, was: Executed) -> bool:
        """Whether a module is still the execution that it was."""
        now = self.executed.get(name)
        return now is not None and now.module is was.module and now.contents is was.contents

    def untrack(self, names: list[str]) -> None:
        """Takes names out of the tracked namespace: they would keep old objects."""
        for bound in names:
            del self.tracked[bound], self.namespace[bound]

    def _has_itself(self, name: str, bound: str) -> bool:
        """Whether a module that runs its file's code defines a name."""
        value = getattr(sys.modules.get(name), bound, None)
        return name not in self.pending and getattr(value, "__module__", None) == name

    def judge(self, wrong: list[str]) -> None:
        """Raises UntrueError with what is wrong, if anything is."""
        if wrong:
            raise UntrueError("\n".join([*self.history[-12:], *wrong]))

    def note(
        self, renewed: set[str] | frozenset[str] = frozenset(), patched: set[str] | frozenset[str] = frozenset()
    ) -> None:
        """Takes down what each module is made of that has come in."""
        model = self.project.model()
        known = self.executed
        self.executed = {}
        for name, module in list(sys.modules.items()):
            was = known.get(name)
            if was is not None and was.module() is module and name not in renewed:
                self.executed[name] = was._replace(place=place_of(self.loader, name))
                if name in patched:
                    self.executed[name] = self.executed[name]._replace(
                        contents=model.contents(name), imports=model.imports[name]
                    )
            elif name in model.units:
                observed, contents = set(model.observed(name)), model.contents(name)
                is_same = was is not None and was.contents is not None and was.contents[2] == model.source(name)
                before = was.observed | was.before if was is not None and is_same else set()
                for since in self.by_hand.values():
                    since.add(name)
                self.executed[name] = Executed(
                    ref(module), place_of(self.loader, name), contents, model.imports[name], observed, before
                )

    def dump(self, wrong: str) -> str:
        """Writes down all of it. Returns where."""
        files = [
            f"--- {file}\n{source.decode(errors='replace')}" for file, source in sorted(self.project.texts().items())
        ]
        path = f"{os.path.dirname(self.base)}/untrue.txt"
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("\n".join([*self.history, *files, wrong]))
        return path
