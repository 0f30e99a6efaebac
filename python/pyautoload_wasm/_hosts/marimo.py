"""marimo's own reloading of modules, where its user has switched that on.

For a cell that says ``from myapp.models import User`` marimo looks for a module of the name ``myapp.models.User``: it cannot know
which file defines that. So in a notebook each module can be found by the name of what it defines, as after
``import myapp.models.User``.
"""

from __future__ import annotations

import sys
from types import MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from pyautoload_wasm import loader as loaders
from pyautoload_wasm._base.arguments import join_name

if TYPE_CHECKING:
    from pyautoload_wasm._imports.state import LoadState
    from pyautoload_wasm.loader import AutoLoader


def _take_charge_of(loader: AutoLoader) -> None:
    marimo: Any = sys.modules.get("marimo")
    session = loader._session
    if session is not None and marimo is not None and marimo.running_in_notebook():
        # Two of one state are equal, so that it is called once, however often the loader comes here.
        enter = MethodType(_enter, session.state)
        loader.remove_callback(enter).on_load(enter)


def _enter(state: LoadState, name: str, module: ModuleType) -> None:
    parent, _, stem = name.rpartition(".")
    namespace = state.catalog.namespace(parent)
    if namespace is None:
        return
    for attribute, its_stem in namespace.aliases.items():
        if its_stem == stem and attribute in module.__dict__:
            alias = join_name(parent, attribute)
            sys.modules[alias] = module
            state.aliases.setdefault(name, set()).add(alias)


loaders.hosts.append(_take_charge_of)
