"""`%load_ext pyautoload_wasm` in a real IPython. Native only, since no Pyodide of the tests has an IPython."""

import sys
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell
from pyautoload_wasm import AutoLoader
from traitlets.config import Config


@pytest.fixture
def shell(tmp_path):
    """A shell with the extension."""
    path, displayhook, modules = list(sys.path), sys.displayhook, set(sys.modules)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "pyautoload_wasm")
    yield shell
    shell.run_line_magic("unload_ext", "pyautoload_wasm")
    sys.path[:], sys.displayhook = path, displayhook
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] == "app":
            del sys.modules[name]


@pytest.fixture
def loader(tmp_path):
    for name, source in {
        "user.py": "class User:\n    name = 'Ada'\n",
        "order.py": "from .user import User\n",
        "other.py": "",
    }.items():
        (tmp_path / "app").mkdir(exist_ok=True)
        (tmp_path / "app" / name).write_text(source)
    with AutoLoader(tmp_path / "app", "app") as loader:
        yield loader.enable_reloading()


def edit(loader, source, name="user.py"):
    path = f"{loader.roots[0].path}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    loader.notify(path)


def run(shell, cell, capsys):
    """Runs a cell. Returns whether it succeeded, and what it printed."""
    capsys.readouterr()
    result = shell.run_cell(cell)
    return result.success, capsys.readouterr().out


def test_before_a_cell_changed_files_are_reloaded_and_a_line_says_so(shell, loader, capsys):
    assert run(shell, "from app.order import User; print(User.name)", capsys) == (True, "Ada\n")
    edit(loader, "class User:\n    name = 'Eve'\n")
    assert run(shell, "print(User.name)", capsys) == (True, "pyautoload_wasm: reloaded app.user, app.order\nEve\n")
    assert run(shell, "print(User.name)", capsys) == (True, "Eve\n")


def test_a_failure_is_one_line_and_the_cell_runs(shell, loader, capsys):
    run(shell, "from app.user import User", capsys)
    edit(loader, "import app.usr\n")
    success, text = run(shell, "print(User.name)", capsys)
    assert success
    folder = loader.roots[0].path
    assert text == (
        "pyautoload_wasm: app.user failed, line 1 (ModuleNotFoundError: No module named 'app.usr': there is no usr.py and no folder "
        f"usr in {folder}. Did you mean 'app.user' or 'app.User' ({folder}/user.py)?), "
        "old code runs on\nAda\n"
    )


def test_a_flush_that_is_refused_is_one_line_and_the_cell_runs(shell, loader, capsys, monkeypatch):
    def refuse():
        raise OSError("the disk is on fire")

    monkeypatch.setattr(loader, "flush", refuse)
    assert run(shell, "print(1)", capsys) == (True, "pyautoload_wasm: cannot reload: OSError: the disk is on fire\n1\n")


def test_a_loader_that_a_cell_sets_up_is_held_from_then_on(shell, tmp_path, capsys):
    (tmp_path / "app").mkdir()
    cell = f"""
from pyautoload_wasm import AutoLoader
from traitlets.config import Config
loader = AutoLoader({str(tmp_path / "app")!r}, "app").enable_reloading().setup()
"""
    assert run(shell, cell, capsys) == (True, "")
    loader = shell.user_ns["loader"]
    assert loader._handle.holds
    run(shell, "loader.teardown()", capsys)
    run(shell, "1", capsys)
    assert not loader._handle.holds


def test_unloading_lets_the_loaders_go(shell, loader, capsys):
    run(shell, "from app.user import User", capsys)
    shell.run_line_magic("unload_ext", "pyautoload_wasm")
    assert not loader._handle.holds
    edit(loader, "class User:\n    name = 'Eve'\n")
    assert run(shell, "print(User.name)", capsys) == (True, "Ada\n")
    assert list(loader.flush().reloaded) == ["app.user"]
    assert run(shell, "print(User.name)", capsys) == (True, "Ada\n")


def test_loaders_that_do_not_reload_are_left_alone(shell, tmp_path, capsys):
    (tmp_path / "app").mkdir()
    with AutoLoader(tmp_path / "app", "app") as loader:
        assert run(shell, "print(1)", capsys) == (True, "1\n")
        assert not loader._handle.holds


def test_a_cell_that_ipython_has_not_made_python_of_tells_its_imports(shell, loader, capsys):
    """Older versions hand over what was typed."""
    edit(loader, "N = 1\n", "other.py")
    for cell in ("from app.other import (", "if True\n  x", "%time from app.other import N"):
        shell.events.trigger("pre_run_cell", SimpleNamespace(raw_cell=cell))
    exec("from app.other import N", shell.user_ns)
    edit(loader, "N = 2\n", "other.py")
    assert run(shell, "print(N)", capsys) == (True, "pyautoload_wasm: reloaded app.other\n2\n")
