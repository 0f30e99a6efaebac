"""The inflector of a loader can be any callable; it is asked for all modules at once."""

import importlib
import sys

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError, null_inflector


def with_inflector(inflect):
    def configure(loader):
        loader.inflector = inflect
        return loader

    return configure


@pytest.mark.smoke
def test_any_callable_can_be_the_inflector(autoload, run):
    files = {
        "html_page.py": "class HTMLPage: pass\n",
        "user.py": "class User: pass\n",
        "deep/html_box.py": "class HTMLBox: pass\n",
    }

    def inflect(stem, path):
        return "".join("HTML" if word == "html" else word.title() for word in stem.split("_"))

    loader = autoload(files, with_inflector(inflect))
    namespace = run("from app import HTMLPage, User\nfrom app.deep import HTMLBox\nimport app.HTMLPage")
    assert namespace["HTMLPage"].__module__ == "app.html_page"
    assert namespace["HTMLBox"].__module__ == "app.deep.html_box"
    assert loader.registry["app.html_page"].attribute == "HTMLPage"
    assert "HTMLPage" in dir(namespace["app"])
    assert loader.check() == []


@pytest.mark.parametrize(
    ("stem", "attr"),
    [
        ("user", "User"),
        ("users_controller", "UsersController"),
        ("html_parser", "HtmlParser"),
        ("point_3d_value", "Point3dValue"),
        ("mysql_adapter", "MySQLAdapter"),
        ("none", None),
        ("_", None),
    ],
)
def test_the_loader_s_own_inflector(autoload, stem, attr):
    loader = autoload({f"{stem}.py": ""}, lambda loader: loader.inflect({"mysql_adapter": "MySQLAdapter"}))
    assert loader.registry[f"app.{stem}"].attribute == attr
    assert loader.inflector(stem, "") == attr


def test_it_gets_stems_and_paths_of_files_and_folders(autoload):
    asked = []
    files = {"user.py": "", "models/tag.py": "", "hotel.py": "", "hotel/room.py": "", "p/__init__.py": ""}
    loader = autoload(files, with_inflector(lambda stem, path: asked.append((stem, path))))
    root = loader.roots[0].path
    assert sorted(asked) == [
        ("app", root),
        ("hotel", f"{root}/hotel.py"),
        ("models", f"{root}/models"),
        ("p", f"{root}/p/__init__.py"),
        ("room", f"{root}/hotel/room.py"),
        ("tag", f"{root}/models/tag.py"),
        ("user", f"{root}/user.py"),
    ]


def test_it_is_asked_neither_by_imports_nor_about_other_files(autoload, write):
    write({"other/order.py": ""})
    asked = []
    loader = autoload(
        {"user.py": "class User: pass\n"}, with_inflector(lambda stem, path: asked.append(stem) or stem.title())
    )
    at_setup = len(asked)
    assert importlib.import_module("app").User.__module__ == "app.user"
    for call, path in ((loader.load_file, "other/order.py"), (loader.eager_load_dir, "other")):
        with pytest.raises(ConfigurationError):
            call(write({}) / path)
    assert loader.module_name_at(write({}) / "other/order.py") is None
    assert len(asked) == at_setup


def test_it_can_call_the_one_that_it_replaces(autoload, run):
    def configure(loader):
        default = loader.inflect({"html_parser": "HTMLParser"}).acronym("API").inflector
        assert default("users_api") == "UsersAPI"
        assert default("class_", "/app/class_.py") == "Class"
        loader.inflector = lambda stem, path: "VERSION" if stem == "version" else default(stem, path)
        return loader

    files = {"version.py": "VERSION = '1.0'\n", "html_parser.py": "HTMLParser = 1\n", "rest_api.py": "RestAPI = 2\n"}
    autoload(files, configure)
    found = run("from app import VERSION, HTMLParser, RestAPI")
    assert (found["VERSION"], found["HTMLParser"], found["RestAPI"]) == ("1.0", 1, 2)


def test_a_file_written_later_is_found_by_its_attribute(autoload, run, write):
    autoload({"user.py": ""}, with_inflector(lambda stem, path: f"The{stem.title()}"))
    run("import app")
    write({"app/order.py": "class TheOrder: pass\n"})
    assert run("from app import TheOrder")["TheOrder"].__module__ == "app.order"


def test_none_means_that_no_attribute_is_expected(autoload, run):
    autoload({"user.py": "x = 1\n"}, with_inflector(lambda stem, path: None), strict=True)
    assert run("from app import user")["user"].x == 1
    assert not hasattr(sys.modules["app"], "User")


@pytest.mark.smoke
def test_the_null_inflector_leaves_names_as_they_are(autoload, run):
    files = {
        "User.py": "class User: pass\n",
        "HTMLParser.py": "class HTMLParser: pass\n",
        "Admin/Role.py": "class Role: pass\n",
    }
    loader = autoload(files, with_inflector(null_inflector), strict=True)
    # As everywhere in Python a file's own name is the module.
    assert run("from app.Admin.Role import Role")["Role"].__module__ == "app.Admin.Role"
    assert run("import app")["app"].User.User.__module__ == "app.User"
    assert [loader.registry[name].attribute for name in ("app.User", "app.HTMLParser")] == ["User", "HTMLParser"]
    assert loader.eager_load(on_error="raise").failed == {}


def test_inflectors_of_loaders_are_independent(write):
    folder = write({"one/user.py": "class USER: pass\n", "two/user.py": "class User: pass\n"})
    first, second = AutoLoader(folder / "one", "one_"), AutoLoader(folder / "two", "two_")
    first.inflector = lambda stem, path: stem.upper()
    with first, second:
        assert importlib.import_module("one_").USER
        assert importlib.import_module("two_").User


@pytest.mark.parametrize(
    ("inflect", "message"),
    [
        (lambda stem, path: "", "the inflector returned '' for {}/app/user.py"),
        (lambda stem, path: 3, "the inflector returned 3 for {}/app/user.py"),
        (lambda stem, path: "A.B", "the inflector returned 'A.B' for {}/app/user.py"),
        (lambda stem, path: "class", "the inflector returned 'class' for {}/app/user.py"),
        (lambda stem, path: object, "the inflector returned <class 'object'> for {}/app/user.py"),
    ],
)
def test_what_is_no_name_is_refused(write, inflect, message):
    folder = write({"app/user.py": ""})
    loader = AutoLoader(folder / "app", "app")
    loader.inflector = lambda stem, path: "App" if stem == "app" else inflect(stem, path)
    finders = list(sys.meta_path)
    with pytest.raises(ConfigurationError) as caught:
        loader.setup()
    way_out = ": return a name such as 'User', or None to expect no attribute"
    assert str(caught.value) == message.format(folder) + way_out
    assert sys.meta_path == finders
    loader.inflector = null_inflector
    with loader:
        assert loader.registry["app.user"].attribute == "user"


def test_an_inflector_that_raises_is_refused_with_the_file(write):
    folder = write({"app/user.py": ""})
    loader = AutoLoader(folder / "app", "app")
    loader.inflector = lambda stem, path: {"app": "App"}[stem]
    with pytest.raises(ConfigurationError) as caught:
        loader.setup()
    assert str(caught.value) == (
        f"the inflector raised KeyError for {folder}/app/user.py: fix it, or return None to expect no attribute"
    )
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize("value", [None, 3, "camelize", {"a": "b"}])
def test_what_cannot_be_called_is_no_inflector(write, value):
    loader = AutoLoader(write({"app/user.py": ""}) / "app", "app")
    with pytest.raises(ConfigurationError, match=r"^inflector = .*: expected a callable \(stem, path\) -> attribute"):
        loader.inflector = value
    with loader:
        assert loader.registry["app.user"].attribute == "User"
        with pytest.raises(ConfigurationError, match=r"^inflector = … after setup\(\): configure a loader before"):
            loader.inflector = null_inflector
