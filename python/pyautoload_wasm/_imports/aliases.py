"""Modules that are imported under their camelized names, and what a module's own name is."""

from __future__ import annotations

import sys
from importlib.abc import Loader
from typing import TYPE_CHECKING

from pyautoload_wasm._base.arguments import join_name
from pyautoload_wasm._base.hiding import hidden, hidden_call
from pyautoload_wasm._diagnosis.cycles import cycle_error, is_initializing, own_spec
from pyautoload_wasm._imports.packages import expect_alias

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from pyautoload_wasm._imports.state import LoadState


@hidden_call
def hidden_import(name: str) -> None:
    """Imports a module, and leaves no frame of that in tracebacks."""
    __import__(name)


class AliasLoader(Loader):
    """Gives the module of ``user.py`` when ``User`` is imported."""

    def __init__(self, fullname: str, target: str, state: LoadState) -> None:
        self.name = fullname
        self.target = target
        self.state = state
        self._spec: ModuleSpec | None = None

    @property
    def target_spec(self) -> ModuleSpec | None:
        """The module's spec under its own name."""
        return self._spec

    @hidden
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module under its own name, imported now."""
        hidden_import(self.target)
        module = sys.modules[self.target]
        self.state.aliases.setdefault(self.target, set()).add(self.name)
        attr = self.name.rpartition(".")[2]
        self._spec = own_spec(module)
        if is_initializing(module) and not hasattr(module, attr):
            circular = cycle_error(module, attr)
            if circular is not None:
                raise circular
        return module

    @hidden
    def exec_module(self, module: ModuleType) -> None:
        """Takes the alias's spec off the module again, which has been executed under its own name."""
        # importlib has put it there, and will make the module an attribute of the package.
        module.__spec__ = self._spec
        expect_alias(sys.modules.get(self.name.rpartition(".")[0]))

    def __repr__(self) -> str:
        return f"<pyautoload_wasm's loader of {self.target} as {self.name}>"


def loaded_name(state: LoadState, name: str) -> str | None:
    """A loaded module's own name, also where a camelized one is given; None for what is not loaded, or not ours."""
    catalog = state.catalog
    if name not in sys.modules:
        namespace, _, attr = name.rpartition(".")
        name = join_name(namespace, catalog.stem_of(namespace, attr) or attr)
    spec = own_spec(sys.modules[name]) if name in sys.modules and name in catalog.supplied else None
    return None if spec is None else spec.name
