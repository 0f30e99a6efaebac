"""What a run has done, in numbers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyautoload_wasm import ReloadReport


@dataclasses.dataclass
class Counts:
    """What a run has done."""

    edits: int = 0
    flushes: int = 0
    reloaded: int = 0
    failed: int = 0

    def add(self, report: ReloadReport) -> None:
        """Counts a flush."""
        self.flushes += 1
        self.reloaded += len(report.reloaded)
        self.failed += len(report.failed)
