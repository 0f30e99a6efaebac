"""What is watched and flushed by itself, as far as it is alike everywhere. The rest is in tests/js, tests/doors and tests/native."""

import json

import pytest
from project import changed_at
from pyautoload_wasm import ConfigurationError, Hold, ReloadingDisabledError, _bridge


@pytest.fixture
def loader(autoload):
    return autoload({"user.py": "NAME = 'Ada'\n"})


def edit(loader, source):
    path = f"{loader.roots[0].path}/user.py"
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    return path


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"watch": 7}, "enable_reloading(watch=7): expected True, False or None"),
        ({"watch": "yes"}, "enable_reloading(watch='yes'): expected True, False or None"),
        ({"watch": []}, "enable_reloading(watch=an object of type 'list'): expected True, False or None"),
        ({"flush": "later"}, "enable_reloading(flush='later'): expected 'auto', 'thread' or 'manual'"),
        ({"flush": True}, "enable_reloading(flush=True): expected 'auto', 'thread' or 'manual'"),
    ],
)
def test_other_arguments_are_refused_and_change_nothing(loader, options, message):
    with pytest.raises(ConfigurationError) as refusal:
        loader.enable_reloading(**options)
    assert str(refusal.value) == message
    assert not loader.reloading_enabled


@pytest.mark.smoke
def test_a_flush_that_is_asked_for_is_not_held_off(loader):
    import app.user

    loader.enable_reloading()
    with loader.hold() as hold:
        assert isinstance(hold, Hold)
        loader.notify(edit(loader, "NAME = 'Eve'\n"))
        assert list(loader.flush().reloaded) == ["app.user"]
    hold.release()
    assert app.user.NAME == "Eve"


def test_hold_and_unwatch_need_no_reloading(loader):
    loader.hold().release()
    assert loader.unwatch() is loader
    with pytest.raises(ReloadingDisabledError) as refusal:
        loader.flush()
    assert str(refusal.value) == "flush() needs reloading: call enable_reloading() first"


@pytest.mark.smoke
def test_what_was_seen_before_unwatch_is_flushed_after_it(loader):
    __import__("app.user")
    loader.enable_reloading(flush="manual")
    loader.notify(edit(loader, "NAME = 'Eve'\n"))
    loader.unwatch()
    assert list(loader.flush().reloaded) == ["app.user"]


def test_a_second_set_up_reloads_as_the_first_did(loader):
    loader.enable_reloading().teardown()
    assert not loader.reloading_enabled
    loader.setup()
    assert loader.reloading_enabled
    __import__("app.user")
    loader.notify(edit(loader, "NAME = 'Eve'\n"))
    assert list(loader.flush().reloaded) == ["app.user"]


def test_reports_are_told_as_json_after_the_flush_whoever_asked_for_it(write):
    told = []
    base = write({"app/user.py": "NAME = 'Ada'\n"}) / "app"
    options = json.dumps({"basePath": str(base), "topLevel": "app", "reloading": True, "flush": "manual"})
    loader = _bridge.set_up(options, lambda text: told.append((json.loads(text), loader.flush().waiting)))
    __import__("app.user")
    loader.notify(edit(loader, "NAME = 'Eve'\n")).flush()
    loader.flush()
    [(report, waiting)] = told
    assert report["reloaded"] == [{"name": "app.user", "reason": changed_at(1)}]
    assert not waiting
    _bridge.dispose(loader)
    loader.setup()
    __import__("app.user")
    loader.notify(edit(loader, "NAME = 'Joan'\n")).flush()
    assert len(told) == 1
    loader.teardown()


def test_javascript_calls_methods_with_json_and_gets_their_errors_by_name(loader):
    assert json.loads(_bridge.call(loader, "graph", "[]"))["answer"]["nodes"] == ["app", "app.user"]
    error = json.loads(_bridge.call(loader, "flush", "[]"))
    assert error == {
        "name": "ReloadingDisabledError",
        "message": "flush() needs reloading: call enable_reloading() first",
    }
    assert json.loads(_bridge.call(loader, "enable_reloading", "[false]")) == {"answer": None}
    events = json.dumps([[{"kind": "modified", "path": edit(loader, "NAME = 'Eve'\n")}]])
    assert json.loads(_bridge.call(loader, "notify", events)) == {"answer": None}
    assert len(json.loads(_bridge.call(loader, "flush", "[]"))["answer"]["changed"]) == 1


def test_from_options_reloads_on_demand(tmp_path):
    options = f'{{"basePath": "{tmp_path.as_posix()}", "topLevel": "app", "reloading": true, "flush": "manual"}}'
    with _bridge.loader_from(options) as loader:
        assert loader.reloading_enabled
    with _bridge.loader_from(options.replace("true", "false")) as loader:
        assert not loader.reloading_enabled
    with pytest.raises(ConfigurationError) as refusal:
        _bridge.loader_from(options.replace("manual", "later"))
    assert "unknown variant `later`, expected `auto` or `manual`" in str(refusal.value)


@pytest.mark.smoke
def test_reload_in_takes_loops_and_functions_and_needs_reloading(loader):
    with pytest.raises(ReloadingDisabledError) as refusal:
        loader.reload_in(print)
    assert str(refusal.value) == "reload_in() needs reloading: call enable_reloading() first"
    loader.enable_reloading(watch=False, flush="manual")
    for wrong, shown in (("main", "'main'"), (7, "7")):
        with pytest.raises(ConfigurationError) as refused:
            loader.reload_in(wrong)
        assert str(refused.value) == (
            f"reload_in({shown}): expected an asyncio event loop, or a function that calls the function that it gets where "
            "modules may run"
        )
    assert loader.reload_in(print) is loader
