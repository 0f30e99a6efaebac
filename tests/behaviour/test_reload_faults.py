"""Faults in the middle of a reload: whatever raises, wherever, a transaction leaves the whole old state or the whole new one. Where
objects follow, modules are the same objects in both, so it is what they hold that is compared.
"""

import importlib
import sys

import pytest

FILES = {
    "__init__.py": "",
    "models/__init__.py": "from .user import User\n",
    "models/user.py": "VALUE = 1\nclass User: VALUE = VALUE\ndef get(): return 1\n",
    "models/admin.py": "from .user import User\nclass Admin(User): pass\n",
    "views.py": "import app.models.admin\nVALUE = app.models.admin.Admin.VALUE\n",
    "other.py": "",
}
#: In the order of loading: the package imports its module, so it comes first.
NAMES = ["app.models", "app.models.user", "app.models.admin", "app.views"]


class Namespace(dict):
    """A tracked namespace that refuses a name when it is bound anew."""

    refused = None

    def __setitem__(self, name, value):
        if name == self.refused:
            raise RuntimeError(f"no {name}")
        super().__setitem__(name, value)


class Shop:
    """A loaded project, with names of it in a tracked namespace."""

    def __init__(self, loader, objects):
        self.objects = objects
        self.loader = loader.enable_reloading(objects=objects)
        self.base = loader.roots[0].path
        import app.models.User
        import app.other
        import app.views

        self.names = Namespace(app=app, User=app.models.User, Admin=app.models.Admin, views=app.views)
        loader.track(self.names)
        # What others hold, and nobody tracks.
        self.classes = [app.models.User]
        self.by_class = {app.models.Admin: app.models.Admin}
        self.user = app.models.User()
        self.functions = (sys.modules["app.models.user"].get,)

    def write(self, name, source):
        with open(f"{self.base}/{name}", "w", encoding="utf-8") as file:
            file.write(source)
        self.loader.notify(f"{self.base}/{name}")

    def change(self, value):
        self.write("models/user.py", FILES["models/user.py"].replace("1", str(value)))

    def state(self):
        """All that a reload touches, by identity: modules under all their names, what they hold, and what others do."""
        modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "app"}
        [admin] = self.by_class
        held = {
            "class": self.classes[0],
            "number": len(self.classes),
            "key": admin,
            "value": self.by_class[admin],
            "instance": type(self.user),
            "code": self.functions[0].__code__,
        }
        return modules, {name: dict(vars(module)) for name, module in modules.items()}, dict(self.names), held

    def assert_current(self, value):
        """Everything is as the files say, without exception."""
        importlib.import_module("app.models.User")

        modules = sys.modules
        assert value == modules["app.views"].VALUE
        assert modules["app.models.User"] is modules["app.models.user"]
        assert modules["app"].models is modules["app.models"]
        assert modules["app"].views is modules["app.views"]
        assert modules["app.models"].user is modules["app.models.user"]
        assert modules["app.models"].admin is modules["app.models.admin"]
        assert modules["app.models"].User is modules["app.models.user"].User
        assert modules["app.models"].Admin is modules["app.models.admin"].Admin
        assert modules["app.models.admin"].Admin.__base__ is modules["app.models.user"].User
        assert self.names["User"] is modules["app.models.user"].User
        assert self.names["Admin"] is modules["app.models.admin"].Admin
        assert self.names["views"] is modules["app.views"]
        assert self.names["app"] is modules["app"]
        if self.objects == "follow":
            user, admin = modules["app.models.user"].User, modules["app.models.admin"].Admin
            assert (self.classes, self.by_class, type(self.user)) == ([user], {admin: admin}, user)
            assert self.functions[0]() == value


def assert_same(before, after):
    for was, now in zip(before, after, strict=True):
        assert was.keys() == now.keys()
        for key, value in was.items():
            if isinstance(value, dict):
                assert value.keys() == now[key].keys(), key
                assert [name for name in value if value[name] is not now[key][name]] == [], key
            else:
                assert now[key] is value, key


@pytest.fixture(params=["stay", "follow"])
def shop(autoload, request):
    return Shop(autoload(FILES), request.param)


def test_without_a_fault_all_of_it_is_renewed(shop):
    shop.change(2)
    report = shop.loader.flush()
    assert list(report.reloaded) == NAMES
    assert sorted(report.rebound) == ["Admin", "User", *(["views"] if shop.objects == "stay" else [])]
    shop.assert_current(2)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_that_raises_leaves_the_old_state(shop, name):
    before = shop.state()
    file = {"app.models": "models/__init__.py"}.get(name, name.removeprefix("app.").replace(".", "/") + ".py")
    shop.change(2)
    shop.write(file, FILES[file] + "raise ZeroDivisionError('at the end')\n")
    report = shop.loader.flush()
    # What does not import the module that raises is a reload of its own, and succeeds.
    held = [one for failed in report.failed for one in failed.held]
    assert [failed.name for failed in report.failed] == [name]
    assert sorted([*held, *report.reloaded]) == sorted(NAMES)
    for one in held:
        assert sys.modules[one] is before[0][one]
    shop.write(file, FILES[file])
    shop.change(3)
    assert not shop.loader.flush().failed
    shop.assert_current(3)


@pytest.mark.parametrize("name", NAMES)
def test_a_syntax_error_in_any_module_touches_nothing_that_imports_it(shop, name):
    before = shop.state()
    file = {"app.models": "models/__init__.py"}.get(name, name.removeprefix("app.").replace(".", "/") + ".py")
    shop.write(file, FILES[file] + "def\n")
    report = shop.loader.flush()
    assert [failed.name for failed in report.failed] == [name]
    assert report.reloaded == {}
    assert_same(before, shop.state())
    shop.write(file, FILES[file])
    shop.change(3)
    assert not shop.loader.flush().failed
    shop.assert_current(3)


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
@pytest.mark.parametrize("name", NAMES)
def test_a_module_that_fails_because_of_a_change_leaves_the_old_state(shop, name, error):
    """The fault comes from outside of the module's file: nothing but the changed module is stale."""
    before = shop.state()
    module = sys.modules["app.other"]
    with pytest.MonkeyPatch.context() as patch:
        fail_at(patch, shop, name, error)
        shop.change(2)
        report = shop.loader.flush()
    assert [(failed.name, type(failed.error)) for failed in report.failed] == [(name, error)]
    assert report.reloaded == {}
    assert_same(before, shop.state())
    assert sys.modules["app.other"] is module
    assert shop.loader.reload().failed == []
    shop.assert_current(2)


@pytest.mark.parametrize("name", NAMES)
def test_a_keyboard_interrupt_leaves_the_old_state_and_the_events(shop, name):
    before = shop.state()
    with pytest.MonkeyPatch.context() as patch:
        fail_at(patch, shop, name, KeyboardInterrupt)
        shop.change(2)
        with pytest.raises(KeyboardInterrupt):
            shop.loader.flush()
    assert_same(before, shop.state())
    assert list(shop.loader.flush().reloaded) == NAMES
    shop.assert_current(2)


def fail_at(patch, shop, name, error):
    """Makes a module raise when it is executed, whatever its file says."""
    from pyautoload_wasm._imports.loaders import SourceLoader

    compiled = SourceLoader.get_code

    def get_code(self, fullname):
        if fullname == name:
            raise error
        return compiled(self, fullname)

    patch.setattr(SourceLoader, "get_code", get_code)


@pytest.mark.parametrize("event", ["on_load", "on_unload"])
@pytest.mark.parametrize("name", NAMES)
def test_a_callback_that_raises_is_reported_and_breaks_nothing(shop, name, event):
    def refuse(of, module):
        raise RuntimeError(f"{of} refused")

    getattr(shop.loader, event)(name)(refuse)
    shop.change(2)
    report = shop.loader.flush()
    assert list(report.reloaded) == NAMES
    [error] = report.errors
    assert error.callback.startswith(f"{event}({name!r}): ")
    assert str(error.error) == f"{name} refused"
    shop.assert_current(2)


@pytest.mark.parametrize("event", ["on_load", "on_unload"])
@pytest.mark.parametrize("name", NAMES)
def test_a_keyboard_interrupt_in_a_callback_leaves_the_old_state(shop, name, event):
    armed = [True]

    def interrupt(of, module):
        if armed.pop() if armed else False:
            raise KeyboardInterrupt

    getattr(shop.loader, event)(name)(interrupt)
    before = shop.state()
    shop.change(2)
    with pytest.raises(KeyboardInterrupt):
        shop.loader.flush()
    assert_same(before, shop.state())
    assert list(shop.loader.flush().reloaded) == NAMES
    shop.assert_current(2)


@pytest.mark.parametrize("name", ["User", "Admin", "views"])
def test_a_namespace_that_refuses_a_name_leaves_the_old_state(shop, name):
    before = shop.state()
    shop.names.refused = name
    shop.change(2)
    report = shop.loader.flush()
    if name == "views" and shop.objects == "follow":
        assert not report.failed  # the module is the same object, and so its name is not bound anew
        shop.assert_current(2)
        return
    assert [str(failed.error) for failed in report.failed] == [f"no {name}"]
    assert report.reloaded == {}
    assert report.rebound == []
    assert_same(before, shop.state())
    shop.names.refused = None
    assert list(shop.loader.reload().reloaded) == NAMES
    shop.assert_current(2)


def test_a_callback_of_a_reload_that_raises_is_reported(shop):
    told = []

    @shop.loader.on_reload
    def refuse(report):
        raise RuntimeError("refused")

    shop.loader.on_reload(told.append)
    shop.change(2)
    report = shop.loader.flush()
    assert [str(error.error) for error in report.errors] == ["refused"]
    assert told == [report]
    shop.assert_current(2)


def test_a_deleted_module_whose_callback_is_interrupted_is_removed_by_the_next_flush(shop):
    import os

    armed = [True]

    @shop.loader.on_unload("app.other")
    def interrupt(name, module):
        if armed.pop() if armed else False:
            raise KeyboardInterrupt

    os.remove(f"{shop.base}/other.py")
    shop.loader.notify(f"{shop.base}/other.py")
    with pytest.raises(KeyboardInterrupt):
        shop.loader.flush()
    shop.loader.flush()
    assert "app.other" not in sys.modules
    assert not hasattr(sys.modules["app"], "other")
