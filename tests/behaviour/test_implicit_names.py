"""Names without imports: what resolves, from where, what stays as it is in Python, and what nobody supplies."""

import builtins
import contextlib
import copy
import io
import pickle
import sys
import typing

import pytest
from pyautoload_wasm import AutoloadError, CircularDependencyError

SHOP = {
    "models/user.py": "class User:\n    name = 'ada'\n",
    "models/order.py": "class Order:\n    def user(self):\n        return User()\n",
    "money.py": "class Money(int): pass\n",
    "views/__init__.py": "",
    "views/user.py": "class User:\n    name = 'a view'\n",
}


@pytest.fixture
def implicit(autoload):
    """A loader whose modules have implicit names."""
    return lambda files, configure=lambda loader: loader, **options: autoload(
        files, lambda loader: configure(loader.implicit_names()), **options
    )


@pytest.mark.smoke
@pytest.mark.parametrize(
    "source",
    [
        "def get():\n    return User\n",
        "class Get:\n    value = User\n\nget = lambda: Get.value\n",
        "class Get(User): pass\n\nget = lambda: Get.__base__\n",
        "values = [User for _ in range(1)]\n\ndef get():\n    return values[0]\n",
        "def get():\n    return {User for _ in range(1)}.pop()\n",
        "def get():\n    return next(User for _ in range(1))\n",
        "def get():\n    return (lambda: User)()\n",
        "def decorator(cls):\n    return lambda function: lambda: cls\n\n@decorator(User)\ndef get(): pass\n",
        "def taken(user: User) -> User: ...\n\nget = lambda: taken.__annotations__['return']\n",
        "class Get:\n    user: User\n\nget = lambda: Get.__annotations__['user']\n",
        "def default(user=User):\n    return user\n\nget = default\n",
        "def outer():\n    def inner():\n        return User\n    return inner()\n\nget = outer\n",
        "async def later():\n    return User\n\ndef get():\n    try:\n        later().send(None)\n    except StopIteration as end:\n"
        "        return end.value\n",
        "get = lambda: eval('User')\n",
        "def get():\n    match User():\n        case User():\n            return User\n",
        "get = lambda: f'{User.__name__}' and User\n",
    ],
    ids=[
        *[
            "function",
            "class body",
            "base",
            "comprehension",
            "set",
            "generator",
            "lambda",
            "decorator",
            "annotation",
            "variable",
        ],
        *["default", "nested", "coroutine", "eval", "match", "format"],
    ],
)
def test_a_bare_name_is_the_autoloaded_class(implicit, run, source):
    implicit({**SHOP, "models/asks.py": source})
    found = run("import app\nfound = app.models.asks.get()\nuser = app.models.User")
    assert found["found"] is found["user"]


def test_nothing_is_loaded_before_it_is_used(implicit, run):
    implicit({"order.py": "def user():\n    return User\n", "user.py": "class User: pass\n"})
    order = run("from app import order")["order"]
    assert "app.user" not in sys.modules
    assert order.user() is sys.modules["app.user"].User


def test_the_nearest_namespace_comes_first_then_those_further_out(implicit, run):
    who = "def who():\n    return User.__module__\n"
    files = {"user.py": "class User: pass\n", "models/user.py": "class User: pass\n"}
    implicit(files | {"asks.py": who, "models/asks.py": who, "views/asks.py": who, "views/deep/asks.py": who})
    app = run("import app")["app"]
    assert [app.asks.who(), app.models.asks.who()] == ["app.user", "app.models.user"]
    assert [app.views.asks.who(), app.views.deep.asks.who()] == ["app.user", "app.user"]


def test_a_package_s_own_children_are_nearest_to_its_body(implicit, run):
    files = {
        "hotel.py": "class Hotel:\n    room = Room\n",
        "hotel/room.py": "class Room: pass\n",
        "room.py": "raise RuntimeError\n",
        "inn/__init__.py": "price = Price\n",
        "inn/price.py": "class Price: pass\n",
    }
    implicit(files)
    app = run("import app")["app"]
    assert app.Hotel.room is app.hotel.room.Room
    assert app.inn.price is sys.modules["app.inn.price"].Price or app.inn.price is sys.modules["app.inn.price"]


def test_modules_and_packages_are_names_as_well(implicit, run):
    implicit({**SHOP, "asks.py": "def get():\n    return models.User, money, app\n"})
    app = run("import app")["app"]
    assert app.asks.get() == (app.models.User, sys.modules["app.money"], app)


def test_top_level_modules_are_outermost(implicit, run):
    implicit({"clock.py": "class Clock: pass\n", "pages/home.py": "def get():\n    return Clock\n"}, top_level=None)
    assert run("import pages.home\nfound = pages.home.get()")["found"].__module__ == "clock"


def test_a_file_written_later_is_found(implicit, run, write):
    implicit({"order.py": "def user():\n    return User\n"})
    order = run("from app import order")["order"]
    write({"app/user.py": "class User: pass\n"})
    assert order.user().__module__ == "app.user"


def test_only_what_asks_for_it_is_changed(autoload, run):
    autoload(SHOP)
    with pytest.raises(NameError, match="name 'User' is not defined"):
        run("import app\napp.models.Order().user()")


# What stays as it is in Python


def shown(error):
    """An error's last line, as Python prints it: until 3.12 the suggestions are not in it before."""
    with contextlib.redirect_stderr(io.StringIO()) as out:
        sys.__excepthook__(type(error), error, error.__traceback__)
    return out.getvalue().splitlines()[-1]


@pytest.mark.parametrize("wrong", ["pritn('x')", "Usser", "lenght = 3; lenghth", "sys.path", "__nothing__", "Exeption"])
def test_a_name_that_nobody_supplies_is_python_s_error_with_its_suggestion(implicit, run, wrong):
    implicit({"asks.py": f"def get():\n    {wrong}\n", "plain.py": ""})
    asks = run("from app import asks")["asks"]
    with pytest.raises(NameError) as caught:
        asks.get()
    plain = {"__name__": "plain"}
    exec(f"def get():\n    {wrong}\n", plain)
    with pytest.raises(NameError) as expected:
        plain["get"]()
    assert type(caught.value) is type(expected.value)
    assert shown(caught.value) == shown(expected.value)
    assert caught.value.name == expected.value.name
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_builtins_stay_what_they_are(implicit, run, monkeypatch):
    implicit({"asks.py": "def get():\n    return len, print, mine\n", "print.py": "", "mine.py": ""})
    asks = run("from app import asks")["asks"]
    monkeypatch.setattr(builtins, "print", "in its place")
    monkeypatch.setattr(builtins, "mine", "new", raising=False)
    assert asks.get() == (len, "in its place", "new")
    monkeypatch.undo()
    assert asks.get() == (len, print, sys.modules["app.mine"])


def test_an_import_hook_of_somebody_else_is_still_called(implicit, run, monkeypatch):
    implicit({"asks.py": "def get():\n    import json\n    return json\n"})
    asks = run("from app import asks")["asks"]
    seen = []
    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", lambda name, *rest: seen.append(name) or real(name, *rest))
    assert asks.get().__name__ == "json"
    assert "json" in seen


def test_what_python_says_of_a_module_is_unchanged(implicit, run):
    implicit({**SHOP, "models/asks.py": "value = 1\n"})
    asks = run("from app.models import asks")["asks"]
    assert not hasattr(asks, "User")
    assert "User" not in vars(asks)
    assert "User" not in dir(asks)
    with pytest.raises(AttributeError):
        _ = asks.User
    with pytest.raises(AttributeError):
        del asks.User


def test_del_and_globals_know_nothing_of_it(implicit, run):
    files = {
        "user.py": "class User: pass\n",
        "asks.py": """
            def delete():
                global User
                del User
            def known():
                return "User" in globals()
            def get():
                User
                return known()
        """,
    }
    implicit(files)
    asks = run("from app import asks")["asks"]
    with pytest.raises(NameError, match="name 'User' is not defined"):
        asks.delete()
    assert asks.get() is False


def test_exec_in_a_namespace_of_its_own_has_no_part_in_it(implicit, run):
    source = "def run(source, namespace):\n    exec(source, namespace)\n    return namespace\n"
    implicit({"user.py": "class User: pass\n", "asks.py": source})
    asks = run("from app import asks")["asks"]
    with pytest.raises(NameError, match="name 'User' is not defined"):
        asks.run("User", {})
    assert asks.run("x = len('ab')", {})["x"] == 2
    with pytest.raises(NameError):
        asks.run("len", {"__builtins__": {}})
    assert asks.run("import json", {})["json"].__name__ == "json"


def test_the_builtins_of_a_module_are_a_dict_like_any_other(implicit, run):
    implicit({"asks.py": "seen = __builtins__\n"})
    seen = run("from app import asks")["asks"].seen
    real = vars(builtins)
    assert isinstance(seen, dict)
    assert seen["len"] is len
    assert seen.get("len") is len
    assert seen.get("nothing") is None
    assert "len" in seen
    assert "nothing" not in seen
    assert (len(seen), list(seen), seen == real) == (len(real), list(real), True)
    # Until Python 3.12 an import statement takes it from the dict itself, so something has to be there.
    assert {**seen, "__import__": None} == {**real, "__import__": None}
    seen["pyautoload_test"] = 1
    assert builtins.pyautoload_test == 1
    del seen["pyautoload_test"]
    assert not hasattr(builtins, "pyautoload_test")
    assert type(copy.copy(seen)) is dict


def test_pickles_and_copies_are_python_s(implicit, run):
    implicit(SHOP)
    order = run("import app\norder = app.models.Order()")["order"]
    order.user()
    assert type(pickle.loads(pickle.dumps(order))) is type(order)
    function = type(order).user
    assert pickle.loads(pickle.dumps(function)) is function
    assert type(copy.deepcopy(order)) is type(order)


def test_dataclasses_and_type_hints(implicit, run):
    source = """
        import dataclasses
        import typing
        @dataclasses.dataclass
        class Order:
            user: User
            lines: list[User] = dataclasses.field(default_factory=list)
            def first(self) -> User: ...
    """
    implicit({**SHOP, "models/basket.py": source})
    order = run("import app\norder = app.models.basket.Order")["order"]
    user = sys.modules["app.models.user"].User
    assert typing.get_type_hints(order) == {"user": user, "lines": list[user]}
    assert typing.get_type_hints(order.first) == {"return": user}


def test_quoted_annotations_are_python_s_business(implicit, run):
    """Until Python 3.13 typing evaluates them in the module; since then it looks into the module's dictionary and the builtins."""
    implicit({**SHOP, "models/basket.py": "def first() -> 'User': ...\ndef second() -> 'list[User]': ...\n"})
    basket = run("from app.models import basket")["basket"]
    hints = [typing.get_type_hints(basket.second)["return"]]
    try:
        hints.append(typing.get_type_hints(basket.first)["return"])
    except NameError:
        assert sys.version_info >= (3, 14)
    user = sys.modules["app.models.user"].User
    assert hints == [list[user], user][: len(hints)]


# When something goes wrong


def test_an_error_in_the_file_is_that_error(implicit, run):
    implicit({"user.py": "1 / 0\n", "asks.py": "def get():\n    User\n"})
    asks = run("from app import asks")["asks"]
    with pytest.raises(ZeroDivisionError) as caught:
        asks.get()
    files = [entry.path.name for entry in caught.traceback][1:]
    assert files == ["asks.py", "user.py"]


def test_a_key_error_in_the_file_does_not_pass_for_a_missing_name(implicit, run, tmp_path):
    implicit({"user.py": "{}['x']\n", "asks.py": "def get():\n    User\n"})
    asks = run("from app import asks")["asks"]
    with pytest.raises(AutoloadError) as caught:
        asks.get()
    assert str(caught.value) == (
        f"'User' stands for app.user, and {tmp_path}/app/user.py raised KeyError('x') while it was imported: fix that file"
    )
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_file_without_the_name_does_not_supply_it(implicit, run):
    implicit({"user.py": "x = 1\n", "asks.py": "def get():\n    return User\n"})
    with pytest.raises(NameError, match="name 'User' is not defined"):
        run("from app import asks\nasks.get()")


def test_a_name_of_the_file_itself_that_is_not_defined_yet(implicit, run):
    implicit({"user.py": "early = User\nclass User: pass\n"})
    with pytest.raises(NameError, match="name 'User' is not defined"):
        run("import app.user")


def test_a_cycle_is_explained(implicit, run, tmp_path):
    implicit({"a.py": "class A(B): pass\n", "b.py": "class B(A): pass\n"})
    with pytest.raises(CircularDependencyError) as caught:
        run("import app.a")
    assert f"{tmp_path}/app/b.py, line 1: app.b takes 'A' from app.a" in str(caught.value)


def test_after_a_module_was_executed_again_the_name_means_the_new_object(implicit, run, write):
    implicit({"user.py": "class User:\n    x = 1\n", "asks.py": "def get():\n    return User.x\n"})
    asks = run("from app import asks")["asks"]
    assert asks.get() == 1
    write({"app/user.py": "class User:\n    x = 22\n"})
    del sys.modules["app.user"]
    assert asks.get() == 22
