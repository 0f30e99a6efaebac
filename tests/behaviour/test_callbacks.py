"""Callbacks at set-up, load and unload: when, in which order, with what; and what reloading means for names, rules and packages."""

import importlib
import sys

import pytest
from pyautoload_wasm import (
    AutoLoader,
    AutoloadError,
    ConfigurationError,
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


# on_setup


def test_on_setup_is_called_in_order_at_each_set_up(write):
    calls = []
    loader = AutoLoader(write({"app/user.py": ""}) / "app", "app")
    loader.on_setup(lambda: calls.append(1))
    loader.on_setup(lambda: calls.append(2))
    assert calls == []
    loader.setup().teardown().setup().teardown()
    assert calls == [1, 2, 1, 2]


def test_on_setup_is_called_at_once_where_that_is_done_and_can_autoload(autoload):
    loader = autoload(FILES)
    found = []
    loader.on_setup(lambda: found.append(importlib.import_module("app").User.__module__))
    assert found == ["app.user"]


def test_on_setup_before_set_up_can_autoload(autoload):
    found = []

    def configure(loader):
        loader.on_setup(lambda: found.append(importlib.import_module("app").m.Tag.__name__))
        return loader

    autoload(FILES, configure)
    assert found == ["Tag"]


# on_load


@pytest.mark.smoke
def test_on_load_for_one_module_comes_before_that_for_all(autoload, run):
    calls = []

    def configure(loader):
        loader.on_load(lambda name, module: calls.append(("all", name)))
        loader.on_load("app.user")(lambda name, module: calls.append(("one", name, module.User.__name__)))
        loader.on_load("app.user")(lambda name, module: calls.append(("two", name)))
        loader.on_load("app.nothing")(lambda name, module: calls.append("never"))
        return loader

    autoload(FILES, configure)
    run("import app.user")
    assert calls == [("all", "app"), ("one", "app.user", "User"), ("two", "app.user"), ("all", "app.user")]


@pytest.mark.parametrize("name", ["app.m", "app.hotel"])
def test_on_load_for_a_namespace_has_its_children(autoload, run, name):
    seen = []

    def configure(loader):
        @loader.on_load(name)
        def loaded(name, module):
            seen.append(
                (
                    name,
                    module is sys.modules[name],
                    [getattr(module, attr, None) is not None for attr in ("Tag", "Room")],
                )
            )

        return loader

    autoload(FILES, configure)
    run(f"import {name}")
    assert seen == [(name, True, [name == "app.m", name == "app.hotel"])]


def test_on_load_is_called_for_dependencies_first(autoload, run):
    calls = []

    def configure(loader):
        loader.on_load(lambda name, module: calls.append(name))
        return loader

    autoload(
        {
            "a.py": "import app.b\n",
            "b.py": "import app.c\n",
            "c.py": "",
            "hotel.py": "import app.hotel.room\n",
            "hotel/room.py": "",
        },
        configure,
    )
    run("import app.a, app.hotel")
    assert calls == ["app", "app.c", "app.b", "app.a", "app.hotel.room", "app.hotel"]


def test_on_load_may_load(autoload, run):
    calls = []

    def configure(loader):
        @loader.on_load("app.user")
        def loaded(name, module):
            importlib.import_module("app.m.tag")
            calls.append(name)

        loader.on_load("app.m")(lambda name, module: calls.append(name))
        return loader

    autoload(FILES, configure)
    run("import app.user")
    assert calls == ["app.m", "app.user"]


def test_on_load_is_not_called_for_what_was_loaded_before_or_failed(autoload, run):
    calls = []
    loader = autoload({"user.py": "", "bad.py": "1 / 0\n", "late.py": ""})
    run("import app.user")
    loader.on_load(lambda name, module: calls.append(name))
    run("import app.user")
    with pytest.raises(ZeroDivisionError):
        run("import app.bad")
    run("import app.late")
    assert calls == ["app.late"]


@pytest.mark.smoke
def test_on_load_survives_reloads(autoload, run, write):
    calls = []
    loader = autoload(FILES).enable_reloading()
    loader.on_load("app.user")(lambda name, module: calls.append(module))
    run("import app.user")
    changed(write, "user.py", "class User: x = 2\n")
    loader.reload()
    assert len(calls) == 2
    assert calls[1] is sys.modules["app.user"] is not calls[0]


@pytest.mark.parametrize("event", ["on_load", "on_unload", "on_setup", "on_reload"])
@pytest.mark.parametrize("wrong", [3, object(), b"app"])
def test_what_is_neither_a_name_nor_a_function_is_refused(autoload, event, wrong):
    loader = autoload(FILES)
    with pytest.raises(ConfigurationError):
        getattr(loader, event)(wrong)
    if event in ("on_load", "on_unload"):
        with pytest.raises(ConfigurationError, match=rf"^{event}\(.*\): expected a function$"):
            getattr(loader, event)("app.user")(wrong)


# on_unload


@pytest.mark.smoke
def test_on_unload_is_called_before_with_what_goes(autoload, run, write):
    calls = []
    loader = autoload(FILES).enable_reloading()
    loader.on_unload(lambda name, module: calls.append(("all", name)))
    loader.on_unload("app.user")(
        lambda name, module: calls.append(("one", name, sys.modules[name] is module, module.User.__name__))
    )
    loader.on_unload("app.user")(lambda name, module: calls.append(("two", name)))
    loader.on_unload("app.m.tag")(lambda name, module: calls.append("never"))
    run("import app.user, app.m.tag")
    changed(write, "user.py", "class User: x = 2\n")
    loader.reload()
    assert calls == [("one", "app.user", True, "User"), ("two", "app.user"), ("all", "app.user")]


def test_on_unload_does_not_mind_what_is_gone_or_has_failed(autoload, run, write):
    calls = []
    loader = autoload({"user.py": "", "order.py": "1 / 0\n"}).enable_reloading()
    loader.on_unload(lambda name, module: calls.append(name))
    run("import app.user")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            run("import app.order")
    del sys.modules["app.user"]
    changed(write, "user.py", "x = 2\n")
    changed(write, "order.py", "x = 3\n")
    loader.reload()
    assert calls == []
    assert run("import app.user, app.order")["app"].order.x == 3


def test_a_callback_that_raises_breaks_nothing_and_is_reported(autoload, run, write):
    loader = autoload(FILES).enable_reloading()

    @loader.on_unload("app.user")
    def bad(name, module):
        raise RuntimeError(name)

    run("import app.user")
    changed(write, "user.py", "class User: x = 2\n")
    report = loader.reload()
    assert list(report.reloaded) == ["app.user"]
    assert [error.callback.partition(":")[0] for error in report.errors] == ["on_unload('app.user')"]


# Reloading and unloading


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
