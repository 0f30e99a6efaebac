"""``python -m pyautoload_wasm check``: lines to click on, formats for other programs, and the exit status that CI looks at."""

import json
import os

import pytest
from pyautoload_wasm import AutoLoader
from pyautoload_wasm.__main__ import main

FILES = {
    "app/a.py": "from .b import B\nfrom . import c\nimport app.second_\nA = 1\n",
    "app/b.py": "from .a import A\nB = 1\n",
    "app/c.py": "from import x\nC = 1\n",
    "app/second.py": "Second = 1\n",
    "app/my-file.py": "",
}


@pytest.fixture
def base(write, monkeypatch):
    folder = write(FILES)
    monkeypatch.chdir(folder)
    return folder / "app"


def check(base, *options):
    return main(["check", str(base), "--top-level", "app", *options])


def test_each_problem_is_a_line_to_click_on(base, capsys):
    assert check(base) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"app/a.py:1: information: app.a imports itself through app.a ({base}/a.py:1) → app.b ({base}/b.py:1) → app.a: Python allows "
        "it, but a name may not be there yet when it is taken; import in the function that needs it, or move what both need to a "
        "module of its own [cycle]",
        "app/a.py:3: there is no module 'app.second_'; did you mean 'app.second'? [missing_import]",
        lines[2],
        "app/my-file.py:1: cannot be imported: 'my-file' is no name in Python; rename it with letters, digits and underscores, or "
        "ignore it [not_an_identifier]",
        "5 modules, 3 problems",
    ]
    assert lines[2].startswith("app/c.py:1: ")
    assert lines[2].endswith("[syntax]")


def test_a_path_outside_of_the_working_directory_is_absolute(base, capsys, monkeypatch):
    os.mkdir(base.parent / "elsewhere")
    monkeypatch.chdir(base.parent / "elsewhere")
    check(base, "--select", "missing_import")
    assert capsys.readouterr().out.startswith(f"{base}/a.py:3: there is no module")


def test_kinds_are_selected_and_ignored(base, capsys):
    assert check(base, "--select", "cycle") == 0
    assert "[cycle]\n5 modules, 0 problems" in capsys.readouterr().out
    assert check(base, "--select", "syntax,cycle", "--select", "missing_import", "--ignore-kind", "cycle") == 1
    assert capsys.readouterr().out.count("[") == 2
    assert check(base, "--ignore-kind", "syntax,missing_import", "--ignore-kind", "not_an_identifier") == 0


def test_an_unknown_kind_is_refused_with_those_that_there_are(base, capsys):
    with pytest.raises(SystemExit) as caught:
        check(base, "--select", "sintax")
    assert caught.value.code == 2
    assert "'sintax' is no kind of problem: choose from shadowed, " in capsys.readouterr().err


def test_json_is_what_check_returns(base, capsys):
    assert check(base, "--format", "json") == 1
    printed = json.loads(capsys.readouterr().out)
    with AutoLoader(base, "app") as loader:
        assert printed == [problem._asdict() for problem in loader.check()]
    assert check(base, "--format", "json", "--select", "shadowed") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_github_gets_annotations(base, capsys, write):
    write({"app/50%.py": ""})
    assert check(base, "--format", "github", "--ignore-kind", "syntax") == 1
    advice = "is no name in Python; rename it with letters, digits and underscores, or ignore it"
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        "::notice file=app/a.py,line=1,title=pyautoload_wasm%3A cycle::" + lines[1].rpartition("::")[2],
        "::error file=app/a.py,line=3,title=pyautoload_wasm%3A missing_import::there is no module 'app.second_'; did you mean "
        "'app.second'?",
        f"::error file=app/my-file.py,line=1,title=pyautoload_wasm%3A not_an_identifier::cannot be imported: 'my-file' {advice}",
    ]
    assert lines[0] == (
        f"::error file=app/50%25.py,line=1,title=pyautoload_wasm%3A not_an_identifier::cannot be imported: '50%25' {advice}"
    )
