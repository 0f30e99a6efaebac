"""Names without imports in a namespace that is handed over, such as a notebook's globals."""

import builtins
import sys
import textwrap

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError

SHOP = {
    "models/user.py": "class User:\n    name = 'ada'\n",
    "models/order.py": "class Order:\n    def user(self):\n        return User()\n",
    "money.py": "class Money(int): pass\n",
    "views/__init__.py": "",
    "views/user.py": "class User:\n    name = 'a view'\n",
}


@pytest.fixture
def notebook():
    """Cells that run in one namespace, as in a notebook."""

    namespace = {"__name__": "__main__", "__builtins__": builtins}

    def run(source):
        exec(compile(textwrap.dedent(source), "<cell>", "exec"), namespace)
        return namespace

    run.namespace = namespace
    return run


@pytest.mark.smoke
def test_a_notebook_s_namespace(autoload, notebook):
    loader = autoload(SHOP)
    loader.implicit_names(notebook.namespace)
    namespace = notebook(
        "def f():\n    return models.User\nfound = [Money, models.User, f(), app]\ntyped: Money = Money(3)"
    )
    assert [found.__name__ for found in namespace["found"]] == ["Money", "User", "User", "app"]
    assert "Money" not in namespace
    with pytest.raises(NameError, match="name 'Nothing' is not defined"):
        notebook("Nothing")


def test_a_notebook_is_left_as_it_was(autoload, notebook):
    loader = autoload(SHOP)
    loader.implicit_names(notebook.namespace).implicit_names(notebook.namespace)
    notebook("def f():\n    return Money")
    loader.teardown()
    assert notebook.namespace["__builtins__"] is builtins
    with pytest.raises(NameError):
        notebook("Money")
    with pytest.raises(NameError):
        notebook("f()")


def test_a_namespace_handed_over_before_set_up(write, notebook):
    folder = write({"app/money.py": "class Money: pass\n"})
    with AutoLoader(folder / "app", "app").implicit_names(notebook.namespace):
        assert notebook("found = Money")["found"].__module__ == "app.money"
    assert notebook.namespace["__builtins__"] is builtins


def test_several_loaders_share_a_notebook(write, notebook):
    folder = write({"one/a.py": "class A: pass\n", "two/b.py": "class B: pass\n", "two/a.py": "raise RuntimeError\n"})
    with AutoLoader(folder / "one", "one_") as first, AutoLoader(folder / "two", "two_") as second:
        first.implicit_names(notebook.namespace)
        second.implicit_names(notebook.namespace)
        assert notebook("found = A, B")["found"][1].__module__ == "two_.b"
        first.teardown()
        assert notebook("found = B")["found"].__module__ == "two_.b"
    assert notebook.namespace["__builtins__"] is builtins


def test_builtins_that_a_sandbox_has_given_stay_its_own(autoload):
    loader = autoload(SHOP)
    namespace = {"__builtins__": {"len": len}}
    loader.implicit_names(namespace)
    exec("found = len('ab'), Money", namespace)
    assert namespace["found"][0] == 2
    with pytest.raises(NameError, match="name 'open' is not defined"):
        exec("open", namespace)
    with pytest.raises(ImportError, match="__import__ not found"):
        exec("import json", namespace)
    loader.teardown()
    assert namespace["__builtins__"] == {"len": len}


def test_a_namespace_without_builtins_of_its_own(autoload):
    loader = autoload(SHOP)
    for namespace in ({}, {"__builtins__": 3}):
        before = dict(namespace)
        loader.implicit_names(namespace)
        exec("found = len('ab'), Money", namespace)
        assert namespace.pop("found")[0] == 2
        loader.teardown()
        assert namespace == before
        loader.setup()


@pytest.mark.parametrize("wrong", [3, "globals", object(), sys])
def test_what_is_no_namespace_is_refused(autoload, wrong):
    loader = autoload(SHOP)
    with pytest.raises(ConfigurationError, match=r"^implicit_names\(.*\): expected globals\(\), or no argument$"):
        loader.implicit_names(wrong)
    with pytest.raises(ConfigurationError, match=r"^implicit_names\(\) after setup\(\): configure a loader before"):
        loader.implicit_names()
