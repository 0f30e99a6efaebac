"""Eager loading loads everything, reports what it did, and does with failures what it is told."""

import logging
import re
import sys

import pytest
from pyautoload_wasm import ConfigurationError

FILES = {
    "a.py": "",
    "bad.py": "1 / 0\n",
    "exits.py": "raise SystemExit(3)\n",
    "pkg/__init__.py": "",
    "pkg/b.py": "",
    "pkg/__main__.py": "raise RuntimeError\n",
}


@pytest.mark.smoke
def test_the_report_says_what_was_loaded_what_failed_and_what_was_left_out(autoload):
    report = autoload(FILES).eager_load(on_error="collect")
    assert report.loaded == ["app", "app.a", "app.pkg", "app.pkg.b"]
    assert {name: type(error) for name, error in report.failed.items()} == {
        "app.bad": ZeroDivisionError,
        "app.exits": SystemExit,
    }
    assert report.skipped == ["app.pkg.__main__"]
    assert report.seconds > 0
    assert {"app.a", "app.pkg.b"} <= set(sys.modules)
    assert "app.bad" not in sys.modules


def test_failures_are_logged_by_default(autoload, caplog):
    with caplog.at_level(logging.ERROR, "pyautoload_wasm"):
        autoload(FILES).eager_load()
    assert [record.getMessage() for record in caplog.records] == [
        "app.bad could not be loaded",
        "app.exits could not be loaded",
    ]
    assert "ZeroDivisionError" in caplog.text


def test_collecting_logs_nothing(autoload, caplog):
    autoload(FILES).eager_load(on_error="collect")
    assert caplog.records == []


def test_the_first_failure_can_be_raised(autoload):
    loader = autoload(FILES)
    with pytest.raises(ZeroDivisionError):
        loader.eager_load(on_error="raise")
    assert "app.a" in sys.modules
    assert "app.pkg" not in sys.modules


def test_another_policy_is_refused_before_anything_is_loaded(autoload):
    loader = autoload(FILES)
    with pytest.raises(ConfigurationError) as caught:
        loader.eager_load(on_error="ignore")
    assert str(caught.value) == 'eager_load(on_error=\'ignore\'): expected "log", "collect" or "raise"'
    assert "app.a" not in sys.modules


def test_progress_is_told_to_a_callable(autoload):
    told = []
    autoload(FILES).eager_load(on_error="collect", progress=lambda *step: told.append(step))
    assert told[0] == (1, 7, "app")
    assert told[-1] == (7, 7, "app.pkg.b")
    assert len(told) == 7


def test_progress_without_tqdm_is_one_line(autoload, capsys, monkeypatch):
    for module in ("tqdm", "tqdm.auto"):
        monkeypatch.setitem(sys.modules, module, None)
    autoload({"a.py": "", "b.py": ""}).eager_load(progress=True)
    shown = capsys.readouterr().err
    assert re.findall(r"loading (\d/\d \S+)", shown) == ["1/3 app", "2/3 app.a", "3/3 app.b"]
    assert shown.count("\n") == 1


def test_progress_with_tqdm_is_its_bar(autoload, monkeypatch):
    class Bar:
        def __init__(self, total, unit):
            self.calls = [("start", total, unit)]
            bars.append(self)

        def set_postfix_str(self, name, refresh):
            self.calls.append(name)

        def update(self, count):
            self.calls.append(count)

        def close(self):
            self.calls.append("close")

    bars = []
    tqdm = type(sys)("tqdm.auto")
    tqdm.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", type(sys)("tqdm"))
    monkeypatch.setitem(sys.modules, "tqdm.auto", tqdm)
    autoload({"a.py": ""}).eager_load(progress=True)
    assert bars[0].calls == [("start", 2, "module"), "app", 1, "app.a", 1, "close"]


def test_what_is_loaded_already_is_not_executed_again(autoload, run):
    loader = autoload({"a.py": "import sys\nsys.executed_of_a = getattr(sys, 'executed_of_a', 0) + 1\n"})
    try:
        run("import app.a")
        assert loader.eager_load().loaded == ["app", "app.a"]
        assert sys.executed_of_a == 1
    finally:
        del sys.executed_of_a
