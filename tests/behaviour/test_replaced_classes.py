"""Classes of a version that was replaced, or has failed, are gone from `Base.__subclasses__()` and from weak references, whenever the
garbage collector runs by itself, and whoever keeps the report.
"""

import gc
import logging
import sys
import traceback

import pytest

HELLO = "from .base import Plugin\nclass Hello(Plugin):\n    v = {}\n{}"
FILES = {
    "base.py": "class Plugin: pass\n",
    "hello.py": HELLO.format(1, ""),
    "main.py": "from .base import Plugin\nfrom . import hello\ndef run(): return [c.v for c in Plugin.__subclasses__()]\n",
}


@pytest.fixture(autouse=True)
def no_chance():
    """What happens to be collected meanwhile would be chance."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def plugins():
    return [plugin.v for plugin in sys.modules["app.base"].Plugin.__subclasses__()]


@pytest.mark.smoke
def test_after_a_reload_the_new_class_alone_is_listed(project):
    shop = project(FILES, "app.main")
    shop.write("hello.py", HELLO.format(2, "")).flush()
    assert (plugins(), sys.modules["app.main"].run()) == ([2], [2])


def test_after_its_file_is_gone_no_class_is_listed(project):
    shop = project(FILES, "app.main")
    shop.write("main.py", "").flush()
    shop.delete("hello.py").flush()
    assert plugins() == []


#: What the failed version does after its class, and what that raises.
FAILURES = {
    "1 / 0\n": ZeroDivisionError,
    "from . import base\nbase.Nothing\n": AttributeError,
    "Hello.nothing\n": AttributeError,
    "import sys\nsys.modules[__name__].nothing\n": ImportError,  # an import cycle of one
    "def fail(): return helo\nfail()\n": NameError,
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError(1) from error\n": ValueError,
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError(1)\n": ValueError,
    "raise ExceptionGroup('two', [ValueError(1), ExceptionGroup('one', [TypeError(2)])])\n": ExceptionGroup,
    "from .nowhere import x\n": ImportError,
    "raise SystemExit(1)\n": SystemExit,
    "class Other(Plugin):\n    v = 3\nOther.me = Other()\nOther.me.me = Other.me\nraise ValueError(Other.v)\n": ValueError,
}


@pytest.mark.parametrize("last", FAILURES)
def test_after_a_failed_reload_the_old_class_alone_is_listed(project, last):
    shop = project(FILES, "app.main")
    report = shop.write("hello.py", HELLO.format(2, last)).flush()
    assert [isinstance(failed.error, FAILURES[last]) for failed in report.failed] == [True]
    assert (plugins(), sys.modules["app.main"].run()) == ([1], [1])
    assert f"{shop.base}/hello.py" in report.failed[0].traceback


def test_of_an_old_class_that_an_old_module_derives_from_the_new_one_s_failed_child_is_gone(project):
    shop = project({**FILES, "more.py": "from .hello import Hello\nclass More(Hello): pass\n"}, "app.main", "app.more")
    more = "from .hello import Hello\nclass More(Hello): pass\nraise ValueError('later')\n"
    report = shop.write("hello.py", HELLO.format(2, "")).write("more.py", more).flush()
    assert [failed.name for failed in report.failed] == ["app.more"]
    old, new = sys.modules["app.base"].Plugin.__subclasses__()
    assert (old.v, old.__subclasses__()) == (1, [sys.modules["app.more"].More])
    assert (new.v, new.__subclasses__()) == (2, [])


def test_a_registry_of_weak_references_finds_the_old_class_alone(project):
    """As in an object-relational mapper: a name that two classes have cannot be resolved."""
    base = """\
        import weakref
        class Base:
            registry = weakref.WeakSet()
            def __init_subclass__(cls):
                Base.registry.add(cls)
        def resolve(name):
            [cls] = [cls for cls in Base.registry if cls.__name__ == name]
            return cls
        """
    user = "from .base import Base\nclass User(Base): pass\n"
    shop = project({"base.py": base, "user.py": user}, "app.user")
    report = shop.write("user.py", f"{user}raise ValueError('refused')\n").flush()
    assert report.failed
    assert sys.modules["app.base"].resolve("User") is sys.modules["app.user"].User


def test_a_callback_that_raises_keeps_no_class(project, monkeypatch):
    # Whoever keeps what is logged keeps the error's variables, too, as pytest does.
    monkeypatch.setattr(logging.getLogger("pyautoload_wasm"), "disabled", True)
    shop = project(FILES, "app.main")

    @shop.loader.on_unload("app.hello")
    def refuse(name, module):
        raise RuntimeError(name)

    report = shop.write("hello.py", HELLO.format(2, "")).flush()
    assert [str(error.error) for error in report.errors] == ["app.hello"]
    assert plugins() == [2]


def test_the_report_s_traceback_is_the_one_that_python_shows(project):
    source = "def scale(value, factor):\n    return (value\n            / factr)\nclass Hello:\n    v = scale(1, 0)\n"
    shop = project({"hello.py": "", "plain.py": source})
    __import__("app.hello")
    with pytest.raises(NameError) as plain:
        __import__("app.plain")
    shown = "".join(traceback.format_exception(plain.value))
    [failed] = shop.write("hello.py", source).flush().failed
    wanted = shown[shown.index(f'  File "{shop.base}') :].replace("plain.py", "hello.py")
    assert failed.traceback == f"Traceback (most recent call last):\n{wanted}"
    assert failed.line == 3


def test_only_what_can_be_seen_is_worth_a_collection(project):
    files = {
        "a.py": "import enum\nclass A: pass\nclass E(Exception): pass\nclass C(enum.Enum):\n    X = 1\nclass B(A): pass\n"
    }
    shop = project(files, "app.a")
    collections = []

    def count(phase, about):
        if phase == "start":
            collections.append(about)

    gc.callbacks.append(count)
    try:
        shop.write("a.py", files["a.py"] + "x = 1\n").flush()
        assert collections == []
        shop.write("a.py", "def\n").flush()
        assert collections == []
    finally:
        gc.callbacks.remove(count)


def test_what_old_code_held_goes_with_it(project):
    """main cannot be reloaded, and keeps the old class; when it can, that is listed no longer, though its module stays."""
    main = "from .hello import Hello\n"
    shop = project({**FILES, "main.py": main}, "app.main")
    shop.write("main.py", f"{main}1 +\n").write("hello.py", HELLO.format(2, "")).flush()
    assert sorted(plugins()) == [1, 2]
    assert list(shop.write("main.py", main).flush().reloaded) == ["app.main"]
    assert plugins() == [2]


def test_what_old_code_held_goes_with_its_file(project):
    main = "from .hello import Hello\n"
    shop = project({**FILES, "main.py": main}, "app.main")
    shop.write("main.py", f"{main}1 +\n").write("hello.py", HELLO.format(2, "")).flush()
    assert list(shop.delete("main.py").flush().removed) == ["app.main"]
    assert plugins() == [2]
