"""Modules that are taken out of the import system, and can be put back."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, TypeAlias

from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._reload.tracking import names_of

_MISSING: Any = object()


#: What a parent package held for one of the modules: the package, the attribute, its value.
_Attribute: TypeAlias = tuple[ModuleType, str, Any]


class Unloaded:
    """Modules that were taken out of the import system, and can be put back.

    What is to be put back is noted before it is taken out, and either can be done twice, so an interrupt loses nothing.
    """

    def __init__(self, state: LoadState) -> None:
        self._state = state
        self._modules: dict[str, ModuleType] = {}
        self._aliases: dict[str, list[str]] = {}
        self._attributes: dict[str, list[_Attribute]] = {}

    @property
    def modules(self) -> dict[str, ModuleType]:
        """What was taken out, by name."""
        return self._modules

    def take(self, name: str) -> None:
        """Takes a module out: from ``sys.modules``, under all its names, and from its parent."""
        module = sys.modules.get(name)
        if module is None:
            return
        state = self._state
        self._aliases[name] = aliases = list(state.aliases.get(name, ()))
        self._attributes[name] = attributes = self._attributes_of(name, module)
        self._modules[name] = module
        for parent, attr, value in attributes:
            if names_of(parent).get(attr, _MISSING) is value:
                del names_of(parent)[attr]
        for alias in aliases:
            sys.modules.pop(alias, None)
        state.aliases.pop(name, None)
        sys.modules.pop(name, None)

    def _attributes_of(self, name: str, module: ModuleType) -> list[_Attribute]:
        namespace, _, stem = name.rpartition(".")
        parent = sys.modules.get(namespace)
        if parent is None:
            return []
        found = []
        for attr in (stem, *self._state.attributes.get(name, ())):
            value = names_of(parent).get(attr, _MISSING)
            if value is module or (attr != stem and value is names_of(module).get(attr)):
                found.append((parent, attr, value))
        return found

    def put_back(self, *, missing: bool = False) -> None:
        """Makes everything as it was; with ``missing`` only for modules in whose place there is no other."""
        for name, module in reversed(self._modules.items()):
            if missing and name in sys.modules:
                continue
            sys.modules[name] = module
            for alias in self._aliases[name]:
                sys.modules[alias] = module
                self._state.aliases.setdefault(name, set()).add(alias)
            for parent, attr, value in self._attributes[name]:
                names_of(parent)[attr] = value

    def give_children(self, name: str) -> None:
        """Gives a package that has run again the submodules that are still those of its predecessor: other finders' modules, and
        modules that are not to be reloaded.
        """
        old, new = self._modules.get(name), sys.modules.get(name)
        if old is None or new is None or not hasattr(old, "__path__") or not hasattr(new, "__path__"):
            return
        for attr, value in names_of(old).copy().items():
            if isinstance(value, ModuleType) and sys.modules.get(f"{name}.{attr}") is value:
                names_of(new).setdefault(attr, value)

    def __repr__(self) -> str:
        return f"<Unloaded {', '.join(self._modules)}>"
