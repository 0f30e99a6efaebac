"""Failures in a reload, found by the random test: what is left behind, who waits, and for how long."""

import sys

import pytest
from project import held, value


def test_what_a_failing_package_leaves_behind_in_a_reload_is_given_to_nobody(project):
    """p imports p.m and fails; first catches that. Python would give p.m, without its package, to second, in this process alone."""
    app = project(
        {
            "p/__init__.py": "from . import m\nraise ImportError\n",
            "p/m.py": "VALUE = 1\n",
            "first.py": "",
            "second.py": "",
        },
        "app.first",
        "app.second",
    )
    app.write("first.py", "try:\n    from .p import m\nexcept ImportError:\n    m = None\n")
    app.write("second.py", "from .p.m import VALUE\n")
    assert held(app) == {"app.second": ["app.second"]}
    assert "app.p.m" not in sys.modules
    assert app.write("p/__init__.py", "").flush().pending == []
    assert sys.modules["app.first"].m.VALUE == value("app.second") == 1


def test_what_a_failing_package_has_left_behind_frees_its_importers_when_it_changes(project):
    app = project({"p/__init__.py": "from .m import NAME\n", "p/m.py": "", "first.py": ""}, "app.first")
    app.write("first.py", "try:\n    from .p.m import NAME\nexcept ImportError:\n    NAME = 0\n").flush()
    assert "app.p.m" not in sys.modules
    assert list(app.write("p/m.py", "NAME = 1\n").flush().reloaded) == ["app.first"]
    assert sys.modules["app.first"].NAME == 1


def test_a_failed_transaction_forgets_nothing_of_the_one_before(project):
    """first catches that late fails, second does not: that first is reloaded when late changes has nothing to do with second."""
    app = project({"late.py": "raise ImportError\n", "first.py": "", "second.py": ""}, "app.first", "app.second")
    app.write("first.py", "try:\n    from .late import VALUE\nexcept ImportError:\n    VALUE = 0\n")
    assert held(app.write("second.py", "from .late import VALUE\n")) == {"app.second": ["app.second"]}
    assert value("app.first") == 0
    assert app.write("late.py", "VALUE = 1\n").flush().pending == []
    assert value("app.first") == value("app.second") == 1


def test_a_module_that_could_not_be_reloaded_waits_though_it_no_longer_reaches_what_has_changed(project, monkeypatch):
    """a fails because of what is no file's. It was tried as u leads from it to b; then u does without b, which is reloaded alone."""
    files = {
        "a.py": "import sys\nVALUE = sys.gone\ndef later():\n    from . import u\n",
        "u.py": "from . import b\n",
        "b.py": "VALUE = 1\n",
    }
    monkeypatch.setattr(sys, "gone", 1, raising=False)
    app = project(files, "app.a", "app.b")
    monkeypatch.delattr(sys, "gone")
    assert held(app.write("b.py", "VALUE = 2\n")) == {"app.a": ["app.a", "app.b"]}
    report = app.write("u.py", "").flush()
    assert list(report.reloaded) == ["app.b"]
    assert report.pending == ["app.a"]
    monkeypatch.setattr(sys, "gone", 3, raising=False)
    report = app.write("u.py", "VALUE = 1\n").flush()
    assert report.reloaded == {"app.a": "it could not be reloaded before"}
    assert value("app.a") == 3


def test_a_module_that_failed_for_one_that_is_as_it_was_waits_no_longer(project):
    app = project({"a.py": "from .b import NAME\n", "b.py": "NAME = 1\n"}, "app.a")
    assert app.write("b.py", "OTHER = 1\n").flush().pending == ["app.a", "app.b"]
    report = app.write("b.py", "NAME = 1\n").flush()
    assert report.reloaded == {}
    assert report.pending == []


def test_who_could_import_a_failing_module_is_reloaded_once_for_each_change_of_its_file(project):
    """u is a package now, and nobody has imported it since: a new file beside it is no news for a."""
    app = project({"a.py": "def later():\n    from . import u\n", "u.py": "raise ImportError\n"}, "app.a")
    with pytest.raises(ImportError):
        __import__("app.u")
    assert list(app.delete("u.py").write("u/__init__.py", "raise ImportError\n").flush().reloaded) == ["app.a"]
    assert app.write("other.py", "").flush().reloaded == {}
    assert list(app.delete("u").write("u.py", "").flush().reloaded) == ["app.a"]


def test_an_edit_that_is_taken_back_executes_nobody_who_imports_later(project):
    """A module that a function imports is executed after the one that has the function; that makes neither out of date."""
    files = {
        "core.py": "VALUE = 1\ndef late():\n    import app.late\n    return app.late.VALUE\n",
        "late.py": "from app.core import VALUE\n",
        "strict.py": "import app.core\nif app.core.VALUE == 2: raise RuntimeError('two')\n",
    }
    app = project(files, "app.core", "app.strict")
    assert sys.modules["app.core"].late() == 1
    before = {name: sys.modules[name] for name in ("app.core", "app.late", "app.strict")}
    assert [failed.name for failed in app.write("core.py", files["core.py"].replace("= 1", "= 2")).flush().failed] == [
        "app.strict"
    ]
    report = app.write("core.py", files["core.py"]).flush()
    assert (report.reloaded, report.failed, report.pending) == ({}, [], [])
    assert {name: sys.modules[name] for name in before} == before
