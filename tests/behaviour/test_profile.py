"""A profile says where the time of imports went; when none is under way, Python's import system is untouched."""

import importlib
import json
import sys
import zipfile
import zipimport

import pytest
from pyautoload_wasm import ConfigurationError
from pyautoload_wasm.__main__ import main

#: A body that takes five milliseconds.
SLOW = "import time\nend = time.perf_counter() + 0.005\nwhile time.perf_counter() < end: pass\n"
FILES = {"main.py": "import app.models.user\n" + SLOW, "models/user.py": SLOW + "import app.base\n", "base.py": SLOW}


def machinery():
    external = importlib._bootstrap_external
    return [
        importlib._bootstrap._ModuleLockManager,
        importlib._bootstrap.module_from_spec,
        external._compile_bytecode,
        external.SourceLoader.source_to_code,
        external.FileLoader.get_data,
        zipimport._get_data,
        zipimport._compile_source,
        zipimport._unmarshal_code,
    ]


def profiled(loader, *names):
    with loader.profile() as profile:
        for name in names:
            __import__(name)
    return {module.name: module for module in profile.modules}, profile


#: What a module of these sleeps, 5 ms, as a browser's clock may see it: by steps of a tenth.
SLEEP = 0.0048


@pytest.mark.smoke
def test_each_module_has_its_own_and_its_cumulative_time(autoload, tmp_path):
    modules, _ = profiled(autoload(FILES), "app.main")
    assert list(modules) == ["app", "app.models", "app.base", "app.models.user", "app.main"]
    for name, imports in [("app.base", 0), ("app.models.user", 1), ("app.main", 2)]:
        module = modules[name]
        assert module.execute >= SLEEP
        assert module.own == pytest.approx(
            module.find + module.read + module.compile + module.unmarshal + module.execute
        )
        assert module.total >= module.own + imports * SLEEP
        assert module.path == f"{tmp_path}/app/{name[4:].replace('.', '/')}.py"
        assert module.loaded
    # All of it was imported for `app.main`.
    assert modules["app.main"].total == pytest.approx(sum(module.own for module in modules.values()))


def test_the_parts_are_those_that_an_import_has(autoload, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = autoload({"a.py": "X = [\n" + "    (1, 2),\n" * 2000 + "]\n"})
    first, _ = profiled(loader, "app.a")
    assert min(first["app.a"].find, first["app.a"].read, first["app.a"].compile) > 0
    assert first["app.a"].compile > first["app.a"].read
    assert first["app.a"].unmarshal == 0


def test_the_chain_that_caused_an_import_is_known(autoload):
    _, profile = profiled(autoload(FILES), "app.main")
    assert profile.chain("app.base") == ["app.main", "app.models.user", "app.base"]
    assert profile.chain("app.nothing") == []


def test_other_people_s_modules_are_measured_as_well(autoload, write, monkeypatch):
    monkeypatch.syspath_prepend(str(write({"lib/helper_of_profile.py": SLOW}) / "lib"))
    modules, _ = profiled(autoload({"a.py": "import helper_of_profile\n"}), "app.a")
    assert modules["helper_of_profile"].imported_by == "app.a"
    assert modules["helper_of_profile"].execute >= 0.005
    assert modules["helper_of_profile"].read > 0


def test_modules_in_archives_have_the_same_parts(autoload, tmp_path, monkeypatch):
    source = "".join(f"def function_{number}(value):\n    return value + {number}\n" for number in range(2000))
    code = importlib._bootstrap_external._code_to_timestamp_pyc(compile(source, "kept", "exec"))
    with zipfile.ZipFile(tmp_path / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("compiled_of_profile.py", source)
        archive.writestr("kept_of_profile.pyc", bytes(code))
    monkeypatch.syspath_prepend(str(tmp_path / "archive.zip"))
    modules, _ = profiled(autoload({"a.py": "import compiled_of_profile, kept_of_profile\n"}), "app.a")
    compiled, kept = modules["compiled_of_profile"], modules["kept_of_profile"]
    assert compiled.read > 0 and compiled.compile > 0 and compiled.unmarshal == 0
    assert kept.read > 0 and kept.compile == 0 and kept.unmarshal > 0


def test_what_fails_or_is_not_there_is_in_it(autoload):
    loader = autoload({"a.py": "try:\n    import absent_x\nexcept ImportError:\n    pass\n", "bad.py": "1 / 0\n"})
    with loader.profile() as profile:
        __import__("app.a")
        with pytest.raises(ZeroDivisionError) as caught:
            __import__("app.bad")
    modules = {module.name: module for module in profile.modules}
    assert (modules["absent_x"].loaded, modules["absent_x"].imported_by) == (False, "app.a")
    assert (modules["app.bad"].loaded, modules["app.a"].loaded) == (False, True)
    assert [entry.path.name for entry in caught.traceback] == ["test_profile.py", "bad.py"]


def test_a_syntax_error_has_no_line_of_ours(autoload):
    loader = autoload({"a.py": "def\n"})
    with loader.profile(), pytest.raises(SyntaxError) as caught:
        __import__("app.a")
    assert [entry.path.name for entry in caught.traceback] == ["test_profile.py"]


def test_an_import_cycle_is_measured_once(autoload):
    modules, _ = profiled(autoload({"a.py": "import app.b\n", "b.py": "import app.a\n"}), "app.a")
    assert sorted(modules) == ["app", "app.a", "app.b"]


def test_observed_imports_are_observed_while_a_profile_is_under_way(project):
    app = project({"a.py": "import importlib\nimportlib.import_module('app.' + 'b')\n", "b.py": ""})
    with app.loader.profile():
        __import__("app.a")
    assert app.loader.dependencies("app.a") == ["app", "app.b"]


def test_before_and_after_it_the_import_system_is_untouched(autoload):
    before = machinery()
    loader = autoload(FILES)
    with loader.profile() as profile:
        assert all(now is not then for now, then in zip(machinery(), before, strict=True))
        with pytest.raises(ConfigurationError) as caught:
            loader.profile()
    assert str(caught.value) == "profile(): another profile is under way; call its stop() first"
    assert machinery() == before
    assert profile.stop() is profile
    assert machinery() == before
    __import__("app.main")
    assert profile.modules == ()


def test_the_table_begins_with_the_slowest(autoload):
    _, profile = profiled(autoload(FILES | {"fast.py": ""}), "app.main", "app.fast")
    lines = str(profile).splitlines()
    assert " ".join(lines[0].split()) == "own ms total ms find read compile unmarshal execute module, imported by"
    own = [float(line.split()[0]) for line in lines[1:]]
    assert own == sorted(own, reverse=True)
    assert "app.base, app.models.user" in str(profile)
    assert len(lines) == 7
    assert profile.table(2).splitlines()[-1].endswith("  in 4 more")


def test_speedscope_gets_events_that_are_balanced_and_in_order(autoload):
    _, profile = profiled(autoload(FILES), "app.main")
    file = json.loads(json.dumps(profile.speedscope()))
    [thread] = file["profiles"]
    names = [frame["name"] for frame in file["shared"]["frames"]]
    open_frames, nested = [], set()
    for event in thread["events"]:
        if event["type"] == "O":
            open_frames.append(event["frame"])
            nested.add(tuple(names[frame] for frame in open_frames))
        else:
            assert open_frames.pop() == event["frame"]
    assert open_frames == []
    assert ("app.main", "app.models.user", "app.base") in nested
    assert ("app.main", "find") in nested
    times = [event["at"] for event in thread["events"]]
    assert times == sorted(times)
    assert (thread["startValue"], thread["endValue"]) == (times[0], times[-1])


def test_plain_data_are_the_modules(autoload):
    _, profile = profiled(autoload(FILES), "app.base")
    assert [module["name"] for module in json.loads(json.dumps(profile.plain()))] == ["app", "app.base"]


def test_a_reload_adds_to_a_module_s_time(project):
    app = project(FILES, "app.base")
    with app.loader.profile() as profile:
        app.write("base.py", SLOW + "NEW = 1\n").flush()
        app.write("base.py", SLOW + "NEW = 2\n").flush()
    [module] = [module for module in profile.modules if module.name == "app.base"]
    assert module.execute >= 0.01


# The command line


def run(write, *options, files=FILES):
    folder = write({f"app/{name}": source for name, source in files.items()})
    return main(["profile", f"{folder}/app", "--top-level", "app", *options])


def test_the_command_line_prints_the_table(write, capsys):
    assert run(write, "--limit", "2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == "own"
    assert len(lines) == 4


def test_the_command_line_writes_files_for_programs(write, capsys, tmp_path):
    assert run(write, "--format", "json") == 0
    assert {"app.main", "app.base"} <= {module["name"] for module in json.loads(capsys.readouterr().out)}
    assert run(write, "--format", "speedscope", "--output", f"{tmp_path}/app.speedscope.json") == 0
    assert capsys.readouterr().out == ""
    assert json.loads((tmp_path / "app.speedscope.json").read_text())["profiles"][0]["unit"] == "seconds"


def test_a_module_that_fails_is_named_and_the_others_are_measured(write, capsys):
    assert run(write, files={"a.py": "", "bad.py": "1 / 0\n"}) == 1
    shown = capsys.readouterr()
    assert "app.bad (not loaded)" in shown.out
    assert shown.err == "pyautoload_wasm: app.bad failed (ZeroDivisionError: division by zero)\n"
