"""Which steps of a transaction have to do with each other, by what imports connect."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyautoload_wasm._base.answers import Removal


class Step(NamedTuple):
    """One module to reload. ``imports`` are the places of others in the same list; ``is_stale`` says that it is there for a reason
    of its own, such as a changed file, and not because it imports another.
    """

    name: str
    file: str | None
    reason: str
    is_stale: bool
    imports: list[int]


def _reach(neighbours: list[set[int]], start: int) -> set[int]:
    reached = {start}
    pending = [start]
    while pending:
        new = neighbours[pending.pop()] - reached
        reached |= new
        pending += new
    return reached


def held_by(steps: list[Step], failed: int) -> set[int]:
    """Which steps stay as they were when one has failed: that one and what imports it. If it is not stale itself, its failure comes
    from something stale that it imports, and so that stays as it was too, with all that imports it.
    """
    imports = [set(step.imports) for step in steps]
    importers: list[set[int]] = [set() for _ in steps]
    for place, imported in enumerate(imports):
        for other in imported:
            importers[other].add(place)
    held = _reach(importers, failed)
    if not steps[failed].is_stale:
        for place in _reach(imports, failed):
            if steps[place].is_stale:
                held |= _reach(importers, place)
    return held


def reaching(steps: list[Step], places: set[int]) -> set[int]:
    """Some steps, and all that import one of them."""
    importers: list[set[int]] = [set() for _ in steps]
    for place, step in enumerate(steps):
        for other in step.imports:
            importers[other].add(place)
    return set().union(*(_reach(importers, place) for place in places))


def without(steps: list[Step], left_out: set[int]) -> list[Step]:
    """The other steps, with the places of their imports."""
    places = {place: new for new, place in enumerate(place for place in range(len(steps)) if place not in left_out)}
    return [
        steps[place]._replace(imports=[places[other] for other in steps[place].imports if other in places])
        for place in places
    ]


def without_gone(steps: list[Step], gone: set[int]) -> list[Step]:
    """The steps that are there. Whoever imports one that is gone executes it, and so imports what it imports."""
    passing = [set(step.imports) if place in gone else set() for place, step in enumerate(steps)]
    through = [set().union(*(_reach(passing, other) for other in step.imports)) for step in steps]
    return without([step._replace(imports=sorted(through[place])) for place, step in enumerate(steps)], gone)


def left_over(steps: list[Step], has_failed: Callable[[str], bool]) -> list[Removal]:
    """The modules whose package has failed to be imported. Python has left what was imported by then. No fresh process has these,
    and to execute them again would fail in the same way. A package that somebody has taken out of `sys.modules`, as Streamlit does,
    comes back with its modules.
    """
    found: list[Removal] = []
    for step in steps:
        parts = step.name.split(".")
        packages = (".".join(parts[:depth]) for depth in range(1, len(parts)))
        missing = next((package for package in packages if package not in sys.modules), None)
        if missing is not None and step.name in sys.modules and has_failed(missing):
            found.append({"name": step.name, "reason": f"its package {missing} is not loaded"})
    return found


def connected(steps: list[Step]) -> list[list[Step]]:
    """The steps by what imports connect."""
    neighbours: list[set[int]] = [set(step.imports) for step in steps]
    for place, step in enumerate(steps):
        for other in step.imports:
            neighbours[other].add(place)
    groups = []
    left = set(range(len(steps)))
    while left:
        group = _reach(neighbours, min(left))
        left -= group
        groups.append(without(steps, set(range(len(steps))) - group))
    return groups
