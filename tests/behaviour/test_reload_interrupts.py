"""An interrupt between any two lines of a flush, ours or importlib's, leaves the whole old state or the whole new one, and no event is
lost.
"""

import dis
import gc
import sys

import pytest
from pyautoload_wasm._imports.state import bodies
from test_reload_faults import FILES, Shop, assert_same

#: One line in so many: all of them take a minute. In Pyodide a traced line takes its time.
STRIDE = 61 if sys.platform == "emscripten" else 7


#: The functions of importlib's locks. A real interrupt never comes where a `with` statement lets go of a lock; a traced line does.
LOCKS = {"acquire", "release", "cb", "__enter__", "__exit__", "_get_module_lock", "has_deadlock", "remove"}
#: Instructions that a line has which begins a `with` block, up to CPython 3.13 and from then on.
WITH = {"BEFORE_WITH", "LOAD_SPECIAL"}
#: The functions that call callbacks. An interrupt may come there before a callback or in it, and nobody can tell.
CALLING = {"_carry_out", "_undo", "loaded", "note_loaded", "exec_module"}


def ends_with_block(frame):
    """Whether a frame is at the end of a `with` block, which is its first line once more: CPython 3.15 traces that as well."""
    code, line = frame.f_code, frame.f_lineno
    start = min(start for start, _, at in code.co_lines() if at == line)
    return frame.f_lasti > start and any(
        step.positions.lineno == line and step.opname in WITH for step in dis.get_instructions(code)
    )


class Interrupter:
    """Raises KeyboardInterrupt at a line of the autoloader, or of importlib, while a function runs: the first line is 1."""

    def __init__(self, at, prefix):
        self.at = at
        self.prefix = prefix
        self.lines = 0
        self.where = None
        self.may_have_called = False

    def call(self, function):
        before = sys.gettrace()
        sys.settrace(self.trace)
        try:
            # In a generator, since that has a stack of handled exceptions of its own: where a traced line raises at the end of an
            # `except` block, CPython 3.12 and 3.13 leave the exception on the stack.
            return next(function() for _ in "1")
        finally:
            sys.settrace(before)

    def trace(self, frame, event, argument):
        # A finalizer, of what another test has left, runs whenever Python collects garbage, and what it raises reaches nobody.
        name = frame.f_code.co_name
        is_meant = (
            str(frame.f_globals.get("__name__")).startswith(self.prefix) and name not in LOCKS and name != "__del__"
        )
        return self.trace_line if is_meant else None

    def trace_line(self, frame, event, argument):
        if event == "line":
            self.lines += 1
            if self.lines == self.at and ends_with_block(frame):
                self.at += 1
            elif self.lines == self.at:
                module, function = frame.f_globals["__name__"], frame.f_code.co_name
                self.may_have_called = function in CALLING or module.endswith(".callbacks")
                self.where = f"{module}:{frame.f_lineno}, {function}"
                raise KeyboardInterrupt
        return self.trace_line


class Counted(Shop):
    """A shop that keeps a list of the modules that are there, by callbacks."""

    def __init__(self, loader, objects):
        self.present = {}
        loader.on_load(self.present.__setitem__)
        loader.on_unload(lambda name, module: self.present.pop(name, None))
        super().__init__(loader, objects)

    def assert_balanced(self):
        there = {name for name in sys.modules if name.partition(".")[0] == "app" and name.rpartition(".")[2].islower()}
        assert {name: sys.modules[name] for name in there} == self.present


@pytest.fixture(params=["stay", "follow"])
def shop(autoload, request):
    # A flush may collect garbage, and with it what other tests have left. An interrupt in a destructor is nobody's, and CPython 3.11
    # does not survive one by a traced line.
    gc.collect()
    return Counted(autoload(FILES), request.param)


@pytest.mark.parametrize("prefix", ["pyautoload_wasm", "importlib._bootstrap"])
@pytest.mark.parametrize("fails", [False, True])
def test_an_interrupt_at_any_line_leaves_the_old_state_or_the_new_one(shop, prefix, fails):
    views = FILES["views.py"]
    at = 1
    value = 1
    while True:
        value += 1
        before = shop.state()
        shop.change(value)
        if fails:
            shop.write("views.py", f"{views}raise ValueError({value})\n")
        interrupter = Interrupter(at, prefix)
        try:
            try:
                interrupter.call(shop.loader.flush)
            except KeyboardInterrupt:
                assert not bodies, "a module is said to be running that was interrupted"
                assert_whole(shop, before, value, fails)
                if not interrupter.may_have_called:
                    shop.assert_balanced()
            if fails:
                shop.write("views.py", views)
            report = shop.loader.flush()
            assert (report.failed, report.pending, report.waiting) == ([], [], False)
            shop.assert_current(value)
            shop.assert_balanced()
        except AssertionError as error:
            raise AssertionError(f"after an interrupt at {interrupter.where}") from error
        if interrupter.lines < interrupter.at:
            break
        at += STRIDE * (5 if fails else 1)
    assert at > 300


def assert_whole(shop, before, value, fails):
    """Everything is as it was, or as the files say. Where one file fails, the others were reloaded, or not."""
    after = shop.state()
    if value == sys.modules["app.views"].VALUE:
        assert not fails
        shop.assert_current(value)
    elif not fails or value != sys.modules["app.models.user"].VALUE:
        assert_same(before, after)
