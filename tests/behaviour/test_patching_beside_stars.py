"""Functions that come and go where star imports take all names."""

import sys

import pytest

STAR = "all names may have been read while app.user was imported"


@pytest.mark.parametrize(
    ("head", "is_taken"),
    [
        ("", True),
        ("__all__ = ['f']\n", False),
        ("__all__ = (*map(str, 'f'),)\n", False),
    ],
)
def test_a_star_import_takes_what_the_module_lists(edited, head, is_taken):
    lib = edited(f"{head}def f(): return 1\n", "from app.lib import *\n")
    change = ("def f()", "def new(): return 2\ndef f()")
    if is_taken:
        assert lib.executed(change) == STAR
    else:
        assert lib.patched(change) == ["new"]


def test_a_private_name_is_taken_by_no_star_import(edited):
    lib = edited("def f(): return 1\n", "from app.lib import *\n")
    assert lib.patched(("def f()", "def _new(): return 2\ndef f()")) == ["_new"]
    assert lib.executed(("def _new()", "def new()")) == STAR


def test_a_star_import_of_another_module_takes_nothing(edited):
    lib = edited("def f(): return 1\n", "from app.other import *\nfrom app.lib import f\n", **{"other.py": "x = 1\n"})
    assert lib.patched(("def f()", "def new(): return 2\ndef f()")) == ["new"]


@pytest.mark.parametrize(
    ("file", "head"),
    [
        ("__init__.py", "from . import *"),
        ("__init__.py", "from app import *"),
        ("lib.py", "from .lib import *"),
        ("lib.py", "from app.Lib import *"),
    ],
)
def test_a_star_import_takes_all_names_however_it_names_the_module(project, file, head):
    app = project({file: "def f(): return 1\n", "user.py": f"{head}\n"}, "app.user")
    report = app.write(file, "def f(): return 1\ndef new(): return 2\n").flush()
    assert report.patched == {}
    assert report.reloaded["app" if file == "__init__.py" else "app.lib"] == STAR
    assert sys.modules["app.user"].new() == 2


def test_methods_are_no_names_of_the_module(edited):
    lib = edited("class C:\n    def m(self): return 1\n", "from app.lib import *\n")
    assert lib.patched(("    def m", "    def more(self): return 2\n    def m")) == ["C.more"]


@pytest.mark.parametrize(
    ("other", "is_taken"),
    [
        ("def f(): return 'other'\n", True),
        ("def g(): return 'other'\n", False),
        ("__all__ = ['g']\ndef f(): return 'other'\ndef g(): return 1\n", False),
        ("from app.more import *\n", True),
    ],
)
@pytest.mark.parametrize("head", ["from app.other import *\n", "from .other import *\n"])
def test_a_function_in_the_place_of_one_from_a_star_import(edited, head, other, is_taken):
    more = {"other.py": other, "more.py": "def f(): return 'other'\n"}
    own = "def f(): return 'own'\n"
    lib = edited(f"{head}def h(): return 1\n", **more)
    edit, back = (("def h()", f"{own}def h()"), (own, ""))
    if is_taken:
        assert lib.executed(edit).startswith("a star import may bring `f`, line ")
        assert sys.modules["app.lib"].f() == "own"
        assert lib.executed(back).startswith("a star import may bring `f`, line ")
        assert sys.modules["app.lib"].f() == "other"
    else:
        assert lib.patched(edit) == ["f"]
        assert lib.module.f() == "own"
        assert lib.patched(back) == ["f"]
        assert not hasattr(lib.module, "f")


@pytest.mark.parametrize(
    ("other", "new", "is_below"),
    [
        ("other.py", "more.py", False),
        ("other/__init__.py", "more.py", False),
        ("other/__init__.py", "other/sub/more.py", True),
        ("other/__init__.py", "other/more.py", True),
    ],
)
@pytest.mark.parametrize("head", ["from app.other import *\n", "from .other import *\n"])
def test_a_new_file_counts_where_a_star_import_can_find_it(edited, head, other, new, is_below):
    lib = edited(f"{head}def f(): return 1\n", **{other: "x = 1\n"})
    assert lib.module.x == 1
    found = "its imports may find other modules than before"
    for change in (lambda: lib.app.write(new, ""), lambda: lib.app.delete(new)):
        change()
        if is_below:
            assert found in lib.executed(("return ", "return 1 + "))
        else:
            assert lib.patched(("return ", "return 1 + ")) == ["f"]


@pytest.mark.parametrize("is_first", [True, False])
def test_what_has_taken_all_names_does_not_count_when_its_file_goes(edited, is_first):
    lib = edited("def f(): return 1\n", "import app.lib\n", **{"zz.py": "from app.lib import *\n"})
    __import__("app.zz")
    if is_first:
        lib.app.delete("zz.py")
    lib.app.write("lib.py", "def f(): return 1\ndef new(): return 2\n")
    if not is_first:
        lib.app.delete("zz.py")
    assert lib.app.flush().patched == {"app.lib": ["new"]}
