"""How the cost of questions about a whole project grows: each row is a large project against the same project in small.

Four times the modules are to take some four times as long. What grows with the square passes every test, and is felt in a project
of a few thousand files.
"""

import importlib
import itertools
import os
import shutil
import sys
import time
from functools import partial

from measure import ROUNDS, row, seconds
from pyautoload_wasm import AutoLoader

TOP = "/tmp/bench/scale"

#: The most that twice the modules may take, and four times.
TWICE = 2.5
FOUR_TIMES = TWICE**2

#: A side that takes so many seconds is measured once: seven rounds of what grows with the square would take minutes.
PATIENCE = 1


class Side:
    """One side of a row, in seconds. Its first call, which may still read files, is nobody's."""

    def __init__(self, call):
        self.call = call
        self.last = call()
        self.is_long = self.last > PATIENCE

    def __call__(self):
        if not self.is_long:
            self.last = self.call()
        return self.last


def growth(name, target, large, small):
    rounds = 1 if large.is_long or small.is_long else ROUNDS
    return row(name, target, large, small, better="smaller", rounds=rounds)


def write(name, files):
    """A project of modules in one folder."""
    base = f"{TOP}/{name}"
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    for stem, source in files.items():
        with open(f"{base}/{stem}.py", "w") as file:
            file.write(source)
    return base


def graph(base):
    """The graph of a project that nobody has read yet."""
    with AutoLoader(base) as loader:
        return seconds(loader.graph)


def check(base, top=None, *, has_problems):
    """check() of a project whose files have been read."""
    with AutoLoader(base, top) as loader:
        loader.graph()
        start = time.perf_counter()
        problems = loader.check()
        spent = time.perf_counter() - start
    assert any(problem.kind == "missing_import" for problem in problems) is has_problems
    return spent


def flat_checks():
    """Modules without a package, which import other people's modules alone, five each."""
    source = "import os, sys, json, re\nfrom typing import Any\n"
    bases = {n: write(f"flat_{n}", {f"m{i}": source for i in range(n)}) for n in (1_000, 2_000, 4_000)}
    checks = {n: Side(partial(check, base, has_problems=False)) for n, base in bases.items()}
    yield growth("check() of 2,000 flat modules against 1,000", TWICE, checks[2_000], checks[1_000])
    yield growth("check() of 4,000 flat modules against 2,000", TWICE, checks[4_000], checks[2_000])
    read = Side(partial(graph, bases[4_000]))
    yield growth("check() of 4,000 flat modules against their graph", 10, checks[4_000], read)


#: Of names of which any two are alike, a misspelt one has many neighbours.
WORDS = ["user", "order", "item", "price", "stock", "client", "bill", "pay", "street", "report", "tax"]


def misspelt_checks():
    """Modules that import themselves, with a letter less and as they are."""
    names = ["_".join(words) for words in itertools.islice(itertools.product(WORDS, repeat=3), 1_200)]
    wrong = [name[:5] + name[6:] for name in names]

    def side(project, imported):
        sources = [f"import shop.{name}\n" for name in imported]
        base = write(project, dict(zip(names, sources, strict=False)))
        return Side(partial(check, base, "shop", has_problems=imported is not names))

    many = side("misspelt_1200", wrong)
    yield growth("check() of 1,200 misspelt imports against 300", FOUR_TIMES, many, side("misspelt_300", wrong[:300]))
    yield growth("check() of 1,200 misspelt imports against right ones", 100, many, side("right_1200", names))


def records(base):
    """All records of modules that import one other each, when the graph is there."""
    with AutoLoader(base, "shop") as loader:
        assert "shop.m3" in loader.registry["shop.m7"].dependencies
        return seconds(list, loader.registry.values())


def all_records():
    sides = []
    for count in (16_000, 4_000):
        base = write(f"records_{count}", {f"m{i}": f"from shop import m{i >> 1}\n" if i else "" for i in range(count)})
        sides.append(Side(partial(records, base)))
    return growth("records of 16,000 modules against 4,000", FOUR_TIMES, *sides)


def edit_while_others_wait(count):
    """An edit of a file that does not compile, while modules wait for it: they import it, and it imports them."""
    top = f"waiting_{count}"
    hub = "".join(f"import {top}.m{number}\n" for number in range(count))
    others = [f"m{number}" for number in range(count)]
    base = write(top, {"hub": hub} | dict.fromkeys(others, f"import {top}.hub\n"))
    loader = AutoLoader(base, top).enable_reloading(watch=False, flush="manual").setup()
    importlib.import_module(f"{top}.hub")
    broken = f"{hub}def (\n"
    write(top, {"hub": broken} | dict.fromkeys(others, f"import {top}.hub\nX = 1\n"))
    loader.reload()
    edits = itertools.count()

    def edit():
        with open(f"{base}/hub.py", "w") as file:
            file.write(f"{broken}# {next(edits)}\n")
        loader.notify(f"{base}/hub.py")
        start = time.perf_counter()
        report = loader.flush()
        spent = time.perf_counter() - start
        assert len(report.pending) >= count
        return spent

    return Side(edit)


def flush_after_a_purge(count):
    """The flush after all modules but the one that imports them were taken out of ``sys.modules`` and imported again."""
    top = f"purged_{count}"
    names = [f"{top}.m{number}" for number in range(count)]
    hub = "".join(f"import {name}\n" for name in names)
    base = write(top, {"hub": hub} | {name.rpartition(".")[2]: "X = 1\n" for name in names})
    loader = AutoLoader(base, top).enable_reloading(watch=False, flush="manual").setup()
    importlib.import_module(f"{top}.hub")

    def flush():
        for name in names:
            del sys.modules[name]
        for name in names:
            importlib.import_module(name)
        start = time.perf_counter()
        report = loader.flush()
        spent = time.perf_counter() - start
        assert list(report.reloaded) == [f"{top}.hub"]
        return spent

    return Side(flush)


def rows():
    yield from flat_checks()
    yield from misspelt_checks()
    yield all_records()
    purged = flush_after_a_purge(4_000), flush_after_a_purge(1_000)
    yield growth("a flush after 4,000 modules were imported anew against 1,000", FOUR_TIMES, *purged)
    waiting = edit_while_others_wait(4_000), edit_while_others_wait(1_000)
    yield growth("an edit while 4,000 modules wait against 1,000", FOUR_TIMES, *waiting)
