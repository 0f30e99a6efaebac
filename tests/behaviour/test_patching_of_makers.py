"""Edits of functions that have made what `once` keeps: the value is made anew, although none of them ran in the last execution."""

import sys

import pytest

ONCE = "from pyautoload_wasm import once\n"


def moved_on(app, name, source):
    """Has a module executed again, so that what it keeps is there and nothing is called."""
    report = app.write(name, source + "STEP = 1\n").flush()
    assert report.reloaded
    return source + "STEP = 1\n"


@pytest.mark.parametrize(
    ("source", "old", "new"),
    [
        ("def make():\n    def inner(): return [1]\n    return inner()\nVALUE = once(make)\n", "[1]", "[2]"),
        (
            "def make():\n    class C:\n        def m(self): return [1]\n    return C().m()\nVALUE = once(make)\n",
            "[1]",
            "[2]",
        ),
        ("def make(x=1): return [x]\nVALUE = once(make)\n", "x=1", "x=2"),
        ("def make(*, x=1): return [x]\nVALUE = once(make)\n", "x=1", "x=2"),
        ("VALUE = once(lambda: [1], key='a')\n", "[1]", "[2]"),
        ("VALUE = once(lambda: (lambda: [1])(), key='a')\n", "[1]", "[2]"),
        ("VALUE = once(lambda x=1: [x], key='a')\n", "x=1", "x=2"),
        ("def outer():\n    def inner(): return [1]\n    return inner\nVALUE = once(outer(), key='a')\n", "[1]", "[2]"),
        ("class C:\n    @staticmethod\n    def make(): return [1]\nVALUE = once(C.make)\n", "[1]", "[2]"),
    ],
)
def test_what_a_maker_is_made_of_is_part_of_it(project, source, old, new):
    app = project({"lib.py": ONCE + source}, "app.lib")
    assert sys.modules["app.lib"].VALUE == [1]
    source = moved_on(app, "lib.py", ONCE + source)
    assert app.write("lib.py", source.replace(old, new)).flush().reloaded
    assert sys.modules["app.lib"].VALUE == [2]


def test_a_maker_that_has_moved_is_the_same(project):
    source = f"{ONCE}def make(): return [1]\nVALUE = once(make)\n"
    app = project({"lib.py": source}, "app.lib")
    source = moved_on(app, "lib.py", source)
    made = sys.modules["app.lib"].VALUE
    assert app.write("lib.py", f"\n\n# A comment.\n{source}").flush().changed
    assert sys.modules["app.lib"].VALUE is made
    assert app.write("lib.py", source.replace("[1]", "[2]")).flush().reloaded
    assert sys.modules["app.lib"].VALUE == [2]


def test_a_maker_whose_file_has_become_a_package_is_the_same(project):
    source = f"{ONCE}def make(): return [1]\nVALUE = once(make)\n"
    app = project({"lib.py": source}, "app.lib")
    made = sys.modules["app.lib"].VALUE
    app.rename("lib.py", "lib/__init__.py").flush()
    __import__("app.lib")
    assert sys.modules["app.lib"].VALUE is made
    assert app.write("lib/__init__.py", source.replace("[1]", "[2]")).flush().reloaded
    assert sys.modules["app.lib"].VALUE == [2]


def test_a_file_that_becomes_a_package_and_is_edited_makes_its_value_anew(project):
    source = f"{ONCE}def make(): return [1]\nVALUE = once(make)\n"
    app = project({"lib.py": source, "user.py": "from app.lib import VALUE\n"}, "app.user")
    app.put("lib/__init__.py", source.replace("[1]", "[2]"))
    app.loader.notify(app.path("lib/__init__.py"))
    app.delete("lib.py").flush()
    assert sys.modules["app.user"].VALUE == [2]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="nothing is patched there")
def test_lambdas_beside_the_one_that_has_made_a_value_are_patched(project):
    source = f"{ONCE}VALUE = once(lambda: [1], key='a')\nother = lambda: [3]\n"
    app = project({"lib.py": source}, "app.lib")
    source = moved_on(app, "lib.py", source)
    assert app.write("lib.py", source.replace("[3]", "[4]")).flush().patched == {"app.lib": ["<lambda>"]}
    assert sys.modules["app.lib"].other() == [4]
