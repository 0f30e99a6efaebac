"""What is said before a cell: a line for what happened, a line while old code runs, and nothing else."""

import pytest
from kernel import RECIPE, Notebook

USER = "class User:\n    v = {}\n"
MAIN = "from shop.user import User\nv = User.v\n"


@pytest.fixture
def shop(notebook):
    notebook({"shop/user.py": USER.format(1), "shop/main.py": MAIN, "shop/other.py": "x = 1\n"})
    notebook.cell(RECIPE)
    notebook.cell("from shop import main, other\nfrom shop.user import User")
    return notebook


def test_where_nothing_happens_nothing_is_said(shop):
    assert shop.cell("User.v") == "1"
    shop.save("shop/user.py", USER.format(1))
    shop.save("notes.txt", "")
    shop.save("shop/data.json", "{}")
    shop.save("shop/unused.py", "x = 1\n")
    assert shop.cell("User.v") == "1"
    shop.save("shop/unused.py", "x = 2\n")
    assert shop.cell("User.v") == "1"


def test_one_line_for_what_was_reloaded(shop):
    shop.save("shop/user.py", USER.format(2))
    shop.save("shop/other.py", "x = 2\n")
    said, value = shop.cell("User.v, main.v, other.x").splitlines()
    assert set(said.removeprefix("pyautoload_wasm: reloaded ").split(", ")) == {"shop.user", "shop.main", "shop.other"}
    assert value == "(2, 2, 2)"


def test_a_syntax_error_is_one_line_then_a_line_before_each_cell_until_it_is_corrected(shop):
    shop.save("shop/user.py", "class User\n")
    assert shop.cell("User.v") == (
        "pyautoload_wasm: shop.user failed, line 1 (SyntaxError: expected ':' (user.py, line 1)), old code runs on\n1"
    )
    for _ in range(2):
        assert shop.cell("User.v") == (
            "pyautoload_wasm: shop.main, shop.user run old code: shop.user failed, line 1 (SyntaxError: expected ':' (user.py, "
            "line 1))\n1"
        )
    shop.save("shop/other.py", "x = 2\n")
    assert shop.cell("other.x").splitlines() == [
        "pyautoload_wasm: reloaded shop.other",
        "pyautoload_wasm: shop.main, shop.user run old code: shop.user failed, line 1 (SyntaxError: expected ':' (user.py, line 1))",
        "2",
    ]
    shop.save("shop/user.py", USER.format(2))
    assert shop.cell("User.v, main.v") == "pyautoload_wasm: reloaded shop.user, shop.main\n(2, 2)"
    assert shop.cell("1") == "1"


def test_a_module_that_raises_is_executed_once_for_each_edit(shop):
    shop.save("shop/other.py", "import builtins\nbuiltins.shop_runs = getattr(builtins, 'shop_runs', 0) + 1\n1 / 0\n")
    assert "shop.other failed, line 3 (ZeroDivisionError: division by zero), old code runs on" in shop.cell("other.x")
    assert (
        shop.cell("shop_runs")
        == "pyautoload_wasm: shop.other runs old code: line 3 (ZeroDivisionError: division by zero)\n1"
    )
    shop.save("shop/other.py", "x = 3\n")
    assert shop.cell("other.x, shop_runs") == "pyautoload_wasm: reloaded shop.other\n(3, 1)"


def test_the_old_version_that_comes_back_ends_the_line(shop):
    shop.save("shop/user.py", "class User\n")
    shop.cell("1")
    shop.save("shop/user.py", USER.format(1))
    assert shop.cell("User.v") == "1"


def test_a_name_whose_import_would_fail_now(shop):
    shop.save("shop/user.py", "class Person: pass\n")
    shop.save("shop/main.py", "v = 0\n")
    said, value = shop.cell("User.v").splitlines()
    assert "; User stays as it was: its import would fail now" in said
    assert value == "1"


def test_beside_autoreload_reloading_is_left_to_that_and_said_once(shop):
    said = "pyautoload_wasm: %autoreload is on, and so reloading is left to it; %autoreload 0 gives it back"
    shop.cell("%load_ext autoreload\n%autoreload 2")
    try:
        shop.save("shop/user.py", USER.format(2))
        assert shop.cell("User.v") == f"{said}\n2"
        shop.save("shop/user.py", USER.format(3))
        assert shop.cell("User.v") == "3"
        shop.save("shop/user.py", USER.format(33))
        assert shop.cell("User.v") == "33"
    finally:
        shop.cell("%autoreload 0")
    shop.cell("1")
    shop.save("shop/user.py", USER.format(4))
    assert shop.cell("User.v, main.v") == "pyautoload_wasm: reloaded shop.user, shop.main\n(4, 4)"


def test_what_autoreload_has_reloaded_makes_nothing_stale(shop):
    shop.cell("%load_ext autoreload\n%autoreload 2-")
    try:
        shop.save("shop/user.py", USER.format(2))
        assert shop.cell("User.v").endswith("2")
    finally:
        shop.cell("%autoreload 0")
    assert shop.cell("main.v") == "1"


def test_output_of_a_set_up_of_ones_own_is_nothing(notebook: Notebook):
    notebook({"shop/user.py": USER.format(1)})
    cell = """
    from pyautoload_wasm import AutoLoader
    loader = AutoLoader("shop", "shop").enable_reloading().setup()
    from shop.user import User
    """
    assert notebook.cell(cell) == ""
    notebook.save("shop/user.py", USER.format(2))
    assert notebook.cell("User.v") == "pyautoload_wasm: reloaded shop.user\n2"


def test_a_set_up_below_the_imports_finds_their_names(notebook):
    notebook({"shop/user.py": USER.format(1), "shop/conf.py": "N = 1\n"})
    notebook.cell("import pyautoload_wasm\npyautoload_wasm.AutoLoader('shop', 'shop').setup()")
    notebook.cell("from shop.conf import N as n\nfrom shop.user import User")
    notebook.cell("pyautoload_wasm.AutoLoader.loaders()[0].enable_reloading()")
    notebook.save("shop/user.py", USER.format(2))
    notebook.save("shop/conf.py", "N = 2\n")
    assert notebook.cell("n, User.v").endswith("(2, 2)")
