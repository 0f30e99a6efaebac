"""Names that others have set on a module, by hand or from another module: they stay when the module is executed again.

What a module has beyond the names that it had when its body had run, others have given it: a dict keeps its order. So nothing has to
be known of star imports, `exec` or ``globals()[…] = …`` in the body. What its own functions set, as by ``global``, is the file's.
"""

from __future__ import annotations

import dis
import sys
from itertools import islice
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports.packages import LAZY, Package
from pyautoload_wasm._reload.tracking import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyautoload_wasm._imports.state import LoadState, Made

_BINDING = {"STORE_NAME", "STORE_GLOBAL", "DELETE_NAME", "DELETE_GLOBAL"}
_SETTING = {"STORE_ATTR", "DELETE_ATTR"}
#: What sets an attribute whose name is given as a text.
_BY_TEXT = {"setattr", "delattr", "__setattr__", "__dict__", "vars"}


class GivenNames:
    """The names that others have given some modules which are executed again together."""

    def __init__(self, state: LoadState, modules: Sequence[str]) -> None:
        self._state = state
        self._modules = modules
        #: What the modules were before, for a rollback.
        self._made: dict[str, Made] = {}
        self._given: dict[str, dict[str, Any]] = {}

    def note(self) -> None:
        """Notes the names that the modules have now, before they leave."""
        made = self._state.made
        self._made = {name: made[name] for name in self._modules if name in made}
        beyond = {name: names for name, (count, _) in self._made.items() if (names := self._beyond(name, count))}
        if not beyond:
            return
        by_name = {name: self._code(name) for name in self._made}
        codes = [(code, _mentioned(code)) for code in by_name.values() if code is not None]
        for name, names in beyond.items():
            code = by_name[name]
            given = {attr: value for attr, value in names if not _binds(code, attr)}
            # What another module of these has set when it was executed, its new version sets again, or does not.
            left = {
                attr
                for attr in given
                if any(attr in mentioned and _sets(other, attr) for other, mentioned in codes if other is not code)
            }
            self._given[name] = {attr: value for attr, value in given.items() if attr not in left}

    def _code(self, name: str) -> CodeType | None:
        """What a module runs: an edit may have been put into what it was made by."""
        run = self._state.runs.get(name)
        return self._state.made[name][1] if run is None or run.code is None else run.code

    def _beyond(self, name: str, count: int) -> list[tuple[str, Any]]:
        """What came to a module after its body had run, but for its submodules and what these define."""
        module = sys.modules.get(name)
        if not is_module(module) or len(names_of(module)) <= count or _makes_attributes(module):
            return []
        return [
            (attr, value)
            for attr, value in islice(names_of(module).copy().items(), count, None)
            if not self._is_own(name, attr, value)
        ]

    def _is_own(self, name: str, attr: object, value: object) -> bool:
        is_child = is_module(value) and names_of(value).get("__name__") == f"{name}.{attr}"
        is_own = is_child or type(value) is LAZY or not isinstance(attr, str) or attr.startswith("__")
        return is_own or self._state.catalog.stem_of(name, str(attr)) is not None

    def give(self, name: str) -> None:
        """Gives a module that has run again what its predecessor was given, unless the new version of the file binds the name."""
        given = self._given.get(name)
        module = sys.modules.get(name)
        if not given or not is_module(module):
            return
        _, code = self._state.made.get(name, (0, None))
        for attr, value in given.items():
            if code is not None and not _binds(code, attr):
                names_of(module).setdefault(attr, value)

    def undo(self) -> None:
        """The modules are what they were. Can be done twice."""
        self._state.made.update(self._made)


def _makes_attributes(module: ModuleType) -> bool:
    """Whether a module makes attributes when somebody asks for them, and may keep these: lazy_loader's packages do."""
    return "__getattr__" in names_of(module) or not (type(module) is ModuleType or issubclass(type(module), Package))


def _binds(code: CodeType | None, name: str) -> bool:
    """Whether a file's body binds a name of the module, or a function in it does so by ``global``."""
    return code is not None and any(
        instruction.opname in _BINDING
        and instruction.argval == name
        and (is_body or instruction.opname.endswith("GLOBAL"))
        for each, is_body in _codes(code)
        if name in each.co_names
        for instruction in dis.get_instructions(each)
    )


def _sets(code: CodeType, name: str) -> bool:
    """Whether code sets an attribute of a name on something, or has the name as a text, as in ``setattr(module, "name", …)``."""
    return any(
        (name in each.co_consts and not _BY_TEXT.isdisjoint(each.co_names))
        or (
            name in each.co_names
            and any(
                instruction.opname in _SETTING and instruction.argval == name
                for instruction in dis.get_instructions(each)
            )
        )
        for each, _ in _codes(code)
    )


def _mentioned(code: CodeType) -> set[object]:
    """The names and texts in code: to look there costs little beside the instructions."""
    found: set[object] = set()
    for each, _ in _codes(code):
        found.update(each.co_names, (constant for constant in each.co_consts if type(constant) is str))
    return found


def _codes(code: CodeType) -> Iterable[tuple[CodeType, bool]]:
    """A code object and all in it, and whether each is the body of the file."""
    pending = [code]
    while pending:
        each = pending.pop()
        yield each, each is code
        pending += [constant for constant in each.co_consts if isinstance(constant, CodeType)]
