"""Where the time of imports went, as plain data, as a table, and as a file for https://www.speedscope.app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

#: The parts of a module's own time, in the order in which they come.
PARTS = ("find", "read", "compile", "unmarshal", "execute")
_SCHEMA = "https://www.speedscope.app/file-format-schema.json"
_COLUMNS = ("own ms", "total ms", *PARTS)


class ModuleTime(NamedTuple):
    """What the imports of one module took, in seconds.

    ``own`` is the sum of the parts that follow it, ``total`` counts what it imports as well. ``imported_by`` is the module that was
    being imported when this one was first; None where none was. ``loaded`` is false for what was not found or has raised.
    """

    name: str
    path: str | None
    imported_by: str | None
    loaded: bool
    own: float
    total: float
    find: float
    read: float
    compile: float
    unmarshal: float
    execute: float


class Mark(NamedTuple):
    """The begin or the end of something that a thread did: a module, or a part of its import."""

    thread: int
    begins: bool
    what: str
    at: float


def chain(modules: Iterable[ModuleTime], name: str) -> list[str]:
    """The modules whose imports led to a module, the outermost first, itself last; empty for one that was not imported."""
    by_name = {module.name: module for module in modules}
    found: list[str] = []
    step: str | None = name
    while step is not None and step in by_name and step not in found:
        found.append(step)
        step = by_name[step].imported_by
    return found[::-1]


def table(modules: Iterable[ModuleTime], limit: int | None) -> str:
    """A line for each module, the slowest by its own time first, in milliseconds."""
    ordered = sorted(modules, key=lambda module: -module.own)
    shown = ordered[:limit]
    lines = ["".join(f"{column:>10}" for column in _COLUMNS) + "  module, imported by"]
    for module in shown:
        seconds = (module.own, module.total, *(getattr(module, part) for part in PARTS))
        by = "" if module.imported_by is None else f", {module.imported_by}"
        failed = "" if module.loaded else " (not loaded)"
        lines.append("".join(f"{1000 * value:10.1f}" for value in seconds) + f"  {module.name}{failed}{by}")
    if len(shown) < len(ordered):
        rest = sum(module.own for module in ordered[len(shown) :])
        lines.append(f"{1000 * rest:10.1f}  in {len(ordered) - len(shown)} more")
    return "\n".join(lines)


def speedscope(marks: Iterable[Mark], name: str) -> dict[str, Any]:
    """The marks as speedscope has them: a profile for each thread."""
    frames: dict[str, int] = {}
    threads: dict[int, list[dict[str, Any]]] = {}
    for mark in marks:
        frame = frames.setdefault(mark.what, len(frames))
        event = {"type": "O" if mark.begins else "C", "frame": frame, "at": mark.at}
        threads.setdefault(mark.thread, []).append(event)
    profiles = [
        {
            "type": "evented",
            "name": f"thread {number}",
            "unit": "seconds",
            "startValue": events[0]["at"],
            "endValue": events[-1]["at"],
            "events": events,
        }
        for number, events in enumerate(threads.values(), 1)
    ]
    shared = {"frames": [{"name": what} for what in frames]}
    return {"$schema": _SCHEMA, "name": name, "exporter": "pyautoload_wasm", "shared": shared, "profiles": profiles}
