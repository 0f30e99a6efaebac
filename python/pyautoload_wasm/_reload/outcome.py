"""What a transaction has done, as the report and the load state have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyautoload_wasm._imports.state import LoadState
    from pyautoload_wasm._reload.patching.patch import Patch
    from pyautoload_wasm._reload.rebinding import Rebinding
    from pyautoload_wasm._reload.steps import Step
    from pyautoload_wasm._results.reports import ReloadReport


def note_done(
    state: LoadState, executed: Iterable[Step], patches: Iterable[tuple[Step, Patch]], report: ReloadReport
) -> None:
    """Notes which modules were executed, and which were patched."""
    for step in executed:
        report.reloaded.setdefault(step.name, step.reason)
    for step, patch in patches:
        state.note_patched(step.name, step.file, patch.content)
        report.patched[step.name] = patch.functions
        report.cleared += patch.cleared
        state.say(f"{step.name} patched{': ' if patch.functions else ''}{', '.join(patch.functions)}")


def note_names(rebinding: Rebinding, report: ReloadReport) -> None:
    """Notes which names have followed, and which could not."""
    report.rebound += rebinding.names
    report.stayed.update(rebinding.stayed)
