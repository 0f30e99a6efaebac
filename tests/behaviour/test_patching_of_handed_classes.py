"""Edits of what can be read of a method, where somebody may have got its class while modules were imported."""

import pytest

LIB = "class Model:\n    def run(self, x=1):\n        'One.'\n        return x\n    def __init__(self): self.made = 1\n"
#: Reads all methods, without a mention of one.
READER = """
import inspect
def describe(cls, *more):
    return [str(inspect.signature(getattr(cls, name))) for name in ('r' + 'un',)]
class Reader:
    def __init_subclass__(cls, of=None):
        cls.read = of and describe(of)
    def __class_getitem__(cls, of):
        return type('Read', (cls,), {'read': describe(of)})
"""
REASON = "the parameters or the docstring of `Model.run` may have been read while app.{} was imported"


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("tail", "user"),
    [
        ("from app.reader import describe\nREAD = describe(Model)\n", ""),
        ("from app.reader import describe\nREAD = describe(Model())\n", ""),
        ("from app.reader import describe\nmodel = Model()\nREAD = describe(model)\n", ""),
        ("from app.reader import describe\nclass Sub(Model): pass\nREAD = describe(Sub)\n", ""),
        ("from app.reader import describe\n@describe\nclass Sub(Model): pass\n", ""),
        ("TABLE = {'model': Model}\n", ""),
        ("class Form:\n    model = Model\n", ""),
        ("BASES = Model.__mro__\n", ""),
        ("", "import app.lib\nfrom app.reader import describe\nREAD = describe(app.lib.Model)\n"),
        ("", "from app.lib import Model as M\nfrom app.reader import describe\nREAD = describe(M)\n"),
        (
            "",
            "from app.reader import describe\ndef read():\n    from app.lib import Model\n    return describe(Model)\nREAD = read()\n",
        ),
        ("model = Model()\n", "from app.lib import model\nfrom app.reader import describe\nREAD = describe(model)\n"),
        ("", "import app.lib\nREAD = getattr(app.lib, 'Model')\n"),
        ("", "import app.lib\nREAD = [getattr(app.lib, name) for name in ('Model', 'LIMIT')]\n"),
        ("from app.reader import describe\nREAD = describe(Model, *list())\n", ""),
        ("from app.reader import Reader\nclass Other(Reader[Model]): pass\n", ""),
        ("from app.reader import Reader\nclass Other(Reader, of=Model): pass\n", ""),
    ],
)
def test_a_class_that_was_handed_to_somebody_is_executed(edited, tail, user):
    lib = edited(f"LIMIT = 1\n{LIB}{tail}", user or "import app.lib\n", **{"reader.py": READER})
    reason = REASON.format("user" if user else "lib")
    assert lib.patched(("return x", "return [x]")) == ["Model.run"]
    assert lib.executed(("One.", "Two.")) == reason
    assert lib.executed(("x=1", "x=2")) == reason
    assert lib.executed(("x=2)", "x=2, y=3)")) == reason
    assert lib.executed(("    def run", "    def more(self): return 1\n    def run")) == (
        f"`Model.more` may have been looked for while app.{'user' if user else 'lib'} was imported"
    )


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("tail", "user"),
    [
        ("", ""),
        ("model = Model()\nmodel.other = 1\nMADE = model.made\n", ""),
        ("class Many(Model):\n    def __init__(self, ones): self.ones = [*ones]\nmany = Many(one for one in ())\n", ""),
        ("class Sub(Model):\n    def more(self): return 1\n", "from app.lib import Sub\nsub = Sub()\n"),
        ("", "from app.lib import Model\nclass Sub(Model): pass\nmade = [one.made for one in ()]\n"),
        ("", "from app.lib import Model as M\nmodel = M()\n"),
        ("", "import app.lib\nmodel = app.lib.Model()\nIS_ONE = isinstance(model.made, app.lib.Model)\n"),
        ("", "from app import lib\nmodel = lib.Model()\nIS_ONE = isinstance(list(range(1)), (int, lib.Model))\n"),
        ("import abc\nclass Other(metaclass=abc.ABCMeta):\n    def one(self, of: 'Model'): return Model()\n", ""),
        (
            "def make(x: Model, y=Model) -> Model: return x\nclass Other:\n    @property\n    def one(self) -> Model: return 1\n",
            "",
        ),
        ("def later():\n    return [Model]\n", ""),
        ("", "def call():\n    from app.lib import Model\n    model = Model()\n    return model.made\nMADE = call()\n"),
    ],
)
def test_what_is_only_made_called_and_derived_from_is_patched(edited, tail, user):
    lib = edited(LIB + tail, user or "import app.lib\n")
    assert lib.patched(("One.", "Two."), ("x=1", "x=2")) == ["Model.run"]
    assert lib.patched(("    def run", "    def extra(self): return 1\n    def run")) == ["Model.extra"]
    assert lib.module.Model().extra() == 1


@pytest.mark.parametrize(
    "init",
    [
        "REGISTRY.append(self)",
        "REGISTRY.append(type(self))",
        "super().__init__(); self.again = lambda: self",
        "hand = lambda: REGISTRY.append(__class__); hand()",
    ],
)
def test_an_object_that_hands_itself_on_is_executed(edited, init):
    lib = edited(f"REGISTRY = []\n{LIB.replace('self.made = 1', init)}model = Model()\n")
    assert lib.executed(("One.", "Two.")) == REASON.format("lib")


HOOK = """
class Field:
    def __init__(self): self.read = None
    def __set_name__(self, owner, name): self.read = getattr(owner, 'r' + 'un').__doc__
class Replaced:
    def __init__(self, function): self.function = function
    def __set_name__(self, owner, name):
        setattr(owner, name, self.function)
        owner.docs = getattr(owner, 'r' + 'un').__doc__
"""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("    field = Field()\n", "__set_name__ of a member of Model may have read `Model.{}`"),
        ("    @Replaced\n    def go(self): return 1\n", "__set_name__ may have read `Model.{}`"),
    ],
)
def test_what_a_member_that_was_told_of_its_class_may_have_read_is_executed(edited, body, reason):
    lib = edited(HOOK + LIB + body)
    where = reason.format("run") + ", line "
    assert lib.executed(("One.", "Two.")).startswith(where)
    assert lib.executed(("x=1", "x=2")).startswith(where)
    assert lib.executed(("x=2", "x=2, y=3")).startswith(where)
    assert lib.executed(("    def run", "    def more(self): return 1\n    def run")).startswith(reason.format("more"))


def test_a_class_beside_one_of_which_a_member_was_told_is_patched(edited):
    beside = "class Other:\n    @property\n    def one(self): return 1\n    def go(self): 'One.'\n"
    lib = edited(HOOK + LIB + "    field = Field()\n" + beside)
    assert lib.patched(("go(self): 'One.'", "go(self): 'Two.'")) == ["Other.go"]


def test_a_hook_of_a_class_that_derives_is_one_as_well(edited):
    hook = "class Hook:\n    def __init_subclass__(cls): cls.read = getattr(cls, 'r' + 'un').__doc__\n"
    lib = edited(LIB + hook + "class Sub(Model, Hook): pass\n")
    assert lib.executed(("One.", "Two.")).startswith("__init_subclass__ may have read `Model.run`")
    assert lib.module.Sub.read == "Two."


def test_what_only_takes_its_name_is_no_reader(edited):
    lib = edited("import functools\n" + LIB + "    @functools.cached_property\n    def kept(self): return 1\n")
    assert lib.patched(("One.", "Two.")) == ["Model.run"]
