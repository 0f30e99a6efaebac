"""Which modules the files of a program make, and what each of them imports: known by construction, not read from the sources."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from .layout import Unit, layout, parent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from .part import Part

Edges = dict[str, set[str]]
#: What a module is made of: its file, whether it is a package, its source, what its imports find.
Contents = tuple[str | None, bool, bytes | None, Any]


class Model:
    """The modules of a program, as its files are now."""

    #: The modules by name.
    units: Mapping[str, Unit]
    #: All that a module's source imports, its parents included; not what type checkers alone see.
    imports: Edges

    def contents(self, name: str) -> Contents | None:
        """What a module is made of; None where it is not there."""
        unit = self.units.get(name)
        if unit is None:
            return None
        return unit.file, unit.is_package, self.source(name), self.resolution(name)

    @cached_property
    def importers(self) -> Edges:
        """Who imports each module."""
        return reverse(self.imports, self.units)

    def source(self, name: str) -> bytes | None:
        """The source of a module that has one, and the data that belongs to it."""
        raise NotImplementedError

    def resolution(self, name: str) -> Any:
        """What each import of a module finds."""
        raise NotImplementedError

    def is_uncompilable(self, name: str) -> bool:
        """Whether a module's file has a syntax error."""
        raise NotImplementedError

    def observed(self, name: str) -> Set[str]:
        """What a module imports while it is executed that its source does not show."""
        return frozenset()

    def calls(self, name: str) -> dict[str, set[str]]:
        """The functions of a module that somebody may call later, each with what it imports then that its source does not show."""
        return {}

    def loose(self, name: str) -> Set[str]:
        """The names of a module whose values depend on what was called."""
        return frozenset()


class PartsModel(Model):
    """The modules of files that say themselves what they import."""

    def __init__(self, files: Mapping[str, Part]) -> None:
        self._files = files
        self.units = layout(files)
        self._targets = {name: self._found(self.part(name), "imports") for name in self.units}
        self.imports = {}
        for name in self.units:
            reached = {one for found in self._targets[name].values() for one in found}
            self.imports[name] = (reached | {parent_of(name)} - {""}) - {name}

    def part(self, name: str) -> Part | None:
        """What the file of a module says."""
        file = self.units[name].file
        return None if file is None else self._files[file]

    def source(self, name: str) -> bytes | None:
        part = self.part(name)
        if part is None:
            return None
        return part.render() + repr(part.data).encode() if part.data else part.render()

    def resolution(self, name: str) -> Any:
        return self._targets[name], self._found(self.part(name), "observed")

    def is_uncompilable(self, name: str) -> bool:
        part = self.part(name)
        return part is not None and part.fault == "syntax"

    def observed(self, name: str) -> Set[str]:
        return {one for found in self._found(self.part(name), "observed").values() for one in found} - {name}

    def calls(self, name: str) -> dict[str, set[str]]:
        part = self.part(name)
        return {} if part is None else {call: self._reached(wanted) for call, wanted in part.calls}

    def loose(self, name: str) -> Set[str]:
        part = self.part(name)
        return frozenset() if part is None else part.loose

    def _found(self, part: Part | None, kind: str) -> dict[str, list[str]]:
        return {} if part is None else {wanted: self._way(wanted) for wanted in getattr(part, kind)}

    def _reached(self, wanted: Iterable[str]) -> set[str]:
        return {one for name in wanted for one in self._way(name)}

    def _way(self, name: str) -> list[str]:
        """The modules that an import of a name executes; fewer than it needs where one of them is missing."""
        found: list[str] = []
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            above = ".".join(parts[:depth])
            if above not in self.units:
                break
            found.append(above)
        return found


def reverse(edges: Mapping[str, Iterable[str]], names: Iterable[str] = ()) -> Edges:
    """The same edges from their other ends."""
    back: Edges = {name: set() for name in names}
    for name, imported in edges.items():
        for other in imported:
            back.setdefault(other, set()).add(name)
    return back


def closure(starts: Iterable[str], neighbours: Mapping[str, Iterable[str]], within: set[str] | None = None) -> set[str]:
    """The starts, and all that is reached from them."""
    reached = {start for start in starts if within is None or start in within}
    pending = list(reached)
    while pending:
        for other in neighbours.get(pending.pop(), ()):
            if other not in reached and (within is None or other in within):
                reached.add(other)
                pending.append(other)
    return reached


def cycles(edges: Edges) -> list[set[str]]:
    """Groups of modules that import each other."""
    back = reverse(edges, edges)
    left = set(edges)
    found = []
    while left:
        start = min(left)
        group = closure([start], edges, left) & closure([start], back, left)
        left -= group
        if len(group) > 1:
            found.append(group)
    return found
