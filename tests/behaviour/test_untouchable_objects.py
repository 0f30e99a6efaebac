"""Objects that run code of the program, or raise, whoever asks them for anything: a framework's settings before they are configured, a
proxy outside of its context. The loader asks nobody's objects, but by their types.
"""

import sys

import pytest

#: As Django's settings and Werkzeug's proxies, and worse: it raises for each attribute, its class included.
PROXY = "class Proxy:\n    def __getattribute__(self, name): raise RuntimeError(f'asked for {name}')\n"
FILES = {
    "proxies.py": PROXY,
    "conf/__init__.py": "from app.proxies import Proxy\nsettings = Proxy()\nLIMIT = 1\n",
    "conf/other.py": "OTHER = 1\n",
    "lib.py": "import app.conf.other\nfrom app.conf import LIMIT, settings\n"
    "class View:\n    conf = settings\n    def get(self): return 1\ndef f(): return LIMIT\n",
    "stars.py": "from app.lib import *\n",
}


@pytest.fixture(params=["stay", "follow"])
def app(project, request):
    app = project(FILES)
    app.loader.enable_reloading(watch=False, flush="manual", objects=request.param)
    for name in ("app.stars", "app.conf.other"):
        __import__(name)
    return app


def settled(app):
    report = app.flush()
    assert (report.failed, report.pending, report.errors) == ([], [], [])
    return report


@pytest.mark.smoke
def test_a_module_that_has_one_is_executed_again(app):
    report = settled(app.write("conf/__init__.py", FILES["conf/__init__.py"].replace("LIMIT = 1", "LIMIT = 2")))
    assert {"app.conf", "app.lib", "app.stars"} <= report.reloaded.keys()
    assert sys.modules["app.stars"].LIMIT == 2


def test_a_function_beside_one_comes_changes_and_goes(app):
    lib = sys.modules["app.lib"]
    for old, new in (
        ("return LIMIT", "return -LIMIT"),
        ("def f", "def new(): return 1\ndef f"),
        ("    def get", "    def more(self): return 1\n    def get"),
        ("get(self)", "get(self, x=1)"),
    ):
        settled(app.write("lib.py", FILES["lib.py"].replace(old, new)))
    settled(app.write("lib.py", FILES["lib.py"]))
    assert sys.modules["app.lib"].f() == 1
    assert sys.modules["app.lib"].settings is lib.settings


def test_one_that_was_set_from_outside_stays(app):
    sys.modules["app.conf"].given = settings = sys.modules["app.conf"].settings
    settled(app.write("conf/__init__.py", FILES["conf/__init__.py"] + "MORE = 1\n"))
    assert sys.modules["app.conf"].given is settings


def test_one_in_the_place_of_a_module_and_of_names_that_a_module_lists(app):
    conf = sys.modules["app.conf"]
    conf.other = conf.settings
    conf.__all__ = conf.settings
    settled(app.write("conf/other.py", "OTHER = 2\n"))
    settled(app.write("conf/__init__.py", FILES["conf/__init__.py"] + "def f(): return 1\n"))
    settled(app.write("conf/__init__.py", FILES["conf/__init__.py"] + "def g(): return 1\n"))


def test_one_in_the_place_of_a_class(app):
    lib = sys.modules["app.lib"]
    lib.View = lib.settings
    settled(app.write("lib.py", FILES["lib.py"].replace("get(self)", "get(self, x=1)")))


def test_names_of_a_notebook_follow_beside_one(app):
    namespace = {"settings": sys.modules["app.conf"].settings, "LIMIT": 1}
    app.loader.track(namespace, source="from app.conf import LIMIT, settings\n")
    settled(app.write("conf/__init__.py", FILES["conf/__init__.py"].replace("LIMIT = 1", "LIMIT = 2")))
    assert namespace["LIMIT"] == 2
    assert namespace["settings"] is sys.modules["app.conf"].settings


def test_files_go_and_the_loader_with_them(app):
    settled(app.delete("conf/other.py").write("lib.py", FILES["lib.py"].replace("import app.conf.other\n", "")))
    app.loader.teardown()
    assert "app.lib" not in sys.modules


def test_a_file_without_its_attribute_is_told_beside_one(autoload, failing):
    autoload(
        {"proxies.py": PROXY + "Proxies = Proxy\n", "conf.py": FILES["conf/__init__.py"] + "class Other: pass\n"},
        strict=True,
    )
    assert "It defines Other" in str(failing("import app.conf"))
