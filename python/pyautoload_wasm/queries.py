"""What can be asked of a loader that is set up: its modules, its import graph, and what is wrong with the project."""

from __future__ import annotations

import os
import sys
from itertools import compress
from typing import Any

from pyautoload_wasm._base.arguments import StrPath, plain_text
from pyautoload_wasm._project.settings import Configuration
from pyautoload_wasm.errors import SetupRequiredError
from pyautoload_wasm._imports.finder import AutoloadFinder
from pyautoload_wasm._results.project import Edge, Graph, Problem, Registry, Root, Shadowed, edge
from pyautoload_wasm._base.frames import unseen_methods

_MARKS = bytes.maketrans(b"01", b"\0\1")


@unseen_methods
class Queries(Configuration):
    """The part of an AutoLoader that answers questions."""

    @property
    def registry(self) -> Registry:
        """All modules: a read-only mapping of names to records."""
        self._require_setup("registry")
        return Registry(self._engine, self._note_loaded)

    @property
    def roots(self) -> tuple[Root, ...]:
        """The roots, first root first."""
        return tuple(self._roots)

    def module_name_at(self, path: StrPath) -> str | None:
        """The name of the module that a file or a directory is; None where it is not managed."""
        self._require_setup("module_name_at")
        name: str | None = self._engine.ask(
            "module_name_at", path=os.path.abspath(plain_text(path, "module_name_at()"))
        )
        return name

    def expected_names(self) -> dict[str, str]:
        """The module name of each managed file, and of each directory that is a namespace package."""
        self._require_setup("expected_names")
        names: dict[str, str] = self._engine.ask("expected_names")
        return names

    def shadowed(self) -> list[Shadowed]:
        """Files that are never executed, because another one has their name: of this loader, or of one that was set up before it."""
        self._require_setup("shadowed")
        problems = self._engine.ask("problems")
        shadowed = [Shadowed(p["path"], p["name"], p["by"]) for p in problems if p["kind"] == "shadowed"]
        ours = {name: path for path, name in self.expected_names().items() if path.endswith(".py")}
        for finder in sys.meta_path[: sys.meta_path.index(self._finder) if self._finder in sys.meta_path else 0]:
            if isinstance(finder, AutoloadFinder):
                for path, name in finder.engine.ask("expected_names").items():
                    if name in ours and path.endswith(".py"):
                        shadowed.append(Shadowed(ours.pop(name), name, path))
        return sorted(shadowed)

    # The import graph

    def dependencies(self, name: str, *, transitive: bool = False) -> list[str]:
        """The modules that a module imports, sorted: the direct ones, or all that it reaches. Read from the source, and from imports
        that were observed; what only type checkers see is left out.
        """
        return self._marked(self.ask("dependencies", name=plain_text(name, "dependencies()"), transitive=transitive))

    def dependents(self, name: str, *, transitive: bool = False) -> list[str]:
        """The modules that import a module, sorted: the direct ones, or all that reach it."""
        return self._marked(self.ask("dependents", name=plain_text(name, "dependents()"), transitive=transitive))

    def cycles(self) -> list[list[Edge]]:
        """Groups of modules that import each other while they are imported, each as a chain that comes back to its start."""
        return [[edge(step) for step in cycle] for cycle in self.ask("cycles")]

    def why(self, importer: str, imported: str) -> list[Edge]:
        """The shortest chain of imports from one module to another; empty where there is none."""
        names = {"importer": plain_text(importer, "why()"), "imported": plain_text(imported, "why()")}
        return [edge(step) for step in self.ask("why", **names)]

    def graph(self) -> Graph:
        """The whole import graph, as plain data."""
        plain = self.ask("graph")
        return Graph(tuple(plain["nodes"]), tuple(edge(step) for step in plain["edges"]))

    def check(self) -> list[Problem]:
        """What is wrong with the project, by file and line, found without running any of it."""
        return [Problem(**problem) for problem in self.ask("check")]

    def ask(self, request: str, **arguments: Any) -> Any:
        """Puts a request to the engine, which knows of all imports up to now. Returns plain data; for the npm package."""
        self._require_setup(request)
        self._note_loaded()
        return self._engine.ask(request, **arguments)

    def _marked(self, marks: str) -> list[str]:
        """The names that the engine has marked, in their order."""
        names = self._finder.sorted_names() if self._finder is not None else []
        return list(compress(names, marks.encode().translate(_MARKS)))

    def _note_loaded(self) -> None:
        """Tells the engine what was executed and observed since it was told last."""
        finder = self._finder
        if finder is not None:
            finder.tell_engine()

    def _require_setup(self, call: str) -> None:
        if self._finder is None:
            raise SetupRequiredError(f"{call} needs a loader that is set up: call setup() first")
