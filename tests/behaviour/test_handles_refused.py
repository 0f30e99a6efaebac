"""Set-ups that are refused beside others of the same project, and handles that come back."""

import sys

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError, ConflictError


@pytest.fixture
def base(write):
    """A project of three modules. Nothing of it is left set up."""
    yield write({"app/user.py": "class User: pass\n", "app/order.py": "", "app/m/item.py": ""}) / "app"
    for loader in AutoLoader.loaders():
        loader.teardown()


def elsewhere(base, **options):
    """A loader that code of other globals sets up, such as another session of the process."""
    namespace = {"AutoLoader": AutoLoader, "base": base, "options": options}
    exec("loader = AutoLoader(base, 'app', **options).setup()", namespace)
    return namespace["loader"]


@pytest.mark.parametrize(("folder", "name"), [("app", "other_"), ("app/m", "app.m"), (".", None)])
def test_one_folder_under_two_namespaces_is_a_conflict(base, folder, name):
    loader = AutoLoader(base, "app").setup()
    finders = list(sys.meta_path)
    other = AutoLoader(base.parent / folder, name, allow_shadowing=True)
    with pytest.raises(ConflictError):
        other.setup()
    assert sys.meta_path == finders
    assert AutoLoader.loaders() == (loader,)


@pytest.mark.smoke
def test_a_refused_change_leaves_everything_as_it_was(base, write):
    folder = write({"lib/tool.py": "", "gone/x.py": ""})
    with AutoLoader(folder / "lib", "lib_"):
        first = AutoLoader(base, "app").setup()
        import app.user

        finders = list(sys.meta_path)
        with pytest.raises(ConflictError):
            AutoLoader(base, "app").push_dir(folder / "lib", "other_").setup()
        loader = AutoLoader(base, "app").push_dir(folder / "gone", "gone_")
        (folder / "gone/x.py").unlink()
        (folder / "gone").rmdir()
        with pytest.raises(ConfigurationError, match="gone does not exist"):
            loader.setup()
        assert sys.meta_path == finders
        assert first.registry["app.user"].loaded
        assert first in AutoLoader.loaders()
        assert loader not in AutoLoader.loaders()
        assert app.order is sys.modules["app.order"]
        (folder / "gone").mkdir()
        assert "not set up" not in repr(loader.setup())


def test_a_handle_can_be_set_up_again_after_its_end(base):
    one = elsewhere(base)
    two = AutoLoader(base, "app").ignore("m").setup()
    one.teardown()
    assert "app.m.item" not in two.registry
    eval("one.setup()", {"one": one})
    assert "app.m.item" in two.registry
    two.teardown()
    one.teardown()
    assert two.setup().roots == one.roots
    assert "app.m.item" not in two.registry


def test_a_handle_leaves_though_its_folder_is_gone(base):
    one, two = elsewhere(base), elsewhere(base)
    base.rename(base.parent / "moved")
    one.teardown()
    assert AutoLoader.loaders() == (two,)
    (base.parent / "moved").rename(base)
    assert "app.user" in eval("one.setup()", {"one": one}).registry
