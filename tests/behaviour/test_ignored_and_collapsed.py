"""Ignored files and folders, collapsed folders, and what is nobody's business: rules that each scan reads again."""

import importlib
import os

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError


def managed(loader):
    return sorted(loader.registry)


@pytest.mark.parametrize(
    "globs", [("tmp", "test_*.py"), ("/{root}/tmp", "**/test_*.py"), ("tmp/", "*/test_x.py", "test_x.py")]
)
def test_ignored_files_and_folders(autoload, globs):
    files = dict.fromkeys(["a.py", "tmp/b.py", "tmp/deep/c.py", "test_x.py", "m/test_x.py"], "")
    loader = autoload(
        files, lambda loader: loader.ignore(*(glob.replace("/{root}", loader.roots[0].path) for glob in globs))
    )
    assert managed(loader) == ["app", "app.a"]
    assert sorted(loader.expected_names().values()) == ["app", "app.a"]
    assert loader.module_name_at(f"{loader.roots[0].path}/tmp/deep/c.py") is None


def test_ignore_takes_paths_and_can_be_called_several_times(write):
    folder = write(dict.fromkeys(["app/a.py", "app/b.py", "app/c/d.py"], ""))
    with AutoLoader(folder / "app", "app").ignore(folder / "app/b.py").ignore(folder / "app/c") as loader:
        assert managed(loader) == ["app", "app.a"]


@pytest.mark.smoke
@pytest.mark.parametrize("rule", ["ignore", "collapse"])
def test_globs_are_read_again_by_each_scan(autoload, run, write, rule):
    loader = autoload({"a/actions/x.py": ""}, lambda loader: getattr(loader, rule)("*/actions"))
    names = {"ignore": ["app"], "collapse": ["app", "app.a", "app.a.x"]}
    assert managed(loader) == names[rule]
    write({"app/b/actions/y.py": "", "app/c.py": ""})
    run("import app.c")
    names = {"ignore": ["app", "app.c"], "collapse": ["app", "app.a", "app.a.x", "app.b", "app.b.y", "app.c"]}
    assert managed(loader) == names[rule]


def test_collapsed_folders_in_each_other_and_at_the_top(autoload, run):
    files = {
        "src/a.py": "class A: pass\n",
        "src/inner/b.py": "class B: pass\n",
        "m/src/c.py": "class C: pass\n",
        "src/n/d.py": "",
    }
    loader = autoload(files, lambda loader: loader.collapse("src", "inner"))
    assert managed(loader) == ["app", "app.a", "app.b", "app.m", "app.m.c", "app.n", "app.n.d"]
    assert run("from app import A, B\nfrom app.m import C")["C"].__module__ == "app.m.c"
    root = loader.roots[0].path
    assert loader.module_name_at(f"{root}/m/src") == "app.m"
    assert loader.module_name_at(f"{root}/src/n") == "app.n"


def test_a_collapsed_folder_is_no_explicit_namespace(autoload, run):
    loader = autoload(
        {
            "booking.py": "class Booking: pass\n",
            "booking/actions.py": "",
            "booking/actions/create.py": "class Create: pass\n",
        },
        lambda loader: loader.collapse("booking/actions"),
    )
    assert managed(loader) == ["app", "app.booking", "app.booking.actions", "app.booking.create"]
    assert run("from app.booking import Create")["Create"].__module__ == "app.booking.create"
    assert not loader.registry["app.booking.actions"].is_package


def test_explicit_namespaces_in_collapsed_folders(autoload, run):
    files = {"ui/src/__init__.py": "", "parts/src/button.py": "class Button: pass\n", "parts/src/button/icon.py": ""}
    loader = autoload(files, lambda loader: loader.collapse("parts/src"))
    assert run("from app.parts import Button, button")["button"].icon.__name__ == "app.parts.button.icon"
    assert managed(loader) == ["app", "app.parts", "app.parts.button", "app.parts.button.icon", "app.ui", "app.ui.src"]


def test_an_init_in_a_collapsed_folder_is_never_executed_and_said_so(autoload):
    loader = autoload(
        {"m/src/__init__.py": "raise RuntimeError\n", "m/src/a.py": "A = 1\n"}, lambda loader: loader.collapse("src")
    )
    root = loader.roots[0].path
    assert loader.eager_load().failed == {}
    assert [problem.message for problem in loader.check()] == [
        f"{root}/m/src/__init__.py is never executed: its folder is collapsed, and so no package; move its code to the folder above, "
        "or remove the file"
    ]


def test_an_ignored_init_makes_no_package(autoload):
    loader = autoload(
        {"m/__init__.py": "raise RuntimeError\n", "m/a.py": ""}, lambda loader: loader.ignore("m/__init__.py")
    )
    assert importlib.import_module("app.m.a").__name__ == "app.m.a"
    assert loader.registry["app.m"].path == f"{loader.roots[0].path}/m"


def test_what_editors_and_others_leave_is_nobody_s_business(autoload):
    names = [
        "x.txt",
        "x.lua",
        "x.pyi",
        "x.py~",
        "#x.py#",
        ".x.py.swp",
        "4913",
        "x.pyc",
        "X.PY",
        ".idea/workspace.xml",
        "__pycache__/y.py",
    ]
    loader = autoload(dict.fromkeys(names, ""))
    assert managed(loader) == ["app"]
    assert loader.check() == []


def test_a_link_counts_by_its_own_name(autoload, write):
    folder = write({"real/x.txt": "x = 1\n", "real/y.py": "y = 1\n", "app/a.py": ""})
    os.symlink(folder / "real/x.txt", folder / "app/linked.py")
    os.symlink(folder / "real/y.py", folder / "app/linked.txt")
    loader = autoload({})
    assert managed(loader) == ["app", "app.a", "app.linked"]
    assert importlib.import_module("app.linked").x == 1


def test_a_root_whose_name_is_not_ascii(write, run):
    folder = write({"größe/αβγ.py": "class Αβγ: pass\n", "größe/δ/ε.py": "", "größe/ζ.py": "", "größe/ζ/η.py": ""})
    with AutoLoader(folder / "größe", "προ") as loader:
        assert run("from προ import Αβγ, δ, ζ")["ζ"].η.__name__ == "προ.ζ.η"
        assert managed(loader) == ["προ", "προ.αβγ", "προ.δ", "προ.δ.ε", "προ.ζ", "προ.ζ.η"]


def test_hidden_files_and_folders_are_nobody_s_business(autoload):
    loader = autoload(dict.fromkeys(["a.py", ".b.py", "._c.py", ".git/d.py", "m/.e.py"], ""))
    os.symlink("nowhere", f"{loader.roots[0].path}/.#a.py")
    loader.teardown().setup()
    assert managed(loader) == ["app", "app.a"]
    assert loader.check() == []
    assert loader.module_name_at(f"{loader.roots[0].path}/.b.py") is None


def test_ignored_is_what_a_gitignore_says(autoload):
    files = dict.fromkeys(["dist/x.py", "lib/dist/y.py", "api.py", "api/z.py", "gen/keep.py", "gen/other.py"], "")
    loader = autoload(files, lambda loader: loader.ignore("/dist", "api.py/", "gen/*.py", "!gen/keep.py"))
    plain = [name for name in managed(loader) if not loader.registry[name].is_package]
    assert plain == ["app.api.z", "app.gen.keep", "app.lib.dist.y"]


def test_a_pattern_that_nothing_can_match_is_refused(autoload):
    loader = AutoLoader()
    for pattern in ["./dist", "a//b", "# notes"]:
        with pytest.raises(ConfigurationError, match="ignore"):
            loader.ignore(pattern)


def test_a_virtual_environment_in_a_root_is_left_out_without_a_word(autoload, caplog):
    loader = autoload({"main_.py": "", "venv/pyvenv.cfg": "", "venv/lib/site-packages/x.py": ""}, top_level=None)
    assert managed(loader) == ["main_"]
    assert (loader.check(), caplog.messages) == ([], [])
