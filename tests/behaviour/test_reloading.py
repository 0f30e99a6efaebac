"""Reloading: exactly the affected modules, in order, each transaction as a whole or not at all."""

import sys
import textwrap

import pytest
from pyautoload_wasm import ReloadError, ReloadingDisabledError

SHOP = {
    "__init__.py": "",
    "models/user.py": "class User:\n    def greet(self): return 'hello'\n",
    "models/admin.py": "from .user import User\nclass Admin(User): pass\n",
    "views.py": "import app.models.admin\nGREETING = app.models.admin.Admin().greet()\n",
    "other.py": "RUNS = []\n",
}


class Project:
    """A loaded project whose files can be edited, each edit with its event."""

    def __init__(self, loader):
        self.loader = loader.enable_reloading()
        self.base = loader.roots[0].path

    def load(self, *names):
        for name in names:
            __import__(name)
        return self

    def write(self, name, source):
        path = f"{self.base}/{name}"
        import os

        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(source))
        self.loader.notify(path)
        return self

    def delete(self, name):
        import os

        os.remove(f"{self.base}/{name}")
        self.loader.notify(f"{self.base}/{name}", "deleted")
        return self

    def rename(self, name, to):
        import os

        os.makedirs(os.path.dirname(f"{self.base}/{to}"), exist_ok=True)
        os.rename(f"{self.base}/{name}", f"{self.base}/{to}")
        self.loader.notify(f"{self.base}/{name}", "renamed", to=f"{self.base}/{to}")
        return self

    def flush(self):
        return self.loader.flush()


@pytest.fixture
def project(autoload):
    def project(files, *names, **options):
        return Project(autoload(files, **options)).load(*names)

    return project


@pytest.mark.smoke
def test_what_reaches_a_changed_file_is_reloaded_and_nothing_else(project):
    shop = project(SHOP, "app.views", "app.other")
    before = dict(sys.modules)
    report = shop.write("models/user.py", "class User:\n    def greet(self): return 'good day'\n").flush()
    assert report.reloaded == {
        "app.models.user": "its file has changed",
        "app.models.admin": "imports app.models.user, line 1",
        "app.views": "imports app.models.admin, line 1",
    }
    assert report.changed == [f"{shop.base}/models/user.py"]
    assert sys.modules["app.views"].GREETING == "good day"
    for name in ("app", "app.models", "app.other"):
        assert sys.modules[name] is before[name]
    assert sys.modules["app"].views is sys.modules["app.views"]
    assert sys.modules["app.models"].user is sys.modules["app.models.user"]


@pytest.mark.smoke
def test_a_syntax_error_leaves_everything_as_it_was(project):
    shop = project(SHOP, "app.views")
    before = dict(sys.modules)
    report = shop.write("models/user.py", "class User:\n    def greet(self) return 1\n").flush()
    assert dict(sys.modules) == before
    [failed] = report.failed
    assert (failed.name, failed.line, type(failed.error)) == ("app.models.user", 2, SyntaxError)
    assert failed.held == ["app.models.user", "app.models.admin", "app.views"]
    assert report.pending == ["app.models.admin", "app.models.user", "app.views"]
    report = shop.write("models/user.py", "class User:\n    def greet(self): return 'mended'\n").flush()
    assert list(report.reloaded) == ["app.models.user", "app.models.admin", "app.views"]
    assert report.pending == []
    assert sys.modules["app.views"].GREETING == "mended"


def test_a_module_that_fails_because_of_a_change_puts_the_change_back(project):
    shop = project(SHOP, "app.views")
    before = dict(sys.modules)
    report = shop.write("models/user.py", "class User: pass\n").flush()
    assert {name: sys.modules[name] for name in before} == before
    [failed] = report.failed
    assert (failed.name, failed.line) == ("app.views", 2)
    assert failed.held == ["app.models.user", "app.models.admin", "app.views"]
    assert sys.modules["app.models"].user is before["app.models.user"]


def test_a_deleted_module_cannot_be_imported(project):
    shop = project(SHOP, "app.other", "app.views")
    report = shop.delete("other.py").flush()
    assert report.removed == {"app.other": f"{shop.base}/other.py is gone"}
    assert not hasattr(sys.modules["app"], "other")
    with pytest.raises(ModuleNotFoundError):
        __import__("app.other")


def test_an_unchanged_file_is_no_change(project):
    shop = project(SHOP, "app.views")
    before = dict(sys.modules)
    assert not shop.write("models/user.py", SHOP["models/user.py"]).flush()
    assert dict(sys.modules) == before


def test_reloading_has_to_be_enabled(autoload):
    loader = autoload(SHOP)
    with pytest.raises(ReloadingDisabledError, match=r"reload\(\) needs reloading: call enable_reloading\(\) first"):
        loader.reload()


def test_raise_if_failed_says_what_runs_its_old_code(project):
    shop = project(SHOP, "app.views")
    report = shop.write("models/user.py", "1 +\n").flush()
    with pytest.raises(ReloadError) as caught:
        report.raise_if_failed()
    assert str(caught.value) == (
        "app.models.user could not be reloaded and runs its old code; app.models.admin, app.views run their old code too: "
        "SyntaxError: invalid syntax (user.py, line 1). Correct the file, and it is tried again"
    )
    assert isinstance(caught.value.__cause__, SyntaxError)
