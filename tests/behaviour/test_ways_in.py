"""Every way in of the table, each as the first statement after set-up; a file is executed once, whatever its names."""

import importlib
import sys
import types

import pytest

pytestmark = pytest.mark.smoke

FILES = {
    "models/user.py": """
        import sys
        sys.executed = getattr(sys, "executed", 0) + 1
        class User:
            pass
        word = "user"
    """,
    "models/plain.py": "x = 1\n",
    "lib/x.py": "from ..models.user import User\ny = User\n",
    "pkg/__init__.py": "from . import inner\nfrom .inner import *\n",
    "pkg/inner.py": "__all__ = ['shown']\nshown = 1\nnot_shown = 2\n",
}


@pytest.fixture(autouse=True)
def counted():
    sys.executed = 0
    yield
    del sys.executed


@pytest.mark.parametrize(
    ("statement", "expression"),
    [
        ("import app.models.user", "app.models.user is modules['app.models.user']"),
        ("import app.models.user as m", "m is modules['app.models.user']"),
        ("from app.models import user", "user is modules['app.models.user']"),
        ("import app", "app.models.user is modules['app.models.user']"),
        ("import app", "app.models.User is modules['app.models.user'].User"),
        ("import app", "app.Models.User is modules['app.models.user'].User"),
        ("from app import models", "models.User.__name__ == 'User'"),
        ("from app.models import User", "User is modules['app.models.user'].User"),
        ("import app.models.User", "app.models.User is modules['app.models.user'].User"),
        ("import app.models.User", "modules['app.models.User'] is modules['app.models.user']"),
        ("import app.models.User", "modules['app.models.user'].__spec__.name == 'app.models.user'"),
        ("import app.models.User as U", "U is modules['app.models.user'].User"),
        ("import app.Models.User as U", "U is modules['app.models.user'].User"),
        ("from app.models.User import User", "User is modules['app.models.user'].User"),
        ("from app.models.User import word", "word == 'user'"),
        ("from app.lib.x import y", "y is modules['app.models.user'].User"),
        ("import importlib; m = importlib.import_module('app.models.User')", "m is modules['app.models.user']"),
        ("import importlib; m = importlib.import_module('.user', 'app.models')", "m is modules['app.models.user']"),
        ("from app.models.user import *", "User is modules['app.models.user'].User"),
    ],
)
def test_each_way_in_works_as_the_first_statement_and_executes_once(autoload, run, statement, expression):
    autoload(FILES)
    namespace = run(statement)
    assert eval(expression, namespace, {"modules": sys.modules})
    assert sys.executed == 1


@pytest.mark.parametrize("expression", ["app.models.Plain", "app.models.plain"])
def test_a_file_without_the_expected_attribute_gives_the_module(autoload, run, expression):
    autoload(FILES)
    assert eval(expression, run("import app")) is sys.modules["app.models.plain"]


def test_a_name_taken_from_a_file_without_it_gives_the_module(autoload, run):
    autoload(FILES)
    namespace = run("from app.models import Plain\nimport app.models.Plain as again")
    assert namespace["Plain"] is namespace["again"] is sys.modules["app.models.plain"]


def test_relative_imports_in_a_package_are_python_s(autoload, run):
    autoload(FILES)
    package = run("import app.pkg as pkg")["pkg"]
    assert package.inner is sys.modules["app.pkg.inner"]
    assert package.shown == 1
    assert not hasattr(package, "not_shown")


def test_all_names_of_a_file_are_one_module_executed_once(autoload, run):
    autoload(FILES)
    run("""
        import app.models.User, app.models.user
        from app.models import User, user
        from app.models.User import User as again
        import app.Models.user
        assert user.User is User is again is app.models.User is app.Models.User
        assert app.Models is app.models
    """)
    assert sys.executed == 1


def test_top_level_modules_have_both_names_too(autoload, run):
    autoload({"user.py": "class User: pass\n", "order.py": "from user import User\n"}, top_level=None)
    namespace = run("import User, order\nfrom User import User as cls")
    assert namespace["User"] is sys.modules["user"]
    assert namespace["order"].User is namespace["cls"]


def test_a_namespace_of_several_parts_can_be_a_root(autoload, run):
    autoload({"user.py": "class User: pass\n"}, top_level="com.example.app")
    assert run("import com; U = com.example.app.User")["U"].__module__ == "com.example.app.user"


def test_children_of_an_explicit_namespace_are_usable_while_its_body_runs(autoload, run):
    autoload(
        {
            "hotel.py": """
                from app.hotel.pricing import Pricing
                import app
                again = app.hotel.rooms.count
                class Hotel:
                    pricing = Pricing
            """,
            "hotel/pricing.py": "class Pricing: pass\n",
            "hotel/rooms.py": "count = 7\n",
        }
    )
    namespace = run("from app import Hotel, hotel")
    assert namespace["Hotel"].pricing is namespace["hotel"].Pricing
    assert namespace["hotel"].again == 7


def test_dir_lists_what_can_be_autoloaded(autoload, run):
    autoload(FILES)
    namespace = run("import app, app.models, app.pkg")
    assert {"models", "Models", "lib", "pkg"} <= set(dir(namespace["app"]))
    assert {"user", "User", "plain", "Plain"} <= set(dir(namespace["app"].models))
    assert {"inner", "shown", "__path__"} <= set(dir(namespace["app"].pkg))
    assert sys.executed == 0


def test_a_package_s_own_getattr_and_dir_come_first(autoload, run):
    autoload(
        {
            "pkg/__init__.py": """
            def __getattr__(name):
                if name == "answer":
                    return 42
                raise AttributeError(name)
            def __dir__():
                return ["answer"]
        """,
            "pkg/child.py": "class Child: pass\n",
        }
    )
    package = run("from app import pkg")["pkg"]
    assert package.answer == 42
    assert package.Child.__module__ == "app.pkg.child"
    assert dir(package) == ["Child", "answer", "child"]


def test_star_imports_take_what_all_names_even_children(autoload, run):
    autoload({"pkg/__init__.py": "__all__ = ['child', 'Child']\n", "pkg/child.py": "class Child: pass\n"})
    namespace = run("from app.pkg import *")
    assert namespace["child"].Child is namespace["Child"]


def test_a_module_that_replaces_itself_stays_replaced(autoload, run):
    autoload(
        {
            "settings.py": """
            import sys
            class Settings:
                debug = True
            sys.modules[__name__] = Settings()
        """
        }
    )
    namespace = run("import app, app.settings\nfrom app import settings")
    assert type(namespace["settings"]).__name__ == "Settings"
    assert namespace["app"].settings is namespace["settings"] is sys.modules["app.settings"]


def test_a_missing_attribute_is_python_s_error_with_its_suggestion(autoload, run):
    autoload(FILES)
    with pytest.raises(AttributeError) as caught:
        run("import app; app.models.Usr")
    assert str(caught.value) == "module 'app.models' has no attribute 'Usr'"
    assert caught.value.name == "Usr"
    assert isinstance(caught.value.obj, types.ModuleType)


def test_a_missing_module_is_python_s_error(autoload, run):
    autoload(FILES)
    for statement in ["import app.models.order", "from app.models import order", "from app.models import Order"]:
        with pytest.raises(ImportError):
            run(statement)
    assert sys.modules["app.models"].__name__ == "app.models"


def test_a_file_written_after_set_up_is_found_without_any_call(autoload, run, write):
    autoload(FILES)
    run("import app.models")
    write({"app/models/order.py": "class Order: pass\n", "app/models/big_deal.py": "class BigDeal: pass\n"})
    write({"app/models/more/item.py": "class Item: pass\n", "app/late/thing.py": "class Thing: pass\n"})
    namespace = run("""
        from app.models import Order, BigDeal
        import app.models.order, app.models.more.item
        from app.late import Thing
        found = [Order, BigDeal, app.models.more.Item, Thing]
    """)
    assert [cls.__name__ for cls in namespace["found"]] == ["Order", "BigDeal", "Item", "Thing"]


def test_what_was_nobody_s_package_when_somebody_asked_is_ours_once_it_is_there(autoload, run, write):
    loader = autoload({"box/lid.py": "x = 1\n"}, top_level=None).enable_reloading(watch=False, flush="manual")
    finder = sys.meta_path[0]
    assert finder.find_spec("Box.lid", ["/nowhere"]) is None
    assert finder.find_spec("late.thing", ["/nowhere"]) is None
    run("import Box.lid, box.lid")
    assert sys.modules["Box.lid"] is sys.modules["box.lid"]
    loader.notify(write({"app/late/thing.py": "x = 2\n"}) / "app/late/thing.py")
    loader.flush()
    assert run("import late.thing; x = late.thing.x")["x"] == 2


def test_two_hundred_modules_written_and_imported_at_once_are_all_found(autoload, write):
    autoload({"first.py": ""})
    for number in range(200):
        write({f"app/m{number}.py": f"x = {number}\n"})
        assert __import__(f"app.m{number}", fromlist=["x"]).x == number


def test_a_module_can_be_reached_while_it_is_imported_under_its_camelized_name(autoload, monkeypatch):
    """As by another thread: importlib has given the module the alias's spec then, whose import is not over."""
    from pyautoload_wasm._imports.aliases import AliasLoader

    autoload({"user.py": "NAME = 'Ada'\n"})
    reached = []
    take_off = AliasLoader.exec_module

    def exec_module(loader, module):
        reached.append((sys.modules["app"].User, module.__spec__.name))
        take_off(loader, module)

    monkeypatch.setattr(AliasLoader, "exec_module", exec_module)
    importlib.import_module("app.User")
    assert reached == [(sys.modules["app.user"], "app.User")]
    assert sys.modules["app.user"].__spec__.name == "app.user"


def test_a_camelized_name_taken_in_a_circular_import_is_refused_with_a_way_out(autoload, run):
    loader = autoload(
        {
            "a_one.py": "from app.b_two import BTwo\nclass AOne: pass\n",
            "b_two.py": "import app.AOne\nclass BTwo: pass\n",
        }
    )
    with pytest.raises(ImportError) as caught:
        run("import app.a_one")
    path = loader.roots[0].path
    assert str(caught.value) == (
        "'app.a_one' has no 'AOne' yet: it is still being imported, in an import cycle:\n"
        f"  {path}/a_one.py, line 1: app.a_one imports app.b_two\n"
        f"  {path}/b_two.py, line 1: app.b_two takes 'AOne' from app.a_one\n"
        "Move one of these imports into the function that needs it, or move what both sides need to a third module."
    )
    assert not {"app.a_one", "app.b_two", "app.AOne"} & set(sys.modules)
