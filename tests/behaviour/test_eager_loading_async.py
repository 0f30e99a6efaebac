"""Eager loading that lets the event loop take turns. The coroutine is driven by hand, since in Pyodide a test cannot run a loop."""

import asyncio
import sys

import pytest
from pyautoload_wasm import ConfigurationError, SetupRequiredError

#: A module that takes longer than the loop is kept waiting.
SLOW = "import time\nend = time.perf_counter() + 0.01\nwhile time.perf_counter() < end: pass\n"
FILES = {"a.py": SLOW, "b.py": SLOW, "c.py": SLOW}


def begin(loader, **options):
    """Eager loading that has come to `app.a`, and no further."""
    coroutine = loader.eager_load_async(**options)
    while "app.a" not in sys.modules:
        coroutine.send(None)
    return coroutine


def finish(coroutine):
    """The result of a coroutine, and how often it has let the loop take a turn."""
    turns = 0
    while True:
        try:
            coroutine.send(None)
        except StopIteration as ended:
            return ended.value, turns
        turns += 1


@pytest.mark.smoke
def test_the_loop_takes_a_turn_after_each_slow_module(autoload):
    told = []
    report, turns = finish(autoload(FILES).eager_load_async(progress=lambda *step: told.append(step)))
    assert report.loaded == ["app", "app.a", "app.b", "app.c"]
    assert told == [(1, 4, "app"), (2, 4, "app.a"), (3, 4, "app.b"), (4, 4, "app.c")]
    assert turns >= 3
    assert report.seconds >= 0.03


def test_quick_modules_share_a_turn(autoload):
    report, turns = finish(autoload({f"m{n}.py": "" for n in range(20)}).eager_load_async())
    assert len(report.loaded) == 21
    assert turns < 20


def test_failures_and_what_is_left_out_are_as_for_eager_load(autoload):
    files = {"bad.py": "1 / 0\n", "good.py": "", "later.py": "", "__main__.py": "raise RuntimeError\n"}
    loader = autoload(files).do_not_eager_load("later.py")
    report, _ = finish(loader.eager_load_async(on_error="collect"))
    assert (report.loaded, list(report.failed)) == (["app", "app.good"], ["app.bad"])
    assert report.skipped == ["app.__main__", "app.later"]
    with pytest.raises(ZeroDivisionError):
        finish(loader.eager_load_async(on_error="raise"))
    with pytest.raises(ConfigurationError):
        finish(loader.eager_load_async(on_error="ignore"))


def test_a_cancelled_load_keeps_what_is_loaded_and_goes_on_when_called_again(autoload, capsys, monkeypatch):
    for module in ("tqdm", "tqdm.auto"):
        monkeypatch.setitem(sys.modules, module, None)
    loader = autoload(FILES)
    coroutine = begin(loader, progress=True)
    with pytest.raises(asyncio.CancelledError):
        coroutine.throw(asyncio.CancelledError())
    assert capsys.readouterr().err.endswith("loading 2/4 app.a\n")
    assert ("app.a" in sys.modules, "app.b" in sys.modules) == (True, False)
    report, turns = finish(loader.eager_load_async())
    assert len(report.loaded) == 4
    assert turns >= 2


def test_a_module_that_goes_away_meanwhile_is_left_out(project):
    app = project(FILES)
    coroutine = begin(app.loader)
    app.delete("b.py").flush()
    report, _ = finish(coroutine)
    assert (report.loaded, report.failed) == (["app", "app.a", "app.c"], {})


def test_a_module_that_is_edited_meanwhile_is_loaded_as_it_is_then(project):
    app = project(FILES)
    coroutine = begin(app.loader)
    app.write("b.py", "VALUE = 2\n").flush()
    finish(coroutine)
    assert sys.modules["app.b"].VALUE == 2


def test_a_teardown_meanwhile_ends_it(autoload):
    loader = autoload(FILES)
    coroutine = begin(loader)
    loader.teardown()
    with pytest.raises(SetupRequiredError) as caught:
        finish(coroutine)
    assert str(caught.value) == "eager_load_async(): the loader was torn down before all modules were loaded"
    assert "app.b" not in sys.modules
