"""Lazy imports (PEP 810): what a name stands for is what the same import would give at once, and nothing is executed before."""

import importlib
import importlib.util
import sys
import types

import pytest

FILES = {
    "__init__.py": "",
    "models/user.py": "class User:\n    name = 'ada'\n",
    "models/order.py": "class Order: pass\n",
    "lib/html_parser.py": "class HtmlParser: pass\n",
    "pkg/__init__.py": "here = 1\n",
    "pkg/inner.py": "class Inner: pass\n",
    "hotel.py": "stars = 5\n",
    "hotel/room.py": "class Room: pass\n",
}

#: Each way in, and what the name is then.
WAYS = {
    "import app.models.user as it": "app.models.user",
    "from app.models import user as it": "app.models.user",
    "from app.models import User as it": "app.models.user.User",
    "from app.models.user import User as it": "app.models.user.User",
    "import app.models.User as it": "app.models.user.User",
    "from app.models.User import User as it": "app.models.user.User",
    "from .models import User as it": "app.models.user.User",
    "from .models.user import User as it": "app.models.user.User",
    "from . import models as it": "app.models",
    "from app import pkg as it": "app.pkg",
    "from app.pkg import Inner as it": "app.pkg.inner.Inner",
    "from app.pkg import inner as it": "app.pkg.inner",
    "from app.hotel import Room as it": "app.hotel.room.Room",
    "from app.lib import HtmlParser as it": "app.lib.html_parser.HtmlParser",
}


def qualified(thing):
    return thing.__name__ if isinstance(thing, types.ModuleType) else f"{thing.__module__}.{thing.__qualname__}"


@pytest.fixture
def lazy_for_all():
    """All imports of modules are lazy, as with `-X lazy_imports=all`."""
    before = sys.get_lazy_imports()
    sys.set_lazy_imports("all")
    yield
    sys.set_lazy_imports(before)


@pytest.mark.parametrize("statement", WAYS)
def test_a_lazy_import_gives_what_it_would_give_at_once(autoload, statement):
    autoload({**FILES, "lazily.py": f"lazy {statement}\ndef get():\n    return it\n", "at_once.py": f"{statement}\n"})
    lazily = importlib.import_module("app.lazily")
    assert type(vars(lazily)["it"]) is types.LazyImportType
    assert not [name for name in sys.modules if name.startswith("app.") and name != "app.lazily"]
    assert qualified(lazily.get()) == WAYS[statement]
    assert importlib.import_module("app.at_once").it is lazily.get()


@pytest.mark.parametrize("statement", WAYS)
def test_an_import_at_once_is_what_it_was_before_after_a_lazy_one(autoload, statement):
    autoload({**FILES, "lazily.py": f"lazy {statement}\n", "at_once.py": f"{statement}\n"})
    lazily = importlib.import_module("app.lazily")
    assert qualified(importlib.import_module("app.at_once").it) == WAYS[statement]
    assert qualified(lazily.it) == WAYS[statement]


def test_a_dotted_name_is_autoloaded_through_a_lazy_import(autoload):
    source = "lazy import app.models.User\nlazy import app.pkg\ndef get():\n    return app.models.User, app.pkg.Inner\n"
    autoload({**FILES, "lazily.py": source})
    got = importlib.import_module("app.lazily").get()
    assert [qualified(thing) for thing in got] == ["app.models.user.User", "app.pkg.inner.Inner"]


def test_an_announced_name_is_autoloaded_by_whoever_comes_first(autoload):
    autoload({**FILES, "lazily.py": "lazy from app.models import User\nlazy import app.models.Order\n"})
    importlib.import_module("app.lazily")
    models = importlib.import_module("app").models
    assert (qualified(models.User), qualified(models.Order)) == ("app.models.user.User", "app.models.order.Order")


def test_a_tool_s_finder_does_not_change_what_a_lazy_name_is(autoload):
    class Asking:
        """A finder that asks all others, as wrapt's does."""

        busy = False

        def find_spec(self, fullname, path=None, target=None):
            if self.busy:
                return None
            self.busy = True
            try:
                return importlib.util.find_spec(fullname)
            finally:
                self.busy = False

    asking = Asking()
    sys.meta_path.insert(0, asking)
    try:
        autoload({**FILES, "lazily.py": "lazy from app.models import User\n"})
        assert qualified(importlib.import_module("app.lazily").User) == "app.models.user.User"
    finally:
        sys.meta_path.remove(asking)


def test_a_file_that_is_written_after_the_lazy_import_is_found(autoload, write):
    autoload({**FILES, "lazily.py": "lazy from app.models import Late\n"})
    lazily = importlib.import_module("app.lazily")
    write({"app/models/late.py": "class Late: pass\n"})
    assert qualified(lazily.Late) == "app.models.late.Late"


def test_a_missing_name_is_told_of_where_it_is_used(autoload):
    autoload({**FILES, "lazily.py": "lazy from app.models import Usr\ndef get():\n    return Usr\n"})
    with pytest.raises(ImportError) as caught:
        importlib.import_module("app.lazily").get()
    said = str(caught.value) + str(caught.value.__cause__)
    assert "cannot import name 'Usr' from 'app.models'" in said
    assert "Did you mean 'app.models.user' or 'app.models.User'" in said


def test_modules_that_say_which_of_their_imports_are_lazy(autoload):
    source = "__lazy_modules__ = ['app.models']\nfrom app.models import User\nfrom app.pkg import Inner\n"
    autoload({**FILES, "lazily.py": source})
    lazily = importlib.import_module("app.lazily")
    assert type(vars(lazily)["User"]) is types.LazyImportType
    assert qualified(vars(lazily)["Inner"]) == "app.pkg.inner.Inner"
    assert qualified(lazily.User) == "app.models.user.User"


@pytest.mark.parametrize("statement", WAYS)
def test_all_imports_can_be_lazy(lazy_for_all, autoload, statement):
    autoload({**FILES, "user_of_it.py": f"{statement}\ndef get():\n    return it\n"})
    assert qualified(importlib.import_module("app.user_of_it").get()) == WAYS[statement]


def test_with_all_imports_lazy_a_class_has_an_autoloaded_base(lazy_for_all, autoload):
    autoload(
        {
            **FILES,
            "admin.py": "from app.models import User\nimport app.models\nclass Admin(User, app.models.Order): pass\n",
        }
    )
    assert importlib.import_module("app").Admin.name == "ada"


def test_with_all_imports_lazy_everything_can_be_loaded_ahead(lazy_for_all, autoload):
    loader = autoload({**FILES, "admin.py": "from app.models import User\nclass Admin(User): pass\n"})
    assert not loader.eager_load(on_error="raise").failed


def test_with_all_imports_lazy_changes_are_reloaded(lazy_for_all, project):
    there = project(
        {
            **FILES,
            "admin.py": "from app.models import User\nclass Admin(User): pass\n",
            "unused.py": "from app.models import User\n",
        },
        "app.admin",
        "app.unused",
    )
    there.write("models/user.py", "class User:\n    name = 'grace'\n").flush()
    assert sys.modules["app.admin"].Admin.name == "grace"
    assert sys.modules["app.unused"].User.name == "grace"


def test_a_teardown_leaves_a_lazy_name_alone(autoload):
    loader = autoload({**FILES, "lazily.py": "lazy from app.models import User\n"})
    lazily = importlib.import_module("app.lazily")
    loader.teardown()
    assert type(vars(lazily)["User"]) is types.LazyImportType
    with pytest.raises(ImportError):
        getattr(lazily, "User")  # noqa: B009


def test_what_a_module_lists_as_lazy_is_no_import_cycle(autoload):
    loader = autoload(
        {
            "order.py": "__lazy_modules__ = ['app.item']\nimport app.item\ndef item():\n    return app.item.Item\n",
            "item.py": "import app.order\nclass Item:\n    pass\n",
        }
    )
    importlib.import_module("app.order")
    assert "app.item" not in sys.modules
    assert loader.cycles() == []
    assert "app.item" in loader.dependencies("app.order")


def test_a_name_of_a_lazy_import_follows_once_it_was_looked_at(project):
    shop = project({"conf.py": "N = 1\nM = 1\n"})
    names = {"__name__": "__main__"}
    for cell in ("lazy from app.conf import N, M as m", "x = 1", "y = N", "z = 1"):
        shop.loader.track(names, source=cell)
        exec(cell, names)
    assert "app.conf" in sys.modules
    shop.write("conf.py", "N = 2\nM = 2\n").flush()
    exec("found = N, m, y", names)
    assert names["found"] == (2, 2, 1)
