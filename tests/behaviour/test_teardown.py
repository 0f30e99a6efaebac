"""A loader is a guest: it costs foreign imports nothing, and leaves nothing behind."""

import importlib
import sys
from importlib.abc import MetaPathFinder

import pytest
from pyautoload_wasm import AutoLoader, engine_info

FILES = {"app/models/user.py": "class User: pass\n", "app/pkg/__init__.py": "x = 1\n"}


@pytest.mark.smoke
def test_teardown_leaves_the_import_system_as_it_was_found(write):
    base = write(FILES) / "app"
    modules, finders = dict(sys.modules), list(sys.meta_path)
    with AutoLoader(base, "app"):
        import app.models.User
        import app.pkg

        assert app.models.User
        assert app.pkg.x == 1
    assert dict(sys.modules) == modules
    assert sys.meta_path == finders
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("app")


def test_a_loader_can_be_set_up_again(write):
    loader = AutoLoader(write(FILES) / "app", "app")
    for _ in range(3):
        with loader:
            import app

            assert app.models.User.__module__ == "app.models.user"
            assert loader.registry["app.models.user"].loaded
        assert loader.teardown() is loader


def test_modules_of_others_keep_their_identity_and_lose_our_attributes(write):
    package = type(sys)("host")
    package.__path__ = []
    sys.modules["host"] = package
    with AutoLoader(write(FILES) / "app/models", "host.plugins"):
        import host.plugins.user

        assert host.plugins.user.User
    assert sys.modules["host"] is package
    assert not hasattr(package, "plugins")


def test_a_finder_stands_first_and_another_last(autoload):
    finders = list(sys.meta_path)
    autoload({"a.py": ""})
    assert isinstance(sys.meta_path[0], MetaPathFinder)
    assert isinstance(sys.meta_path[-1], MetaPathFinder)
    assert sys.meta_path[1:-1] == finders


def test_foreign_modules_are_found_by_who_found_them_before(autoload):
    before = {name: importlib.util.find_spec(name) for name in ("json", "email.mime.text", "no_such_module")}
    autoload({"a.py": ""})
    for name, spec in before.items():
        found = importlib.util.find_spec(name)
        assert (found and found.origin) == (spec and spec.origin)


def test_several_loaders_live_side_by_side(write):
    folder = write({"one/user.py": "class User: pass\n", "two/user.py": "class User: pass\n"})
    with AutoLoader(folder / "one", "one_") as first, AutoLoader(folder / "two", "two_") as second:
        import one_
        import two_

        assert one_.User is not two_.User
        assert set(first.registry) & set(second.registry) == set()
        first.teardown()
        assert "one_" not in sys.modules
        assert sys.modules["two_"] is two_


def test_the_engine_says_which_it_is():
    assert engine_info()["door"] in ("extension", "javascript")
