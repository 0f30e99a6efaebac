"""Set-up against os.walk, imports against the stock PathFinder, and what a foreign import costs with our finder there."""

import gc
import importlib
import os
import shutil
import statistics
import sys
import time
from functools import partial

from measure import ROUNDS, row, seconds
from pyautoload_wasm import AutoLoader

TOP = "/tmp/bench"


def write_tree(files, per_directory=25):
    """A tree of packages, some with __init__.py and some without. Returns its folder."""
    base = f"{TOP}/tree_{files}"
    shutil.rmtree(base, ignore_errors=True)
    written = number = 0
    while written < files:
        directory = f"{base}/area_{number // 20}/package_{number}"
        os.makedirs(directory)
        names = [f"module_{n}.py" for n in range(min(per_directory, files - written))]
        if number % 2:
            names[0] = "__init__.py"
        for name in names:
            with open(f"{directory}/{name}", "w") as file:
                file.write("x = 1\n")
        written += len(names)
        number += 1
    return base


def walk(base, top_level):
    """The same registry, as one would build it in Python: name to path and kind."""
    registry = {}
    for directory, directories, files in os.walk(base):
        directories.sort()
        package = top_level + directory[len(base) :].replace("/", ".")
        registry[package] = (directory, True)
        for name in sorted(files):
            if name == "__init__.py":
                registry[package] = (f"{directory}/{name}", True)
            elif name.endswith(".py"):
                registry[f"{package}.{name[:-3]}"] = (f"{directory}/{name}", False)
    return registry


def set_up(files, target):
    """`setup()`, and all that comes before it as well: of a thousand files the loader itself is a third."""
    base = write_tree(files)
    loader = AutoLoader(base, "bench").setup()
    assert set(loader.registry) == set(walk(base, "bench"))
    loader.teardown()

    def ours():
        loader = AutoLoader(base, "bench")
        spent = seconds(loader.setup)
        loader.teardown()
        return spent

    def with_the_loader():
        gc.collect()  # as for the other side
        start = time.perf_counter()
        loader = AutoLoader(base, "bench").setup()
        spent = time.perf_counter() - start
        loader.teardown()
        return spent

    peer = partial(seconds, walk, base, "bench")
    yield row(f"setup() of {files:,} files, against os.walk", target, ours, peer, unit=files, rounds=11)
    name = f"AutoLoader(…).setup() of {files:,} files, against os.walk"
    yield row(name, 2, with_the_loader, peer, unit=files, rounds=11)


def growth():
    """What ten times the files cost, in times."""
    times = {}
    for files in (1_000, 10_000):
        base = f"{TOP}/tree_{files}"

        def once(base=base):
            loader = AutoLoader(base, "bench")
            spent = seconds(loader.setup)
            loader.teardown()
            return spent

        times[files] = once
    return row("10,000 files against 1,000", 12, times[10_000], times[1_000], better="smaller", rounds=11)


#: A small module, 20 lines. Compiling it is two fifths of what the stock import of it takes.
SMALL_MODULE = '''"""Prices of items."""

LIMIT = {number}


def cents(amount):
    """An amount in the smallest coin."""
    return round(amount * 100)


class Item{number}:
    """Something with a price."""

    def __init__(self, name, price):
        self.name = name
        self.price = price

    def total(self, count):
        """The price of several, with a limit."""
        return self.price * min(count, LIMIT)
'''


def write_modules(name, count):
    base = f"{TOP}/{name}"
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    for number in range(count):
        with open(f"{base}/module_{number}.py", "w") as file:
            file.write(SMALL_MODULE.format(number=number))
    return base


def import_all(package, count):
    for number in range(count):
        importlib.import_module(f"{package}.module_{number}")


def purge(package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def imports(count=1_000):
    base = write_modules("modules", count)
    settled = write_modules("settled", count)

    def stock():
        sys.path.insert(0, TOP)
        importlib.invalidate_caches()
        spent = seconds(import_all, "modules", count)
        sys.path.remove(TOP)
        purge("modules")
        return spent

    def cold():
        with AutoLoader(base, "modules"):
            return seconds(import_all, "modules", count)

    yield row(f"{count:,} small modules, cold, against PathFinder", 1.6, cold, stock, unit=count, rounds=11)
    time.sleep(
        2.1
    )  # until the files have settled: before that they are read again, since quick edits can look the same
    with AutoLoader(settled, "settled"):
        import_all("settled", count)

        def kept():
            purge("settled")
            return seconds(import_all, "settled", count)

        yield row(f"{count:,} small modules, code kept, against PathFinder", 9, kept, stock, unit=count, rounds=11)


def foreign_import(repetitions=20_000):
    """Microseconds that our finder adds to the import of a module that is not ours."""
    base = write_tree(1_000)
    costs = []
    with AutoLoader(base, "bench"):
        find_spec = sys.meta_path[0].find_spec
        for name, path in (("some_package", None), ("some_package.some_module", ["/nowhere"])):
            for _ in range(ROUNDS):
                numbers = range(repetitions)
                start = time.perf_counter()
                for _ in numbers:
                    find_spec(name, path)
                asked = time.perf_counter() - start
                start = time.perf_counter()
                for _ in numbers:
                    pass
                costs.append((asked - (time.perf_counter() - start)) / repetitions * 1e6)
    cost = statistics.median(costs)
    return {
        "row": "a foreign import, added µs",
        "ours_us": cost,
        "peer_us": 0.0,
        "ratio": cost,
        "low": min(costs),
        "high": max(costs),
        "target": 1,
        "met": cost <= 1,
        "better": "smaller",
        "rounds": ROUNDS,
    }


def rows():
    yield from set_up(1_000, 4)
    yield from set_up(10_000, 8)
    yield growth()
    yield from imports()
    yield foreign_import()
