"""The log: every decision of a loader, through logging, when somebody asks for it."""

import contextlib
import importlib
import io
import logging
import sys

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError


@pytest.fixture
def lines(autoload):
    """Sets a loader up with a log, and returns it and its lines without the tag."""

    def lines(files, configure=lambda loader: loader, **options):
        written = []
        loader = autoload(files, lambda loader: configure(loader.log(written.append)), **options)
        return loader, written

    return lines


def said(written, loader):
    root = f"{loader.roots[0].path}/"
    return [line.removeprefix("AutoLoader@app: ").replace(root, "") for line in written]


@pytest.mark.smoke
def test_a_scan_says_what_became_of_each_file_and_folder(lines):
    files = dict.fromkeys(
        ["user.py", "m/tag.py", "tmp/x.py", "in/y.py", "data/x.csv", "hotel.py", "hotel/__init__.py", "8.py"], ""
    )
    loader, written = lines(files, lambda loader: loader.ignore("tmp").collapse("in").inflect({"tag": "TAG"}))
    assert said(written, loader)[1:] == [
        "autoload set for app.user (as User), from user.py",
        "autoload set for app.y (as Y), from in/y.py",
        "autoload set for app.hotel (as Hotel), from hotel/__init__.py",
        "autoload set for app.m (as M), a namespace of m",
        "autoload set for app.m.tag (as TAG), from m/tag.py",
        "8.py cannot be imported: '8' is no name in Python; rename it with letters, digits and underscores, or ignore it",
        "hotel.py is never executed: hotel/__init__.py is 'app.hotel' already; rename or remove one of them",
        "data is no namespace: there is no module in it",
        "in is collapsed: it adds no name",
        "tmp is ignored",
    ]
    assert written[0] == f"AutoLoader@app: autoload set for app (as App), a namespace of {loader.roots[0].path}"


@pytest.mark.smoke
def test_loading_failing_and_unloading_are_said(lines):
    loader, written = lines({"user.py": "", "m/tag.py": "", "bad.py": "1 / 0\n"})
    written.clear()
    importlib.import_module("app.m.tag")
    importlib.import_module("app.user")
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("app.bad")
    root = loader.roots[0].path
    assert said(written, loader) == [
        f"app made of {root}",
        "app.m made of m",
        "app.m.tag loaded from m/tag.py",
        "app.user loaded from user.py",
        "app.bad failed, from bad.py: ZeroDivisionError: division by zero",
    ]
    written.clear()
    loader.teardown()
    assert said(written, loader) == ["app.user unloaded", "app.m.tag unloaded", "app.m unloaded", "app unloaded"]


def test_eager_loading_says_when_it_starts_and_ends(lines):
    loader, written = lines({"user.py": "", "m/tag.py": "", "bad.py": "1 / 0\n"})
    root = loader.roots[0].path
    written.clear()
    loader.eager_load(on_error="collect")
    loader.eager_load_dir(f"{root}/m")
    loader.eager_load_namespace("app.m")
    ends = [line for line in said(written, loader) if line.startswith("eager load")]
    assert ends == [
        "eager load of all modules starts",
        "eager load of all modules ends: 4 loaded, 1 failed",
        "eager load of m starts",
        "eager load of m ends: 2 loaded, 0 failed",
        "eager load of app.m starts",
        "eager load of app.m ends: 2 loaded, 0 failed",
    ]


def test_a_file_that_is_found_later_is_said(lines, run, write):
    loader, written = lines({"user.py": ""})
    written.clear()
    run("import app")
    write({"app/order.py": ""})
    run("from app import order")
    assert "autoload set for app.order (as Order), from order.py" in said(written, loader)


def test_it_goes_through_logging(autoload, caplog):
    with caplog.at_level(logging.DEBUG, logger="mine"):
        autoload({"user.py": ""}, lambda loader: loader.log(logging.getLogger("mine")))
    assert {record.levelname for record in caplog.records if record.name == "mine"} == {"DEBUG"}
    assert any("autoload set for app.user (as User)" in record.getMessage() for record in caplog.records)


def test_without_an_argument_it_is_shown(write, monkeypatch):
    logger = logging.getLogger("pyautoload_wasm")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", False)
    level = logger.level
    try:
        with contextlib.redirect_stderr(io.StringIO()) as out:
            AutoLoader(write({"app/user.py": ""}) / "app", "app").log().setup().teardown()
        assert "AutoLoader@app: autoload set for app.user (as User), from" in out.getvalue()
    finally:
        logger.setLevel(level)


@pytest.mark.smoke
def test_it_is_off_unless_somebody_asks(autoload, run, caplog, capsys):
    with caplog.at_level(logging.DEBUG):
        autoload({"user.py": ""}).eager_load()
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def test_it_can_be_switched_after_set_up(autoload, run):
    written = []
    loader = autoload({"user.py": "", "order.py": "", "tag.py": ""})
    run("import app.user")
    loader.log(written.append)
    run("import app.order")
    loader.log(False)
    run("import app.tag")
    assert said(written, loader) == ["app.order loaded from order.py"]


def test_an_ignored_root_is_said(write):
    folder = write({"one/a.py": "", "two/b.py": ""})
    written = []
    with AutoLoader([folder / "one", folder / "two"], "app").ignore(folder / "two").log(written.append):
        assert f"AutoLoader@app: the root {folder}/two is ignored" in written


def test_the_tag_is_the_root_s_name_unless_it_is_set(write):
    folder = write({"app/user.py": "", "other/x.py": ""})
    assert AutoLoader().tag == "no roots"
    assert AutoLoader(folder / "app", "my.app").tag == "my.app"
    loader = AutoLoader(folder / "other")
    assert loader.tag == "other"
    written = []
    loader.tag = "grep_me"
    with loader.log(written.append):
        assert {line.partition(":")[0] for line in written} == {"AutoLoader@grep_me"}


@pytest.mark.parametrize("wrong", [3, "debug", None, object()])
def test_what_is_no_destination_is_refused(autoload, run, wrong):
    loader = autoload({"user.py": ""})
    with pytest.raises(
        ConfigurationError, match=r"^log\(.*\): expected a logging\.Logger or a callable such as print; log\(\) writes"
    ):
        loader.log(wrong)
    with pytest.raises(ConfigurationError, match=r"^tag: expected str or os.PathLike, got 3"):
        loader.tag = 3
    assert "app.user" in sys.modules or run("import app.user")


def test_with_implicit_names_both_work(lines, run):
    loader, written = lines(
        {"user.py": "class User: pass\n", "asks.py": "x = User\n"}, lambda loader: loader.implicit_names()
    )
    run("import app.asks")
    assert said(written, loader)[-2:] == ["app.user loaded from user.py", "app.asks loaded from asks.py"]
