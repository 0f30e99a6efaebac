"""A library's own ``__init__.py`` sets its autoloading up: `AutoLoader.for_package`.

When it runs, its package is a module already, made by whoever found it. So that module is not ours to find and not ours to take away;
it is lent the type of our packages, by which missing attributes are children, for as long as the loader is set up.
"""

from __future__ import annotations

import os
import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING

from pyautoload_wasm._base.arguments import StrPath, absolute_path
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._base.kinds import is_module
from pyautoload_wasm._imports.packages import UNSETTLED, Package, adopted
from pyautoload_wasm._imports.state import LoadState
from pyautoload_wasm.errors import AutoloadWarning, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator


def package_of(file: StrPath) -> tuple[str, ModuleType]:
    """The path of a package's ``__init__.py``, and the package.

    Raises ConfigurationError for another file, and for a package that is not being imported.
    """
    path = absolute_path(file, "for_package()")
    if os.path.basename(path) != "__init__.py":
        raise ConfigurationError(
            f"for_package(): {path} is no __init__.py: call it in a package's own __init__.py, as for_package(__file__); for a "
            "project without one, call AutoLoader(base_path, top_level)"
        )
    for name, module in list(sys.modules.items()):
        namespace = module.__dict__ if is_module(module) else {}
        its_file = namespace.get("__file__")
        if isinstance(its_file, str) and namespace.get("__name__") == name and os.path.abspath(its_file) == path:
            return path, module
    raise ConfigurationError(
        f"for_package(): {path} belongs to no package that is being imported: call it in the package's own __init__.py, as "
        "for_package(__file__)"
    )


def adopt(package: ModuleType, state: LoadState) -> None:
    """Lets a package that somebody else has made find its children as attributes."""
    if type(package) is ModuleType:
        package.__class__ = UNSETTLED
    adopted[package.__name__] = state
    state.catalog.adopted.add(package.__name__)


def release(package: ModuleType, state: LoadState, *, keeps_children: bool = False) -> None:
    """Gives a package back as it was; without the attributes that came from its children, unless those stay."""
    name = package.__name__
    if adopted.get(name) is not state:
        return
    del adopted[name]
    for attr, value in [] if keeps_children else list(package.__dict__.items()):
        if is_module(value) and value.__name__ == f"{name}.{attr}" and state.catalog.owns(value.__name__):
            del package.__dict__[attr]
    if isinstance(package, Package) and not hasattr(package.__spec__ and package.__spec__.loader, "state"):
        package.__class__ = ModuleType  # type: ignore[assignment]


def warn_of_extra_files(package: ModuleType, engine: Engine) -> None:
    """Warns of what a library's author probably does not mean to be part of the package: files that cannot be imported, and folders
    of modules without an ``__init__.py``, which setuptools leaves out of the wheel.
    """
    for message in _extra_files(package.__name__, engine):
        warnings.warn_explicit(message, AutoloadWarning, str(package.__file__), 1, package.__name__)


def _extra_files(name: str, engine: Engine) -> Iterator[str]:
    ways_out = "or pass warn_on_extra_files=False to for_package()"
    for problem in engine.ask("problems"):
        yield f"{problem['message']}; {ways_out}"
    for path, module in engine.ask("expected_names").items():
        if module.startswith(f"{name}.") and not path.endswith(".py"):
            yield (
                f"{path} has modules and no __init__.py, so it is the namespace '{module}', and setuptools' find_packages() leaves "
                f"it out of a wheel: add an __init__.py, ignore the folder, {ways_out}"
            )
