"""Modules imported through us equal those of CPython's own finder on the same tree, over whole packages that nobody here wrote."""

import importlib
import importlib.util
import os
import pathlib
import shutil
import sys
import warnings

import pytest

from pyautoload_wasm import AutoLoader

ATTRIBUTES = ("__name__", "__file__", "__package__", "__cached__")
MISSING = "<missing>"


def facts(module):
    """What CPython's finder says of a module, as plain data."""
    spec = module.__spec__
    search = spec.submodule_search_locations
    return {
        **{name: module.__dict__.get(name, MISSING) for name in ATTRIBUTES},
        "__path__": list(module.__path__) if hasattr(module, "__path__") else MISSING,
        "__spec__": (spec.name, spec.origin, None if search is None else list(search), spec.cached, spec.has_location),
        "__doc__": module.__doc__,
        "names": sorted(name for name in vars(module) if name != "__builtins__"),
    }


def difference(stock, ours):
    """Where the facts of one module differ, for the reader of a failed test."""
    if isinstance(stock, tuple) or isinstance(ours, tuple):
        return stock, ours
    return {key: (stock[key], ours[key]) for key in stock if stock[key] != ours[key]}


def import_all(names):
    """The facts of each module, or the type of what it raised; then the modules are removed again."""
    found = {}
    before = dict(sys.modules)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            try:
                importlib.import_module(name)
            # The tests inside the packages use pytest, whose outcomes are no Exceptions.
            except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:
                found[name] = (type(error).__name__, str(error))
        for name in names:
            if name not in found:
                found[name] = facts(sys.modules[name])
    for name in set(sys.modules) - set(before):
        del sys.modules[name]
    return found


@pytest.fixture
def tree(tmp_path):
    """A copy of a real package, in a folder that is not on sys.path."""

    def tree(package):
        folder = os.environ.get("PYAUTOLOAD_TREES") or pathlib.Path(importlib.util.find_spec(package).origin).parent.parent
        return shutil.copytree(f"{folder}/{package}", tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))

    return tree


@pytest.fixture
def no_rewriting():
    """Takes out pytest's own finder, which would rewrite the packages' tests when the stock finder brings them in."""
    finders = list(sys.meta_path)
    sys.meta_path[:] = [finder for finder in finders if type(finder).__name__ != "AssertionRewritingHook"]
    yield
    sys.meta_path[:] = finders


@pytest.mark.usefixtures("no_rewriting")
@pytest.mark.parametrize(("package", "at_least"), [("networkx", 550), ("rich", 80)])
def test_all_modules_of_a_real_package_are_as_cpython_makes_them(tree, package, at_least):
    base = tree(package)
    (base / "extra").mkdir()
    (base / "extra" / "in_a_namespace.py").write_text("x = 1\n")
    with AutoLoader(base, package) as loader:
        names = [name for name in loader.registry if not name.endswith("__main__")]
    assert len(names) >= at_least
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]

    sys.path.insert(0, str(base.parent))
    importlib.invalidate_caches()
    stock = import_all(names)
    sys.path.remove(str(base.parent))
    assert str(base.parent) not in sys.path

    with AutoLoader(base, package):
        ours = import_all(names)

    assert stock[package]["__file__"] == str(base / "__init__.py")
    assert isinstance(stock[f"{package}.extra"], dict)
    different = {name: difference(stock[name], ours[name]) for name in names if stock[name] != ours[name]}
    assert different == {}
    failed = [name for name in names if isinstance(stock[name], tuple)]
    print(f"{package}: {len(names)} modules equal, {len(failed)} of them in that they fail")
