"""`once`: what a module makes once, and keeps when it is executed again."""

import sys

import pytest
from project import value
from pyautoload_wasm import ConfigurationError, once

#: Counts what it makes; the counter is not reloaded with the modules that use it.
CALLS = "CALLS = []\n"
MODEL = """
from pyautoload_wasm import once
from app.calls import CALLS
STEP = 1
def train():
    CALLS.append("train")
    return [len(CALLS)]
VALUE = once(train)
"""


@pytest.fixture
def model(project):
    return project({"calls.py": CALLS, "model.py": MODEL}, "app.model")


def calls():
    return len(value_of("app.calls", "CALLS"))


def value_of(module, name):
    return getattr(sys.modules[module], name)


@pytest.mark.smoke
def test_it_is_called_once_through_re_executions(model):
    first = value("app.model")
    report = model.write("model.py", MODEL.replace("STEP = 1", "STEP = 2")).flush()
    assert list(report.reloaded) == ["app.model"]
    assert value_of("app.model", "STEP") == 2
    assert value("app.model") is first
    assert calls() == 1


def test_it_is_called_anew_when_the_code_of_the_function_changes(model):
    model.write("model.py", MODEL.replace("[len(CALLS)]", "{len(CALLS)}")).flush()
    assert (value("app.model"), calls()) == ({2}, 2)


def test_it_is_called_anew_also_where_the_last_execution_had_no_need_to_call_it(model):
    model.write("model.py", MODEL.replace("STEP = 1", "STEP = 2")).flush()
    report = model.write(
        "model.py", MODEL.replace("STEP = 1", "STEP = 2").replace("[len(CALLS)]", "{len(CALLS)}")
    ).flush()
    assert list(report.reloaded) == ["app.model"]
    assert (value("app.model"), calls()) == ({2}, 2)


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("def train():\n", "def train():\n    # a comment\n\n", 1),
        ("def train():", "\n\n\ndef train():", 1),
        ("def train():", "def train(epochs=(5, 1)):", 2),
        ("def train():", "def train(config=[]):", 2),
        ("return [len(CALLS)]", "return [len(CALLS), 1]", 2),
        ("return [len(CALLS)]", "return [*map(lambda each: 1, CALLS)]", 2),
    ],
)
def test_positions_do_not_count(model, old, new, count):
    model.write("model.py", MODEL.replace(old, new) + "STEP = 2\n").flush()
    assert calls() == count


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ("x=1", "x=True", 2),
        ("x=0.0", "x=-0.0", 2),
        ("x=(1, 'a')", "x=(1, 'a')", 1),
        ("x=[]", "x=[1]", 1),
        ("*, x=1", "*, x=2", 2),
        ("*, x=1", "*, x=1", 1),
    ],
)
def test_a_constant_default_is_part_of_the_function(project, before, after, count):
    files = {"calls.py": CALLS, "model.py": MODEL.replace("train():", f"train({before}):")}
    model = project(files, "app.model")
    model.write("model.py", MODEL.replace("train():", f"train({after}):") + "STEP = 2\n").flush()
    assert calls() == count


def test_a_class_within_the_function_may_move(project):
    source = MODEL.replace("    return", "    class Net:\n        size = 1\n        def run(self): pass\n    return")
    model = project({"calls.py": CALLS, "model.py": source}, "app.model")
    model.write("model.py", "#\n" * 300 + source + "STEP = 2\n").flush()
    assert calls() == 1
    model.write("model.py", source.replace("size = 1", "size = 2")).flush()
    assert calls() == 2


def test_a_function_of_another_module_is_the_importer_s_to_keep(project):
    files = {
        "calls.py": CALLS,
        "training.py": "from app.calls import CALLS\ndef train():\n    CALLS.append(1)\n    return object()\n",
        "a.py": "from pyautoload_wasm import once\nfrom app.training import train\nVALUE = once(train)\n",
        "b.py": "from pyautoload_wasm import once\nfrom app.training import train\nVALUE = once(train)\n",
    }
    app = project(files, "app.a", "app.b")
    a, b = value("app.a"), value("app.b")
    assert a is not b
    app.write("training.py", files["training.py"] + "MORE = 1\n").flush()
    assert value("app.a") is a
    assert value("app.b") is b
    app.write("training.py", files["training.py"].replace("object()", "[]")).flush()
    assert value("app.a") == value("app.b") == []


def test_reload_module_makes_it_anew_where_that_is_asked(model):
    first = value("app.model")
    model.loader.reload_module("app.model")
    assert value("app.model") is first
    model.loader.reload_module("app.model", fresh=True)
    assert (value("app.model"), calls()) == ([2], 2)
    model.loader.reload_module("app.model")
    assert (value("app.model"), calls()) == ([2], 2)


def test_a_reload_that_fails_leaves_the_old_value(model):
    first = value("app.model")
    broken = MODEL.replace("[len(CALLS)]", "{len(CALLS)}") + "1 / 0\n"
    assert model.write("model.py", broken).flush().failed
    assert value("app.model") is first
    model.write("model.py", MODEL).flush()
    assert value("app.model") is first
    model.write("model.py", MODEL + "STEP = 3\n").flush()
    assert value("app.model") is first
    assert calls() == 2  # the failed version has made one, which nobody has


def test_a_reload_that_another_module_fails_leaves_the_old_value(project):
    files = {"calls.py": CALLS, "model.py": MODEL, "user.py": "from app.model import STEP\n"}
    app = project(files, "app.user")
    first = value("app.model")
    app.put("model.py", MODEL.replace("STEP = 1", ""))
    assert app.loader.notify(app.path("model.py")).reload_module("app.model", fresh=True).failed
    assert value("app.model") is first
    assert calls() == 2
    app.write("model.py", MODEL).flush()
    assert calls() == 3  # it was asked to be fresh, and that is done now
    app.loader.reload_module("app.model")
    assert calls() == 3


def test_a_function_that_raises_leaves_the_old_value(model):
    first = value("app.model")
    report = model.write("model.py", MODEL.replace("return [", "raise ValueError() #")).flush()
    assert [failed.name for failed in report.failed] == ["app.model"]
    assert "once" not in report.failed[0].traceback.replace("once(train)", "")
    assert value("app.model") is first


def test_it_goes_with_its_file_and_under_another_name_it_is_made_anew(model):
    model.rename("model.py", "other.py").flush()
    __import__("app.other")
    assert (value("app.other"), calls()) == ([2], 2)
    model.rename("other.py", "model.py").flush()
    __import__("app.model")
    assert calls() == 3


def test_what_is_not_asked_for_any_longer_goes(model):
    model.write("model.py", MODEL.replace("once(train)", "None")).flush()
    assert calls() == 1
    model.write("model.py", MODEL).flush()
    assert calls() == 2


def test_it_goes_with_a_teardown(model):
    first = value("app.model")
    model.loader.teardown()
    model.loader.setup()
    __import__("app.model")
    assert value("app.model") is not first


def test_it_stays_when_the_user_executes_the_module_again(model):
    import importlib

    first = value("app.model")
    importlib.reload(sys.modules["app.model"])
    assert value("app.model") is first
    del sys.modules["app.model"]
    __import__("app.model")
    assert value("app.model") is first
    assert calls() == 1


KEYS = """
from pyautoload_wasm import once
A = once(lambda: ["a"], key="a")
B = once(lambda: ["b"], key="b")
def outer():
    def inner(): return ["c"]
    return inner
C = once(outer(), key="c")
class Net:
    @classmethod
    def load(cls): return cls()
LOADED = once(Net.load)
LIST = once(list)
"""


def test_lambdas_closures_methods_and_classes(project):
    app = project({"keys.py": KEYS}, "app.keys")
    names = ["A", "B", "C", "LOADED", "LIST"]
    old = [value_of("app.keys", name) for name in names]
    app.write("keys.py", KEYS.replace('["b"]', '["B"]') + "MORE = 1\n").flush()
    new = [value_of("app.keys", name) for name in names]
    assert [one is other for one, other in zip(old, new, strict=True)] == [True, False, True, True, True]
    assert new[1] == ["B"]


def test_a_decorated_function_is_known_by_what_it_wraps(project):
    source = MODEL.replace("def train", "import functools\n@functools.cache\ndef train")
    app = project({"calls.py": CALLS, "model.py": source}, "app.model")
    app.write("model.py", source + "STEP = 2\n").flush()
    assert calls() == 1
    app.write("model.py", source.replace("[len(CALLS)]", "{len(CALLS)}")).flush()
    assert (value("app.model"), calls()) == ({2}, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("once(lambda: 1)", "need a key"),
        ("once((lambda: lambda: 1)())", "need a key"),
        ("once(7)", "once(7): expected a function without arguments; pass it without calling it"),
        ("once(list, key=7)", "once(key=7): expected a str"),
        ("once(list), once(list)", "once() was called twice for 'builtins.list' while app.a was executed"),
    ],
)
def test_what_it_refuses(autoload, failing, call, message):
    autoload({"a.py": f"from pyautoload_wasm import once\n{call}\n"})
    error = failing("import app.a")
    assert isinstance(error, ConfigurationError)
    assert message in str(error)


def test_after_the_module_s_body_it_is_refused(autoload, run):
    autoload({"a.py": "from pyautoload_wasm import once\ndef later(): return once(list)\n"})
    with pytest.raises(ConfigurationError, match="call it at module level"):
        run("import app.a; app.a.later()")


def test_without_a_loader_it_is_a_call(run):
    namespace = run("from pyautoload_wasm import once\nA = once(list)\nB = once(list)\nC = once(lambda: 3, key='c')\n")
    assert namespace["A"] == []
    assert namespace["A"] is not namespace["B"]
    assert namespace["C"] == 3
    assert once(list) == []
    with pytest.raises(ConfigurationError, match="need a key"):
        once(lambda: 3)


def test_a_function_of_another_module_that_made_the_value_is_called_anew_when_it_is_edited(project):
    """Neither has the last execution called it: the value was there."""
    train = "def train(): return [1]\n"
    model = "from pyautoload_wasm import once\nfrom app.train import train\nSTEP = 1\nmodel = once(train)\n"
    app = project({"train.py": train, "model.py": model}, "app.model")
    app.write("model.py", model.replace("STEP = 1", "STEP = 2")).flush()
    assert set(app.write("train.py", train.replace("[1]", "[2]")).flush().reloaded) == {"app.train", "app.model"}
    assert sys.modules["app.model"].model == [2]
