"""The comparison itself: a loader that reloads too much is found, and so is one that reloads too little, loses what it is told, or
forgets to say what it did.
"""

import pytest
from pyautoload_wasm._reload.reloader import Reloader
from pyautoload_wasm._results.reports import ReloadReport

from .program import Wish
from .run import run_features
from .session import UntrueError

FLUSH = Reloader._flush
RUN = Reloader._run


def reloads_everything(self, asked):
    asked.forced = {name: None for name in self._catalog.sorted_names() if name in self._catalog.supplied}
    return FLUSH(self, asked)


def reloads_what_has_changed_alone(self, steps, report):
    stale = [step._replace(imports=[]) for step in steps if step.is_stale]
    for step in stale:
        RUN(self, [step], report)


def reloads_nothing(self, asked):
    return ReloadReport()


def reports_nothing(self, asked):
    report = FLUSH(self, asked)
    report.reloaded.clear()
    return report


@pytest.mark.parametrize(
    ("method", "fault", "said"),
    [
        ("_flush", reloads_everything, "is not affected"),
        ("_run", reloads_what_has_changed_alone, "is affected, and was not tried"),
        ("_flush", reloads_nothing, "is affected, and was not tried"),
        ("_flush", reports_nothing, "reloaded says []"),
    ],
)
def test_a_loader_that_does_too_much_or_too_little_is_found(method, fault, said, tmp_path, monkeypatch):
    monkeypatch.setattr(Reloader, method, fault)
    with pytest.raises(UntrueError) as raised:
        run_features(1, 60, str(tmp_path), forks=True, wish=Wish(only=frozenset({"values"})))
    assert said in str(raised.value)
