"""`reload_with`: a module is executed again when a data file changes that it has declared."""

import os
import sys

import pytest
from project import value
from pyautoload_wasm import ConfigurationError, reload_with

CONF = """
import json, os
from pyautoload_wasm import reload_with
reload_with("settings.json")
def load():
    try:
        with open(os.path.join(os.path.dirname(__file__), "settings.json")) as file:
            return json.load(file)
    except FileNotFoundError:
        return None
VALUE = load()
"""
FILES = {"conf.py": CONF, "user.py": "from app.conf import VALUE\n", "other.py": "VALUE = []\n"}


@pytest.fixture
def app(project):
    return project({**FILES, "settings.json": "1"}, "app.user", "app.other")


@pytest.mark.smoke
def test_an_event_of_the_file_executes_the_module_and_its_dependents(app):
    other = value("app.other")
    report = app.write("settings.json", "2").flush()
    assert report.reloaded == {"app.conf": "settings.json changed", "app.user": "imports app.conf, line 1"}
    assert report.changed == [app.path("settings.json")]
    assert (value("app.conf"), value("app.user")) == (2, 2)
    assert value("app.other") is other


def test_the_same_content_is_no_change(app):
    assert not app.write("settings.json", "1").flush()


def test_reload_finds_it_without_an_event(app):
    app.put("settings.json", "2")
    assert app.loader.reload().reloaded["app.conf"] == "settings.json changed"
    assert not app.loader.reload()


def test_a_file_goes_and_comes(app):
    assert app.delete("settings.json").flush().reloaded["app.conf"] == "settings.json is gone"
    assert value("app.conf") is None
    assert app.write("settings.json", "3").flush().reloaded["app.conf"] == "settings.json is there now"
    assert value("app.conf") == 3


def test_a_file_that_the_module_makes_false_leaves_the_old_code_until_it_is_right(app):
    report = app.write("settings.json", "{").flush()
    assert [failed.name for failed in report.failed] == ["app.conf"]
    assert value("app.user") == 1
    assert not app.flush().failed
    assert app.write("settings.json", "4").flush().reloaded["app.conf"] == "settings.json changed"
    assert value("app.user") == 4


def test_what_a_failed_version_has_declared_is_tried_again_when_that_changes(app):
    source = CONF.replace("settings.json", "new.json").replace("return None", "raise")
    assert app.write("conf.py", source).flush().failed
    assert value("app.conf") == 1
    assert app.write("new.json", "5").flush().reloaded
    assert value("app.user") == 5
    assert not app.write("settings.json", "6").flush()


def test_each_execution_declares_anew(app):
    app.write("conf.py", "VALUE = 7\n").flush()
    assert not app.write("settings.json", "2").flush()


def test_a_deleted_module_depends_on_nothing(app):
    app.write("user.py", "").delete("conf.py").flush()
    assert not app.write("settings.json", "2").flush()


def test_a_package_whose_file_has_gone_depends_on_nothing(project):
    source = CONF.replace("settings.json", "../settings.json")
    app = project({"conf/__init__.py": source, "conf/part.py": "", "settings.json": "1"}, "app.conf", "app.conf.part")
    app.put("settings.json", "2").delete("conf/__init__.py").loader.notify(app.path("settings.json"))
    assert "app.conf" in app.flush().reloaded
    assert sys.modules["app.conf"].__file__ is None
    assert not app.write("settings.json", "3").flush()


def test_a_reader_that_goes_in_the_flush_in_which_its_file_changes(app):
    app.put("settings.json", "2").write("user.py", "").delete("conf.py").loader.notify(app.path("settings.json"))
    report = app.flush()
    assert (list(report.reloaded), list(report.removed), report.failed) == (["app.user"], ["app.conf"], [])
    assert not app.write("settings.json", "3").flush()
    __import__("app.other")
    app.write("conf.py", CONF).flush()
    __import__("app.conf")
    assert value("app.conf") == 3
    assert app.write("settings.json", "4").flush().reloaded == {"app.conf": "settings.json changed"}


def test_where_both_change_the_data_file_is_the_reason_that_no_edit_can_be_less_than(app):
    app.put("settings.json", "2").write("conf.py", CONF + "MORE = 1\n")
    report = app.loader.notify(app.path("settings.json")).flush()
    assert report.reloaded["app.conf"] == "settings.json changed"
    assert not app.flush()


def test_a_folder_stands_for_the_names_in_it(project):
    source = """
    import os
    from pyautoload_wasm import reload_with
    reload_with("texts")
    VALUE = len(os.listdir(os.path.join(os.path.dirname(__file__), "texts")))
    """
    app = project({"conf.py": source, "texts/a.txt": "a"}, "app.conf")
    assert not app.write("texts/a.txt", "b").flush()
    assert app.write("texts/b.txt", "b").flush().reloaded == {"app.conf": "texts changed"}
    assert value("app.conf") == 2
    assert app.delete("texts/a.txt").flush().reloaded == {"app.conf": "texts changed"}


def test_a_file_outside_of_the_project_counts_from_the_module_s_folder(project, write):
    write({"shared/settings.json": "1"})
    app = project({"conf.py": CONF.replace("settings.json", "../shared/settings.json")}, "app.conf")
    assert app.write("../shared/settings.json", "2").flush().reloaded == {"app.conf": "../shared/settings.json changed"}
    write({"shared/settings.json": "3"})
    assert app.loader.notify(os.path.normpath(app.path("../shared/settings.json"))).flush().reloaded
    assert value("app.conf") == 3


def test_pyodide_tells_by_itself_of_a_write_wherever_the_file_is(project, write):
    write({"shared/settings.json": "1"})
    app = project({"conf.py": CONF.replace("settings.json", "../shared/settings.json")}, "app.conf")
    write({"shared/settings.json": "2"})
    # Elsewhere nobody watches who was not asked to.
    assert bool(app.flush().reloaded) is (sys.platform == "emscripten")
    app.loader.reload()
    assert value("app.conf") == 2


def test_do_not_reload_wins(project):
    app = project({**FILES, "settings.json": "1"}, "app.user")
    app.loader.do_not_reload("conf.py")
    report = app.write("settings.json", "2").flush()
    assert (report.reloaded, report.kept) == ({}, ["app.conf"])
    assert value("app.conf") == 1


def test_what_it_refuses_and_where_it_does_nothing(autoload, failing):
    assert reload_with("settings.json") is None
    autoload({"a.py": "from pyautoload_wasm import reload_with\nreload_with(7)\n"})
    error = failing("import app.a")
    assert isinstance(error, ConfigurationError)
    assert str(error) == "reload_with(): expected str or os.PathLike, got 7"
    assert "app.a" not in sys.modules
