"""What reloading means for rules, packages, inflectors, logs and bare names."""

import importlib
import sys

import pytest
from pyautoload_wasm import (
    AutoLoader,
    AutoloadError,
    ReloadingDisabledError,
    SetupRequiredError,
    null_inflector,
)

FILES = {
    "user.py": "class User: pass\n",
    "m/tag.py": "class Tag: pass\n",
    "hotel.py": "x = 1\n",
    "hotel/room.py": "class Room: pass\n",
}


def changed(write, name, source):
    """Writes a file with other content than before."""
    write({f"app/{name}": source})


def test_reloading_has_preconditions(write, autoload):
    loader = AutoLoader(write({"app/user.py": ""}) / "app", "app")
    with pytest.raises(ReloadingDisabledError, match=r"^reload\(\) needs reloading: call enable_reloading\(\) first$"):
        loader.reload()
    with pytest.raises(SetupRequiredError):
        loader.enable_reloading().reload()
    loader.enable_reloading().setup()
    try:
        assert not loader.enable_reloading().reload()
    finally:
        loader.teardown()


@pytest.mark.smoke
@pytest.mark.parametrize("top_level", ["app", None])
def test_what_has_changed_is_new_what_is_gone_is_gone_what_came_is_there(autoload, run, write, top_level):
    files = {"first_.py": "x = 1\n", "space_/second.py": "y = 1\n", "third_.py": "z = 1\n"}
    loader = autoload(files, top_level=top_level).enable_reloading()
    prefix = f"{top_level}." if top_level else ""
    modules = [importlib.import_module(f"{prefix}{name}") for name in ("first_", "space_.second", "third_")]
    write({"app/first_.py": "x = 22\n", "app/space_/second.py": "y = 22\n", "app/fourth_.py": "f = 4\n"})
    (write({}) / "app/third_.py").unlink()
    report = loader.reload()
    assert sorted(report.reloaded) == [f"{prefix}first_", f"{prefix}space_.second"]
    assert importlib.import_module(f"{prefix}first_").x == importlib.import_module(f"{prefix}space_.second").y == 22
    assert importlib.import_module(f"{prefix}fourth_").f == 4
    with pytest.raises(ImportError):
        importlib.import_module(f"{prefix}third_")
    assert modules[0].x == 1


def test_eager_loading_after_a_reload_loads_what_is_new(autoload, write):
    loader = autoload(FILES).enable_reloading()
    loader.eager_load()
    write({"app/new.py": "", "app/m/new.py": ""})
    loader.reload()
    assert loader.eager_load().failed == {}
    assert {"app.new", "app.m.new"} <= set(sys.modules)
    root = loader.roots[0].path
    changed(write, "m/new.py", "x = 2\n")
    loader.reload()
    assert loader.eager_load_dir(f"{root}/m").loaded == ["app.m", "app.m.new", "app.m.tag"]
    assert loader.load_file(f"{root}/m/new.py").x == 2


def test_ignored_and_collapsed_globs_are_read_again_by_a_reload(autoload, write):
    loader = autoload(
        {"a/actions/x.py": "", "test_a.py": ""}, lambda loader: loader.collapse("*/actions").ignore("test_*.py")
    ).enable_reloading()
    write({"app/b/actions/y.py": "", "app/test_b.py": ""})
    loader.reload()
    assert sorted(loader.registry) == ["app", "app.a", "app.a.x", "app.b", "app.b.y"]


def test_a_folder_becomes_and_ceases_to_be_a_namespace(autoload, write):
    loader = autoload({"m/tag.py": "", "data/x.csv": ""}).enable_reloading()
    write({"app/data/read.py": ""})
    (write({}) / "app/m/tag.py").unlink()
    loader.reload()
    assert sorted(loader.registry) == ["app", "app.data", "app.data.read"]


def test_a_folder_that_is_not_to_be_reloaded_keeps_all_that_is_in_it(autoload, run, write):
    loader = autoload(FILES, lambda loader: loader.do_not_reload("m")).enable_reloading()
    tag = run("import app.m.tag")["app"].m.tag
    changed(write, "m/tag.py", "class Tag: x = 2\n")
    assert not loader.reload().reloaded
    assert sys.modules["app.m.tag"] is tag


def test_a_root_that_was_deleted_is_an_error_and_the_loader_goes_on(write):
    folder = write({"one/a.py": "x = 1\n", "two/b.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app").enable_reloading() as loader:
        importlib.import_module("app.a")
        (folder / "two/b.py").unlink()
        (folder / "two").rmdir()
        with pytest.raises(AutoloadError, match=f"the root {folder}/two cannot be read"):
            loader.reload()
        write({"one/a.py": "x = 22\n", "two/b.py": "y = 2\n"})
        loader.reload()
        assert importlib.import_module("app.a").x == 22
        assert importlib.import_module("app.b").y == 2


@pytest.mark.parametrize("callback", [False, True])
def test_a_reload_recovers_from_a_file_that_did_not_comply(autoload, run, write, callback):
    loader = autoload({"user.py": "class Person: pass\n"}, strict=True).enable_reloading()
    if callback:
        loader.on_unload(lambda name, module: None)
    with pytest.raises(ImportError, match="expected to define 'User'"):
        run("from app import User")
    changed(write, "user.py", "class User: pass\n")
    loader.reload()
    assert run("from app import User")["User"]


def test_another_project_s_package_is_not_reloaded(write, run):
    folder = write({"site/theirs/__init__.py": "", "ours/mine.py": "class Mine: x = 1\n"})
    sys.path.append(str(folder / "site"))
    importlib.invalidate_caches()
    with AutoLoader(folder / "ours", "theirs.ours").enable_reloading() as loader:
        theirs = run("import theirs.ours.mine")["theirs"]
        write({"ours/mine.py": "class Mine: x = 22\n"})
        assert list(loader.reload().reloaded) == ["theirs.ours.mine"]
        assert sys.modules["theirs"] is theirs
        assert theirs.ours.Mine.x == 22


def test_a_loader_reloads_its_own_alone(write):
    folder = write({"one/a.py": "x = 1\n", "two/b.py": "y = 1\n"})
    with AutoLoader(folder / "one", "one_").enable_reloading() as first, AutoLoader(folder / "two", "two_"):
        b = importlib.import_module("two_.b")
        importlib.import_module("one_.a")
        write({"one/a.py": "x = 22\n", "two/b.py": "y = 22\n"})
        assert list(first.reload().reloaded) == ["one_.a"]
        assert sys.modules["two_.b"] is b


def test_what_a_module_calls_itself_does_not_matter(autoload, run, write):
    loader = autoload({"user.py": "__name__ = 'other'\nclass User: x = 1\n"}).enable_reloading()
    run("import app.user")
    changed(write, "user.py", "__name__ = 'other'\nclass User: x = 22\n")
    assert list(loader.reload().reloaded) == ["app.user"]
    assert run("from app import User")["User"].x == 22


@pytest.mark.smoke
def test_after_a_reload_an_implicit_name_means_the_new_object(autoload, run, write):
    loader = autoload(
        {"user.py": "class User: x = 1\n", "asks.py": "def get():\n    return User.x\n", "note.txt": ""},
        lambda loader: loader.implicit_names().enable_reloading(),
    )
    namespace = {"__name__": "__main__"}
    loader.implicit_names(namespace)
    exec("def f():\n    return User.x", namespace)
    asks = run("from app import asks")["asks"]
    get = asks.get
    assert (get(), namespace["f"]()) == (1, 1)
    changed(write, "user.py", "class User: x = 22\n")
    assert "app.user" in loader.reload().reloaded
    assert (get(), sys.modules["app.asks"].get(), namespace["f"]()) == (22, 22, 22)
    assert eval("User.x", namespace) == 22
    (write({}) / "app/user.py").unlink()
    loader.reload()
    with pytest.raises(NameError, match="name 'User' is not defined"):
        get()


def test_who_has_looked_for_a_bare_name_in_vain_is_reloaded_when_it_comes(autoload, run, write):
    source = "try:\n    found = User\nexcept NameError:\n    found = None\n"
    loader = autoload({"asks.py": source}, lambda loader: loader.implicit_names().enable_reloading())
    assert run("import app.asks")["app"].asks.found is None
    write({"app/user.py": "class User: pass\n"})
    loader.notify(f"{loader.roots[0].path}/user.py")
    assert list(loader.flush().reloaded) == ["app.asks"]
    assert sys.modules["app.asks"].found.__module__ == "app.user"


def test_a_reload_asks_the_user_s_inflector_about_new_files(autoload, run, write):
    def configure(loader):
        loader.inflector = lambda stem, path: f"The{stem.title()}"
        return loader.enable_reloading()

    loader = autoload({"user.py": "class TheUser: pass\n"}, configure)
    run("from app import TheUser")
    write({"app/order.py": "class TheOrder: pass\n", "app/user.py": "class TheUser: x = 2\n"})
    loader.reload()
    assert loader.registry["app.order"].attribute == "TheOrder"
    assert run("from app import TheOrder, TheUser")["TheUser"].x == 2


def test_a_reload_says_what_it_unloads_and_loads(autoload, run, write):
    written = []
    loader = autoload(FILES, lambda loader: loader.log(written.append).enable_reloading())
    run("import app.user")
    written.clear()
    changed(write, "user.py", "class User: x = 2\n")
    loader.reload()
    root = loader.roots[0].path
    assert written[-2:] == ["AutoLoader@app: app.user unloaded", f"AutoLoader@app: app.user loaded from {root}/user.py"]


def test_a_library_s_children_are_reloaded(write, run):
    init = (
        "from pyautoload_wasm import AutoLoader\nloader = AutoLoader.for_package(__file__).enable_reloading().setup()\n"
    )
    folder = write({"site/mylib/__init__.py": init, "site/mylib/user.py": "class User: x = 1\n"})
    sys.path.append(str(folder / "site"))
    importlib.invalidate_caches()
    mylib = run("import mylib")["mylib"]
    try:
        assert mylib.User.x == 1
        write({"site/mylib/user.py": "class User: x = 22\n"})
        assert list(mylib.loader.reload().reloaded) == ["mylib.user"]
        assert mylib.User.x == 22
    finally:
        mylib.loader.teardown()


def test_the_null_inflector_survives_a_reload(autoload, run, write):
    def configure(loader):
        loader.inflector = null_inflector
        return loader.enable_reloading()

    loader = autoload({"User.py": "class User: x = 1\n"}, configure, strict=True)
    run("import app.User")
    changed(write, "User.py", "class User: x = 22\n")
    loader.reload()
    assert run("from app.User import User")["User"].x == 22
