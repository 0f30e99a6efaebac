"""Circular imports. A legal circle imports without complaint; one that fails is explained, with the lines that make it."""

from __future__ import annotations

import re
import sys
from types import FrameType, ModuleType
from typing import TYPE_CHECKING, NamedTuple

from pyautoload_wasm.errors import CircularDependencyError
from pyautoload_wasm._base.frames import is_importlib, is_ours

if TYPE_CHECKING:
    from pyautoload_wasm._imports.finder import AutoloadFinder

# CPython 3.11 has the name in the message alone; `name_from` came with 3.12.
_CANNOT_IMPORT = re.compile(r"cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)'")


class Taken(NamedTuple):
    """A name, and the module that it was to be taken from."""

    attr: str
    module: ModuleType


def taken(error: BaseException) -> Taken | None:
    """What failed to be taken from a module by ``from module import attr`` or ``module.attr``."""
    if isinstance(error, AttributeError):
        return Taken(str(error.name), error.obj) if isinstance(error.obj, ModuleType) else None
    if type(error) is not ImportError or (match := _CANNOT_IMPORT.match(str(error))) is None:
        return None
    module = sys.modules.get(match[2])
    return None if module is None else Taken(match[1], module)


def is_initializing(module: object) -> bool:
    """Whether a module's body is still running."""
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


def explain_circle(error: BaseException, finder: AutoloadFinder) -> CircularDependencyError | None:
    """The explanation of an error that a circle of imports has caused; None for any other error."""
    found = taken(error)
    if found is None:
        return None
    attr, module = found
    if not is_initializing(module):
        # `app.models.User`: the package is complete, the file that would define the name is not.
        stem = finder.stem_of(module.__name__, attr)
        module = sys.modules.get(f"{module.__name__}.{stem}") if stem else None  # type: ignore[assignment]
        if not is_initializing(module):
            return None
    return circle(module, attr, _lines(error))


def circle(
    module: ModuleType, attr: str, lines: list[tuple[FrameType, int]] | None = None
) -> CircularDependencyError | None:
    """The error for a name that a module which is still being imported does not have yet; None where no circle leads there.

    ``lines`` are the frames that lead to the failure, outermost first, with their lines; by default those that are running.
    """
    steps: list[tuple[str, list[tuple[FrameType, int]]]] = []
    for frame, line in _lines() if lines is None else lines:
        name = frame.f_globals.get("__name__")
        if frame.f_code.co_name == "<module>" and (steps or name == module.__name__):
            # The innermost run of the module is the one that the circle came back to.
            steps = [] if name == module.__name__ else steps
            steps.append((str(name), [(frame, line)]))
        elif steps:
            steps[-1][1].append((frame, line))
    if not steps:
        return None
    shown = []
    for number, (importer, frames) in enumerate(steps, 1):
        frame, line = frames[-1]
        who = importer if len(frames) == 1 else f"{frame.f_code.co_name}(), called by {importer},"
        what = f"imports {steps[number][0]}" if number < len(steps) else f"takes '{attr}' from {module.__name__}"
        shown.append(f"  {frame.f_code.co_filename}, line {line}: {who} {what}\n")
    return CircularDependencyError(
        f"'{module.__name__}' has no '{attr}' yet: it is still being imported, in a circle of imports:\n{''.join(shown)}"
        "Move one of these imports into the function that needs it, or move what both sides need to a third module.",
        name=module.__name__,
        path=getattr(module, "__file__", None),
    )


def _lines(error: BaseException | None = None) -> list[tuple[FrameType, int]]:
    """The users' frames from the outermost to the running one, and on to where an error was raised."""
    lines = []
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        lines.append((frame, frame.f_lineno))
        frame = frame.f_back
    lines.reverse()
    # The traceback's first entry is a frame of ours that is running.
    entry = None if error is None else error.__traceback__
    while entry is not None:
        lines.append((entry.tb_frame, entry.tb_lineno))
        entry = entry.tb_next
    return [
        (frame, line)
        for frame, line in lines
        if not is_ours(frame.f_code.co_filename) and not is_importlib(frame.f_code.co_filename)
    ]
