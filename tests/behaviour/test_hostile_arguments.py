"""Whatever is passed, the answer is an exception of ours or of Python's for wrong arguments, and the loader works on.

In Pyodide a panic of the core or an overflow of its stack would end the interpreter, and this run with it.
"""

import functools
import importlib
import json
import re
import sys
import types

import pytest
from pyautoload_wasm import AutoLoader, AutoloadError, ConfigurationError, engine_info
from pyautoload_wasm._base.engine import Engine
from pyautoload_wasm._bridge import loader_from

MEGABYTE = 1 << 20


def cyclic():
    items = []
    items.append(items)
    return items


def deep():
    items = []
    for _ in range(50_000):
        items = [items]
    return items


class Liar:
    """A path that is none, and cannot even be printed."""

    def __fspath__(self):
        return 3

    def __repr__(self):
        raise RuntimeError("no repr")


HOSTILE = {
    "a lone surrogate": "\ud800",
    "a surrogate in a name": "app.\udfff.x",
    "a NUL": "a\0b",
    "a long name": "a" * MEGABYTE,
    "a long dotted name": "a." * (MEGABYTE // 2) + "a",
    "a long path": "/x" * (MEGABYTE // 2),
    "a long number in text": "9" * MEGABYTE,
    "deep braces": "{" * 100_000 + "a" + "}" * 100_000,
    "rather deep braces": "{" * 2000 + "a" + "}" * 2000,
    "many classes": "[a-z]" * 100_000,
    "many stars": "*" * MEGABYTE,
    "many nested stars": "**/" * 1300,
    "text of control characters": "\x01\x1b[31m\r\n\u202e",
    "emoji": "\U0001f40d" * 1000,
    "empty": "",
    "bytes": b"app",
    "none": None,
    "truth": True,
    "a huge number": 10**5000,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "an object": object(),
    "a type": int,
    "a liar": Liar(),
    "a module": types.ModuleType("\ud800"),
    "a cycle": cyclic(),
    "a deep list": deep(),
    "a dict": {"\ud800": "\ud800", 3: 4},
    "a generator": (item for item in ("x", 3)),
}

#: What a caller may get. The third is Python's own for arguments that it refuses before they reach us.
OURS = (AutoloadError, ConfigurationError, TypeError)

hostile = pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)


@pytest.fixture
def project(write):
    return write({"app/user.py": "class User:\n    pass\n", "app/models/tag.py": "class Tag:\n    pass\n"}) / "app"


def survives(call, *arguments, **options):
    """Calls, and lets only our exceptions pass. Their messages can be printed."""
    try:
        return call(*arguments, **options)
    except OURS as error:
        assert str(error)
        return None


def works(loader):
    with loader:
        assert importlib.import_module("app.user").User is importlib.import_module("app").User
        assert importlib.import_module("app.models.tag").__name__ == "app.models.tag"
        assert "app.user" in loader.registry


@hostile
def test_configuration_survives(project, value):
    survives(AutoLoader, value)
    survives(AutoLoader, [value])
    survives(AutoLoader, project, value)
    survives(AutoLoader, project, "app", allow_shadowing=value)
    loader = AutoLoader(project, "app")
    survives(loader.push_dir, value)
    survives(loader.push_dir, project / "models", value)
    survives(loader_from, value)
    for call in (loader.inflect, loader.acronym, loader.ignore, loader.collapse, loader.do_not_eager_load):
        # What is legal and would leave the project out is tried on another loader.
        survives(getattr(AutoLoader(project, "app"), call.__name__), value)
        survives(getattr(AutoLoader(project, "app"), call.__name__), "x", value)
    survives(loader.inflect, {"user": value})
    survives(setattr, AutoLoader(project, "app"), "inflector", value)
    survives(setattr, AutoLoader(project, "app"), "tag", value)
    survives(AutoLoader.for_package, value)
    survives(AutoLoader(project, "app").implicit_names, value)
    survives(AutoLoader(project, "app").log, value)
    survives(loader.acronym, value)
    for refused in ("a/[b", "{a,b"):
        with pytest.raises(ConfigurationError):
            loader.ignore(refused)
    if isinstance(value, str):
        survives(AutoLoader(project, "app").inflect, {value: "X"})
        survives(loader_from, json.dumps({"roots": [{"dir": value, "namespace": value}]}))
        survives(loader_from, json.dumps({"inflect": {value: value}, "ignore": [value]}))
    loader = AutoLoader(project, "app")
    survives(loader.push_dir, value)
    works(loader)


@hostile
def test_use_survives(project, value):
    loader = AutoLoader(project, "app")
    survives(loader.eager_load)
    with loader:
        survives(loader.module_name_at, value)
        for call in (loader.load_file, loader.eager_load_dir, loader.eager_load_namespace, loader.do_not_eager_load):
            survives(call, value)
        survives(AutoLoader.eager_load_all, value)
        survives(loader.eager_load, on_error=value)
        survives(lambda: value in loader.registry)
        survives(lambda: loader.registry.get(value))
        app = importlib.import_module("app")
        if isinstance(value, str):
            assert value not in loader.registry
            assert not hasattr(app, value)
            assert not hasattr(app.models, value)
            # importlib descends into a dotted name by recursion, before it asks us.
            names = [value, f"app.{value}", f"app.{value}.x", f"app.models.{value}"]
            for name in [name for name in names if name.count(".") < 100]:
                with pytest.raises((ImportError, ValueError)):
                    importlib.import_module(name)
            for finder in sys.meta_path:
                if type(finder).__module__.startswith("pyautoload_wasm"):
                    assert finder.find_spec(f"app.{value}.x") is None
                    assert finder.find_spec(f"{value}.x") is None
        nameless = types.ModuleType("x")
        nameless.__name__ = value
        app.whatever = nameless
        del app.whatever
    works(loader)


@functools.cache
def requests():
    """The requests of the engine with their arguments, from its own refusals."""
    engine = Engine()
    with pytest.raises(TypeError) as caught:
        engine.ask("no such request")
    names = re.findall(r"`(\w+)`", str(caught.value).partition("expected one of")[2])
    assert len(names) >= 15
    found = {}
    for name in names:
        fields = {}
        while True:
            try:
                Engine().ask(name, **fields)
            except TypeError as error:
                if "unit variant, expected" in str(error):
                    fields["unknown"] = "x"  # A request with arguments wants some before it says which.
                    continue
                missing = re.search(r"missing field `(\w+)`", str(error))
                wanted = re.search(r"expected a (sequence|boolean|map)", str(error))
                if missing:
                    fields[missing[1]] = "x"
                elif wanted:
                    fields[list(fields)[-1]] = {"sequence": [], "boolean": True, "map": {}}[wanted[1]]
                else:
                    raise
                continue
            except AutoloadError:
                pass
            break
        found[name] = fields
    return found


# Without the deep list: Python's own json ends a Pyodide that writes one. test_every_text_gets_an_answer has it as text.
@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "a deep list"])
def test_every_request_of_the_engine_survives(project, name):
    value = HOSTILE[name]
    # The long ones in one shape: a megabyte takes 50 ms through a JsProxy.
    is_long = isinstance(value, str) and len(value) > 100_000
    for request, fields in requests().items():
        engine = Engine()
        engine.ask("push_dir", dir=str(project), namespace="app")
        engine.ask("scan")
        for field in fields:
            for argument in (value,) if is_long else (value, [value], [[value, value]], {"x": value}):
                try:
                    survives(engine.ask, request, **{**fields, field: argument})
                # Python's own, from writing JSON: a cycle, a number that is too long, a list that is too deep.
                except (ValueError, RecursionError) as error:
                    assert type(error) in (ValueError, RecursionError)
        assert engine.ask("record", name="app.user")["name"] == "app.user"


@pytest.mark.smoke
@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "3",
        '"scan"',
        "[]",
        "{}",
        '{"scan": 3}',
        '{"scan": {}, "names": {}}',
        "{" * MEGABYTE,
        "[" * MEGABYTE,
        "[" * MEGABYTE + "]" * MEGABYTE,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"names": {"unknown": ' + "[" * 100_000 + "]" * 100_000 + "}}",
        '{"mark_loaded": {"modules": ' + "[" * 100_000 + "]" * 100_000 + "}}",
        '{"mark_loaded": {"modules": [["a", 1e999]]}}',
        '{"mark_loaded": {"modules": [["a", NaN]]}}',
        '{"record": {"name": "\\ud800"}}',
        '{"record": {"name": "\0"}}',
        '{"record": {"name": ' + "9" * MEGABYTE + "}}",
        "\ufeff{}",
        "\0" * MEGABYTE,
    ],
    ids=range(21),
)
def test_every_text_gets_an_answer(text):
    engine = Engine()
    answer = json.loads(engine._request(text))
    assert set(answer) in ({"ok"}, {"error"})
    if "error" in answer:
        assert answer["error"]["kind"] == "protocol"
        assert answer["error"]["message"].startswith("not a request of the engine: ")
    assert engine.ask("names") == ""


def test_deep_options_are_refused(project):
    for text in ('{"roots": ' + "[" * 200 + "]" * 200 + "}", "[" * MEGABYTE, '{"x": ' * 100_000):
        with pytest.raises(ConfigurationError, match="the options cannot be read"):
            loader_from(text)


@pytest.mark.smoke
def test_the_engine_says_which_it_is():
    info = engine_info()
    assert set(info) == {"door", "version"}
    assert info["door"] in ("extension", "javascript")
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", info["version"])
