"""What a user sees of the classes: signatures, versions, text forms, and reports."""

import inspect
import sys
import typing
import warnings

import pyautoload_wasm
import pytest
from pyautoload_wasm import AutoLoader, AutoloadWarning, ConfigurationError, engine_info, null_inflector
from pyautoload_wasm.__main__ import main

FILES = {"user.py": "class User: pass\n", "bad.py": "raise ValueError('no')\n"}


def public_functions():
    for name, owner in vars(pyautoload_wasm).items():
        if name.startswith("_"):
            continue
        if inspect.isfunction(owner):
            yield name, owner
        elif inspect.isclass(owner):
            for member_name, member in inspect.getmembers(owner):
                function = member.fget if isinstance(member, property) else member
                is_ours = getattr(function, "__module__", None) and function.__module__.startswith("pyautoload_wasm")
                if not member_name.startswith("_") and is_ours and callable(function):
                    yield f"{name}.{member_name}", function


FUNCTIONS = dict(public_functions())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_signature_can_be_read(name):
    hints = typing.get_type_hints(FUNCTIONS[name])
    parameters = inspect.signature(FUNCTIONS[name]).parameters
    assert set(parameters) - {"self", "cls"} <= set(hints)
    assert "return" in hints


def test_the_version_is_the_engine_s():
    assert pyautoload_wasm.__version__ == engine_info()["version"]
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        pyautoload_wasm.nothing  # noqa: B018


def test_the_command_line_says_its_version(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"pyautoload_wasm {engine_info()['version']}\n"


def test_what_a_user_can_print_says_what_it_is(write):
    folder = write({f"{name}/user.py": "" for name in ("one", "two")} | {"two/sub/a.py": ""})
    before = set(map(id, sys.meta_path))
    with AutoLoader(folder / "one", "one") as one, AutoLoader(folder / "two", "two") as two:
        two.tag = "second"
        import one.user as module  # noqa: F401
        import two.sub as sub

        assert [repr(finder) for finder in sys.meta_path if id(finder) not in before] == [
            "<pyautoload_wasm's finder of one>",
            "<pyautoload_wasm's finder of second>",
            "<pyautoload_wasm's finder that explains missing modules of one>",
            "<pyautoload_wasm's finder that explains missing modules of second>",
        ]
        assert (
            repr(sys.modules["one.user"].__loader__)
            == f"<pyautoload_wasm's loader of one.user from {folder}/one/user.py>"
        )
        assert repr(sub.__loader__) == "<pyautoload_wasm's loader of the namespace two.sub>"
        hold = one.hold()
        assert repr(hold) == "<Hold>"
        hold.release()
        assert repr(hold) == "<Hold, released>"
        assert repr(one.inflector) == "<the default inflector>"


# Eager loading


def test_an_eager_load_goes_on_and_its_report_tells(autoload, caplog):
    loader = autoload(FILES)
    report = loader.eager_load()
    assert report
    assert str(report) == "loaded 2 modules; app.bad failed (ValueError: no)"
    assert caplog.messages == ["app.bad could not be loaded"]
    with pytest.raises(ValueError, match="no"):
        report.raise_if_failed()


def test_a_report_of_nothing_is_false(write):
    write({"app/readme.txt": ""})
    with AutoLoader(write({}) / "app") as loader:
        report = loader.eager_load()
    assert (bool(report), str(report)) == (False, "nothing to load")
    assert report.raise_if_failed() is None


def test_for_continuous_integration_the_first_failure_is_raised(autoload):
    with pytest.raises(ValueError, match="no"):
        autoload(FILES).eager_load(on_error="raise")


# Inflections without effect


def test_inflections_that_the_inflector_never_asks_for_are_warned_of(write):
    loader = AutoLoader(write({"app/html_parser.py": ""}) / "app", "app")
    loader.inflect({"html_parser": "HTMLParser"}).acronym("API")
    loader.inflector = null_inflector
    with pytest.warns(AutoloadWarning) as caught:
        loader.setup()
    loader.teardown()
    assert [str(warning.message) for warning in caught] == [
        "inflect({'html_parser': 'HTMLParser'}), acronym('API'): no effect, since loader.inflector decides on all names and does not "
        "call the inflector that it replaced; remove these calls, or call the former loader.inflector from the new one"
    ]
    assert caught[0].filename == __file__


def test_an_inflector_that_asks_the_former_one_is_not_warned_of(write):
    loader = AutoLoader(write({"app/html_parser.py": ""}) / "app", "app").inflect({"html_parser": "HTMLParser"})
    former = loader.inflector
    loader.inflector = lambda stem, path: former(stem, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loader.setup()
    assert loader.registry["app.html_parser"].attribute == "HTMLParser"
    loader.teardown()


# Callbacks


@pytest.mark.parametrize("event", ["on_load", "on_unload"])
@pytest.mark.parametrize("name", ["", ":User", "app..user", "app.user.", "app/user.py", "app.class"])
def test_a_name_that_no_module_can_have_is_refused(autoload, event, name):
    with pytest.raises(ConfigurationError) as caught:
        getattr(autoload(FILES), event)(name)
    assert str(caught.value) == f"{event}({name!r}): expected a dotted module name such as 'myapp.models.user'"


@pytest.mark.parametrize("name", ["app.user", "app.User"])
def test_a_callback_may_name_a_module_as_an_import_may(autoload, name):
    calls = []

    def configure(loader):
        loader.on_load(name)(lambda *arguments: calls.append(("load", arguments[0])))
        loader.on_unload(name)(lambda *arguments: calls.append(("unload", arguments[0])))
        return loader.enable_reloading()

    loader = autoload(FILES, configure)
    __import__("app.user")
    loader.reload_module("app.user")
    assert calls == [("load", "app.user"), ("unload", "app.user"), ("load", "app.user")]


def test_a_callback_can_be_removed(autoload):
    calls = []

    def note(*arguments):
        calls.append(arguments)

    loader = autoload(FILES, lambda loader: loader.enable_reloading())
    loader.on_setup(note)
    for register in (loader.on_load, loader.on_unload, loader.on_reload, loader.on_load("app.user")):
        register(note)
    calls.clear()
    loader.remove_callback(note).remove_callback(print)
    __import__("app.user")
    loader.reload_module("app.user")
    assert calls == []
