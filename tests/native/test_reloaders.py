"""The tables of docs/reloading.md: what other tools that reload modules make of an edit, and what we do."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from probes import PROBES
from reloaders import TOOLS

TOP = Path(__file__).resolve().parents[2]
PACKAGES = TOP / ".cache/reloaders/packages"
DOCUMENT = (TOP / "docs/reloading.md").read_text(encoding="utf-8")
OURS = "pyautoload_wasm"
#: The references: what the edits have to give, and what there is without any tool.
FRESH, UNTOUCHED = "a fresh import", "no tool"

#: hmr needs Python 3.12.
PEERS = [
    tool for tool in TOOLS if tool not in (OURS, FRESH, UNTOUCHED) and (tool != "hmr" or sys.version_info >= (3, 12))
]


@pytest.fixture(scope="module")
def seen_by(tmp_path_factory):
    """What all probes show where a tool reloads; each tool in a process of its own, once."""

    @cache
    def seen_by(tool):
        path = os.pathsep.join(str(package) for package in PACKAGES.iterdir())
        program = [
            sys.executable,
            str(Path(__file__).with_name("reloaders.py")),
            tool,
            str(tmp_path_factory.mktemp("tool")),
        ]
        env = os.environ | {"PYTHONPATH": path}
        ran = subprocess.run(program, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return seen_by


def table():
    """The rows of the two tables of tools: what is said of each tool, by edit."""
    rows = {}
    for title, body in re.findall(r"^\| edit \|(.* hmr) \|\n\| ---.*\n((?:\|.*\n)+)", DOCUMENT, re.MULTILINE):
        tools = [name.strip().strip("`") for name in title.split("|")]
        for line in body.splitlines():
            edit, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows[edit] = dict(zip(tools, cells, strict=True))
    return rows


def verdict(probe, shown, untouched):
    """What a probe shows, in a word or two."""
    if shown == probe.right:
        return probe.good
    if shown == untouched and not probe.is_state:
        return "old"
    return f"{shown}" if shown.isidentifier() and shown.endswith("Error") else probe.bad.get(shown, probe.bad[""])


def test_the_tables_have_all_probes():
    assert list(table()) == [probe.row for probe in PROBES]


def test_a_fresh_import_is_right_and_no_tool_is_not(seen_by):
    assert seen_by(FRESH) == [probe.right for probe in PROBES]
    untouched = zip(PROBES, seen_by(UNTOUCHED), strict=True)
    # What is right where nothing happens is wrong where half of it does.
    assert [probe.row for probe, shown in untouched if shown == probe.right] == [
        probe.row for probe in PROBES if probe.is_broken or probe.right == "True"
    ]


@pytest.mark.parametrize("tool", PEERS)
def test_what_the_document_says_of_another_tool_is_so(seen_by, tool):
    rows = table()
    found = {
        probe.row: verdict(probe, shown, untouched)
        for probe, shown, untouched in zip(PROBES, seen_by(tool), seen_by(UNTOUCHED), strict=True)
    }
    assert found == {row: cells[tool] for row, cells in rows.items()}


@pytest.mark.parametrize("number", range(len(PROBES)), ids=[probe.row for probe in PROBES])
def test_what_the_document_says_of_us_is_so(seen_by, number):
    """Where nothing can be observed, a file is executed again, and what that loses is lost."""
    probe = PROBES[number]
    found = verdict(probe, seen_by(OURS)[number], seen_by(UNTOUCHED)[number])
    is_lost = probe.is_patch and sys.version_info < (3, 12)
    assert found == (probe.bad[""] if is_lost else table()[probe.row][OURS])
