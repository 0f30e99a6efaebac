"""The registry as Python sees it: a read-only mapping whose records are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pyautoload_wasm.engine import Engine


class Root(NamedTuple):
    """A directory and the dotted namespace that it stands for, empty for the top level."""

    path: str
    namespace: str


class Shadowed(NamedTuple):
    """A file that is never executed, because another one has its name."""

    path: str
    name: str
    by: str


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
