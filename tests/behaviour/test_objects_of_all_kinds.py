"""What kinds of objects follow a reload, and what becomes of those that cannot."""

import sys

import pytest
from test_objects_that_follow import NEW, USER, edit


@pytest.fixture
def app(project):
    """A project whose one file is edited. Objects follow."""
    app = project({"user.py": USER}, "app.user")
    app.loader.enable_reloading(objects="follow")
    app.user = sys.modules["app.user"]
    return app


KINDS = """\
import abc, collections, dataclasses, enum, threading, typing
T = typing.TypeVar('T')
class Meta(type):
    def __setattr__(cls, name, value): raise TypeError(name)
    def __eq__(cls, other): raise RuntimeError('eq')
    def __hash__(cls): raise RuntimeError('hash')
    def __getattr__(cls, name): raise RuntimeError(name)
class WithMeta(metaclass=Meta):
    def hi(self): return 'one'
class Abstract(abc.ABC):
    @abc.abstractmethod
    def hi(self): ...
class Concrete(Abstract):
    def hi(self): return 'one'
class Box(typing.Generic[T]):
    def hi(self): return 'one'
class Named(typing.NamedTuple):
    x: int = 1
    def hi(self): return 'one'
class Own(dict):
    def __setitem__(self, key, value): raise RuntimeError(key)
    def items(self): raise RuntimeError('items')
    def hi(self): return 'one'
class Evil:
    def __getattribute__(self, name): raise RuntimeError(name)
    def __eq__(self, other): raise RuntimeError('eq')
    def __hash__(self): raise RuntimeError('hash')
class Local(threading.local):
    def hi(self): return 'one'
class Text(str):
    def hi(self): return 'one'
class Failure(ValueError):
    def hi(self): return 'one'
@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    x: int = 1
    def hi(self): return 'one'
"""


def test_classes_of_all_kinds_follow_and_no_code_of_theirs_is_asked(app):
    app.write("user.py", KINDS).flush()
    user = app.user
    names = ["WithMeta", "Concrete", "Box", "Named", "Own", "Local", "Text", "Failure", "Frozen"]
    objects = [getattr(user, name)() for name in names]
    evil, classes = user.Evil(), [user.WithMeta, user.Abstract, user.Box]
    report = edit(app, KINDS.replace("'one'", "'two'") + "CHANGED = True\n")
    assert [each.hi() for each in objects] == ["two"] * len(names)
    assert [type(each).__name__ for each in objects if type(each) is getattr(user, type(each).__name__)] == names
    assert type(evil) is user.Evil
    assert [id(each) for each in classes] == [id(user.WithMeta), id(user.Abstract), id(user.Box)]
    assert user.Abstract.__subclasses__() == [user.Concrete]
    assert report.not_followed == {}


def test_what_cannot_follow_stays_and_the_report_names_it(app):
    classes, members = (app.user.User,), (app.user.Color.RED, app.user.Color.OLD)
    slots = app.user.Slots()
    slots.x = 1
    report = edit(app, NEW.replace("('x',)", "('x', 'y')"))
    assert classes[0] is not app.user.User
    assert classes[0]().hi() == "one!"
    assert isinstance(members[0], app.user.Color)
    assert (members[1].name, slots.x, slots.hi()) == ("OLD", 1, "one")
    assert report.not_followed["app.user.User"] == "held by tuple"
    assert report.not_followed["app.user.Color.RED"] == "held by tuple"
    assert "there is no member OLD any more" in report.not_followed["app.user.Color"]
    assert "layout differs" in report.not_followed["app.user.Slots"]
    assert {"name": "app.user.User", "reason": "held by tuple"} in report.plain()["notFollowed"]


def test_what_is_gone_from_its_file_stays_and_the_report_names_it(app):
    source = "def a(): return 1\nclass B: pass\nHANDLERS = [lambda: 1, (lambda: lambda: 1)()]\n"
    app.write("user.py", source).flush()
    held = app.user.a, app.user.B(), *app.user.HANDLERS
    report = edit(app, "def c(): return 2\nHANDLERS = [lambda: 2, (lambda: lambda: 2)()]\n")
    assert report.not_followed == {
        "app.user.a": "it is gone from its file",
        "app.user.B": "it is gone from its file",
        "app.user.<lambda>": "several functions in its file have this name",
    }
    assert (held[0](), type(held[1]).__name__, held[3]()) == (1, "B", 2)


def test_a_property_in_the_place_of_what_each_class_has(app):
    source = "class Own:\n" + "".join(
        f"    @property\n    def {name}(self): return 'one'\n" for name in ("__doc__", "__name__")
    )
    app.write("user.py", source).flush()
    held = app.user.Own()
    for old, new in (("'one'", "'two'"), ("class Own:", "VALUE = 1\nclass Own:"), ("'one'", "'two'")):
        report = app.write("user.py", source.replace(old, new)).flush()
        assert (report.failed, report.errors) == ([], [])
        assert held.__doc__ == app.user.Own().__doc__
        assert type(held) is app.user.Own


def test_thousands_of_objects_follow_in_one_look(app):
    """So many that the heap is not looked through by Python's own search."""
    source = "".join(f"def f{at}(): return 'one'\nclass C{at}: hi = 'one'\n" for at in range(600))
    app.write("user.py", source).flush()
    names = [f"{kind}{at}" for at in range(600) for kind in "fC"]
    held = [getattr(app.user, name) for name in names]
    by_name = dict(zip(names, held, strict=True))
    made = [one() for one in held]
    edit(app, "VALUE = 1\n" + source.replace("'one'", "'two'"))
    assert held == [getattr(app.user, name) for name in names]
    assert by_name == dict(zip(names, held, strict=True))
    assert {one() for one in held[::2]} == {"two"}
    assert {one.hi for one in made[1::2]} == {"two"}
