"""In which thread the bodies of changed modules run. Native only: Pyodide has one thread, and flushes on a turn of its event loop."""

import asyncio
import importlib
import logging
import sys
import threading
import time

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError

#: No test waits as long as this, unless it fails.
PATIENCE = 60
BODY = "import threading\nTHREAD = threading.current_thread()\nv = {}\n"
DATABASE = (
    "import signal, sqlite3\nCONNECTION = sqlite3.connect(':memory:')\nsignal.getsignal(signal.SIGTERM)\nv = {}\n"
)


class Project:
    """A module that notes the thread that it runs in, of a loader that watches its file."""

    def __init__(self, folder):
        self.file = folder / "app/user.py"
        self.file.parent.mkdir()
        self.file.write_text(BODY.format(1))
        self.loader = AutoLoader(folder / "app", "app").enable_reloading(watch=True).setup()
        self.seen = threading.Event()
        __import__("app.user")

    @property
    def module(self):
        # An import waits for a reload in another thread.
        return importlib.import_module("app.user")

    def edit(self, value):
        """Writes the file, and waits until the watcher has seen that."""
        paths = self.loader._session.automation._watch._paths
        before = len(paths)
        self.write_until(value, lambda: len(paths) > before or self.module.v == value)

    def write(self, value):
        """Writes the file at once: one that is still empty would be a module, too."""
        new = self.file.with_suffix(".new")
        new.write_text(BODY.format(value))
        new.replace(self.file)

    def write_until(self, value, is_seen):
        self.write(value)
        self.wait_for(is_seen)

    @staticmethod
    def wait_for(condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    yield project
    project.loader.teardown()


def test_no_body_runs_before_the_program_asks_for_it_and_then_in_the_thread_that_asks(project):
    project.edit(22)
    time.sleep(0.3)
    assert project.module.v == 1
    assert list(project.loader.flush().reloaded) == ["app.user"]
    assert (project.module.v, project.module.THREAD) == (22, threading.main_thread())
    project.edit(333)
    asking = threading.Thread(target=project.loader.flush)
    asking.start()
    asking.join(PATIENCE)
    assert (project.module.v, project.module.THREAD) == (333, asking)


def test_what_is_bound_to_a_thread_works_after_an_edit(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/db.py").write_text(DATABASE.format(1))
    with AutoLoader(tmp_path / "app", "app").enable_reloading(watch=True) as loader:
        import app.db

        (tmp_path / "app/db.py").write_text(DATABASE.format(22))
        Project.wait_for(lambda: loader.flush() or sys.modules["app.db"].v == 22)
        sys.modules["app.db"].CONNECTION.execute("select 1")
        assert app.db is sys.modules["app.db"]


def test_the_thread_that_watches_runs_them_where_that_is_asked_for(project):
    project.loader.enable_reloading(flush="thread")
    project.write_until(22, lambda: project.module.v == 22)
    assert project.module.THREAD.name == "pyautoload_wasm watch"


# On an event loop


def test_on_a_server_s_loop_they_run_between_its_turns(project):
    async def serve():
        project.loader.reload_in(asyncio.get_running_loop())
        versions = []
        project.write(22)
        project.loader.on_reload(lambda report: done.set())
        done = asyncio.Event()
        before = project.module
        # A turn that blocks sees one version from its beginning to its end.
        for _ in range(20):
            versions.append(project.module.v)
            time.sleep(0.02)
        assert versions == [1] * 20
        await asyncio.wait_for(done.wait(), PATIENCE)
        assert (project.module.v, project.module.THREAD) == (22, threading.main_thread())
        assert before.v == 1

    asyncio.run(serve())


def test_without_an_argument_it_is_the_loop_that_runs(project):
    async def serve():
        project.loader.reload_in()
        project.write(22)
        while project.module.v != 22:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(serve(), PATIENCE))
    with pytest.raises(ConfigurationError) as refusal:
        project.loader.reload_in()
    assert str(refusal.value) == (
        "reload_in() without an argument needs an event loop that is running: call it in a coroutine, or pass the loop"
    )


def test_an_edit_just_before_the_watching_begins_anew_is_seen(project):
    for value, calls in enumerate(
        [lambda: project.loader.reload_in(print), lambda: project.loader.reload_in(len)] * 3, 22
    ):
        project.write(value)
        calls()
        assert list(project.loader.flush().reloaded) == ["app.user"]
        assert project.module.v == value


def test_a_loop_that_runs_in_another_thread(project):
    loop = asyncio.new_event_loop()
    server = threading.Thread(target=loop.run_forever)
    server.start()
    try:
        project.loader.reload_in(loop)
        project.write_until(22, lambda: project.module.v == 22)
        assert project.module.THREAD is server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        server.join(PATIENCE)
        loop.close()


def test_other_schedulers_are_functions_that_take_a_function(project):
    """As trio's `token.run_sync_soon`, or Qt's signals."""
    calls = []
    project.loader.reload_in(calls.append)
    project.write_until(22, lambda: calls)
    assert project.module.v == 1
    project.wait_for(lambda: [call() for call in calls] and project.module.v == 22)
    assert project.module.THREAD is threading.main_thread()


def test_what_is_notified_is_applied_on_the_loop_too(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/user.py").write_text(BODY.format(1))
    with AutoLoader(tmp_path / "app", "app").enable_reloading(watch=False) as loader:
        __import__("app.user")

        async def serve():
            loader.reload_in()
            (tmp_path / "app/user.py").write_text(BODY.format(22))
            loader.notify(tmp_path / "app/user.py")
            assert sys.modules["app.user"].v == 1
            while sys.modules["app.user"].v != 22:
                await asyncio.sleep(0.01)

        asyncio.run(asyncio.wait_for(serve(), PATIENCE))


def test_a_hold_keeps_them_off_until_its_end(project):
    async def serve():
        project.loader.reload_in()
        with project.loader.hold():
            project.edit(22)
            await asyncio.sleep(0.5)
            assert project.module.v == 1
        while project.module.v != 22:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(serve(), PATIENCE))


def test_an_import_in_another_thread_is_waited_for(project):
    (project.file.parent / "slow.py").write_text("import sys\nsys.going.wait(60)\nimport app.user\nv = app.user.v\n")
    sys.going = threading.Event()
    importing = threading.Thread(target=__import__, args=("app.slow",))
    importing.start()

    async def serve():
        project.loader.reload_in()
        project.edit(22)
        await asyncio.sleep(0.3)
        assert project.module.v == 1
        sys.going.set()
        while project.module.v != 22:
            await asyncio.sleep(0.01)

    try:
        asyncio.run(asyncio.wait_for(serve(), PATIENCE))
    finally:
        sys.going.set()
        importing.join(PATIENCE)
        del sys.going
    assert sys.modules["app.slow"].v in (1, 22)


def test_a_loop_that_is_closed_leaves_events_to_the_next_flush(project, caplog):
    async def serve():
        project.loader.reload_in()

    asyncio.run(serve())
    with caplog.at_level(logging.WARNING, "pyautoload_wasm"):
        project.edit(22)
        project.wait_for(lambda: caplog.messages)
        project.edit(333)
    assert caplog.messages == [
        "reload_in() cannot reach the event loop any more (RuntimeError: Event loop is closed): changed files are reloaded by flush() "
        "from now on"
    ]
    assert project.module.v == 1
    assert list(project.loader.flush().reloaded) == ["app.user"]


def test_a_turn_that_a_closed_loop_has_taken_along_is_missed(project, caplog):
    loop = asyncio.new_event_loop()
    project.loader.reload_in(loop)
    project.edit(22)  # asks for a turn of a loop that never runs
    loop.close()
    with caplog.at_level(logging.WARNING, "pyautoload_wasm"):
        project.write_until(333, lambda: caplog.messages)
    assert list(project.loader.flush().reloaded) == ["app.user"]
    assert project.module.v == 333


def test_flushes_that_are_to_be_manual_stay_so(project):
    project.loader.enable_reloading(flush="manual")

    async def serve():
        project.loader.reload_in()
        project.edit(22)
        await asyncio.sleep(0.3)
        assert project.module.v == 1

    asyncio.run(serve())
    assert project.loader.flush()


def test_what_is_no_loop_is_refused(project):
    with pytest.raises(ConfigurationError) as refusal:
        project.loader.reload_in("main")
    assert str(refusal.value) == (
        "reload_in('main'): expected an asyncio event loop, or a function that calls the function that it gets where modules may run"
    )
