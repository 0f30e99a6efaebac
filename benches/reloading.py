"""From an event to the new code running, in a project of 1,000 loaded modules; and the same edit with what else reloads modules.

The project is there twice: autoloaded, and on `sys.path` for the peers. An edit is written before the clock starts.
"""

import importlib
import os
import shutil
import sys
import time

from measure import ROUNDS, row
from pyautoload_wasm import AutoLoader

TOP = "/tmp/bench"
COUNT = 1_000
DEPENDENTS = 50

METHOD = '''
    def method_{number}(self, first, second=None):
        """What it does."""
        values = [first * number for number in range({number})]
        return {{"first": first, "second": second or sum(values), "text": f"{{first!r}} of {{len(values)}}"}}
'''

SMALL = '''"""Module {number}."""

{imports}

class Item{number}:
    """Something with a price."""
{methods}

def price(count):
    return Item{number}().method_1(count)
'''


def leaf(version):
    """A file of a hundred lines."""
    source = f'"""Version {version}."""\n\nVERSION = {version}\n\n\nclass Leaf:\n    version = VERSION\n' + "".join(
        METHOD.format(number=number) for number in range(18)
    )
    assert 97 <= source.count("\n") <= 103
    return source


def small(number, imports):
    """A file of thirty lines."""
    return SMALL.format(number=number, imports=imports, methods="".join(METHOD.format(number=n) for n in range(4)))


def write(path, source):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(source)


def write_project(name):
    """`leaf` has no dependents, `hub` has 50; the others import each other in chains of ten."""
    base = f"{TOP}/reload/{name}"
    shutil.rmtree(base, ignore_errors=True)
    write(f"{base}/__init__.py", "")
    for stem in ("leaf", "hub"):
        write(f"{base}/{stem}.py", leaf(0))
    modules = [f"{name}.leaf", f"{name}.hub"]
    for number in range(COUNT - 3):
        if number < DEPENDENTS:
            package, imports = "users", f"from {name}.hub import VERSION, Leaf\n"
        else:
            package = f"package_{number // 25}"
            imports = f"from . import module_{number - 1}\n" if number % 10 and number % 25 else ""
        modules.append(f"{name}.{package}.module_{number}")
        write(f"{base}/{package}/module_{number}.py", small(number, imports))
    return base, modules


class Ours:
    """The autoloaded project."""

    def __init__(self):
        self.base, modules = write_project("ours")
        self.loader = AutoLoader(self.base, "ours").setup().enable_reloading()
        for name in modules:
            importlib.import_module(name)
        self.version = 0

    def edit(self, stem):
        """Changes a file, and measures from the event on."""
        self.version += 1
        path = f"{self.base}/{stem}.py"
        write(path, leaf(self.version))
        start = time.perf_counter()
        self.loader.notify(path)
        report = self.loader.flush()
        spent = time.perf_counter() - start
        assert self.version == sys.modules[f"ours.{stem}"].VERSION
        if stem == "hub":
            assert len(report.reloaded) == 1 + DEPENDENTS
            assert self.version == sys.modules["ours.users.module_0"].VERSION
        return spent

    def untouched(self):
        """An event for a file that is as it was."""
        path = f"{self.base}/leaf.py"
        start = time.perf_counter()
        self.loader.notify(path)
        self.loader.flush()
        return time.perf_counter() - start


class Stock:
    """The same project on `sys.path`."""

    def __init__(self):
        self.base, modules = write_project("stock")
        sys.path.insert(0, f"{TOP}/reload")
        importlib.invalidate_caches()
        for name in modules:
            importlib.import_module(name)
        self.version = 0
        self.mtime = time.time()

    def edit(self, stem):
        """Changes a file, so that a look at its time shows it."""
        self.version += 1
        self.mtime += 10
        path = f"{self.base}/{stem}.py"
        write(path, leaf(self.version))
        os.utime(path, (self.mtime, self.mtime))

    def timed(self, stem, call):
        self.edit(stem)
        start = time.perf_counter()
        call()
        return time.perf_counter() - start

    def purge(self):
        """Deletes a module and its dependents from `sys.modules`, and imports them again."""
        names = ["stock.hub", *(f"stock.users.module_{number}" for number in range(DEPENDENTS))]

        def again():
            for name in names:
                del sys.modules[name]
            for name in names:
                importlib.import_module(name)

        spent = self.timed("hub", again)
        assert self.version == sys.modules["stock.users.module_0"].VERSION
        return spent

    def is_right(self):
        """Whether who imports from `hub` has what is in the file now."""
        user = sys.modules["stock.users.module_0"]
        return self.version == user.VERSION and user.Leaf is sys.modules["stock.hub"].Leaf


def bare():
    source = leaf(1)
    start = time.perf_counter()
    exec(compile(source, f"{TOP}/bare.py", "exec"), {"__name__": "bare"})
    return time.perf_counter() - start


def compiling():
    source = leaf(1)
    start = time.perf_counter()
    compile(source, f"{TOP}/bare.py", "exec")
    return time.perf_counter() - start


def ipython(stock):
    sys.path.append("/peers")
    from IPython.extensions.autoreload import ModuleReloader

    reloader = ModuleReloader()
    for name in [name for name in sys.modules if name.partition(".")[0] == "ours"]:
        reloader.mark_module_skipped(name)
    reloader.check(check_all=True)
    return lambda: reloader.check(check_all=True)


def liveimport(stock):
    sys.path.append("/peers")
    import liveimport

    namespace: dict[str, object] = {}
    imports = "import stock.leaf\n" + "".join(f"import stock.users.module_{n}\n" for n in range(DEPENDENTS))
    exec(imports, namespace)
    liveimport.workspace(stock.base)
    liveimport.register(namespace, imports)
    return liveimport.sync


def against(name, ours, stock, stem, call):
    """A peer on the same edit; whether it was right is part of the row's name."""
    stock.timed(stem, call)
    verdict = "" if stem == "leaf" else ", which is right" if stock.is_right() else ", which leaves importers stale"
    return row(
        f"{'leaf' if stem == 'leaf' else 'leaf with 50 dependents'}, against {name}{verdict}",
        1,
        lambda: ours.edit(stem),
        lambda: stock.timed(stem, call),
        rounds=5 if stem == "hub" else ROUNDS,
    )


def rows():
    ours, stock = Ours(), Stock()
    yield row(
        "event for a 100-line leaf, against exec(compile)",
        2,
        lambda: ours.edit("leaf"),
        bare,
        better="smaller",
        rounds=21,
    )
    yield row(
        "event for an unchanged file, against compile", 0.1, ours.untouched, compiling, better="smaller", rounds=21
    )
    yield row("leaf with 50 dependents, against purge and import", 5, lambda: ours.edit("hub"), stock.purge)
    for name, peer in {"LiveImport": liveimport, "IPython's autoreload": ipython}.items():
        call = peer(stock)
        for stem in ("leaf", "hub"):
            yield against(name, ours, stock, stem, call)
