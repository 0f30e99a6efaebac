"""Same project, two finders: what is written for plain Python runs unchanged under us, and the example app, with plain imports, runs
under Python's own finder.
"""

import contextlib
import importlib
import io
import os
import runpy
import sys
from pathlib import Path

import pytest
from pyautoload_wasm import AutoLoader

#: An app as Python programmers write it. `main()` says what it sees of itself.
APP = {
    "__init__.py": "'''An app.'''\nfrom .config import DEBUG\nfrom . import registry as _registry\n__version__ = '1.0'\n",
    "__main__.py": "from app.cli import main\nprint(main(['x']))\n",
    "config.py": "import os\nDEBUG = bool(os.environ.get('APP_DEBUG'))\n",
    "registry.py": "plugins = {}\ndef register(cls):\n    plugins[cls.__name__] = cls\n    return cls\n",
    "cli.py": """
        from __future__ import annotations
        import importlib
        import pkgutil
        import sys
        from importlib import resources
        from typing import TYPE_CHECKING
        from . import plugins
        from .models import user as _user_module
        from .models.base import *
        from .models.user import User as Person, Admin
        from .registry import plugins as _found
        import app.views.page as page
        if TYPE_CHECKING:
            from app.nowhere import Nothing
        try:
            import app.fast as speed
        except ImportError:
            from app import slow as speed
        def main(argv: list[str]) -> dict[str, object]:
            from .late import when
            for info in pkgutil.iter_modules(plugins.__path__, f"{plugins.__name__}."):
                importlib.import_module(info.name)
            with resources.files("app").joinpath("data/words.txt").open() as file:
                words = file.read().split()
            return {
                "argv": argv,
                "person": repr(Person("ada")),
                "admin": [cls.__qualname__ for cls in Admin.__mro__],
                "base": Base.kind,
                "page": page.render(words),
                "plugins": sorted(_found),
                "when": when(),
                "speed": speed.__name__,
                "same": _user_module.User is Person,
                "modules": sorted(name for name in sys.modules if name.partition(".")[0] == "app"),
            }
        """,
    "late.py": "def when():\n    from .views import page\n    return page.__name__\n",
    "slow.py": "",
    "models/__init__.py": "from .user import User\n__all__ = ['User']\n",
    "models/base.py": "__all__ = ['Base']\nclass Base:\n    kind = 'base'\nclass _Hidden: pass\n",
    "models/user.py": """
        from dataclasses import dataclass
        from .base import Base
        @dataclass
        class User(Base):
            name: str
        class Admin(User): pass
        """,
    # A namespace package, as pip installs those of several distributions.
    "plugins/csv_.py": "from ..registry import register\n@register\nclass Csv: pass\n",
    "plugins/json_.py": "from app.registry import register\n@register\nclass Json: pass\n",
    "views/page.py": "from .. import models\ndef render(words):\n    return f'{models.User(words[0])} {len(words)}'\n",
    "data/words.txt": "ada grace\n",
}


def forget(*tops):
    for name in list(sys.modules):
        if name.partition(".")[0] in tops:
            del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def both(monkeypatch):
    """Runs something under Python's own finder, with the folder on sys.path, and then under ours, without. Returns what each gave."""

    def both(folder, top, use, configure=lambda loader: loader):
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(folder))
            theirs = use()
            assert not type(importlib.import_module(top).__spec__.loader).__module__.startswith("pyautoload_wasm")
            forget(top)
        with configure(AutoLoader(f"{folder}/{top}", top)):
            ours = use()
        forget(top)
        return theirs, ours

    return both


@pytest.mark.smoke
def test_a_plain_app_runs_unchanged(write, both):
    folder = write({f"app/{name}": source for name, source in APP.items()})

    def use():
        return importlib.import_module("app.cli").main(["x"])

    theirs, ours = both(folder, "app", use)
    assert ours == theirs
    assert ours["plugins"] == ["Csv", "Json"]
    assert ours["page"] == "User(name='ada') 2"


def test_it_runs_as_a_program(write, both):
    folder = write({f"app/{name}": source for name, source in APP.items()})

    def use():
        with contextlib.redirect_stdout(io.StringIO()) as out:
            runpy.run_module("app", run_name="__main__", alter_sys=True)
        return out.getvalue()

    theirs, ours = both(folder, "app", use)
    assert ours == theirs
    assert "'argv': ['x']" in ours


def test_every_module_of_it_has_the_same_names(write, both):
    folder = write({f"app/{name}": source for name, source in APP.items()})

    def use():
        importlib.import_module("app.cli").main([])
        modules = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "app"}
        return {
            name: (sorted(vars(module)), module.__package__, list(getattr(module, "__path__", [])))
            for name, module in modules.items()
        }

    theirs, ours = both(folder, "app", use)
    assert ours == theirs


def test_with_every_feature_on_it_runs_unchanged(write, both):
    folder = write({f"app/{name}": source for name, source in APP.items()})

    def use():
        return importlib.import_module("app.cli").main(["x"])

    theirs, ours = both(
        folder, "app", use, lambda loader: loader.implicit_names().log(lambda line: None).enable_reloading()
    )
    assert ours == theirs


#: How the shop's imports are written in plain Python: where it relies on the autoloader, and what says the same.
PLAIN = {
    "models/user.py": [
        ("from shop.models import Timestamped", "from shop.models.concerns.timestamped import Timestamped")
    ],
    "controllers/orders_controller.py": [
        (
            "from shop.models import Order, Product, User",
            "from shop.models.order import Order\nfrom shop.models.product import Product\nfrom shop.models.user import User",
        )
    ],
    "controllers/users_controller.py": [
        ("import shop\n", "import shop.models.user\nimport shop.views\n"),
        ("models.User", "models.user.User"),
    ],
}


@pytest.fixture
def shop(tmp_path):
    """The example app, copied, with plain imports."""
    here = Path(__file__).resolve()
    examples = Path("/examples") if sys.platform == "emscripten" else here.parents[2] / "examples"
    assert (examples / "shop").is_dir(), "the example app is not here: whoever runs the suite brings it"
    for file in sorted((examples / "shop").rglob("*.py")):
        name = file.relative_to(examples / "shop").as_posix()
        source = file.read_text(encoding="utf-8")
        for autoloaded, plain in PLAIN.get(name, ()):
            assert autoloaded in source
            source = source.replace(autoloaded, plain)
        # Python takes reports.py for a module and never looks into the folder of that name.
        target = tmp_path / "shop" / ("reports/__init__.py" if name == "reports.py" else name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source, encoding="utf-8")
    return tmp_path


def test_the_example_app_with_plain_imports_runs_under_both(shop, both):
    def use():
        users = importlib.import_module("shop.controllers.users_controller").UsersController()
        orders = importlib.import_module("shop.controllers.orders_controller").OrdersController()
        order = importlib.import_module("shop.models.order").Order(
            importlib.import_module("shop.models.user").User("ada")
        )
        api = importlib.import_module("shop.lib.rest_api").RestAPI()
        parser = importlib.import_module("shop.lib.html_parser").HTMLParser()
        parser.feed(users.show("grace"))
        reports = importlib.import_module("shop.reports")
        return [
            users.show("grace"),
            orders.receipt("ada"),
            api.order(order),
            parser.headings,
            repr(reports.Reports().all()),
        ]

    def configure(loader):
        return loader.ignore("tmp").inflect({"html_parser": "HTMLParser"}).acronym("API")

    theirs, ours = both(shop, "shop", use, configure)
    assert ours == theirs
    assert ours[0] == "<h1>Hello, Grace!</h1>"


def test_a_name_that_only_we_find_is_missed_by_python(write, both, run):
    """What makes the difference, so that nobody takes the tests above for more than they say."""
    folder = write({"app/models/user.py": "class User: pass\n"})

    def use():
        try:
            run("from app.models import User")
        except ImportError:
            return "missed"
        return "found"

    assert both(folder, "app", use) == ("missed", "found")
    assert os.listdir(folder) == ["app"]
