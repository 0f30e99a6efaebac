"""Threads that import, eager-load, discover and read the registry at once see what one thread alone sees.

Native only: Pyodide has no threads.
"""

import faulthandler
import importlib
import random
import sys
import threading
import time
import types

import pytest
from pyautoload_wasm import AutoLoader

THREADS = 32
ROUNDS = 20
STEPS = 12
# Fixed ones, so that a fault that was found stays found, and one that nobody has tried.
SEEDS = [1, 2, 3, 4, time.time_ns() % 1_000_000]
#: The modules append their names here when they are executed.
LOG = "log_of_the_thread_test"


@pytest.fixture
def log():
    module = sys.modules[LOG] = types.ModuleType(LOG)
    module.executed = []
    yield module.executed
    del sys.modules[LOG]


@pytest.fixture(autouse=True)
def no_deadlock():
    """Shows where all threads stand and ends the run, should one round after another not be over in good time."""
    interval = sys.getswitchinterval()
    faulthandler.dump_traceback_later(120, exit=True, file=sys.__stderr__)
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)
    faulthandler.cancel_dump_traceback_later()


def write_project(folder, dice):
    """Packages, namespaces and modules, each of which imports some that were written before it. Returns the modules' names."""
    names = ["app"]
    packages = ["app"]
    for number in range(8):
        package = f"{dice.choice(packages)}.part_{number}"
        packages.append(package)
        path = folder / package.replace(".", "/")
        path.mkdir(parents=True)
        if dice.random() < 0.5:
            (path / "__init__.py").write_text(f"import {LOG}\n{LOG}.executed.append(__name__)\n")
        names.append(package)
    plain = []
    for number in range(40):
        # Each gets one: a folder without a module is none.
        package = packages[number] if number < len(packages) else dice.choice(packages)
        name = f"{package}.unit_{number}"
        lines = [f"import {LOG}", f"{LOG}.executed.append(__name__)"]
        lines += [f"import {earlier}" for earlier in dice.sample(plain, min(len(plain), 2))]
        if number % 5:  # Some files do not define what is expected of them.
            lines.append(f"class Unit{number}:\n    pass")
        (folder / f"{name.replace('.', '/')}.py").write_text("\n".join(lines) + "\n")
        plain.append(name)
        names.append(name)
    return names, plain


def camelized(name):
    namespace, _, stem = name.rpartition(".")
    return f"{namespace}.{stem.title().replace('_', '')}"


def reach(name):
    """A module by the attributes of its packages."""
    value = sys.modules["app"]
    for part in name.split(".")[1:]:
        value = getattr(value, part)
    return value


def work(loader, folder, names, plain, dice, thread):
    """What one thread does: some steps of all kinds, in an order of its own."""

    def imports():
        name = dice.choice(names)
        assert importlib.import_module(name).__name__ == name
        assert loader.registry[name].loaded

    def imports_camelized():
        name = dice.choice(plain)
        assert importlib.import_module(camelized(name)) is sys.modules[name]

    def reaches():
        name = dice.choice(plain)
        assert reach(name) is sys.modules[name]

    def reaches_what_is_defined():
        name = dice.choice(plain)
        value = reach(camelized(name))
        if int(name.rpartition("_")[2]) % 5:
            assert isinstance(value, type)
            assert value.__module__ == name
        else:
            assert value is sys.modules[name]

    def loads_all():
        report = loader.eager_load(on_error="raise")
        assert set(names) <= set(report.loaded)

    def reads():
        found = list(loader.registry)
        assert set(names) <= set(found)
        record = loader.registry[dice.choice(names)]
        assert loader.module_name_at(record.path) == record.name
        assert loader.expected_names()[record.path] == record.name
        assert loader.shadowed() == []

    def lists():
        assert {name.split(".")[1] for name in names[1:] if name.count(".") == 1} <= set(dir(sys.modules["app"]))

    def discovers():
        # Two threads write each file. It appears with all its text, or another thread could execute half of it.
        stem = f"late_{thread % (THREADS // 2)}"
        written = folder / f"{stem} of {thread}"
        written.write_text(f"import {LOG}\n{LOG}.executed.append(__name__)\n")
        written.replace(folder / "app" / f"{stem}.py")
        assert importlib.import_module(f"app.{stem}").__name__ == f"app.{stem}"

    kinds = [imports, imports_camelized, reaches, reaches_what_is_defined, reads, lists, discovers, loads_all]
    for _ in range(STEPS):
        try:
            dice.choices(kinds, weights=[6, 6, 4, 6, 2, 1, 1, 0.3])[0]()
        except KeyError as error:
            if not is_of_cpython(error):
                raise


def is_of_cpython(error):
    """Whether importlib itself looked for a package in the moment in which another thread, that has just executed it, takes it out
    of sys.modules and puts it in again. CPython's own finder has the same race.
    """
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_filename == "<frozen importlib._bootstrap>" and error.args[0].startswith("app")


def facts(loader, names):
    """What a reader of the import system can see of the project afterwards."""
    return {
        name: (
            module.__name__,
            module.__spec__.name,
            type(module.__spec__.loader).__name__,
            getattr(module, "__file__", None),
            loader.registry[name].loaded,
            sorted(key for key in vars(module) if not key.startswith(("__", "late_", "Late"))),
        )
        for name in names
        for module in [importlib.import_module(name)]
    }


def one_round(folder, names, plain, log, seed, threads):
    for late in (folder / "app").glob("late_*.py"):
        late.unlink()
    log.clear()
    failures = []
    with AutoLoader(folder / "app", "app") as loader:
        importlib.import_module("app")
        barrier = threading.Barrier(threads)

        def run(thread):
            try:
                barrier.wait()
                work(loader, folder, names, plain, random.Random(f"{seed} {thread}"), thread)
            except BaseException as error:
                failures.append(error)

        started = [threading.Thread(target=run, args=(thread,), daemon=True) for thread in range(threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
        if failures:
            raise failures[0]
        # Every name that there is, so that the outcome does not depend on what the dice chose.
        for name in plain:
            importlib.import_module(camelized(name))
        report = loader.eager_load(on_error="raise")
        found = facts(loader, names)
        assert sorted(log) == sorted(set(log))
        assert set(log) == {name for name in report.loaded if sys.modules[name].__file__}
    assert not [name for name in sys.modules if name.partition(".")[0] == "app"]
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_threads_see_what_one_thread_sees_and_each_module_is_executed_once(tmp_path, log, seed):
    print("seed", seed)
    names, plain = write_project(tmp_path, random.Random(seed))
    alone = one_round(tmp_path, names, plain, log, seed, threads=1)
    for number in range(ROUNDS):
        assert one_round(tmp_path, names, plain, log, f"{seed} {number}", THREADS) == alone


def each_at_once(function, count=8):
    """What a function gives in threads that call it at the same time."""
    barrier = threading.Barrier(count)
    outcomes = []

    def call():
        barrier.wait()
        outcomes.append(function())

    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_threads_that_set_up_one_loader_wait_for_each_other(tmp_path):
    (tmp_path / "app").mkdir()
    finders = list(sys.meta_path)
    for _ in range(20):
        loader = AutoLoader(tmp_path / "app", "app")
        assert each_at_once(loader.setup) == [loader] * 8
        assert len(sys.meta_path) == len(finders) + 2
        each_at_once(loader.teardown)
        assert sys.meta_path == finders


def test_threads_that_set_up_loaders_of_one_project_share_it(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/user.py").write_text("")
    finders = list(sys.meta_path)
    for turn in range(20):

        def session(turn=turn):
            namespace = {"loader": AutoLoader(tmp_path / "app", "app")}
            if turn % 2:
                namespace["loader"].inflector = lambda stem, path: stem
            return eval("loader.setup()", namespace)

        def end(loaders=()):
            loader = loaders.pop()
            found = loader.registry["app.user"].name
            loader.teardown()
            return found

        loaders = each_at_once(session)
        assert set(AutoLoader.loaders()) == set(loaders)
        assert len(sys.meta_path) == len(finders) + 2
        assert each_at_once(lambda end=end, loaders=loaders: end(loaders)) == ["app.user"] * 8
        assert sys.meta_path == finders


def test_loaders_that_come_and_go_in_threads_leave_nothing_behind(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/user.py").write_text("")
    finders = list(sys.meta_path)

    def come_and_go():
        for _ in range(25):
            loader = AutoLoader(tmp_path / "app", "app").ignore(f"x{random.randrange(2)}")
            with eval("loader.setup()", {"loader": loader}):
                assert loader.registry["app.user"].name == "app.user"
        return "done"

    assert each_at_once(come_and_go) == ["done"] * 8
    assert sys.meta_path == finders
    assert AutoLoader.loaders() == ()


def test_threads_that_import_and_reload_make_a_kept_value_once(tmp_path, log):
    base = tmp_path / "app"
    base.mkdir()
    source = f"import time\nfrom pyautoload_wasm import once\nfrom {LOG} import executed\nSTEP = 0\n"
    source += "def make():\n    time.sleep(0.005)\n    executed.append(1)\n    return object()\nvalue = once(make)\n"
    (base / "model.py").write_text(source)
    (base / "user.py").write_text("from app.model import value\n")
    with AutoLoader(base, "app").enable_reloading() as loader:
        seen = set()

        def work(number):
            for step in range(ROUNDS):
                if number == 0:
                    (base / "model.py").write_text(source.replace("STEP = 0", f"STEP = {step}"))
                    loader.reload()
                seen.add(importlib.import_module("app.model").value)
                seen.add(importlib.import_module("app.user").value)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert loader.reload().failed == []
        seen.add(importlib.import_module("app.user").value)
    assert (len(seen), len(log)) == (1, 1)
