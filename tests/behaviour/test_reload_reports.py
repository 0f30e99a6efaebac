"""What a reload tells: reports, callbacks, tracked names, and events that are none."""

import json
import sys

import pytest
from project import SHOP
from pyautoload_wasm import ConfigurationError, ReloadError, ReloadReport
from pyautoload_wasm._hosts.spoken import OldCode


def test_callbacks_are_called_for_one_module_and_for_all(project):
    shop = project(SHOP)
    calls = []

    @shop.loader.on_load
    def any_load(name, module):
        calls.append(f"loaded {name}")

    @shop.loader.on_load("app.models.user")
    def user_load(name, module):
        calls.append(f"user {module.__name__}")

    @shop.loader.on_unload("app.models.user")
    def user_unload(name, module):
        calls.append(f"bye {name}")

    shop.loader.on_unload()(lambda name, module: calls.append(f"unloaded {name}"))
    shop.loader.on_reload(lambda report: calls.append(str(report)))
    shop.loader.on_setup(lambda: calls.append("set up"))
    __import__("app.models.admin")
    first = ["set up", "loaded app", "loaded app.models"]
    assert calls == [*first, "user app.models.user", "loaded app.models.user", "loaded app.models.admin"]
    calls.clear()
    shop.write("models/user.py", "KIND = 1\nclass User: pass\n").flush()
    assert calls == [
        "unloaded app.models.admin",
        "bye app.models.user",
        "unloaded app.models.user",
        "user app.models.user",
        "loaded app.models.user",
        "loaded app.models.admin",
        "reloaded app.models.user, app.models.admin",
    ]


def test_a_callback_that_raises_is_reported_and_breaks_nothing(project):
    shop = project(SHOP, "app.views")

    @shop.loader.on_load("app.models.admin")
    def careless(name, module):
        raise ZeroDivisionError("oh")

    report = shop.write("models/user.py", "class User:\n    def greet(self): return 'new'\n").flush()
    assert list(report.reloaded) == ["app.models.user", "app.models.admin", "app.views"]
    [error] = report.errors
    assert error.callback.startswith("on_load('app.models.admin'): ")
    assert isinstance(error.error, ZeroDivisionError)


@pytest.mark.smoke
def test_tracked_names_follow(project, run):
    files = {
        "models.py": "LIMIT = 10\nNAME = 'a'\nclass User:\n    limit = LIMIT\nuser = User()\ndef make(): return User()\n"
    }
    loaded = project(files, "app.models")
    cell = run(
        "import app.models as models\nfrom app.models import *\nfrom app.models import User as Person\nmine = 10\nother = 'a'\n"
    )
    loaded.loader.track(cell).track(cell)
    report = loaded.write("models.py", files["models.py"].replace("10", "20").replace("'a'", "'b'")).flush()
    new = sys.modules["app.models"]
    assert cell["models"] is new
    assert cell["User"] is cell["Person"] is new.User
    assert (cell["LIMIT"], cell["NAME"], cell["make"], cell["user"]) == (20, "b", new.make, new.user)
    assert (cell["mine"], cell["other"]) == (10, "a")
    assert sorted(report.rebound) == ["LIMIT", "NAME", "Person", "User", "make", "models", "user"]
    loaded.loader.untrack(cell)
    assert loaded.write("models.py", "class User: pass\n").flush().rebound == []


def test_the_report_is_plain_data_for_javascript(project):
    shop = project(SHOP, "app.views", "app.other")
    shop.delete("other.py").write("models/user.py", "class User:\n    1 +\n")
    plain = json.loads(json.dumps(shop.flush().plain()))
    seconds = plain.pop("seconds")
    assert seconds > 0
    [failed] = plain.pop("failed")
    assert failed.pop("traceback").endswith("SyntaxError: invalid syntax\n")
    assert failed == {
        "name": "app.models.user",
        "path": f"{shop.base}/models/user.py",
        "line": 2,
        "type": "SyntaxError",
        "message": "invalid syntax",
        "held": ["app.models.user", "app.models.admin", "app.views"],
    }
    assert plain == {
        "changed": [f"{shop.base}/other.py", f"{shop.base}/models/user.py"],
        "patched": [],
        "reloaded": [],
        "removed": [{"name": "app.other", "reason": f"{shop.base}/other.py is gone"}],
        "pending": ["app.models.admin", "app.models.user", "app.views"],
        "kept": [],
        "rebound": [],
        "stayed": [],
        "cleared": [],
        "needed": [],
        "followed": [],
        "notFollowed": [],
        "errors": [],
        "waiting": False,
    }


def test_raise_if_failed_says_what_runs_its_old_code(project):
    shop = project(SHOP, "app.views")
    report = shop.write("models/user.py", "1 +\n").flush()
    with pytest.raises(ReloadError) as caught:
        report.raise_if_failed()
    assert str(caught.value) == (
        "app.models.user could not be reloaded and runs its old code; app.models.admin, app.views run their old code too: "
        "SyntaxError: invalid syntax (user.py, line 1). Correct the file, and it is tried again"
    )
    assert isinstance(caught.value.__cause__, SyntaxError)


EVENTS = 'expected a path, or an event such as {"kind": "modified", "path": "/app/user.py"}'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((7,), f"notify(7): {EVENTS}"),
        (([{"path": "/a.py"}],), f"notify(an object of type 'dict'): {EVENTS}"),
        (
            ({"path": "/a.py", "kind": "touched"},),
            "notify(kind='touched'): expected one of created, modified, deleted, renamed",
        ),
        (({"path": "/a.py", "kind": "renamed"},), "notify(kind='renamed'): add the new path as 'to'"),
        (
            ({"path": "/a.py", "kind": "deleted", "to": "/b.py"},),
            "notify(kind='deleted'): only an event of kind 'renamed' has a 'to'",
        ),
        (("a\0b",), "notify(): 'a\\x00b' contains a null character; remove it"),
    ],
)
def test_an_event_that_is_none_is_refused(project, arguments, message):
    shop = project(SHOP, "app.views")
    with pytest.raises(ConfigurationError) as caught:
        shop.loader.notify(*arguments)
    assert str(caught.value) == message
    assert not shop.flush()


def test_what_is_no_module_s_file_is_no_news(project, tmp_path):
    shop = project(SHOP, "app.views")
    (tmp_path / "app/empty").mkdir()
    (tmp_path / "app/data.json").write_text("{}")
    for name in ("empty", "data.json", "never.py", "never.txt", "models"):
        assert not shop.loader.notify(tmp_path / "app" / name).flush(), name


def test_a_file_that_nobody_has_loaded_is_news_when_it_comes_and_when_it_goes(project):
    shop = project(SHOP)
    path = f"{shop.base}/models/user.py"
    report = shop.delete("models/user.py").flush()
    assert (report.changed, report.removed) == ([path], {})
    assert shop.write("models/user.py", "").flush().changed == [path]
    assert not shop.write("models/passing.py", "").delete("models/passing.py").flush()


def test_notify_takes_paths_events_and_lists_of_both(project):
    names = ["app.a", "app.b", "app.c", "app.d"]
    shop = project({f"{name}.py": "x = 1\n" for name in "abcd"}, *names)
    for name in "abcd":
        shop.put(f"{name}.py", "x = 22\n")
    event = {"kind": "modified", "path": shop.path("c.py")}
    shop.loader.notify(shop.path("a.py"), [shop.path("b.py"), event], {"kind": "modified", "path": shop.path("d.py")})
    assert sorted(shop.flush().reloaded) == names


def test_a_report_tells_what_was_patched_apart_from_what_was_executed():
    report = ReloadReport(
        changed=["/app/user.py"],
        patched={"app.user": ["User.greet", "scale"], "app.conf": [], "app.many": ["a", "b", "c", "d"]},
        reloaded={"app.main": "changed at module level, line 12"},
        cleared=["app.user.scale"],
        followed={"app.main.Page": 12},
        not_followed={"app.main.Key": "a set holds the old class"},
    )
    assert str(report) == (
        "patched app.user (User.greet, scale), app.conf (line numbers), app.many (a, b, 2 more); reloaded app.main; "
        "cleared the cache of app.user.scale; app.main.Key does not follow everywhere: a set holds the old class"
    )
    plain = report.plain()
    assert plain["patched"][:2] == [
        {"name": "app.user", "functions": ["User.greet", "scale"]},
        {"name": "app.conf", "functions": []},
    ]
    assert (plain["cleared"], plain["followed"]) == (["app.user.scale"], [{"name": "app.main.Page", "count": 12}])
    assert plain["notFollowed"] == [{"name": "app.main.Key", "reason": "a set holds the old class"}]
    assert ReloadReport(patched={"app.conf": []})
    assert not ReloadReport()


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (ReloadReport(patched={"app.user": ["scale"]}), "pyautoload_wasm: patched app.user (scale)\n"),
        (ReloadReport(changed=["/app/user.py"], patched={"app.user": []}), ""),
        (
            ReloadReport(not_followed={"app.C": "a set holds it"}),
            "pyautoload_wasm: app.C does not follow everywhere: a set holds it\n",
        ),
    ],
)
def test_a_notebook_says_what_may_come_out_otherwise_and_nothing_of_line_numbers(report, said, project, capsys):
    OldCode().say(project({"user.py": ""}).loader, report)
    assert capsys.readouterr().out == said
