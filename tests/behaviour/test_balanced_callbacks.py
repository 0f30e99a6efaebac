"""`on_load` and `on_unload` balance, whatever fails: who came and did not go is there."""

import contextlib
import sys

import pytest

FILES = {
    "__init__.py": "",
    "registry.py": "PLUGINS = {}\n",
    "user.py": "class User:\n    v = 1\n",
    "main.py": "import app.user\n",
}


class Ledger:
    """Counts, by callbacks, how often each module came and went, and what was wrong with it at that moment."""

    def __init__(self, loader):
        self.calls = []
        self.present = {}
        self.faults = []
        loader.on_load(self.loaded)
        loader.on_unload(self.unloading)

    def loaded(self, name, module):
        self.calls.append(f"+{name}")
        if name in self.present:
            self.faults.append(f"{name} is there already")
        self.present[name] = module

    def unloading(self, name, module):
        self.calls.append(f"-{name}")
        if sys.modules.get(name) is not module:
            self.faults.append(f"{name} is no longer in sys.modules")
        if self.present.pop(name, None) is not module:
            self.faults.append(f"{name} was never there")

    def take_calls(self):
        calls, self.calls = self.calls, []
        return calls

    def assert_balanced(self):
        assert self.faults == []
        assert self.present == {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "app"}


@pytest.fixture
def ledger(project):
    """A project and its ledger."""

    def ledger(files, *names):
        shop = project({})
        kept = Ledger(shop.loader)
        for name, source in files.items():
            shop.put(name, source)
        shop.loader.reload()
        for name in names:
            __import__(name)
        kept.assert_balanced()
        kept.take_calls()
        return shop, kept

    return ledger


def test_a_reload_that_succeeds(ledger):
    shop, kept = ledger(FILES, "app.main")
    shop.write("user.py", "class User:\n    v = 2\n").flush()
    assert kept.take_calls() == ["-app.main", "-app.user", "+app.user", "+app.main"]
    kept.assert_balanced()


@pytest.mark.smoke
def test_a_reload_that_fails_takes_the_new_modules_back_and_announces_the_old_ones(ledger):
    shop, kept = ledger(FILES, "app.main")
    shop.write("user.py", "class User:\n    v = 2\n").write("main.py", "import app.user\nraise ValueError('later')\n")
    report = shop.flush()
    # What has nothing to do with the failure is reloaded by itself.
    assert [failed.name for failed in report.failed] == ["app.main"]
    assert list(report.reloaded) == ["app.user"]
    taken_back = ["-app.main", "-app.user", "+app.user", "-app.user", "+app.user", "+app.main"]
    assert kept.take_calls() == [*taken_back, "-app.user", "+app.user"]
    kept.assert_balanced()


def test_a_module_that_the_failed_version_has_brought_in(ledger):
    shop, kept = ledger({**FILES, "extra.py": ""}, "app.main")
    shop.write("main.py", "import app.extra\nraise ValueError('later')\n").flush()
    assert kept.take_calls() == ["-app.main", "+app.extra", "-app.extra", "+app.main"]
    assert "app.extra" not in sys.modules
    kept.assert_balanced()


def test_a_syntax_error_calls_nobody(ledger):
    shop, kept = ledger(FILES, "app.main")
    shop.write("user.py", "class\n").flush()
    assert kept.take_calls() == []
    kept.assert_balanced()


def test_a_failed_rebinding(ledger):
    class Refusing(dict):
        def __setitem__(self, name, value):
            raise RuntimeError("no")

    shop, kept = ledger(FILES, "app.main")
    shop.loader.track(Refusing(User=sys.modules["app.user"].User))
    assert shop.write("user.py", "class User:\n    v = 2\n").flush().failed
    assert kept.take_calls() == [
        *["-app.main", "-app.user", "+app.user", "+app.main"],
        *["-app.main", "-app.user", "+app.user", "+app.main"],
    ]
    kept.assert_balanced()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("which", range(4))
def test_a_callback_that_raises_in_the_midst(ledger, which, error):
    """The callbacks after it are called, and what it was told counts."""
    shop, kept = ledger(FILES, "app.main")
    countdown = [which]

    def count(name, module):
        countdown[0] -= 1
        if countdown[0] == -1:
            raise error

    shop.loader.on_load(count)
    shop.loader.on_unload(count)
    shop.write("user.py", "class User:\n    v = 2\n")
    with contextlib.suppress(KeyboardInterrupt):
        shop.flush()
    if error is KeyboardInterrupt and which > 1:
        # An import that is interrupted ends without its module.
        assert kept.faults == [f"app.{['user', 'main'][which - 2]} is no longer in sys.modules"]
        kept.faults.clear()
    kept.assert_balanced()
    shop.flush()
    kept.assert_balanced()
    assert sys.modules["app.user"].User.v == 2


def test_a_removed_file(ledger):
    shop, kept = ledger(FILES, "app.main", "app.user")
    shop.write("main.py", "").flush()
    kept.take_calls()
    shop.delete("user.py").flush()
    assert kept.take_calls() == ["-app.user"]
    kept.assert_balanced()


def test_registrations_that_callbacks_keep_outlive_a_failed_reload(project):
    hello = "from .registry import PLUGINS\nclass Hello:\n    v = {}\nPLUGINS['hello'] = Hello\n{}"
    shop = project({**FILES, "hello.py": hello.format(1, "")}, "app.hello")
    plugins = sys.modules["app.registry"].PLUGINS
    shop.loader.on_unload("app.hello")(lambda name, module: plugins.pop("hello", None))
    shop.loader.on_load("app.hello")(lambda name, module: plugins.__setitem__("hello", module.Hello))
    assert shop.write("hello.py", hello.format(2, "raise RuntimeError('a later line')\n")).flush().failed
    assert plugins == {"hello": sys.modules["app.hello"].Hello}
    assert plugins["hello"].v == 1


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_failing_package_leaves_more_than_once_in_one_reload_goes_as_often(project, fails):
    """Two modules of a transaction do without the package, and each makes it import its module anew."""
    without = "try:\n    import app.p\nexcept RuntimeError:\n    pass\nV = {}\n"
    files = {"p/__init__.py": "from . import m\nraise RuntimeError\n", "p/m.py": ""}
    shop = project({**files, "a.py": without.format(1), "b.py": "import app.a\n" + without.format(1)}, "app.b")
    for name in [name for name in sys.modules if name.startswith("app.p")]:
        del sys.modules[name]
    there = []
    shop.loader.on_load(lambda name, module: there.append(module))
    shop.loader.on_unload(lambda name, module: there.remove(module) if module in there else None)
    last = "raise RuntimeError\n" if fails else ""
    report = shop.write("a.py", without.format(2)).write("b.py", "import app.a\n" + without.format(2) + last).flush()
    assert bool(report.failed) is fails
    assert [module for module in there if sys.modules.get(module.__name__) is not module] == []
