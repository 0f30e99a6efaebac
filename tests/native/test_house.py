"""The facade's own structure, read by the project's own import graph: which room may import which, and who may look at frames. And how
long a file and a function may be.
"""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from pyautoload_wasm._base.engine import Engine

PACKAGE = Path(__file__).resolve().parents[2] / "python/pyautoload_wasm"
#: A room imports itself and those before it; those of one line do not import each other.
ORDER = [
    {"errors"},
    {"_engine"},
    {"_base"},
    {"_results"},
    {"_project"},
    {"_diagnosis"},
    {"_imports"},
    {"_reload", "_eager", "_start"},
    {"_session"},
    {"_processes"},
    {"loader"},
    {"_bridge", "_hosts"},
    {"__init__"},
    {"__main__"},
]
#: What only `_base/frames.py` may touch.
FRAMES = {
    "_getframe",
    "_getframemodulename",
    "currentframe",
    "f_back",
    "f_code",
    "f_globals",
    "f_lasti",
    "f_lineno",
    "tb_frame",
}

#: The one file that may be longer than `MOST_LINES`: all that users call, each with its documentation.
LONG = {"loader.py"}
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60


def edges():
    """All imports of the package, those for type checkers included: importer and imported."""
    engine = Engine()
    engine.ask("push_dir", dir=str(PACKAGE), namespace="pyautoload_wasm")
    engine.ask("scan")
    for edge in engine.ask("graph")["edges"]:
        # `from pyautoload_wasm import errors` names the package on the way to the module.
        if edge["kind"] != "parent" and (edge["imported"] != "pyautoload_wasm" or edge["names"]):
            yield edge["importer"], edge["imported"]


def room(module):
    return [*module.split("."), "__init__"][1]


def test_every_room_imports_only_those_before_it():
    rank = {name: place for place, names in enumerate(ORDER) for name in names}
    found = list(edges())
    assert len(found) > 100
    wrong = [
        f"{importer} imports {imported}"
        for importer, imported in found
        if room(importer) != room(imported) and rank[room(importer)] <= rank[room(imported)]
    ]
    assert wrong == []


def test_no_import_comes_back_to_its_start():
    sorter = TopologicalSorter()
    for importer, imported in edges():
        sorter.add(importer, imported)
    sorter.prepare()


def test_only_one_file_looks_at_frames():
    looking = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in FRAMES
    }
    assert looking == {"_base/frames.py"}


def test_no_file_and_no_function_is_too_long():
    long_files, long_functions = set(), set()
    for folder in (PACKAGE, *(PACKAGE.parents[1] / name for name in ("tests", "benches"))):
        for file in folder.rglob("*.py"):
            if "node_modules" in file.parts:
                continue
            source = file.read_text(encoding="utf-8")
            if source.count("\n") > MOST_LINES:
                long_files.add(file.name)
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    assert node.end_lineno is not None
                    if node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION:
                        long_functions.add(f"{file.name}: {node.name}")
    assert (long_files, long_functions) == (LONG, set())
