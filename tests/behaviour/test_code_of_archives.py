"""Modules in archives, in one of which Pyodide has the standard library, and their code in the cache of the page."""

import importlib
import importlib.util
import inspect
import pkgutil
import py_compile
import sys
import zipfile
import zipimport

import pytest
from pyautoload_wasm._imports import installed

SOURCE = "def fail():\n    raise ValueError('here')\n\n\nNAME = 'Ada'\n"


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Writes an archive that Python imports from. Returns its path."""

    def archive(files):
        path = tmp_path / "library.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, contents in files.items():
                opened.writestr(name, contents)
        monkeypatch.syspath_prepend(str(path))
        importlib.invalidate_caches()
        assert importlib.util.find_spec("library_of_none") is None  # lets Python make its importer
        return str(path)

    yield archive
    for path in [path for path in sys.path_importer_cache if "library.zip" in path]:
        del sys.path_importer_cache[path]
    forget("lib")


def forget(top):
    for name in [name for name in sys.modules if name.partition(".")[0] == top]:
        del sys.modules[name]


@pytest.fixture
def page():
    """Shares the records of a buffer and lets archives have them. Returns what gives what is to be written."""

    def page(data=b""):
        installed.share(data, lambda: None, packages=True)
        return lambda: b"".join(iter(lambda: installed.pack(0), b""))

    yield page
    installed.unshare()


@pytest.fixture
def compiled(monkeypatch):
    """The sources that Python's own importer of archives has compiled."""
    compiled = []
    compile_source = zipimport._compile_source
    monkeypatch.setattr(
        zipimport, "_compile_source", lambda path, *rest: compiled.append(path) or compile_source(path, *rest)
    )
    return compiled


LIBRARY = {
    "lib/__init__.py": "from lib.deep import word\nfrom .a import NAME\n",
    "lib/a.py": SOURCE,
    "lib/deep/__init__.py": "",
    "lib/deep/word.py": "WORD = 1\r\n",
    "lib/data.txt": "data",
}


@pytest.mark.smoke
def test_modules_of_an_archive_are_compiled_once_and_then_come_from_the_cache(archive, page, compiled):
    path = archive(LIBRARY)
    importlib.import_module("lib")
    plain = sorted(compiled)
    forget("lib")
    compiled.clear()
    leave = page()
    importlib.import_module("lib")
    files = ("__init__.py", "a.py", "deep/__init__.py", "deep/word.py")
    assert sorted(compiled) == [f"{path}/lib/{file}" for file in files]
    assert sorted(set(plain)) == sorted(compiled)
    data = leave()
    forget("lib")
    compiled.clear()
    page(data)
    lib = importlib.import_module("lib")
    assert compiled == []
    assert (lib.NAME, lib.deep.word.WORD, lib.__file__) == ("Ada", 1, f"{path}/lib/__init__.py")
    assert lib.a.fail.__code__.co_filename == lib.a.__file__ == f"{path}/lib/a.py"
    assert inspect.getsource(lib.a.fail) in SOURCE
    assert lib.__loader__.get_data(f"{path}/lib/data.txt") == b"data"
    assert [module.name for module in pkgutil.iter_modules(lib.__path__)] == ["a", "deep"]


def test_bytecode_in_an_archive_is_used(archive, page, tmp_path, compiled):
    source = tmp_path / "b.py"
    source.write_text("WORD = 'bytecode'\n")
    code = py_compile.compile(str(source), str(tmp_path / "b.pyc"))
    with open(code, "rb") as opened:
        archive({**LIBRARY, "lib/b.pyc": opened.read()})
    page()
    assert importlib.import_module("lib.b").WORD == "bytecode"
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'lib.nothing'"):
        importlib.import_module("lib.nothing")
    assert not any(name.endswith("b.py") for name in compiled)


def test_nothing_of_it_is_left(archive, page):
    path = archive(LIBRARY)
    hooks = list(sys.path_hooks)
    page()
    importlib.import_module("lib")
    assert type(sys.path_importer_cache[path]).__name__ == "ArchiveImporter"
    installed.unshare()
    assert sys.path_hooks == hooks
    forget("lib")
    importlib.import_module("lib")
    assert type(sys.path_importer_cache[path]) is zipimport.zipimporter
