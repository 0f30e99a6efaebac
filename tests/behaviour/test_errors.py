"""What a user reads when a name is not there, or a file is not what it seems: each message, whole."""

import builtins
import importlib
import importlib.util
import logging
import sys
import warnings

import pyautoload_wasm
import pytest
from pyautoload_wasm import (
    AutoLoader,
    AutoloadError,
    AutoloadWarning,
    CircularDependencyError,
    ConfigurationError,
    ConflictError,
    ModuleNotFoundError,
    NameMismatchError,
    NameNotFoundError,
    ReloadError,
    ReloadingDisabledError,
    SetupRequiredError,
)
from raised import last_line, shown

FILES = {
    "models/user.py": "class User: pass\n",
    "models/html_parser.py": "class HTMLParser: pass\n",
    "models/plain.py": "x = 1\n",
    "student_utils.py": "class StudentUtils: pass\n",
}


# The classes


@pytest.mark.parametrize(
    ("error", "bases"),
    [
        (AutoloadError, [Exception]),
        (ModuleNotFoundError, [AutoloadError, builtins.ModuleNotFoundError]),
        (NameNotFoundError, [AutoloadError, ImportError]),
        (CircularDependencyError, [AutoloadError, ImportError]),
        (NameMismatchError, [AutoloadError, ImportError]),
        (ConfigurationError, [AutoloadError, ValueError]),
        (ConflictError, [ConfigurationError]),
        (SetupRequiredError, [AutoloadError]),
        (ReloadError, [AutoloadError]),
        (ReloadingDisabledError, [ReloadError]),
    ],
)
def test_only_what_an_import_can_raise_is_an_import_error(error, bases):
    assert list(error.__bases__) == bases
    assert getattr(pyautoload_wasm, error.__name__) is error


def test_a_star_import_brings_every_error_but_leaves_python_s_name_alone():
    namespace = {}
    exec("from pyautoload_wasm import *\nfound = ModuleNotFoundError", namespace)
    assert namespace["found"] is builtins.ModuleNotFoundError
    errors = {
        name
        for name, value in vars(pyautoload_wasm).items()
        if isinstance(value, type) and issubclass(value, AutoloadError)
    }
    assert errors - {"ModuleNotFoundError"} <= set(namespace)


def test_a_misconfigured_loader_does_not_pass_for_a_missing_module(tmp_path):
    with pytest.raises(ConfigurationError):
        try:
            AutoLoader(tmp_path / "missing", "app")
        except ImportError:
            raise AssertionError from None


def test_what_needs_a_set_up_says_so(write):
    loader = AutoLoader(write({"app/a.py": ""}) / "app", "app")
    for call, use in {
        "eager_load()": loader.eager_load,
        "registry": lambda: loader.registry,
        "module_name_at()": lambda: loader.module_name_at("a.py"),
        "expected_names()": loader.expected_names,
        "shadowed()": loader.shadowed,
    }.items():
        with pytest.raises(SetupRequiredError) as caught:
            use()
        assert str(caught.value) == f"{call} needs a loader that is set up: call setup() first"


def test_roots_that_overlap_are_a_conflict(write):
    folder = write({"app/a.py": ""})
    with AutoLoader(folder / "app", "one"), pytest.raises(ConflictError) as caught:
        AutoLoader(folder, "two").setup()
    assert str(caught.value) == (
        f"the root {folder} overlaps {folder}/app, a root of another loader: let one loader have both, ignore('{folder}/app'), "
        "or call teardown() of the other first"
    )


# Missing modules


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("name", "looked_for", "advice"),
    [
        (
            "app.models.usr",
            "no usr.py and no folder usr in {}/models",
            "Did you mean 'app.models.user' or 'app.models.User' ({}/models/user.py)?",
        ),
        (
            "app.models.USER",
            "no USER.py and no folder USER in {}/models",
            "Did you mean 'app.models.user' or 'app.models.User' ({}/models/user.py)?",
        ),
        (
            "app.Models.USER",
            "no USER.py and no folder USER in {}/models",
            "Did you mean 'app.models.user' or 'app.models.User' ({}/models/user.py)?",
        ),
        (
            "app.Student_Utils",
            "no Student_Utils.py and no folder Student_Utils in {}",
            "Did you mean 'app.student_utils' or 'app.StudentUtils' ({}/student_utils.py)?",
        ),
        (
            "app.model.user",
            None,
            "Did you mean 'app.models' or 'app.Models' ({}/models)?",
        ),
        (
            "app.models.zebra",
            "no zebra.py and no folder zebra in {}/models",
            "It contains html_parser, plain, user; correct the name, or create the file",
        ),
    ],
)
def test_a_missing_module_says_where_it_was_looked_for_and_what_is_there(autoload, failing, name, looked_for, advice):
    base = autoload(FILES).roots[0].path
    error = failing(f"\n\nimport {name}")
    missing = name if looked_for else "app.model"
    looked_for = looked_for or "no model.py and no folder model in {}"
    assert str(error) == f"No module named '{missing}': there is {looked_for}. {advice}".replace("{}", base)
    assert type(error) is ModuleNotFoundError
    assert isinstance(error, builtins.ModuleNotFoundError)
    assert error.name == missing
    assert shown(error) == [("<test>", 3)]
    assert error.__cause__ is None
    assert error.__context__ is None


def test_importlib_s_import_module_has_the_same_error(autoload):
    base = autoload(FILES).roots[0].path
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module(".usr", "app.models")
    assert str(caught.value) == (
        f"No module named 'app.models.usr': there is no usr.py and no folder usr in {base}/models. Did you mean "
        f"'app.models.user' or 'app.models.User' ({base}/models/user.py)?"
    )


def test_a_long_list_is_cut_and_several_folders_are_named(write, failing):
    folder = write({**{f"one/{name}.py": "" for name in "abcdefgh"}, "two/z.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app"):
        error = failing("import app.qqq")
    assert str(error) == (
        f"No module named 'app.qqq': there is no qqq.py and no folder qqq in {folder}/one and {folder}/two. It contains a, b, "
        "c, d, e, f and 3 more; correct the name, or create the file"
    )


def test_an_empty_project_says_that_it_is_empty(autoload, failing, tmp_path):
    autoload({})
    assert str(failing("import app.user")) == (
        f"No module named 'app.user': there is no user.py and no folder user in {tmp_path}/app. It contains no module; correct the "
        "name, or create the file"
    )


def test_a_base_path_that_is_one_level_too_high(autoload, failing, tmp_path):
    """The folder of a repository is often called as the package in it."""
    files = {"app/__init__.py": "", "app/models.py": "class User: pass\n", "docs/conf.py": ""}
    loader = autoload(files)
    inner = f"{loader.roots[0].path}/app"
    advice = f"{inner} has it: make that folder the base path, or correct the name"
    assert str(failing("import app.models")).endswith(f". {advice}")
    assert str(failing("from app import models")).endswith(f". {advice}")
    assert "It contains app, docs" in str(failing("import app.others"))


def test_a_file_that_cannot_be_imported_is_what_stands_there(autoload, failing, tmp_path):
    autoload({"other.py": "", "big-deal.py": ""})
    assert str(failing("import app.big_deal")) == (
        f"No module named 'app.big_deal': there is no big_deal.py and no folder big_deal in {tmp_path}/app. {tmp_path}/app/big-"
        "deal.py cannot be imported: 'big-deal' is no name in Python; rename it with letters, digits and underscores, or ignore "
        "it"
    )


def test_at_the_top_level_only_what_is_like_a_module_of_ours_is_explained(autoload, failing, tmp_path):
    autoload(FILES, top_level=None)
    error = failing("import student_util")
    assert str(error) == (
        f"No module named 'student_util': there is no student_util.py and no folder student_util in {tmp_path}/app. Did you "
        f"mean 'student_utils' or 'StudentUtils' ({tmp_path}/app/student_utils.py)?"
    )
    assert type(failing("import no_such_distribution")) is builtins.ModuleNotFoundError


def test_questions_are_answered_as_by_python(autoload, run):
    autoload(FILES)
    app = run("import app.models")["app"]
    assert importlib.util.find_spec("app.models.usr") is None
    assert importlib.util.find_spec("app.usr") is None
    assert not hasattr(app.models, "usr")
    assert getattr(app.models, "usr", 7) == 7
    namespace = run("""
        try:
            import app.models.usr
        except ImportError:
            usr = None
        try:
            from app.models import usr as again
        except ImportError:
            again = None
    """)
    assert namespace["usr"] is namespace["again"] is None


def test_a_finder_that_came_later_has_its_turn_first(autoload, run):
    class Late(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, fullname, path, target=None):
            return importlib.machinery.ModuleSpec(fullname, self) if fullname == "app.models.late" else None

        def exec_module(self, module):
            module.x = 7

    autoload(FILES)
    late = Late()
    sys.meta_path.append(late)
    try:
        assert run("import app.models.late")["app"].models.late.x == 7
    finally:
        sys.meta_path.remove(late)


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("package", "name", "looked_for", "advice"),
    [
        (
            "app.models",
            "Usr",
            "no usr.py and no folder usr in {}/models",
            "Did you mean 'app.models.user' or 'app.models.User' ({}/models/user.py)?",
        ),
        (
            "app.models",
            "zebra",
            "no zebra.py and no folder zebra in {}/models",
            "It contains html_parser, plain, user; correct the name, or create the file",
        ),
        (
            "app.pkg",
            "build_al",
            "no build_al.py and no folder build_al in {}/pkg",
            "Did you mean 'build_all'?",
        ),
    ],
)
def test_a_missing_name_in_a_from_import_is_helped(autoload, failing, package, name, looked_for, advice):
    base = autoload({**FILES, "pkg/__init__.py": "def build_all(): pass\n"}).roots[0].path
    error = failing(f"from {package} import {name}")
    assert str(error) == (
        f"cannot import name '{name}' from '{package}': it defines no '{name}', and there is {looked_for}. {advice}"
    ).replace("{}", base)
    assert type(error) is NameNotFoundError
    assert error.name == package
    assert shown(error) == [("<test>", 1)]
    assert error.__context__ is None


def test_a_missing_attribute_is_python_s_error_with_python_s_suggestion(autoload, failing):
    autoload(FILES)
    error = failing("import app; app.models.Usr")
    assert type(error) is AttributeError
    assert str(error) == "module 'app.models' has no attribute 'Usr'"
    if sys.version_info >= (3, 15):
        hint = ". Did you mean '.User' instead of '.Usr'?"
    else:
        hint = ". Did you mean: 'User'?" if sys.version_info >= (3, 12) else ""
    assert last_line(error) == f"AttributeError: {error}{hint}"
    assert shown(error) == [("<test>", 1)]


# Files that the standard library hides


@pytest.mark.smoke
def test_a_student_s_random_is_explained_where_it_is_imported(autoload, failing, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "pyautoload_wasm"):
        autoload(
            {
                "random.py": "def my_function(): pass\n",
                "game.py": "x = 1\n\ndef play():\n    import random\n    random.my_function()\n",
                "direct.py": "import random\nrandom.my_function()\n",
                "taking.py": "from random import my_function\n",
                "innocent.py": "x = 1\nx.real.random if x is None else x\n",
                "pkg/random.py": "",
                "pkg/__init__.py": "from .random import __name__ as name\n",
            },
            top_level=None,
        )
    message = (
        f"{tmp_path}/app/random.py is not what `import random` gives: the standard library has that name; rename the file, for "
        "example to random_.py"
    )
    assert [record.getMessage() for record in caplog.records] == [message]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importlib.import_module("game")
        importlib.import_module("innocent")
        importlib.import_module("pkg")
    assert [(w.category, w.filename, w.lineno, str(w.message)) for w in caught] == [
        (AutoloadWarning, f"{tmp_path}/app/game.py", 4, message)
    ]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        error = failing("import direct")
        assert type(error) is AttributeError
        assert str(error) == "module 'random' has no attribute 'my_function'"
        assert error.__notes__ == [message]
        assert shown(error) == [("<test>", 1), ("direct.py", 2)]
        error = failing("import taking")
        assert str(error).startswith("cannot import name 'my_function' from 'random'")
        assert error.__notes__ == [message]


def test_a_file_and_a_folder_that_would_hide_a_distribution_are_told_of_at_set_up(autoload, write, caplog):
    folder = write({"site/installed.py": "", "site/data/__init__.py": ""})
    sys.path.append(f"{folder}/site")
    autoload({"installed.py": "", "data/y.py": ""}, top_level=None)
    assert sorted(record.getMessage() for record in caplog.records) == [
        f"{folder}/app/data is not what `import data` gives: an installed module has that name; rename the folder, for example to "
        "data_",
        f"{folder}/app/installed.py is not what `import installed` gives: an installed module has that name; rename the file, for "
        "example to installed_.py",
    ]


def test_a_file_that_is_allowed_to_shadow_is_no_surprise(autoload, caplog):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autoload({"colorsys.py": "", "uses.py": "import colorsys\n"}, top_level=None, allow_shadowing=True)
        importlib.import_module("uses")
    assert caplog.records == []


def test_a_library_that_is_not_there_is_compared_with_no_module_that_is_unlike_it(autoload, failing, monkeypatch):
    """Libraries try what they can do without: with thousands of modules at the top level each of these attempts would be felt."""
    from pyautoload_wasm._diagnosis import names

    nearest, compared = names._nearest, []

    def counting(engine, word, candidates):
        compared.extend(candidates)
        return nearest(engine, word, candidates)

    monkeypatch.setattr(names, "_nearest", counting)
    autoload({f"module_number_{number}.py": "" for number in range(50)} | {"invoice.py": ""}, top_level=None)
    error = failing("import orjson_is_not_there")
    assert (type(error).__module__, str(error)) == ("builtins", "No module named 'orjson_is_not_there'")
    assert compared == []
    for wrong in ("invoise", "invocie", "Invoices", "in_voce"):
        assert "Did you mean 'invoice' or 'Invoice'" in str(failing(f"import {wrong}"))
    assert set(compared) == {"invoice"}
