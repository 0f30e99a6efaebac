"""Import cycles. A cycle that Python permits imports without complaint; one that fails is explained, with the lines that make it."""

from __future__ import annotations

import re
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NamedTuple

from pyautoload_wasm._base.frames import Line, running_lines
from pyautoload_wasm._project.catalog import Catalog
from pyautoload_wasm.errors import CircularDependencyError

# CPython 3.11 has the name in the message alone; `name_from` came with 3.12.
_CANNOT_IMPORT = re.compile(r"cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)'")


class MissingAttribute(NamedTuple):
    """A name, and the module that it was to be taken from."""

    attr: str
    module: ModuleType


def missing_attribute(error: BaseException) -> MissingAttribute | None:
    """What ``from module import attr`` or ``module.attr`` could not take from a module."""
    if isinstance(error, AttributeError):
        return MissingAttribute(str(error.name), error.obj) if isinstance(error.obj, ModuleType) else None
    if type(error) is not ImportError or (match := _CANNOT_IMPORT.match(str(error))) is None:
        return None
    module = sys.modules.get(match[2])
    return None if module is None else MissingAttribute(match[1], module)


def is_initializing(module: object) -> bool:
    """Whether a module's body is still running."""
    return bool(getattr(own_spec(module), "_initializing", False))


def own_spec(module: object) -> ModuleSpec | None:
    """A module's spec under its own name, also while another thread imports it under a camelized one: importlib gives it the alias's
    spec until that import is over.
    """
    spec: ModuleSpec | None = getattr(module, "__spec__", None)
    while isinstance(target := getattr(getattr(spec, "loader", None), "target_spec", None), ModuleSpec):
        spec = target
    return spec


def explain_cycle(error: BaseException, catalog: Catalog) -> CircularDependencyError | None:
    """The explanation of an error that an import cycle has caused; None for any other error."""
    missing = missing_attribute(error)
    if missing is None:
        return None
    attr, module = missing
    if not is_initializing(module):
        # `app.models.User`: the package is complete, the file that would define the name is not.
        stem = catalog.stem_of(module.__name__, attr)
        below = sys.modules.get(f"{module.__name__}.{stem}") if stem else None
        if below is None or not is_initializing(below):
            return None
        module = below
    return cycle_error(module, attr, running_lines(error))


def cycle_error(module: ModuleType, attr: str, lines: list[Line] | None = None) -> CircularDependencyError | None:
    """The error for a name that a module which is still being imported does not have yet; None where no import cycle leads there.

    ``lines`` lead to the failure, outermost first; by default they are those that are running.
    """
    steps: list[tuple[str, list[Line]]] = []
    for line in running_lines() if lines is None else lines:
        if line.function == "<module>" and (steps or line.module == module.__name__):
            # The innermost run of the module is the one that the cycle came back to.
            steps = [] if line.module == module.__name__ else steps
            steps.append((line.module, [line]))
        elif steps:
            steps[-1][1].append(line)
    if not steps:
        return None
    shown = []
    for number, (importer, through) in enumerate(steps, 1):
        last = through[-1]
        who = importer if len(through) == 1 else f"{last.function}(), called by {importer},"
        what = f"imports {steps[number][0]}" if number < len(steps) else f"takes '{attr}' from {module.__name__}"
        shown.append(f"  {last.path}, line {last.line}: {who} {what}\n")
    return CircularDependencyError(
        f"'{module.__name__}' has no '{attr}' yet: it is still being imported, in an import cycle:\n{''.join(shown)}"
        "Move one of these imports into the function that needs it, or move what both sides need to a third module.",
        name=module.__name__,
        path=getattr(module, "__file__", None),
    )
