"""An edit of a function is put into the running program: nothing is executed, and all state stays."""

import functools
import sys

import pytest


class Edited:
    """A module `app.lib` and its one importer, whose file is edited."""

    def __init__(self, project, source, user="import app.lib\n", **more):
        self.app = project({"lib.py": source, "user.py": user, **more}, "app.user")
        self.source = source
        self.module = sys.modules["app.lib"]

    def edit(self, *changes):
        for old, new in changes:
            assert old in self.source
            self.source = self.source.replace(old, new)
        return self.app.write("lib.py", self.source).flush()

    def patched(self, *changes):
        """Makes an edit that has to be a patch. Returns the names in the report."""
        before = dict(vars(self.module))
        user = sys.modules["app.user"]
        report = self.edit(*changes)
        assert (report.reloaded, report.failed, report.pending) == ({}, [], [])
        assert sys.modules["app.lib"] is self.module
        assert sys.modules["app.user"] is user
        for name, value in vars(self.module).items():
            if name != "__builtins__" and name in before:
                assert value is before[name]
        return report.patched["app.lib"]

    def executed(self, *changes):
        """Makes an edit that has to be an execution. Returns the reason."""
        report = self.edit(*changes)
        assert report.patched == {}
        assert list(report.reloaded) == ["app.lib", "app.user"]
        assert sys.modules["app.lib"] is not self.module
        self.module = sys.modules["app.lib"]
        return report.reloaded["app.lib"]


@pytest.fixture
def edited(project):
    return functools.partial(Edited, project)


STATE = "STATE = []\nRUNS = STATE.append('body')\n"


def test_the_body_of_a_function_is_patched_wherever_the_function_is_held(edited):
    lib = edited(
        "import functools\ndef f(x): return x + 1\n",
        "from app.lib import f\nimport functools\nheld = {'f': f}\npart = functools.partial(f, 1)\n"
        "def user(x, call=f): return call(x)\n",
    )
    user = sys.modules["app.user"]
    assert lib.patched(("x + 1", "x + 10")) == ["f"]
    assert [user.f(1), user.held["f"](1), user.part(), user.user(1)] == [11] * 4


def test_a_patch_executes_nothing(edited):
    lib = edited(STATE + "def f(): return 1\n")
    lib.module.STATE.append("kept")
    for value in range(2, 6):
        lib.patched((f"return {value - 1}", f"return {value}"))
        assert lib.module.f() == value
    assert lib.module.STATE == ["body", "kept"]


def test_methods_of_live_objects_are_patched(edited):
    lib = edited(
        "class C:\n    def m(self): return 1\n    @property\n    def p(self): return 1\n"
        "    @staticmethod\n    def s(): return 1\n    @classmethod\n    def c(cls): return 1\n"
        "    class In:\n        def m(self): return 1\n",
        "import app.lib\nobj = app.lib.C()\nbound = obj.m\n",
    )
    user = sys.modules["app.user"]
    assert lib.patched(("return 1", "return 2")) == ["C.m", "C.p", "C.s", "C.c", "C.In.m"]
    obj = user.obj
    assert [obj.m(), user.bound(), obj.p, obj.s(), obj.c(), obj.In().m()] == [2] * 6
    assert type(obj) is lib.module.C


def test_a_comment_and_blank_lines_change_positions_alone(edited):
    lib = edited("import inspect\ndef f():\n    raise ValueError\nclass C:\n    def m(self): return 1\n")
    assert lib.patched(("import inspect", "# a comment\n\nimport inspect")) == []
    with pytest.raises(ValueError) as caught:
        lib.module.f()
    assert caught.traceback[-1].lineno + 1 == 5
    import inspect

    assert inspect.getsource(lib.module.f) == "def f():\n    raise ValueError\n"
    assert inspect.getsource(lib.module.C.m) == "    def m(self): return 1\n"
    assert inspect.getsource(lib.module.C).startswith("class C:")
    assert "C.m" not in lib.patched(("# a comment\n", ""))


def test_what_ran_during_an_import_is_executed_again(edited):
    lib = edited("def f(): return g()\ndef g(): return 1\ndef h(): return 1\n", "import app.lib\nVALUE = app.lib.f()\n")
    assert lib.patched(("def h(): return 1", "def h(): return 2")) == ["h"]
    reason = lib.executed(("def g(): return 1", "def g(): return 2"))
    assert reason == "`g` ran while app.user was imported"
    assert sys.modules["app.user"].VALUE == 2


def test_a_module_imported_later_counts_and_what_ran_elsewhere_does_not(project):
    files = {"lib.py": "def f(): return 1\ndef g(): return 1\n", "a.py": "import app.lib\n", "b.py": "import app.lib\nX = app.lib.f()\n"}
    app = project(files, "app.a")
    lib = sys.modules["app.lib"]
    lib.f(), lib.g(), lib.f()
    __import__("app.b")
    lib.g()
    report = app.write("lib.py", files["lib.py"].replace("g(): return 1", "g(): return 2")).flush()
    assert report.patched == {"app.lib": ["g"]}
    assert lib.g() == 2
    report = app.write("lib.py", files["lib.py"].replace("return 1", "return 2")).flush()
    assert report.reloaded["app.lib"] == "`f` ran while app.b was imported"
    assert sys.modules["app.b"].X == 2


def test_an_observation_goes_with_the_execution_that_made_it(project):
    files = {"lib.py": "def f(): return 1\n", "a.py": "import app.lib\nX = app.lib.f()\n"}
    app = project(files, "app.a")
    app.write("a.py", "import app.lib\n").flush()
    report = app.write("lib.py", "def f(): return 2\n").flush()
    assert report.patched == {"app.lib": ["f"]}


def test_what_is_below_an_autoload_on_the_stack_does_not_count(project):
    app = project({"lib.py": "def f():\n    import app.late\n    return 1\n", "late.py": "X = 1\n"}, "app.lib")
    sys.modules["app.lib"].f()
    report = app.write("lib.py", "def f():\n    import app.late\n    return 2\n").flush()
    assert report.patched == {"app.lib": ["f"]}


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
        "def deco(f):\n    def wrapper(*a):\n        return f(*a)\n    return wrapper\n"
        "@deco\ndef one(): return 1\n",
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
        ("import app.lib\nnew = getattr(app.lib, 'new', None)\n", "`new` is mentioned in what ran while app.user was imported"),
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


def test_a_fixed_file_is_compared_with_the_code_that_runs(edited):
    lib = edited(STATE + "def f(): return 1\n")
    report = lib.edit(("return 1", "return 1 +"))
    assert list(report.failed[0].held) == ["app.lib", "app.user"]
    assert lib.module.f() == 1
    assert lib.patched(("return 1 +", "return 2")) == ["f"]
    assert (lib.module.f(), lib.module.STATE) == (2, ["body"])
    report = lib.edit(("STATE = []", "STATE = [1 / 0]"))
    assert report.pending == ["app.lib", "app.user"]
    assert lib.patched(("STATE = [1 / 0]", "STATE = []"), ("return 2", "return 3")) == ["f"]
    assert (lib.module.f(), lib.module.STATE) == (3, ["body"])


def test_a_patch_is_put_back_with_the_transaction(project):
    files = {
        "lib.py": "def f(): return 1\n",
        "conf.py": "N = 1\n",
        "main.py": "import app.lib\nimport app.conf\nVALUE = 1 / app.conf.N\n",
    }
    app = project(files, "app.main")
    lib, main = sys.modules["app.lib"], sys.modules["app.main"]
    code = lib.f.__code__
    report = app.write("lib.py", "def f(): return 2\n").write("conf.py", "N = 0\n").flush()
    assert report.failed[0].name == "app.main"
    assert (report.patched, report.reloaded) == ({}, {})
    assert report.pending == ["app.conf", "app.lib", "app.main"]
    assert lib.f.__code__ is code
    assert lib.f() == 1
    report = app.write("conf.py", "N = 2\n").flush()
    assert report.patched == {"app.lib": ["f"]}
    assert list(report.reloaded) == ["app.conf", "app.main"]
    assert (lib.f(), sys.modules["app.lib"] is lib, report.pending) == (2, True, [])
    assert sys.modules["app.main"] is not main


def test_what_imports_an_executed_module_is_executed_with_it(project):
    files = {"conf.py": "N = 1\n", "lib.py": "from app.conf import N\ndef f(): return N\n"}
    app = project(files, "app.lib")
    report = app.write("conf.py", "N = 2\n").write("lib.py", files["lib.py"].replace("return N", "return -N")).flush()
    assert report.reloaded["app.lib"] == "its file has changed, and it imports app.conf"
    assert sys.modules["app.lib"].f() == -2


def test_a_request_is_an_execution(edited):
    lib = edited("def f(): return 1\n")
    report = lib.app.loader.reload_module("app.lib")
    assert report.reloaded["app.lib"] == "you asked for it"
    assert sys.modules["app.lib"] is not lib.module
    lib.module = sys.modules["app.lib"]
    assert lib.patched(("return 1", "return 2")) == ["f"]


def test_modules_that_were_loaded_before_are_executed_at_their_first_edit(autoload):
    loader = autoload({"lib.py": "def f(): return 1\n"})
    __import__("app.lib")
    loader.enable_reloading()
    path = f"{loader.roots[0].path}/lib.py"

    def edit(value):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"def f(): return {value}\n")
        loader.notify(path)
        return loader.flush()

    assert edit(2).reloaded == {"app.lib": "its file has changed, and it was loaded before reloading was enabled"}
    assert edit(3).patched == {"app.lib": ["f"]}


def test_an_import_in_a_function_body_is_known_after_the_patch(project):
    app = project({"lib.py": "def f(): return 1\n", "other.py": "X = 1\n"}, "app.lib", "app.other")
    assert app.write("lib.py", "def f():\n    import app.other\n    return app.other.X\n").flush().patched
    assert "app.other" in app.loader.dependencies("app.lib")
    assert set(app.write("other.py", "X = 2\n").flush().reloaded) == {"app.other", "app.lib"}


def test_a_name_that_comes_is_found_by_the_imports_of_a_patched_file(project):
    source = "try:\n    from app.extra import N\nexcept ImportError:\n    N = 0\ndef f(): return N\n"
    app = project({"lib.py": source}, "app.lib")
    app.write("extra.py", "N = 5\n").write("lib.py", source.replace("return N", "return N + 1")).flush()
    assert sys.modules["app.lib"].f() == 6


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
