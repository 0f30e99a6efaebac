"""The same set-up again: each loader is a handle on one session of the same namespace and folders."""

import gc
import sys
import types

import pytest
from pyautoload_wasm import AutoLoader, SetupRequiredError

SCRIPT = """
from pyautoload_wasm import AutoLoader
loader = AutoLoader({base!r}, "app").setup()
from app import User
calls = []
loader.on_load(lambda name, module: calls.append(name))
"""


@pytest.fixture
def base(write):
    """A project of three modules. Nothing of it is left set up."""
    yield write({"app/user.py": "class User: pass\n", "app/order.py": "", "app/m/item.py": ""}) / "app"
    for loader in AutoLoader.loaders():
        loader.teardown()


@pytest.fixture
def scans(monkeypatch):
    """What is asked of any engine that reads the folders."""
    from pyautoload_wasm._base.engine import Engine

    asked = []
    ask = Engine.ask_plainly

    def noted(engine, request, **arguments):
        if request == "scan":
            asked.append(request)
        return ask(engine, request, **arguments)

    monkeypatch.setattr(Engine, "ask", noted)
    monkeypatch.setattr(Engine, "ask_plainly", noted)
    return asked


def elsewhere(base, **options):
    """A loader that code of other globals sets up, such as another session of the process."""
    namespace = {"AutoLoader": AutoLoader, "base": base, "options": options}
    exec("loader = AutoLoader(base, 'app', **options).setup()", namespace)
    return namespace["loader"]


# The same code again


@pytest.mark.smoke
def test_a_set_up_cell_that_runs_again_takes_the_place_of_the_first(base, scans):
    cells = {}
    exec(SCRIPT.format(base=str(base)), cells)
    first, user = cells["loader"], cells["User"]
    finders, scanned = list(sys.meta_path), len(scans)
    for _ in range(3):
        exec(SCRIPT.format(base=str(base)), cells)
    assert cells["User"] is user
    assert sys.meta_path == finders
    assert len(scans) == scanned
    assert AutoLoader.loaders() == (cells["loader"],)
    assert "not set up" in repr(first)
    with pytest.raises(SetupRequiredError):
        _ = first.registry
    first.teardown()
    assert sys.modules["app.user"].User is user
    assert cells["loader"].registry["app.user"].loaded


@pytest.mark.smoke
@pytest.mark.parametrize("is_fresh", [True, False], ids=["a fresh main module", "the same main module"])
def test_a_script_that_runs_twenty_times(base, scans, is_fresh):
    """As Streamlit runs it: with each click, as `__main__`."""
    main = sys.modules["__main__"]
    code = compile(SCRIPT.format(base=str(base)), "script.py", "exec")
    users = set()
    heard = []
    try:
        module = types.ModuleType("__main__")
        for turn in range(20):
            if is_fresh:
                module = types.ModuleType("__main__")
            sys.modules["__main__"] = module
            module.heard, module.turn = heard, turn
            exec(code, vars(module))
            exec("loader.on_load(lambda name, module: heard.append(turn))", vars(module))
            users.add(module.User)
            gc.collect()
        assert len(users) == 1
        assert len(scans) == 1
        assert AutoLoader.loaders() == (module.loader,)
        __import__("app.order")
        assert module.calls == ["app.order"]
        assert heard == [19]
    finally:
        sys.modules["__main__"] = main


def test_a_script_that_runs_in_a_dictionary_of_its_own_each_time(base, scans):
    for _ in range(20):
        exec(SCRIPT.format(base=str(base)), {})
    assert len(scans) == 1


def test_setup_of_a_loader_that_is_set_up_changes_nothing(base, scans):
    calls = []
    loader = AutoLoader(base, "app").setup()
    loader.on_setup(lambda: calls.append("set up"))
    assert loader.setup() is loader
    assert calls == ["set up"]
    assert len(scans) == 1
    assert AutoLoader.loaders() == (loader,)


# Several handles


@pytest.mark.smoke
def test_another_session_of_the_process_adds_a_handle(base):
    """As marimo's sessions: each has globals of its own, and both are alive."""
    calls = []
    one, two = elsewhere(base), elsewhere(base)
    assert AutoLoader.loaders() == (one, two)
    one.on_load(lambda name, module: calls.append(("one", name)))
    two.on_load("app.user")(lambda name, module: calls.append(("two", name)))
    import app.user

    assert calls == [("one", "app"), ("two", "app.user"), ("one", "app.user")]
    for loader in (one, two):
        assert loader.registry["app.user"].loaded
    one.teardown()
    one.teardown()
    assert sys.modules["app.user"] is app.user
    assert AutoLoader.loaders() == (two,)
    import app.order

    assert calls[3:] == []
    two.teardown()
    assert "app.user" not in sys.modules
    assert not hasattr(app, "order")


@pytest.mark.smoke
def test_two_mounts_one_after_the_other_and_interleaved(base):
    """As React's StrictMode mounts an effect: install, dispose, install, in whatever order the promises come."""
    from pyautoload_wasm._bridge import dispose, set_up

    options = f'{{"basePath": "{base}", "topLevel": "app", "reloading": true, "flush": "manual"}}'
    told = {"first": [], "second": []}
    first = set_up(options, told["first"].append)
    second = set_up(options, told["second"].append)
    import app.user

    user = app.user
    dispose(first)
    assert sys.modules["app.user"] is user
    third = set_up(options, told["first"].append)
    assert AutoLoader.loaders() == (second, third)
    (base / "user.py").write_text("class User:\n    changed = True\n")
    second.notify(base / "user.py").flush()
    assert [len(reports) for reports in told.values()] == [1, 1]
    dispose(second)
    dispose(third)
    dispose(third)
    assert AutoLoader.loaders() == ()
    assert "app" not in sys.modules
    again = set_up(options, told["first"].append)
    assert __import__("app.user").User.changed
    dispose(again)


def test_what_a_handle_tracks_holds_and_is_called_for_goes_with_it(base):
    calls = []
    one, two = elsewhere(base).enable_reloading(watch=False), elsewhere(base).enable_reloading(watch=False)
    names = [{}, {}]
    for number, loader in enumerate((one, two)):
        exec("from app import User", names[number])
        loader.track(names[number])
        loader.on_reload(lambda report, number=number: calls.append(number))
        loader.on_unload("app.user")(lambda name, module, number=number: calls.append(f"unload {number}"))
    hold = one.hold()
    assert two._session.automation.is_held

    def edit(text):
        (base / "user.py").write_text(text)
        return two.reload()

    edit("class User:\n    x = 1\n")
    assert names[0]["User"] is names[1]["User"] is sys.modules["app.user"].User
    assert calls == ["unload 0", "unload 1", 0, 1]
    one.teardown()
    assert not two._session.automation.is_held
    hold.release()
    edit("class User:\n    x = 22\n")
    assert names[0]["User"].x == 1
    assert names[1]["User"].x == 22
    assert calls[4:] == ["unload 1", 1]


def test_reloading_is_what_the_handles_ask_for(base):
    one, two = elsewhere(base), elsewhere(base)
    assert not two.reloading_enabled
    one.enable_reloading(watch=False)
    assert one.reloading_enabled
    assert not two.reloading_enabled
    __import__("app.user")
    (base / "user.py").write_text("class User:\n    x = 1\n")
    two.enable_reloading(watch=False, flush="manual")
    one.teardown()
    assert list(two.reload().reloaded) == ["app.user"]


def test_a_library_s_own_handle_and_an_application_s(write, run):
    init = "from pyautoload_wasm import AutoLoader\nloader = AutoLoader.for_package(__file__).setup()\n"
    folder = write({"mylib/__init__.py": init, "mylib/user.py": "class User: pass\n"})
    with AutoLoader(folder / "mylib", "mylib").enable_reloading(watch=False) as application:
        mylib = run("import mylib")["mylib"]
        assert mylib.User
        write({"mylib/__init__.py": init + "X = 1\n"})
        application.reload()
        assert sys.modules["mylib"].X == 1
        assert len(AutoLoader.loaders()) == 2
        sys.modules["mylib"].loader.teardown()
        assert sys.modules["mylib"].User
    assert "mylib.user" not in sys.modules


# Changed settings


@pytest.mark.smoke
def test_changed_settings_are_applied_and_what_is_loaded_stays_loaded(base, scans):
    first = AutoLoader(base, "app").setup()
    import app.order
    import app.user

    second = AutoLoader(base, "app").ignore("m").inflect({"order": "ORDER"}).setup()
    assert len(scans) == 2
    assert AutoLoader.loaders() == (second,)
    assert "app.m" not in second.registry
    assert not hasattr(app, "m")
    assert second.registry["app.user"].loaded
    assert second.registry["app.order"].attribute == "ORDER"
    assert sys.modules["app.user"] is app.user
    third = AutoLoader(base, "app").setup()
    assert app.m.item is sys.modules["app.m.item"]
    assert third.registry["app.m.item"].loaded
    assert first.roots == third.roots


@pytest.mark.smoke
def test_a_root_that_is_added(base, write):
    extra = write({"lib/tool.py": "class Tool: pass\n"}) / "lib"
    AutoLoader(base, "app").setup()
    import app.user

    kept = app.user
    loader = AutoLoader(base, "app").push_dir(extra, "lib_").setup()
    assert __import__("lib_.tool").Tool.__module__ == "lib_.tool"
    assert sys.modules["app.user"] is kept
    assert loader.module_name_at(extra / "tool.py") == "lib_.tool"
    loader.teardown()
    assert "app" not in sys.modules
    assert "lib_" not in sys.modules


def test_a_root_that_goes_with_the_loader_whose_place_is_taken_is_named(base, write, caplog):
    lib = write({"lib/tool.py": ""}) / "lib"
    AutoLoader(base, "app").push_dir(lib, "lib_").setup()
    AutoLoader(lib, "lib_").setup()
    assert caplog.messages == [
        f"{base}: no root any more, since the loader that had it was set up by the same code as this one, which takes its place; give "
        "one loader all roots, or ignore this if it is what you want"
    ]


def test_the_roots_of_other_handles_stay(base, write):
    lib = write({"lib/tool.py": ""}) / "lib"
    namespace = {"AutoLoader": AutoLoader, "base": base, "lib": lib}
    exec("loader = AutoLoader(base, 'app').push_dir(lib, 'lib_').setup()", namespace)
    one = AutoLoader(base, "app").setup()
    assert __import__("lib_.tool").tool
    assert "lib_.tool" in one.registry
    namespace["loader"].teardown()
    assert "lib_.tool" not in one.registry
    assert "lib_.tool" in sys.modules
    one.teardown()
    assert "lib_.tool" not in sys.modules


def test_after_changed_settings_edits_are_seen_as_before(base, write):
    """What was loaded and what was observed is known to the new scan."""
    write(
        {
            "app/user.py": "VALUE = 1\n",
            "app/order.py": "import importlib\nV = importlib.import_module('app.us' + 'er').VALUE\n",
        }
    )
    write({"app/broken.py": "X = 1\n"})
    first = AutoLoader(base, "app").enable_reloading(watch=False).setup()
    __import__("app.order")
    __import__("app.broken")
    write({"app/broken.py": "X = 22\n1 / 0\n"})
    assert first.reload().pending == ["app.broken"]
    second = AutoLoader(base, "app").ignore("m").enable_reloading(watch=False).setup()
    assert second.dependencies("app.order") == ["app", "app.user"]
    assert second.flush().pending == ["app.broken"]
    write({"app/user.py": "VALUE = 22\n"})
    assert list(second.reload().reloaded) == ["app.user", "app.order"]
    assert sys.modules["app.order"].V == 22
    write({"app/broken.py": "X = 333\n"})
    report = second.reload()
    assert (list(report.reloaded), report.pending) == (["app.broken"], [])


def test_an_inflector_of_the_same_code_is_no_change(base, scans):
    cell = """
loader = AutoLoader(base, "app")
loader.inflector = lambda stem, path: stem.upper()
loader.setup()
"""
    cells = {"AutoLoader": AutoLoader, "base": base}
    exec(cell, cells)
    exec(cell, cells)
    assert len(scans) == 1
    exec(cell.replace("upper", "title"), cells)
    assert cells["loader"].registry["app.user"].attribute == "User"


def test_strict_and_implicit_names_are_settings(base, write, failing):
    write({"app/use.py": "def get():\n    return User\n", "app/lacking.py": ""})
    AutoLoader(base, "app").setup()
    import app.use

    with pytest.raises(NameError):
        app.use.get()
    AutoLoader(base, "app", strict=True).implicit_names().setup()
    assert type(failing("import app.lacking")).__name__ == "NameMismatchError"
    write({"app/other_use.py": "class OtherUse:\n    def get(): return User\n"})
    assert app.OtherUse.get() is app.User
