"""Reloading: exactly the affected modules, in order, each transaction as a whole or not at all."""

import sys

import pytest
from project import SHOP, changed_at
from pyautoload_wasm import AutoLoader, AutoloadError, ReloadError, ReloadingDisabledError


@pytest.mark.smoke
def test_what_reaches_a_changed_file_is_reloaded_and_nothing_else(project):
    shop = project(SHOP, "app.views", "app.other")
    before = dict(sys.modules)
    report = shop.write("models/user.py", "KIND = 1\nclass User:\n    def greet(self): return 'good day'\n").flush()
    assert report.reloaded == {
        "app.models.user": changed_at(1),
        "app.models.admin": "imports app.models.user, line 1",
        "app.views": "imports app.models.admin, line 1",
    }
    assert report.changed == [f"{shop.base}/models/user.py"]
    assert sys.modules["app.views"].GREETING == "good day"
    for name in ("app", "app.models", "app.other"):
        assert sys.modules[name] is before[name]
    assert sys.modules["app"].views is sys.modules["app.views"]
    assert sys.modules["app.models"].user is sys.modules["app.models.user"]


@pytest.mark.smoke
def test_a_syntax_error_leaves_everything_as_it_was(project):
    shop = project(SHOP, "app.views")
    before = dict(sys.modules)
    report = shop.write("models/user.py", "class User:\n    def greet(self) return 1\n").flush()
    assert dict(sys.modules) == before
    [failed] = report.failed
    assert (failed.name, failed.line, type(failed.error)) == ("app.models.user", 2, SyntaxError)
    assert failed.held == ["app.models.user", "app.models.admin", "app.views"]
    assert report.pending == ["app.models.admin", "app.models.user", "app.views"]
    report = shop.write("models/user.py", "class User:\n    def greet(self): return 'mended'\n").flush()
    assert list(report.reloaded) == ["app.models.user", "app.models.admin", "app.views"]
    assert report.pending == []
    assert sys.modules["app.views"].GREETING == "mended"


def test_a_module_that_fails_because_of_a_change_puts_the_change_back(project):
    shop = project(SHOP, "app.views")
    before = dict(sys.modules)
    report = shop.write("models/user.py", "class User: pass\n").flush()
    assert {name: sys.modules[name] for name in before} == before
    [failed] = report.failed
    assert (failed.name, failed.line) == ("app.views", 2)
    assert failed.held == ["app.models.user", "app.models.admin", "app.views"]
    assert sys.modules["app.models"].user is before["app.models.user"]


def test_a_deleted_module_cannot_be_imported(project):
    shop = project(SHOP, "app.other", "app.views")
    report = shop.delete("other.py").flush()
    assert report.removed == {"app.other": f"{shop.base}/other.py is gone"}
    assert not hasattr(sys.modules["app"], "other")
    with pytest.raises(ModuleNotFoundError):
        __import__("app.other")


def test_an_unchanged_file_is_no_change(project):
    shop = project(SHOP, "app.views")
    before = dict(sys.modules)
    assert not shop.write("models/user.py", SHOP["models/user.py"]).flush()
    assert dict(sys.modules) == before


def test_reloading_has_to_be_enabled(autoload):
    loader = autoload(SHOP)
    with pytest.raises(ReloadingDisabledError, match=r"reload\(\) needs reloading: call enable_reloading\(\) first"):
        loader.reload()


def test_a_module_that_comes_reloads_who_looked_for_it(project):
    files = {
        "a.py": "try:\n    from app.extra import value\nexcept ImportError:\n    value = None\n",
        "b.py": "from importlib import import_module as load\ntry:\n    value = load('app.extra').value\n"
        "except ImportError: value = None\n",
        "c.py": "import app\nvalue = getattr(app, 'Extra', None)\n",
        "d.py": "",
    }
    loaded = project(files, "app.a", "app.b", "app.c", "app.d")
    report = loaded.write("extra.py", "value = 1\nclass Extra: pass\n").flush()
    assert report.reloaded == {
        "app.a": "imports app.extra, line 2, which is new",
        "app.b": "uses app.extra, line 3, which is new",
        "app.c": "uses app.extra, line 2, which is new",
    }
    assert [sys.modules[f"app.{name}"].value for name in "ab"] == [1, 1]
    assert sys.modules["app.c"].value is sys.modules["app.extra"].Extra


def test_who_imports_what_is_gone_fails_and_runs_on(project):
    shop = project(SHOP, "app.views")
    views = sys.modules["app.views"]
    report = shop.delete("models/admin.py").flush()
    assert list(report.removed) == ["app.models.admin"]
    [failed] = report.failed
    assert (failed.name, failed.line, failed.held) == ("app.views", 1, ["app.views"])
    assert type(failed.error).__name__ == "ModuleNotFoundError"
    assert sys.modules["app.views"] is views
    assert "app.models.admin" not in sys.modules
    report = shop.write("models/admin.py", SHOP["models/admin.py"]).flush()
    assert list(report.reloaded) == ["app.views"]
    assert report.pending == []


def test_a_renamed_module_is_found_under_its_new_name_only(project):
    shop = project(SHOP, "app.other")
    report = shop.rename("other.py", "else_.py").flush()
    assert list(report.removed) == ["app.other"]
    assert __import__("app.else_").else_.RUNS == []
    with pytest.raises(ModuleNotFoundError):
        __import__("app.other")


def test_a_module_becomes_a_package_and_a_module_again(project):
    loaded = project({"a.py": "x = 1\n", "b.py": "from app.a import x\n"}, "app.b")
    loaded.rename("a.py", "a/__init__.py").write("a/c.py", "y = 2\n")
    assert loaded.flush().reloaded["app.a"] == f"is {loaded.base}/a/__init__.py now"
    assert __import__("app.a.c").a.c.y == 2
    loaded.delete("a/c.py").rename("a/__init__.py", "a.py")
    report = loaded.flush()
    assert list(report.removed) == ["app.a.c"]
    assert list(report.reloaded) == ["app.a", "app.b"]
    assert not hasattr(sys.modules["app.a"], "__path__")


def test_a_directory_moves_with_all_that_is_in_it(project):
    shop = project(SHOP, "app.views")
    shop.write("views.py", "import app.people.admin\nGREETING = app.people.admin.Admin().greet()\n")
    report = shop.rename("models", "people").flush()
    assert list(report.removed) == ["app.models.admin", "app.models.user", "app.models"]
    assert list(report.reloaded) == ["app.views"]
    assert not hasattr(sys.modules["app"], "models")
    assert sys.modules["app.people.user"].__file__ == f"{shop.base}/people/user.py"


def test_an_init_comes_and_goes(project):
    shop = project(SHOP, "app.views")
    report = shop.write("models/__init__.py", "kind = 'package'\n").flush()
    assert report.reloaded["app.models"] == f"is {shop.base}/models/__init__.py now"
    assert report.reloaded["app.models.user"] == "is in app.models"
    assert sys.modules["app.models"].kind == "package"
    report = shop.delete("models/__init__.py").flush()
    assert report.reloaded["app.models"] == "is a namespace package now"
    assert sys.modules["app.models"].__file__ is None


def test_an_unrelated_broken_file_holds_nothing_back(project):
    files = {
        "a.py": "x = 1\n",
        "b.py": "x = 1\n",
        "main.py": "import app.a, app.b\ny = app.a.x + app.b.x\n",
        "c.py": "x = 1\n",
    }
    loaded = project(files, "app.main", "app.c")
    main = sys.modules["app.main"]
    loaded.write("a.py", "x = = 1\n").write("b.py", "x = 5\n").write("c.py", "x = 5\n")
    report = loaded.flush()
    assert set(report.reloaded) == {"app.b", "app.c"}
    assert report.failed[0].held == ["app.a", "app.main"]
    assert sys.modules["app.main"] is main
    report = loaded.write("a.py", "x = 2\n").flush()
    assert list(report.reloaded) == ["app.a", "app.main"]
    assert sys.modules["app.main"].y == 7


def test_reload_looks_for_itself_and_tries_again(project):
    shop = project(SHOP, "app.views")
    assert not shop.loader.reload()
    shop.put("models/user.py", "1 +\n")
    assert shop.loader.reload().failed[0].name == "app.models.user"
    assert shop.loader.reload().failed[0].name == "app.models.user"
    shop.put("models/user.py", "class User:\n    def greet(self): return 'again'\n").put("new.py", "")
    assert list(shop.loader.reload().reloaded) == ["app.models.user", "app.models.admin", "app.views"]
    assert not shop.loader.reload()


def test_reload_module_takes_its_dependents_along(project):
    shop = project(SHOP, "app.views", "app.other")
    other = sys.modules["app.other"]
    report = shop.loader.reload_module("app.models.User")
    assert report.reloaded == {
        "app.models.user": "you asked for it",
        "app.models.admin": "imports app.models.user, line 1",
        "app.views": "imports app.models.admin, line 1",
    }
    assert sys.modules["app.other"] is other
    with pytest.raises(ReloadError) as caught:
        shop.loader.reload_module("app.models.usr")
    assert str(caught.value) == "'app.models.usr' is not loaded by this loader: import it first, or correct the name"


def test_what_is_not_to_be_reloaded_keeps_its_state(project):
    shop = project({**SHOP, "state.py": "from app.models.user import User\nseen = []\n"}, "app.state", "app.views")
    shop.loader.do_not_reload("state.py")
    state = sys.modules["app.state"]
    report = shop.write("models/user.py", "class User:\n    def greet(self): return 'new'\n").flush()
    assert report.kept == ["app.state"]
    assert "app.views" in report.reloaded
    assert sys.modules["app.state"] is state
    report = shop.write("state.py", "seen = None\n").flush()
    assert (report.kept, report.reloaded, report.pending) == (["app.state"], {}, [])
    assert sys.modules["app"].state is state


def test_camelized_names_mean_the_new_class(project, run):
    shop = project(SHOP, "app.models.User")
    assert sys.modules["app"].models.User().greet() == "hello"
    shop.write("models/user.py", "KIND = 1\nclass User:\n    def greet(self): return 'new'\n").flush()
    assert "app.models.User" not in sys.modules
    assert (
        run("from app.models import User as found\nimport app.models.User\nsame = app.models.User")["same"]().greet()
        == "new"
    )
    assert sys.modules["app.models.User"] is sys.modules["app.models.user"]


def test_events_wait_while_a_module_runs(project):
    files = {"a.py": "x = 1\n", "b.py": "import builtins\nreport = builtins.flush_now()\nbusy = True\n"}
    loaded = project(files, "app.a")
    import builtins

    builtins.flush_now = lambda: loaded.write("a.py", "x = 2\n").flush()
    try:
        __import__("app.b")
    finally:
        del builtins.flush_now
    assert sys.modules["app.b"].report.waiting
    assert sys.modules["app.a"].x == 1
    assert list(loaded.flush().reloaded) == ["app.a"]


def test_unchanged_modules_are_executed_again_and_not_compiled(project, monkeypatch):
    from pyautoload_wasm._imports.loaders import SourceLoader

    shop = project(SHOP, "app.views")
    compiled = []
    source_to_code = SourceLoader.source_to_code

    def counting(self, data, path, **options):
        compiled.append(path)
        return source_to_code(self, data, path, **options)

    monkeypatch.setattr(SourceLoader, "source_to_code", counting)
    shop.write("models/user.py", "class User:\n    def greet(self): return 'new'\n").flush()
    assert compiled == [f"{shop.base}/models/user.py"]


def test_tracebacks_show_the_new_lines(project):
    import traceback

    loaded = project({"a.py": "def fail():\n    return old_line\n"}, "app.a")
    for source in ("def fail():\n    return old_line\n", "def fail():\n    return new_line\n"):
        loaded.write("a.py", source).flush()
        try:
            sys.modules["app.a"].fail()
        except NameError as error:
            shown = "".join(traceback.format_exception(error))
    assert "return new_line" in shown


def test_the_registry_knows_what_is_current(project):
    shop = project(SHOP, "app.views")
    registry = shop.loader.registry
    shop.write("models/user.py", "1 +\n").flush()
    assert not registry["app.models.user"].loaded
    assert registry["app.views"].loaded
    shop.write("models/user.py", SHOP["models/user.py"]).flush()
    assert registry["app.models.user"].loaded
    shop.delete("models/user.py").flush()
    assert "app.models.user" not in registry


def test_other_finders_submodules_stay_attributes_of_a_reloaded_package(project):
    import types

    shop = project(SHOP, "app.models")
    extension = types.ModuleType("app.extension")
    sys.modules["app.extension"] = sys.modules["app"].extension = extension
    shop.write("__init__.py", "x = 1\n").flush()
    assert sys.modules["app"].x == 1
    assert sys.modules["app"].extension is extension
    del sys.modules["app.extension"]


def test_a_root_behind_a_link_takes_events_of_either_path(write, tmp_path):
    write({"real/a.py": "x = 1\n"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with AutoLoader(tmp_path / "link", "app").enable_reloading() as loader:
        __import__("app.a")
        write({"real/a.py": "x = 2\n"})
        assert list(loader.notify(tmp_path / "real/a.py").flush().reloaded) == ["app.a"]


def test_a_root_that_is_gone_loses_no_event(project, tmp_path):
    import os

    shop = project(SHOP, "app.views", "app.other")
    shop.delete("other.py")
    os.rename(shop.base, f"{shop.base}_away")
    with pytest.raises(AutoloadError, match="cannot be read"):
        shop.flush()
    os.rename(f"{shop.base}_away", shop.base)
    assert list(shop.flush().removed) == ["app.other"]


def test_a_module_that_puts_something_else_in_its_place_is_reloaded(project):
    source = "import sys\nsys.modules[__name__] = ({},)\n"
    loaded = project({"a.py": source.format(1), "b.py": "import sys, app.a\nvalue = sys.modules['app.a']\n"}, "app.b")
    loaded.loader.track({"a": sys.modules["app.a"]})
    report = loaded.write("a.py", source.format(2)).flush()
    assert list(report.reloaded) == ["app.a", "app.b"]
    assert sys.modules["app.b"].value == (2,)


def test_who_uses_a_module_through_its_package_is_reloaded_too(project):
    files = {
        "models/user.py": "class User: version = 1\n",
        "a.py": "import app\nclass A(app.models.User): pass\n",
        "b.py": "import app.models as m\nclass B(m.User): pass\n",
        "c.py": "from app import models\nversion = models.user.User.version\n",
        "d.py": "from importlib import import_module\nversion = import_module('app.models.user').User.version\n",
        "e.py": "text = 'app.models.User'  # app.models.User\n",
    }
    loaded = project(files, *[f"app.{name}" for name in "abcde"])
    report = loaded.write("models/user.py", "class User: version = 2\n").flush()
    assert report.reloaded["app.b"] == "uses app.models.user, line 2"
    assert sorted(report.reloaded) == ["app.a", "app.b", "app.c", "app.d", "app.models.user"]
    assert [sys.modules[f"app.{name}"].version for name in "cd"] == [2, 2]
    assert sys.modules["app.a"].A.version == sys.modules["app.b"].B.version == 2


def test_a_namespace_that_gets_another_folder_stays_the_same_package(write):
    base = write({"one/models/user.py": "x = 1\n", "two/other.py": ""})
    with AutoLoader([base / "one", base / "two"], "app").enable_reloading() as loader:
        __import__("app.models.user")
        models, user = sys.modules["app.models"], sys.modules["app.models.user"]
        write({"two/models/order.py": "y = 2\n"})
        report = loader.notify(base / "two/models/order.py").flush()
        assert not report.reloaded
        assert sys.modules["app.models"] is models
        assert sys.modules["app.models.user"] is user
        assert list(models.__path__) == [f"{base}/one/models", f"{base}/two/models"]
        assert models.__spec__.submodule_search_locations is models.__path__
        assert __import__("app.models.order").models.order.y == 2
