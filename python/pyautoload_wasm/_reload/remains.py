"""What is left of modules that went. A class is always part of a cycle, so Python goes on to list it in ``__subclasses__()``, and weak
references go on to find it, until the garbage collector happens to run: a plugin would run twice, the old one and the new one.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from types import FunctionType, ModuleType

from pyautoload_wasm._base.kinds import is_class
from pyautoload_wasm._imports.loaders import SourceLoader
from pyautoload_wasm._imports.observation import AutoloadSpec
from pyautoload_wasm._reload.tracking import names_of

#: The types of most of what modules hold, which are looked at first: by their ids, since the hash of a class may be users' code.
_NO_METACLASSES = frozenset(
    map(id, (str, int, dict, type(None), ModuleType, AutoloadSpec, SourceLoader, FunctionType, type(len)))
)
#: The bases of a class that has none but the one that all have.
_NO_BASES = (object,)


class Remains:
    """Whether something is left that others can see. A collection takes a millisecond for each 20,000 objects of the whole process, so
    it has to be worth it.
    """

    def __init__(self) -> None:
        self._are_visible = False

    def add(self, modules: Mapping[str, ModuleType]) -> None:
        """Looks at modules that went, or were replaced: by name."""
        for module in modules.values():
            # The type's own word, since an object's `__class__` may be users' code.
            candidates = [value for value in [*names_of(module).values()] if id(type(value)) not in _NO_METACLASSES]
            for value in candidates:
                if is_class(value) and value.__bases__ != _NO_BASES and _is_listed(value, modules):
                    self._are_visible = True

    def add_unknown(self) -> None:
        """Something goes of which nobody knows what it has: modules whose reload has failed, or old code that held older objects."""
        self._are_visible = True

    def collect(self) -> None:
        """Lets what nobody holds go, if it can be seen. To be called where no variable holds it."""
        if self._are_visible:
            self._are_visible = False
            gc.collect()


def _is_listed(cls: type, modules: Mapping[str, ModuleType]) -> bool:
    """Whether a class was made by modules that go, and has a base that stays and whose subclasses somebody may ask for.

    Nobody asks for those of `object`, `Exception` or `Enum`.
    """
    for base in cls.__bases__:
        owner = str(getattr(base, "__module__", None))
        if owner not in modules and owner.partition(".")[0] not in sys.stdlib_module_names:
            return str(getattr(cls, "__module__", None)) in modules
    return False
