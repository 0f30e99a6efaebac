"""What random edits have found: each a few files, what happens to them, and what has to hold. See `tests/reloading`."""

import sys

import pytest
from project import held, value


def test_a_file_that_is_what_it_was_is_reloaded_where_its_imports_have_moved_on(project):
    """a breaks; b changes, and is reloaded without it; a is mended to what it was, and still has b's old value."""
    source = "from .b import VALUE\n"
    app = project({"a.py": source, "b.py": "VALUE = 1\n"}, "app.a")
    app.write("a.py", "1 +\n").flush()
    app.write("b.py", "VALUE = 2\n").flush()
    report = app.write("a.py", source).flush()
    assert report.reloaded == {"app.a": "what it imports was reloaded without it"}
    assert report.pending == []
    assert value("app.a") == 2


def test_what_a_mended_package_has_held_back_is_reloaded_with_it(project):
    """The same one step further: it is not the mended file that has an old value, but a module below it."""
    app = project({"p/__init__.py": "", "p/a.py": "from ..b import VALUE\n", "b.py": "VALUE = 1\n"}, "app.p.a")
    app.write("p/__init__.py", "1 +\n").flush()
    app.write("b.py", "VALUE = 2\n").flush()
    assert list(app.write("p/__init__.py", "").flush().reloaded) == ["app.p.a"]
    assert value("app.p.a") == 2


def test_a_mended_file_does_not_run_the_code_of_its_broken_version(project):
    """a fails, and is mended to what it was; it runs again since b has changed, and not with the code that was compiled last."""
    source = "from .b import VALUE\n"
    app = project({"a.py": source, "b.py": "VALUE = 1\n"}, "app.a")
    app.write("a.py", "raise RuntimeError\n").flush()
    report = app.write("a.py", source).write("b.py", "VALUE = 2\n").flush()
    assert report.failed == []
    assert value("app.a") == 2


def test_a_module_that_is_not_loaded_connects_what_imports_it_with_what_it_imports(project):
    """a imports u, which was not there yet, and u imports b: u has to see the new b, though it is in no plan itself."""
    files = {"a.py": "try:\n    from .u import VALUE\nexcept ImportError:\n    VALUE = 0\n", "b.py": "VALUE = 1\n"}
    app = project(files, "app.a", "app.b")
    app.write("u.py", "from .b import VALUE\n").write("b.py", "VALUE = 2\n").flush()
    assert value("app.a") == value("app.u") == value("app.b") == 2


def test_what_stands_above_a_missing_module_is_imported_too(project):
    """`from p.gone import x` runs p before it misses p.gone."""
    files = {"a.py": "try:\n    from .p.gone import VALUE\nexcept ImportError:\n    VALUE = 0\n", "p/__init__.py": ""}
    app = project(files, "app.a")
    app.write("p/__init__.py", "raise ZeroDivisionError\n")
    assert held(app) == {"app.p": ["app.p", "app.a"]}


def test_a_module_that_never_loaded_leaves_nobody_pending(project):
    """u fails and is changed; nobody needs it, and who imports it in a function is not out of date because of it."""
    files = {"a.py": "def later():\n    from . import u\n", "u.py": "raise ZeroDivisionError\n", "b.py": ""}
    app = project(files, "app.a", "app.b")
    with pytest.raises(ZeroDivisionError):
        __import__("app.u")
    app.write("b.py", "1 +\n").flush()
    report = app.write("u.py", "raise KeyError\n").flush()
    assert report.pending == ["app.b"]


def test_what_a_failure_has_held_back_is_tried_when_it_no_longer_imports_that(project):
    """a fails because of the new b, which is held back; then a does without b, and nothing holds b any longer."""
    app = project({"a.py": "from .b import NAME\n", "b.py": "NAME = VALUE = 1\n"}, "app.a")
    assert held(app.write("b.py", "VALUE = 2\n")) == {"app.a": ["app.b", "app.a"]}
    assert value("app.b") == 1
    report = app.write("a.py", "").flush()
    assert sorted(report.reloaded) == ["app.a", "app.b"]
    assert report.pending == []
    assert value("app.b") == 2


def test_what_a_failure_has_held_back_is_tried_when_the_failing_module_goes(project):
    app = project({"a.py": "from .b import NAME\n", "b.py": "NAME = VALUE = 1\n"}, "app.a")
    app.write("b.py", "VALUE = 2\n").flush()
    report = app.delete("a.py").flush()
    assert list(report.removed) == ["app.a"]
    assert list(report.reloaded) == ["app.b"]
    assert value("app.b") == 2


def test_a_new_module_that_is_broken_at_first_frees_its_importers_when_it_is_mended(project):
    """It never ran, so nothing is known of it but who waits for it."""
    app = project({"a.py": "try:\n    from .new import VALUE\nexcept ImportError:\n    VALUE = 0\n"}, "app.a")
    assert held(app.write("new.py", "1 +\n")) == {"app.a": ["app.a"]}
    assert list(app.write("new.py", "VALUE = 1\n").flush().reloaded) == ["app.a"]
    assert value("app.a") == 1


def test_a_folder_beside_a_module_is_no_change_of_the_module(project):
    """The folder of an explicit namespace goes and comes back: an event of the folder, whose module is a file beside it."""
    app = project({"hotel.py": "VALUE = 1\n", "hotel/room.py": ""}, "app.hotel.room")
    before = sys.modules["app.hotel"]
    app.loader.notify(f"{app.base}/hotel")
    app.loader.notify(f"{app.base}/hotel/room.py")
    assert app.flush().reloaded == {}
    assert sys.modules["app.hotel"] is before


def test_a_missing_reason_does_not_hide_another_one(project):
    """a tries a module that comes to be, and breaks as well; mended to what it was, it still has to find the new module."""
    source = "try:\n    from .new import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    app = project({"a.py": source, "other.py": ""}, "app.a")
    app.write("a.py", "1 +\n").write("new.py", "VALUE = 1\n").flush()
    report = app.write("a.py", source).flush()
    assert report.reloaded == {"app.a": "its imports find other modules than before"}
    assert value("app.a") == 1


def test_a_module_that_goes_while_its_importer_is_broken_is_missed_when_that_is_mended(project):
    source = "try:\n    from .old import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    app = project({"a.py": source, "old.py": "VALUE = 1\n"}, "app.a")
    app.write("a.py", "1 +\n").delete("old.py").flush()
    app.write("a.py", source).flush()
    assert value("app.a") == 0


@pytest.mark.parametrize(
    "use",
    ["import app\nVALUE = app.user.VALUE\n", "import importlib\nVALUE = importlib.import_module('app.user').VALUE\n"],
)
def test_an_observed_import_is_not_forgotten_when_an_unchanged_module_runs_again(project, use):
    """Running again, it finds what it uses loaded, and nothing looks for that a second time."""
    files = {"user.py": "VALUE = 1\n", "other.py": "", "a.py": f"import app.other\n{use}"}
    app = project(files, "app.a")
    app.write("other.py", "MORE = 1\n").flush()
    app.write("user.py", "VALUE = 2\n").flush()
    assert value("app.a") == 2


@pytest.mark.parametrize("meanwhile", [[], ["hotel/lobby.py"]])
def test_a_file_that_comes_back_after_its_folder_was_deleted_is_news(project, meanwhile):
    """Of the deletion only the folder had an event, and the file is what it was when it was executed."""
    guest = "try:\n    from .hotel.room import VALUE\nexcept ImportError:\n    VALUE = None\n"
    app = project({"guest.py": guest, "hotel.py": "", "hotel/room.py": "VALUE = 1\n"}, "app.guest")
    assert value("app.guest") == 1
    app.delete("hotel")
    for name in meanwhile:
        app.write(name, "")
    app.flush()
    assert value("app.guest") is None
    assert "app.guest" in app.write("hotel/room.py", "VALUE = 1\n").flush().reloaded
    assert value("app.guest") == 1


def test_a_module_that_saw_an_import_fail_waits_when_that_fails_otherwise(project):
    """late never worked, and user did without it. It breaks in a way that user does not catch, and nobody can import user afresh."""
    user = "try:\n    from .late import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    app = project(
        {"late.py": "raise ImportError\n", "user.py": user, "above.py": "from .user import VALUE\n"}, "app.above"
    )
    assert held(app.write("late.py", "1 +\n")) == {"app.user": ["app.user", "app.above"]}
    report = app.write("above.py", "from .user import VALUE\nMORE = 1\n").flush()
    assert report.reloaded == {}
    assert report.pending == ["app.above", "app.user"]
    assert app.write("late.py", "VALUE = 1\n").flush().pending == []
    assert value("app.above") == 1


def test_a_module_that_was_taken_out_by_hand_connects_what_imports_it_with_what_it_imports(project):
    """mid is in no module's hands any more, and a runs it again: it fails because of the new b, which is held back with it."""
    files = {"a.py": "from .mid import VALUE\n", "mid.py": "from .b import VALUE\n", "b.py": "VALUE = 1\n"}
    app = project(files, "app.a")
    del sys.modules["app.mid"]
    assert held(app.write("b.py", "OTHER = 2\n")) == {"app.a": ["app.b", "app.a"]}
    assert value("app.a") == value("app.b") == 1


def test_what_a_deleted_file_was_seen_to_import_is_forgotten_when_another_takes_its_name(project):
    files = {"a.py": "import importlib\nimportlib.import_module('app.' + 'b')\n", "b.py": "VALUE = 1\n"}
    app = project(files, "app.a")
    app.delete("a.py").flush()
    app.write("a.py", "VALUE = 1\n").flush()
    before = __import__("app.a").a
    assert list(app.write("b.py", "VALUE = 2\n").flush().reloaded) == ["app.b"]
    assert sys.modules["app.a"] is before


def test_a_package_that_takes_a_modules_name_and_goes_again_leaves_nothing_waiting(project):
    app = project({"hotel.py": "ROOM = 1\n", "guest.py": "from .hotel import ROOM\n"}, "app.guest")
    assert app.write("hotel/__init__.py", "").flush().pending == ["app.guest", "app.hotel"]
    report = app.delete("hotel/__init__.py").flush()
    assert report.pending == []
    assert sorted(report.reloaded) == ["app.guest", "app.hotel"]


def test_a_new_file_is_not_held_back_by_what_the_one_before_was_seen_to_import(project):
    """u is deleted, b breaks, and u comes back without its import of b, which no source shows."""
    files = {
        "a.py": "try:\n    from .u import VALUE\nexcept ImportError:\n    VALUE = 0\n",
        "u.py": "import importlib\nVALUE = importlib.import_module('app.' + 'b').VALUE\n",
        "b.py": "VALUE = 1\n",
    }
    app = project(files, "app.a")
    app.delete("u.py").flush()
    assert app.write("b.py", "1 +\n").flush().pending == ["app.b"]
    report = app.write("u.py", "VALUE = 2\n").flush()
    assert report.failed == []
    assert report.pending == ["app.b"]
    assert value("app.a") == 2


def test_a_module_that_waits_for_another_may_miss_a_third_itself(project):
    """user waits for late, which is broken; other is deleted, and above changes. user fails by itself, so config is not held back."""
    user = "from . import config, other\ntry:\n    from .late import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    files = {
        "late.py": "raise ImportError\n",
        "other.py": "",
        "config.py": "",
        "user.py": user,
        "above.py": "from . import user\n",
    }
    app = project(files, "app.above")
    assert held(app.write("late.py", "1 +\n")) == {"app.user": ["app.user", "app.above"]}
    app.delete("other.py").write("above.py", "from . import user\nMORE = 1\n").write("config.py", "MORE = 1\n")
    report = app.flush()
    assert list(report.reloaded) == ["app.config"]
    assert report.pending == ["app.above", "app.user"]


def test_a_module_waits_though_what_it_saw_fail_was_imported_by_hand_since(project):
    """user did without late, and fails of what the new one has not got: no import by somebody else makes user good."""
    user = "try:\n    import app.late\n    VALUE = app.late.VALUE\nexcept ImportError:\n    VALUE = 0\n"
    app = project(
        {"late.py": "raise ImportError\n", "user.py": user, "above.py": "from .user import VALUE\n"}, "app.above"
    )
    assert held(app.write("late.py", "OTHER = 1\n")) == {"app.user": ["app.user", "app.above"]}
    __import__("app.late")
    report = app.write("above.py", "from .user import VALUE\nMORE = 1\n").flush()
    assert report.reloaded == {}
    assert report.pending == ["app.above", "app.user"]


def test_a_namespace_package_does_not_import_what_the_package_before_it_did(project):
    """p is deleted, b breaks, and p comes back as a folder without code: what imports it has nothing to do with b."""
    files = {
        "a.py": "def f():\n    from .p import m\n",
        "p/__init__.py": "import importlib\nimportlib.import_module('app.' + 'b')\n",
        "p/m.py": "",
        "b.py": "",
    }
    app = project(files, "app.a", "app.p.m")
    app.delete("p/__init__.py").delete("p/m.py").flush()
    app.write("b.py", "1 +\n").flush()
    report = app.write("p/m.py", "").flush()
    assert report.failed == []
    assert list(report.reloaded) == ["app.a"]


def test_each_report_tells_what_runs_old_code_also_when_nothing_has_changed(project):
    app = project({"a.py": "VALUE = 1\n", "b.py": "from .a import VALUE\n"}, "app.b")
    app.write("a.py", "1 +\n").flush()
    report = app.flush()
    assert not report
    assert report.pending == ["app.a", "app.b"]
    assert app.write("a.py", "1 +\n").flush().pending == ["app.a", "app.b"]
    app.write("a.py", "VALUE = 2\n").flush()
    assert app.flush().pending == []


@pytest.mark.parametrize("was_there", [False, True])
def test_a_new_module_that_somebody_imports_before_the_flush_is_news_to_who_missed_it(project, was_there):
    """By the time of the flush its file is what was executed."""
    user = "try:\n    from .optional import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    app = project(
        {"user.py": user, "other.py": "", **({"optional.py": "VALUE = 1\n"} if was_there else {})}, "app.user"
    )
    if was_there:
        app.delete("optional.py").flush()
    app.write("optional.py", "VALUE = 1\n")
    __import__("app.optional")
    assert app.flush().reloaded == {"app.user": "imports app.optional, line 2, which is new"}
    assert value("app.user") == 1
    assert not app.flush()


def test_a_module_that_was_taken_out_by_hand_still_counts_for_those_that_imported_it(project):
    """mid is in no module's hands any more, and a fresh process could not import it: nor a, which waits until mid is mended."""
    app = project({"a.py": "from .mid import VALUE\n", "mid.py": "VALUE = 1\n"}, "app.a")
    del sys.modules["app.mid"]
    assert held(app.write("mid.py", "OTHER = 2\n")) == {"app.a": ["app.a"]}
    report = app.write("other.py", "").flush()
    assert report.pending == ["app.a"]
    assert app.write("mid.py", "VALUE = 2\n").flush().pending == []
    assert value("app.a") == 2


def test_a_module_that_was_taken_out_by_hand_is_compared_with_what_it_was_then(project):
    """The first reload fails because of b, and mid was gone by then; then mid changes, and only a had seen it."""
    files = {"a.py": "from .mid import VALUE\nfrom .b import NAME\n", "mid.py": "VALUE = 1\n", "b.py": "NAME = 1\n"}
    app = project(files, "app.a")
    del sys.modules["app.mid"]
    assert held(app.write("mid.py", "VALUE = 2\n").write("b.py", "OTHER = 1\n")) == {"app.a": ["app.b", "app.a"]}
    report = app.write("b.py", "NAME = 1\n").flush()
    assert report.pending == []
    assert value("app.a") == 2


@pytest.mark.parametrize("is_told", ["p", ""], ids=["the folder", "the root"])
def test_of_a_folder_that_was_swapped_also_what_is_not_loaded_is_read_again(project, is_told):
    """The path of a folder is all that is told."""
    app = project({"p/u.py": "VALUE = 1\n", "b.py": "VALUE = 1\n"}, "app.b")
    assert app.loader.dependencies("app.p.u") == ["app.p"]
    app.put("p/u.py", "from ..b import VALUE\n").loader.notify(app.path(is_told))
    app.flush()
    assert "app.b" in app.loader.dependencies("app.p.u")


@pytest.mark.parametrize("source", ["import app.old\n", ""], ids=["with other code", "at first"])
def test_who_has_imported_a_new_module_before_its_flush_is_not_executed_once_more(project, source):
    """The importer was not loaded. It found the new file, which the loader had not been told of, and so scanned."""
    app = project({"main.py": source or "import app.new\n", "old.py": "", "other.py": ""}, "app.old")
    app.put("main.py", "import app.new\nRUNS = []\n") if source else app
    app.write("new.py", "from . import other\n").loader.notify(app.path("main.py"))
    __import__("app.main")
    report = app.flush()
    assert (report.reloaded, report.failed) == ({}, [])
    assert set(app.write("new.py", "VALUE = 2\n").flush().reloaded) == {"app.new", "app.main"}


def test_who_has_missed_a_new_module_before_another_imported_it_is_reloaded(project):
    """Both have run since the loader has scanned, one before the file was there."""
    missing = "try:\n    from .new import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    app = project({"early.py": missing, "late.py": missing, "first.py": "from . import newest\n"})
    app.put("newest.py", "")
    __import__("app.first")
    __import__("app.early")
    app.put("new.py", "VALUE = 1\n")
    __import__("app.late")
    assert (value("app.early"), value("app.late")) == (0, 1)
    assert set(app.flush().reloaded) == {"app.early"}
    assert (value("app.early"), value("app.late")) == (1, 1)


@pytest.mark.parametrize("is_broken_at_once", [False, True])
def test_a_module_whose_import_was_replaced_while_it_was_broken_is_not_what_it_was(project, is_broken_at_once):
    """Its file is again what ran, and imports what it imported then; but of that another version is there."""
    user = "from . import late\ntry:\n    from .late import VALUE\nexcept ImportError:\n    VALUE = 0\n"
    files = {"late.py": "VALUE = 4\n", "user.py": user, "other.py": "from . import user\n"}
    app = project(files, "app.other")
    app.write("user.py", f"{user}1 / 0\n")
    if not is_broken_at_once:
        app.flush()
    app.write("other.py", "from . import user\nMORE = 1\n").delete("late.py").flush()
    app.write("late.py", "VALUE = 1\n").flush()
    report = app.write("user.py", user).flush()
    assert "app.user" in report.reloaded
    assert value("app.user") == 1
    assert report.pending == []
