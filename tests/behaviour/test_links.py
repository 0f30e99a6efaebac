"""A file that can be reached through symbolic links has several paths, and an event may name any of them."""

import os
import shutil
import sys

import pytest

UNIT = "VALUE = {}\n"


def values(*names):
    return [sys.modules[name].VALUE for name in names]


@pytest.fixture
def linked(project, tmp_path):
    """A folder and a link to it, each with the module `unit`, and who imports either."""

    def linked(target, files, *names):
        (tmp_path / "app").mkdir()
        (tmp_path / "app/link").symlink_to(tmp_path / target)
        return project(files, *names)

    return linked


BOTH = {"real/unit.py": UNIT.format(1), "user.py": "from .link.unit import VALUE\n"}


@pytest.mark.parametrize("told", ["real/unit.py", "link/unit.py"])
def test_an_event_of_a_file_is_one_of_the_same_file_behind_a_link(linked, told):
    app = linked("app/real", BOTH, "app.user", "app.real.unit")
    app.put("real/unit.py", UNIT.format(22))
    report = app.loader.notify(app.path(told)).flush()
    assert set(report.reloaded) == {"app.real.unit", "app.link.unit", "app.user"}
    assert values("app.real.unit", "app.link.unit", "app.user") == [22, 22, 22]


def test_a_file_that_comes_or_goes_does_so_behind_a_link_as_well(linked):
    app = linked("app/real", BOTH, "app.user", "app.real.unit")
    assert set(app.delete("real/unit.py").flush().removed) == {"app.real", "app.real.unit", "app.link", "app.link.unit"}
    app.write("real/unit.py", UNIT.format(3)).write("real/new.py", UNIT.format(4)).flush()
    assert values("app.user") == [3]
    __import__("app.link.new")
    assert values("app.link.new") == [4]


@pytest.mark.parametrize("told", ["real", "real/unit.py", "link"])
def test_an_event_of_a_folder_is_one_of_the_links_to_it(linked, told):
    app = linked("app/real", BOTH, "app.user", "app.real.unit")
    shutil.move(app.path("real"), app.path("../aside"))
    app.put("real/unit.py", UNIT.format(55))
    app.loader.notify(app.path(told)).flush()
    assert values("app.real.unit", "app.link.unit", "app.user") == [55, 55, 55]


def test_a_link_may_lead_out_of_the_root(linked, write, tmp_path):
    write({"elsewhere/unit.py": UNIT.format(1)})
    app = linked("elsewhere", {"user.py": "from .link.unit import VALUE\n"}, "app.user")
    write({"elsewhere/unit.py": UNIT.format(22)})
    assert list(app.loader.notify(tmp_path / "elsewhere/unit.py").flush().reloaded) == ["app.link.unit", "app.user"]
    assert values("app.user") == [22]
    shutil.rmtree(tmp_path / "elsewhere")
    assert "app.link.unit" in app.loader.notify(tmp_path / "elsewhere").flush().removed


def test_a_link_to_a_file_is_another_name_of_it(project, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/alias.py").symlink_to(tmp_path / "app/unit.py")
    app = project({"unit.py": UNIT.format(1)}, "app.unit", "app.alias")
    app.write("unit.py", UNIT.format(22)).flush()
    assert values("app.unit", "app.alias") == [22, 22]
    app.write("alias.py", UNIT.format(333)).flush()
    assert values("app.unit", "app.alias") == [333, 333]


def test_a_link_that_came_later_or_leads_elsewhere_is_known_from_the_next_flush_on(linked, tmp_path):
    app = linked("app/real", {**BOTH, "other/unit.py": UNIT.format(6)}, "app.user")
    os.unlink(app.path("link"))
    os.symlink(app.path("other"), app.path("link"))
    app.loader.notify(app.path("link")).flush()
    assert values("app.user") == [6]
    app.write("other/unit.py", UNIT.format(77)).flush()
    assert values("app.user") == [77]


def test_links_that_cross_are_all_told(project, tmp_path):
    for here, there in (("a", "b"), ("b", "a")):
        (tmp_path / "app" / here).mkdir(parents=True)
        (tmp_path / f"app/{here}/to_{there}").symlink_to(tmp_path / f"app/{there}")
    names = ("app.a.unit", "app.b.to_a.unit")
    app = project({"a/unit.py": UNIT.format(1), "b/other.py": ""}, *names)
    app.write("a/unit.py", UNIT.format(22)).flush()
    assert values(*names) == [22, 22]


def test_without_a_link_an_event_has_the_path_that_it_names(project):
    app = project({"unit.py": UNIT.format(1)}, "app.unit")
    assert app.write("unit.py", UNIT.format(2)).flush().changed == [app.path("unit.py")]
