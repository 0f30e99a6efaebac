"""docs/reloading.md: what it says of an edit is what is done, and the report has the fields that it names."""

import re
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from pyautoload_wasm import AutoLoader, ReloadReport

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/reloading.md").read_text(encoding="utf-8")
SHOP = """
from pyautoload_wasm import reload_with
reload_with("settings.json")
LIMIT = 1
def ran():
    return 1
RESULT = ran()
def shown(size=1):
    return 1
TABLE = [shown]
class Model:
    def go(self):
        return 1
MODELS = [Model]
def work():
    return 1
def outer():
    def inner():
        return 1
    return inner
class Base: pass
class User(Base):
    size = 1
    def greet(self):
        return 1
"""
WORK, GREET, INNER = "def work():\n    return 1", "greet(self):\n        return 1", "inner():\n        return 1"
#: Each edit: what is replaced in `SHOP`, and by what.
EDITS = {
    "file saved without a change": ("LIMIT", "LIMIT"),
    "comment or blank line": ("LIMIT = 1", "# The most.\n\nLIMIT = 1"),
    "body of a function": (WORK, WORK.replace("1", "2")),
    "body of a method": (GREET, GREET.replace("1", "2")),
    "body of a function within a function": (INNER, INNER.replace("1", "2")),
    "docstring, parameter or default of a function": ("def work():", "def work(size=1):\n    'Works.'"),
    "the same, where something that ran during an import mentions the function": ("(size=1)", "(size=2)"),
    "the same of a method, where something that ran during an import got the class": ("go(self)", "go(self, size=1)"),
    "function that becomes a generator or a coroutine": (WORK, WORK.replace("return", "yield")),
    "function added": ("def work", "def more():\n    return 1\ndef work"),
    "function removed": (WORK, ""),
    "method added": ("    def greet", "    def leave(self):\n        return 1\n    def greet"),
    "body of a function that ran during an import": ("def ran():\n    return 1", "def ran():\n    return 2"),
    "constant": ("LIMIT = 1", "LIMIT = 2"),
    "class attribute": ("size = 1", "size = 2"),
    "base class": ("(Base)", "(Base, dict)"),
    "decorator": ("class User", "@staticmethod\nclass User"),
    "statement added": ("LIMIT = 1", "LIMIT = 1\nMORE = 2"),
    "import added": ("LIMIT = 1", "LIMIT = 1\nimport json"),
    "data file named by `reload_with`": None,
    "syntax error": ("LIMIT = 1", "LIMIT ="),
    "exception while it is executed": ("LIMIT = 1", "LIMIT = 1 / 0"),
}
#: What is done from Python 3.12 on. Before, Python cannot tell what ran, and the file is executed again.
PATCHES = ("line numbers", "patched")


def rows(heading):
    body = re.search(rf"^\| {heading} \|.*\n\| ---.*\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE).group(1)
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in body.splitlines()]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    with AutoLoader(tmp_path, None).enable_reloading() as loader:
        __import__("shop")
        yield loader, tmp_path


def done(report):
    """What a report says was done, in the document's words."""
    if report.failed:
        return "old code runs on"
    if report.reloaded:
        return "executed again"
    if report.patched:
        return "patched" if any(report.patched.values()) else "line numbers"
    return "nothing"


@pytest.mark.parametrize(("edit", "step"), rows("edit"), ids=[edit for edit, _ in rows("edit")])
def test_an_edit_does_what_the_document_says(shop, edit, step):
    loader, folder = shop
    if EDITS[edit] is None:
        (folder / "settings.json").write_text("{}", encoding="utf-8")
    else:
        old, new = EDITS[edit]
        assert SHOP.count(old) == 1 or old == new
        (folder / "shop.py").write_text(SHOP.replace(old, new), encoding="utf-8")
    if step in PATCHES and sys.version_info < (3, 12):
        step = "executed again"
    assert done(loader.reload()) == step


def test_the_document_has_all_edits():
    assert [edit for edit, _ in rows("edit")] == list(EDITS)


def test_the_document_has_all_fields_of_a_report():
    named = {name for row in rows("field") for name in re.findall(r"`(\w+)`", row[0])}
    assert named == {field.name for field in fields(ReloadReport)}
