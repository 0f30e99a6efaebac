"""What a user reads when a name is not there, a circle of imports fails, or a file is not what it seems: each message, whole."""

import builtins
import importlib
import importlib.util
import json
import logging
import sys
import traceback
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
    SetupRequiredError,
)

FILES = {
    "models/user.py": "class User: pass\n",
    "models/html_parser.py": "class HTMLParser: pass\n",
    "models/plain.py": "x = 1\n",
    "student_utils.py": "class StudentUtils: pass\n",
}


@pytest.fixture
def failing(run):
    """Runs statements that fail. Returns the error."""

    def failing(source):
        with pytest.raises(BaseException) as caught:
            run(source)
        return caught.value

    return failing


def shown(error):
    """The frames of a traceback from the user's statement on: file name and line."""
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    first = [filename for filename, _ in frames].index("<test>")
    return [(filename.rpartition("/")[2], line) for filename, line in frames[first:]]


def last_line(error):
    """What Python prints below the frames, with its suggestions."""
    return "".join(traceback.format_exception_only(error)).strip()


# The classes


@pytest.mark.parametrize(
    ("error", "bases"),
    [
        (AutoloadError, [ImportError]),
        (ModuleNotFoundError, [AutoloadError, builtins.ModuleNotFoundError]),
        (CircularDependencyError, [AutoloadError]),
        (NameMismatchError, [AutoloadError]),
        (ConfigurationError, [AutoloadError, ValueError]),
        (ConflictError, [ConfigurationError]),
        (SetupRequiredError, [AutoloadError]),
    ],
)
def test_every_error_is_exported_and_an_import_error(error, bases):
    assert list(error.__bases__) == bases
    assert issubclass(error, ImportError)
    assert error.__name__ in pyautoload_wasm.__all__


def test_what_needs_a_set_up_says_so(write):
    loader = AutoLoader(write({"app/a.py": ""}) / "app", "app")
    for call, use in {
        "eager_load": loader.eager_load,
        "registry": lambda: loader.registry,
        "module_name_at": lambda: loader.module_name_at("a.py"),
        "expected_names": loader.expected_names,
        "shadowed": loader.shadowed,
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
            "The nearest is {}/models/user.py: write 'app.models.user' or 'app.models.User', or create the file",
        ),
        (
            "app.models.USER",
            "no USER.py and no folder USER in {}/models",
            "The nearest is {}/models/user.py: write 'app.models.user' or 'app.models.User', or create the file",
        ),
        (
            "app.Models.USER",
            "no USER.py and no folder USER in {}/models",
            "The nearest is {}/models/user.py: write 'app.models.user' or 'app.models.User', or create the file",
        ),
        (
            "app.Student_Utils",
            "no Student_Utils.py and no folder Student_Utils in {}",
            "The nearest is {}/student_utils.py: write 'app.student_utils' or 'app.StudentUtils', or create the file",
        ),
        (
            "app.model.user",
            None,
            "The nearest is {}/models: write 'app.models' or 'app.Models', or create the file",
        ),
        (
            "app.models.zebra",
            "no zebra.py and no folder zebra in {}/models",
            "What is there: html_parser, plain, user; correct the name, or create the file",
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
        f"No module named 'app.models.usr': there is no usr.py and no folder usr in {base}/models. The nearest is "
        f"{base}/models/user.py: write 'app.models.user' or 'app.models.User', or create the file"
    )


def test_a_long_list_is_cut_and_several_folders_are_named(write, failing):
    folder = write({**{f"one/{name}.py": "" for name in "abcdefgh"}, "two/z.py": ""})
    with AutoLoader([folder / "one", folder / "two"], "app"):
        error = failing("import app.qqq")
    assert str(error) == (
        f"No module named 'app.qqq': there is no qqq.py and no folder qqq in {folder}/one and {folder}/two. What is there: a, b, "
        "c, d, e, f and 3 more; correct the name, or create the file"
    )


def test_an_empty_project_says_that_it_is_empty(autoload, failing, tmp_path):
    autoload({})
    assert str(failing("import app.user")) == (
        f"No module named 'app.user': there is no user.py and no folder user in {tmp_path}/app. No module is there; correct the "
        "name, or create the file"
    )


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
        f"No module named 'student_util': there is no student_util.py and no folder student_util in {tmp_path}/app. The nearest "
        f"is {tmp_path}/app/student_utils.py: write 'student_utils' or 'StudentUtils', or create the file"
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
            "The nearest is {}/models/user.py: write 'app.models.user' or 'app.models.User', or create the file",
        ),
        (
            "app.models",
            "zebra",
            "no zebra.py and no folder zebra in {}/models",
            "What is there: html_parser, plain, user; correct the name, or create the file",
        ),
        (
            "app.pkg",
            "build_al",
            "no build_al.py and no folder build_al in {}/pkg",
            "The nearest name there is 'build_all': write that, or create the file",
        ),
    ],
)
def test_a_missing_name_in_a_from_import_is_helped(autoload, failing, package, name, looked_for, advice):
    base = autoload({**FILES, "pkg/__init__.py": "def build_all(): pass\n"}).roots[0].path
    error = failing(f"from {package} import {name}")
    assert str(error) == (
        f"cannot import name '{name}' from '{package}': it defines no '{name}', and there is {looked_for}. {advice}"
    ).replace("{}", base)
    assert type(error) is AutoloadError
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


# Circles


def circle_message(base, module, attr, *steps):
    lines = "".join(f"  {base}/{step}\n" for step in steps)
    return (
        f"'{module}' has no '{attr}' yet: it is still being imported, in a circle of imports:\n{lines}"
        "Move one of these imports into the function that needs it, or move what both sides need to a third module."
    )


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("taking", "attr"),
    [
        ("from app.a import X", "X"),
        ("from .a import X", "X"),
        ("import app.a; app.a.X", "X"),
        ("from app.a import A", "A"),
        ("from app import A", "A"),
        ("import app; app.A", "A"),
        ("import app.A", "A"),
    ],
)
def test_a_circle_that_fails_shows_its_steps(autoload, failing, taking, attr):
    base = (
        autoload(
            {
                "a.py": "import sys\nfrom app.b import B\nX = 1\nclass A: pass\n",
                "b.py": "from app.c.d import D\nclass B: pass\n",
                "c/d.py": "def load():\n    import app.e\nload()\nclass D: pass\n",
                "e.py": f"{taking}\n",
            }
        )
        .roots[0]
        .path
    )
    error = failing("\nimport app.a")
    assert type(error) is CircularDependencyError
    assert str(error) == circle_message(
        base,
        "app.a",
        attr,
        "a.py, line 2: app.a imports app.b",
        "b.py, line 1: app.b imports app.c.d",
        "c/d.py, line 2: load(), called by app.c.d, imports app.e",
        f"e.py, line 1: app.e takes '{attr}' from app.a",
    )
    assert (error.name, error.path) == ("app.a", f"{base}/a.py")
    assert error.__suppress_context__ or error.__context__ is None
    assert shown(error) == [("<test>", 2), ("a.py", 2), ("b.py", 1), ("d.py", 3), ("d.py", 2), ("e.py", 1)]
    assert not {"app.a", "app.b", "app.c.d", "app.e"} & set(sys.modules)


def test_a_package_s_own_name_in_a_circle(autoload, failing):
    base = (
        autoload({"pkg/__init__.py": "from . import child\nX = 1\n", "pkg/child.py": "import app.pkg\napp.pkg.X\n"})
        .roots[0]
        .path
    )
    assert str(failing("import app.pkg")) == circle_message(
        base,
        "app.pkg",
        "X",
        "pkg/__init__.py, line 1: app.pkg imports app.pkg.child",
        "pkg/child.py, line 2: app.pkg.child takes 'X' from app.pkg",
    )


def test_a_module_that_takes_from_itself(autoload, failing):
    base = autoload({"a.py": "from app.a import X\nX = 1\n"}).roots[0].path
    assert str(failing("import app.a")) == circle_message(
        base, "app.a", "X", "a.py, line 1: app.a takes 'X' from app.a"
    )


def test_a_failed_circle_can_be_caught_as_python_s_is(autoload, run):
    autoload(
        {
            "a.py": "import app.b\nX = 1\n",
            "b.py": "try:\n    from app.a import X\nexcept ImportError:\n    X = None\n",
        }
    )
    namespace = run("import app.a")
    assert (namespace["app"].a.X, namespace["app"].b.X) == (1, None)


def test_errors_that_only_look_circular_stay(autoload, failing):
    autoload(
        {
            "a.py": "import app.b\n",
            "b.py": "raise ImportError(\"cannot import name 'X' from 'app.c'\")\n",
            "c.py": "import json\njson.no_such_name\n",
            "d.py": "x = 1\nx.y\n",
            "e.py": "from json import no_such_name\n",
        }
    )
    for name, error in {"a": ImportError, "c": AttributeError, "d": AttributeError, "e": ImportError}.items():
        assert type(failing(f"import app.{name}")) is error


# The circles that CPython's own tests hold to be legal (Lib/test/test_import/data/circular_imports), in other words.
CIRCLES = {
    "basic.py": "from . import basic2\n",
    "basic2.py": "import app.basic\nimport app.subpkg.sub\n",
    "subpkg/__init__.py": "",
    "subpkg/sub.py": "def f(): pass\n",
    "indirect.py": "from . import basic, basic2\n",
    "subpackage.py": "from .subpkg import sub2, sub\nassert sub2.top is __import__('sys').modules[__name__]\n",
    "subpkg/sub2.py": "from .. import subpackage as top\n",
    "rebinding.py": "from .subpkg import util\n",
    "rebinding2.py": "import app.rebinding as bound\n",
    "subpkg/util.py": "from .. import rebinding2\ndef util(): pass\n",
    "binding.py": "import app.binding2 as other\n",
    "binding2.py": "import app.binding as other\n",
    "from_cycle1.py": "from .from_cycle2 import a\nb = 1\n",
    "from_cycle2.py": "from .from_cycle1 import b\na = 1\n",
    "source.py": "from . import use\nspam = 1\n",
    "use.py": "from . import source\nspam = source.spam\n",
    "import_cycle.py": "import app.import_cycle as me\nme.some_attribute\n",
}
OUTCOMES = {
    "basic": None,
    "basic2": None,
    "indirect": None,
    "subpackage": None,
    "rebinding": None,
    "rebinding2": None,
    "binding": None,
    "binding2": None,
    "from_cycle1": ImportError,
    "from_cycle2": ImportError,
    "use": None,
    "source": AttributeError,
    "import_cycle": AttributeError,
}


def outcome_of(module):
    """What an import of a module comes to: its error's class, and what is bound in the modules that were loaded."""
    try:
        importlib.import_module(f"app.{module}")
        error = None
    except (ImportError, AttributeError) as raised:
        error = type(raised)
    loaded = {name: found for name, found in sys.modules.items() if name.partition(".")[0] == "app"}
    bound = {
        name: {
            attr: getattr(value, "__name__", value)
            for attr, value in sorted(vars(found).items())
            if not attr.startswith("__")
        }
        for name, found in sorted(loaded.items())
    }
    for name in loaded:
        del sys.modules[name]
    return error, bound


@pytest.mark.parametrize("module", OUTCOMES)
def test_a_circle_behaves_as_in_cpython(autoload, write, monkeypatch, module):
    folder = write({f"app/{name}": source for name, source in CIRCLES.items()})
    monkeypatch.syspath_prepend(str(folder))
    error, bound = outcome_of(module)
    assert error is OUTCOMES[module]
    monkeypatch.undo()
    autoload({})
    assert outcome_of(module) == (error and CircularDependencyError, bound)


# Strict


STRICT = [
    (
        {"user.py": "class Usr: pass\nclass Other: pass\n"},
        "The nearest name there is 'Usr': call it 'User', or tell the loader: inflect({'user': 'Usr'})",
    ),
    (
        {"user.py": "class Person: pass\n"},
        "It defines Person: call it 'User', or tell the loader: inflect({'user': 'Person'})",
    ),
    (
        {"user.py": "import json\nclass Person: pass\ndef build(): pass\n_x = 1\n"},
        "It defines Person, build: name one of them 'User', or tell the loader: inflect({'user': 'Person'})",
    ),
    (
        {"user.py": "x = 1\n"},
        "It defines no class and no function: define 'User', or tell the loader: inflect({'user': 'ItsName'})",
    ),
]


@pytest.mark.parametrize(("files", "advice"), STRICT)
def test_strict_a_file_without_its_attribute_is_an_error_with_two_ways_out(autoload, failing, files, advice):
    base = autoload(files, strict=True).roots[0].path
    for statement in [
        "import app.user",
        "from app import User",
        "from app import user",
        "from app.user import User",
        "import app.User",
        "import app; app.User",
        "import app; app.user",
    ]:
        error = failing(statement)
        assert type(error) is NameMismatchError
        assert str(error) == f"{base}/user.py is expected to define 'User', and does not. {advice}"
        assert (error.name, error.path) == ("app.user", f"{base}/user.py")
        assert shown(error) == [("<test>", 1)]
        assert "app.user" not in sys.modules


def test_strict_each_way_out_is_one(autoload, run, write):
    loader = autoload({"user.py": "class Person: pass\n"}, strict=True)
    write({"app/user.py": "class User: pass\n"})
    assert run("from app import User")["User"].__name__ == "User"
    write({"app/user.py": "class Person: pass\n"})
    with loader.teardown().inflect({"user": "Person"}):
        assert run("from app import Person")["Person"].__name__ == "Person"


def test_strict_reaches_eager_loading_and_spares_packages_and_programs(autoload):
    loader = autoload(
        {
            "__init__.py": "",
            "__main__.py": "",
            "pkg/__init__.py": "",
            "pkg/good.py": "class Good: pass\n",
            "lazy.py": "def __getattr__(name):\n    if name == 'Lazy':\n        return 1\n    raise AttributeError(name)\n",
            "replaced.py": "import sys, types\nsys.modules[__name__] = types.SimpleNamespace(Replaced=1)\n",
            "bad.py": "",
        },
        strict=True,
    )
    report = loader.eager_load(on_error="collect")
    assert {name: type(error) for name, error in report.failed.items()} == {"app.bad": NameMismatchError}


def test_strict_is_an_option_of_the_npm_package_too(write, failing):
    base = write({"app/user.py": ""}) / "app"
    with AutoLoader.from_options(json.dumps({"basePath": str(base), "topLevel": "app", "strict": True})):
        assert type(failing("import app.user")) is NameMismatchError


def test_not_strict_a_file_needs_no_attribute(autoload, run):
    autoload({"user.py": "x = 1\n"})
    assert run("from app import User")["User"].x == 1


# Frames


BROKEN = {
    "bad.py": "def half(x):\n    return x / 0\nhalf(1)\n",
    "pkg/__init__.py": "from . import inner\n",
    "pkg/inner.py": "\nimport app.bad\n",
    "syntax.py": "x = (\n",
    "decode.py": b"x = 1\ny = '\xff'\n",
    "cookie.py": b"# coding: klingon\n",
    "null.py": b"x = 1\0\n",
    "quits.py": "raise KeyboardInterrupt\n",
    "missing.py": "import no_such_distribution\n",
}


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("statement", "error", "frames"),
    [
        ("import app.bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.Bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("from app import Bad", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app; getattr(app, 'Bad', 3)", ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
        ("import app.Pkg", ZeroDivisionError, [("__init__.py", 1), ("inner.py", 2), ("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.Pkg", ZeroDivisionError, [("__init__.py", 1), ("inner.py", 2), ("bad.py", 3), ("bad.py", 2)]),
        ("import app; app.quits", KeyboardInterrupt, [("quits.py", 1)]),
        ("import app; app.Missing", builtins.ModuleNotFoundError, [("missing.py", 1)]),
        ("import app; app.syntax", SyntaxError, []),
        ("import app; app.Decode", SyntaxError, []),
        ("import app; app.nothing", AttributeError, []),
        ("import app; app.__nothing__", AttributeError, []),
    ],
)
def test_the_autoloader_s_frames_are_in_no_traceback(autoload, failing, statement, error, frames):
    autoload(BROKEN)
    raised = failing(statement)
    assert type(raised) is error
    assert shown(raised) == [("<test>", 1), *frames]


def test_what_a_user_calls_leaves_no_frame_either(autoload, run, write):
    loader = autoload(BROKEN)
    for call, error, frames in [
        (lambda: loader.setup(), ConfigurationError, []),
        (lambda: AutoLoader([3]), ConfigurationError, []),
        (lambda: AutoLoader().registry, SetupRequiredError, []),
        (lambda: loader.registry["missing"], KeyError, []),
        (lambda: loader.eager_load(on_error="raise"), ZeroDivisionError, [("bad.py", 3), ("bad.py", 2)]),
    ]:
        with pytest.raises(error) as caught:
            call()
        entries = traceback.extract_tb(caught.value.__traceback__)
        files = [(entry.filename.rpartition("/")[2], entry.lineno) for entry in entries]
        here = [position for position, (name, _) in enumerate(files) if name == "test_errors.py"]
        assert files[here[-1] + 1 :] == frames


@pytest.mark.parametrize("stem", ["syntax", "decode", "cookie", "null"])
def test_source_that_cannot_be_read_is_python_s_own_error(autoload, write, monkeypatch, failing, stem):
    folder = write({f"app/{name}": source for name, source in BROKEN.items()})
    monkeypatch.syspath_prepend(str(folder))
    python_s = failing(f"import app.{stem}")
    monkeypatch.undo()
    for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
        del sys.modules[name]
    autoload({})
    ours = failing(f"import app.{stem}")
    assert type(ours) is type(python_s)
    assert str(ours) == str(python_s)
    assert ours.args == python_s.args
    if stem == "syntax":
        assert ours.filename == f"{folder}/app/syntax.py"


def test_a_file_that_cannot_be_read_any_more_is_python_s_own_error(autoload, failing, tmp_path):
    autoload({"user.py": ""})
    (tmp_path / "app/user.py").unlink()
    (tmp_path / "app/user.py").mkdir()
    raised = failing("import app.user")
    assert isinstance(raised, OSError)
    assert not [frame for frame in traceback.extract_tb(raised.__traceback__) if "pyautoload_wasm" in frame.filename]
