"""Other people's tools have the say in modules that they have in plain Python: finders, path hooks, compiled modules, LazyLoader."""

import importlib
import importlib.util
import sys
from importlib.machinery import EXTENSION_SUFFIXES, FileFinder, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from pyautoload_wasm import AutoLoader

FILES = {
    "__init__.py": "",
    "calc.py": "def double(x):\n    return x * 2\n",
    "models/__init__.py": "limit = 10\n",
    "models/user.py": "from app import calc\nclass User:\n    number = 10\n",
    "lib/plain.py": "number = 10\n",
}


class Doubling(SourceFileLoader):
    """A tool's loader: it sees each number 10 as 20."""

    def source_to_code(self, data, path, **options):
        return super().source_to_code(data.replace(b"10", b"20"), path, **options)

    def get_code(self, fullname):
        return self.source_to_code(self.get_data(self.path), self.path)


class Instrumenting:
    """A finder that gives the tool's loader to what Python's own finder has found, as typeguard's and pytest's do."""

    def find_spec(self, fullname, path=None, target=None):
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or not fullname.startswith("app"):
            return None
        return importlib.util.spec_from_file_location(
            fullname,
            spec.origin,
            loader=Doubling(fullname, spec.origin),
            submodule_search_locations=spec.submodule_search_locations,
        )


@pytest.fixture
def path_hook():
    """A path hook that takes every folder, as beartype's does."""
    hook = FileFinder.path_hook((Doubling, [".py"]))
    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
    yield
    sys.path_hooks.remove(hook)
    sys.path_importer_cache.clear()


@pytest.fixture
def finder():
    """A tool's finder, which is installed before any loader is set up."""
    finder = Instrumenting()
    sys.meta_path.insert(0, finder)
    yield finder
    sys.meta_path.remove(finder)


@pytest.fixture(params=["path_hook", "finder"])
def tool(request):
    return request.getfixturevalue(request.param)


def test_a_tool_sees_the_modules(tool, autoload, run):
    autoload(FILES)
    there = run("import app; numbers = app.models.User.number, app.models.limit, app.lib.plain.number")
    assert there["numbers"] == (20, 20, 20)


def test_a_tool_that_comes_after_the_first_import_sees_the_others(autoload, run, request):
    autoload(FILES)
    assert run("import app.lib.plain as plain")["plain"].number == 10
    request.getfixturevalue("path_hook")
    assert run("import app; number = app.models.User.number")["number"] == 20
    del sys.modules["app.lib.plain"]
    assert importlib.import_module("app.lib.plain").number == 20


def test_a_finder_that_is_installed_after_the_set_up_does_not_take_the_modules_away(project, run):
    there = project(FILES)
    finder = Instrumenting()
    sys.meta_path.insert(0, finder)
    try:
        assert run("import app; number = app.models.User.number")["number"] == 20
        there.write("models/user.py", "class User:\n    number = 10 + 2\n")
        assert list(there.flush().reloaded) == ["app.models.user"]
        assert sys.modules["app"].models.User.number == 22
    finally:
        sys.meta_path.remove(finder)


def test_of_two_loaders_each_goes_before_such_a_finder(write, run):
    folder = write({"one/a.py": "x = 10\n", "two/b.py": "x = 10\n"})
    with AutoLoader(folder / "one", "app_one") as one, AutoLoader(folder / "two", "app_two") as two:
        first, second = sys.meta_path[:2]
        finder = Instrumenting()
        sys.meta_path.insert(0, finder)
        assert run("import app_two; x = app_two.b.x")["x"] == 20
        assert run("import app_one; x = app_one.a.x")["x"] == 20
        assert sys.meta_path[:3] == [first, second, finder]
        assert one.registry["app_one.a"].loaded
        assert two.registry["app_two.b"].loaded
        sys.meta_path.remove(finder)


def test_a_tool_s_modules_have_its_loader(tool, autoload):
    autoload(FILES)
    for name in ("app", "app.models", "app.models.user"):
        module = importlib.import_module(name)
        assert isinstance(module.__loader__, Doubling)
        assert module.__spec__.loader is module.__loader__
        assert module.__loader__.get_source(name) == Path(module.__file__).read_text(encoding="utf-8")


def test_top_level_modules_and_the_root_s_own_package_are_seen(tool, autoload, run):
    autoload({"app/__init__.py": "x = 10\n", "app_more.py": "x = 10\n"}, top_level=None)
    assert run("import app")["app"].x == 20
    assert run("import app_more")["app_more"].x == 20


def test_imports_that_no_source_shows_are_seen_in_a_tool_s_modules(tool, project):
    main = "import importlib\nGOT = [importlib.import_module('app.' + n).number for n in ['plain']]\n"
    files = {"__init__.py": "", "plain.py": "number = 10\n", "first.py": "import app.plain\n", "main.py": main}
    project = project(files, "app.first", "app.main")
    assert sys.modules["app.main"].GOT == [20]
    project.write("plain.py", "number = 10 + 1\n").flush()
    assert sys.modules["app.main"].GOT == [21]


def test_a_tool_s_modules_are_reloaded(tool, project):
    there = project(FILES, "app.models.user")
    assert there.loader.dependencies("app.models.user") == ["app", "app.calc", "app.models"]
    loaded = []
    there.loader.on_load(lambda name, module: loaded.append(name))
    there.write("models/user.py", "from app import calc\nclass User:\n    number = 10 + 1\n")
    report = there.loader.reload()
    assert list(report.reloaded) == loaded == ["app.models.user"]
    assert sys.modules["app.models.user"].User.number == 21
    assert isinstance(sys.modules["app.models.user"].__loader__, Doubling)


def test_a_finder_that_asks_all_others_puts_its_loader_around_ours(autoload, run):
    class Around:
        """What wrapt does: it finds a module by `importlib.util.find_spec`, and is told when it has run."""

        busy = False

        def find_spec(self, fullname, path=None, target=None):
            if self.busy or not fullname.startswith("app"):
                return None
            self.busy = True
            try:
                spec = importlib.util.find_spec(fullname)
            finally:
                self.busy = False
            if spec is not None:
                spec.loader = Chained(spec.loader)
            return spec

    class Chained:
        def __init__(self, loader):
            self.loader = loader

        def __getattr__(self, name):
            return getattr(self.loader, name)

        def create_module(self, spec):
            return self.loader.create_module(spec)

        def exec_module(self, module):
            self.loader.exec_module(module)
            told.append(module.__name__)

    told, loaded = [], []
    around = Around()
    sys.meta_path.insert(0, around)
    try:
        autoload(FILES).on_load(lambda name, module: loaded.append(name))
        assert run("import app; number = app.models.User.number")["number"] == 10
    finally:
        sys.meta_path.remove(around)
    assert told == loaded
    assert {"app", "app.models", "app.models.user", "app.calc"} == {name for name in loaded if name != "app.lib"}


@pytest.mark.parametrize(
    "stem, source", [("fast", "fast.py"), ("pkg", "pkg/__init__.py")], ids=["a module", "a package"]
)
def test_a_compiled_module_wins_over_its_source(write, stem, source):
    compiled = source.replace(".py", EXTENSION_SUFFIXES[0])
    folder = write({"app/__init__.py": "", f"app/{source}": "", f"app/{compiled}": ""})
    sys.path.insert(0, str(folder))
    theirs = importlib.util.find_spec(f"app.{stem}")
    sys.path.remove(str(folder))
    del sys.modules["app"]
    with AutoLoader(folder / "app", "app"):
        ours = importlib.util.find_spec(f"app.{stem}")
    assert theirs.origin == str(folder / "app" / compiled)
    assert (ours.origin, type(ours.loader), ours.submodule_search_locations) == (
        theirs.origin,
        type(theirs.loader),
        theirs.submodule_search_locations,
    )


def test_of_several_compiled_modules_the_one_that_python_takes_wins(write):
    names = [f"fast{suffix}" for suffix in EXTENSION_SUFFIXES]
    folder = write({"app/fast.py": "", **{f"app/{name}": "" for name in names}, "app/fast.cpython-20-other.so": ""})
    with AutoLoader(folder / "app", "app"):
        assert importlib.util.find_spec("app.fast").origin == str(folder / "app" / names[0])


def test_a_lazily_loaded_package_has_its_children(autoload):
    autoload({"__init__.py": "x = 1\n", "user.py": "class User: pass\n", "lib/tool.py": "class Tool: pass\n"})
    for name, attr in [("app", "User"), ("app.lib", "Tool")]:
        spec = importlib.util.find_spec(name)
        spec.loader = importlib.util.LazyLoader(spec.loader)
        package = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
        assert getattr(package, attr).__name__ == attr


def test_a_finder_without_find_spec_is_passed_over(autoload, failing):
    autoload({"user.py": ""})

    class Old:
        def find_module(self, name, path=None):
            return None

    old = Old()
    sys.meta_path.append(old)
    try:
        error = failing("import warnings; warnings.simplefilter('ignore'); import app.nothing_like_it")
    finally:
        sys.meta_path.remove(old)
    assert isinstance(error, ModuleNotFoundError)
    assert error.name == "app.nothing_like_it"


def test_processes_that_are_not_python_s_own_are_left_alone(autoload, run, monkeypatch):
    """As marimo's are in WebAssembly."""
    process = ModuleType("multiprocessing.process")
    process.current_process = SimpleNamespace
    monkeypatch.setitem(sys.modules, "multiprocessing.process", process)
    autoload(FILES)
    assert run("from app.models import User")["User"].number == 10
