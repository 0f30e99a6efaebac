"""An interrupt or an error between any two steps of a patch leaves the whole old code or the whole new one, and no event is lost."""

import sys
from contextlib import suppress

import pytest
from pyautoload_wasm._reload.patching.patch import Patch
from test_reload_interrupts import Interrupter

#: One line in so many. In Pyodide a traced line takes its time.
STRIDE = 401 if sys.platform == "emscripten" else 101
SOURCE = (
    "import functools\nSTATE = []\nSTATE.append('ran')\n"
    "def f(x=1):\n    'One.'\n    return x\n"
    "@functools.cache\ndef g(): return 1\n"
    "class C:\n    def m(self): return 1\n"
    "def gone(): return 1\n"
)
NEW = (
    "import functools\n\nSTATE = []\nSTATE.append('ran')\n"
    "def f(x=2):\n    'Two.'\n    return x * 10\n"
    "@functools.cache\ndef g(): return 2\n"
    "class C:\n    def new(self): return 2\n    def m(self): return 2\n"
)
BEFORE = [1, "One.", 1, 1, False, True, ["ran"]]
AFTER = [20, "Two.", 2, 2, True, False, ["ran"]]


class Lib:
    """A module whose functions are edited, and a second one that is executed in the same transaction."""

    def __init__(self, project):
        self.app = project(
            {"lib.py": SOURCE, "conf.py": "N = 1\n", "main.py": "import app.lib\nfrom app.conf import N\nM = N\n"},
            "app.main",
        )
        self.module = sys.modules["app.lib"]
        self.object = self.module.C()
        self.function = self.module.f

    def edit(self, source, number):
        self.app.write("lib.py", source).write("conf.py", f"N = {number}\n")

    def shown(self):
        """All that an edit changes."""
        module = self.module
        assert sys.modules["app.lib"] is module
        assert module.f is self.function
        return [
            module.f(),
            module.f.__doc__,
            module.g(),
            self.object.m(),
            hasattr(self.object, "new"),
            hasattr(module, "gone"),
            module.STATE,
        ]

    def both(self):
        return self.shown(), sys.modules["app.main"].M


@pytest.mark.parametrize("offset", (0, 40))
def test_an_interrupt_at_any_line_leaves_the_old_code_or_the_new(project, offset):
    lib = Lib(project)
    assert lib.both() == (BEFORE, 1)
    at, number = 1 + offset, 1
    while True:
        number += 1
        lib.edit(NEW, number)
        interrupter = Interrupter(at, "pyautoload_wasm._reload")
        with suppress(KeyboardInterrupt):
            interrupter.call(lambda: [lib.app.flush()])
        assert lib.both() in ((BEFORE, number - 1), (AFTER, number)), interrupter.where
        lib.app.flush()
        assert lib.both() == (AFTER, number), interrupter.where
        if interrupter.where is None:
            break
        number += 1
        lib.edit(SOURCE, number)
        lib.app.flush()
        assert lib.both() == (BEFORE, number)
        at += STRIDE
    assert at > STRIDE


def test_an_error_at_any_step_leaves_the_old_code(project, monkeypatch):
    lib = Lib(project)
    do, left = Patch._do, []

    def failing(self, *steps):
        do(self, *steps)
        left[0] -= 1
        if not left[0]:
            raise ZeroDivisionError("in the middle")

    number, at = 1, 1
    while True:
        number += 1
        left[:] = [at]
        lib.edit(NEW, number)
        with monkeypatch.context() as patch:
            patch.setattr(Patch, "_do", failing)
            report = lib.app.flush()
        if not report.failed:
            break
        assert [failed.name for failed in report.failed] == ["app.lib"]
        assert lib.both() == (BEFORE, number - 1)
        report = lib.app.loader.reload()
        assert lib.both() == (AFTER, number)
        assert report.pending == []
        number += 1
        lib.edit(SOURCE, number)
        lib.app.flush()
        at += 1
    assert at > 6
