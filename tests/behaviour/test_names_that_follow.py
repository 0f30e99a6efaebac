"""Names in a tracked namespace are what their imports would bring now: the sources of what has run there tell, or else the objects."""

import sys

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError


class Cells:
    """A notebook of one's own: each cell is told to the loader, and runs."""

    def __init__(self, project):
        self.project = project
        self.names = {"__name__": "__main__"}
        project.loader.track(self.names)

    def __call__(self, source):
        self.project.loader.track(self.names, source=source)
        exec(source, self.names)
        return self

    def edit(self, **files):
        for stem, source in files.items():
            self.project.write(f"{stem}.py", source)
        return self.project.flush()

    def __getitem__(self, name):
        return self.names[name]


@pytest.fixture
def cells(project):
    return lambda files: Cells(project({f"{stem}.py": source for stem, source in files.items()}))


@pytest.mark.smoke
def test_constants_flags_and_aliases_of_functions_follow_their_imports(cells):
    notebook = cells(
        {"conf": "N = M = 10\nDEBUG = False\nCACHE = None\ndef foo(): return 'foo'\ndef bar(): return 'bar'\nf = foo\n"}
    )
    notebook("from app.conf import N, M as m, DEBUG, CACHE\nfrom app.conf import f, foo")
    report = notebook.edit(
        conf="N = 10\nM = 20\nDEBUG = True\nCACHE = {}\ndef foo(): return 'foo'\ndef bar(): return 'bar'\nf = bar\n"
    )
    assert [notebook[name] for name in ("N", "m", "DEBUG", "CACHE")] == [10, 20, True, {}]
    assert (notebook["f"](), notebook["foo"]()) == ("bar", "foo")
    assert report.rebound == ["m", "DEBUG", "CACHE", "f", "foo"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import app.conf", "app"),
        ("import app.conf as c", "c"),
        ("from app import conf", "conf"),
        ("from app import conf as c", "c"),
        ("from app.conf import *", "N"),
        ("from app.conf import N", "N"),
        ("import app.conf; n = 1\nfor x in 'a':\n    from app.conf import N as y", "y"),
        ("try:\n    from app.conf import N\nexcept ImportError:\n    N = 3", "N"),
        ("get_ipython().run_cell_magic('time', '', 'from app.conf import N\\n')", "N"),
        ("get_ipython().run_line_magic('time', 'from app.conf import N')", "N"),
    ],
)
def test_every_form_of_an_import(cells, source, name):
    notebook = cells({"conf": "N = 10\n"})

    class Shell:
        def run_cell_magic(self, magic, line, text):
            exec(text, notebook.names)

        def run_line_magic(self, magic, text):
            exec(text, notebook.names)

    notebook.names["get_ipython"] = Shell
    notebook(source)
    notebook.edit(conf="N = 20\n")
    value = notebook[name]
    assert getattr(getattr(value, "conf", value), "N", value) == 20


def test_a_camelized_name_follows(cells):
    notebook = cells({"user": "class User: v = 1\n"})
    notebook("import app.User as a\nfrom app import User as b\nfrom app.User import User as c")
    notebook.edit(user="class User: v = 2\n")
    assert [notebook[name].v for name in "abc"] == [2, 2, 2]


def test_what_is_bound_to_something_else_stays(cells):
    notebook = cells({"conf": "N = 10\nM = 10\nK = 10\n"})
    notebook("from app.conf import N, M, K")("N = 10")("M += 1; k = K")
    notebook.edit(conf="N = 20\nM = 20\nK = 20\n")
    assert [notebook[name] for name in ("N", "M", "K", "k")] == [10, 11, 20, 10]


def test_an_import_that_did_not_happen_brings_nothing(cells):
    notebook = cells({"conf": "N = 10\n"})
    notebook("N = 10\nimport app.conf")("if N > 10:\n    from app.conf import M as N\n")
    notebook("def f():\n    from app.conf import N\n    return N\nclass C:\n    from app.conf import N\nf()")
    notebook.edit(conf="N = 20\n")
    assert notebook["N"] == 10


def test_a_cell_of_any_shape_is_read(cells):
    notebook = cells({"conf": "N = 10\n", "odd": "__all__ = None\n"})
    notebook("x = 1000")
    chain = "if x < 0:\n    pass\n" + "".join(f"elif x == {number}:\n    pass\n" for number in range(90))
    notebook(chain + "else:\n    match 1:\n        case 1:\n            from app.conf import N\n")
    for source in (
        "x = " + " + ".join(["1"] * 5000),  # which may be too deep to run
        "import sys; x = " + " + ".join(["1"] * 900),
        "from app.odd import *\nimport app.odd as odd",
    ):
        notebook.project.loader.track(notebook.names, source=source)
    __import__("app.odd")
    notebook.edit(conf="N = 20\n")
    assert notebook["N"] == 20


def test_a_cell_that_is_no_python_says_nothing(cells):
    notebook = cells({"conf": "N = 10\n"})
    notebook("from app.conf import N")
    notebook.project.loader.track(notebook.names, source="from app.conf import (\n").track(notebook.names, source="\0")
    notebook.edit(conf="N = 20\n")
    assert notebook["N"] == 20


def test_a_source_that_is_told_late_counts(project, run):
    conf = project({"conf.py": "N = 10\n"}, "app.conf")
    source = "from app.conf import N as n"
    names = run(source)
    conf.loader.track(names, source=source)
    conf.write("conf.py", "N = 20\n").flush()
    assert names["n"] == 20


def test_a_name_whose_import_would_fail_stays_and_follows_again(cells):
    notebook = cells({"conf": "N = 10\n"})
    notebook("from app.conf import N")
    report = notebook.edit(conf="M = 20\n")
    assert notebook["N"] == 10
    assert report.stayed == {"N": "ImportError: cannot import name 'N' from 'app.conf'"}
    assert str(report) == "reloaded app.conf; N stays as it was: its import would fail now"
    assert report.plain()["stayed"] == [{"name": "N", "reason": report.stayed["N"]}]
    assert notebook.edit(conf="N = 30\n").stayed == {}
    assert notebook["N"] == 30


def test_a_name_of_a_deleted_module_stays_and_follows_when_that_comes_back(cells):
    notebook = cells({"conf": "N = 10\n"})
    notebook("from app.conf import N")
    notebook.project.delete("conf.py")
    report = notebook.project.flush()
    assert list(report.stayed) == ["N"]
    assert "No module named 'app.conf'" in report.stayed["N"]
    notebook("import sys")
    notebook.edit(conf="N = 20\n")
    __import__("app.conf")
    notebook.edit(conf="N = 30\n")
    assert notebook["N"] == 30


@pytest.mark.parametrize("tells", [True, False])
def test_a_class_that_has_moved_follows_its_package(project, run, tells):
    shop = project({"__init__.py": "from .user import User\n", "user.py": "class User: v = 1\n"})
    names = run("from app import User")
    shop.loader.track(names, source="from app import User" if tells else None)
    shop.write("__init__.py", "from .account import User\n").write("account.py", "class User: v = 2\n").delete(
        "user.py"
    )
    shop.flush()
    assert names["User"] is sys.modules["app"].User
    assert names["User"].v == 2


@pytest.mark.parametrize("tells", [True, False])
def test_what_came_from_elsewhere_is_never_touched(project, run, tells):
    shop = project(
        {"geo.py": "from math import sqrt as root_of\nfrom dataclasses import dataclass\nfrom string import digits\n"},
        "app.geo",
    )
    source = "from math import sqrt\nfrom dataclasses import dataclass\nfrom string import digits"
    names = run(source)
    shop.loader.track(names, source=source if tells else None)
    before = dict(names)
    shop.write(
        "geo.py",
        "from cmath import sqrt as root_of\ndef dataclass(cls): return cls\nfrom string import hexdigits as digits\n",
    )
    shop.flush()
    assert {name: names[name] for name in before} == before


def test_without_sources_a_value_follows_the_one_module_that_defines_it(project, run):
    files = {
        "conf.py": "WIDTH = 10\nHEIGHT = 10\nDEBUG = False\nBOTH = 'x'\n",
        "main.py": "from app.conf import HEIGHT, DEBUG\nBOTH = 'x'\n",
        "star.py": "from app.conf import *\nBOTH = 'y'\n",
    }
    shop = project(files, "app.conf", "app.main", "app.star")
    names = run("from app.conf import WIDTH, HEIGHT, DEBUG, BOTH\nsize = HEIGHT")
    shop.loader.track(names)
    shop.write("conf.py", "WIDTH = 10\nHEIGHT = 20\nDEBUG = True\nBOTH = 'z'\n").flush()
    assert [names[name] for name in ("WIDTH", "HEIGHT", "DEBUG", "BOTH", "size")] == [10, 20, True, "x", 10]


def test_a_failed_reload_leaves_the_names(cells):
    notebook = cells({"conf": "N = 10\n"})
    notebook("from app.conf import N")
    assert notebook.edit(conf="N = 20\n1 / 0\n").failed
    assert notebook["N"] == 10
    notebook.edit(conf="N = 20\n")
    assert notebook["N"] == 20


def test_untracked_names_stay(cells):
    notebook = cells({"conf": "N = 10\n"})
    notebook("from app.conf import N")
    notebook.project.loader.untrack(notebook.names)
    assert notebook.edit(conf="N = 20\n").rebound == []
    assert notebook["N"] == 10


@pytest.mark.parametrize("source", [7, b"import a", ["import a"]])
def test_a_source_that_is_no_text_is_refused(cells, source):
    notebook = cells({})
    with pytest.raises(ConfigurationError, match=r"^track\(source=.*\): expected the text of a cell$"):
        notebook.project.loader.track(notebook.names, source=source)


def test_a_name_follows_for_each_loader_that_tracks_it_whichever_goes_first(cells):
    notebook = cells({"conf": "N = 1\n"})
    first = notebook.project.loader
    base = first.roots[0].path
    namespace = {}
    exec("def set_up(loader): return loader.setup()", namespace)
    second = namespace["set_up"](AutoLoader(base, "app").enable_reloading(watch=False, flush="manual"))
    second.track(notebook.names)
    for loader in (first, second):
        loader.track(notebook.names, source="from app.conf import N as n")
    exec("from app.conf import N as n", notebook.names)
    notebook.edit(conf="N = 2\n")
    assert notebook["n"] == 2
    first.teardown()
    notebook.project.put("conf.py", "N = 3\n")
    second.notify(f"{base}/conf.py").flush()
    assert notebook["n"] == 3
    second.teardown()
