"""Callbacks at set-up, load and unload: when, in which order, with what."""

import importlib
import sys

import pytest
from pyautoload_wasm import (
    AutoLoader,
    ConfigurationError,
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
