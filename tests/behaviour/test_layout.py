"""Files and folders that take each other's place, with and without an event: what is there is what is imported."""

import gc
import importlib
import linecache
import os
import shutil
import sys
import weakref

import pytest


def imported(name):
    sys.modules.pop(name, None)
    return importlib.import_module(name)


SHAPES = {
    "a file": {"user.py": "v = {}\nclass User:\n    v = v\n"},
    "a package": {"user/__init__.py": "v = {}\nclass User:\n    v = v\n"},
    "a namespace": {"user/part.py": "v = {}\n"},
}


@pytest.mark.parametrize("after", SHAPES)
@pytest.mark.parametrize("before", SHAPES)
@pytest.mark.parametrize("was_imported", [False, True])
def test_what_took_a_module_s_place_is_imported(autoload, write, tmp_path, before, after, was_imported):
    autoload({name: source.format(1) for name, source in SHAPES[before].items()})
    if was_imported:
        importlib.import_module("app.user")
    else:
        importlib.import_module("app")
    for path in ("user.py", "user"):
        path = tmp_path / "app" / path
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    write({f"app/{name}": source.format(22) for name, source in SHAPES[after].items()})
    sys.modules.pop("app.user.part", None)
    user = imported("app.user")
    assert sys.modules["app.user"] is sys.modules["app"].user is user
    assert hasattr(user, "__path__") == (after != "a file")
    if after != "a namespace":
        assert (user.v, sys.modules["app"].User.v) == (22, 22)
    else:
        assert user.part.v == 22


def test_a_file_that_is_gone_is_still_told_of(autoload, failing, tmp_path):
    autoload({"user.py": ""})
    importlib.import_module("app")
    (tmp_path / "app/user.py").unlink()
    assert "is gone now" in str(failing("import app.user"))


def test_the_attribute_of_a_file_may_be_the_end_of_its_name(autoload):
    def configure(loader):
        return loader.inflect({"my_thing": "thing", "my_other": "mother"})

    autoload({"my_thing.py": "def thing(): pass\n", "my_other.py": "def mother(): pass\n"}, configure)
    thing, mother = importlib.import_module("app.thing"), importlib.import_module("app.mother")
    app = sys.modules["app"]
    assert (app.thing, app.mother) == (thing.thing, mother.mother)
    assert (app.my_thing, app.my_other) == (thing, mother)


def test_a_folder_that_was_swapped_is_looked_at_file_by_file(project, tmp_path):
    there = project(
        {"models/user.py": "v = 1\n", "models/same.py": "v = 1\n", "models/deep/x.py": "v = 1\n", "main.py": ""},
        *("app.models.user", "app.models.same", "app.models.deep.x", "app.main"),
    )
    there.put("../stage/user.py", "v = 22\n").put("../stage/same.py", "v = 1\n").put("../stage/deep/x.py", "v = 22\n")
    os.rename(there.path("models"), tmp_path / "before")
    os.rename(tmp_path / "stage", there.path("models"))
    there.loader.notify({"kind": "renamed", "path": str(tmp_path / "stage"), "to": there.path("models")})
    assert set(there.flush().reloaded) == {"app.models.user", "app.models.deep.x"}
    assert sys.modules["app.models.user"].v == sys.modules["app.models.deep.x"].v == 22


def test_deleted_files_leave_nothing_behind(project):
    there = project({"base.py": ""}, "app.base")
    codes = []
    for number in range(3):
        there.write(f"scratch{number}.py", "def work():\n    return 1\n").flush()
        module = importlib.import_module(f"app.scratch{number}")
        codes.append(weakref.ref(module.work.__code__))
        assert linecache.getline(module.__file__, 1)
        there.delete(f"scratch{number}.py").flush()
        assert module.__file__ not in linecache.cache
        del module
    there.write("folder/scratch.py", "def work():\n    return 1\n").flush()
    codes.append(weakref.ref(importlib.import_module("app.folder.scratch").work.__code__))
    there.delete("folder").flush()
    gc.collect()
    assert [code() for code in codes] == [None] * 4


def test_the_only_module_of_a_folder_comes_back(project):
    there = project(
        {"models/user.py": "class User:\n    v = 1\n", "main.py": "from app.models import User\n"}, "app.main"
    )
    there.delete("models/user.py").flush()
    there.write("models/user.py", "class User:\n    v = 22\n").flush()
    assert sys.modules["app.main"].User.v == sys.modules["app"].models.User.v == 22
    there.write("models/user.py", "class User:\n    v = 333\n").flush()
    assert sys.modules["app.main"].User.v == 333


def test_a_module_in_a_folder_that_was_imported_when_it_was_empty_is_found(project, tmp_path):
    there = project({"main.py": "", "data/x.csv": "1"}, "app.data")
    assert not there.loader.registry.get("app.data")
    assert list(sys.modules["app.data"].__path__) == [there.path("data")]
    there.write("data/user.py", "class User: pass\n").flush()
    assert sys.modules["app"].data.User.__name__ == "User"


def test_eager_loading_leaves_out_the_script_that_runs(autoload, monkeypatch, tmp_path):
    ran = "import builtins\nbuiltins.ran = True\n"
    loader = autoload({"script.py": ran, "lib.py": ""}, top_level=None)
    os.symlink(tmp_path / "app", tmp_path / "link")
    for path in ("app/script.py", "link/script.py"):
        monkeypatch.setattr(sys.modules["__main__"], "__file__", str(tmp_path / path), raising=False)
        report = loader.eager_load(on_error="raise")
        assert (report.loaded, report.skipped) == (["lib"], ["script"])
    importlib.import_module("script")
    assert "script" in loader.eager_load(on_error="raise").loaded
