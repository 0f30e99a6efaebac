"""Bad input gets a clear error, nothing is half installed, and the loader is usable afterwards. Every message is here, whole."""

import os
import sys
import traceback

import pytest
from pyautoload_wasm import AutoLoader, AutoloadError, ConfigurationError


@pytest.fixture
def folder(write):
    return write({"app/a.py": "x = 1\n", "app/b/c.py": "", "lib/l.py": ""})


def refusal(call, *arguments, **options):
    finders = list(sys.meta_path)
    with pytest.raises(ConfigurationError) as caught:
        call(*arguments, **options)
    assert isinstance(caught.value, AutoloadError)
    assert isinstance(caught.value, ValueError)
    assert sys.meta_path == finders
    return str(caught.value)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", "the base path {}/missing does not exist: create the folder first, or correct the path"),
        ("app/a.py", "the base path {}/app/a.py is a file: pass the folder that holds your modules"),
    ],
)
def test_a_base_path_that_is_no_directory(folder, path, message):
    assert refusal(AutoLoader, folder / path, "app") == message.format(folder)


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (3, "expected str or os.PathLike, got 3"),
        (b"app", "expected str or os.PathLike, got b'app'"),
        (object, "expected str or os.PathLike, got <class 'object'>"),
        ("a\0b", "'a\\x00b' contains a null character; remove it"),
        ("\ud800", "'\\ud800' is not valid Unicode; remove the surrogates"),
    ],
)
def test_a_base_path_that_is_no_path(path, fault):
    assert refusal(AutoLoader, [path], "app") == f"the base path: {fault}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "top_level='': expected a dotted name such as 'myapp', or None for top-level modules"),
        (3, "top_level=3: expected a dotted name such as 'myapp', or None for top-level modules"),
        (
            "my-app",
            "'my-app' cannot be imported: a part of it is no identifier ('my-app'); write it like 'myapp.models'",
        ),
        ("a..b", "'a..b' cannot be imported: a part of the dotted name is empty; write it like 'myapp.models'"),
        (
            "a.class",
            "'a.class' cannot be imported: a part of it is a keyword of Python ('class'); write it like 'myapp.models'",
        ),
        (
            "random",
            "top_level='random' would shadow the standard library's module of that name: choose another name, or pass "
            "allow_shadowing=True",
        ),
    ],
)
def test_a_top_level_that_cannot_be_one(folder, name, message):
    assert refusal(AutoLoader, folder / "app", name) == message


@pytest.mark.parametrize("call", ["ignore", "collapse"])
@pytest.mark.parametrize(
    ("glob", "fault"),
    [
        ("a/[b", "not a glob: '[' is never closed, at position 3; correct it, or put the sign in brackets as in '[[]'"),
        ("{a,b", "not a glob: '{' is never closed, at position 1; correct it, or put the sign in brackets as in '[[]'"),
        ("", 'the pattern is empty: name a file, a folder or a glob such as "tmp" or "*/vendor"'),
    ],
)
def test_a_bad_glob(folder, call, glob, fault):
    loader = AutoLoader(folder / "app", "app")
    assert refusal(getattr(loader, call), "tmp", glob) == f'{call}("{glob}"): {fault}'
    with loader.ignore("b"):
        assert list(loader.registry) == ["app", "app.a"]


def test_a_bad_inflection(folder):
    loader = AutoLoader(folder / "app", "app")
    assert refusal(loader.inflect, {"html-parser": "HTMLParser"}) == (
        'inflect({"html-parser": "HTMLParser"}): "html-parser" is no file name without .py that Python can import; write it '
        'like {"html_parser": "HTMLParser"}'
    )
    assert refusal(loader.inflect, {"a": 3}) == "inflect(): expected str or os.PathLike, got 3"
    assert refusal(loader.acronym, "A B") == 'acronym("A B"): not one word of letters and digits; write it like "API"'


def test_one_directory_twice(folder):
    loader = AutoLoader(folder / "app", "app")
    for path in (folder / "app", f"{folder}/lib/../app/"):
        assert refusal(loader.push_dir, path) == f"{folder}/app is a root already, for 'app': push each folder once"
    assert [root.namespace for root in loader.roots] == ["app"]


@pytest.mark.parametrize(
    ("first", "second", "way_out"),
    [
        ("app", "app", "let it ignore('{}/app')"),
        ("app", "app/b", "let it ignore('{}/app/b')"),
        ("app/b", "app", "ignore('{}/app/b')"),
    ],
)
def test_roots_of_two_loaders_that_overlap(folder, first, second, way_out):
    with AutoLoader(folder / first, "one"):
        other = AutoLoader(folder / second, "two")
        assert refusal(other.setup) == (
            f"the root {folder}/{second} overlaps {folder}/{first}, a root of another loader: let one loader have both, "
            f"{way_out.format(folder)}, or call teardown() of the other first"
        )
    with other:
        assert other.registry


def test_set_up_without_a_root():
    assert refusal(AutoLoader().setup) == "setup() without a root: pass base_path, or call push_dir() first"


def test_configuration_after_the_set_up(folder):
    with AutoLoader(folder / "app", "app") as loader:
        for call, arguments in [
            ("ignore", ("x",)),
            ("collapse", ("x",)),
            ("push_dir", (folder / "lib",)),
            ("inflect", ({},)),
            ("acronym", ()),
        ]:
            assert refusal(getattr(loader, call), *arguments) == (
                f"{call}() after setup(): configure a loader before setup(), or call teardown() first"
            )
        import app.a

        assert app.a.x == 1


def test_a_root_that_is_gone_at_set_up(folder):
    loader = AutoLoader(folder / "lib", "lib_")
    (folder / "lib/l.py").unlink()
    (folder / "lib").rmdir()
    finders = list(sys.meta_path)
    with pytest.raises(AutoloadError) as caught:
        loader.setup()
    assert str(caught.value).startswith(f"the root {folder}/lib cannot be read: {folder}/lib: ")
    assert sys.meta_path == finders
    (folder / "lib").mkdir()
    with loader:
        assert list(loader.registry) == ["lib_"]


@pytest.mark.smoke
def test_a_module_that_raises_shows_its_own_lines_and_can_be_imported_when_it_is_mended(autoload, run, write):
    autoload({"bad.py": "def half(x):\n    return x / 0\nhalf(1)\n"})
    with pytest.raises(ZeroDivisionError) as caught:
        run("import app.bad")
    lines = [
        (frame.filename.rpartition("/")[2], frame.lineno) for frame in traceback.extract_tb(caught.value.__traceback__)
    ]
    assert lines[-2:] == [("bad.py", 3), ("bad.py", 2)]
    assert "app.bad" not in sys.modules
    write({"app/bad.py": "def half(x):\n    return x / 2\nhalf(1)\n"})
    assert run("import app.bad")["app"].bad.half(4) == 2


def test_source_that_cannot_be_decoded_is_python_s_error_and_names_the_file(autoload, run):
    loader = autoload(
        {"bad.py": b"x = '\xff\xfe'\n", "nul.py": b"x = 1\0\n", "cookie.py": b"# coding: klingon\n", "ok.py": ""}
    )
    for stem in ("bad", "cookie", "nul"):
        with pytest.raises((SyntaxError, ValueError)) as caught:
            run(f"import app.{stem}")
        if isinstance(caught.value, SyntaxError) and caught.value.filename:
            assert caught.value.filename == f"{loader.roots[0].path}/{stem}.py"
    run("import app.ok")


def test_a_file_that_is_gone_is_no_module_any_more(autoload, run, tmp_path):
    autoload({"a.py": ""})
    (tmp_path / "app/a.py").unlink()
    with pytest.raises(ModuleNotFoundError) as caught:
        run("import app.a")
    assert str(caught.value) == (
        f"No module named 'app.a': its file {tmp_path}/app/a.py was there when the project was scanned and is gone now; restore "
        "it, or remove the import"
    )
    assert isinstance(caught.value, AutoloadError)


def test_a_symlink_loop_is_no_end(autoload, tmp_path, write):
    folder = write({"app/p/a.py": ""})
    os.symlink(folder / "app", folder / "app/p/again")
    assert list(autoload({}).registry) == ["app", "app.p", "app.p.a"]
