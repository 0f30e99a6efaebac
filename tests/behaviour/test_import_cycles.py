"""Cycles of imports: those that CPython allows are allowed, and one that fails shows its steps."""

import importlib
import sys

import pytest
from pyautoload_wasm import CircularDependencyError
from raised import shown


def cycle_message(base, module, attr, *steps):
    lines = "".join(f"  {base}/{step}\n" for step in steps)
    return (
        f"'{module}' has no '{attr}' yet: it is still being imported, in an import cycle:\n{lines}"
        "Move one of these imports into the function that needs it, or move what both sides need to a third module."
    )


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("taking", "attr"),
    [
        ("from app.a import X", "X"),
        ("from .a import X", "X"),
        ("import app.a; app.a.X", "X"),
        ("from app.a import A", "A"),
        ("from app import A", "A"),
        ("import app; app.A", "A"),
        ("import app.A", "A"),
    ],
)
def test_a_cycle_that_fails_shows_its_steps(autoload, failing, taking, attr):
    base = (
        autoload(
            {
                "a.py": "import sys\nfrom app.b import B\nX = 1\nclass A: pass\n",
                "b.py": "from app.c.d import D\nclass B: pass\n",
                "c/d.py": "def load():\n    import app.e\nload()\nclass D: pass\n",
                "e.py": f"{taking}\n",
            }
        )
        .roots[0]
        .path
    )
    error = failing("\nimport app.a")
    assert type(error) is CircularDependencyError
    assert str(error) == cycle_message(
        base,
        "app.a",
        attr,
        "a.py, line 2: app.a imports app.b",
        "b.py, line 1: app.b imports app.c.d",
        "c/d.py, line 2: load(), called by app.c.d, imports app.e",
        f"e.py, line 1: app.e takes '{attr}' from app.a",
    )
    assert (error.name, error.path) == ("app.a", f"{base}/a.py")
    assert error.__suppress_context__ or error.__context__ is None
    assert shown(error) == [("<test>", 2), ("a.py", 2), ("b.py", 1), ("d.py", 3), ("d.py", 2), ("e.py", 1)]
    assert not {"app.a", "app.b", "app.c.d", "app.e"} & set(sys.modules)


def test_a_package_s_own_name_in_a_cycle(autoload, failing):
    base = (
        autoload({"pkg/__init__.py": "from . import child\nX = 1\n", "pkg/child.py": "import app.pkg\napp.pkg.X\n"})
        .roots[0]
        .path
    )
    assert str(failing("import app.pkg")) == cycle_message(
        base,
        "app.pkg",
        "X",
        "pkg/__init__.py, line 1: app.pkg imports app.pkg.child",
        "pkg/child.py, line 2: app.pkg.child takes 'X' from app.pkg",
    )


def test_a_module_that_takes_from_itself(autoload, failing):
    base = autoload({"a.py": "from app.a import X\nX = 1\n"}).roots[0].path
    assert str(failing("import app.a")) == cycle_message(base, "app.a", "X", "a.py, line 1: app.a takes 'X' from app.a")


def test_a_failed_cycle_can_be_caught_as_python_s_is(autoload, run):
    autoload(
        {
            "a.py": "import app.b\nX = 1\n",
            "b.py": "try:\n    from app.a import X\nexcept ImportError:\n    X = None\n",
        }
    )
    namespace = run("import app.a")
    assert (namespace["app"].a.X, namespace["app"].b.X) == (1, None)


def test_errors_that_only_look_circular_stay(autoload, failing):
    autoload(
        {
            "a.py": "import app.b\n",
            "b.py": "raise ImportError(\"cannot import name 'X' from 'app.c'\")\n",
            "c.py": "import json\njson.no_such_name\n",
            "d.py": "x = 1\nx.y\n",
            "e.py": "from json import no_such_name\n",
        }
    )
    for name, error in {"a": ImportError, "c": AttributeError, "d": AttributeError, "e": ImportError}.items():
        assert type(failing(f"import app.{name}")) is error


# The cycles that CPython's own tests hold to be legal (Lib/test/test_import/data/circular_imports), in other words.
CIRCLES = {
    "basic.py": "from . import basic2\n",
    "basic2.py": "import app.basic\nimport app.subpkg.sub\n",
    "subpkg/__init__.py": "",
    "subpkg/sub.py": "def f(): pass\n",
    "indirect.py": "from . import basic, basic2\n",
    "subpackage.py": "from .subpkg import sub2, sub\nassert sub2.top is __import__('sys').modules[__name__]\n",
    "subpkg/sub2.py": "from .. import subpackage as top\n",
    "rebinding.py": "from .subpkg import util\n",
    "rebinding2.py": "import app.rebinding as bound\n",
    "subpkg/util.py": "from .. import rebinding2\ndef util(): pass\n",
    "binding.py": "import app.binding2 as other\n",
    "binding2.py": "import app.binding as other\n",
    "from_cycle1.py": "from .from_cycle2 import a\nb = 1\n",
    "from_cycle2.py": "from .from_cycle1 import b\na = 1\n",
    "source.py": "from . import use\nspam = 1\n",
    "use.py": "from . import source\nspam = source.spam\n",
    "import_cycle.py": "import app.import_cycle as me\nme.some_attribute\n",
}
OUTCOMES = {
    "basic": None,
    "basic2": None,
    "indirect": None,
    "subpackage": None,
    "rebinding": None,
    "rebinding2": None,
    "binding": None,
    "binding2": None,
    "from_cycle1": ImportError,
    "from_cycle2": ImportError,
    "use": None,
    "source": AttributeError,
    "import_cycle": AttributeError,
}


def outcome_of(module):
    """What an import of a module comes to: its error's class, and what is bound in the modules that were loaded."""
    try:
        importlib.import_module(f"app.{module}")
        error = None
    except (ImportError, AttributeError) as raised:
        error = type(raised)
    loaded = {name: found for name, found in sys.modules.items() if name.partition(".")[0] == "app"}
    bound = {
        name: {
            attr: getattr(value, "__name__", value)
            for attr, value in sorted(vars(found).items())
            if not attr.startswith("__")
        }
        for name, found in sorted(loaded.items())
    }
    for name in loaded:
        del sys.modules[name]
    return error, bound


@pytest.mark.parametrize("module", OUTCOMES)
def test_a_cycle_behaves_as_in_cpython(autoload, write, monkeypatch, module):
    folder = write({f"app/{name}": source for name, source in CIRCLES.items()})
    monkeypatch.syspath_prepend(str(folder))
    error, bound = outcome_of(module)
    assert error is OUTCOMES[module]
    monkeypatch.undo()
    autoload({})
    assert outcome_of(module) == (error and CircularDependencyError, bound)
