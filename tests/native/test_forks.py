"""A forked child has one thread, and copies of whatever the parent was in the midst of. It imports and reloads all the same."""

import os

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")

#: What each of the programs begins with. `child` forks, and says how that went: what the function returns, or what it raises.
HEAD = """
    import faulthandler, importlib, os, signal, sys, threading, time, types, warnings
    from pathlib import Path
    from pyautoload_wasm import AutoLoader

    faulthandler.dump_traceback_later(30, exit=True)
    warnings.simplefilter("ignore", DeprecationWarning)
    sync = sys.modules["sync"] = types.ModuleType("sync")
    sync.__getattr__ = lambda name: sync.__dict__.setdefault(name, threading.Event())

    def child(function):
        pipe, end = os.pipe()
        pid = os.fork()
        if pid == 0:
            signal.alarm(20)  # ends the child if it hangs
            try:
                said = repr(function())
            except BaseException as error:
                said = repr(error)
            os.write(end, said.encode())
            os._exit(0)
        os.close(end)
        with open(pipe) as answer:
            said = answer.read()
        os.waitpid(pid, 0)
        return said or "the child hung"
"""


@pytest.fixture
def forking(program):
    def forking(main, /, **files):
        files = {f"shop/{name}.py": source for name, source in files.items()}
        return program({"shop/__init__.py": "", **files, "main.py": HEAD + main})

    return forking


def test_while_another_thread_looks_for_changes(forking):
    main = """
    for i in range(60):
        Path(f"shop/part{i}").mkdir()
        for j in range(40):
            Path(f"shop/part{i}/m{j}.py").write_text("X = 1")
    loader = AutoLoader("shop", "shop").enable_reloading(watch=False).setup()
    import shop
    stop = threading.Event()
    def look():
        while not stop.is_set():
            loader.reload()
    thread = threading.Thread(target=look)
    thread.start()
    print({child(lambda: importlib.import_module(f"shop.part{i}.m0").X) for i in range(20)})
    print({child(lambda: str(loader.reload())) for i in range(5)})
    stop.set()
    thread.join()
    """
    assert forking(main) == ["{'1'}", "{\"'nothing to reload'\"}"]


def test_while_another_thread_imports(forking):
    main = """
    loader = AutoLoader("shop", "shop").enable_reloading(watch=False).setup()
    thread = threading.Thread(target=importlib.import_module, args=["shop.slow"])
    thread.start()
    sync.importing.wait(10)
    def work():
        sync.go.set()
        return importlib.import_module("shop.slow").X, str(loader.reload())
    print(child(work))
    sync.go.set()
    thread.join()
    print(importlib.import_module("shop.slow").X)
    """
    slow = "import sync\nsync.importing.set()\nsync.go.wait(10)\nX = 1\n"
    assert forking(main, slow=slow) == ["(1, 'nothing to reload')", "1"]


@pytest.mark.parametrize("fails", [False, True])
def test_while_another_thread_reloads(forking, fails):
    """The child has the old modules, and reloads by itself what the other thread was reloading."""
    last = "raise ValueError('later')" if fails else ""
    main = f"""
    loader = AutoLoader("shop", "shop").enable_reloading(watch=False, flush="manual").setup()
    import shop.main
    old = shop.main
    Path("shop/user.py").write_text("import sync\\nsync.reloading.set()\\nsync.go.wait(10)\\nX = 22\\n{last}")
    thread = threading.Thread(target=loader.notify("shop/user.py").flush)
    thread.start()
    sync.reloading.wait(10)
    def work():
        before = importlib.import_module("shop.main")
        sync.go.set()
        return before is old, str(loader.flush()), sys.modules["shop.main"].X
    print(child(work))
    sync.go.set()
    thread.join()
    print(sys.modules["shop.main"].X)
    """
    lines = forking(main, user="X = 1\n", main="from .user import X\n")
    if fails:
        failed = "'shop.user failed, line 5 (ValueError: later), old code runs on'"
        assert lines == [f"""(True, "{failed[1:-1]}", 1)""".replace('"', "'"), "1"]
    else:
        assert lines == ["(True, 'reloaded shop.user, shop.main', 22)", "22"]


def test_in_the_midst_of_a_reload(forking):
    """A module that is being reloaded forks: the child goes on with that reload."""
    main = """
    loader = AutoLoader("shop", "shop").enable_reloading(watch=False).setup()
    import shop.main
    Path("shop/user.py").write_text("import os\\nX = 22\\nPID = os.fork()\\n")
    report = loader.notify("shop/user.py").flush()
    said = f"{report} {shop.main.X} {sys.modules['shop.main'].X} {loader.flush()}"
    if sys.modules["shop.user"].PID == 0:
        Path("said").write_text(said)
        os._exit(0)
    os.waitpid(sys.modules["shop.user"].PID, 0)
    print(said)
    print(Path("said").read_text())
    """
    said = "reloaded shop.user, shop.main 22 22 nothing to reload"
    assert forking(main, user="X = 1\n", main="from .user import X\n") == [said, said]


def test_with_a_thread_that_watches(forking):
    """The child watches with a thread of its own from its first reload on, and the parent's watch goes on."""
    main = """
    loader = AutoLoader("shop", "shop").enable_reloading(watch=True, flush="thread").setup()
    import shop.user
    def wait_for(value):
        until = time.monotonic() + 10
        while importlib.import_module("shop.user").X != value and time.monotonic() < until:
            time.sleep(0.01)
        return importlib.import_module("shop.user").X
    def work():
        before = threading.active_count(), loader.hold().release()
        loader.flush()
        time.sleep(0.2)
        Path("shop/user.py").write_text("X = 22")
        return before[0], threading.active_count(), wait_for(22)
    print(child(work))
    print(wait_for(22))
    Path("shop/user.py").write_text("X = 333")
    print(wait_for(333))
    loader.teardown()
    """
    pytest.importorskip("watchfiles")
    assert forking(main, user="X = 1\n") == ["(1, 2, 22)", "22", "333"]


def test_multiprocessing(forking):
    main = """
    import multiprocessing
    if __name__ == "__main__":
        loader = AutoLoader("shop", "shop").enable_reloading(watch=False).setup()
        import shop.work
        with multiprocessing.get_context("fork").Pool(2) as pool:
            print(pool.map(shop.work.double, range(4)))
    """
    assert forking(main, work="def double(x): return 2 * x\n") == ["[0, 2, 4, 6]"]
