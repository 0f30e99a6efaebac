"""A test is a few files and a claim. It leaves Python's import system as it was, and so does a loader that is torn down."""

import functools
import sys
import textwrap

import pytest
from edited import Edited
from project import Project
from pyautoload_wasm import AutoLoader

# Its sources have syntax that is new there.
collect_ignore = [] if sys.version_info >= (3, 15) else ["test_lazy_imports.py"]
# What they are about exists from there on: before, each edit is an execution, as test_patching_elsewhere.py has it.
if sys.version_info < (3, 12):
    collect_ignore += [
        "test_patching.py",
        "test_patching_beside_stars.py",
        "test_patching_interrupts.py",
        "test_patching_of_handed_classes.py",
    ]
    collect_ignore += ["test_patching_pitfalls.py"]


@pytest.fixture(autouse=True)
def untouched_import_system():
    modules, finders, path = dict(sys.modules), list(sys.meta_path), list(sys.path)
    yield
    assert sys.meta_path == finders
    sys.path[:] = path
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]
    sys.modules.update(modules)


@pytest.fixture
def write(tmp_path):
    """Writes files below the test's folder: {path: source}. Returns the folder."""

    def write(files):
        for name, source in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, bytes):
                file.write_bytes(source)
            else:
                file.write_text(textwrap.dedent(source), encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def autoload(write):
    """Writes files below `app/` and autoloads them as `app`, or as told. Tears the loader down, and checks that nothing is left."""
    loaders = []

    def autoload(files, configure=lambda loader: loader, top_level="app", **options):
        base = write({f"app/{name}": source for name, source in files.items()}) / "app"
        base.mkdir(exist_ok=True)
        modules = dict(sys.modules)
        loader = configure(AutoLoader(base, top_level, **options))
        loaders.append((loader, base, modules))
        return loader.setup()

    yield autoload
    for loader, base, modules in reversed(loaders):
        loader.teardown()
        ours = [
            name
            for name, module in sys.modules.items()
            if name not in modules and str(getattr(module, "__file__", "")).startswith(str(base))
        ]
        assert ours == []


@pytest.fixture
def project(autoload):
    """Autoloads files as `autoload` does, imports modules, and enables reloading. Returns the Project."""

    def project(files, *names, **options):
        return Project(autoload(files, **options), names)

    return project


@pytest.fixture
def edited(project):
    """Makes a module `app.lib` of a source, and another that imports it. Returns the Edited."""
    return functools.partial(Edited, project)


@pytest.fixture
def run():
    """Runs statements in a namespace of their own. Returns the namespace."""

    def run(source):
        namespace = {"__name__": "__test__"}
        exec(compile(textwrap.dedent(source), "<test>", "exec"), namespace)
        return namespace

    return run


@pytest.fixture
def failing(run):
    """Runs statements that fail. Returns the error."""

    def failing(source):
        with pytest.raises(BaseException) as caught:
            run(source)
        return caught.value

    return failing
