"""A loader is a guest: it costs foreign imports nothing, and leaves nothing behind."""

import importlib
import sys
from importlib.abc import MetaPathFinder

import pytest
from pyautoload_wasm import AutoLoader, engine_info

FILES = {"app/models/user.py": "class User: pass\n", "app/pkg/__init__.py": "x = 1\n"}


@pytest.mark.smoke
def test_teardown_leaves_the_import_system_as_it_was_found(write):
    base = write(FILES) / "app"
    modules, finders = dict(sys.modules), list(sys.meta_path)
    with AutoLoader(base, "app"):
        import app.models.User
        import app.pkg

        assert app.models.User
        assert app.pkg.x == 1
    assert dict(sys.modules) == modules
    assert sys.meta_path == finders
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("app")


def test_a_loader_can_be_set_up_again(write):
    loader = AutoLoader(write(FILES) / "app", "app")
    for _ in range(3):
        with loader:
            import app

            assert app.models.User.__module__ == "app.models.user"
            assert loader.registry["app.models.user"].loaded
        assert loader.teardown() is loader


def test_modules_of_others_keep_their_identity_and_lose_our_attributes(write):
    package = type(sys)("host")
    package.__path__ = []
    sys.modules["host"] = package
    with AutoLoader(write(FILES) / "app/models", "host.plugins"):
        import host.plugins.user

        assert host.plugins.user.User
    assert sys.modules["host"] is package
    assert not hasattr(package, "plugins")


def test_a_finder_stands_first_and_another_last(autoload):
    finders = list(sys.meta_path)
    autoload({"a.py": ""})
    assert isinstance(sys.meta_path[0], MetaPathFinder)
    assert isinstance(sys.meta_path[-1], MetaPathFinder)
    assert sys.meta_path[1:-1] == finders


def test_foreign_modules_are_found_by_who_found_them_before(autoload):
    before = {name: importlib.util.find_spec(name) for name in ("json", "email.mime.text", "no_such_module")}
    autoload({"a.py": ""})
    for name, spec in before.items():
        found = importlib.util.find_spec(name)
        assert (found and found.origin) == (spec and spec.origin)


def test_several_loaders_live_side_by_side(write):
    folder = write({"one/user.py": "class User: pass\n", "two/user.py": "class User: pass\n"})
    with AutoLoader(folder / "one", "one_") as first, AutoLoader(folder / "two", "two_") as second:
        import one_
        import two_

        assert one_.User is not two_.User
        assert set(first.registry) & set(second.registry) == set()
        first.teardown()
        assert "one_" not in sys.modules
        assert sys.modules["two_"] is two_


def test_the_engine_says_which_it_is():
    assert engine_info()["door"] in ("extension", "javascript")


# Callbacks


@pytest.fixture
def calls():
    return []


def counting(loader, calls):
    """Notes each `on_unload`, and whether the module is there."""
    loader.on_unload(lambda name, module: calls.append((name, sys.modules.get(name) is module)))
    return loader


@pytest.mark.smoke
def test_on_unload_is_called_for_each_module_importers_first_while_all_are_there(write, calls):
    base = (
        write({"app/base.py": "", "app/plugin.py": "import app.base\n", "app/m/user.py": "class User: pass\n"}) / "app"
    )
    with counting(AutoLoader(base, "app"), calls):
        importlib.import_module("app.m.User")
        importlib.import_module("app.plugin")
    assert calls == [(name, True) for name in ("app.plugin", "app.base", "app.m.user", "app.m", "app")]


def test_on_unload_may_still_autoload(write, calls):
    base = write({"app/plugin.py": "", "app/farewell.py": "TEXT = 'bye'\n"}) / "app"
    loader = counting(AutoLoader(base, "app"), calls)
    said = []
    loader.on_unload("app.plugin")(lambda name, module: said.append(importlib.import_module("app").farewell.TEXT))
    with loader:
        importlib.import_module("app.plugin")
    assert said == ["bye"]
    assert [name for name, _ in calls] == ["app.plugin", "app", "app.farewell"]
    assert not [name for name in sys.modules if name.startswith("app")]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_callback_that_raises_ends_no_teardown(write, error):
    finders = list(sys.meta_path)
    loader = AutoLoader(write({"app/a.py": "", "app/b.py": ""}) / "app", "app")

    @loader.on_unload("app.b")
    def refuse(name, module):
        raise error

    loader.setup()
    importlib.import_module("app.a")
    importlib.import_module("app.b")
    if error is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            loader.teardown()
    else:
        loader.teardown()
    assert sys.meta_path == finders
    assert not [name for name in sys.modules if name.startswith("app")]
    assert loader.teardown().setup().teardown() is loader


def test_an_unregistered_loader_unloads_nothing(write, calls):
    loader = counting(AutoLoader(write({"app/a.py": ""}) / "app", "app"), calls).setup()
    importlib.import_module("app.a")
    loader.unregister()
    assert calls == []


# Namespaces that loaders share


@pytest.mark.smoke
@pytest.mark.parametrize("leaves", ["first", "second"])
def test_what_another_loader_has_in_a_shared_namespace_stays(write, calls, leaves):
    files = {
        "one/a.py": "class A: pass\n",
        "two/b.py": "ORDERS = []\nclass B: pass\n",
        "one/m/c.py": "",
        "two/m/d.py": "",
    }
    folder = write(files)
    loaders = {"first": AutoLoader(folder / "one", "lab"), "second": AutoLoader(folder / "two", "lab")}
    with loaders["first"], loaders["second"]:
        import lab
        import lab.m.c
        import lab.m.d

        assert (lab.A.__module__, lab.B.__module__) == ("lab.a", "lab.b")
        own, others = (("a", "c"), ("b", "d")) if leaves == "first" else (("b", "d"), ("a", "c"))
        kept = [sys.modules[name] for name in ("lab", "lab.m", f"lab.{others[0]}", f"lab.m.{others[1]}")]
        counting(loaders[leaves], calls)
        loaders[leaves].teardown()
        left = {name for name in sys.modules if name.partition(".")[0] == "lab"}
        assert left == {"lab", "lab.m", f"lab.{others[0]}", f"lab.m.{others[1]}"}
        assert [sys.modules[module.__name__] for module in kept] == kept
        assert not {own[0], own[0].upper()} & set(vars(lab))
        assert own[1] not in vars(lab.m)
        assert getattr(lab, others[0].upper()).__module__ == f"lab.{others[0]}"
        with pytest.raises(AttributeError):
            getattr(lab, own[0].upper())
        remaining = loaders["second" if leaves == "first" else "first"]
        assert {name for name, record in remaining.registry.items() if record.loaded} == left
        gone = {name for name, _ in calls}
        assert {f"lab.{own[0]}", f"lab.m.{own[1]}"} <= gone
        assert not {f"lab.{others[0]}", f"lab.m.{others[1]}"} & gone
    assert not [name for name in sys.modules if name.partition(".")[0] == "lab"]


def test_a_package_with_a_body_leaves_with_the_loader_that_ran_it(write):
    folder = write({"one/m/__init__.py": "X = 1\n", "two/m/b.py": "ORDERS = []\n"})
    with AutoLoader(folder / "one", "lab") as first, AutoLoader(folder / "two", "lab"):
        import lab.m.b

        kept = lab.m.b
        first.teardown()
        assert "lab.m" not in sys.modules
        assert importlib.import_module("lab.m.b") is kept
        assert not hasattr(importlib.import_module("lab.m"), "X")
        assert lab.m.b is kept


def test_a_namespace_below_a_package_with_a_body_leaves_with_that(write):
    """Both loaders have it, and nobody has its parent any more."""
    folder = write({"one/m/__init__.py": "", "one/m/n/a.py": "", "two/m/__init__.py": "", "two/m/n/b.py": "X = 1\n"})
    with AutoLoader(folder / "one", "lab") as first, AutoLoader(folder / "two", "lab"):
        import lab.m.n.a

        first.teardown()
        assert not [name for name in sys.modules if name.startswith("lab.m")]
        assert importlib.import_module("lab.m.n.b").X == 1
    assert not hasattr(lab, "m")
