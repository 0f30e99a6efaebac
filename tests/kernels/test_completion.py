"""Tab and `?`: what there is of a project, without importing anything, with jedi and without."""

import pytest
from kernel import RECIPE

USER = """
print('user runs')
class User:
    'Somebody.'
    name = 'Ada'
    def greet(self):
        return 1
"""
FILES = {
    "shop/__init__.py": "print('shop runs')\n",
    "shop/models/__init__.py": "print('models runs')\n",
    "shop/models/user.py": USER,
    "shop/models/unit.py": "print('unit runs')\nTABLE = {}\n",
    "shop/main.py": "print('main runs')\nfirst = 1\n_hidden = 2\n",
    "shop/parts/wheel.py": "print('wheel runs')\n",
}


@pytest.fixture(params=[True, False], ids=["jedi", "no-jedi"])
def notebook(request, notebook):
    notebook(FILES)
    notebook.cell(f"%config IPCompleter.use_jedi = {request.param}")
    notebook.cell(RECIPE)
    yield notebook
    notebook.cell("%config IPCompleter.use_jedi = False")


def loaded(notebook):
    return notebook.cell("import sys; sorted(name for name in sys.modules if name.partition('.')[0] == 'shop')")


@pytest.mark.parametrize(
    ("text", "completions"),
    [
        ("import shop.", ["import shop.main", "import shop.models", "import shop.parts"]),
        ("import shop.mo", ["import shop.models"]),
        ("import os, shop.pa", ["import os, shop.parts"]),
        ("import shop.models.u", ["import shop.models.unit", "import shop.models.user"]),
        ("from shop.", ["from shop.main", "from shop.models", "from shop.parts"]),
        ("from shop.models.us", ["from shop.models.user"]),
        ("from shop import m", ["from shop import main", "from shop import models"]),
        ("from shop.models import U", ["from shop.models import Unit", "from shop.models import User"]),
        ("from shop.models import user, U", ["from shop.models import user, Unit", "from shop.models import user, User"]),
        ("from shop.models import (us", ["from shop.models import (user"]),
        ("from shop.parts import ", ["from shop.parts import Wheel", "from shop.parts import wheel"]),
    ],
)  # fmt: skip
def test_imports_are_completed_and_nothing_is_imported(notebook, text, completions):
    assert notebook.kernel.complete(text) == completions
    assert loaded(notebook) == "[]"


@pytest.mark.parametrize("text", ["from shop.models import Nothing", "import shop.zzz", "from shop.models.zzz"])
def test_where_nothing_fits_nothing_is_imported(notebook, text):
    assert notebook.kernel.complete(text) == [text]
    assert loaded(notebook) == "[]"


def test_attributes_are_completed_and_nothing_more_is_imported(notebook):
    notebook.cell("import shop")
    complete = notebook.kernel.complete
    assert complete("shop.") == [f"shop.{name}" for name in ("Main", "Models", "Parts", "main", "models", "parts")]
    assert complete("shop.mo") == ["shop.models"]
    assert complete("shop.models.U") == ["shop.models.Unit", "shop.models.User"]
    assert complete("print(shop.models.us") == ["print(shop.models.user"]
    assert complete("x = [1]\nshop.parts.") == ["x = [1]\nshop.parts.Wheel", "x = [1]\nshop.parts.wheel"]
    assert loaded(notebook) == "['shop']"


def test_attributes_of_what_is_loaded(notebook):
    notebook.cell("import shop; shop.models.User; import shop.main; from shop.models import User")
    complete = notebook.kernel.complete
    assert complete("shop.main.f") == ["shop.main.first"]
    assert complete("shop.main._h") == ["shop.main._hidden"]
    assert complete("shop.models.User.na") == ["shop.models.User.name"]
    assert complete("shop.models.user.User.gr") == ["shop.models.user.User.greet"]
    assert complete("User.gr") == ["User.greet"]
    assert complete("from shop.main import f") == ["from shop.main import first"]


def test_what_is_not_ours_is_completed_as_ever(notebook):
    notebook.cell("import os.path, shop\nclass Mine:\n    thing = 1\nmine = Mine()")
    complete = notebook.kernel.complete
    assert "os.path.isabs" in complete("os.path.isa")
    assert complete("mine.th") == ["mine.thing"]
    assert "import sys" in complete("import sy")
    assert "from os import path" in complete("from os import pat")
    assert complete("shop.main.first.bit_le") in (["shop.main.first.bit_length"], [])


def test_a_new_file_is_offered(notebook):
    notebook.cell("import shop")
    notebook.save("shop/order.py", "")
    notebook.cell("1")
    assert notebook.kernel.complete("shop.or") == ["shop.order"]


def test_the_argument_of_the_magic_is_completed(notebook):
    complete = notebook.kernel.complete
    assert complete("%autoload sh") == ["%autoload shop"]
    assert complete("%autoload shop/mo") == ["%autoload shop/models"]
    assert complete("%autoload ./shop/pa") == ["%autoload ./shop/parts"]
    assert complete("%autoload shop --f") == ["%autoload shop --flat", "%autoload shop --force"]
    assert complete("%autoload of") == ["%autoload off"]
    assert "%autoload" in complete("%autolo")


def test_help_and_source(notebook):
    notebook.cell("import shop")
    assert notebook.cell("shop.models.User?") == "models runs\nuser runs"
    assert "Somebody." in notebook.kernel.inspect("shop.models.User", 0)
    source = notebook.kernel.inspect("shop.models.User", 1)
    assert "def greet(self):" in source
    assert "user.py" in source
    notebook.save("shop/models/user.py", "class User:\n    'Nobody.'\n")
    notebook.cell("1")
    assert "Nobody." in notebook.kernel.inspect("shop.models.User", 1)
