"""Names that others have set on a module stay when it is executed again; those of its own file are what the file says."""

import sys
from unittest import mock

import pytest

CONF = "LIMIT = 1\ndef read(): return injected\n"


def conf():
    return sys.modules["app.conf"]


@pytest.fixture
def app(project):
    return project({"conf.py": CONF, "user.py": "from app.conf import LIMIT\n"}, "app.user")


def edit(app, source):
    return app.write("conf.py", source).flush()


@pytest.mark.smoke
def test_a_name_that_was_set_by_hand_stays(app):
    conf().injected = value = object()
    assert list(edit(app, "LIMIT = 2\ndef read(): return injected\n").reloaded) == ["app.conf", "app.user"]
    assert (conf().LIMIT, conf().read(), conf().injected) == (2, value, value)
    edit(app, "LIMIT = 3\n")
    assert conf().injected is value


def test_a_name_that_the_file_binds_is_what_the_file_says(app):
    conf().LIMIT = 100
    edit(app, "LIMIT = 2\n")
    assert conf().LIMIT == 2
    conf().later = 1
    edit(app, "LIMIT = 3\nif LIMIT > 5:\n    later = 2\n")
    assert not hasattr(conf(), "later")


def test_a_name_that_left_the_file_is_gone(app):
    edit(app, "OTHER = 2\nLIMIT = 3\n")
    edit(app, "LIMIT = 4\n")
    assert not hasattr(conf(), "OTHER")


@pytest.mark.parametrize(
    "source",
    [
        "globals()['dynamic'] = 1\n",
        "exec('dynamic = 1')\n",
        "import sys\nsetattr(sys.modules[__name__], 'dynamic', 1)\n",
        "vars().update(dynamic=1)\n",
        "from app.names import *\n",
        "for dynamic in range(3): pass\n",
        "import os as dynamic\n",
        "class dynamic: pass\n",
    ],
)
def test_what_the_body_has_made_in_whatever_way_goes_with_the_body(project, source):
    app = project({"conf.py": source, "names.py": "dynamic = 1\n"}, "app.conf")
    assert "dynamic" in vars(conf())
    edit(app, "LIMIT = 2\n")
    assert "dynamic" not in vars(conf())


def test_what_a_function_of_the_file_sets_is_the_file_s(project):
    source = "def connect():\n    global connection\n    connection = 1\n"
    app = project({"conf.py": source}, "app.conf")
    conf().connect()
    assert conf().connection == 1
    edit(app, source + "MORE = 1\n")
    assert not hasattr(conf(), "connection")


def test_submodules_and_what_they_define_are_the_package_s(project):
    files = {"models/__init__.py": "LIMIT = 1\n", "models/user.py": "class User: pass\n"}
    app = project(files, "app.models.user", "app.models.User")
    package = sys.modules["app.models"]
    assert package.user.User is package.User
    package.injected = 1
    app.delete("models/user.py").write("models/__init__.py", "LIMIT = 2\n").flush()
    package = sys.modules["app.models"]
    assert (package.LIMIT, package.injected) == (2, 1)
    assert "user" not in vars(package)
    assert not hasattr(package, "User")


@pytest.mark.parametrize(
    "source",
    [
        "def __getattr__(name):\n    globals()[name] = value = [name]\n    return value\n",
        "import sys, types\nclass Lazy(types.ModuleType):\n    def __getattr__(self, name):\n        self.__dict__[name] = [name]\n"
        "        return self.__dict__[name]\nsys.modules[__name__].__class__ = Lazy\n",
    ],
)
def test_what_a_module_makes_when_it_is_asked_for_is_its_own(project, source):
    app = project({"conf.py": source}, "app.conf")
    assert conf().late == ["late"]
    edit(app, source + "MORE = 1\n")
    assert "late" not in vars(conf())


def test_a_patch_ends_with_the_reload_and_what_it_has_made_goes(app):
    with mock.patch("app.conf.LIMIT", 50):
        edit(app, "LIMIT = 2\n")
        assert conf().LIMIT == 2


def test_what_another_module_sets_it_sets_again_or_not(project):
    files = {"conf.py": "LIMIT = 1\n", "plugin.py": "import app.conf\napp.conf.HANDLER = object()\n"}
    app = project(files, "app.plugin")
    first = conf().HANDLER
    edit(app, "LIMIT = 2\n")
    assert conf().HANDLER is not first
    app.write("plugin.py", "import app.conf\n").write("conf.py", "LIMIT = 3\n").flush()
    assert not hasattr(conf(), "HANDLER")


def test_dependents_see_it_while_they_are_executed(project):
    app = project(
        {"conf.py": "LIMIT = 1\n", "user.py": "import app.conf\nSEEN = getattr(app.conf, 'injected', None)\n"}
    )
    __import__("app.conf")
    conf().injected = 5
    __import__("app.user")
    edit(app, "LIMIT = 2\n")
    assert sys.modules["app.user"].SEEN == 5


def test_a_reload_that_fails_leaves_all_of_it_and_so_does_the_next(app):
    conf().injected = 1
    assert edit(app, "LIMIT = 2\n1 / 0\n").failed
    assert (conf().LIMIT, conf().injected) == (1, 1)
    edit(app, "LIMIT = 2\n")
    assert (conf().LIMIT, conf().injected) == (2, 1)
    edit(app, "LIMIT = 3\nthen = 4\n")
    assert (conf().LIMIT, conf().injected) == (3, 1)
    edit(app, "LIMIT = 3\n")
    assert not hasattr(conf(), "then")


def test_a_name_that_was_deleted_by_hand_comes_back(app):
    del conf().LIMIT
    conf().injected = 1
    edit(app, "LIMIT = 2\n")
    assert conf().LIMIT == 2


def test_a_function_that_an_edit_has_added_is_the_files(app):
    """From Python 3.12 on it comes without an execution."""
    conf().injected = 1
    edit(app, f"{CONF}def more(): return 1\n")
    assert conf().more() == 1
    edit(app, "LIMIT = 2\n")
    assert not hasattr(conf(), "more")
    assert conf().injected == 1
