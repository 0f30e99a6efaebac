"""A package whose import failed leaves in `sys.modules` what it had imported of its own by then. No fresh process would have these
modules, so they hold back nobody's reload.
"""

import sys

import pytest

FILES = {
    "core.py": "VALUE = 1\n",
    "user.py": "from app.core import VALUE\n",
    "extras/__init__.py": "from . import a\nfrom .deep import b\nimport not_installed_anywhere\n",
    "extras/a.py": "from app.core import VALUE\n",
    "extras/deep/__init__.py": "",
    "extras/deep/b.py": "from app.core import VALUE\n",
}
LEFT = ["app.extras.a", "app.extras.deep", "app.extras.deep.b"]


@pytest.fixture
def app(project):
    app = project(FILES, "app.user")
    with pytest.raises(ImportError, match="not_installed_anywhere"):
        __import__("app.extras")
    assert [name for name in sorted(sys.modules) if name.startswith("app.extras")] == LEFT
    return app


@pytest.mark.smoke
def test_what_it_has_left_holds_back_nobody(app):
    unloaded = []
    app.loader.on_unload(lambda name, module: unloaded.append(name))
    report = app.write("core.py", "VALUE = 2\n").flush()
    assert (report.failed, report.pending) == ([], [])
    assert list(report.reloaded) == ["app.core", "app.user"]
    assert sys.modules["app.user"].VALUE == 2
    why = "its package app.extras is not loaded"
    assert report.removed == dict.fromkeys(LEFT, why)
    assert not set(LEFT) & sys.modules.keys()
    assert sorted(unloaded) == sorted([*LEFT, "app.core", "app.user"])


def test_it_is_said_once(app):
    app.write("core.py", "VALUE = 2\n").flush()
    assert app.write("core.py", "VALUE = 3\n").flush().removed == {}
    assert sys.modules["app.user"].VALUE == 3


def test_what_it_has_left_is_made_anew_when_the_package_can_be_imported(app):
    app.write("core.py", "VALUE = 2\n").flush()
    app.write("extras/__init__.py", FILES["extras/__init__.py"].replace("import not_installed_anywhere\n", "")).flush()
    __import__("app.extras")
    assert [sys.modules[name].VALUE for name in ("app.extras.a", "app.extras.deep.b")] == [2, 2]


def test_it_stays_where_nothing_concerns_it(app):
    left = sys.modules["app.extras.a"]
    report = app.write("user.py", "from app.core import VALUE\nMORE = 1\n").flush()
    assert (report.failed, report.removed) == ([], {})
    assert sys.modules["app.extras.a"] is left


def test_an_edit_of_what_it_has_left(app):
    report = app.write("extras/a.py", "VALUE = 3\n").flush()
    assert (report.failed, report.pending) == ([], [])
    assert "app.extras.a" in report.removed
    assert "app.extras.a" not in sys.modules


def test_another_fault_is_still_reported(app):
    report = app.write("core.py", "VALUE = 2\nraise RuntimeError('broken')\n").flush()
    assert [failed.name for failed in report.failed] == ["app.core"]
    assert sys.modules["app.user"].VALUE == 1
    report = app.write("core.py", "VALUE = 3\n").flush()
    assert (report.failed, report.pending) == ([], [])
    assert sys.modules["app.user"].VALUE == 3


def test_a_package_that_somebody_has_taken_out_comes_back_with_its_modules(project):
    """Streamlit takes out what has changed, in an order of its own."""
    app = project(
        {"pkg/__init__.py": "", "pkg/mod.py": "VALUE = 1\n", "user.py": "from app.pkg.mod import VALUE\n"}, "app.user"
    )
    del sys.modules["app.pkg"]
    report = app.write("pkg/mod.py", "VALUE = 2\n").flush()
    assert (report.failed, report.removed) == ([], {})
    assert set(report.reloaded) == {"app.pkg.mod", "app.user"}
    assert sys.modules["app.user"].VALUE == 2
    assert sys.modules["app.pkg"].mod is sys.modules["app.pkg.mod"]
