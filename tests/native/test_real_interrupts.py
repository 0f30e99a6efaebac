"""Signals at the moments of a reload at which Python looks for them leave the whole old state or the whole new one."""

import _imp
import dis
import random
import signal
import sys
from contextlib import suppress

import pytest
from pyautoload_wasm import AutoLoader

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
EDITS = 400
#: One moment in so many: all of them take four minutes.
STRIDE = 17
NAMES = ("shop.user", "shop.admin", "shop.main")
MAIN = "from .admin import Admin\nfrom .user import X\n"
#: The instructions after which Python looks for signals.
LOOKING = {code for name, code in dis.opmap.items() if name.startswith(("CALL", "PRECALL", "RESUME", "JUMP_BACKWARD"))}


def let_go_of_import_lock():
    """importlib takes its lock one instruction before the block that releases it."""
    while _imp.lock_held():
        _imp.release_lock()


@pytest.fixture(autouse=True)
def no_interrupt_is_kept(monkeypatch):
    """Importlib's locks go by weak references, in whose callbacks Python can only print an interrupt. pytest would keep it, and with
    it the frames that have the locks.
    """
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)


@pytest.fixture
def at_some_time():
    """Calls a function, and interrupts it after so many seconds. Returns whether that came in time."""

    def interrupt(function, seconds):
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            function()
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:
            return True
        return False

    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    yield interrupt
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


class Moments:
    """The moments at which Python looks for signals while a function of ours, of importlib or of the project runs."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.passed = 0
        #: The last instruction of each frame, by id, since importlib's locks are there while their frames are.
        self._last = {}

    def interrupt(self, function):
        """Calls a function, and interrupts it at the moment that is wanted. Returns whether there was one."""
        before = sys.gettrace()
        sys.settrace(self._trace)
        with suppress(KeyboardInterrupt):
            try:
                # In a generator, since that has a stack of handled exceptions of its own: where a traced instruction raises at the end
                # of an `except` block, CPython 3.12 and 3.13 leave the exception on the stack, and with it the locks in its frames.
                next(function() for _ in "1")
            finally:
                sys.settrace(before)
        return self.passed >= self.wanted

    def _trace(self, frame, event, argument):
        if not str(frame.f_globals.get("__name__")).startswith(("pyautoload_wasm", "importlib", "shop")):
            return None
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            last, self._last[id(frame)] = self._last.get(id(frame)), frame.f_lasti
            if last is not None and frame.f_code.co_code[last] in LOOKING:
                self.passed += 1
                if self.passed == self.wanted:
                    raise KeyboardInterrupt
        elif event == "return":
            self._last.pop(id(frame), None)
        return self._trace


class Shop:
    """Three modules, edited in a way that fails or not, and the reloads of them."""

    def __init__(self, folder, loader, objects):
        self.folder = folder
        self.loader = loader
        self.objects = objects
        self.edits = 0
        self.write("user.py", "X = 0\nclass User: pass\n")
        self.write("admin.py", "from .user import User, X\nclass Admin(User): pass\n")
        self.write("main.py", MAIN)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        self.loader.notify(self.folder / name)

    def state(self):
        """Which execution of each module there is: where objects follow, all have made the same module."""
        return [(id(sys.modules[name]), sys.modules[name].X) for name in NAMES]

    def edit_and_interrupt(self, interrupt, *, fails, is_retried):
        """Edits two modules and interrupts the flush by ``interrupt``. Returns whether that came in time."""
        before = self.state()
        self.edits += 1
        self.write("user.py", f"X = {self.edits}\nclass User: pass\n")
        self.write("main.py", MAIN + (f"raise ValueError({self.edits})\n" if fails else f"EDIT = {self.edits}\n"))
        came = interrupt(self.loader.flush)
        let_go_of_import_lock()
        if came:
            is_old = [now == old for now, old in zip(self.state(), before, strict=True)]
            assert is_old in ([[True] * 3, [False, False, True]] if fails else [[True] * 3, [False] * 3])
        if fails and is_retried:
            assert self.loader.flush().pending == ["shop.main"]
        if fails:
            self.write("main.py", MAIN)
        report = self.loader.flush()
        assert (report.failed, report.pending, report.waiting) == ([], [], False)
        user, admin, main = (sys.modules[name] for name in NAMES)
        assert (user.X, admin.X, main.X, sys.modules["shop"].main) == (self.edits, self.edits, self.edits, main)
        assert main.Admin is admin.Admin
        assert admin.Admin.__base__ is user.User
        if self.objects == "follow":
            assert (self.classes, type(self.admin)) == ([user.User], admin.Admin)
        return came


@pytest.fixture(params=["stay", "follow"])
def shop(tmp_path, request):
    with AutoLoader(tmp_path, "shop").enable_reloading(watch=False, flush="manual", objects=request.param) as loader:
        shop = Shop(tmp_path, loader, request.param)
        __import__("shop.main")
        # What others hold.
        shop.classes, shop.admin = [sys.modules["shop.user"].User], sys.modules["shop.admin"].Admin()
        yield shop


@pytest.mark.parametrize("seed", [1, 2])
def test_an_interrupt_at_a_random_time(shop, at_some_time, seed):
    dice = random.Random(seed)
    came = 0
    for edit in range(1, EDITS):
        came += shop.edit_and_interrupt(
            lambda flush: at_some_time(flush, dice.random() * 0.003), fails=edit % 3 == 0, is_retried=edit % 2 == 0
        )
    assert came > EDITS // 20


@pytest.mark.parametrize("is_retried", [False, True])
@pytest.mark.parametrize("fails", [False, True])
def test_an_interrupt_at_each_moment(shop, fails, is_retried):
    wanted = 1
    while shop.edit_and_interrupt(Moments(wanted).interrupt, fails=fails, is_retried=is_retried):
        wanted += STRIDE
    # From 3.12 on, Python looks for signals at fewer places.
    assert wanted > (1000 if sys.version_info < (3, 12) else 300)
