"""``strict=True``: a file defines what its name announces, or it cannot be imported."""

import importlib
import json
import sys

import pytest
from pyautoload_wasm import NameMismatchError, null_inflector
from pyautoload_wasm._bridge import loader_from
from raised import shown


@pytest.mark.smoke
@pytest.mark.parametrize(
    "statement",
    [
        "import app.user",
        "from app import user",
        "import app\napp.User",
        "import app\napp.user",
        "from app import User",
        "import app.User",
        "from app.user import Person",
        "from app.User import User",
        "import importlib\nimportlib.import_module('app.user')",
    ],
)
def test_no_way_in_gets_past_it(autoload, run, statement):
    autoload({"user.py": "class Person: pass\n"}, strict=True)
    with pytest.raises(NameMismatchError, match=r"/app/user\.py is expected to define 'User', but does not"):
        run(statement)
    assert "app.user" not in sys.modules
    assert "app.User" not in sys.modules


def test_a_file_that_was_mended_is_imported(autoload, run, write):
    autoload({"user.py": "class Person: pass\n"}, strict=True)
    for _ in range(2):
        with pytest.raises(NameMismatchError):
            run("from app import User")
    write({"app/user.py": "class User: pass\n"})
    assert run("from app import User")["User"]


@pytest.mark.parametrize("explicit", ["hotel.py", "hotel/__init__.py"])
def test_an_explicit_namespace_beside_its_folder_counts_and_an_init_does_not(autoload, run, explicit):
    autoload({explicit: "x = 1\n", "hotel/room.py": "class Room: pass\n"}, strict=True)
    if explicit == "hotel.py":
        with pytest.raises(NameMismatchError, match="is expected to define 'Hotel'"):
            run("from app.hotel import Room")
        assert not [name for name in sys.modules if name.startswith("app.hotel")]
    else:
        assert run("from app.hotel import Room, x")["Room"]


@pytest.mark.parametrize(
    "source",
    [
        "class User: pass\n",
        "User = 3\n",
        "def User(): pass\n",
        "from other_user import User\n",
        "def __getattr__(name):\n    if name == 'User':\n        return 1\n    raise AttributeError(name)\n",
        "globals()['User'] = 1\n",
        "import sys, types\nsys.modules[__name__] = types.SimpleNamespace(User=1)\n",
    ],
    ids=["class", "value", "function", "import", "getattr", "globals", "replaced"],
)
def test_whatever_gives_the_attribute_will_do(autoload, run, write, source):
    sys.path.append(str(write({"site/other_user.py": "class User: pass\n"}) / "site"))
    importlib.invalidate_caches()
    autoload({"user.py": source}, strict=True)
    assert run("from app.user import User")["User"]


def test_eager_loading_names_every_file_that_does_not_comply(autoload):
    files = {
        "a.py": "class A: pass\n",
        "b.py": "",
        "m/c.py": "",
        "lazy/d.py": "",
        "p/__init__.py": "",
        "__main__.py": "1 / 0\n",
    }
    loader = autoload(files, lambda loader: loader.do_not_eager_load("lazy"), strict=True)
    failed = loader.eager_load(force=True, on_error="collect").failed
    assert {name: type(error) for name, error in failed.items()} == dict.fromkeys(
        ["app.b", "app.lazy.d", "app.m.c"], NameMismatchError
    )
    with pytest.raises(NameMismatchError):
        loader.eager_load(on_error="raise")


def test_check_says_the_same_without_running_anything(autoload):
    loader = autoload(
        {"a.py": "class A: pass\n", "b.py": "class C: pass\n", "p/__init__.py": "", "p/x.py": "class X: pass\n"},
        strict=True,
    )
    assert [(problem.kind, problem.name) for problem in loader.check()] == [("attribute", "app.b")]


def test_names_are_the_inflector_s(autoload, run):
    def configure(loader):
        loader.inflector = null_inflector
        return loader

    autoload({"user.py": "user = 1\n", "order.py": "Order = 1\n"}, configure, strict=True)
    assert run("import app.user")["app"].user.user == 1
    with pytest.raises(NameMismatchError, match="is expected to define 'order'"):
        run("import app.order")


def test_it_does_not_read_the_import_graph(autoload, run):
    """The expected attribute alone is asked for: a record would have every file of the project scanned for imports."""
    loader = autoload({"user.py": "class User: pass\n"}, strict=True)
    asked = []
    ask = loader._settings.engine._request
    loader._settings.engine._request = lambda text: asked.append(text) or ask(text)
    run("import app.user")
    assert not [text for text in asked if '"record"' in text]


# The messages


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
        assert str(error) == f"{base}/user.py is expected to define 'User', but does not. {advice}"
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
    with loader_from(json.dumps({"basePath": str(base), "topLevel": "app", "strict": True})):
        assert type(failing("import app.user")) is NameMismatchError


def test_not_strict_a_file_needs_no_attribute(autoload, run):
    autoload({"user.py": "x = 1\n"})
    assert run("from app import User")["User"].x == 1
