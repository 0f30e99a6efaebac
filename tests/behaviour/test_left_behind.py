"""What a failed attempt has put into other modules' containers: its functions and classes become the old ones again."""

import sys

import pytest

#: Where a plugin can be entered, what enters it, and how it is looked up.
PLACES = {
    "dict": ("P = {}", "P['x'] = {}", lambda registry: registry.P["x"]),
    "ordered": (
        "from collections import OrderedDict\nP = OrderedDict()",
        "P['x'] = {}",
        lambda registry: registry.P["x"],
    ),
    "list": ("P = []", "P.append({})", lambda registry: registry.P[-1]),
    "deque": ("from collections import deque\nP = deque(maxlen=9)", "P.append({})", lambda registry: registry.P[-1]),
    "set": ("P = set()", "P.add({})", lambda registry: next(iter(registry.P))),
    "attribute": ("class O: pass\nP = O()\nP.y = 1", "P.x = {}", lambda registry: registry.P.x),
    "class": ("class P: pass", "P.x = {}", lambda registry: registry.P.x),
    "module": ("P = None", "from . import registry\nregistry.P = {}", lambda registry: registry.P),
    "inside": ("class O: pass\nP = O()\nP.all = [{}]", "P.all[0]['x'] = {}", lambda registry: registry.P.all[0]["x"]),
    "closure": (
        "def make():\n    held = None\n    def take(new):\n        nonlocal held\n        held = new\n    take.held = lambda: held\n"
        "    return take\nP = make()",
        "P({})",
        lambda registry: registry.P.held(),
    ),
}
PLUGIN = "from .registry import P\nclass Hello:\n    v = {}\ndef hello(): return {}\n{}\n{}"


@pytest.fixture(params=PLACES)
def place(request):
    return PLACES[request.param]


@pytest.mark.parametrize("name", ["Hello", "hello"])
def test_what_a_failed_reload_has_entered_elsewhere_is_the_old_object_again(project, place, name):
    text, enter, look_up = place
    shop = project({"registry.py": text, "hello.py": PLUGIN.format(1, 1, enter.format(name), "")}, "app.hello")
    registry, hello = sys.modules["app.registry"], sys.modules["app.hello"]
    size = len(registry.P) if hasattr(registry.P, "__len__") else None
    assert look_up(registry) is getattr(hello, name)
    failing = PLUGIN.format(2, 2, enter.format(name), "raise RuntimeError('a later line')\n")
    assert shop.write("hello.py", failing).flush().failed
    assert look_up(registry) is getattr(hello, name)
    assert (len(registry.P) if hasattr(registry.P, "__len__") else None) == size


def test_what_was_entered_by_a_module_that_did_not_fail_itself_comes_back_as_well(project):
    files = {"registry.py": "P = {}", "base.py": "V = 1\n", "last.py": "from . import hello\n"}
    hello = "from .base import V\nfrom .registry import P\nclass Hello: pass\nP['x'] = Hello\n"
    shop = project({**files, "hello.py": hello}, "app.last")
    shop.write("base.py", "V = 2\n").write("last.py", "from . import hello\n1 / 0\n")
    assert shop.flush().failed
    assert sys.modules["app.registry"].P["x"] is sys.modules["app.hello"].Hello


def test_what_the_old_version_did_not_have_is_removed(project):
    shop = project({"registry.py": "D, L, S = {}, [0], set()\n", "hello.py": "from .registry import *\n"}, "app.hello")
    new = "class Hello: pass\nD['x'] = Hello\nL.append(Hello)\nL.append(1)\nS.add(Hello)\n1 / 0\n"
    assert shop.write("hello.py", f"from .registry import *\n{new}").flush().failed
    registry = sys.modules["app.registry"]
    assert (registry.D, registry.L, list(registry.S)) == ({}, [0, 1], [])


def test_what_refuses_stays_and_nothing_else_is_hurt(project):
    """A metaclass, a dict, and an object that do not let others change them, and a tuple."""
    registry = (
        "class Meta(type):\n    def __setattr__(cls, name, value):\n        if hasattr(cls, name): raise TypeError(name)\n"
        "        super().__setattr__(name, value)\n"
        "class C(metaclass=Meta): pass\nclass D(dict):\n    def __setitem__(self, *item): raise TypeError('no')\n"
        "class S:\n    __slots__ = ('x',)\nclass E:\n    def __getattribute__(self, name): raise TypeError(name)\n"
        "D, S, E = D(), S(), E()\nT = {}\n"
    )
    enter = "C.x = Hello\ndict.__setitem__(D, 'x', Hello)\nS.x = Hello\nobject.__setattr__(E, 'x', Hello)\nT['x'] = (Hello,)\n"
    hello = f"from .registry import C, D, E, S, T\nclass Hello: pass\n{enter}"
    shop = project({"registry.py": registry, "hello.py": "class Hello: pass\n"}, "app.hello", "app.registry")
    report = shop.write("hello.py", f"{hello}1 / 0\n").flush()
    assert [failed.name for failed in report.failed] == ["app.hello"]
    there = sys.modules["app.registry"]
    assert there.D["x"] is sys.modules["app.hello"].Hello
    assert there.T["x"][0] is not sys.modules["app.hello"].Hello


def test_counters_and_other_side_effects_stay(project):
    shop = project(
        {"registry.py": "import collections\nP = collections.Counter()\n", "hello.py": ""}, "app.hello", "app.registry"
    )
    assert shop.write("hello.py", "from .registry import P\nP['runs'] += 1\n1 / 0\n").flush().failed
    counter = sys.modules["app.registry"].P
    assert counter["runs"] == 1
