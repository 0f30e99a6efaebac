"""The compiled code of a bundle: what ``npx pyautoload-wasm bundle`` makes in a Pyodide, for that Pyodide's Python."""

from __future__ import annotations

import ast
import json
import marshal
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import resolve_name
from zipimport import zipimporter

from pyautoload_wasm._imports.code_cache import digest_of, record_of

#: A record of a bundle is never out of use.
_ALWAYS = 0xFFFF_FFFF

#: What does not run when a module is imported.
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def records(paths: str, started: str) -> tuple[bytes, str]:
    """The records of some files, whose paths are a JSON list, and of what they import from Python's archives, but for the modules of a
    JSON list, which are loaded when Python has started. Also those paths that cannot be compiled, as a JSON list.
    """
    found: dict[int, bytes] = {}
    failed: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # they are for whoever wrote the file, and said when it is imported from its source
        sources = {path: SourceFileLoader("", path).get_data(path) for path in json.loads(paths)}
        library = _Library(set(json.loads(started)))
        for path, source in [*sources.items(), *library.modules_for(sources.values())]:
            digest = digest_of(source)
            try:
                code = SourceFileLoader("", path).source_to_code(source, path)
            except (SyntaxError, ValueError):
                failed.append(path)
            else:
                found[digest] = record_of(digest, marshal.dumps(code), _ALWAYS)
    return b"".join(found.values()), json.dumps(failed)


class _Library:
    """The modules in archives that Python imports from: in Pyodide, the standard library."""

    def __init__(self, known: set[str]) -> None:
        self._archives = [zipimporter(path) for path in sys.path if os.path.isfile(path)]
        #: The modules that need not be looked for.
        self._known = known

    def modules_for(self, sources: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
        """The paths and the sources of those that some sources import while they are executed, and so on."""
        names = [name for source in sources for name in imported(source, "")]
        while names:
            name = names.pop()
            if name in self._known:
                continue
            self._known.add(name)
            for path, source, package in self._files(name):
                yield path, source
                names += imported(source, package)

    def _files(self, name: str) -> Iterator[tuple[str, bytes, str]]:
        """The file of a module, its source, and its package; nothing where it is in no archive."""
        for archive in self._archives:
            for end, package in (("/__init__.py", name), (".py", name.rpartition(".")[0])):
                path = f"{archive.archive}/{name.replace('.', '/')}{end}"
                try:
                    yield path, archive.get_data(path), package
                except OSError:
                    continue
                return


def imported(source: bytes, package: str) -> list[str]:
    """The names of all modules that a source may import while it is executed, those above them included. Python reads it, since the
    engine reads files, and these are in an archive.
    """
    try:
        pending: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError):
        return []
    found: list[str] = []
    while pending:
        node = pending.pop()
        if isinstance(node, _LATER):
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (package or not node.level):
            base = resolve_name("." * node.level + (node.module or ""), package) if node.level else node.module or ""
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
        pending += ast.iter_child_nodes(node)
    return [above for name in found for above in _with_parents(name)]


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        yield ".".join(parts[:depth])
