"""An interrupt at any line of a flush leaves what modules keep, declare and were given: all of it as it was, or as the files say."""

import gc
import sys

import pytest
from test_reload_interrupts import STRIDE, Interrupter

MODEL = """
from pyautoload_wasm import once, reload_with
reload_with("settings.json")
VALUE = {}
def train():
    return [VALUE]
model = once(train)
kept = once(list)
"""
FILES = {"model.py": MODEL.format(1), "user.py": "from app.model import model, VALUE\n", "settings.json": "1"}


def state():
    model = sys.modules["app.model"]
    return model.VALUE, model.model, model.kept, getattr(model, "given", None), sys.modules["app.user"].model


@pytest.mark.parametrize("fails", [False, True])
def test_an_interrupt_at_any_line_keeps_all_of_it(project, fails):
    gc.collect()  # An interrupt in a destructor is nobody's.
    app = project(FILES, "app.user")
    given = sys.modules["app.model"].given = object()
    kept = sys.modules["app.model"].kept
    at, value = 1, 1
    while True:
        value += 1
        before = state()
        app.write("model.py", MODEL.format(value) + ("1 / 0\n" if fails else ""))
        interrupter = Interrupter(at, "pyautoload_wasm")
        try:
            interrupter.call(app.flush)
        except KeyboardInterrupt:
            after = state()
            assert (after[0] == value and not fails) or after == before, interrupter.where
        if fails:
            assert all(one is other for one, other in zip(state(), before, strict=True)), interrupter.where
            app.write("model.py", MODEL.format(value))
        report = app.flush()
        assert (report.failed, report.pending) == ([], []), interrupter.where
        model = sys.modules["app.model"]
        assert value == sys.modules["app.model"].VALUE
        assert model.kept is kept, interrupter.where
        assert model.given is given, interrupter.where
        # Its code has not changed, so nothing has made it anew.
        assert model.model is before[1] is sys.modules["app.user"].model, interrupter.where
        if interrupter.lines < interrupter.at:
            break
        at += STRIDE
    assert app.write("settings.json", "2").flush().reloaded["app.model"] == "settings.json changed"
    assert at > 300
