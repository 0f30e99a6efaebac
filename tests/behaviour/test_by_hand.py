"""What a user does by hand is the truth from then on: a patch, an attribute that is set, a module that is reloaded or taken out."""

import copy
import importlib
import inspect
import sys
from types import ModuleType
from unittest import mock

import pytest

FILES = {
    "__init__.py": "",
    "models/user.py": "class User:\n    kind = 'real'\n",
    "models/order.py": "class Order: pass\n",
    "db.py": "Db = None\ndef connect():\n    global Db\n    Db = 'connected'\n",
    "service.py": "import app\ndef kind(): return app.models.User.kind\n",
}


@pytest.mark.parametrize("before", [False, True])
def test_a_patch_of_a_module_is_seen_through_its_package_and_ends(autoload, run, before):
    autoload(FILES)
    app = run("import app")["app"]
    if before:
        assert app.models.User.kind == "real"
    with mock.patch("app.models.user.User") as fake:
        fake.kind = "fake"
        assert app.service.kind() == "fake"
        assert run("from app.models import User")["User"] is fake
    assert app.service.kind() == "real"
    assert run("from app.models import User")["User"].kind == "real"


@pytest.mark.parametrize("before", [False, True])
def test_a_patch_of_a_package_s_attribute_ends(autoload, run, before):
    autoload(FILES)
    app = run("import app")["app"]
    if before:
        assert app.models.User.kind == "real"
    with mock.patch("app.models.User") as fake:
        fake.kind = "fake"
        assert app.service.kind() == "fake"
        assert app.models.user.User.kind == "real"
    assert app.service.kind() == "real"
    assert "User" not in vars(app.models)
    with mock.patch("app.models.user") as fake:
        assert app.models.user is fake
        assert app.models.User.kind == "real"
    assert isinstance(app.models.user, ModuleType)


def test_a_global_that_a_module_sets_later_is_seen_through_the_package(autoload, run):
    autoload(FILES)
    app = run("import app")["app"]
    assert app.Db is None
    app.db.connect()
    assert (app.Db, run("from app import Db")["Db"]) == ("connected", "connected")
    del app.db.Db
    assert app.Db is app.db  # as for any module without the attribute that its name announces
    app.db.Db = 3
    assert app.Db == 3


def test_an_attribute_that_is_set_stays_until_it_is_deleted(autoload, run):
    autoload(FILES)
    models = run("import app.models")["app"].models
    for _ in range(2):
        models.User = "mine"
        models.user = "mine, too"
        importlib.import_module("app.models.order")
        assert (models.User, models.user, vars(models)["User"]) == ("mine", "mine, too", "mine")
        assert run("from app.models import User")["User"] == "mine"
        del models.User, models.user
        assert models.User.kind == "real"
        assert models.user is sys.modules["app.models.user"]
    del models.user
    with pytest.raises(AttributeError):
        del models.User


def test_an_attribute_that_a_body_sets_while_it_runs_stays(autoload, run):
    # While a body runs, imports and lookups are watched.
    autoload(
        {
            **FILES,
            "main.py": "import app.models.user\nmodels = app.models\nassert models.User.kind == 'real'\n"
            "models.User, models.user = 'mine', 'mine, too'\nassert (models.User, models.user) == ('mine', 'mine, too')\n"
            "del models.User, models.user\nassert models.User.kind == 'real'\n"
            "try:\n    del models.User\nexcept AttributeError:\n    pass\nelse:\n    raise AssertionError\n"
            "models.User = 'mine'\n",
        }
    )
    models = run("import app.main, app.models")["app"].models
    assert models.User == "mine"
    assert models.user is sys.modules["app.models.user"]


def test_a_package_is_a_module_like_any_other(autoload, run):
    autoload({**FILES, "models/__init__.py": "__all__ = ['User', 'VERSION']\nVERSION = 1\n"})
    models = run("import app.models, app.models.user\napp.models.User\napp.models.order")["app"].models
    assert isinstance(models, ModuleType)
    assert repr(models).startswith("<module 'app.models' from ")
    assert {"User", "Order", "user", "order", "VERSION"} <= set(dir(models))
    own = {name for name in vars(models) if not name.startswith("__")}
    assert own == {"VERSION", "user", "order"}
    assert dict(inspect.getmembers(models))["User"] is models.User
    assert dict(inspect.getmembers(models, inspect.isclass)) == {"User": models.User, "Order": models.Order}
    names = run("from app.models import *")
    assert names["User"] is models.User
    assert names["VERSION"] == 1
    assert "Order" not in names
    assert inspect.getattr_static(models, "VERSION") == 1
    with pytest.raises(TypeError, match="cannot pickle"):
        copy.copy(models)
    with pytest.raises(AttributeError, match=r"module 'app\.models' has no attribute 'Nobody'"):
        models.Nobody  # noqa: B018
    assert not hasattr(models, "service")
    assert not hasattr(run("import app")["app"], "user")


def test_a_package_s_own_getattr_comes_first_and_has_the_last_word(autoload, run):
    own = """\
        def __getattr__(name):
            if name in ('User', 'extra'):
                return 'own ' + name
            raise AttributeError('own words: ' + name)
        """
    autoload({**FILES, "models/__init__.py": own})
    models = run("import app.models")["app"].models
    assert (models.User, models.extra, models.Order.__name__) == ("own User", "own extra", "Order")
    with pytest.raises(AttributeError, match="own words: Nobody"):
        models.Nobody  # noqa: B018


def test_a_module_s_own_getattr_is_asked_through_the_package(autoload, run):
    source = """\
        TIMES = []
        def __getattr__(name):
            TIMES.append(name)
            if name == 'Late':
                return len(TIMES)
            raise AttributeError(name)
        """
    autoload({"late.py": source})
    app = run("import app.late")["app"]
    before = len(app.late.TIMES)
    assert app.Late > before
    assert app.Late > before + 1


def test_a_name_that_stands_for_another_file_now_is_looked_up_there(project):
    project = project({"user.py": "class User: v = 1\n"}, "app.user")
    app = sys.modules["app"]
    assert app.User.v == 1
    # A module of the very name comes before what another defines.
    project.write("User/__init__.py", "v = 2\n").flush()
    assert app.User.v == 2


SHOP = {
    "user.py": "class User: version = 1\n",
    "main.py": "from .user import User\n",
    "page.py": "from .main import User\n",
    "other.py": "",
}


def reload_it():
    importlib.reload(sys.modules["app.user"])


def import_it_again():
    del sys.modules["app.user"]
    importlib.import_module("app.user")


def import_it_again_by_an_attribute():
    del sys.modules["app.user"]
    app = sys.modules["app"]
    del app.user
    assert app.User.version == 2


BY_HAND = [reload_it, import_it_again, import_it_again_by_an_attribute]


@pytest.mark.parametrize("by_hand", BY_HAND)
@pytest.mark.parametrize("flush", ["flush", "reload"])
def test_who_imports_what_was_executed_again_by_hand_is_reloaded(project, by_hand, flush):
    project = project(SHOP, "app.user", "app.main", "app.page", "app.other")
    project.write("user.py", "class User: version = 2\n")
    by_hand()
    user, other = sys.modules["app.user"], sys.modules["app.other"]
    report = getattr(project.loader, flush)()
    assert report.reloaded == {
        "app.main": "imports app.user, which was executed again without it",
        "app.page": "imports app.main, line 1",
    }
    assert sys.modules["app.page"].User is user.User is sys.modules["app"].User
    assert (sys.modules["app.user"], sys.modules["app.other"]) == (user, other)
    assert not project.loader.reload()


@pytest.mark.parametrize("by_hand", BY_HAND[:2])
def test_who_was_executed_again_by_hand_as_well_is_current(project, by_hand):
    project = project(SHOP, "app.user", "app.main", "app.page")
    by_hand()
    importlib.reload(sys.modules["app.main"])
    assert list(project.flush().reloaded) == ["app.page"]


def test_a_module_that_is_taken_out_and_put_back_has_not_changed(project):
    project = project(SHOP, "app.main")
    with mock.patch.dict(sys.modules):
        del sys.modules["app.user"]
        importlib.import_module("app.user")
    assert not project.loader.reload()


def test_what_a_reload_imports_anew_is_not_executed_by_hand(project):
    project = project(SHOP, "app.page", "app.other")
    del sys.modules["app.user"]
    project.write("main.py", "from .user import User\nNEW = 1\n")
    assert list(project.flush().reloaded) == ["app.main", "app.page"]
    assert sys.modules["app.page"].User is sys.modules["app.user"].User
    assert not project.loader.reload()
    project.write("user.py", "class User: version = 3\n")
    assert list(project.flush().reloaded) == ["app.user", "app.main", "app.page"]
    assert not project.loader.reload()


def test_what_has_failed_to_be_executed_again_by_hand_is_tried_when_its_file_changes(project):
    project = project(SHOP, "app.page")
    project.write("user.py", "class User: version = 2\nraise RuntimeError('no')\n")
    with pytest.raises(RuntimeError):
        importlib.reload(sys.modules["app.user"])
    page = sys.modules["app.page"]
    assert [failed.name for failed in project.flush().failed] == ["app.user"]
    assert sys.modules["app.page"] is page
    project.write("user.py", "class User: version = 3\n").flush()
    assert sys.modules["app.page"].User.version == 3
    assert not project.loader.reload()


def test_an_import_after_a_file_was_gone_is_none_by_hand(project):
    main = "try:\n    from .user import User\nexcept ImportError:\n    User = None\n"
    project = project({**SHOP, "main.py": main}, "app.main", "app.other")
    project.delete("user.py").flush()
    assert sys.modules["app.main"].User is None
    project.write("user.py", "class User: version = 2\n").flush()
    assert sys.modules["app.main"].User.version == 2
    assert not project.loader.reload()


def test_another_name_of_a_module_means_the_one_that_was_imported_again(project):
    project({"user.py": "class User: pass\n"}, "app.User")
    del sys.modules["app.user"]
    importlib.import_module("app.user")
    assert sys.modules["app.User"] is sys.modules["app.user"]


@pytest.mark.parametrize("count", [1, 40])
def test_a_purge_of_many_modules_asks_the_engine_as_often_as_one_of_one(project, count):
    names = [f"app.m{at}" for at in range(count)]
    app = project({"user.py": "import app.m0\n", **{f"m{at}.py": "" for at in range(count)}}, "app.user", *names)
    for name in names:
        del sys.modules[name]
    for name in names:
        importlib.import_module(name)
    with mock.patch.object(
        app.loader._settings.engine, "_request", wraps=app.loader._settings.engine._request
    ) as asked:
        assert list(app.flush().reloaded) == ["app.user"]
    assert asked.call_count == 3  # what has run, who imports it, and a plan
