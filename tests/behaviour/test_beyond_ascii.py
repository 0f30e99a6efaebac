# ruff: noqa: RUF001
"""Names beyond ASCII, and sources in other encodings than UTF-8: the graph, reloads and messages make of them what Python does."""

import importlib
import sys
import unicodedata

import pytest

#: Names as a Mac writes them into an archive.
CAFE = unicodedata.normalize("NFD", "café")
SIZE = unicodedata.normalize("NFD", "größe")

NAMASTE = "नमस्ते"


def decomposed(path, name, escaped):
    return (
        f"{path} cannot be imported: its name is in decomposed letters, and import statements ask for composed ones (Unicode NFKC); "
        f"rename it to '{name}' ({escaped})"
    )


# Imports


@pytest.mark.smoke
def test_an_import_in_full_width_letters_is_followed(project):
    shop = project({"prices.py": "PRICE = 1\n", "main.py": "from app.ｐｒｉｃｅｓ import ＰＲＩＣＥ\n"}, "app.main")
    assert shop.loader.dependents("app.prices") == ["app.main"]
    assert [problem.message for problem in shop.loader.check() if problem.kind == "missing_import"] == []
    shop.write("prices.py", "PRICE = 22\n").flush()
    assert sys.modules["app.main"].PRICE == 22


def test_chains_of_attributes_in_full_width_letters_are_followed(autoload):
    loader = autoload({"models/user.py": "class User: pass\n", "main.py": "import app\nMain = app.ｍodels.Ｕser\n"})
    assert loader.dependents("app.models.user") == ["app.main"]


def test_decomposed_letters_in_a_source_are_composed(autoload, run):
    loader = autoload(
        {"café.py": f"class C{CAFE[1:]}: pass\n", "main.py": f"from app.{CAFE} import C{CAFE[1:]}\nMain = 1\n"}
    )
    assert loader.dependencies("app.main") == ["app", "app.café"]
    assert loader.check() == []
    assert run(f"from app import C{CAFE[1:]}")["Café"].__module__ == "app.café"


def test_the_top_level_is_the_name_that_an_import_asks_for(autoload, run):
    loader = autoload({"user.py": "class User: pass\n"}, top_level=f"ｓhop_{CAFE}")
    assert loader.roots[0].namespace == "shop_café"
    assert run("from shop_café import User")["User"].__module__ == "shop_café.user"


# Encodings


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("gbk", "价格"),
        ("shift_jis", "ソース"),
        ("big5", "功"),
        ("euc-kr", "가격"),
        ("cp1251", "цена"),
        ("latin-1", "größe"),
    ],
)
def test_imports_of_a_source_in_another_encoding_are_followed(project, encoding, word):
    main = f"# coding: {encoding}\nfrom app.{word} import PRICE\nTITLE = '{word}'\n".encode(encoding)
    shop = project({f"{word}.py": "PRICE = 1\n", "main.py": main}, "app.main")
    assert shop.loader.dependents(f"app.{word}") == ["app.main"]
    assert "unreadable_source" not in [problem.kind for problem in shop.loader.check()]
    shop.write(f"{word}.py", "PRICE = 22\n").flush()
    assert (22, word) == (sys.modules["app.main"].PRICE, sys.modules["app.main"].TITLE)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"# coding: klingon\n", "line 1: the encoding 'klingon' cannot be read here: save the file as UTF-8"),
        (b"\n# coding: gbk\n'\x81'\n", "line 2: the file declares 'gbk' but holds other bytes: save it as UTF-8"),
    ],
)
def test_a_source_that_cannot_be_decoded_is_reported(autoload, source, reason):
    loader = autoload({"bad.py": source})
    (problem,) = loader.check()
    assert problem.kind == "unreadable_source"
    assert problem.message == f"{loader.roots[0].path}/bad.py cannot be read as Python ({reason}); fix it, or ignore it"


# File names


@pytest.mark.smoke
def test_a_file_name_in_decomposed_letters_is_said_to_be_one(autoload, failing):
    loader = autoload({f"{CAFE}.py": "X = 1\n", "cafe2.py": "Cafe2 = 1\n"})
    root = loader.roots[0].path
    expected = decomposed(f"{root}/{CAFE}.py", "café.py", "caf\\u00e9.py")
    assert str(failing("import app.café")) == (
        f"No module named 'app.café': there is no café.py and no folder café in {root}. {expected}"
    )
    assert str(failing("from app import Café")) == (
        f"cannot import name 'Café' from 'app': it defines no 'Café', and there is no café.py and no folder café in {root}. {expected}"
    )
    assert [problem.message for problem in loader.check()] == [expected]


def test_at_the_top_level_it_is_said_as_well(autoload, failing):
    loader = autoload({f"{CAFE}.py": "X = 1\n"}, top_level=None)
    assert decomposed(f"{loader.roots[0].path}/{CAFE}.py", "café.py", "caf\\u00e9.py") in str(failing("import café"))


def test_check_names_the_file_for_each_import_that_means_it(autoload):
    loader = autoload({f"{SIZE}.py": "X = 1\n", "main.py": "from app import größe\nimport app.größe.x\nMain = 1\n"})
    root = loader.roots[0].path
    because = decomposed(f"{root}/{SIZE}.py", "größe.py", "gr\\u00f6\\u00dfe.py")
    missing = [problem.message for problem in loader.check() if problem.kind == "missing_import"]
    assert missing == [f"{root}/main.py:{line}: there is no module 'app.größe'; {because}" for line in (1, 2)]


def test_a_folder_and_full_width_letters_are_named_too(autoload):
    loader = autoload({f"{SIZE}/a.py": "", "ｕｉ.py": "", "ｃ/notes.txt": ""})
    root = loader.roots[0].path
    assert [(problem.kind, problem.message) for problem in loader.check()] == [
        ("not_an_identifier", decomposed(f"{root}/{SIZE}", "größe", "gr\\u00f6\\u00dfe")),
        (
            "not_an_identifier",
            f"{root}/ｕｉ.py cannot be imported: its name is in compatibility letters, and import statements ask for plain ones "
            "(Unicode NFKC); rename it to 'ui.py'",
        ),
    ]
    assert list(loader.registry) == ["app"]


def test_a_file_that_no_import_statement_can_name_is_left_to_python(autoload):
    autoload({f"{CAFE}.py": "X = 1\n", "other.py": ""})
    assert importlib.import_module(f"app.{CAFE}").X == 1


def test_a_renamed_file_is_found(project, failing, run):
    shop = project({f"{CAFE}.py": "class Café: pass\n", "other.py": ""}, "app.other")
    shop.loader.notify(shop.path(f"{CAFE}.py"))
    assert not shop.flush().reloaded
    failing("import app.café")
    shop.rename(f"{CAFE}.py", "café.py").flush()
    assert run("from app import Café")["Café"].__module__ == "app.café"
    assert "not_an_identifier" not in [problem.kind for problem in shop.loader.check()]


def test_a_glob_covers_names_beyond_ascii(autoload):
    loader = autoload(
        {"größe.py": "", "数据/表.py": "", "数据/图.py": "", f"{CAFE}.py": ""},
        lambda loader: loader.ignore("gr*e.py", "数据/图.py", f"{CAFE[:3]}*"),
    )
    assert list(loader.registry) == ["app", "app.数据", "app.数据.表"]
    assert "not_an_identifier" not in [problem.kind for problem in loader.check()]


# Attributes


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("word", "attribute"), [(NAMASTE, NAMASTE), ("สินค้า", "สินค้า"), ("数据", "数据"), ("größe_ändern", "GrößeÄndern")]
)
def test_the_attribute_of_a_file_keeps_every_sign(autoload, run, word, attribute):
    loader = autoload({f"{word}.py": f"class {attribute}: pass\n"}, strict=True)
    assert loader.registry[f"app.{word}"].attribute == attribute
    assert getattr(run(f"import app.{word} as module")["module"], attribute).__module__ == f"app.{word}"
    assert loader.check() == []


def test_inflections_and_acronyms_are_composed(autoload):
    loader = autoload(
        {"café.py": "", f"my_{NAMASTE}.py": "", "ändern_café.py": ""},
        lambda loader: loader.inflect({CAFE: f"{CAFE}_X"}).acronym(CAFE.upper(), NAMASTE),
    )
    attributes = [loader.registry[f"app.{stem}"].attribute for stem in ("café", f"my_{NAMASTE}", "ändern_café")]
    assert attributes == ["café_X", f"My{NAMASTE}", "ÄndernCAFÉ"]


def test_the_answers_of_an_inflector_are_composed(autoload, run):
    def configure(loader):
        loader.inflector = lambda stem, path: f"X{CAFE}" if stem == "a" else None
        return loader

    loader = autoload({"a.py": f"class X{CAFE}: pass\n"}, configure, strict=True)
    assert loader.registry["app.a"].attribute == "Xcafé"
    assert run("from app import Xcafé")["Xcafé"].__module__ == "app.a"


def test_the_nearest_name_may_be_beyond_ascii(autoload, failing):
    autoload({"größen.py": "", f"{NAMASTE}.py": ""})
    assert "Did you mean 'app.größen'" in str(failing("import app.große"))
    assert f"Did you mean 'app.{NAMASTE}'" in str(failing(f"import app.{NAMASTE[:-1]}"))
