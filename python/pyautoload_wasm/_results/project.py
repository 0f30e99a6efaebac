"""A project as plain data: roots, records, import graph, problems; and the registry, a read-only mapping of names to records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from pyautoload_wasm._base import answers
from pyautoload_wasm._base.answers import EdgeKind, Severity
from pyautoload_wasm._base.arguments import is_module_name, is_within
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.hiding import hidden_methods

#: What can be wrong: what the engine finds, and a package of others that is missing.
ProblemKind: TypeAlias = Literal[answers.ProblemKind, "missing_package"]


class Root(NamedTuple):
    """A directory and the dotted namespace that it stands for, empty for the top level."""

    path: str
    namespace: str

    def contains(self, path: str) -> bool:
        """Whether an absolute path is the directory, or below it."""
        return is_within(path, self.path)


class Shadowed(NamedTuple):
    """A file that is never executed, because another one has its name."""

    path: str
    name: str
    by: str


class Problem(NamedTuple):
    """Something wrong with a project: a file, a line counted from one where there is one, and a sentence that ends in a way out.

    ``severity`` is "problem", or "information" for what is only worth knowing, such as an import cycle.
    """

    kind: ProblemKind
    path: str
    line: int | None
    name: str | None
    by: str | None
    severity: Severity
    message: str


class Edge(NamedTuple):
    """One import of one module by another.

    ``kind`` is "import" for a statement that runs when the importer is imported, "deferred" for one in a function or a lazy one,
    "type_checking" for one that only type checkers see, "attribute" for an attribute of a package, as in ``app.models.User``, or a
    literal name, as in ``import_module("app.models")``, "observed" for an import that was seen while the importer ran, and "parent"
    for the package that the importer lies in. ``line`` is counted from one, and 0 for a parent. ``names`` are those that the
    import takes, ``*`` for all.
    """

    importer: str
    imported: str
    kind: EdgeKind
    path: str
    line: int
    names: tuple[str, ...]


class Graph(NamedTuple):
    """The import graph: module names, parents first, and edges by importer and line."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]


def edge(plain: dict[str, Any]) -> Edge:
    """An edge from the engine's answer."""
    return Edge(**{**plain, "names": tuple(plain["names"])})


class Record(NamedTuple):
    """All that is known of one module.

    ``mtime`` is the modification time of its file when it was loaded, in seconds since 1970.
    """

    name: str
    path: str
    is_package: bool
    attribute: str | None
    loaded: bool
    mtime: float | None
    dependencies: tuple[str, ...]
    dependents: tuple[str, ...]


@hidden_methods
class Registry(Mapping[str, Record]):
    """Module names to records, parents before children."""

    def __init__(self, engine: Engine, refresh: Callable[[], None]) -> None:
        self._engine = engine
        self._refresh = refresh

    def __getitem__(self, name: str) -> Record:
        self._refresh()
        found = self._engine.ask("record", name=name) if is_module_name(name) else None
        if found is None:
            raise KeyError(name)
        plain: dict[str, Any] = {**found}
        return Record(**plain)._replace(
            dependencies=tuple(found["dependencies"]), dependents=tuple(found["dependents"])
        )

    def __iter__(self) -> Iterator[str]:
        names: str = self._engine.ask("names")
        return iter(names.split())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} modules>"
