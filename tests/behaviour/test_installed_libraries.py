"""A root whose name an installed library has, or shares."""

import importlib
import os
import sys

import pytest
from pyautoload_wasm import AutoLoader


def test_a_namespace_package_goes_on_beyond_the_root(write, run):
    """What pip installs of a company's namespace, beside the part that is checked out."""
    files = {"checkout/acme/here.py": "x = 1\n", "site/acme/other.py": "x = 2\n", "later/acme/third.py": "x = 3\n"}
    folder = write(files | {"checkout/acme/deep/one.py": "", "site/acme/deep/two.py": ""})
    sys.path[:0] = [str(folder / "checkout"), str(folder / "site")]
    with AutoLoader(folder / "checkout/acme", "acme"):
        acme = run("import acme.here, acme.other, acme.deep.one, acme.deep.two")["acme"]
        assert list(acme.__path__) == [f"{folder}/checkout/acme", f"{folder}/site/acme"]
        assert (acme.Here, acme.other.x) == (acme.here, 2)
        sys.path.append(str(folder / "later"))
        assert run("from acme.third import x")["x"] == 3
    assert not [name for name in sys.modules if name.startswith("acme")]


def installed(folder, name, is_package=True):
    path = folder / "site" / (f"{name}/__init__.py" if is_package else f"{name}.py")
    path.parent.mkdir(parents=True)
    path.write_text("")
    sys.path.insert(0, str(folder / "site"))
    importlib.invalidate_caches()
    return path


@pytest.mark.parametrize("is_imported", [False, True])
@pytest.mark.parametrize("is_package", [False, True])
def test_a_root_with_the_name_of_an_installed_library_says_so(write, caplog, is_package, is_imported):
    folder = write({"ext/bar.py": ""})
    theirs = installed(folder, "library_", is_package)
    if is_imported:
        importlib.import_module("library_")
    with AutoLoader(folder / "ext", "library_"):
        told = [record.getMessage() for record in caplog.records]
        importlib.import_module("library_")
        assert len(caplog.records) == 1
    assert told == [
        f"{folder}/ext stands for 'library_', and so `import library_` no longer gives the installed {theirs}: choose another "
        "top_level, or pass allow_shadowing=True if that is what you want"
    ]
    caplog.clear()
    sys.modules.pop("library_", None)
    with AutoLoader(folder / "ext", "library_", allow_shadowing=True):
        importlib.import_module("library_")
    assert caplog.records == []


def test_a_library_that_was_installed_since_python_has_looked_is_told_of_when_the_root_is_imported(write, caplog):
    folder = write({"ext/bar.py": "", "site/other_.py": ""})
    sys.path.insert(0, str(folder / "site"))
    importlib.import_module("other_")
    os.utime(folder / "site", (1, 1))  # so that it changes
    with pytest.raises(ImportError):
        importlib.import_module("nothing_")
    (folder / "site/library_.py").write_text("")
    with AutoLoader(folder / "ext", "library_"):
        importlib.import_module("library_.bar")
        importlib.reload(sys.modules["library_"])
    assert [record.getMessage().partition(",")[0] for record in caplog.records] == [
        f"{folder}/ext stands for 'library_'"
    ]


def test_a_root_that_python_imports_by_that_very_name_shadows_nothing(write, caplog):
    folder = write({"site/mine_/__init__.py": "", "site/space_/x.py": "", "other/space_/y.py": "", "ours/z.py": ""})
    sys.path[:0] = [str(folder / "site"), str(folder / "other")]
    os.symlink(folder / "site/mine_", folder / "link")
    for loader in (
        AutoLoader(folder / "site/mine_", "mine_"),
        AutoLoader(folder / "link", "mine_"),
        AutoLoader([folder / "ours", folder / "site/mine_"], "mine_"),
        AutoLoader(folder / "site/space_", "space_"),
        AutoLoader(folder / "ours", "space_"),
    ):
        with loader:
            importlib.import_module(loader.tag)
    assert caplog.records == []
