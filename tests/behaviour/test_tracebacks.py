"""Tracebacks: a user sees the lines that the user wrote, and Python's own errors."""

import builtins
import sys
import traceback

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError, SetupRequiredError
from raised import shown

BROKEN = {
    "bad.py": "def half(x):\n    return x / 0\nhalf(1)\n",
    "pkg/__init__.py": "from . import inner\n",
    "pkg/inner.py": "\nimport app.bad\n",
    "syntax.py": "x = (\n",
    "decode.py": b"x = 1\ny = '\xff'\n",
    "cookie.py": b"# coding: klingon\n",
    "null.py": b"x = 1\0\n",
    "quits.py": "raise KeyboardInterrupt\n",
    "missing.py": "import no_such_distribution\n",
}


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("statement", "error", "frames"),
    [
        ("import app.bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.Bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("from app import Bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app; getattr(app, 'Bad', 3)", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app.Pkg", ZeroDivisionError, [("__init__.py", 1), ("inner.py", 2), ("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.Pkg", ZeroDivisionError, [("__init__.py", 1), ("inner.py", 2), ("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.quits", KeyboardInterrupt, [("quits.py", 1)]),
        ("import app; app.Missing", builtins.ModuleNotFoundError, [("missing.py", 1)]),
        ("import app; app.syntax", SyntaxError, []),
        ("import app; app.Decode", SyntaxError, []),
        ("import app; app.nothing", AttributeError, []),
        ("import app; app.__nothing__", AttributeError, []),
    ],
)
def test_the_autoloader_s_frames_are_in_no_traceback(autoload, failing, statement, error, frames):
    autoload(BROKEN)
    raised = failing(statement)
    assert type(raised) is error
    assert shown(raised) == [("<test>", 1), *frames]


def test_what_a_user_calls_leaves_no_frame_either(autoload, run, write):
    loader = autoload(BROKEN)
    for call, error, frames in [
        (lambda: loader.ignore("x"), ConfigurationError, []),
        (lambda: AutoLoader([3]), ConfigurationError, []),
        (lambda: AutoLoader().registry, SetupRequiredError, []),
        (lambda: loader.registry["missing"], KeyError, []),
        (lambda: loader.eager_load(on_error="raise"), ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
    ]:
        with pytest.raises(error) as caught:
            call()
        entries = traceback.extract_tb(caught.value.__traceback__)
        files = [(entry.filename.rpartition("/")[2], entry.lineno) for entry in entries]
        here = [position for position, (name, _) in enumerate(files) if name == "test_tracebacks.py"]
        assert files[here[-1] + 1 :] == frames


@pytest.mark.parametrize("stem", ["syntax", "decode", "cookie", "null"])
def test_source_that_cannot_be_read_is_python_s_own_error(autoload, write, monkeypatch, failing, stem):
    folder = write({f"app/{name}": source for name, source in BROKEN.items()})
    monkeypatch.syspath_prepend(str(folder))
    python_s = failing(f"import app.{stem}")
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
        del sys.modules[name]
    autoload({})
    ours = failing(f"import app.{stem}")
    assert type(ours) is type(python_s)
    assert str(ours) == str(python_s)
    assert ours.args == python_s.args
    if stem == "syntax":
        assert ours.filename == f"{folder}/app/syntax.py"


def test_a_file_that_cannot_be_read_any_more_is_python_s_own_error(autoload, failing, tmp_path):
    autoload({"user.py": ""})
    (tmp_path / "app/user.py").unlink()
    (tmp_path / "app/user.py").mkdir()
    raised = failing("import app.user")
    assert isinstance(raised, OSError)
    assert not [frame for frame in traceback.extract_tb(raised.__traceback__) if "pyautoload_wasm" in frame.filename]
