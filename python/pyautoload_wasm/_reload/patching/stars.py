"""Which names star imports take, so that a function which comes or goes is not the only one to bind a name."""

from __future__ import annotations

import dis
import sys
from importlib.util import resolve_name
from types import ModuleType
from typing import TYPE_CHECKING

from pyautoload_wasm._base.kinds import is_module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

#: What a star import asks a module for.
STAR = ("*",)


def takes(module: ModuleType, name: str) -> bool:
    """Whether a star import of a module takes a name, if the module has it."""
    names = vars(module).get("__all__")
    if names is None:
        return not name.startswith("_")
    return not issubclass(type(names), (list, tuple)) or name in names


def takes_all_of(module: ModuleType, importer: str, code: CodeType) -> bool:
    """Whether a module's code has a star import of another one."""
    found = sys.modules.get(importer)
    return is_module(found) and any(sys.modules.get(one) is module for one in sources_of(found, code))


def obstacle_of_stars(module: ModuleType, code: CodeType, name: str, where: str) -> str | None:
    """Why a function of a module cannot simply come or go: a star import of the module itself has a name for it, too."""
    for source in sources_of(module, code):
        found = sys.modules.get(source)
        if not is_module(found) or (takes(found, name) and not vars(found).keys().isdisjoint((name, "__all__"))):
            return f"a star import may bring {where}, too"
    return None


def sources_of(module: ModuleType, code: CodeType) -> Iterator[str]:
    """The modules that a module's code imports all names of."""
    if STAR not in code.co_consts:
        return
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("CACHE", "EXTENDED_ARG")]
    for at, step in enumerate(steps):
        if step.opname == "IMPORT_NAME" and steps[at - 1].argval == STAR:
            dots = "." * int(steps[at - 2].argval or 0)
            yield resolve_name(dots + step.argval, module.__package__ or "")
