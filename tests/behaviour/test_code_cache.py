"""Code that is kept between runs of Python: in a folder, or in a buffer that the page reads and writes."""

import builtins
import importlib
import inspect
import os
import site
import sys
import traceback

import pytest
from pyautoload_wasm import AutoLoader, ConfigurationError
from pyautoload_wasm._imports import code_cache, installed
from pyautoload_wasm._imports.code_cache import CodeBuffer, CodeFolder, digest_of

SOURCE = "def fail():\n    raise ValueError('here')\n\n\nNAME = 'Ada'\n"


@pytest.fixture
def compiled(monkeypatch):
    """The files that are compiled from now on."""
    compiled = []

    def compile_it(source, filename, *arguments, **options):
        compiled.append(os.path.basename(str(filename)))
        return original(source, filename, *arguments, **options)

    original = builtins.compile
    monkeypatch.setattr(builtins, "compile", compile_it)
    return compiled


@pytest.fixture
def visit(write, tmp_path, compiled):
    """Imports modules of a project as a new process would. Returns what was compiled for it."""

    def visit(files, *names, **options):
        base = write({f"app/{name}": source for name, source in files.items()}) / "app"
        loader = AutoLoader(base, "app", **{"code_cache": tmp_path / "cache", **options}).setup()
        compiled.clear()
        try:
            modules = [importlib.import_module(f"app.{name}") for name in names]
        finally:
            loader.teardown()
        return modules, list(compiled)

    return visit


@pytest.fixture
def page(tmp_path):
    """Shares the records of a buffer, as the npm package does. Returns what is to be written at the end of the visit."""
    noted = []

    def page(data=b"", *, packages=False):
        installed.share(data, lambda: noted.append(True), packages=packages)
        noted.clear()

        def leave():
            return b"".join(iter(lambda: installed.pack(0), b""))

        leave.noted = noted
        return leave

    yield page
    installed.unshare()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Writes an installed package. Returns its folder."""
    folder = tmp_path / "site"
    monkeypatch.setattr(site, "getsitepackages", lambda: [str(folder)])
    monkeypatch.syspath_prepend(str(folder))

    def package(files):
        for name, source in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        importlib.invalidate_caches()
        return folder

    return package


def forget(top):
    for name in [name for name in sys.modules if name.partition(".")[0] == top]:
        del sys.modules[name]


@pytest.mark.smoke
def test_a_second_visit_compiles_nothing(visit):
    files = {"a.py": "import app.b\n", "b.py": SOURCE}
    _, compiled = visit(files, "a")
    assert compiled == ["a.py", "b.py"]
    (_, b), compiled = visit(files, "a", "b")
    assert compiled == []
    assert b.NAME == "Ada"


def test_only_what_has_changed_is_compiled(visit):
    visit({"a.py": "import app.b\n", "b.py": SOURCE}, "a")
    (b,), compiled = visit({"b.py": SOURCE.replace("Ada", "Eve")}, "b")
    assert (b.NAME, compiled) == ("Eve", ["b.py"])
    (b,), compiled = visit({"b.py": SOURCE}, "b")
    assert (b.NAME, compiled) == ("Ada", [])  # the former version is kept, too


def test_tracebacks_and_sources_are_those_of_the_file_at_hand(visit, tmp_path):
    visit({"first.py": SOURCE}, "first")
    (module,), compiled = visit({"second.py": SOURCE}, "second")
    assert compiled == []
    path = f"{tmp_path}/app/second.py"
    assert (module.fail.__code__.co_filename, module.__file__) == (path, path)
    assert inspect.getsource(module.fail) == SOURCE.partition("\n\n\n")[0] + "\n"
    with pytest.raises(ValueError, match="here") as raised:
        module.fail()
    frame = traceback.extract_tb(raised.tb)[-1]
    assert (frame.filename, frame.lineno, frame.line) == (path, 2, "raise ValueError('here')")


def test_a_syntax_error_is_the_same_each_time(visit):
    for _ in range(2):
        with pytest.raises(SyntaxError) as raised:
            visit({"bad.py": "x = (\n"}, "bad")
        frames = [frame.filename for frame in traceback.extract_tb(raised.tb)]
        assert not any("pyautoload_wasm" in name for name in frames if "tests" not in name), frames


def test_a_folder_that_cannot_be_made_is_no_error(visit, tmp_path):
    (tmp_path / "file").write_text("")
    (module,), compiled = visit({"a.py": SOURCE}, "a", code_cache=tmp_path / "file" / "cache")
    assert (module.NAME, compiled) == ("Ada", ["a.py"])


def test_what_is_no_folder_is_refused():
    with pytest.raises(ConfigurationError, match=r"^code_cache: expected str or os\.PathLike, got 1$"):
        AutoLoader(code_cache=1)


def record(tmp_path):
    (file,) = (tmp_path / "cache").iterdir()
    return file, file.read_bytes()


@pytest.mark.parametrize("at", range(0, 48, 3))
def test_an_altered_file_is_a_miss(visit, tmp_path, at):
    visit({"a.py": SOURCE}, "a")
    file, data = record(tmp_path)
    file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    (module,), compiled = visit({"a.py": SOURCE}, "a")
    # The time of the last use alone may be any.
    assert (module.NAME, compiled) == ("Ada", [] if 8 <= at < 12 else ["a.py"])


@pytest.mark.parametrize("size", [0, 1, 31, 32, 60])
def test_a_truncated_file_is_a_miss(visit, tmp_path, size):
    visit({"a.py": SOURCE}, "a")
    file, data = record(tmp_path)
    file.write_bytes(data[:size])
    (module,), compiled = visit({"a.py": SOURCE}, "a")
    assert (module.NAME, compiled) == ("Ada", ["a.py"])


def test_a_file_of_another_source_is_a_miss(visit, tmp_path):
    visit({"a.py": "NAME = 'Eve'\n"}, "a")
    file, data = record(tmp_path)
    file.unlink()
    visit({"a.py": SOURCE}, "a")
    record(tmp_path)[0].write_bytes(data)
    (module,), compiled = visit({"a.py": SOURCE}, "a")
    assert (module.NAME, compiled) == ("Ada", ["a.py"])


def test_code_of_another_python_is_a_miss(visit, monkeypatch):
    visit({"a.py": SOURCE}, "a")
    monkeypatch.setattr(code_cache, "_PYTHON", b"another1")
    _, compiled = visit({"a.py": SOURCE}, "a")
    assert compiled == ["a.py"]
    _, compiled = visit({"a.py": SOURCE}, "a")
    assert compiled == []
    monkeypatch.undo()


def test_flags_that_change_the_code_make_another_python(monkeypatch):
    this = code_cache._this_python()
    assert code_cache._this_python() == this
    flags = type("Flags", (), {"optimize": sys.flags.optimize + 1})
    monkeypatch.setattr(sys, "flags", flags)
    assert code_cache._this_python() != this


def test_a_folder_stays_in_its_bound(tmp_path):
    cache = CodeFolder(str(tmp_path), 10_000)
    for number in range(100):
        source = f"x = {number}\n" * 20
        cache.add(digest_of(source.encode()), compile(source, "a.py", "exec"))
        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 10_000
    found = [cache.find(digest_of((f"x = {number}\n" * 20).encode()), "b.py") for number in range(100)]
    assert found[-1] is not None
    assert found[0] is None


def test_several_loaders_write_one_folder(tmp_path):
    one, other = CodeFolder(str(tmp_path)), CodeFolder(str(tmp_path))
    code = compile(SOURCE, "a.py", "exec")
    one.add(1, code)
    other.add(1, code)
    other.add(2, code)
    assert [one.find(digest, "a.py") == code for digest in (1, 2)] == [True, True]
    assert len(list(tmp_path.iterdir())) == 2


def test_code_that_is_observed_and_traced_is_kept_as_it_was(page, autoload, tmp_path):
    source = "def double(x):\n    return 2 * x\n\n\nEIGHT = double(4)\n"
    (tmp_path / "app").mkdir()
    lines = []

    def trace(frame, event, _):
        if frame.f_code.co_filename.endswith("a.py"):
            lines.append((event, frame.f_lineno))
            return trace
        return None

    data, seen = b"", []
    for _ in range(2):
        leave = page(data)
        loader = autoload({"a.py": source}, lambda loader: loader.enable_reloading())
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            module = importlib.import_module("app.a")
        finally:
            sys.settrace(before)
        assert (module.EIGHT, module.double(3)) == (8, 6)
        seen.append((installed.counts(), lines.copy()))
        lines.clear()
        data += leave()  # after the code was instrumented
        loader.teardown()
    (first, lines_first), (second, lines_second) = seen
    assert (first, second) == ((0, 1), (1, 0))
    assert lines_first == lines_second
    assert ("line", 2) in lines_first


# The page's buffer


def test_the_page_serves_loaders_that_have_no_folder(visit, page):
    leave = page()
    visit({"a.py": SOURCE}, "a", code_cache=None)
    assert leave.noted == [True]
    data = leave()
    leave = page(data)
    (module,), compiled = visit({"a.py": SOURCE}, "a", code_cache=None)
    assert (module.NAME, compiled, leave.noted, leave()) == ("Ada", [], [], b"")


def test_an_installed_package_comes_from_the_cache(package, page, compiled):
    folder = package({"lib/__init__.py": "from lib.a import NAME\n", "lib/a.py": SOURCE, "single.py": "X = 1\n"})
    stock = importlib.import_module("lib.a")
    kind = type(stock.__loader__)
    forget("lib")
    leave = page(packages=True)
    compiled.clear()
    lib = importlib.import_module("lib")
    importlib.import_module("single")
    assert compiled == ["__init__.py", "a.py", "single.py"]
    assert isinstance(lib.a.__loader__, kind)
    data = leave()
    forget("lib")
    forget("single")
    page(data, packages=True)
    compiled.clear()
    lib = importlib.import_module("lib")
    assert (compiled, lib.NAME) == ([], "Ada")
    for name in ("__file__", "__cached__", "__package__"):
        assert getattr(lib.a, name, None) == getattr(stock, name, None)
    assert lib.a.fail.__code__.co_filename == f"{folder}/lib/a.py"
    assert inspect.getsource(lib.a.fail).startswith("def fail")
    (folder / "lib/a.py").write_text(SOURCE.replace("Ada", "Eve"))
    forget("lib")
    assert importlib.import_module("lib").NAME == "Eve"


def test_packages_are_left_alone_unless_they_are_asked_for(package, page):
    package({"lib/__init__.py": SOURCE})
    leave = page()
    importlib.import_module("lib")
    assert leave() == b""


def test_other_path_hooks_come_first_and_nothing_is_left(package, page):
    package({"lib/__init__.py": SOURCE})

    def hook(path):
        asked.append(path)
        raise ImportError

    asked = []
    before = list(sys.path_hooks)
    sys.path_hooks.insert(0, hook)
    sys.path_hooks.append(hook)  # which is never asked
    try:
        page(packages=True)
        sys.path_importer_cache.clear()
        importlib.import_module("lib")
        assert any(path.endswith("site") for path in asked)
        assert type(sys.modules["lib"].__loader__) is installed.InstalledLoader
        installed.unshare()
    finally:
        sys.path_hooks.remove(hook)
        sys.path_hooks.remove(hook)
    assert sys.path_hooks == before
    assert not any(type(finder) is installed.InstalledFinder for finder in sys.path_importer_cache.values())


def test_errors_of_installed_packages_have_no_frames_of_ours(package, page):
    package({"lib/__init__.py": "import lib.bad\n", "lib/bad.py": "x = (\n", "lib/gone.py": "import nothing_here\n"})
    page(packages=True)
    for name, error in [("lib.bad", SyntaxError), ("lib.gone", SyntaxError)]:
        with pytest.raises(error) as raised:
            importlib.import_module(name)
        names = [frame.filename for frame in traceback.extract_tb(raised.tb)]
        assert not any("_imports" in name for name in names), names


def test_a_damaged_buffer_costs_what_is_damaged(page, visit):
    leave = page()
    files = {f"{name}.py": f"{name.upper()} = {place}\n" * 9 for place, name in enumerate("abcdef")}
    visit(files, *"abcdef", code_cache=None)
    data = leave()
    for damaged in (
        data[: len(data) // 2],
        b"x" * 100,
        data[:12] + b"\xff" * 4 + data[16:],
        data[5:],
        b"\0" * len(data),
    ):
        page(damaged)
        modules, compiled = visit(files, *"abcdef", code_cache=None)
        assert [vars(module)[name.upper()] for name, module in zip("abcdef", modules, strict=True)] == list(range(6))
        assert compiled


def test_use_is_noted_once_an_hour(page, visit, monkeypatch):
    leave = page()
    visit({"a.py": SOURCE}, "a", code_cache=None)
    data = leave()
    now = code_cache.time.time()
    monkeypatch.setattr(code_cache.time, "time", lambda: now + 4000)
    leave = page(data)
    visit({"a.py": SOURCE}, "a", code_cache=None)
    assert leave.noted == [True]
    mark = leave()
    assert len(mark) == 32
    # Who writes takes the time from it. If it is there all the same, it stands for no code.
    for records in (mark, data + mark, mark + data):
        found = CodeBuffer(records, lambda: None).find(digest_of(SOURCE.encode()), "a.py")
        assert (found is None) == (records == mark)
