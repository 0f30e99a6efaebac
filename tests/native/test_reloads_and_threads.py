"""Reloads while other threads import: neither disturbs the other. Native only: Pyodide has no threads."""

import importlib
import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyautoload_wasm import AutoLoader

#: No test waits as long as this, unless it fails.
PATIENCE = 20


class Events:
    """Events by name, made when they are first asked for."""

    def __getattr__(self, name):
        event = threading.Event()
        return self.__dict__.setdefault(name, event)


class Shop:
    """A project whose modules find the events as the module `sync`."""

    def __init__(self, folder, files):
        self.folder = folder
        self.write(files)
        self.loader = AutoLoader(folder, "shop").enable_reloading(watch=False, flush="manual").setup()

    def write(self, files):
        for name, source in files.items():
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(source)

    def change(self, files):
        self.write(files)
        self.loader.notify(*(self.folder / name for name in files))
        return self


@pytest.fixture
def sync():
    module = types.ModuleType("sync")
    events = Events()
    module.__getattr__ = lambda name: getattr(events, name)
    sys.modules["sync"] = module
    yield events
    del sys.modules["sync"]


@pytest.fixture
def shop(tmp_path, sync):
    shops = []

    def shop(files):
        shops.append(Shop(tmp_path, files))
        return shops[0]

    yield shop
    shops[0].loader.teardown()


@pytest.fixture
def elsewhere():
    """Calls a function in another thread. Returns its future."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


def after(event, name):
    """Imports a module after an event."""
    assert event.wait(PATIENCE)
    return importlib.import_module(name)


FAILING = f"import sync\nsync.reloading.set()\nsync.go.wait({PATIENCE})\nraise ValueError('a later line')\n"


def test_a_reload_that_fails_leaves_what_another_thread_is_importing(shop, sync, elsewhere):
    slow = f"import sync\nsync.go.set()\nsync.undone.wait({PATIENCE})\nY = 1\n"
    project = shop({"bad.py": "X = 1\n", "slow.py": slow})
    importlib.import_module("shop.bad")
    importing = elsewhere(after, sync.reloading, "shop.slow")
    report = project.change({"bad.py": FAILING}).loader.flush()
    sync.undone.set()
    assert [failed.name for failed in report.failed] == ["shop.bad"]
    assert importing.result(PATIENCE) is sys.modules["shop.slow"] is sys.modules["shop"].slow


def test_a_reload_that_fails_leaves_what_another_thread_has_imported(shop, sync, elsewhere):
    project = shop({"bad.py": "X = 1\n", "orders.py": "import sync\nPENDING = []\nsync.go.set()\n"})
    importlib.import_module("shop.bad")
    importing = elsewhere(after, sync.reloading, "shop.orders")
    report = project.change({"bad.py": FAILING}).loader.flush()
    assert [failed.name for failed in report.failed] == ["shop.bad"]
    assert importing.result(PATIENCE) is sys.modules["shop.orders"]
    assert project.loader.registry["shop.orders"].loaded


@pytest.mark.parametrize("fails", [False, True])
def test_another_thread_that_imports_what_is_being_reloaded_waits_for_the_outcome(shop, sync, elsewhere, fails):
    project = shop({"user.py": "X = 1\n", "main.py": "from .user import X\n"})
    old = importlib.import_module("shop.main")
    last = "raise ValueError('a later line')\n" if fails else ""
    user = f"import sync\nX = 22\nsync.reloading.set()\nsync.go.wait(0.2)\n{last}"
    importing = elsewhere(after, sync.reloading, "shop.main")
    report = project.change({"user.py": user}).loader.flush()
    assert bool(report.failed) == fails
    main = importing.result(PATIENCE)
    assert main is sys.modules["shop.main"]
    assert (main is old, main.X) == ((True, 1) if fails else (False, 22))


def test_a_flush_waits_for_the_end_of_an_import_statement(shop, sync, elsewhere):
    project = shop({"user.py": "X = 1\n"})

    @project.loader.on_load("shop.user")
    def warm_up(name, module):
        sync.called.set()
        sync.go.wait(PATIENCE)

    importing = elsewhere(importlib.import_module, "shop.user")
    assert sync.called.wait(PATIENCE)
    report = project.change({"user.py": "X = 22\n"}).loader.flush()
    assert (report.waiting, report.reloaded) == (True, {})
    sync.go.set()
    assert importing.result(PATIENCE).X == 1
    assert list(project.loader.flush().reloaded) == ["shop.user"]
    assert sys.modules["shop.user"].X == 22


@pytest.mark.parametrize("ask", ["reload", "reload_module"])
def test_what_is_asked_for_while_another_thread_imports_is_done_by_the_next_flush(shop, sync, elsewhere, ask):
    project = shop({"user.py": "X = 1\n", "slow.py": f"import sync\nsync.running.set()\nsync.go.wait({PATIENCE})\n"})
    before = importlib.import_module("shop.user")
    project.write({"user.py": "X = 22\n"})  # nobody tells
    importing = elsewhere(importlib.import_module, "shop.slow")
    assert sync.running.wait(PATIENCE)
    report = project.loader.reload() if ask == "reload" else project.loader.reload_module("shop.user")
    assert report.waiting
    sync.go.set()
    importing.result(PATIENCE)
    assert sys.modules["shop.user"] is before
    assert list(project.loader.flush().reloaded) == ["shop.user"]
    assert sys.modules["shop.user"].X == 22


def test_a_callback_may_wait_for_a_thread_that_imports_what_is_reloaded(shop, sync, elsewhere):
    project = shop({"user.py": "X = 1\n", "main.py": "import shop.user\n"})
    importlib.import_module("shop.main")
    found = []

    @project.loader.on_unload("shop.user")
    def stop(name, module):
        # By then its importer was announced, too.
        found.append(elsewhere(importlib.import_module, "shop.main").result(PATIENCE))

    main = sys.modules["shop.main"]
    assert list(project.change({"user.py": "X = 22\n"}).loader.flush().reloaded) == ["shop.user", "shop.main"]
    assert found == [main]
    user = "X = 333\nraise ValueError('a later line')\n"
    assert project.change({"user.py": user}).loader.flush().failed
    assert found[1] is sys.modules["shop.main"]


def test_where_two_threads_would_wait_for_each_other_the_reload_waits(shop, sync, elsewhere):
    """The new package imports its module `new`, which another thread imports already; and that waits for the package."""
    project = shop({"user.py": "X = 1\n", "part/__init__.py": "from shop.user import X\n", "part/new.py": "X = 1\n"})
    before = {name: importlib.import_module(name) for name in ("shop.user", "shop.part")}
    user = "import sync, time\nsync.reloading.set()\ntime.sleep(0.3)\nX = 22\n"
    importing = elsewhere(after, sync.reloading, "shop.part.new")
    project.change({"user.py": user, "part/__init__.py": "from shop.user import X\nfrom . import new\n"})
    report = project.loader.flush()
    assert (report.waiting, report.reloaded, report.failed) == (True, {}, [])
    assert importing.result(PATIENCE) is sys.modules["shop.part.new"]
    assert {name: sys.modules[name] for name in before} == before
    assert list(project.loader.flush().reloaded) == ["shop.user", "shop.part", "shop.part.new"]
    assert (sys.modules["shop.part"].X, sys.modules["shop.part"].new.X) == (22, 1)


def test_a_hold_does_not_wait_for_a_reload_that_waits_for_its_import(shop, sync, elsewhere):
    hold = (
        f"import sync\nfrom pyautoload_wasm import AutoLoader\nsync.importing.set()\nsync.reloading.wait({PATIENCE})\n"
    )
    project = shop({"user.py": "X = 1\n"})
    importlib.import_module("shop.user")
    held = []
    project.folder.parent.joinpath("holding_.py").write_text(
        f"{hold}AutoLoader.loaders()[0].hold().release()\nDONE = True\n"
    )
    sys.path.insert(0, str(project.folder.parent))
    try:
        user = f"import sync\nsync.reloading.set()\nsync.importing.wait({PATIENCE})\nimport holding_\nX = 22\n"
        automation = project.loader._session.automation
        project.change({"user.py": user})
        flushing = elsewhere(automation._flush, project.loader._session.reloader)
        held.append(importlib.import_module("holding_").DONE)
        flushing.result(PATIENCE)
    finally:
        sys.path.remove(str(project.folder.parent))
        sys.modules.pop("holding_", None)
    assert held == [True]
    assert sys.modules["shop.user"].X == 22


def test_imports_and_first_looks_of_many_threads_do_not_disturb_each_other(shop):
    looks = "".join(f"    shop.m{n % 20}\n    shop.__dict__.pop('m{n % 20}', None)\n" for n in range(2000))
    files = {f"m{n}.py": "X = 1\n" for n in range(20)}
    project = shop(
        files | {"looking.py": f"import shop\ndef look():\n{looks}", "again.py": "import shop\nX = shop.m1\n"}
    )
    looking, _ = importlib.import_module("shop.looking"), importlib.import_module("shop.again")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor() as pool:
            look = pool.submit(looking.look)
            while not look.done():
                sys.modules.pop("shop.again", None)
                importlib.import_module("shop.again")
                project.loader.dependencies("shop.again")
            look.result()
    finally:
        sys.setswitchinterval(interval)
