"""The registry says what there is and what is loaded."""

import sys

import pytest
from pyautoload_wasm import AutoLoader, SetupRequiredError


@pytest.mark.smoke
def test_a_record_has_all_that_is_known(autoload, run, tmp_path):
    loader = autoload({"models/user.py": "class User: pass\n", "hotel.py": "", "hotel/room.py": ""})
    root = loader.roots[0].path
    assert loader.registry["app.models.user"] == (
        "app.models.user", f"{root}/models/user.py", False, "User", False, None, ("app.models",), ()
    )  # fmt: skip
    assert loader.registry["app.models"][:3] == ("app.models", f"{root}/models", True)
    assert loader.registry["app.hotel"][:3] == ("app.hotel", f"{root}/hotel.py", True)
    run("import app.models.user")
    record = loader.registry["app.models.user"]
    assert record.loaded
    assert record.mtime == pytest.approx((tmp_path / "app/models/user.py").stat().st_mtime)
    assert loader.registry["app.models"].loaded
    assert not loader.registry["app.hotel"].loaded


def test_a_module_that_failed_is_not_loaded(autoload, run):
    loader = autoload({"bad.py": "1 / 0\n"})
    with pytest.raises(ZeroDivisionError):
        run("import app.bad")
    assert not loader.registry["app.bad"].loaded


def test_it_is_a_read_only_mapping(autoload):
    registry = autoload({"b.py": "", "a.py": "", "p/c.py": ""}).registry
    assert list(registry) == ["app", "app.a", "app.b", "app.p", "app.p.c"]
    assert len(registry) == 5
    assert "app.a" in registry
    assert "app.z" not in registry
    assert None not in registry
    assert repr(registry) == "<Registry of 5 modules>"
    with pytest.raises(KeyError):
        registry["app.z"]
    with pytest.raises(TypeError):
        registry["app.a"] = 1


@pytest.mark.parametrize("name", ["expected_names", "shadowed", "eager_load"])
def test_it_needs_a_loader_that_is_set_up(write, name):
    loader = AutoLoader(write({"app/a.py": ""}) / "app", "app")
    with pytest.raises(SetupRequiredError) as caught:
        getattr(loader, name)()
    assert str(caught.value) == f"{name}() needs a loader that is set up: call setup() first"


def test_a_loader_says_what_it_is(write):
    base = write({"app/a.py": ""}) / "app"
    loader = AutoLoader(base, "app")
    assert repr(loader) == f"<AutoLoader of {base} as app, not set up>"
    with loader:
        assert repr(loader) == f"<AutoLoader of {base} as app>"
    assert repr(AutoLoader()) == "<AutoLoader of no roots, not set up>"
    assert "app" not in sys.modules
