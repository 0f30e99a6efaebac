"""Edits that look like patches and are none, and those that look like none: each leaves what a fresh import would give."""

import sys

import pytest


@pytest.mark.parametrize(
    ("old", "new"),
    [("K = 1", "K = 1.0"), ("K = 1", "K = True"), ("Z = 0.0", "Z = -0.0"), ("T = (1, 2)", "T = (1, 2.0)")],
)
def test_constants_that_are_equal_and_not_the_same_are_told_apart(edited, old, new):
    lib = edited("K = 1\nZ = 0.0\nT = (1, 2)\ndef f(): return 1\n")
    assert lib.executed((old, new)).startswith("changed at module level, line ")


@pytest.mark.parametrize(("old", "new"), [("1", "1.0"), ("1", "True"), ("0.0", "-0.0"), ("(1, 0)", "(1, False)")])
def test_constants_in_a_function_are_told_apart(edited, old, new):
    lib = edited(f"def f(): return {old}\n")
    assert lib.patched((f"return {old}", f"return {new}")) == ["f"]
    assert repr(lib.module.f()) == new


def test_parameters_that_differ_in_a_flag_alone_are_patched(edited):
    lib = edited("def f(*a):\n    return a\n")
    assert lib.patched(("*a", "**a")) == ["f"]
    assert lib.module.f(x=1) == {"x": 1}


def test_a_nested_function_is_compared_by_itself(edited):
    lib = edited(
        "def deco(f):\n    def wrapper(*a):\n        return f(*a)\n    return wrapper\n@deco\ndef one(): return 1\n",
        "from app.lib import deco, one\n@deco\ndef two(): return 2\n",
    )
    assert lib.patched(("return f(*a)", "return -f(*a)")) == ["deco.<locals>.wrapper"]
    assert (sys.modules["app.user"].one(), sys.modules["app.user"].two()) == (-1, -2)
    assert lib.patched(("one(): return 1", "one(): return 5")) == ["one"]
    assert sys.modules["app.user"].one() == -5


def test_closures_that_were_made_before_are_patched(edited):
    lib = edited("def make(n):\n    def add(x): return x + n\n    return add\n")
    held = [lib.module.make(1), lib.module.make(2)]
    assert lib.patched(("x + n", "x * 10 + n")) == ["make.<locals>.add"]
    assert [add(3) for add in held] == [31, 32]


def test_a_counter_is_not_split_in_two(edited):
    lib = edited("COUNT = 0\ndef up():\n    global COUNT\n    COUNT += 1\n    return COUNT\n")
    up = lib.module.up
    up()
    lib.patched(("COUNT += 1", "COUNT += 10"))
    assert (up(), lib.module.up(), lib.module.COUNT) == (11, 21, 21)


def test_what_takes_other_variables_from_around_it_is_executed(edited):
    lib = edited("class C:\n    def m(self): return 1\n")
    assert "class C" in lib.executed(("return 1", "return super().__repr__()"))


def test_a_closure_that_takes_another_variable_is_executed(edited):
    lib = edited("def make(n):\n    def add(x): return x + 1\n    return add\n")
    assert "variables from around" in lib.executed(("x + 1", "x + n"))


@pytest.mark.parametrize(("old", "new"), [("return 1", "yield 1"), ("def f", "async def f")])
def test_a_function_of_another_kind_is_executed(edited, old, new):
    lib = edited("def f():\n    return 1\n")
    assert lib.executed((old, new)) == "`f` is another kind of function, line 1"


def test_a_running_generator_goes_on_with_the_old_code(edited):
    lib = edited("def count():\n    yield 1\n    yield 2\n")
    running = lib.module.count()
    next(running)
    assert lib.patched(("yield 2", "yield 20")) == ["count"]
    assert list(running) == [2]
    assert list(lib.module.count()) == [1, 20]


def test_caches_that_directly_wrap_a_patched_function_are_emptied(edited):
    lib = edited(
        "import functools\n@functools.lru_cache\ndef f(): return 1\n@functools.cache\ndef g(): return f()\n"
        "class C:\n    @functools.cached_property\n    def p(self): return 1\n"
    )
    obj = lib.module.C()
    assert (lib.module.f(), lib.module.g(), obj.p) == (1, 1, 1)
    report = lib.edit(("f(): return 1", "f(): return 2"), ("p(self): return 1", "p(self): return 2"))
    assert report.patched == {"app.lib": ["f", "C.p"]}
    assert report.cleared == ["f"]
    assert lib.module.f() == 2
    assert (lib.module.g(), obj.p, lib.module.C().p) == (1, 1, 2)


def test_parameters_docstrings_and_defaults_are_patched_where_nobody_has_read_them(edited):
    lib = edited('def f(x=1, *, k="a"):\n    "One."\n    return x, k\nclass C:\n    def m(self): return 1\n')
    f, obj = lib.module.f, lib.module.C()
    assert lib.patched(("x=1", "x=2")) == ["f"]
    assert f() == (2, "a")
    assert lib.patched(('k="a"', 'k="b"'), ("One.", "Two.")) == ["f"]
    assert (f(), f.__doc__) == ((2, "b"), "Two.")
    assert lib.patched(("m(self): return 1", "m(self, y): return y")) == ["C.m"]
    assert obj.m(3) == 3


@pytest.mark.parametrize(
    ("head", "old", "new"), [("x=1", "x=1", "x=2"), ("*, x=1", "x=1", "x=2"), ("x: 'int' = 1", "= 1", "= 2")]
)
def test_a_default_of_a_function_that_ran_is_executed(edited, head, old, new):
    lib = edited(f"from __future__ import annotations\ndef f({head}): return x\nRESULT = f()\n")
    assert lib.executed((old, new)) == "`f` ran while app.lib was imported"
    assert lib.module.RESULT == 2


def test_a_class_decorator_is_found_where_lines_have_moved(edited):
    lib = edited(
        "def seen(cls): return cls\n@seen\nclass A:\n    def m(self, x=1): return x\nclass B:\n    def m(self, x=2): return x\n"
    )
    assert "decorator of class A" in lib.executed(("x=1", "x=3"), ("@seen", "# One.\n\n@seen"))
    assert lib.patched(("x=2", "x=4"), ("# One.\n\n", "")) == ["B.m"]


@pytest.mark.parametrize(
    ("tail", "user"),
    [
        ("READ = [f.__doc__, f.__defaults__]\n", ""),
        ("def read(g): return g.__doc__\nREAD = read(f)\n", ""),
        ("READ = [one.__doc__ for one in list(globals().values())]\n", ""),
        ("", "from app.lib import f as g\nREAD = g.__doc__\n"),
        ("", "import app.lib\nREAD = getattr(app.lib, 'f').__doc__\n"),
    ],
)
def test_what_may_have_been_read_of_a_function_is_executed(edited, tail, user):
    lib = edited(f"def f(x=1):\n    'One.'\n    return x\n{tail}", user or "import app.lib\n")
    assert lib.patched(("return x", "return x, 1")) == ["f"]
    where = "app.user" if user else "app.lib"
    reason = f"the parameters or the docstring of `f` may have been read while {where} was imported"
    assert lib.executed(("One.", "Two.")) == reason
    assert lib.executed(("x=1", "x=2")) == reason
    assert lib.executed(("(x=2", "(x=2, y=3")) == reason


def test_what_may_have_been_read_of_a_closure_is_executed(edited):
    lib = edited("def make():\n    def inner(): 'One.'\n    return inner\nREAD = make().__doc__\n")
    assert lib.executed(("One.", "Two.")).startswith(
        "the parameters or the docstring of `make.<locals>.inner` may have"
    )


def test_a_function_that_is_imported_alone_is_not_read(edited):
    lib = edited("def f(x=1):\n    'One.'\n    return x\n", "from app.lib import f\ndef call(): return f()\n")
    assert lib.patched(("One.", "Two."), ("x=1", "x=2")) == ["f"]


def test_what_a_decorator_may_have_read_is_executed(edited):
    lib = edited(
        'def command(f):\n    return f\n@command\ndef run(x):\n    "Help."\n    return x\n'
        "@command\nclass C:\n    def m(self): return 1\n"
    )
    assert lib.patched(("return x", "return x + 1")) == ["run"]
    assert lib.patched(("self): return 1", "self): return 2")) == ["C.m"]
    assert lib.executed(("Help.", "More help.")) == (
        "@command may have read the parameters or the docstring of `run`, line 3"
    )
    assert lib.executed(("run(x)", "run(x, y=None)")).startswith("changed at module level")
    assert "decorator of class C" in lib.executed(("m(self)", "m(self, x)"))


def test_functions_come_and_go(edited):
    lib = edited("class C:\n    def m(self): return 1\ndef f(): return 1\n")
    obj = lib.module.C()
    assert lib.patched(("def f()", "def new(x=3): return x\ndef f()")) == ["new"]
    assert lib.module.new() == 3
    assert lib.patched(("    def m", "    def more(self): return self.m()\n    def m")) == ["C.more"]
    assert obj.more() == 1
    assert lib.patched(("    def more(self): return self.m()\n", "")) == ["C.more"]
    assert not hasattr(obj, "more")
    assert lib.patched(("def new(x=3): return x\n", "")) == ["new"]
    assert not hasattr(lib.module, "new")


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (
            "import app.lib\nnew = getattr(app.lib, 'new', None)\n",
            "`new` is mentioned in what ran while app.user was imported",
        ),
        ("import app.lib\nNAMES = dir(app.lib)\n", "all names may have been read while app.user was imported"),
        ("from app.lib import *\n", "all names may have been read while app.user was imported"),
    ],
)
def test_a_function_whose_name_was_asked_for_is_no_mere_addition(edited, user, reason):
    lib = edited("def f(): return 1\n", user)
    assert lib.executed(("def f()", "def new(): return 2\ndef f()")) == reason


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("class C(Base):\n", "a base class has"),
        ("class C(metaclass=Meta):\n", "the metaclass of C"),
        ("class C(Hooked):\n", "__init_subclass__"),
        ("class C:\n    __slots__ = ()\n", "has slots"),
        ("@str.__class__.__call__.__get__\nclass C:\n", ""),
    ],
)
def test_a_method_that_a_class_may_have_read_is_no_mere_addition(edited, head, reason):
    if not reason:
        head, reason = "@deco\nclass C:\n", "the decorator of class C"
    lib = edited(
        "class Base:\n    def new(self): return 0\nclass Meta(type): pass\n"
        "class Hooked:\n    def __init_subclass__(cls): pass\ndef deco(cls): return cls\n"
        f"{head}    def m(self): return 1\n"
    )
    assert reason in lib.executed(("    def m(self)", "    def new(self): return 2\n    def m(self)"))


def test_what_the_user_has_set_by_hand_is_the_truth(edited):
    lib = edited("def f(): return 1\nclass C:\n    def m(self): return 1\n")
    beneath = lib.module.f
    by_hand = lib.module.f = lambda: "mine"
    lib.module.C.m = by_hand
    assert lib.patched(("f(): return 1", "f(): return 2")) == ["f"]
    assert lib.module.f is by_hand
    assert beneath() == 2
    assert lib.patched(("m(self): return 1", "m(self): return 2")) == ["C.m"]
    assert lib.module.C.m is by_hand


def test_type_parameters_and_inlined_comprehensions(edited):
    lib = edited("def f[T](x: T): return [y for y in x]\nclass C[T]:\n    def m(self, x: T): return [y for y in x]\n")
    obj = lib.module.C()
    assert lib.patched(("[y for y in x]", "[-y for y in x]")) == ["f", "C.m"]
    assert (lib.module.f([1]), obj.m([1])) == ([-1], [-1])


def test_functions_that_exec_has_made_are_left_alone(edited):
    lib = edited(
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\n    def twice(self): return 2 * self.x\n",
        "import app.lib\npoint = app.lib.P(1)\n",
    )
    point = sys.modules["app.user"].point
    init = lib.module.P.__init__
    assert lib.patched(("2 * self.x", "20 * self.x")) == ["P.twice"]
    assert (point.twice(), point == lib.module.P(1), lib.module.P.__init__ is init) == (20, True, True)


def test_a_compiler_that_has_kept_the_code_is_not_passed_over(edited):
    lib = edited(
        "class Compiled:\n    def __init__(self, f):\n        self.py_func = f\n        self.code = f.__code__\n"
        "    def __call__(self): return eval(self.code)\n@Compiled\ndef f(): return 1\n"
    )
    assert lib.executed(("return 1", "return 2")) == "what decorates `f` has kept its code"
    assert lib.module.f() == 2


def test_another_tool_that_monitors_sees_all_that_it_wants(edited):
    lib = edited("def f(): return 1\n")
    monitoring = sys.monitoring
    seen = []
    tool = next(one for one in (1, 2, 0) if monitoring.get_tool(one) is None)
    monitoring.use_tool_id(tool, "another")
    try:
        monitoring.register_callback(tool, monitoring.events.PY_START, lambda code, at: seen.append(code.co_name))
        monitoring.set_events(tool, monitoring.events.PY_START)
        lib.module.f()
        assert lib.patched(("return 1", "return 2")) == ["f"]
        lib.module.f()
        assert seen.count("f") == 2
        assert lib.patched(("return 2", "return 3")) == ["f"]
    finally:
        monitoring.set_events(tool, 0)
        monitoring.register_callback(tool, monitoring.events.PY_START, None)
        monitoring.free_tool_id(tool)
    assert lib.module.f() == 3


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("x: int", "x: str", "f"),
        ("z: int", "z: str", "C"),
        ("q: int", "q: str", "C.m"),
        ("N: int", "N: str", "app.lib"),
    ],
)
def test_annotations_are_patched_where_python_computes_them_later(edited, old, new, name):
    lib = edited("N: int = 1\ndef f(x: int): return 1\nclass C:\n    z: int\n    def m(self, q: int): return 1\n")

    def shown():
        module = lib.module
        owners = module, module.f, module.C, module.C.m
        return [kind.__name__ for owner in owners for kind in owner.__annotations__.values()]

    assert shown() == ["int"] * 4
    if sys.version_info >= (3, 14):
        assert lib.patched((old, new)) == [name]
    else:
        assert lib.executed((old, new)).startswith("changed ")
    assert shown().count("str") == 1


@pytest.mark.parametrize("head", ["", "from __future__ import annotations\n"])
def test_an_annotated_function_is_patched_beside_one_with_other_defaults(edited, head):
    lib = edited(
        f"{head}def f(x=1): return x\ndef g(x: int = 1) -> int: return x\nclass C:\n    def m(self, x: int): return 1\n"
    )
    g, obj = lib.module.g, lib.module.C()
    assert lib.patched(("f(x=1)", "f(x=2)")) == ["f"]
    assert lib.patched(("-> int: return x", "-> int: return -x"), ("x: int): return 1", "x: int): return 2")) == [
        "g",
        "C.m",
    ]
    assert (g(), obj.m(1), lib.module.f()) == (-1, 2, 2)
    assert lib.patched(("f(x=2)", "f(x=3)"), ("def f", "\ndef f")) == ["f"]
    assert lib.patched(("-> int: return -x", "-> int: return x")) == ["g"]
    assert g() == 1


def test_annotations_that_a_class_decorator_has_read_are_executed(edited):
    lib = edited("import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\n")
    reason = lib.executed(("x: int", "x: str"))
    assert reason == (
        "`P.__annotate__` ran while app.lib was imported"
        if sys.version_info >= (3, 14)
        else "changed in the body of class P, line 4"
    )


def test_no_code_of_the_program_is_asked(edited):
    lib = edited(
        "ASKED = []\nclass Proxy:\n    def __init__(self): self.kept = 1\n"
        "    @property\n    def __dict__(self): raise RuntimeError('no context')\n"
        "    @property\n    def __class__(self): raise RuntimeError('no context')\n"
        "    def __getattr__(self, name): raise RuntimeError('no context')\n"
        "class Meta(type):\n    def __getattribute__(cls, name):\n        ASKED.append(name)\n"
        "        return super().__getattribute__(name)\n"
        "class Asked(metaclass=Meta):\n    def m(self): return 1\n"
        "def __getattr__(name):\n    ASKED.append(name)\n    raise AttributeError(name)\n"
        "proxy = Proxy()\ndef f(): return 1\n"
    )
    lib.module.ASKED.clear()
    report = lib.edit(("f(): return 1", "f(): return 2"), ("m(self): return 1", "m(self): return 2"))
    assert report.patched == {"app.lib": ["Asked.m", "f"]}
    assert lib.module.ASKED == []
    assert lib.module.f() == 2
