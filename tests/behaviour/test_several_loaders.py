"""Several loaders: side by side, in one namespace, in one folder's neighbourhood; and how one leaves."""

import importlib
import sys

import pytest
from pyautoload_wasm import AutoLoader, ConflictError


def test_independent_and_dependent_loaders(write, run):
    folder = write(
        {
            "one/a.py": "import two_\nclass A:\n    b = two_.B\n",
            "one/c.py": "class C: pass\n",
            "two/b.py": "import one_\nclass B:\n    c = one_.C\n",
        }
    )
    with AutoLoader(folder / "one", "one_"), AutoLoader(folder / "two", "two_"):
        assert run("import one_")["one_"].A.b.c.__module__ == "one_.c"


@pytest.mark.smoke
def test_a_namespace_that_two_loaders_share(write, run):
    folder = write({"one/m/x.py": "class X: pass\n", "two/m/y.py": "class Y: pass\n"})
    with AutoLoader(folder / "one", "shared_") as first, AutoLoader(folder / "two", "shared_") as second:
        m = run("from shared_ import m")["m"]
        assert (m.X.__module__, m.Y.__module__) == ("shared_.m.x", "shared_.m.y")
        assert run("from shared_.m import Y, y")["y"] is sys.modules["shared_.m.y"]
        assert (sorted(first.registry), sorted(second.registry)) == (
            ["shared_", "shared_.m", "shared_.m.x"],
            ["shared_", "shared_.m", "shared_.m.y"],
        )
        second.teardown()
        assert "shared_.m.x" in sys.modules
        assert not hasattr(m, "y")


def test_a_body_of_one_loader_and_children_of_another(write, run):
    folder = write({"one/m/__init__.py": "x = 1\n", "two/m/y.py": "class Y: pass\n"})
    with AutoLoader(folder / "one", "shared_"), AutoLoader(folder / "two", "shared_"):
        m = run("import shared_.m.y")["shared_"].m
        assert (getattr(m, "x", None), m.Y.__module__) == (1, "shared_.m.y")


@pytest.mark.smoke
def test_of_two_loaders_the_first_has_a_name(write):
    folder = write({"one/x.py": "where = 1\n", "two/x.py": "raise RuntimeError\n", "two/y.py": ""})
    with AutoLoader(folder / "one", "both_"), AutoLoader(folder / "two", "both_") as second:
        assert importlib.import_module("both_.x").where == 1
        assert second.shadowed() == [(f"{folder}/two/x.py", "both_.x", f"{folder}/one/x.py")]
        assert second.eager_load().failed == {}


@pytest.mark.smoke
def test_what_one_ignores_another_may_have(write):
    folder = write({"app/a.py": "", "app/plug/b.py": "", "app/plug_more/c.py": ""})
    with AutoLoader(folder / "app", "app").ignore("plug"):
        with AutoLoader(folder / "app/plug", "plug"):
            assert importlib.import_module("plug.b")
            assert importlib.import_module("app.plug_more.c")
        with pytest.raises(ConflictError):
            AutoLoader(folder / "app/plug_more", "more").setup()
    with AutoLoader(folder / "app/plug", "plug"), AutoLoader(folder / "app", "app").ignore("pl?g"):
        assert importlib.import_module("plug.b")
        assert importlib.import_module("app.a")


def test_what_is_named_like_a_root_is_no_conflict(write):
    folder = write({"app/a.py": "", "app2/b.py": ""})
    with AutoLoader(folder / "app", "app"), AutoLoader(folder / "app2", "app2"):
        assert importlib.import_module("app2.b")


def test_a_refused_loader_can_be_used_once_the_way_is_free(write):
    folder = write({"app/a.py": "", "app/plug/b.py": ""})
    outer, inner = AutoLoader(folder / "app", "app"), AutoLoader(folder / "app/plug", "plug")
    with inner:
        finders = list(sys.meta_path)
        with pytest.raises(ConflictError):
            outer.setup()
        assert sys.meta_path == finders
        with outer.ignore("plug"):
            assert sorted(outer.registry) == ["app", "app.a"]


# Leaving


@pytest.mark.smoke
def test_an_unregistered_loader_leaves_what_is_loaded_and_autoloads_no_more(write, run):
    folder = write({"app/user.py": "class User: pass\n", "app/order.py": "class Order: pass\n", "app/m/x.py": ""})
    finders = list(sys.meta_path)
    loader = AutoLoader(folder / "app", "app").setup()
    app = run("import app.user, app.m")["app"]
    user = app.User
    loader.unregister()
    assert sys.meta_path == finders
    assert AutoLoader.loaders() == ()
    assert sys.modules["app"] is app
    assert (app.User, app.user) == (user, sys.modules["app.user"])
    assert not hasattr(app, "Order")
    # The packages have a real path, so Python's own finder goes on.
    assert importlib.import_module("app.order").Order.__module__ == "app.order"
    loader.unregister()


def test_the_place_of_an_unregistered_loader_is_free(write):
    folder = write({"app/user.py": ""})
    AutoLoader(folder / "app", "app").setup().unregister()
    with AutoLoader(folder / "app", "other_"):
        assert importlib.import_module("other_.user")


def test_a_with_statement_tears_down_though_an_error_happens(write):
    loader = AutoLoader(write({"app/user.py": ""}) / "app", "app")
    with pytest.raises(ZeroDivisionError), loader:
        assert AutoLoader.loaders() == (loader,)
        _ = 1 / 0
    assert AutoLoader.loaders() == ()


def test_a_package_that_outlives_its_loader_is_a_plain_one(write, run):
    loader = AutoLoader(write({"app/user.py": "class User: pass\n"}) / "app", "app").setup()
    app = run("import app")["app"]
    loader.teardown()
    with pytest.raises(AttributeError):
        _ = app.User
    assert "app.user" not in sys.modules
