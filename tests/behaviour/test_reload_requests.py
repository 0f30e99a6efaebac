"""What is asked for during an import, or in the midst of another flush, is done by the next flush, as the report says."""

import sys

import pytest

WAITING = "waiting for the end of an import or of another reload; the next flush does what was asked for"
ASK = "from pyautoload_wasm import AutoLoader\nREPORT = AutoLoader.loaders()[0].{}\n"


@pytest.mark.parametrize("call", ["reload()", "reload_module('app.user')"])
def test_what_a_module_asks_for_is_done_by_the_next_flush(project, call):
    shop = project({"user.py": "X = 1\n", "ask.py": ASK.format(call)}, "app.user")
    shop.loader.enable_reloading(watch=False, flush="manual")
    before = sys.modules["app.user"]
    if call == "reload()":
        shop.put("user.py", "X = 22\n")  # nobody tells
    __import__("app.ask")
    report = sys.modules["app.ask"].REPORT
    assert (report.waiting, str(report), bool(report)) == (True, WAITING, False)
    assert sys.modules["app.user"] is before
    assert list(shop.flush().reloaded) == ["app.user"]
    assert sys.modules["app.user"] is not before
    assert not shop.flush()


def test_what_an_on_load_callback_asks_for_is_done_by_the_next_flush(project):
    shop = project({"user.py": "X = 1\n"})
    shop.loader.enable_reloading(watch=False, flush="manual")
    reports = []
    shop.loader.on_load("app.user")(lambda name, module: reports.append(shop.loader.reload_module(name)))
    __import__("app.user")
    assert [report.waiting for report in reports] == [True]
    shop.loader.remove_callback(shop.loader._handle.callbacks.on_load[0][1])
    assert list(shop.flush().reloaded) == ["app.user"]


@pytest.mark.parametrize("when", ["on_unload", "on_load", "on_reload"])
def test_what_a_callback_of_a_flush_asks_for_is_done_by_the_next_one(project, when):
    shop = project({"user.py": "X = 1\n", "other.py": "X = 1\n"}, "app.user", "app.other")
    shop.loader.enable_reloading(watch=False, flush="manual")
    reports = []

    @getattr(shop.loader, when)
    def ask(*about):
        if not reports:
            reports.append(shop.loader.reload_module("app.other"))

    assert list(shop.write("user.py", "X = 22\n").flush().reloaded) == ["app.user"]
    assert [report.waiting for report in reports] == [True]
    assert list(shop.flush().reloaded) == ["app.other"]


def test_a_module_that_is_gone_when_its_turn_comes_is_not_reloaded(project):
    shop = project({"user.py": "X = 1\n", "ask.py": ASK.format("reload_module('app.user')")}, "app.user", "app.ask")
    shop.delete("user.py")
    assert list(shop.flush().removed) == ["app.user"]
    assert not shop.flush()


def test_after_an_interrupt_what_was_asked_for_is_done_by_the_next_flush(project):
    shop = project({"user.py": "X = 1\n"}, "app.user")
    armed = [True]

    @shop.loader.on_unload
    def interrupt(name, module):
        if armed.pop() if armed else False:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shop.loader.reload_module("app.user")
    assert list(shop.flush().reloaded) == ["app.user"]


@pytest.mark.parametrize("name", ["app.part", "app.part.user"])
def test_a_path_that_an_interrupt_has_left_is_set_by_the_next_flush(write, name):
    """A package that stays gets a second folder, and the flush that would tell it is interrupted."""
    from pyautoload_wasm import AutoLoader

    folder = write({"one/part/user.py": "X = 1\n", "two/other.py": "X = 1\n"})
    with AutoLoader([folder / "one", folder / "two"], "app").enable_reloading(watch=False) as loader:
        __import__("app.part.user")
        __import__("app.other")
        write({"two/part/new.py": "X = 1\n"})
        (folder / "two/other.py").unlink()
        armed = [True]

        @loader.on_unload("app.other")
        def interrupt(name, module):
            if armed.pop() if armed else False:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            loader.reload()
        loader.flush()
        assert list(sys.modules["app.part"].__path__) == [f"{folder}/one/part", f"{folder}/two/part"]
        assert "app.other" not in sys.modules
