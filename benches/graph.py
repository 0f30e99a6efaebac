"""The import graph against os.walk and ast, how it grows, and what a question costs beside it."""

import ast
import importlib
import inspect
import os
import shutil
import time
from functools import partial

from measure import row, seconds
from pyautoload_wasm import AutoLoader

TOP = "/tmp/bench"

MODULE = '''"""Module {number}."""

import os
from typing import TYPE_CHECKING

from graphs.{imports} import LIMIT
from .{sibling} import price as other

if TYPE_CHECKING:
    import graphs.{typed}

LIMIT = {number}


class Item{number}:
    """Something with a price."""

    def __init__(self, name, price):
        self.name = name
        self.price = price

    def total(self, count):
        """The price of several."""
        from graphs.{deferred} import LIMIT as limit

        return f"{{self.price * min(count, limit)}} for {{self.name}} in {{os.sep}}"


def price(count):
    return [Item{number}("x", n).total(count) for n in range(3)]
'''


def write_project(count, per_directory=25):
    """Modules that import each other, without cycles."""
    base = f"{TOP}/graph_{count}"
    shutil.rmtree(base, ignore_errors=True)
    names = [f"area_{n // per_directory // 20}.package_{n // per_directory}.module_{n}" for n in range(count)]
    for number, name in enumerate(names):
        path = f"{base}/{name.replace('.', '/')}.py"
        if number % per_directory == 0:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        sibling = names[number - 1] if number % per_directory else name
        source = MODULE.format(
            number=number,
            imports=names[number // 2],
            sibling=sibling.rpartition(".")[2],
            typed=names[number // 3],
            deferred=names[0],
        )
        with open(path, "w") as file:
            file.write(source)
    return base


def with_ast(base):
    """The same edges, as one would find them in Python: (importer, imported)."""
    modules: dict[str, str | None] = {}
    for directory, _, files in os.walk(base):
        package = "graphs" + directory[len(base) :].replace("/", ".")
        modules[package] = None
        for name in files:
            modules[f"{package}.{name[:-3]}"] = f"{directory}/{name}"
    edges: set[tuple[str, str]] = set()
    for importer, path in modules.items():
        if path is None:
            continue
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    parts = alias.name.split(".")
                    edges.update((importer, ".".join(parts[:n])) for n in range(1, len(parts) + 1))
            elif isinstance(node, ast.ImportFrom):
                package = importer.rsplit(".", node.level)[0] if node.level else ""
                target = ".".join(part for part in (package, node.module) if part)
                edges.add((importer, target))
    return {(importer, imported) for importer, imported in edges if imported in modules and importer != imported}


def build(base):
    with AutoLoader(base, "graphs") as loader:
        loader.dependents("graphs")


def against_ast(count):
    base = write_project(count)
    with AutoLoader(base, "graphs") as loader:
        found = {(edge.importer, edge.imported) for edge in loader.graph().edges if edge.kind != "parent"}
    assert found == with_ast(base), found ^ with_ast(base)
    rounds = 7 if count == 1_000 else 5
    name = f"graph of {count:,} modules, against os.walk and ast"
    return row(name, 30, partial(seconds, build, base), partial(seconds, with_ast, base), unit=count, rounds=rounds)


def growth():
    times = [partial(seconds, build, f"{TOP}/graph_{count}") for count in (10_000, 1_000)]
    return row("graph of 10,000 modules against 1,000", 12, *times, better="smaller")


def question(name, least, most):
    """All dependents of a module, beside the building of the graph."""
    base = f"{TOP}/graph_1000"
    with AutoLoader(base, "graphs") as loader:
        count = len(loader.dependents(name, transitive=True))
        assert least <= count <= most, count

        def ours(repetitions=20):
            start = time.perf_counter()
            for _ in range(repetitions):
                loader.dependents(name, transitive=True)
            return (time.perf_counter() - start) / repetitions

        def peer():
            loader.teardown()
            spent = seconds(build, base)
            loader.setup()
            loader.dependents(name)
            return spent

        return row(f"{count} dependents of a module, against the graph", 100, ours, peer)


#: Large modules of the standard library, each read as a file of its own.
LARGE = ["argparse", "ast", "dataclasses", "doctest", "inspect", "pdb", "pickle", "tarfile", "typing", "zipfile"]


def scanner():
    """What ten large files import, against ast.parse of the same text. Reading the files is counted on our side alone."""
    sources = {}
    for name in LARGE:
        sources[f"{TOP}/scan/{name}.py"] = inspect.getsource(importlib.import_module(name))
    os.makedirs(f"{TOP}/scan", exist_ok=True)
    for path, source in sources.items():
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
    with AutoLoader(f"{TOP}/scan", "scan_") as loader:
        for path, source in sources.items():
            found = [found["line"] for found in loader._settings.engine.ask("imports", path=path)]
            nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
            lines = [node.lineno for node in nodes for _ in (node.names if isinstance(node, ast.Import) else "1")]
            assert found == sorted(lines), path

        def ours():
            return seconds(lambda: [loader._settings.engine.ask("imports", path=path) for path in sources])

        def peer():
            return seconds(lambda: [ast.parse(source) for source in sources.values()])

        size = sum(len(source) for source in sources.values()) / 1e6
        return row(f"imports of {size:.1f} MB of source (µs a MB), against ast.parse", 50, ours, peer, unit=size)


def rows():
    yield scanner()
    yield against_ast(1_000)
    yield against_ast(10_000)
    yield growth()
    yield question("graphs.area_0.package_12.module_310", 40, 50)
    yield question("graphs.area_0.package_0.module_0", 900, 1_000)
