"""An edit of a function is put into the running program: nothing is executed, and all state stays."""

import inspect
import sys

import pytest

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
    files = {
        "lib.py": "def f(): return 1\ndef g(): return 1\n",
        "a.py": "import app.lib\n",
        "b.py": "import app.lib\nX = app.lib.f()\n",
    }
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
