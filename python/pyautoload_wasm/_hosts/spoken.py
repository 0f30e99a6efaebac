"""What a notebook says: a line where something was reloaded or has failed, and one before each cell while old code runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyautoload_wasm._results.reports import FailedReload, ReloadReport
    from pyautoload_wasm.loader import AutoLoader


def say(text: str) -> None:
    """Prints a line."""
    print("pyautoload_wasm:", " ".join(text.split()))


class OldCode:
    """What has failed, and which modules run old code since."""

    def __init__(self) -> None:
        #: Of each module that runs old code, what has failed, and how.
        self._failures: dict[str, tuple[str, str]] = {}

    def say(self, loader: AutoLoader, report: ReloadReport) -> None:
        """Says what a flush did, and what still runs old code."""
        if report.reloaded or any(report.patched.values()) or report.removed or report.failed or report.stayed:
            say(str(report))
        news = {name for failed in report.failed for name in failed.held}
        for failed in report.failed:
            self._failures.update((name, (failed.name, _how(failed))) for name in failed.held)
        waiting: dict[tuple[str, str], list[str]] = {}
        for name in report.pending:
            if name not in news:
                waiting.setdefault(self._failures.get(name, ("", "")), []).append(name)
        for (failed_name, how), names in waiting.items():
            verb = "runs" if len(names) == 1 else "run"
            why = "" if not how else f": {how}" if names == [failed_name] else f": {failed_name} failed, {how}"
            say(f"{', '.join(names)} {verb} old code{why}")


def _how(failed: FailedReload) -> str:
    line = "" if failed.line is None else f"line {failed.line} "
    return f"{line}({type(failed.error).__name__}: {failed.error})"
