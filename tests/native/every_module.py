"""Imports every module of a package by one finder, and prints what has become of each, as JSON: see test_every_module.py.

    python every_module.py stock|ours PACKAGE FOLDER...

The first folder holds the package, the others what it needs.
"""

import importlib
import json
import pkgutil
import sys
import types
import warnings
from pathlib import Path


def facts(module: types.ModuleType) -> dict[str, object]:
    """What CPython's finder says of a module, and the names that its body has made."""
    spec = module.__spec__
    return {
        **{name: str(getattr(module, name, None)) for name in ("__name__", "__file__", "__package__", "__cached__")},
        "__path__": list(getattr(module, "__path__", [])),
        "spec": (spec.name, spec.origin, list(spec.submodule_search_locations or ()), spec.cached, spec.has_location),
        "names": sorted(name for name in vars(module) if name != "__builtins__"),
    }


def module_names(base: Path, package: str) -> list[str]:
    """The names of all modules of a package by its files; of programs only those that are no `__main__`."""
    names = [package]
    for _, name, is_package in pkgutil.iter_modules([str(base)], f"{package}."):
        if name.endswith(".__main__"):
            continue
        names += module_names(base / name.rpartition(".")[2], name) if is_package else [name]
    return names


def main() -> None:
    """Does it."""
    finder, package, home, *needed = sys.argv[1:]
    names = module_names(Path(home, package), package)
    sys.dont_write_bytecode = True
    sys.path += needed
    sys.argv = ["a program"]
    if finder == "stock":
        sys.path.insert(0, home)
    else:
        from pyautoload_wasm import AutoLoader

        AutoLoader(Path(home, package), package).setup()
    found: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            try:
                importlib.import_module(name)
            except (Exception, SystemExit) as error:
                found[name] = f"{type(error).__name__}: {error}"
    found |= {name: facts(sys.modules[name]) for name in names if name not in found}
    sys.__stdout__.write(f"\n{json.dumps(found)}")


main()
