"""Which file is which module: the inflector, rules, roots, and who wins where two files have one name."""

import sys

import pytest
from pyautoload_wasm import AutoLoader, AutoloadWarning


@pytest.mark.smoke
def test_files_directories_and_packages_have_their_names(autoload):
    loader = autoload(
        {"a.py": "", "n/m/b.py": "", "p/__init__.py": "", "data/x.csv": "", "hotel.py": "", "hotel/room.py": ""}
    )
    root = loader.roots[0].path
    assert loader.expected_names() == {
        root: "app",
        f"{root}/a.py": "app.a",
        f"{root}/hotel.py": "app.hotel",
        f"{root}/hotel/room.py": "app.hotel.room",
        f"{root}/n": "app.n",
        f"{root}/n/m": "app.n.m",
        f"{root}/n/m/b.py": "app.n.m.b",
        f"{root}/p/__init__.py": "app.p",
    }
    for path, name in loader.expected_names().items():
        assert loader.module_name_at(path) == name
    assert loader.module_name_at(f"{root}/data/x.csv") is None
    assert loader.module_name_at(f"{root}/p") == "app.p"


@pytest.mark.smoke
def test_attribute_names_are_the_inflector_s(autoload, run):
    files = {
        "html_parser.py": "class HTMLParser: pass\n",
        "users_controller.py": "class UsersController: pass\n",
        "rest_api.py": "class RestAPI: pass\n",
    }
    loader = autoload(files, lambda loader: loader.inflect({"html_parser": "HTMLParser"}).acronym("API"))
    assert [loader.registry[f"app.{stem[:-3]}"].attribute for stem in files] == [
        "HTMLParser",
        "UsersController",
        "RestAPI",
    ]
    namespace = run("from app import HTMLParser, UsersController, RestAPI")
    assert namespace["RestAPI"].__module__ == "app.rest_api"


def test_ignored_files_are_not_there(autoload, run):
    loader = autoload(
        {"tmp/a.py": "", "models/test_user.py": "", "models/user.py": ""},
        lambda loader: loader.ignore("tmp", "test_*.py"),
    )
    assert list(loader.registry) == ["app", "app.models", "app.models.user"]
    assert not hasattr(run("import app")["app"], "tmp")


def test_collapsed_directories_add_no_name(autoload, run):
    autoload(
        {"models/user.py": "", "models/concerns/tag.py": "class Tag: pass\n"},
        lambda loader: loader.collapse("models/concerns"),
    )
    assert run("from app.models import Tag")["Tag"].__module__ == "app.models.tag"


def test_more_roots_can_be_pushed(autoload, run, write):
    lib = write(
        {"lib/clock.py": "class Clock: pass\n", "lib/models/more.py": "", "other/order.py": "class Order: pass\n"}
    )
    loader = autoload(
        {"models/user.py": ""},
        lambda loader: loader.push_dir(lib / "lib", namespace="app.lib").push_dir(
            lib / "other", namespace="app.models"
        ),
    )
    assert run("from app.lib import Clock")["Clock"].__module__ == "app.lib.clock"
    assert run("from app.models import Order, user")["Order"].__module__ == "app.models.order"
    assert [root.namespace for root in loader.roots] == ["app", "app.lib", "app.models"]


def test_several_base_paths_stand_for_one_name(write):
    folder = write({"one/pages/a.py": "", "two/pages/b.py": "", "two/pages/a.py": "raise RuntimeError\n"})
    with AutoLoader([folder / "one", str(folder / "two")], "site_") as loader:
        import site_.pages.a
        import site_.pages.b

        assert list(site_.pages.__path__) == [f"{folder}/one/pages", f"{folder}/two/pages"]
        assert loader.shadowed() == [(f"{folder}/two/pages/a.py", "site_.pages.a", f"{folder}/one/pages/a.py")]


def test_a_package_wins_over_a_file_and_the_file_is_reported(autoload, run):
    loader = autoload({"hotel.py": "raise RuntimeError\n", "hotel/__init__.py": "x = 1\n"})
    root = loader.roots[0].path
    assert run("from app import hotel")["hotel"].x == 1
    assert loader.shadowed() == [(f"{root}/hotel.py", "app.hotel", f"{root}/hotel/__init__.py")]


def test_a_top_level_file_does_not_hide_the_standard_library(autoload, run):
    loader = autoload({"random.py": "x = 1\n", "mine.py": "import random\n"}, top_level=None)
    assert list(loader.registry) == ["mine"]
    with pytest.warns(AutoloadWarning):
        assert run("import mine")["mine"].random.__file__ != f"{loader.roots[0].path}/random.py"


def test_a_top_level_file_does_not_hide_a_distribution(autoload, write):
    write({"site/installed.py": "where = 'site'\n", "site/data/x.txt": ""})
    sys.path.append(str(write({}) / "site"))
    loader = autoload({"installed.py": "", "data/y.py": "", "mine.py": ""}, top_level=None)
    assert list(loader.registry) == ["mine", "data", "data.y"]


def test_hiding_can_be_allowed(autoload, run):
    loader = autoload({"colorsys.py": "x = 1\n"}, top_level=None, allow_shadowing=True)
    sys.modules.pop("colorsys", None)
    assert run("import colorsys")["colorsys"].__file__ == f"{loader.roots[0].path}/colorsys.py"


def test_a_root_that_is_on_sys_path_hides_nothing_of_its_own(autoload, write):
    sys.path.append(str(write({}) / "app"))
    loader = autoload({"mine.py": "", "pkg/__init__.py": ""}, top_level=None)
    assert set(loader.registry) == {"mine", "pkg"}


def test_links_are_followed_and_loops_are_not_entered(autoload, write, run):
    folder = write({"real/thing.py": "class Thing: pass\n", "app/a.py": ""})
    (folder / "app/linked").symlink_to(folder / "real")
    (folder / "app/loop").symlink_to(folder / "app")
    loader = autoload({})
    assert list(loader.registry) == ["app", "app.a", "app.linked", "app.linked.thing"]
    assert run("from app.linked import Thing")["Thing"].__module__ == "app.linked.thing"


def test_names_that_are_not_ascii(autoload, run):
    autoload({"größe/maß.py": "class Maß: pass\n"})
    assert run("from app.größe import Maß")["Maß"].__module__ == "app.größe.maß"
