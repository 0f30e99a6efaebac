"""Objects that were made before a module was executed again: functions run the new code, instances get the new class, and what others
hold of the old version becomes the new one.
"""

import copy
import functools
import gc
import pickle
import sys
import types
from collections import OrderedDict, deque

import pytest

USER = """\
import enum
from dataclasses import dataclass
counter = 0
def bump():
    global counter
    counter += 1
    return 'one', counter
def make(number):
    def inner(): return 'one', number
    return inner
class Base:
    def hi(self): return 'one'
class User(Base):
    def __init__(self): self.name = 'Ada'
    def hi(self): return super().hi() + '!'
    @property
    def p(self): return 'one'
    @staticmethod
    def s(): return 'one'
    @classmethod
    def c(cls): return 'one'
    class Inner:
        def hi(self): return 'one'
class Slots:
    __slots__ = ('x',)
    def hi(self): return 'one'
class Color(enum.Enum):
    RED = 1
    OLD = 3
class Perm(enum.Flag):
    R = 1
    W = 2
class Error(Exception):
    code = 'one'
@dataclass
class Point:
    x: int
    def hi(self): return 'one'
"""
NEW = (
    USER.replace("'one'", "'two'")
    .replace("    OLD = 3\n", "    BLUE = 2\n")
    .replace("    W = 2\n", "    W = 2\n    X = 4\n")
)


@pytest.fixture
def app(project):
    """A project whose one file is edited. Objects follow."""
    app = project({"user.py": USER, "other.py": "LIST, DICT = [], {}\n"}, "app.user", "app.other")
    app.loader.enable_reloading(objects="follow")
    app.user = sys.modules["app.user"]
    return app


def edit(app, source=NEW):
    report = app.write("user.py", source).flush()
    assert report.failed == []
    assert list(report.reloaded) == ["app.user"]
    return report


@pytest.mark.smoke
def test_the_module_stays_the_same_object_and_is_what_a_fresh_import_makes(app, run):
    namespace = app.user.__dict__
    app.user.by_hand = 1
    edit(app)
    assert sys.modules["app.user"] is app.user is sys.modules["app"].user
    assert app.user.__dict__ is namespace
    assert app.user.by_hand == 1
    assert app.user.__name__ == "app.user"
    assert app.user.__spec__.name == "app.user"
    assert app.user.User().hi() == "two!"


@pytest.mark.smoke
def test_an_instance_gets_the_new_class(app):
    user = app.user.User()
    inner, slots, point, error = app.user.User.Inner(), app.user.Slots(), app.user.Point(1), app.user.Error()
    slots.x = 3
    report = edit(app)
    assert type(user) is app.user.User
    assert (user.hi(), user.p, user.s(), user.c(), user.name) == ("two!", "two", "two", "two", "Ada")
    assert (inner.hi(), slots.hi(), slots.x, error.code) == ("two", "two", 3, "two")
    assert point == app.user.Point(1)
    assert isinstance(error, app.user.Error)
    assert {"app.user.User", "app.user.User.Inner", "app.user.Slots", "app.user.Point"} <= set(report.followed)
    assert report.not_followed == {}


def test_an_old_object_can_be_pickled_copied_matched_and_caught(app):
    user, error = app.user.User(), app.user.Error()
    edit(app)
    assert pickle.loads(pickle.dumps(user)).hi() == copy.deepcopy(user).hi() == "two!"
    match error:
        case app.user.Error(code=code):
            assert code == "two"
    with pytest.raises(app.user.Error):
        raise error


HOLDERS = {
    "dict": (lambda it: {1: it}, lambda held: held[1]),
    "ordered": (lambda it: OrderedDict([(1, it)]), lambda held: held[1]),
    "key": (lambda it: {0: 0, it: 1, 2: 2}, lambda held: list(held)[1]),
    "list": (lambda it: [0, it, 2], lambda held: held[1]),
    "deque": (lambda it: deque([0, it]), lambda held: held[1]),
    "set": (lambda it: {it}, lambda held: next(iter(held))),
    "attribute": (lambda it: types.SimpleNamespace(x=it), lambda held: held.x),
    "closure": (lambda it: lambda: it, lambda held: held()),
    "class": (lambda it: type("Holder", (), {"x": staticmethod(it)}), lambda held: held.x),
    "slot": (lambda it: Slotted(it), lambda held: held.x),
    "inside": (lambda it: ([{"x": it}],), lambda held: held[0][0]["x"]),
}


class Slotted:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


@pytest.mark.parametrize("name", ["User", "bump"])
@pytest.mark.parametrize("holder", [name for name in HOLDERS if name != "class"])
def test_what_somebody_holds_becomes_the_new_object(app, holder, name):
    hold, look_up = HOLDERS[holder]
    held = hold(getattr(app.user, name))
    report = edit(app)
    assert look_up(held) is getattr(app.user, name)
    assert report.followed[f"app.user.{name}"] >= 1
    assert report.not_followed == {}


def test_an_attribute_of_a_class_becomes_the_new_object(app):
    class Holder:
        model = app.user.User

    assert Holder.model is app.user.User
    edit(app)
    assert Holder.model is app.user.User


def test_a_function_runs_the_new_code_wherever_it_is_held(app):
    user, tuples = app.user.User(), (app.user.bump,)
    partial, method, inner = functools.partial(app.user.bump), user.hi, app.user.make(3)
    iterator = iter(app.user.bump, None)
    report = edit(app)
    assert tuples[0]() == ("two", 1)
    assert partial() == ("two", 2)
    assert next(iterator) == ("two", 3)
    assert app.user.bump() == ("two", 4)
    assert app.user.counter == 4
    assert method() == "two!"
    assert inner() == ("two", 3)
    assert report.followed["app.user.make.<locals>.inner"] == 1
    assert report.not_followed == {}


def test_a_function_has_the_new_defaults_attributes_and_annotations(app):
    source = "def f(a, b=1, *, c: int = 2):\n    'one'\n    return a, b, c\nf.x = 1\n"
    app.write("user.py", source).flush()
    held = (app.user.f,)
    edit(app, "def f(a, b=3, *, c: str = 4):\n    'two'\n    return [a, b, c]\nf.y = 2\n")
    assert held[0](0) == [0, 3, 4]
    assert (held[0].__doc__, held[0].__dict__, held[0].__annotations__) == ("two", {"y": 2}, {"c": str})


def test_a_decorated_function_is_still_decorated(app):
    source = """\
        import functools
        def loud(function):
            @functools.wraps(function)
            def wrapper(): return function().upper()
            return wrapper
        def bare(function):
            def wrapper(): return function() + '?'
            return wrapper
        @loud
        def a(): return 'one'
        @bare
        def b(): return 'one'
        @functools.cache
        def c(): return ['one']
        CHANGED = 'one'
        """
    app.write("user.py", source).flush()
    held = app.user.a, app.user.b, functools.partial(app.user.c)
    held[2]()
    edit(app, source.replace("'one'", "'two'"))
    assert [each() for each in held] == ["TWO", "two?", ["two"]]


def test_a_class_elsewhere_derives_from_the_new_one(app):
    class Mine(app.user.User):
        def hi(self):
            return super().hi() + "?"

    mine = Mine()
    edit(app)
    assert Mine.__bases__ == (app.user.User,)
    assert mine.hi() == "two!?"
    assert isinstance(mine, app.user.User)
    assert app.user.User.__subclasses__() == [Mine]


def test_of_a_class_that_derives_from_another_in_the_file_the_new_one_alone_is_listed(app):
    source = "class Base: pass\nclass A(Base): v = 1\nclass B(Base): v = 1\n"
    app.write("user.py", source).flush()
    held = app.user.Base, app.user.Base()
    edit(app, "class Base: pass\nclass A(Base): v = 2\n")
    assert [child.v for child in app.user.Base.__subclasses__()] == [2]
    assert type(held[1]) is app.user.Base


def test_a_registry_has_one_entry_in_the_place_of_the_old(app):
    other = sys.modules["app.other"]
    plugin = (
        "from app.other import DICT, LIST\nclass User: v = 'one'\nLIST.append(User)\nDICT[User] = DICT['x'] = User\n"
    )
    app.write("user.py", plugin).flush()
    other.LIST.append(1)
    other.DICT["last"] = 1
    edit(app, plugin.replace("'one'", "'two'"))
    user = app.user.User
    assert user.v == "two"
    assert [user, 1] == other.LIST
    assert list(other.DICT.items()) == [(user, user), ("x", user), ("last", 1)]


def test_a_member_of_an_enumeration_is_the_new_one_where_it_is_held(app):
    held = {"red": app.user.Color.RED, "list": [app.user.Color.RED], "both": app.user.Perm.R | app.user.Perm.W}
    by_member = {app.user.Color.RED: 1}
    report = edit(app)
    assert held["red"] is held["list"][0] is app.user.Color.RED
    assert by_member[app.user.Color.RED] == 1
    assert isinstance(held["red"], app.user.Color)
    assert held["both"] == app.user.Perm.R | app.user.Perm.W
    assert app.user.Perm.R in held["both"]
    assert app.user.Color.BLUE.value == 2
    assert report.not_followed == {}


def test_a_generator_goes_on_with_the_code_it_has(app):
    app.write("user.py", "def g():\n    yield 'one'\n    yield 'one'\n").flush()
    running = app.user.g()
    next(running)
    edit(app, "def g():\n    yield 'two'\n    yield 'two'\nCHANGED = True\n")
    assert next(running) == "one"
    assert next(app.user.g()) == "two"


def test_a_single_dispatch_of_others_finds_the_new_class(app):
    @functools.singledispatch
    def show(value):
        return "default"

    show.register(app.user.User, lambda value: "user")
    user = app.user.User()
    assert show(user) == "user"
    edit(app)
    assert show(user) == show(app.user.User()) == "user"


def test_a_failed_reload_undoes_all_of_it(app):
    user, classes, functions, by_class = app.user.User(), [app.user.User], (app.user.bump,), {app.user.User: 1}
    old, names, code = app.user.User, dict(vars(app.user)), app.user.bump.__code__
    app.write("last.py", "from .user import User\n")
    __import__("app.last")
    failed = app.write("user.py", NEW).write("last.py", "from .user import User\n1 / 0\n").flush()
    # What failed imports what was edited, which is reloaded by itself then.
    assert [one.name for one in failed.failed] == ["app.last"]
    assert type(user) is app.user.User is not old
    report = app.write("user.py", USER + "1 / 0\n").flush()
    assert [one.name for one in report.failed] == ["app.user"]
    assert report.followed == {}
    assert (type(user), classes, by_class) == (app.user.User, [app.user.User], {app.user.User: 1})
    assert user.hi() == "two!"
    assert functions[0]()[0] == "two"
    assert functions[0].__code__ is not code
    assert vars(app.user).keys() == names.keys()


def test_the_heap_is_looked_through_where_somebody_holds_something_and_not_else(app, monkeypatch):
    looks = []
    get_referrers = gc.get_referrers

    def look(*objects):
        looks.append(len(objects))
        return get_referrers(*objects)

    gc.collect()
    monkeypatch.setattr(gc, "get_referrers", look)
    names = {"User": app.user.User}
    app.loader.track(names)
    for version in (NEW, USER, NEW):
        edit(app, version)
    assert names["User"] is app.user.User
    assert looks == []
    user = app.user.User()
    edit(app, USER)
    assert type(user) is app.user.User
    assert looks == [1]


def test_objects_stay_unless_somebody_asks(project):
    app = project({"user.py": USER}, "app.user")
    module, user = sys.modules["app.user"], sys.modules["app.user"].User()
    report = app.write("user.py", NEW).flush()
    assert sys.modules["app.user"] is not module
    assert user.hi() == "one!"
    assert report.followed == {}
    app.loader.enable_reloading(objects="follow")
    app.loader.enable_reloading(objects="stay")
    user = sys.modules["app.user"].User()
    app.write("user.py", USER).flush()
    assert user.hi() == "two!"


def test_a_module_in_whose_place_its_body_has_put_another_is_made_anew(app):
    source = "import sys\nclass Fake:\n    v = 'one'\n    __spec__ = __spec__\nsys.modules[__name__] = Fake()\n"
    app.write("user.py", source).flush()
    before = sys.modules["app.user"]
    app.write("user.py", source.replace("'one'", "'two'")).flush()
    assert sys.modules["app.user"].v == "two"
    assert type(before).__name__ == "Fake"


def test_a_package_keeps_its_modules_and_gets_new_ones(project):
    app = project(
        {"sub/__init__.py": "from .a import A\nv = 1\n", "sub/a.py": "class A: pass\n", "sub/b.py": ""}, "app.sub.b"
    )
    app.loader.enable_reloading(objects="follow")
    package, b = sys.modules["app.sub"], sys.modules["app.sub.b"]
    held = package.A()
    report = app.write("sub/a.py", "class A: v = 2\n").flush()
    assert sys.modules["app.sub"] is package is sys.modules["app"].sub
    assert "app.sub" in report.reloaded
    assert package.b is b or "app.sub.b" in report.reloaded
    assert type(held) is package.A is package.a.A
    assert held.v == 2


def test_a_name_that_a_module_binds_only_once_is_bound_again(app):
    source = "if 'made' not in globals():\n    made = []\nmade.append(1)\n"
    app.write("user.py", source).flush()
    edit(app, source + "x = 1\n")
    assert app.user.made == [1]


@pytest.mark.parametrize("objects", ["leave", "", 1, True, ["follow"]])
def test_another_mode_is_refused(app, objects):
    from pyautoload_wasm import ConfigurationError

    with pytest.raises(ConfigurationError, match="expected 'follow' or 'stay'"):
        app.loader.enable_reloading(objects=objects)
