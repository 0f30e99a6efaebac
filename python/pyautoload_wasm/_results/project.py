"""The registry as Python sees it: a read-only mapping whose records are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pyautoload_wasm._base.frames import unseen_methods

if TYPE_CHECKING:
    from pyautoload_wasm._base.engine import Engine


class Root(NamedTuple):
    """A directory and the dotted namespace that it stands for, empty for the top level."""

    path: str
    namespace: str


class Shadowed(NamedTuple):
    """A file that is never executed, because another one has its name."""

    path: str
    name: str
    by: str


class Problem(NamedTuple):
    """Something wrong with a project: a file, a line counted from one where there is one, and a sentence that ends in a way out.

    ``is_information`` is true for what is only worth knowing, such as a cycle of imports.
    """

    kind: str
    path: str
    line: int | None
    name: str | None
    by: str | None
    is_information: bool
    message: str


class Edge(NamedTuple):
    """One import of one module by another. ``kind`` is parent, import, deferred, type_checking,
    attribute (of a package, as in ``app.models.User``, or by name, as in ``import_module("app.models")``) or observed.

    ``line`` is counted from one, and 0 for a parent; ``names`` are those that it takes, ``*`` for all.
    """

    importer: str
    imported: str
    kind: str
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


@unseen_methods
class Registry(Mapping[str, Record]):
    """Module names to records, parents before children."""

    def __init__(self, engine: Engine, refresh: Callable[[], None]) -> None:
        self._engine = engine
        self._refresh = refresh

    def __getitem__(self, name: str) -> Record:
        self._refresh()
        is_name = isinstance(name, str) and name.replace(".", "").isidentifier()
        found = self._engine.ask("record", name=name) if is_name else None
        if found is None:
            raise KeyError(name)
        found["dependencies"] = tuple(found["dependencies"])
        found["dependents"] = tuple(found["dependents"])
        return Record(**found)

    def __iter__(self) -> Iterator[str]:
        names: str = self._engine.ask("names")
        return iter(names.split())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} modules>"
