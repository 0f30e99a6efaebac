"""Imports that no source shows are edges of the graph, whoever came first; and what a user does by hand is the truth."""

import importlib
import sys
import unittest.mock

import pytest

ASKS = {
    "import_module": "import importlib\nVALUE = importlib.import_module('app.plugins.' + NAME).VALUE\n",
    "__import__": "VALUE = __import__('app.plugins.' + NAME, fromlist=['VALUE']).VALUE\n",
    "exec": "exec('from app.plugins.' + NAME + ' import VALUE')\n",
    "resolve_name": "import pkgutil\nVALUE = pkgutil.resolve_name('app.plugins.' + NAME + ':VALUE')\n",
    "getattr": "import app.plugins\nVALUE = getattr(app.plugins, NAME).VALUE\n",
    "camelized": "import importlib\nVALUE = importlib.import_module('app.plugins.' + NAME.title()).VALUE\n",
}


@pytest.mark.smoke
@pytest.mark.parametrize("asks", ASKS)
@pytest.mark.parametrize("is_first", [True, False])
def test_who_imports_by_a_computed_name_is_reloaded_with_the_module(project, asks, is_first):
    files = {"plugins/alpha.py": "VALUE = 1\n", "manager.py": f"NAME = 'alpha'\n{ASKS[asks]}", "other.py": "X = 1\n"}
    earlier = [] if is_first else ["app.plugins.alpha"]
    shop = project(files, *earlier, "app.manager", "app.other")
    report = shop.write("plugins/alpha.py", "VALUE = 22\n").flush()
    assert list(report.reloaded) == ["app.plugins.alpha", "app.manager"]
    assert sys.modules["app.manager"].VALUE == 22


def test_a_file_that_was_written_after_the_set_up_is_observed_as_any_other(project):
    shop = project(
        {"manager.py": "def load(name):\n    import importlib\n    return importlib.import_module(name).VALUE\n"}
    )
    shop.put("late.py", "VALUE = 1\n").put("main.py", "from .manager import load\nVALUE = load('app.late')\n")
    importlib.import_module("app.main")
    report = shop.write("late.py", "VALUE = 22\n").flush()
    assert "app.main" in report.reloaded
    assert sys.modules["app.main"].VALUE == 22


def test_every_module_that_asks_by_name_is_observed_not_the_first_alone(project):
    one = "import app.models\nUser = getattr(app.models, 'Us' + 'er')\n"
    shop = project({"models/user.py": "class User: v = 1\n", "one.py": one, "two.py": one}, "app.one", "app.two")
    shop.write("models/user.py", "class User: v = 22\n").flush()
    assert (sys.modules["app.one"].User.v, sys.modules["app.two"].User.v) == (22, 22)


def test_an_import_in_a_function_that_runs_later_gets_the_new_module(project):
    shop = project(
        {
            "user.py": "VALUE = 1\n",
            "main.py": "import importlib\ndef get(name):\n    return importlib.import_module(name).VALUE\n",
        },
        "app.main",
    )
    before = sys.modules["app.main"]
    assert before.get("app.user") == 1
    shop.write("user.py", "VALUE = 22\n").flush()
    assert sys.modules["app.main"].get("app.user") == 22


# What a user does by hand


@pytest.mark.smoke
def test_a_patch_of_a_module_does_not_stay_in_its_package(project):
    project({"models/user.py": "class User: pass\n"})
    user = importlib.import_module("app.models.user")
    models = sys.modules["app.models"]
    real = user.User
    with unittest.mock.patch("app.models.user.User", "fake"):
        assert models.User == "fake"
    assert models.User is real
    with unittest.mock.patch("app.models.User", "fake"):
        assert (models.User, user.User) == ("fake", real)
    assert models.User is real


@pytest.mark.smoke
def test_a_global_that_a_module_sets_later_is_seen_through_its_package(project):
    project({"db.py": "Db = None\ndef connect():\n    global Db\n    Db = 'connected'\n"})
    app = importlib.import_module("app")
    assert app.Db is None
    app.db.connect()
    assert app.Db == "connected"


def test_what_is_set_on_a_package_stays_until_it_is_deleted(project):
    project({"user.py": "class User: pass\n"})
    app = importlib.import_module("app")
    real = app.User
    app.User = 5
    assert app.User == 5
    del app.User
    assert app.User is real
    with pytest.raises(AttributeError):
        del app.User
