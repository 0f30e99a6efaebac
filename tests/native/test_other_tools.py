"""Tools that only a desktop has."""

import _thread
import importlib
import queue
import subprocess
import sys

from pyautoload_wasm import AutoLoader


def test_pytest_rewrites_the_asserts_of_tests_in_a_package(tmp_path):
    files = {
        "conftest.py": """
from pathlib import Path
from pyautoload_wasm import AutoLoader
AutoLoader(Path(__file__).parent / 'src/shop', 'shop').setup()
""",
        "src/shop/cart.py": "class Cart:\n    total = 3\n",
        "src/shop/checks.py": "def check(cart):\n    assert cart.total == 5\n",
        "src/shop/tests/__init__.py": "import pytest\npytest.register_assert_rewrite('shop.checks')\n",
        "src/shop/tests/test_cart.py": """
import shop
def test_total():
    assert shop.Cart.total == 4
def test_checks():
    shop.checks.check(shop.Cart)
""",
    }
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "assert 3 == 4" in ran.stdout
    assert "assert 3 == 5" in ran.stdout


def test_an_attribute_that_c_code_asks_for_is_autoloaded(tmp_path, monkeypatch):
    """A thread that begins in C has no Python code that asks."""
    (tmp_path / "user.py").write_text("class User: pass\n")
    said = queue.Queue()
    monkeypatch.setattr(
        sys, "unraisablehook", lambda what: said.put(f"{type(what.exc_value).__name__}: {what.exc_value}")
    )
    with AutoLoader(tmp_path, "shop_") as loader:
        loader.on_load("shop_.user")(lambda name, module: said.put(name))
        shop = importlib.import_module("shop_")
        _thread.start_new_thread(getattr, (shop, "User"))
        assert said.get(timeout=60) == "shop_.user"
        _thread.start_new_thread(getattr, (shop, "nothing"))
        assert said.get(timeout=60) == "AttributeError: module 'shop_' has no attribute 'nothing'"
