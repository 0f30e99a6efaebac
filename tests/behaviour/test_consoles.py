"""Consoles that are written in Python, as `code.interact()` is: before each statement changed files are reloaded."""

import code
import sys

import pytest

USER = "LIMIT = {limit}\nclass User:\n    def limit(self): return {limit}\n"


@pytest.fixture
def app(project):
    return project({"user.py": USER.format(limit=1)})


@pytest.fixture
def console():
    return code.InteractiveConsole({"__name__": "__console__"})


def test_names_and_objects_follow_an_edit_that_nobody_tells_of(app, console, capsys):
    console.push("from app.user import User, LIMIT")
    console.push("user = User()")
    app.put("user.py", USER.format(limit=22))
    console.push("seen = LIMIT, user.limit(), type(user) is User")
    assert console.locals["seen"] == (22, 22, True)
    assert capsys.readouterr().out == "pyautoload_wasm: reloaded app.user\n"


def test_what_fails_is_said_before_each_statement(app, console, capsys):
    console.push("from app.user import LIMIT")
    app.put("user.py", "def\n")
    for said in (
        "pyautoload_wasm: app.user failed, line 1 (SyntaxError: ",
        "pyautoload_wasm: app.user runs old code: line 1 ",
    ):
        console.push("seen = LIMIT")
        assert capsys.readouterr().out.startswith(said)
    assert console.locals["seen"] == 1


def test_while_a_statement_runs_nothing_changes(app, console):
    console.locals["app"] = app
    console.push("from app.user import LIMIT")
    app.put("user.py", USER.format(limit=22))
    console.push("held = app.loader._session.automation.is_held")
    assert console.locals["held"]
    assert not app.loader._session.automation.is_held


def test_a_statement_that_raises_shows_no_frame_of_ours(app, console, capsys):
    console.push("1 / 0")
    shown = capsys.readouterr().err
    assert "ZeroDivisionError" in shown
    assert "pyautoload_wasm" not in shown


def test_a_teardown_gives_python_its_own_back(app, console):
    app.loader.teardown()
    own = code.InteractiveInterpreter.runcode
    console.push("done = True")
    assert console.locals["done"]
    # It is ours until a console notices, whose statement it was.
    assert code.InteractiveInterpreter.runcode is not own
    assert code.InteractiveInterpreter.runcode.__module__ == "code"
    assert not hasattr(sys, "ps1")
