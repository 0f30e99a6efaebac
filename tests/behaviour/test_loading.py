"""Loading before anybody asks: exceptions from eager loading, a directory, a namespace, all loaders, one file."""

import importlib
import sys

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError, SetupRequiredError

FILES = {
    "a.py": "",
    "db/mysql.py": "",
    "db/sqlite.py": "",
    "models/__init__.py": "",
    "models/user.py": "",
    "models/concerns/tag.py": "",
}


def loaded():
    return sorted(name for name in sys.modules if name.partition(".")[0] == "app")


@pytest.mark.smoke
def test_what_is_excepted_is_not_eager_loaded_and_still_autoloaded(autoload):
    loader = autoload(FILES, lambda loader: loader.do_not_eager_load("db"))
    report = loader.eager_load()
    assert report.skipped == ["app.db", "app.db.mysql", "app.db.sqlite"]
    assert loaded() == [
        "app",
        "app.a",
        "app.models",
        "app.models.concerns",
        "app.models.concerns.tag",
        "app.models.user",
    ]
    assert importlib.import_module("app").db.mysql.__name__ == "app.db.mysql"


@pytest.mark.parametrize(
    ("glob", "skipped"),
    [
        ("db/mysql.py", ["app.db.mysql"]),
        ("mysql.py", ["app.db.mysql"]),
        ("**/*sql.py", ["app.db.mysql"]),
        ("models/concerns", ["app.models.concerns", "app.models.concerns.tag"]),
        ("nothing", []),
    ],
)
def test_exceptions_are_globs(autoload, glob, skipped):
    report = autoload(FILES).do_not_eager_load(glob).eager_load()
    assert report.skipped == skipped
    assert set(skipped) & set(loaded()) == set()


def test_an_absolute_path_is_a_glob_too_and_so_is_a_root(write):
    folder = write({"one/x.py": "", "two/y.py": "", "two/m/z.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app").do_not_eager_load(folder / "two") as loader:
        assert sorted(loader.eager_load().skipped) == ["app.m", "app.m.z", "app.y"]
        assert importlib.import_module("app.y")


def test_a_namespace_that_shares_roots_is_loaded_where_one_is_not_excepted(write):
    folder = write({"one/m/x.py": "", "two/m/y.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app").do_not_eager_load(folder / "one/m") as loader:
        assert loader.eager_load().skipped == ["app.m.x"]
        assert loaded() == ["app", "app.m", "app.m.y"]
        assert importlib.import_module("app.m.x")


def test_an_excepted_package_is_loaded_for_a_module_in_it_that_is_not(autoload):
    loader = autoload(FILES, lambda loader: loader.do_not_eager_load("models/__init__.py"))
    assert loader.eager_load().skipped == []
    assert "app.models.user" in loaded()


def test_force_loads_what_is_excepted_and_not_what_is_ignored(autoload):
    files = FILES | {"tmp/x.py": "raise RuntimeError\n"}
    loader = autoload(files, lambda loader: loader.do_not_eager_load("db", "*/user.py").ignore("tmp"))
    report = loader.eager_load(force=True)
    assert (report.skipped, report.failed) == ([], {})
    assert "app.db.mysql" in report.loaded
    assert "app.tmp" not in sys.modules


def test_shadowed_files_are_not_loaded(write):
    folder = write({"one/x.py": "", "two/x.py": "raise RuntimeError\n"})
    with AutoLoader([folder / "one", folder / "two"], "app") as loader:
        assert loader.eager_load().failed == {}
        assert loader.eager_load_dir(folder / "two").loaded == []
        assert loader.eager_load_namespace("app").failed == {}
        assert sys.modules["app.x"].__file__ == f"{folder}/one/x.py"


def test_dependencies_come_first(autoload):
    loader = autoload({"a.py": "from app.z import x\n", "z.py": "x = 1\n", "m.py": "import app.a\n"})
    assert loader.eager_load().loaded == ["app", "app.z", "app.a", "app.m"]


# A directory


@pytest.mark.smoke
def test_a_directory_is_loaded_and_nothing_else(autoload):
    loader = autoload(FILES)
    root = loader.roots[0].path
    assert loader.eager_load_dir(f"{root}/db").loaded == ["app.db", "app.db.mysql", "app.db.sqlite"]
    assert loaded() == ["app", "app.db", "app.db.mysql", "app.db.sqlite"]
    assert loader.eager_load_dir(root).skipped == []
    assert set(loaded()) == set(loader.registry)


def test_packages_above_a_directory_are_loaded_as_python_does(autoload):
    loader = autoload(FILES)
    loader.eager_load_dir(f"{loader.roots[0].path}/models/concerns")
    assert loaded() == ["app", "app.models", "app.models.concerns", "app.models.concerns.tag"]


def test_exceptions_hold_for_a_directory(autoload):
    loader = autoload(FILES, lambda loader: loader.do_not_eager_load("mysql.py", "models"))
    root = loader.roots[0].path
    assert loader.eager_load_dir(f"{root}/db").skipped == ["app.db.mysql"]
    assert loader.eager_load_dir(f"{root}/models").loaded == []
    assert loader.eager_load_dir(f"{root}/models", force=True).skipped == []


def test_a_collapsed_directory_is_loaded_without_the_rest_of_its_namespace(autoload):
    loader = autoload(FILES, lambda loader: loader.collapse("models/concerns"))
    loader.eager_load_dir(f"{loader.roots[0].path}/models/concerns")
    assert loaded() == ["app", "app.models", "app.models.tag"]


def test_a_root_inside_a_directory_is_a_project_of_its_own(autoload):
    loader = autoload(FILES, lambda loader: loader.push_dir(loader.roots[0].path + "/models/concerns", "app"))
    root = loader.roots[0].path
    assert loader.eager_load_dir(f"{root}/models").loaded == ["app.models", "app.models.user"]
    assert loader.eager_load_dir(f"{root}/models/concerns").loaded == ["app.tag"]


def test_one_of_several_directories_of_a_namespace(write):
    folder = write({"one/m/x.py": "", "two/m/y.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app") as loader:
        loader.eager_load_dir(folder / "two/m")
        assert loaded() == ["app", "app.m", "app.m.y"]


@pytest.mark.parametrize("inside", ["tmp", "tmp/deep", ".git", "data"])
def test_a_directory_without_modules_loads_nothing(autoload, inside):
    files = {"a.py": "", "tmp/x.py": "", "tmp/deep/y.py": "", ".git/hook.py": "", "data/x.csv": ""}
    loader = autoload(files, lambda loader: loader.ignore("tmp"))
    assert loader.eager_load_dir(f"{loader.roots[0].path}/{inside}").loaded == []


def test_it_can_be_called_while_a_module_runs(autoload, run):
    source = "import app\napp.loader_under_test.eager_load_dir(__file__[:-len('/__init__.py')])\n"
    loader = autoload({"__init__.py": "", "m/__init__.py": source, "m/x.py": "", "m/y.py": ""})
    importlib.import_module("app").loader_under_test = loader
    run("import app.m")
    assert loaded() == ["app", "app.m", "app.m.x", "app.m.y"]


def test_what_is_no_directory_of_the_loader_is_refused(autoload, tmp_path):
    loader = autoload(FILES)
    root = loader.roots[0].path
    for path, message in {
        f"{root}/a.py": f"eager_load_dir(): {root}/a.py is a file: pass a folder; load_file() loads one file",
        f"{root}/none": f"eager_load_dir(): {root}/none does not exist: pass a folder; load_file() loads one file",
        str(
            tmp_path
        ): f"eager_load_dir(): {tmp_path} is in no root of this loader, which has {root}: pass a path there",
    }.items():
        with pytest.raises(ConfigurationError) as caught:
            loader.eager_load_dir(path)
        assert str(caught.value) == message
    assert loaded() == []


# A namespace


@pytest.mark.smoke
@pytest.mark.parametrize("as_module", [False, True])
def test_a_namespace_is_loaded_from_all_roots(write, as_module):
    folder = write({"one/m/x.py": "", "two/m/y.py": "", "three/z.py": "", "one/n.py": ""})
    loader = AutoLoader([folder / "one", folder / "two"], "app").push_dir(folder / "three", "app.m")
    with loader:
        namespace = importlib.import_module("app.m") if as_module else "app.m"
        assert loader.eager_load_namespace(namespace).loaded == ["app.m", "app.m.x", "app.m.y", "app.m.z"]
        assert "app.n" not in sys.modules


def test_a_namespace_above_a_root(write):
    folder = write({"lib/x.py": "", "lib/deep/y.py": ""})
    with AutoLoader(folder / "lib", "company.app") as loader:
        expected = ["company", "company.app", "company.app.x", "company.app.deep", "company.app.deep.y"]
        assert loader.eager_load_namespace("company").loaded == expected


def test_a_namespace_of_somebody_else_is_no_error(autoload):
    loader = autoload(FILES)
    for name in ("json", "app.nothing", "app.mod", "ap", sys):
        report = loader.eager_load_namespace(name)
        assert (report.loaded, report.failed, report.skipped) == ([], {}, [])
    assert loaded() == []


def test_exceptions_and_ignored_files_hold_for_a_namespace(autoload):
    files = FILES | {"db/tmp.py": "raise RuntimeError\n"}
    loader = autoload(files, lambda loader: loader.do_not_eager_load("mysql.py").ignore("tmp.py"))
    report = loader.eager_load_namespace("app.db")
    assert (report.loaded, report.skipped) == (["app.db", "app.db.sqlite"], ["app.db.mysql"])
    assert loader.eager_load_namespace("app.db", force=True).loaded == ["app.db", "app.db.mysql", "app.db.sqlite"]


def test_a_collapsed_directory_belongs_to_the_namespace(autoload):
    loader = autoload(FILES, lambda loader: loader.collapse("models/concerns"))
    assert loader.eager_load_namespace("app.models").loaded == ["app.models", "app.models.tag", "app.models.user"]


@pytest.mark.parametrize("wrong", [3, None, "", "a..b", "a-b", object()])
def test_what_is_no_namespace_is_refused(autoload, wrong):
    loader = autoload(FILES)
    with pytest.raises(
        ConfigurationError,
        match=r"^eager_load_namespace\(.*\): expected a package, or a dotted name such as 'myapp.models'$",
    ):
        loader.eager_load_namespace(wrong)


# All loaders


@pytest.mark.smoke
def test_all_loaders_are_loaded(write):
    folder = write({"one/a.py": "import two_.b\n", "one/lazy.py": "", "two/b.py": "", "three/c.py": ""})
    AutoLoader(folder / "three", "three_")
    with (
        AutoLoader(folder / "one", "one_").do_not_eager_load("lazy.py") as first,
        AutoLoader(folder / "two", "two_") as second,
    ):
        assert AutoLoader.loaders() == (first, second)
        report = AutoLoader.eager_load_all()
        assert report.loaded == ["one_", "one_.a", "two_", "two_.b"]
        assert report.skipped == ["one_.lazy"]
        assert AutoLoader.eager_load_all().failed == {}
        assert AutoLoader.eager_load_all("two_").loaded == ["two_", "two_.b"]
    assert "three_" not in sys.modules
    assert AutoLoader.eager_load_all().loaded == []


def test_a_loader_that_nobody_holds_is_still_there(write):
    AutoLoader(write({"app/a.py": ""}) / "app", "app").setup()
    try:
        assert AutoLoader.eager_load_all().loaded == ["app", "app.a"]
    finally:
        for loader in AutoLoader.loaders():
            loader.teardown()


# One file


@pytest.mark.smoke
def test_one_file_is_loaded(autoload):
    loader = autoload(FILES, lambda loader: loader.collapse("models/concerns"))
    root = loader.roots[0].path
    assert loader.load_file(f"{root}/models/user.py") is sys.modules["app.models.user"]
    assert loader.load_file(f"{root}/models/concerns/../concerns/tag.py").__name__ == "app.models.tag"
    assert loader.load_file(f"{root}/models/__init__.py").__name__ == "app.models"
    assert loaded() == ["app", "app.models", "app.models.tag", "app.models.user"]
    assert loader.load_file(f"{root}/a.py") is loader.load_file(f"{root}/a.py")


def test_a_file_of_a_root_without_a_name(autoload):
    loader = autoload({"clock.py": "", "m/n.py": ""}, top_level=None)
    assert loader.load_file(f"{loader.roots[0].path}/clock.py").__name__ == "clock"
    assert loader.load_file(f"{loader.roots[0].path}/m/n.py").__name__ == "m.n"


def test_a_root_may_be_hidden(write):
    folder = write({".hidden/app/x.py": ""})
    with AutoLoader(folder / ".hidden/app", "app") as loader:
        assert loader.load_file(folder / ".hidden/app/x.py").__name__ == "app.x"


def test_a_file_written_since_is_loaded(autoload, write):
    loader = autoload({"a.py": ""})
    write({"app/later.py": "x = 1\n"})
    assert loader.load_file(f"{loader.roots[0].path}/later.py").x == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("app/none.py", "{} does not exist: create the file first, or correct the path"),
        ("app/db", "{} is a folder: pass a file, or call eager_load_dir()"),
        ("app/x.csv", "{} is no Python file: pass one whose name ends in .py"),
        ("app/tmp.py", "{} is ignored: take it out of ignore(), or execute it with runpy.run_path()"),
        ("app/out/x.py", "{} is ignored: take it out of ignore(), or execute it with runpy.run_path()"),
        ("app/.h.py", "{} or a folder on the way to it is hidden or has no name in Python: rename it"),
        ("app/.hidden/x.py", "{} or a folder on the way to it is hidden or has no name in Python: rename it"),
        ("app/two words/x.py", "{} or a folder on the way to it is hidden or has no name in Python: rename it"),
        (
            "app/8.py",
            "{} cannot be imported: '8' is no name in Python; rename it with letters, digits and underscores, or ignore it",
        ),
        ("other/x.py", "{} is in no root of this loader, which has {root}: pass a path there"),
        (
            "app/hotel.py",
            "{} is never executed: {root}/hotel/__init__.py is 'app.hotel' already; rename or remove one of them",
        ),
    ],
)
def test_what_is_no_module_is_refused_with_the_reason(autoload, write, path, message):
    files = dict.fromkeys(
        ["db/x.py", "x.csv", "tmp.py", "out/x.py", ".h.py", ".hidden/x.py", "two words/x.py", "8.py", "hotel.py"], ""
    )
    write({"other/x.py": ""})
    loader = autoload({**files, "hotel/__init__.py": ""}, lambda loader: loader.ignore("tmp.py", "out"))
    root = loader.roots[0].path
    with pytest.raises(ConfigurationError) as caught:
        loader.load_file(f"{root}/../{path}")
    assert str(caught.value) == f"load_file(): {message.format(root[:-3] + path, root=root)}"
    assert loaded() == []


def test_a_file_of_an_ignored_root_is_refused(write):
    folder = write({"one/a.py": "", "two/b.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app").ignore(folder / "two") as loader:
        with pytest.raises(ConfigurationError, match=f"^load_file\\(\\): {folder}/two/b.py is ignored: "):
            loader.load_file(folder / "two/b.py")
        assert loader.eager_load_dir(folder / "two").loaded == []


def test_a_file_that_raises_raises(autoload):
    loader = autoload({"a.py": "1 / 0\n"})
    with pytest.raises(ZeroDivisionError):
        loader.load_file(f"{loader.roots[0].path}/a.py")


@pytest.mark.parametrize(
    ("call", "argument"),
    [("eager_load_dir", "app"), ("eager_load_namespace", "app"), ("load_file", "app/a.py"), ("eager_load", None)],
)
def test_all_of_it_needs_a_loader_that_is_set_up(write, call, argument):
    loader = AutoLoader(write({"app/a.py": ""}) / "app", "app")
    with pytest.raises(SetupRequiredError, match=rf"^{call}\(\) needs a loader that is set up: call setup\(\) first$"):
        getattr(loader, call)(*[] if argument is None else [argument])
