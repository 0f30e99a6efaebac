"""Python's own tools work on autoloaded modules as on any other."""

import copy
import dataclasses
import importlib
import importlib.abc
import importlib.resources
import importlib.util
import inspect
import linecache
import operator
import pickle
import pkgutil
import pydoc
import runpy
import sys
import traceback
import types
import typing
import unittest
import unittest.mock
import warnings

import pytest
from pyautoload_wasm import AutoLoader

FILES = {
    "__init__.py": "",
    "models/user.py": """
        from __future__ import annotations
        import dataclasses
        from app.models import tag

        @dataclasses.dataclass
        class User:
            name: str = "ada"
            tags: list[tag.Tag] = dataclasses.field(default_factory=list)

            def fail(self):
                raise ValueError("on purpose")
    """,
    "models/tag.py": "class Tag:\n    pass\n",
    "models/notes.txt": "a note\n",
    "pkg/__init__.py": "",
    "pkg/data.json": "{}",
    "pkg/tool.py": "result = __name__\n",
    "pkg/__main__.py": "ran = True\n",
    "tests/__init__.py": "",
    "tests/test_it.py": """
        import unittest
        class TestIt(unittest.TestCase):
            def test_passes(self):
                self.assertTrue(True)
    """,
}


def test_find_spec_answers_without_executing(autoload):
    loader = autoload({**FILES, "explodes.py": "raise RuntimeError\n"})
    spec = importlib.util.find_spec("app.explodes")
    assert spec.origin == f"{loader.roots[0].path}/explodes.py"
    assert "app.explodes" not in sys.modules
    assert importlib.util.find_spec("app.missing") is None
    assert importlib.util.find_spec("app.models").submodule_search_locations is not None


class Wrapper(importlib.abc.Loader):
    """What a tool puts into a spec that it has found, to have a module of its own."""

    def exec_module(self, module):
        module.is_wrapped = True


def test_a_loader_that_a_tool_puts_into_a_spec_is_for_that_spec_alone(autoload):
    autoload(FILES)
    spec = importlib.util.find_spec("app.models.tag")
    spec.loader = Wrapper()
    assert importlib.util.module_from_spec(spec).__spec__ is spec
    import app.models.tag as tag

    assert not hasattr(tag, "is_wrapped")
    assert tag.Tag


def test_lazy_loading(autoload):
    autoload(FILES)
    for _ in range(2):
        spec = importlib.util.find_spec("app.models.tag")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        tag = sys.modules["app.models.tag"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tag)
        assert type(tag) is not types.ModuleType
        assert tag.Tag
        assert type(tag) is types.ModuleType
        del sys.modules["app.models.tag"]


def test_a_module_that_is_imported_again_is_another_one(autoload):
    autoload(FILES)
    first = importlib.import_module("app.models.tag")
    del sys.modules["app.models.tag"]
    second = importlib.import_module("app.models.tag")
    assert second is not first
    assert second.Tag is not first.Tag
    assert second.__spec__ == first.__spec__


def test_source_is_found(autoload, run):
    autoload(FILES)
    user = run("from app.models import User")["User"]
    assert inspect.getsource(user.fail) == '    def fail(self):\n        raise ValueError("on purpose")\n'
    assert inspect.getmodule(user) is sys.modules["app.models.user"]
    assert inspect.getsourcefile(user) == sys.modules["app.models.user"].__file__
    assert importlib.util.find_spec("app.models.tag").loader.get_source("app.models.tag") == "class Tag:\n    pass\n"
    assert linecache.getline(sys.modules["app.models.tag"].__file__, 1) == "class Tag:\n"


def test_tracebacks_have_source_lines(autoload, run):
    autoload(FILES)
    try:
        run("from app.models import User")["User"]().fail()
    except ValueError:
        text = traceback.format_exc()
    assert 'models/user.py", line 12, in fail' in text
    assert 'raise ValueError("on purpose")' in text


def test_an_error_at_import_shows_the_user_s_lines_alone(autoload, run):
    autoload({"bad.py": "def f():\n    return 1 / 0\nf()\n", "worse.py": "def f(:\n"})
    for statement, lines in [("import app.bad", ["<test>", "bad.py", "bad.py"]), ("import app.worse", ["<test>"])]:
        with pytest.raises((ZeroDivisionError, SyntaxError)) as caught:
            run(statement)
        frames = [frame.filename.rpartition("/")[2] for frame in traceback.extract_tb(caught.value.__traceback__)]
        assert frames[-len(lines) :] == lines
        assert not any(
            "pyautoload_wasm" in frame.filename for frame in traceback.extract_tb(caught.value.__traceback__)
        )


def test_resources_are_found_in_packages_and_in_namespaces(autoload):
    autoload(FILES)
    assert importlib.resources.files("app.pkg").joinpath("data.json").read_text() == "{}"
    assert importlib.resources.files("app.models").joinpath("notes.txt").read_text() == "a note\n"


def test_packages_can_be_walked(autoload, run):
    autoload(FILES)
    app = run("import app")["app"]
    walked = {module.name for module in pkgutil.walk_packages(app.__path__, "app.")}
    assert {"app.pkg", "app.pkg.tool", "app.tests", "app.tests.test_it"} <= walked


def test_modules_at_the_top_level_are_listed(autoload):
    files = {"plugin_mail.py": "", "plugin_web/__init__.py": "", "plugin_web/views.py": "", "plugin_space/x.py": ""}
    autoload(files, top_level=None)
    found = [(module.name, module.ispkg) for module in pkgutil.iter_modules(prefix="its_") if "plugin_" in module.name]
    assert found == [("its_plugin_mail", False), ("its_plugin_space", True), ("its_plugin_web", True)]
    finder = next(module.module_finder for module in pkgutil.iter_modules() if module.name == "plugin_mail")
    assert finder.find_spec("plugin_mail").origin.endswith("plugin_mail.py")


def test_a_root_s_own_name_is_listed(autoload):
    autoload({"user.py": ""})
    assert [module.ispkg for module in pkgutil.iter_modules() if module.name == "app"] == [True]


def test_modules_and_packages_can_be_run(autoload):
    autoload(FILES)
    assert runpy.run_module("app.pkg.tool", run_name="__main__")["result"] == "__main__"
    assert runpy.run_module("app.pkg")["ran"] is True


def test_importlib_reload_executes_again_in_place(autoload, run, write):
    autoload({"settings.py": "x = 1\n", "pkg/__init__.py": "y = 1\n"})
    namespace = run("import app.settings, app.pkg; before = app.settings, app.pkg")
    write({"app/settings.py": "x = 2\n", "app/pkg/__init__.py": "y = 2\n"})
    for module in namespace["before"]:
        assert importlib.reload(module) is module
    assert (namespace["before"][0].x, namespace["before"][1].y) == (2, 2)


def test_instances_can_be_pickled_and_copied(autoload, run):
    autoload(FILES)
    user = run("from app.models import User, Tag")["User"]("grace")
    assert pickle.loads(pickle.dumps(user)) == user
    assert copy.deepcopy(user) == user
    assert dataclasses.asdict(user) == {"name": "grace", "tags": []}


def test_unpickling_imports_the_module(autoload, run):
    autoload(FILES)
    data = pickle.dumps(run("from app.models import User")["User"]("grace"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
        del sys.modules[name]
    assert pickle.loads(data).name == "grace"


def test_type_hints_are_resolved(autoload, run):
    autoload(FILES)
    namespace = run("from app.models import User, Tag")
    hints = {"name": str, "tags": types.GenericAlias(list, (namespace["Tag"],))}
    assert typing.get_type_hints(namespace["User"]) == hints


def test_unittest_discovers(autoload, run):
    autoload(FILES)
    suite = unittest.defaultTestLoader.loadTestsFromName("app.tests.test_it")
    assert suite.countTestCases() == 1
    discovered = unittest.TestLoader().discover("app.tests")
    assert discovered.countTestCases() == 1
    result = unittest.TestResult()
    discovered.run(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])


def test_encodings_and_byte_order_marks_are_python_s(autoload, run):
    autoload(
        {
            "latin.py": "# -*- coding: latin-1 -*-\nword = 'größe'\n".encode("latin-1"),
            "marked.py": b"\xef\xbb\xbfword = 'gr\xc3\xb6\xc3\x9fe'\n",
            "plain.py": "word = 'größe'\n".encode(),
        }
    )
    assert run("from app import latin, marked, plain; words = {latin.word, marked.word, plain.word}")["words"] == {
        "größe"
    }


def test_other_kinds_of_files_are_left_to_python(autoload, run, tmp_path):
    autoload({"pkg/__init__.py": "", "pkg/source.py": "x = 3\n"})
    import py_compile

    py_compile.compile(str(tmp_path / "app/pkg/source.py"), cfile=str(tmp_path / "app/pkg/compiled.pyc"))
    assert run("from app.pkg import compiled")["compiled"].x == 3


def test_subprocess_free_programs_see_main_untouched(autoload):
    main = sys.modules["__main__"]
    autoload({"__main__.py": "raise RuntimeError\n", "ok.py": ""}, top_level=None).eager_load(on_error="raise")
    assert sys.modules["__main__"] is main


def test_quick_edits_of_one_size_are_seen(autoload, write):
    autoload({"settings.py": "x = 0\n"})
    for number in range(1, 10):
        write({"app/settings.py": f"x = {number}\n"})
        sys.modules.pop("app.settings", None)
        assert importlib.import_module("app.settings").x == number


@pytest.mark.parametrize("name", ["User", "m.Tag", "hotel.Room"])
def test_unpickling_autoloads(write, name):
    files = {
        "user.py": "class User: pass\n",
        "m/tag.py": "class Tag: pass\n",
        "hotel.py": "",
        "hotel/room.py": "class Room: pass\n",
    }
    loader = AutoLoader(write({f"app/{path}": source for path, source in files.items()}) / "app", "app")
    with loader:
        pickled = pickle.dumps([operator.attrgetter(name)(importlib.import_module("app"))() for _ in range(2)])
    assert "app" not in sys.modules
    with loader:
        assert [type(thing).__name__ for thing in pickle.loads(pickled)] == [name.rpartition(".")[2]] * 2


@pytest.mark.parametrize("first", ["polygon", "triangle", "isosceles", "square"])
def test_a_class_that_loads_its_descendants_at_the_end_of_its_file(autoload, first):
    autoload(
        {
            "polygon.py": "class Polygon: pass\nfrom app import triangle, square\n",
            "triangle.py": "from app.polygon import Polygon\nclass Triangle(Polygon): pass\nfrom app import isosceles\n",
            "isosceles.py": "from app.triangle import Triangle\nclass Isosceles(Triangle): pass\n",
            "square.py": "from app.polygon import Polygon\nclass Square(Polygon): pass\n",
        }
    )
    importlib.import_module(f"app.{first}")
    assert {name for name in sys.modules if name.startswith("app.")} == {
        f"app.{name}" for name in ("polygon", "triangle", "isosceles", "square")
    }


def test_tools_that_read_all_members_execute_no_module(autoload, run):
    autoload(
        {"__init__.py": "version = 1\n", "good.py": "class Good: pass\n", "bad.py": "import not_here\n", "m/x.py": ""}
    )
    app = run("import app, app.m")["app"]
    before = set(sys.modules)
    assert {"version", "m"} <= dict(inspect.getmembers(app)).keys()
    assert "version" in pydoc.plain(pydoc.render_doc(app))
    assert unittest.mock.create_autospec(app).version
    assert unittest.mock.Mock(spec=app).version
    assert unittest.defaultTestLoader.loadTestsFromModule(app).countTestCases() == 0
    assert {name for name in set(sys.modules) - before if name.startswith("app")} == set()
    assert {"good", "Good", "bad"} <= set(dir(app))
    with unittest.mock.patch("app.Good", 5):
        assert app.Good == 5
    assert dict(inspect.getmembers(app))["Good"] is app.Good


DEPRECATED = "import warnings\nwarnings.warn('use the new one', DeprecationWarning, stacklevel=2)\nclass Old: pass\n"


@pytest.mark.parametrize(
    "source, line",
    [
        ("import app.old\n", 1),
        ("import app.Old\n", 1),
        ("from app import Old\n", 1),
        ("from app.m import Old\n", 1),
        ("import app\nOld = app.Old\n", 2),
        ("import app\napp.m.old\n", 2),
        ("\ndef use():\n    return Old\nuse()\n", 3),
    ],
)
def test_a_warning_of_a_module_about_its_import_points_at_the_line_of_the_user(autoload, source, line):
    autoload({"old.py": DEPRECATED, "m/old.py": DEPRECATED, "user.py": source}, lambda loader: loader.implicit_names())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        module = importlib.import_module("app.user")
    assert [(warning.filename, warning.lineno) for warning in caught] == [(module.__file__, line)]
