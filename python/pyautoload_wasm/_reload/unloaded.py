"""Modules that are taken out of the import system, and can be put back."""

from __future__ import annotations

import sys
from types import ModuleType

from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports.loaders import can_be_reused
from pyautoload_wasm._imports.ran import Run
from pyautoload_wasm._imports.reuse import Reuse
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm._reload.tracking import names_of

_NONE: frozenset[str] = frozenset()


class Unloaded:
    """Modules that were taken out of the import system, and can be put back.

    What is to be put back is noted before it is taken out, and either can be done twice, so an interrupt loses nothing.
    """

    def __init__(self, state: LoadState, reuse: Reuse | None = None) -> None:
        """With ``reuse`` the modules are offered to be the ones that come in their places."""
        self._state = state
        self._reuse = reuse
        self._modules: dict[str, ModuleType] = {}
        self._aliases: dict[str, list[str]] = {}
        #: The packages that held one of the modules as an attribute.
        self._parents: dict[str, ModuleType] = {}
        #: The places of executions, where these are noted.
        self._places: dict[str, int] = {}
        self._runs: dict[str, Run] = {}

    @property
    def modules(self) -> dict[str, ModuleType]:
        """What was taken out, by name."""
        return self._modules

    @property
    def before(self) -> dict[str, ModuleType]:
        """The same with the names that each had, also where another one of the same object has come since."""
        return self._modules if self._reuse is None else {**self._modules, **self._reuse.before}

    def take(self, name: str) -> None:
        """Takes a module out: from ``sys.modules``, under all its names, and from its parent."""
        module = sys.modules.get(name)
        if module is None:
            return
        state = self._state
        aliases = state.aliases.get(name, _NONE)
        if aliases:
            self._aliases[name] = [*aliases]
        if name in state.ran:
            self._places[name] = state.ran[name]
        if name in state.runs:
            self._runs[name] = state.runs[name]
        self._modules[name] = module
        if self._reuse is not None and can_be_reused(module):
            self._reuse.offer(name, module)
        namespace, _, stem = name.rpartition(".")
        package = sys.modules.get(namespace)
        if package is not None and names_of(package).get(stem) is module:
            self._parents[name] = package
            names_of(package).pop(stem, None)
        if aliases:
            for alias in self._aliases[name]:
                sys.modules.pop(alias, None)
            state.aliases.pop(name, None)
        state.ran.pop(name, None)
        state.runs.pop(name, None)
        sys.modules.pop(name, None)

    def put_back(self, *, missing: bool = False) -> None:
        """Makes everything as it was; with ``missing`` only for modules in whose place there is no other."""
        for name, module in reversed(self._modules.items()):
            if missing and name in sys.modules:
                continue
            if self._reuse is not None:
                self._reuse.put_back(name)
            sys.modules[name] = module
            for alias in self._aliases.get(name, _NONE):
                sys.modules[alias] = module
                self._state.aliases.setdefault(name, set()).add(alias)
            if name in self._places:
                self._state.ran[name] = self._places[name]
            if name in self._runs:
                self._state.runs[name] = self._runs[name]
            if name in self._parents:
                names_of(self._parents[name])[name.rpartition(".")[2]] = module

    def give_children(self, name: str) -> None:
        """Gives a package that has run again the submodules that are still those of its predecessor: other finders' modules, and
        modules that are not to be reloaded.
        """
        old, new = self._modules.get(name), sys.modules.get(name)
        if self._reuse is not None:
            old = self._reuse.before.get(name, old)
        # In the namespaces, since a module that has no such attribute is asked whether it is being imported.
        if old is None or new is None or "__path__" not in names_of(old) or "__path__" not in names_of(new):
            return
        for attr, value in names_of(old).copy().items():
            if is_module(value) and sys.modules.get(f"{name}.{attr}") is value:
                names_of(new).setdefault(attr, value)

    def __repr__(self) -> str:
        return f"<Unloaded {', '.join(self._modules)}>"
