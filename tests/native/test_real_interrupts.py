"""Signals at random moments of a reload, as Ctrl-C sends them, leave the whole old state or the whole new one."""

import _imp
import random
import signal
import sys

import pytest
from pyautoload_wasm import AutoLoader

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer"),
    # Importlib's locks go by weak references, in whose callbacks Python can only print an interrupt.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
EDITS = 400
NAMES = ("shop.user", "shop.admin", "shop.main")
MAIN = "from .admin import Admin\nfrom .user import X\n"


@pytest.fixture
def interrupt():
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
    # importlib takes its lock one instruction before the block that releases it.
    while _imp.lock_held():
        _imp.release_lock()


@pytest.mark.parametrize("seed", [1, 2])
def test_an_interrupt_at_a_random_moment_leaves_the_old_state_or_the_new_one(tmp_path, interrupt, seed):
    dice = random.Random(seed)
    (tmp_path / "user.py").write_text("X = 0\nclass User: pass\n")
    (tmp_path / "admin.py").write_text("from .user import User, X\nclass Admin(User): pass\n")
    (tmp_path / "main.py").write_text(MAIN)
    came = 0
    with AutoLoader(tmp_path, "shop").enable_reloading(watch=False, flush="manual") as loader:
        import shop.main

        for edit in range(1, EDITS):
            before = [sys.modules[name] for name in NAMES]
            fails = edit % 3 == 0
            (tmp_path / "user.py").write_text(f"X = {edit}\nclass User: pass\n")
            (tmp_path / "main.py").write_text(
                f"{MAIN}raise ValueError({edit})\n" if fails else f"{MAIN}EDIT = {edit}\n"
            )
            loader.notify(tmp_path / "user.py", tmp_path / "main.py")
            if interrupt(loader.flush, dice.random() * 0.003):
                came += 1
                is_old = [sys.modules[name] is old for name, old in zip(NAMES, before, strict=True)]
                assert is_old in ([[True] * 3, [False, False, True]] if fails else [[True] * 3, [False] * 3])
            if fails:
                (tmp_path / "main.py").write_text(MAIN)
                loader.notify(tmp_path / "main.py")
            report = loader.flush()
            assert (report.failed, report.pending, report.waiting) == ([], [], False)
            user, admin, main = (sys.modules[name] for name in NAMES)
            assert (user.X, admin.X, main.X, shop.main) == (edit, edit, edit, main)
            assert main.Admin is admin.Admin
            assert admin.Admin.__base__ is user.User
    assert came > EDITS // 20
