"""One run: a project, its edits, flushes, and the comparison after each."""

from __future__ import annotations

import dataclasses
import os
import random
import shutil
import sys
import types

from pyautoload_wasm import AutoLoader, ReloadReport

from .edits import Editor
from .fresh import Beside, Server, project_modules, put_back, whole
from .graph import Graph
from .project import COUNTER, TOP, Disk
from .record import Taken, identities, is_at_parent
from .rule import Before, Check, Executed, contents, stale_ones


class UntrueError(AssertionError):
    """The running modules are not what the files say."""


@dataclasses.dataclass
class Counts:
    """What a run has done."""

    edits: int = 0
    flushes: int = 0
    reloaded: int = 0
    failed: int = 0


class Run:
    """A project that runs while it is edited."""

    def __init__(self, seed: int, folder: str, *, forks: bool) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.base = os.path.realpath(folder) + "/app"
        self.counts = Counts()
        self.editor = Editor(self.random, Disk(self.base), self.random.choice((10, 20, 35, 55)))
        self.oracle = Server(self.base) if forks else Beside(self.base)
        self.ran: list[str] = []
        sys.modules[COUNTER] = types.ModuleType(COUNTER)
        sys.modules[COUNTER].ran = self.ran.append
        self.loader = AutoLoader(self.base, TOP).setup().enable_reloading()
        self.executed: dict[str, Executed] = {}
        self.graph = Graph(self.editor.files)
        self.stale: set[str] = set()
        self.pending: set[str] = set()
        self.taken: Taken = {}
        self.history: list[str] = []

    def close(self) -> None:
        self.loader.teardown()
        put_back({})
        self.oracle.close()
        del sys.modules[COUNTER]

    def go(self, edits: int) -> Counts:
        """Edits and flushes, until so many edits are made."""
        self._import_some(1.0)
        while self.counts.edits < edits:
            for _ in range(self.random.choice((1, 1, 1, 2, 4))):
                what, events = self.editor.edit()
                self.counts.edits += 1
                self.history.append(f"{what} {' '.join(str(event) for event in events)}")
                self._notify(events)
            self._flush()
            self._import_some(self.random.choice((0.0, 0.5, 1.0, 1.0)))
        return self.counts

    def _notify(self, events: list[dict[str, str]]) -> None:
        if self.random.random() < 0.5:
            self.loader.notify(events)
        else:
            for event in events:
                self.loader.notify(event)

    def _flush(self) -> None:
        before = Before(
            self.executed,
            {name: identities(name) for name in self.executed},
            self.stale,
            self.pending,
            self.graph,
            {name for name in self.executed if not is_at_parent(name)},
            self.taken,
        )
        self.ran.clear()
        is_rescan = self.random.random() < 0.1
        self.history.append("reload" if is_rescan else "flush")
        report = self.loader.reload() if is_rescan else self.loader.flush()
        self.history.append(f"  {report}; pending: {', '.join(report.pending)}")
        self.counts.flushes += 1
        self.counts.reloaded += len(report.reloaded)
        self.counts.failed += len(report.failed)
        graph = Graph(self.editor.files)
        fresh = self.oracle.look(sorted(graph.units))
        observed = [(edge.importer, edge.imported) for edge in self.loader.graph().edges if edge.kind == "observed"]
        check = Check(before, graph, fresh, report, self.ran, self.base, is_rescan=is_rescan, observed=observed)
        if check.wrong:
            raise UntrueError(self._told(check.wrong, report))
        self._note(graph)
        self.graph = graph
        # What was stale once is so until it is executed again: the engine may know of another reason than its contents.
        untouched = {name for name, was in before.executed.items() if self.executed.get(name) is was}
        self.stale = stale_ones(self.executed, graph) | before.stale & untouched
        self.pending = set(report.pending)

    def _note(self, graph: Graph) -> None:
        """Takes down what each module is made of that has come in."""
        now = {name: module for name, module in sys.modules.items() if name in graph.units}
        self.executed = {
            name: was
            if (was := self.executed.get(name)) and was.module is module
            else Executed(module, contents(name, graph))
            for name, module in now.items()
        }

    def _import_some(self, part: float) -> None:
        """Imports modules that are not loaded, as users do, whether that works or not."""
        graph = Graph(self.editor.files)
        for name in sorted(set(graph.units) - set(sys.modules)):
            if self.random.random() < part:
                try:
                    __import__(name)
                except Exception as error:
                    self.history.append(f"import {name}: {type(error).__name__}")
                    modules = project_modules()
                    kept = whole(modules)
                    for gone in modules.keys() - kept.keys():
                        self.taken.setdefault(gone, []).append(modules[gone])
                    put_back(kept)
        self._note(graph)

    def _told(self, wrong: list[str], report: ReloadReport) -> str:
        files = "\n".join(f"--- {file}\n{source.render()}" for file, source in sorted(self.editor.files.items()))
        told = [*self.history[-12:], *wrong]
        dump = f"{os.path.dirname(self.base)}/untrue.txt"
        with open(dump, "w", encoding="utf-8") as stream:
            stream.write("\n".join([*self.history, files, *told]))
        return "\n".join([f"seed {self.seed}, after {self.counts.edits} edits; all of it is in {dump}", *told])


def run(seed: int, edits: int, folder: str, *, forks: bool) -> Counts:
    """Runs one project in an empty folder. Raises UntrueError, with the seed."""
    project = Run(seed, folder, forks=forks)
    try:
        counts = project.go(edits)
    finally:
        project.close()
    shutil.rmtree(project.base)
    return counts
