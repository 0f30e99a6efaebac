"""The truth: what a fresh import of each module gets from the files on disk.

Natively a server process that has imported the package forks for each look. Where there are no processes, a second loader looks in
this one, while all of the project's modules and finders are put aside.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import types
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import AutoLoader
from pyautoload_wasm._imports import state as states
from pyautoload_wasm._imports.loaders import SourceLoader

from .layout import COUNTER, TOP
from .record import attribute_of, objects, record, stored_names

if TYPE_CHECKING:
    from collections.abc import Iterator

Look = dict[str, Any]


def look(base: str, names: list[str]) -> Look:
    """Imports each module as if it were the first one. Returns for each its record, or how it fails: who has raised, the innermost
    first. Also the imports that were really executed, the graph of the files, and which names are one object.
    """
    sys.modules[COUNTER] = types.ModuleType(COUNTER)
    sys.modules[COUNTER].ran = lambda name: None
    raised: list[tuple[str, BaseException]] = []
    imports: set[tuple[str, str]] = set()
    with _noting_failures(raised), _noting_imports(imports), _loader(base) as loader:
        graph = plain_graph(loader)
        failures: dict[str, Look] = {}
        for name in names:
            before = project_modules()
            _try(name, raised, failures)
            if raised:
                put_back(before)
        if failures:
            # What others have left behind while they failed is not what would be there if they came first; nor is what a package has
            # left that fails while another one is imported.
            put_back({})
            for name in [name for name in names if name not in failures]:
                _try(name, raised, failures)
                put_back(whole(project_modules()))
        good = [name for name in names if name not in failures]
        found = {**failures, **{name: {"record": record(name, base)} for name in good}}
        same = {name: objects(name) for name in good}
    return {"modules": found, "imports": sorted(imports), "graph": graph, "objects": same}


@contextlib.contextmanager
def _loader(base: str) -> Iterator[AutoLoader]:
    """A loader that ends without another one in this process becoming the owner of what both have."""
    loader = AutoLoader(base, TOP).setup()
    try:
        yield loader
    finally:
        loader.unregister()
        put_back({})


def plain_graph(loader: AutoLoader) -> list[list[Any]]:
    """The imports that a loader reads from the files."""
    edges = [edge for edge in loader.graph().edges if edge.kind != "observed"]
    return sorted([edge.importer, edge.imported, edge.kind, edge.line or 0, sorted(edge.names)] for edge in edges)


def _try(name: str, raised: list[tuple[str, BaseException]], failures: dict[str, Look]) -> None:
    """Imports a module, and notes how that fails, if it does."""
    raised.clear()
    try:
        __import__(name)
    except Exception as error:
        chain = [of for of, one in raised if one is error] or [of for of, _ in raised] or [name]
        failures[name] = {"error": type(error).__name__, "text": str(error), "chain": chain}


@contextlib.contextmanager
def _noting_failures(raised: list[tuple[str, BaseException]]) -> Iterator[None]:
    execute = SourceLoader.exec_module

    def exec_module(self: Any, module: types.ModuleType) -> None:
        try:
            execute(self, module)
        except BaseException as error:
            raised.append((module.__name__, error))
            raise

    SourceLoader.exec_module = exec_module  # type: ignore[method-assign]
    try:
        yield
    finally:
        SourceLoader.exec_module = execute  # type: ignore[method-assign]


@contextlib.contextmanager
def _noting_imports(imports: set[tuple[str, str]]) -> Iterator[None]:
    original = builtins.__import__

    def noting(name: str, scope: Any = None, local: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        importer = (scope or {}).get("__name__", "")
        module = original(name, scope, local, fromlist, level)
        if importer.partition(".")[0] == TOP:
            full = importlib.util.resolve_name("." * level + name, scope["__package__"]) if level else name
            for one in (full, *(f"{full}.{item}" for item in fromlist or ())):
                if one in sys.modules and one.partition(".")[0] == TOP and one != importer:
                    imports.add((importer, sys.modules[one].__name__))
        return module

    builtins.__import__ = noting
    try:
        yield
    finally:
        builtins.__import__ = original


def project_modules() -> dict[str, types.ModuleType]:
    return {name: module for name, module in sys.modules.items() if name.partition(".")[0] == TOP}


def whole(modules: dict[str, types.ModuleType]) -> dict[str, types.ModuleType]:
    """Those of some modules whose packages are loaded. A package that fails leaves in sys.modules what it has imported of its own
    by then, and Python gives that to whoever asks: nobody could import it afresh.
    """
    kept: dict[str, types.ModuleType] = {}
    for name in sorted(modules):
        if "." not in name or name.rpartition(".")[0] in kept:
            kept[name] = modules[name]
    return kept


def put_back(modules: dict[str, types.ModuleType]) -> None:
    """Makes some of the project's modules all that are loaded."""
    for name in project_modules():
        if name in modules:
            continue
        gone = sys.modules.pop(name)
        namespace = vars(modules.get(name.rpartition(".")[0], gone))
        for key, value in list(namespace.items()):
            is_attribute = key == attribute_of(name.rpartition(".")[2]) and value is getattr(gone, key, None)
            if value is gone or is_attribute:
                del namespace[key]
    sys.modules.update(modules)


class Beside:
    """Looks in this process. The files are reached by another path, since two loaders may not share a root."""

    def __init__(self, base: str) -> None:
        self._base = f"{base}-fresh"
        os.symlink(base, self._base)

    def look(self, names: list[str]) -> Look:
        modules, finders, counter = project_modules(), list(sys.meta_path), sys.modules[COUNTER]
        active, states.active = states.active, []  # else it would observe what is imported here
        for name in modules:
            del sys.modules[name]
        sys.meta_path[:] = [finder for finder in finders if not type(finder).__module__.startswith("pyautoload_wasm")]
        try:
            return look(self._base, names)
        finally:
            put_back({})
            sys.modules.update(modules)
            sys.modules[COUNTER] = counter
            sys.meta_path[:] = finders
            states.active = active

    def close(self) -> None:
        os.unlink(self._base)


class Server:
    """Looks in another process."""

    def __init__(self, base: str) -> None:
        self._base = base
        folder = pathlib.Path(__file__).parents[1]
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", f"{__package__}.fresh"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def look(self, names: list[str]) -> Look:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([self._base, names]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the look into {self._base} has failed: its traceback is on stderr"
        return json.loads(answer)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    """Answers on standard output what standard input asks, each time in a child of its own. Compiling is most of the work, and so is
    done before, once for each text of a file.
    """
    codes: dict[tuple[str, bytes], types.CodeType] = {}
    loader = importlib.machinery.SourceFileLoader
    compiled = loader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any, **options: Any) -> Any:
        return codes.get((path, bytes(data))) or compiled(self, data, path, **options)

    loader.source_to_code = source_to_code  # type: ignore[method-assign]
    while line := sys.stdin.readline():
        base, names = json.loads(line)
        for path in pathlib.Path(base).rglob("*.py"):
            text = path.read_bytes()
            if (str(path), text) not in codes:
                stored_names(text)
                with contextlib.suppress(SyntaxError, ValueError):
                    codes[str(path), text] = compile(text, str(path), "exec", dont_inherit=True)
        child = os.fork()
        if child == 0:
            print(json.dumps(look(base, names)), flush=True)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit(1)


if __name__ == "__main__":
    serve()
