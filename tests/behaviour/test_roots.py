"""Roots in each other and below other people's names, namespaces with and without a file."""

import importlib
import os
import sys

import pytest
from pyautoload_wasm import AutoLoader, AutoloadError


def managed(loader):
    return sorted(loader.registry)


# Roots


@pytest.mark.smoke
def test_a_root_inside_a_root_adds_no_name_of_its_own(write, run):
    folder = write(
        {"app/models/user.py": "", "app/models/concerns/tag.py": "class Tag: pass\n", "app/models/concerns.py": ""}
    )
    loader = AutoLoader(folder / "app/models", "app").push_dir(folder / "app/models/concerns", "app")
    with loader:
        assert managed(loader) == ["app", "app.concerns", "app.tag", "app.user"]
        assert run("from app import Tag")["Tag"].__module__ == "app.tag"
        assert not loader.registry["app.concerns"].is_package
        assert loader.module_name_at(folder / "app/models/concerns/tag.py") == "app.tag"
        assert sorted(loader.eager_load().loaded) == managed(loader)


def test_set_up_asks_the_engine_once(write, monkeypatch):
    from pyautoload_wasm._base.engine import Engine

    folder = write({f"app/m{number}/a.py": "" for number in range(9)} | {"lib/x.py": ""})
    loader = AutoLoader(folder / "app", "app").push_dir(folder / "lib", "lib")
    asked = []
    ask = Engine.ask_plainly

    def noted(engine, request, **arguments):
        asked.append(request)
        return ask(engine, request, **arguments)

    monkeypatch.setattr(Engine, "ask", noted)
    monkeypatch.setattr(Engine, "ask_plainly", noted)
    with loader:
        assert asked == ["scan"]


def test_a_root_inside_a_root_can_stand_for_another_name(write, run):
    folder = write({"app/a.py": "", "app/vendor/lib/x.py": "class X: pass\n"})
    loader = AutoLoader(folder / "app", "app").push_dir(folder / "app/vendor/lib", None)
    with loader:
        assert managed(loader) == ["app", "app.a", "x"]
        assert run("import x")["x"].X


def test_a_root_is_the_same_however_its_path_is_spelled(write, run):
    """Two slashes at the start are kept by os.path.abspath(), and are nevertheless one."""
    folder = write({"app/a.py": "class A: pass\n"})
    path = str(folder / "app")
    for spelled in (f"{path}/", f"/{path}", f"{folder}//app", f"{folder}/./app/.", f"{path}/x/.."):
        with AutoLoader(spelled, "app") as loader:
            assert loader.roots[0].path == path
            assert loader.module_name_at(f"{path}/a.py") == loader.module_name_at(f"/{path}/./a.py") == "app.a"
            assert run("from app import A")["A"].__module__ == "app.a"
            assert loader.load_file(f"{path}/a.py").__file__ == f"{path}/a.py"


def test_the_order_of_nested_roots_does_not_matter(write):
    folder = write({"app/a.py": "", "app/in/b.py": ""})
    loader = AutoLoader([folder / "app/in", folder / "app"], "app")
    with loader:
        assert managed(loader) == ["app", "app.a", "app.b"]


def test_the_roots_of_all_loaders(write):
    folder = write({"one/a.py": "", "two/b.py": "", "three/c.py": ""})

    def roots():
        return [root.path for loader in AutoLoader.loaders() for root in loader.roots]

    AutoLoader()
    assert roots() == []
    with AutoLoader([folder / "one", folder / "two"], "app"), AutoLoader(folder / "three", "other_"):
        assert roots() == [f"{folder}/one", f"{folder}/two", f"{folder}/three"]


@pytest.mark.smoke
def test_names_above_a_root_are_made(write, run):
    folder = write({"api/deliveries.py": "class Deliveries: pass\n"})
    with AutoLoader(folder / "api", "company.product.api") as loader:
        assert managed(loader) == [
            "company",
            "company.product",
            "company.product.api",
            "company.product.api.deliveries",
        ]
        assert run("import company")["company"].product.api.Deliveries
        assert loader.registry["company"].is_package


def test_roots_below_each_other_s_names_make_one_package(write, run):
    folder = write({"one/a.py": "", "two/b.py": "class B: pass\n", "one/lib/c.py": "class C: pass\n"})
    loader = AutoLoader(folder / "one", "app").push_dir(folder / "two", "app.lib")
    with loader:
        lib = run("from app import lib")["lib"]
        assert (lib.B.__module__, lib.C.__module__) == ("app.lib.b", "app.lib.c")
        assert list(lib.__path__) == [f"{folder}/two", f"{folder}/one/lib"]


def test_another_project_s_package_is_extended_and_not_replaced(write, run):
    files = {"site/theirs/__init__.py": "x = 1\n", "site/theirs/own.py": "", "site/theirs/plug/__init__.py": "y = 2\n"}
    folder = write(files | {"ours/mine.py": "class Mine: pass\n", "more/extra.py": "class Extra: pass\n"})
    sys.path.append(str(folder / "site"))
    loader = AutoLoader(folder / "ours", "theirs.plug").push_dir(folder / "more", "theirs.extra")
    with loader:
        theirs = run("import theirs.own, theirs.plug, theirs.plug.mine, theirs.extra")["theirs"]
        assert (theirs.x, theirs.plug.y, theirs.plug.mine.Mine.__module__) == (1, 2, "theirs.plug.mine")
        assert theirs.__file__ == f"{folder}/site/theirs/__init__.py"
        assert theirs.extra.Extra.__module__ == "theirs.extra.extra"
    assert sys.modules["theirs"] is theirs
    assert "theirs.plug.mine" not in sys.modules
    assert not hasattr(theirs.plug, "mine")
    assert not hasattr(theirs, "extra")


def test_a_namespace_package_of_others_is_shared(write, run):
    folder = write({"site/company_/other.py": "x = 1\n", "ours/mine.py": "class Mine: pass\n"})
    sys.path.append(str(folder / "site"))
    with AutoLoader(folder / "ours", "company_.ours"):
        found = run("import company_.ours, company_.other")["company_"]
        assert (found.ours.Mine.__module__, found.other.x) == ("company_.ours.mine", 1)


def test_a_root_shares_the_namespace_package_that_it_stands_for(write, run):
    folder = write({"site/company_/parts/other.py": "x = 1\n", "ours/mine.py": "class Mine: pass\n"})
    sys.path.append(str(folder / "site"))
    with AutoLoader(folder / "ours", "company_.parts"):
        parts = run("import company_.parts.mine, company_.parts.other")["company_"].parts
        importlib.invalidate_caches()
        assert list(parts.__path__) == [f"{folder}/ours", f"{folder}/site/company_/parts"]
        assert (parts.Mine.__module__, parts.other.x) == ("company_.parts.mine", 1)


def test_an_ignored_root_is_left_out_and_one_inside_it_is_not(write):
    folder = write({"one/a.py": "", "two/b.py": "", "two/in/c.py": ""})
    loader = AutoLoader([folder / "one", folder / "two", folder / "two/in"], "app").ignore(folder / "two")
    with loader:
        assert managed(loader) == ["app", "app.a", "app.c"]
        assert loader.eager_load(force=True).loaded == ["app", "app.a", "app.c"]


# Namespaces


def test_a_folder_is_a_namespace_where_it_holds_a_module(autoload):
    files = dict.fromkeys(
        ["a/b/c/x.py", "data/x.csv", "data/deep/y.csv", "tmp/z.py", "out/tmp/z.py", ".git/hook.py"], ""
    )
    loader = autoload(files, lambda loader: loader.ignore("tmp"))
    os.makedirs(f"{loader.roots[0].path}/empty/very")
    assert managed(loader) == ["app", "app.a", "app.a.b", "app.a.b.c", "app.a.b.c.x"]
    for name in ("data", "tmp", "out", "empty"):
        with pytest.raises(ImportError):
            importlib.import_module(f"app.{name}.x")


@pytest.mark.smoke
@pytest.mark.parametrize("file", ["hotel.py", "hotel/__init__.py"])
def test_children_are_usable_in_the_body_of_an_explicit_namespace(autoload, run, file):
    body = """
        import sys
        from app.hotel import pricing
        from app.hotel.pricing import Pricing
        class Hotel(Pricing):
            rooms = sys.modules[__name__].Room
    """
    files = {"hotel/pricing.py": "class Pricing: pass\n", "hotel/room.py": "class Room: pass\n"}
    loader = autoload({**files, file: body})
    hotel = run("from app import Hotel")["Hotel"]
    assert hotel.__mro__[1].__module__ == "app.hotel.pricing"
    assert hotel.rooms.__module__ == "app.hotel.room"
    assert managed(loader) == ["app", "app.hotel", "app.hotel.pricing", "app.hotel.room"]


def test_an_explicit_namespace_and_its_folder_may_be_in_different_roots(write, run):
    folder = write(
        {"one/hotel/room.py": "class Room: pass\n", "two/hotel.py": "class Hotel: pass\n", "three/hotel/bed.py": ""}
    )
    with AutoLoader([folder / "one", folder / "two", folder / "three"], "app"):
        hotel = run("from app import hotel")["hotel"]
        assert (hotel.Hotel.__module__, hotel.Room.__module__, hotel.bed.__name__) == (
            "app.hotel",
            "app.hotel.room",
            "app.hotel.bed",
        )


def test_a_body_that_makes_its_class_by_assignment(autoload, run):
    loader = autoload(
        {"hotel.py": "Hotel = type('Other', (), {})\n", "hotel/room.py": "class Room: pass\n"}, strict=True
    )
    assert run("from app import Hotel")["Hotel"].__name__ == "Other"
    assert run("from app.hotel import Room")["Room"].__module__ == "app.hotel.room"
    assert loader.check() == []


@pytest.mark.parametrize(
    ("roots", "files", "body", "shadowed"),
    [
        (["one"], ["one/hotel.py", "one/hotel/__init__.py"], "one/hotel/__init__.py", ["one/hotel.py"]),
        (["one", "two"], ["one/hotel/__init__.py", "two/hotel/__init__.py"], "one/hotel/__init__.py", ["two/hotel"]),
        (["one", "two"], ["one/hotel.py", "two/hotel/__init__.py"], "one/hotel.py", ["two/hotel"]),
        (["one", "two"], ["one/hotel/__init__.py", "two/hotel.py"], "one/hotel/__init__.py", ["two/hotel.py"]),
        (["one", "two"], ["one/hotel.py", "two/hotel.py"], "one/hotel.py", ["two/hotel.py"]),
    ],
)
def test_of_several_bodies_the_first_is_executed_and_the_others_are_reported(write, run, roots, files, body, shadowed):
    folder = write({file: f"file = {file!r}\n" for file in files})
    with AutoLoader([folder / root for root in roots], "app") as loader:
        assert run("from app import hotel")["hotel"].file == body
        assert [item.path for item in loader.shadowed()] == [f"{folder}/{path}" for path in shadowed]


def test_an_init_in_a_root_of_top_level_modules_is_never_executed_and_said_so(autoload):
    loader = autoload({"__init__.py": "raise RuntimeError\n", "clock_.py": ""}, top_level=None)
    assert managed(loader) == ["clock_"]
    assert [problem.kind for problem in loader.check()] == ["init_without_name"]


# Paths and names


def test_names_of_paths(autoload):
    files = dict.fromkeys(
        ["a.py", "m/b.py", "m/data.csv", "8.py", "9/x.py", "src/c.py", "tmp/d.py", "p/__init__.py"], ""
    )
    loader = autoload(files, lambda loader: loader.collapse("src").ignore("tmp"))
    root = loader.roots[0].path
    names = {
        path: loader.module_name_at(f"{root}/{path}")
        for path in ["", *files, "m", "src", "p", "tmp", "none.py", "../x.py"]
    }
    assert names == {
        "": "app",
        "a.py": "app.a",
        "m": "app.m",
        "m/b.py": "app.m.b",
        "src": "app",
        "src/c.py": "app.c",
        "p": "app.p",
        "p/__init__.py": "app.p",
    } | dict.fromkeys(["m/data.csv", "8.py", "9/x.py", "tmp", "tmp/d.py", "none.py", "../x.py"])


def test_a_root_that_is_gone_is_said_so_at_set_up(write):
    folder = write({"app/a.py": ""})
    loader = AutoLoader(folder / "app", "app")
    (folder / "app/a.py").unlink()
    (folder / "app").rmdir()
    with pytest.raises(AutoloadError, match=f"the root {folder}/app cannot be read"):
        loader.setup()
    assert loader not in AutoLoader.loaders()


def test_folders_that_link_to_each_other_have_few_names_and_lose_none(autoload, write, run):
    names = ["a", "b", "c", "d"]
    folder = write({f"app/{name}/m.py": f"x = {name!r}\n" for name in names}) / "app"
    for link in names:
        for target in set(names) - {link}:
            os.symlink(folder / target, folder / link / f"to_{target}")
    loader = autoload({})
    files = [record.path for record in loader.registry.values() if record.path.endswith("m.py")]
    assert len(files) == len(names) ** 2
    assert run("from app.a import m; from app.a.to_b import m as linked")["linked"].x == "b"
    # What has a name already is not autoloaded by the others, but Python finds it as it does without a loader.
    assert importlib.import_module("app.a.to_b.to_c.m").x == "c"
    problems = [problem for problem in loader.check() if problem.kind == "repeated_link"]
    assert [problem.path for problem in problems[:2]] == [f"{folder}/a/to_b", f"{folder}/a/to_c"]
    assert problems[0].severity == "information"
    assert problems[0].message == (
        f"{folder}/a/to_b is not followed where its folder is reached through another link: it leads to {folder}/b, whose modules "
        "have a name already; import them by that name"
    )
