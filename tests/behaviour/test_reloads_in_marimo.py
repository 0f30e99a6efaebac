"""`reloads()` where no notebook of marimo runs. What it does in one is tried in real ones, in tests/hosts/marimo/."""

import re
import sys
from types import ModuleType

import pytest
from pyautoload_wasm.errors import ConfigurationError, ReloadingDisabledError

FILES = {"user.py": "class User: pass\n"}


def refused(loader, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        loader.reloads()


def test_without_reloading_there_is_nothing_to_tell_of(autoload):
    refused(autoload(FILES), ReloadingDisabledError, "reloads() needs reloading: call enable_reloading() first")


def test_outside_of_marimo_there_are_no_cells(autoload, monkeypatch):
    monkeypatch.delitem(sys.modules, "marimo", raising=False)
    refused(
        autoload(FILES).enable_reloading(),
        ConfigurationError,
        "reloads() is for the cells of a marimo notebook; elsewhere, on_reload() tells of reloads",
    )


def test_a_notebook_that_is_run_as_a_program_is_told_of_no_reload(project, monkeypatch):
    values = []
    marimo = ModuleType("marimo")
    marimo.state = lambda value: (lambda: value, values.append)
    marimo.running_in_notebook = lambda: False
    monkeypatch.setitem(sys.modules, "marimo", marimo)
    app = project(FILES, "app.user")
    reloads = app.loader.reloads()
    app.write("user.py", "class User:\n    name = 'Ada'\n")
    assert app.loader.reload()
    assert reloads() is None
    assert values == []


def test_a_notebook_s_loader_has_one_callback_however_often_it_begins_to_reload(autoload, monkeypatch):
    marimo = ModuleType("marimo")
    marimo.running_in_notebook = lambda: True
    monkeypatch.setitem(sys.modules, "marimo", marimo)
    loader = autoload(FILES)
    for _ in range(3):
        loader.enable_reloading()
    assert len(loader._handle.callbacks.on_load) == 1
    import app.user  # noqa: F401 # each module can be found by the name of what it defines

    assert sys.modules["app.User"] is sys.modules["app.user"]
