"""A set-up of one's own, as notebooks have it: run again, below the imports, in several cells."""

from textwrap import dedent

import pytest

USER = "class User:\n    v = {}\n"
CELL = dedent("""
    from pyautoload_wasm import AutoLoader
    loader = AutoLoader("shop", "shop").enable_reloading().setup()
    from shop.user import User
""")


@pytest.fixture
def shop(notebook):
    return notebook({"shop/user.py": USER.format(1)})


@pytest.mark.parametrize("first", ["", "%load_ext pyautoload_wasm", "%load_ext pyautoload_wasm\n%autoload shop"])
def test_a_set_up_cell_that_runs_again(shop, first):
    shop.cell(first)
    for _ in range(3):
        shop.cell(CELL)
    shop.save("shop/user.py", USER.format(2))
    assert shop.cell("User.v") == "pyautoload_wasm: reloaded shop.user\n2"
    shop.cell(CELL)
    shop.save("shop/user.py", USER.format(3))
    assert shop.cell("User.v") == "pyautoload_wasm: reloaded shop.user\n3"


def test_a_set_up_below_the_imports(shop):
    shop.save("shop/conf.py", "N = 1\n")
    shop.cell(
        f"import sys; sys.path.insert(0, {shop.folder!r})\nfrom shop.user import User\nfrom shop.conf import N as n"
    )
    shop.cell("%load_ext pyautoload_wasm\n%autoload shop")
    shop.save("shop/user.py", USER.format(2))
    shop.save("shop/conf.py", "N = 2\n")
    said, value = shop.cell("User.v, n").splitlines()
    assert said.startswith("pyautoload_wasm: reloaded shop.")
    assert value == "(2, 2)"
