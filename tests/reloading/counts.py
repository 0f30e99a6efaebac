"""What a run has done, in numbers."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyautoload_wasm import ReloadReport

    from .labelled.labels import Change


@dataclasses.dataclass
class Counts:
    """What a run has done."""

    edits: int = 0
    flushes: int = 0
    reloaded: int = 0
    patched: int = 0
    failed: int = 0
    #: How often each label was judged: by step and kind of edit.
    labels: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)

    def add(self, report: ReloadReport) -> None:
        """Counts a flush."""
        self.flushes += 1
        self.reloaded += len(report.reloaded)
        self.patched += len(report.patched)
        self.failed += len(report.failed)

    def label(self, changes: Iterable[Change]) -> None:
        """Counts the labels of a flush."""
        self.labels.update((change.step.name.lower(), change.kind) for change in changes)

    def __str__(self) -> str:
        done = f"{self.patched} modules patched, {self.reloaded} reloaded, {self.failed} failures"
        steps: Counter[str] = Counter()
        for (step, _), times in self.labels.items():
            steps[step] += times
        labels = f"; labels: {', '.join(f'{step} {times}' for step, times in sorted(steps.items()))}" if steps else ""
        return f"{self.edits} edits, {self.flushes} flushes, {done}{labels}"
