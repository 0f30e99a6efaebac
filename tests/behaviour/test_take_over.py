"""Modules that were imported before the set-up, and whose files lie in a root."""

import importlib
import logging
import os
import sys
import types

import pytest
from pyautoload_wasm import AutoLoader

PROJECT = {
    "proj/__init__.py": "",
    "proj/user.py": "class User:\n    v = 1\n",
    "proj/app.py": "from proj.user import User\n",
    "proj/m/item.py": "X = 1\n",
}


@pytest.fixture
def imported(write):
    """Writes files where Python finds them, and imports modules. Returns the folder."""

    def imported(files, *names):
        folder = write(files)
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        for name in names:
            __import__(name)
        return folder

    yield imported
    for loader in AutoLoader.loaders():
        loader.teardown()


def warnings_in(caplog):
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.smoke
def test_their_edits_are_reloaded_with_their_importers(imported, write):
    folder = imported(PROJECT, "proj.app", "proj.m.item")
    app, proj = sys.modules["proj.app"], sys.modules["proj"]
    loader = AutoLoader(folder / "proj", "proj").enable_reloading(watch=False).setup()
    assert sys.modules["proj.app"] is app
    assert sys.modules["proj"] is proj
    assert all(loader.registry[name].loaded for name in ("proj", "proj.user", "proj.app", "proj.m", "proj.m.item"))
    write({"proj/user.py": "class User:\n    v = 22\n"})
    assert list(loader.reload().reloaded) == ["proj.user", "proj.app"]
    assert sys.modules["proj.app"].User.v == 22
    assert proj.app is sys.modules["proj.app"]


@pytest.mark.smoke
def test_their_packages_autoload(imported):
    folder = imported(PROJECT, "proj.m")
    proj, m = sys.modules["proj"], sys.modules["proj.m"]
    loader = AutoLoader(folder / "proj", "proj").setup()
    assert proj.User.v == 1
    assert m.item.X == 1
    assert proj.m is m
    assert (proj.__spec__.name, proj.__file__) == ("proj", f"{folder}/proj/__init__.py")
    loader.teardown()


def test_what_other_code_imports_is_what_was_there(imported, run):
    folder = imported(PROJECT, "proj.user")
    user = sys.modules["proj.user"].User
    with AutoLoader(folder / "proj", "proj"):
        assert run("from proj import User")["User"] is user
        assert run("import proj.app")["proj"].app.User is user


@pytest.mark.smoke
def test_they_are_as_they_were_after_a_teardown(imported):
    folder = imported(PROJECT, "proj.app", "proj.m.item")
    modules = {name: module for name, module in sys.modules.items() if name.startswith("proj")}
    before = {
        name: (type(module), module.__spec__, module.__loader__, getattr(module, "__path__", None))
        for name, module in modules.items()
    }
    gone = []
    loader = AutoLoader(folder / "proj", "proj").setup()
    loader.on_unload(lambda name, module: gone.append(name))
    loader.teardown()
    for name, module in modules.items():
        assert sys.modules[name] is module
        assert (type(module), module.__spec__, module.__loader__, getattr(module, "__path__", None)) == before[name]
    assert gone == []
    assert not hasattr(modules["proj"], "User")
    assert importlib.reload(modules["proj.user"]) is modules["proj.user"]


def test_what_was_reloaded_stays_after_a_teardown_and_what_came_later_goes(imported, write):
    folder = imported(PROJECT, "proj.app")
    loader = AutoLoader(folder / "proj", "proj").enable_reloading(watch=False).setup()
    importlib.import_module("proj.m.item")
    write({"proj/user.py": "class User:\n    v = 22\n"})
    loader.reload()
    loader.teardown()
    assert sys.modules["proj.app"].User.v == 22
    assert sys.modules["proj.user"].__spec__.loader.__class__.__module__.startswith(("_frozen", "importlib"))
    assert "proj.m.item" not in sys.modules
    assert "proj.m" not in sys.modules
    assert not hasattr(sys.modules["proj"], "m")


def test_a_file_that_has_changed_since_its_import_is_reloaded(imported, write, monkeypatch):
    """Python's bytecode tells of the file that was imported."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = imported(PROJECT)
    os.utime(folder / "proj/user.py", (1e9, 1e9))
    __import__("proj.app")
    write({"proj/user.py": "class User:\n    v = 22\n"})
    loader = AutoLoader(folder / "proj", "proj").enable_reloading(watch=False).setup()
    assert sys.modules["proj.app"].User.v == 1
    assert list(loader.flush().reloaded) == ["proj.user", "proj.app"]
    assert sys.modules["proj.app"].User.v == 22


@pytest.mark.smoke
def test_a_module_of_another_name_is_left_alone_and_named(imported, caplog, write):
    folder = imported(PROJECT)
    sys.path.insert(0, str(folder / "proj"))
    importlib.import_module("user")
    importlib.import_module("m.item")
    user = sys.modules["user"]
    spec = user.__spec__
    loader = AutoLoader(folder / "proj", "proj").enable_reloading(watch=False).setup()
    assert warnings_in(caplog) == [
        f"imported before the set-up under another name, so edits of them are not reloaded: {folder}/proj/user.py as 'user', which is "
        f"'proj.user' here; {folder}/proj/m/item.py as 'm.item', which is 'proj.m.item' here. Import them by these names, or set the "
        "loader up for the names that they have"
    ]
    assert sys.modules["user"] is user
    assert user.__spec__ is spec
    assert not loader.registry["proj.user"].loaded
    write({"proj/user.py": "class User:\n    v = 22\n"})
    assert not loader.reload().reloaded


@pytest.mark.parametrize("name", ["__main__", "conftest"])
def test_what_nobody_imports_by_its_name_is_not_named(imported, caplog, name):
    folder = imported(PROJECT)
    module = types.ModuleType(name)
    module.__file__ = f"{folder}/proj/user.py"
    module.__spec__ = importlib.machinery.ModuleSpec(
        name, type("Hook", (), {"__module__": "_pytest.assertion.rewrite"})()
    )
    before = sys.modules.get(name)
    sys.modules[name] = module
    sys.path_importer_cache[f"{folder}/proj"] = None
    try:
        AutoLoader(folder / "proj", "proj").setup()
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
    assert warnings_in(caplog) == []


def test_a_file_that_is_ignored_stays_python_s(imported, caplog):
    folder = imported(PROJECT, "proj.user")
    spec = sys.modules["proj.user"].__spec__
    loader = AutoLoader(folder / "proj", "proj").ignore("user.py").setup()
    assert sys.modules["proj.user"].__spec__ is spec
    loader.teardown()
    assert warnings_in(caplog) == []


def test_a_module_that_sets_its_own_project_up(imported, write, run):
    init = "import os\nfrom pyautoload_wasm import AutoLoader\nloader = AutoLoader(os.path.dirname(__file__), __name__).setup()\n"
    imported(PROJECT | {"proj/__init__.py": init})
    proj = run("import proj")["proj"]
    assert proj.User.v == 1
    proj.loader.enable_reloading(watch=False)
    write({"proj/__init__.py": init + "X = 22\n"})
    importlib.invalidate_caches()
    AutoLoader.loaders()[0].reload()
    assert sys.modules["proj"].X == 22
    assert sys.modules["proj"].User.v == 1


def test_a_root_that_is_added_later(imported, write):
    folder = imported(PROJECT | {"lib_/tool.py": "T = 1\n"}, "lib_.tool")
    AutoLoader(folder / "proj", "proj").setup()
    loader = AutoLoader(folder / "proj", "proj").push_dir(folder / "lib_", "lib_").enable_reloading(watch=False).setup()
    write({"lib_/tool.py": "T = 22\n"})
    assert list(loader.reload().reloaded) == ["lib_.tool"]


def test_modules_of_another_loader_stay_that_one_s(write, run):
    folder = write({"one/a.py": "X = 1\n", "two/b.py": ""})
    with AutoLoader(folder / "one", "lab") as first:
        run("import lab.a")
        with AutoLoader(folder / "two", "lab"):
            run("import lab.b")
        assert first.registry["lab.a"].loaded
        assert sys.modules["lab.a"].X == 1


def test_top_level_modules_beside_a_script(imported, write):
    folder = imported({"tool_.py": "V = 1\n", "use_.py": "from tool_ import V\n"}, "use_")
    loader = AutoLoader(folder).enable_reloading(watch=False).setup()
    write({"tool_.py": "V = 22\n"})
    assert list(loader.reload().reloaded) == ["tool_", "use_"]
    assert sys.modules["use_"].V == 22


def test_a_lazy_module_is_not_executed_by_a_set_up(imported):
    folder = imported({"proj/lazy.py": "1 / 0\n", "proj/__init__.py": ""}, "proj")
    spec = importlib.util.find_spec("proj.lazy")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["proj.lazy"] = module
    spec.loader.exec_module(module)
    with AutoLoader(folder / "proj", "proj") as loader:
        assert not loader.registry["proj.lazy"].loaded
    with pytest.raises(ZeroDivisionError):
        _ = module.x
