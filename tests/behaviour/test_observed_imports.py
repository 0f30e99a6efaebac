"""Imports that no source shows are edges of the graph, so that an edit reaches those who made them, by whatever function, and whoever
had imported the module before.
"""

import importlib
import sys
import types

import pytest
from pyautoload_wasm import AutoLoader

#: Ways to get the class `Alpha` of `app/alpha.py` that no source shows. ``NAME`` is "alpha", ``ATTR`` is "Alpha".
WAYS = {
    "import_module": "import importlib\nGOT = importlib.import_module('app.' + NAME).Alpha",
    "import_module, relative": "from importlib import import_module\nGOT = import_module('.' + NAME, __package__).Alpha",
    "import_module, camelized": "import importlib\nGOT = importlib.import_module('app.' + ATTR).Alpha",
    "__import__": "GOT = __import__('app.' + NAME, fromlist=[ATTR]).Alpha",
    "__import__ called from C": "GOT = next(map(__import__, ['app.' + NAME])).alpha.Alpha",
    "importlib.__import__": "import importlib\nGOT = importlib.__import__('app.' + NAME).alpha.Alpha",
    "exec of import": "exec(f'import app.{NAME} as found')\nGOT = found.Alpha",
    "exec of from a module": "exec(f'from app.{NAME} import {ATTR} as GOT')",
    "exec of from a package": "exec(f'from app import {NAME} as found')\nGOT = found.Alpha",
    "exec of from a package, camelized": "exec(f'from app import {ATTR} as GOT')",
    "exec in a namespace": "found = {}\nexec(f'from app.{NAME} import {ATTR} as got', found)\nGOT = found['got']",
    "eval": "GOT = eval(f'__import__(\"app.{NAME}\").{NAME}.Alpha')",
    "resolve_name": "from pkgutil import resolve_name\nGOT = resolve_name(f'app.{NAME}:{ATTR}')",
    "resolve_name, dotted": "from pkgutil import resolve_name\nGOT = resolve_name(f'app.{NAME}.{ATTR}')",
    "an entry point": "from importlib.metadata import EntryPoint\nGOT = EntryPoint('x', f'app.{NAME}:{ATTR}', 'x').load()",
    "pickle": "import pickle\nGOT = pickle.loads(f'capp.{NAME}\\n{ATTR}\\n.'.encode())",
    "getattr of a module": "import app\nGOT = getattr(app, NAME).Alpha",
    "getattr of a class": "import app\nGOT = getattr(app, ATTR)",
    "getattr with a default": "import app\nGOT = getattr(app, ATTR, None)",
    "hasattr first": "import app\nGOT = getattr(app, ATTR) if hasattr(app, ATTR) else None",
    "attrgetter": "import app\nfrom operator import attrgetter\nGOT = attrgetter(f'{NAME}.{ATTR}')(app)",
    "attrgetter of a class": "import app\nfrom operator import attrgetter\nGOT = attrgetter(ATTR)(app)",
    "a package that was handed over": "from library import take\nimport app\nGOT = take(app, ATTR)",
    "a comprehension": "import app\nGOT = [getattr(app, name) for name in [ATTR]][0]",
}
HEAD = "NAME, ATTR = 'alpha', 'Alpha'\n"
ALPHA = "class Alpha:\n    version = {}\n"


@pytest.fixture
def library(monkeypatch):
    """A module of somebody else, which looks things up for others."""
    module = types.ModuleType("library")
    source = """\
        import importlib
        def take(package, name): return getattr(package, name)
        def load(path): return importlib.import_module(path)
        def attach(package):
            def __getattr__(name):
                if name != 'build': raise AttributeError(name)
                value = importlib.import_module(package + '.alpha').build
                vars(importlib.import_module(package))[name] = value
                return value
            return __getattr__
        TOOLS = {}
        """
    exec(compile("\n".join(line[8:] for line in source.splitlines()), "/lib/library.py", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, "library", module)
    return module


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("before", ["nobody", "another module", "an attribute"])
@pytest.mark.parametrize("way", WAYS)
def test_an_edit_reaches_who_has_imported_unseen(project, way, before):
    first = {"nobody": "", "another module": "import app.alpha\n", "an attribute": "import app\napp.Alpha\n"}[before]
    files = {
        "first.py": first,
        "main.py": HEAD + WAYS[way] + "\n",
        "alpha.py": ALPHA.format(1),
        "other.py": "RUNS = []\n",
    }
    project = project(files, "app.first", "app.main", "app.other")
    other = sys.modules["app.other"]
    assert sys.modules["app.main"].GOT.version == 1
    assert "app.alpha" in project.loader.dependencies("app.main")
    report = project.write("alpha.py", ALPHA.format(2)).flush()
    assert "app.main" in report.reloaded
    assert sys.modules["app.main"].GOT.version == 2
    assert sys.modules["app.other"] is other
    # And again, since it imports what was imported before it.
    project.write("alpha.py", ALPHA.format(3)).flush()
    assert sys.modules["app.main"].GOT.version == 3


def test_the_line_of_an_import_is_that_of_the_source(project):
    source = "import importlib\n\nfound = importlib.import_module('app.' + 'alpha')\n\n\nexec('\\n\\n\\nimport app.' + 'beta')\n"
    project = project({"alpha.py": "", "beta.py": "", "main.py": source}, "app.alpha", "app.beta", "app.main")
    edges = [edge for edge in project.loader.graph().edges if edge.kind == "observed"]
    assert {(edge.importer, edge.imported, edge.line) for edge in edges} == {
        ("app.main", "app.alpha", 3),
        ("app.main", "app.beta", 6),
    }


def test_what_the_source_shows_is_not_observed_as_well(project):
    main = """\
        import app.a
        import app.pkg.b as b
        from app import a, A
        from .a import X
        from . import pkg
        from .pkg import B
        from app.a import *
        class Base(app.pkg.B): pass
        def late():
            import app.a
            return app.a
        late()
        """
    files = {
        "a.py": "X = 1\nclass A: pass\n",
        "pkg/b.py": "class B: pass\n",
        "first.py": "import app.a, app.pkg.b\n",
        "main.py": main,
    }
    project = project(files, "app.first", "app.main")
    assert [edge for edge in project.loader.graph().edges if edge.kind == "observed"] == []


@pytest.mark.usefixtures("library")
def test_a_question_is_no_import(project):
    source = (
        "from importlib.util import find_spec\nFOUND = [find_spec('app.' + n) is not None for n in ('alpha', 'beta')]\n"
    )
    project = project({"alpha.py": "X = 1\n", "main.py": source}, "app.main")
    assert "app.alpha" not in project.loader.dependencies("app.main")
    project.write("alpha.py", "X = 2\n").flush()
    assert sys.modules["app.main"].FOUND == [True, False]
    # Whether there is one is another matter.
    project.write("beta.py", "").flush()
    assert sys.modules["app.main"].FOUND == [True, True]


@pytest.mark.parametrize("name", ["beta", "Beta"])
def test_who_has_imported_in_vain_is_reloaded_when_the_module_comes(project, name):
    source = "import importlib\ntry:\n    FOUND = importlib.import_module('app.' + NAME)\nexcept ImportError:\n    FOUND = None\n"
    project = project({"main.py": f"NAME = {name!r}\n{source}"}, "app.main")
    assert sys.modules["app.main"].FOUND is None
    project.write("beta.py", "class Beta: pass\n").flush()
    assert sys.modules["app.main"].FOUND is sys.modules["app.beta"]


def test_a_file_that_was_written_a_moment_ago_is_no_exception(project):
    source = "import importlib\nFOUND = [importlib.import_module('app.' + n).X for n in ('old', 'new')]\n"
    project = project({"old.py": "X = 1\n", "main.py": source}).put("new.py", "X = 1\n")
    __import__("app.main")
    assert project.loader.dependencies("app.main") == ["app", "app.new", "app.old"]
    project.write("new.py", "X = 2\n").flush()
    assert sys.modules["app.main"].FOUND == [1, 2]


def test_nothing_is_lost_where_a_scan_comes_while_a_new_version_runs(project):
    # The graph forgets what an execution has imported when another version has run.
    source = "import importlib\nFOUND = [importlib.import_module('app.' + n).X for n in {}]\n"
    project = project({"old.py": "X = 1\n", "main.py": source.format("['old']")}, "app.main").put("new.py", "X = 1\n")
    project.write("main.py", source.format("['old', 'new']")).flush()
    assert project.loader.dependencies("app.main") == ["app", "app.new", "app.old"]


@pytest.mark.parametrize("before", ["", "import app.alpha\n"])
def test_an_import_by_another_module_s_function_is_that_of_the_body_as_well(project, library, before):
    # main gets the function from a library, so that nothing else connects the two.
    files = {
        "alpha.py": ALPHA.format(1),
        "tools.py": "import importlib, library\ndef load(name): return importlib.import_module('app.' + name)\n"
        "library.TOOLS['load'] = load\n",
        "first.py": before,
        "main.py": "import library\nGOT = library.TOOLS['load']('alpha').Alpha\n",
    }
    project = project(files, "app.first", "app.tools", "app.main")
    assert "app.alpha" in project.loader.dependencies("app.main")
    assert "app.alpha" in project.loader.dependencies("app.tools")
    project.write("alpha.py", ALPHA.format(2)).flush()
    assert sys.modules["app.main"].GOT.version == 2


def test_a_body_that_imports_another_is_not_in_what_that_one_imports(project):
    files = {
        "alpha.py": "",
        "middle.py": "import importlib\nimportlib.import_module('app.' + 'alpha')\n",
        "main.py": "import importlib\nimportlib.import_module('app.' + 'middle')\n",
    }
    project = project(files, "app.alpha", "app.main")
    assert project.loader.dependencies("app.main") == ["app", "app.middle"]


@pytest.mark.usefixtures("library")
def test_what_a_library_keeps_in_a_package_is_the_package_s_import(project):
    # As lazy_loader's attach() does: the second one to ask finds the attribute there.
    files = {
        "lazy/__init__.py": "from library import attach\n__getattr__ = attach(__name__)\n",
        "lazy/alpha.py": "def build(): return 1\n",
        "one.py": "from app import lazy\nGOT = lazy.build()\n",
        "two.py": "from app import lazy\nGOT = lazy.build()\n",
    }
    project = project(files, "app.one", "app.two")
    project.write("lazy/alpha.py", "def build(): return 2\n").flush()
    assert (sys.modules["app.one"].GOT, sys.modules["app.two"].GOT) == (2, 2)


def test_an_attribute_of_a_namespace_of_two_loaders_is_an_import(write):
    files = {"one/a.py": "", "two/b.py": "X = 1\n", "two/first.py": "import lab.b\n"}
    folder = write({**files, "two/main.py": "import lab\nX = [getattr(lab, n).X for n in ['b']]\n"})
    with AutoLoader(folder / "one", "lab"), AutoLoader(folder / "two", "lab") as loader:
        loader.enable_reloading()
        __import__("lab.first")
        __import__("lab.main")
        assert loader.dependencies("lab.main") == ["lab", "lab.b"]
        write({"two/b.py": "X = 22\n"})
        loader.reload()
        assert sys.modules["lab.main"].X == [22]


@pytest.mark.parametrize(
    "names, is_taken", [("", False), ("__all__ = ['Alpha']\n", True), ("__all__ = ['alpha']\n", True)]
)
def test_a_star_import_takes_what_the_package_says_and_not_what_happens_to_be_loaded(project, names, is_taken):
    files = {"pkg/__init__.py": names, "pkg/alpha.py": ALPHA.format(1), "first.py": "import app.pkg.alpha\n"}
    project = project({**files, "main.py": "from app.pkg import *\n"}, "app.first", "app.main")
    assert ("app.pkg.alpha" in project.loader.dependencies("app.main")) is is_taken


def test_what_a_package_has_as_its_own_is_no_import_of_a_module_of_that_name(project):
    files = {
        "pkg/__init__.py": "def alpha(): return 1\n",
        "pkg/alpha.py": "",
        "main.py": "from app import pkg\nGOT = getattr(pkg, 'al' + 'pha')()\n",
    }
    project = project(files, "app.pkg", "app.main")
    assert project.loader.dependencies("app.main") == ["app", "app.pkg"]


@pytest.mark.parametrize(
    "way", ["importlib.import_module('app.' + name)", "getattr(app, name)", "app.__getattr__(name)"]
)
def test_the_first_import_of_a_module_is_seen_whenever_the_function_is_called_that_makes_it(project, way):
    files = {"alpha.py": "X = 1\n", "tools.py": f"import app, importlib\ndef look(name): return {way}\n"}
    project = project(files, "app.tools")
    sys.modules["app.tools"].look("alpha")
    assert project.loader.dependencies("app.tools") == ["app", "app.alpha"]
    assert set(project.write("alpha.py", "X = 2\n").flush().reloaded) == {"app.alpha", "app.tools"}


def test_when_no_module_runs_a_look_at_a_package_is_nobody_s_import(project):
    files = {"alpha.py": "", "tools.py": "import app\ndef look(name): return getattr(app, name)\n"}
    project = project(files, "app.alpha", "app.tools")
    for _ in range(3000):
        sys.modules["app.tools"].look("alpha")
    assert project.loader.dependencies("app.tools") == ["app"]


@pytest.mark.parametrize("first, second", [("main", "zeta"), ("zeta", "main")])
def test_what_new_code_imports_may_change_with_it(project, first, second):
    """No plan knows that: whichever is executed first, the new code has the new module in the end."""
    main = "import importlib\nX = importlib.import_module('app.' + '{}').X\n"
    files = {
        "alpha.py": "X = 1\n",
        "zeta.py": "X = 1\n",
        "main.py": main.format("alpha"),
        "page.py": "from .main import X\n",
    }
    project = project(files, f"app.{first}", f"app.{second}", "app.page")
    project.write("main.py", main.format("zeta")).write("zeta.py", "X = 2\n").flush()
    assert (sys.modules["app.main"].X, sys.modules["app.page"].X) == (2, 2)
    assert not project.loader.reload()


@pytest.mark.parametrize("is_mended", [False, True])
def test_what_is_tried_twice_by_one_flush_has_failed_once_or_not_at_all(project, is_mended):
    """page fails while main has zeta's old value, which new code imports and no plan knows; and perhaps with the new one, too."""
    main = "import importlib\nX = importlib.import_module('app.' + '{}').X\n"
    page = "from .main import X\n"
    files = {"alpha.py": "X = 1\n", "zeta.py": "X = 1\n", "main.py": main.format("alpha"), "page.py": page}
    project = project(files, "app.main", "app.zeta", "app.page")
    project.write("page.py", page + f"assert X == {2 if is_mended else 3}\n")
    report = project.write("main.py", main.format("zeta")).write("zeta.py", "X = 2\n").flush()
    assert [failed.name for failed in report.failed] == ([] if is_mended else ["app.page"])
    assert report.pending == ([] if is_mended else ["app.page"])


@pytest.mark.parametrize("first, second", [("main", "zeta"), ("zeta", "main")])
def test_what_new_code_imports_may_change_with_it_while_who_imports_both_fails(project, first, second):
    """Tried again without the module that fails, the two have nothing to do with each other that a plan knows of."""
    main = "import importlib\nX = importlib.import_module('app.' + '{}').X\n"
    both = f"from .{first} import X\nfrom .{second} import X as Y\n"
    files = {"alpha.py": "X = 1\n", "zeta.py": "X = 1\n", "main.py": main.format("alpha"), "both.py": both}
    project = project(files, "app.both")
    project.write("main.py", main.format("zeta")).write("zeta.py", "X = 2\n")
    report = project.write("both.py", f"{both}raise ValueError\n").flush()
    assert (set(report.reloaded), report.pending) == ({"app.main", "app.zeta"}, ["app.both"])
    assert [failed.name for failed in report.failed] == ["app.both"]
    assert sys.modules["app.main"].X == 2


def test_new_code_that_imports_what_cannot_be_reloaded_is_pending_until_it_can(project):
    source = "import importlib\nX = importlib.import_module('app.' + {!r}).X\n"
    app = project(
        {"alpha.py": "X = 1\n", "beta.py": "X = 2\n", "main.py": source.format("alpha")}, "app.main", "app.beta"
    )
    assert app.write("beta.py", "X = 3 3\n").flush().pending == ["app.beta"]
    report = app.write("main.py", source.format("beta")).flush()
    assert (list(report.reloaded), report.pending) == (["app.main"], ["app.beta", "app.main"])
    assert sys.modules["app.main"].X == 2
    report = app.write("beta.py", "X = 3\n").flush()
    assert (set(report.reloaded), report.pending) == ({"app.beta", "app.main"}, [])
    assert sys.modules["app.main"].X == 3


@pytest.mark.parametrize("is_loaded", [False, True])
@pytest.mark.parametrize("hook", ["on_load", "log"])
def test_what_a_callback_imports_is_not_imported_by_the_body_that_happens_to_run(autoload, is_loaded, hook):
    loader = autoload({"a.py": "", "b.py": "", "main.py": "import app.a\n"})
    if is_loaded:
        importlib.import_module("app.b")

    def callback(*_):
        importlib.import_module("app.b")

    if hook == "on_load":
        loader.on_load("app.a")(callback)
    else:
        loader.log(lambda line: callback() if "app.a loaded" in line else None)
    importlib.import_module("app.main")
    assert "app.b" in sys.modules
    assert loader.dependents("app.b") == []
