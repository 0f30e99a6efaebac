"""Watching folders of a desktop, by watchfiles, from a thread of ours. Native only: Pyodide tells of its filesystem by itself."""

import logging
import os
import queue
import shutil
import sys
import threading
import time

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError
from pyautoload_wasm._reload import watch
from pyautoload_wasm.errors import AutoloadError

#: No test waits as long as this, unless it fails.
PATIENCE = 60


@pytest.fixture
def watched(tmp_path):
    """A loader of two modules that watches its files; what it reports comes out of a queue."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/user.py").write_text("NAME = 'Ada'\n")
    (tmp_path / "app/order.py").write_text("from .user import NAME as BUYER\n")
    loader = AutoLoader(tmp_path / "app", "app")
    loader.reports = queue.Queue()
    loader.on_reload(loader.reports.put)
    with loader:
        loader.enable_reloading(watch=True, flush="thread")
        __import__("app.order")
        yield loader
    assert not watcher_threads()


def watcher_threads():
    found = [thread for thread in threading.enumerate() if thread.name == "pyautoload_wasm watch"]
    for thread in found:
        thread.join(PATIENCE)
    return [thread for thread in found if thread.is_alive()]


def write(loader, name, source):
    with open(f"{loader.roots[0].path}/{name}", "w", encoding="utf-8") as file:
        file.write(source)


def buyer():
    return sys.modules["app.order"].BUYER


def test_a_written_file_is_reloaded_by_itself(watched):
    write(watched, "user.py", "NAME = 'Eve'\n")
    report = watched.reports.get(timeout=PATIENCE)
    assert list(report.reloaded) == ["app.user", "app.order"]
    assert buyer() == "Eve"


def test_nothing_is_reloaded_while_somebody_holds_and_all_of_it_afterwards(watched):
    seen = threading.Event()
    flush = watched._session.automation._watch._flush

    def noted():
        outcome = flush()
        seen.set()
        return outcome

    watched._session.automation._watch._flush = noted
    with watched.hold():
        write(watched, "user.py", "NAME = 'Eve'\n")
        assert seen.wait(PATIENCE)
        assert watched.reports.empty()
        assert buyer() == "Ada"
    assert list(watched.reports.get(timeout=PATIENCE).reloaded) == ["app.user", "app.order"]


def test_a_reload_waits_for_the_end_of_an_import(watched):
    seen = threading.Event()
    flush = watched._session.automation._watch._flush

    def noted():
        outcome = flush()
        seen.set()
        return outcome

    watched._session.automation._watch._flush = noted
    slow = (
        "import pathlib, sys\n"
        "pathlib.Path(__file__).with_name('user.py').write_text(\"NAME = 'Eve'\\n\")\n"
        "sys.seen.wait(60)\n"
        "BUYER = sys.modules['app.order'].BUYER\n"
    )
    write(watched, "slow.py", slow)
    sys.seen = seen
    try:
        __import__("app.slow")
    finally:
        del sys.seen
    assert sys.modules["app.slow"].BUYER == "Ada"
    while buyer() != "Eve":
        watched.reports.get(timeout=PATIENCE)


def test_a_failure_is_logged_and_mended_by_the_next_write(watched, caplog):
    with caplog.at_level(logging.WARNING, "pyautoload_wasm"):
        write(watched, "user.py", "NAME = 'Eve'\nraise ValueError('no')\n")
        assert watched.reports.get(timeout=PATIENCE).failed
        write(watched, "user.py", "NAME = 'Eve'\n")
        assert watched.reports.get(timeout=PATIENCE).pending == []
    assert caplog.messages[0] == "app.user failed, line 2 (ValueError: no), old code runs on"
    assert buyer() == "Eve"


def test_with_manual_flushes_the_files_are_watched_and_nothing_more(watched):
    watched.enable_reloading(flush="manual")
    seen = threading.Event()
    paths = watched._session.automation._watch._paths

    class Noting(type(paths)):
        def extend(self, new):
            super().extend(new)
            seen.set()

    watched._session.automation._watch._paths = Noting()
    write(watched, "user.py", "NAME = 'Eve'\n")
    assert seen.wait(PATIENCE)
    assert buyer() == "Ada"
    assert list(watched.flush().reloaded) == ["app.user", "app.order"]


def test_unwatch_ends_the_thread(watched):
    assert threading.active_count() == 2
    watched.unwatch()
    assert watcher_threads() == []
    watched.enable_reloading()
    assert watcher_threads() == [], "it does not begin again unless it is asked for"


def test_without_watchfiles_the_refusal_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles._rust_notify", None)
    with AutoLoader(tmp_path, "app") as loader:
        with pytest.raises(ConfigurationError) as refusal:
            loader.enable_reloading(watch=True)
        assert str(refusal.value) == (
            "enable_reloading(watch=True) needs watchfiles outside of Pyodide: pip install pyautoload_wasm[watch]"
        )
        assert not loader.reloading_enabled


def test_a_folder_that_cannot_be_watched_is_said_and_nothing_is_set_up(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise OSError("no inotify watches are left")

    monkeypatch.setattr(watch, "_watchfiles", lambda: refuse)
    loader = AutoLoader(tmp_path, "app").enable_reloading(watch=True)
    finders = list(sys.meta_path)
    with pytest.raises(AutoloadError) as refusal:
        loader.setup()
    assert str(refusal.value) == (
        f"the folders {tmp_path.resolve()} cannot be watched: no inotify watches are left; call enable_reloading(watch=False), and "
        "tell the loader of changes with notify() or reload()"
    )
    assert sys.meta_path == finders
    loader.unwatch().setup().teardown()


def test_a_root_that_is_deleted_and_made_again_is_watched_again(watched, caplog, monkeypatch):
    root = watched.roots[0].path
    gone = threading.Event()
    monkeypatch.setattr(caplog.handler, "emit", lambda record: gone.set())
    for number in range(2):
        gone.clear()
        shutil.rmtree(root)
        assert gone.wait(PATIENCE)
        os.mkdir(root)
        write(watched, "user.py", f"NAME = 'Eve {number}'\n")
        write(watched, "order.py", "from .user import NAME as BUYER\n")
        while buyer() != f"Eve {number}":
            watched.reports.get(timeout=PATIENCE)
        write(watched, "user.py", f"NAME = 'Eve {number} again'\n")
        while buyer() != f"Eve {number} again":
            watched.reports.get(timeout=PATIENCE)


def test_a_root_that_another_folder_replaces_is_watched_as_it_is_now(watched, tmp_path):
    (tmp_path / "next").mkdir()
    (tmp_path / "next/user.py").write_text("NAME = 'Eve'\n")
    (tmp_path / "next/order.py").write_text("from .user import NAME as BUYER\n")
    (tmp_path / "app").rename(tmp_path / "before")
    (tmp_path / "next").rename(tmp_path / "app")
    while buyer() != "Eve":
        watched.reports.get(timeout=PATIENCE)
    write(watched, "user.py", "NAME = 'Mallory'\n")
    while buyer() != "Mallory":
        watched.reports.get(timeout=PATIENCE)


def test_a_link_that_leads_elsewhere_is_followed(tmp_path):
    for number in (1, 22):
        (tmp_path / f"release{number}").mkdir()
        (tmp_path / f"release{number}/user.py").write_text(f"number = {number}\n")
    (tmp_path / "current").symlink_to(tmp_path / "release1")
    reports = queue.Queue()
    with AutoLoader(tmp_path / "current", "app").enable_reloading(watch=True, flush="thread") as loader:
        loader.on_reload(reports.put)
        __import__("app.user")
        (tmp_path / "new").symlink_to(tmp_path / "release22")
        (tmp_path / "new").replace(tmp_path / "current")
        reports.get(timeout=PATIENCE)
        assert sys.modules["app.user"].number == 22
        (tmp_path / "release22/user.py").write_text("number = 333\n")
        reports.get(timeout=PATIENCE)
        assert sys.modules["app.user"].number == 333
    assert not watcher_threads()


def test_what_lies_behind_a_link_out_of_the_root_is_watched(watched, tmp_path):
    """Whether the link was there at the start or came later, and also a file that is replaced by another one."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/friend.py").write_text("NAME = 'Eve'\n")
    (tmp_path / "single.py").write_text("NAME = 'Eve'\n")
    (tmp_path / "app/friends").symlink_to(tmp_path / "outside")
    (tmp_path / "app/single.py").symlink_to(tmp_path / "single.py")
    watched.reports.get(timeout=PATIENCE)
    names = ("app.friends.friend", "app.single")
    for name in names:
        __import__(name)
    for person in ("Joan", "Mallory"):
        for path in ("outside/friend.py", "single.py"):
            (tmp_path / "new").write_text(f"NAME = {person!r}\n")
            (tmp_path / "new").replace(tmp_path / path)
        while [sys.modules[name].NAME for name in names] != [person, person]:
            watched.reports.get(timeout=PATIENCE)


def test_a_file_that_has_two_paths_is_reloaded_under_both(watched, tmp_path):
    """The operating system tells of one of them."""
    (tmp_path / "app/people").mkdir()
    (tmp_path / "app/people/friend.py").write_text("NAME = 'Eve'\n")
    (tmp_path / "app/friends").symlink_to(tmp_path / "app/people")
    watched.unwatch().enable_reloading(watch=True)
    watched.reload()
    names = ("app.people.friend", "app.friends.friend")
    for name in names:
        __import__(name)
    write(watched, "people/friend.py", "NAME = 'Joan'\n")
    while [sys.modules[name].NAME for name in names] != ["Joan", "Joan"]:
        watched.reports.get(timeout=PATIENCE)


def test_while_somebody_holds_every_edit_is_there_for_who_flushes(watched):
    with watched.hold():
        for name in ("Eve", "Mallory", "Trent"):
            write(watched, "user.py", f"NAME = {name!r}\n")
            end = time.monotonic() + PATIENCE
            while buyer() != name and time.monotonic() < end:
                watched.flush()
            assert buyer() == name


DECLARED = "from pyautoload_wasm import reload_with\nreload_with('settings.json', '../outside.json')\n"


def test_a_data_file_that_a_module_declares_is_watched_in_the_project_and_looked_at_elsewhere(watched):
    write(watched, "conf.py", DECLARED)
    __import__("app.conf")
    for name in ("settings.json", "../outside.json"):
        for source, what in (("1", "is there now"), ("2", "changed")):
            write(watched, name, source)
            reloaded = {}
            while "app.conf" not in reloaded:
                reloaded = watched.reports.get(timeout=PATIENCE).reloaded
            assert reloaded["app.conf"] == f"{name} {what}"
