"""A library whose own ``__init__.py`` sets its autoloading up. Python's own finder has found it."""

import builtins
import importlib
import inspect
import pickle
import sys
import types
import warnings

import pytest
from pyautoload_wasm import AutoLoader, AutoloadWarning, ConfigurationError, ConflictError

INIT = """
from pyautoload_wasm import AutoLoader
loader = AutoLoader.for_package(__file__)
loader.setup()
"""


@pytest.fixture
def install(write):
    """Writes packages where Python finds them."""

    def install(files):
        folder = write({f"site/{name}": source for name, source in files.items()}) / "site"
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
        importlib.invalidate_caches()
        return folder

    yield install
    for loader in AutoLoader.loaders():
        loader.teardown()


@pytest.mark.smoke
def test_a_library_sets_itself_up(install, run):
    folder = install(
        {
            "mylib/__init__.py": INIT + "logger = Logger if 0 else None\nfrom mylib.tools import Hammer\n",
            "mylib/user.py": "class User: pass\n",
            "mylib/tools/__init__.py": "",
            "mylib/tools/hammer.py": "class Hammer: pass\n",
        }
    )
    mylib = run("import mylib")["mylib"]
    assert mylib.User.__module__ == "mylib.user"
    assert run("from mylib import user, User, tools")["tools"].Hammer is mylib.Hammer
    assert run("import mylib.User")["mylib"] is mylib
    assert (mylib.__file__, mylib.loader.tag) == (f"{folder}/mylib/__init__.py", "mylib")
    assert {"User", "user", "tools"} <= set(dir(mylib))
    assert mylib.loader.eager_load(on_error="raise").failed == {}
    assert mylib.loader.registry["mylib.user"].loaded
    assert isinstance(mylib, types.ModuleType)
    assert inspect.getmodule(mylib.User) is sys.modules["mylib.user"]
    assert type(pickle.loads(pickle.dumps(mylib.User()))) is mylib.User


def test_children_are_there_while_the_body_runs(install, run):
    body = INIT + "import sys\nbase = sys.modules[__name__].Base\nclass Main(base): pass\n"
    install({"mylib/__init__.py": body, "mylib/base.py": "import mylib\nclass Base:\n    helper = mylib.Helper\n"})
    install({"mylib/helper.py": "class Helper: pass\n"})
    assert run("import mylib")["mylib"].Main.helper.__module__ == "mylib.helper"


def test_modules_that_were_imported_before_stay(install, run):
    install({"mylib/__init__.py": "from mylib import early\n" + INIT, "mylib/early.py": "", "mylib/late.py": ""})
    found = run("import mylib\nfrom mylib import early, late")
    assert found["mylib"].early is found["early"] is sys.modules["mylib.early"]
    found["mylib"].loader.teardown()
    assert "mylib.early" in sys.modules
    assert "mylib.late" not in sys.modules


def test_modules_that_were_imported_before_are_reloaded_and_the_package_is_not(install, run, write):
    init = "from mylib import early\n" + INIT
    install({"mylib/__init__.py": init, "mylib/early.py": "X = 1\n"})
    mylib = run("import mylib")["mylib"]
    mylib.loader.enable_reloading(watch=False)
    write({"site/mylib/__init__.py": init + "Y = 22\n", "site/mylib/early.py": "X = 22\n"})
    assert list(mylib.loader.reload().reloaded) == ["mylib.early"]
    assert sys.modules["mylib"] is mylib
    assert mylib.early.X == 22
    assert not hasattr(mylib, "Y")


@pytest.mark.parametrize("parent", ["", "company_/__init__.py"])
def test_a_library_below_another_s_name(install, run, parent):
    files = {
        "company_/mylib/__init__.py": INIT,
        "company_/mylib/user.py": "class User: pass\n",
        "company_/other.py": "x = 1\n",
    }
    install(files | ({parent: ""} if parent else {}))
    found = run("import company_.mylib, company_.other")["company_"]
    assert found.mylib.User.__module__ == "company_.mylib.user"
    assert found.mylib.loader.tag == "company_.mylib"
    assert found.other.x == 1
    assert type(found) is types.ModuleType


@pytest.mark.smoke
def test_it_leaves_as_it_came(install, run):
    install({"mylib/__init__.py": INIT, "mylib/user.py": "class User: pass\n", "mylib/deep/x.py": ""})
    with warnings.catch_warnings(action="ignore"):
        mylib = run("import mylib.deep.x\nmylib.User")["mylib"]
    mylib.loader.teardown()
    assert type(mylib) is types.ModuleType
    assert sys.modules["mylib"] is mylib
    assert [name for name in sys.modules if name.startswith("mylib.")] == []
    for name in ("User", "user", "deep"):
        assert not hasattr(mylib, name)
    # And Python's own finder goes on.
    assert importlib.import_module("mylib.user").User.__module__ == "mylib.user"


@pytest.mark.smoke
def test_reloading_the_library_makes_a_new_loader(install, run, write):
    install({"mylib/__init__.py": INIT, "mylib/user.py": "class User:\n    x = 1\n"})
    mylib = run("import mylib")["mylib"]
    first, user = mylib.loader, mylib.User
    write({"site/mylib/user.py": "class User:\n    x = 22\n"})
    assert importlib.reload(mylib) is mylib
    assert mylib.loader is not first
    assert AutoLoader.loaders() == (mylib.loader,)
    assert (user.x, mylib.User.x) == (1, 22)


def test_a_library_that_failed_can_be_tried_again(install, run, write):
    install({"mylib/__init__.py": INIT + "1 / 0\n", "mylib/user.py": "class User: pass\n"})
    with pytest.raises(ZeroDivisionError):
        run("import mylib")
    write({"site/mylib/__init__.py": INIT})
    importlib.invalidate_caches()
    assert run("import mylib")["mylib"].User
    assert len(AutoLoader.loaders()) == 1


def test_several_libraries_and_the_application(install, autoload, run):
    install({"liba_/__init__.py": INIT, "liba_/a.py": "import libb_\nclass A:\n    b = libb_.B\n"})
    install({"libb_/__init__.py": INIT, "libb_/b.py": "class B: pass\n"})
    autoload({"main.py": "import liba_\nclass Main:\n    a = liba_.A\n"})
    assert run("from app import Main")["Main"].a.b.__module__ == "libb_.b"
    assert len(AutoLoader.loaders()) == 3
    assert "liba_.a" in AutoLoader.eager_load_all().loaded


def test_a_library_in_an_application_s_root_needs_to_be_ignored_there(write, run):
    folder = write({"app/mylib/__init__.py": INIT, "app/mylib/user.py": "class User: pass\n", "app/main.py": ""})
    with AutoLoader(folder / "app", None):
        with pytest.raises(ConflictError) as caught:
            run("import mylib")
        assert f"let it ignore('{folder}/app/mylib')" in str(caught.value)
    sys.path.append(str(folder / "app"))
    importlib.invalidate_caches()
    with AutoLoader(folder / "app", None, allow_shadowing=True).ignore(folder / "app/mylib"):
        mylib = run("import mylib, main")["mylib"]
        assert mylib.User
        mylib.loader.teardown()


def test_it_can_be_configured_before_its_set_up(install, run):
    install(
        {
            "mylib/__init__.py": """
                from pyautoload_wasm import AutoLoader
                loader = AutoLoader.for_package(__file__, strict=True)
                loader.inflect({"version": "VERSION"}).ignore("generators").implicit_names().setup()
                """,
            "mylib/version.py": "VERSION = '1.0'\n",
            "mylib/about.py": "class About:\n    version = VERSION\n",
            "mylib/generators/x-y.py": "",
        }
    )
    mylib = run("import mylib")["mylib"]
    assert (mylib.VERSION, mylib.About.version) == ("1.0", "1.0")


def test_names_are_implicit_in_the_library_and_in_its_functions(install, run):
    init = INIT.replace("loader.setup()", "loader.implicit_names().setup()") + "def get():\n    return User\n"
    install({"mylib/__init__.py": init, "mylib/user.py": "class User: pass\n", "mylib/asks.py": "found = User\n"})
    mylib = run("import mylib.asks")["mylib"]
    assert mylib.get() is mylib.asks.found is mylib.User
    mylib.loader.teardown()
    assert mylib.__builtins__ is vars(builtins)
    with pytest.raises(NameError):
        mylib.get()


# Extra files


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (
            "my-script.py",
            "{}/my-script.py cannot be imported: 'my-script' is no name in Python; rename it with letters, digits and underscores, or "
            "ignore it; or pass warn_on_extra_files=False to for_package()",
        ),
        (
            "generators/main.py",
            "{}/generators has modules and no __init__.py, so it is the namespace 'mylib.generators', and setuptools' find_packages() "
            "leaves it out of a wheel: add an __init__.py, ignore the folder, or pass warn_on_extra_files=False to for_package()",
        ),
    ],
)
def test_extra_files_are_warned_of(install, run, extra, message):
    folder = install({"mylib/__init__.py": INIT, "mylib/user.py": "", f"mylib/{extra}": ""})
    with pytest.warns(AutoloadWarning) as caught:
        run("import mylib")
    assert [str(warning.message) for warning in caught] == [message.format(f"{folder}/mylib")]
    assert [warning.filename for warning in caught] == [f"{folder}/mylib/__init__.py"]


@pytest.mark.parametrize(
    ("files", "call"),
    [
        ({"user.py": "", "sub/__init__.py": "", "sub/x.py": ""}, "for_package(__file__)"),
        ({"data.csv": "", "data/x.csv": "", ".hidden.py": "", "py.typed": ""}, "for_package(__file__)"),
        ({"my-script.py": "", "generators/x.py": ""}, "for_package(__file__, warn_on_extra_files=False)"),
        ({"my-script.py": "", "generators/x.py": ""}, "for_package(__file__).ignore('my-*.py', 'generators')"),
    ],
)
def test_what_is_expected_ignored_or_allowed_is_not_warned_of(install, run, recwarn, files, call):
    init = f"from pyautoload_wasm import AutoLoader\nloader = AutoLoader.{call}.setup()\n"
    install({"mylib/__init__.py": init} | {f"mylib/{name}": source for name, source in files.items()})
    run("import mylib")
    assert [warning for warning in recwarn if warning.category is AutoloadWarning] == []


def test_a_warning_that_is_an_error_leaves_nothing_half_done(install, run):
    install({"mylib/__init__.py": INIT, "mylib/my-script.py": ""})
    finders = list(sys.meta_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AutoloadWarning):
            run("import mylib")
    assert (sys.meta_path, AutoLoader.loaders()) == (finders, ())
    with pytest.warns(AutoloadWarning):
        assert run("import mylib")["mylib"].loader.registry


# Bad input


def test_another_file_than_a_package_s_init_is_refused(write):
    folder = write({"app/main.py": "", "app/__init__.py": ""})
    for file, message in {
        folder / "app/main.py": (
            f"for_package(): {folder}/app/main.py is no __init__.py: call it in a package's own __init__.py, as "
            "for_package(__file__); for a project without one, call AutoLoader(base_path, top_level)"
        ),
        folder / "app/__init__.py": (
            f"for_package(): {folder}/app/__init__.py belongs to no package that is being imported: call it in the package's own "
            "__init__.py, as for_package(__file__)"
        ),
    }.items():
        with pytest.raises(ConfigurationError) as caught:
            AutoLoader.for_package(file)
        assert str(caught.value) == message
    assert AutoLoader.loaders() == ()
