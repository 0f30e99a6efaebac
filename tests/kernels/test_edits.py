"""However a file is edited, and however quickly, the next cell has it."""

import os
import subprocess

import pytest
from kernel import RECIPE

USER = "class User:\n    v = {}\n"


@pytest.fixture
def shop(notebook):
    """A notebook that has imported a class by README's recipe."""
    notebook({"shop/user.py": USER.format(0)})
    notebook.cell(RECIPE)
    notebook.cell("from shop.user import User")
    return notebook


def save(shop, source):
    shop.save("shop/user.py", source)


def write_over(shop, source):
    shop.write("shop/user.py", source)


def write_by_magic(shop, source):
    shop.cell(f"%%writefile shop/user.py\n{source}")


def write_in_a_cell(shop, source):
    shop.cell(f"from pathlib import Path\n_ = Path('shop/user.py').write_text({source!r})")


@pytest.mark.parametrize("edit", [save, write_over, write_by_magic, write_in_a_cell])
def test_ten_edits_in_a_row_of_one_length_are_seen(shop, edit):
    for number in range(1, 10):
        edit(shop, USER.format(number))
        assert shop.cell("User.v") == f"pyautoload_wasm: reloaded shop.user\n{number}"
        assert shop.cell("User.v") == f"{number}"


def test_an_edit_that_keeps_size_and_time_is_seen(shop):
    path = shop.path("shop/user.py")
    before = os.stat(path)
    for number in range(1, 10):
        shop.write("shop/user.py", USER.format(number))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert shop.cell("User.v").endswith(f"{number}")


def test_a_file_that_is_old_when_it_comes_is_seen(shop):
    shop.save("shop/user.py", USER.format(1))
    os.utime(shop.path("shop/user.py"), (1, 1))
    assert shop.cell("User.v").endswith("1")


def test_a_checkout_is_seen(shop):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *identity, *arguments], cwd=shop.folder, check=True, capture_output=True)

    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "-m", "0")
    git("checkout", "-b", "other")
    shop.save("shop/user.py", USER.format(1))
    shop.save("shop/order.py", "from shop.user import User\nclass Order(User): pass\n")
    git("add", ".")
    git("commit", "-m", "1")
    assert shop.cell("from shop.order import Order; Order.v").endswith("1")
    git("checkout", "main")
    assert (
        shop.cell("User.v")
        == "pyautoload_wasm: reloaded shop.user; removed shop.order; Order stays as it was: its import would fail now\n0"
    )
    assert shop.error("import shop.order")[0].startswith("ModuleNotFoundError")
    git("checkout", "other")
    assert shop.cell("from shop.order import Order; Order.v, User.v").endswith("(1, 1)")


def test_an_edit_while_a_cell_runs_is_seen_by_the_next(shop):
    source = USER.format(1)
    assert shop.cell(f"open('shop/user.py', 'w').write({source!r})\nimport shop.user; shop.user.User.v").endswith("0")
    assert shop.cell("User.v").endswith("1")


def test_a_folder_that_is_moved_into_place_is_seen(shop):
    shop.save("other/user.py", USER.format(1))
    os.rename(shop.path("shop"), shop.path("aside"))
    os.rename(shop.path("other"), shop.path("shop"))
    assert shop.cell("User.v").endswith("1")


def test_a_root_that_is_gone_for_a_while_keeps_its_modules(shop):
    os.rename(shop.path("shop"), shop.path("aside"))
    assert shop.cell("User.v").endswith("0")
    os.rename(shop.path("aside"), shop.path("shop"))
    shop.save("shop/user.py", USER.format(1))
    assert shop.cell("User.v").endswith("1")


def test_a_module_that_was_looked_for_in_vain_is_found_when_it_comes(shop):
    shop.save("shop/main.py", "try:\n    from shop.extra import x\nexcept ImportError:\n    x = 'none'\n")
    assert shop.cell("import shop.main; shop.main.x").endswith("'none'")
    shop.save("shop/extra.py", "x = 1\n")
    assert shop.cell("shop.main.x") == "pyautoload_wasm: reloaded shop.main\n1"


def test_a_file_of_a_folder_that_is_new(shop):
    os.mkdir(shop.path("shop/parts"))
    shop.cell("1")
    shop.save("shop/parts/wheel.py", "x = 1\n")
    assert shop.cell("import shop.parts.wheel; shop.parts.wheel.x") == "1"
    shop.save("shop/parts/wheel.py", "x = 2\n")
    assert shop.cell("shop.parts.wheel.x").endswith("2")


def test_after_cells_that_await_edits_are_seen(shop):
    for number in range(1, 4):
        save(shop, USER.format(number))
        assert shop.cell("import asyncio; await asyncio.sleep(0); User.v").endswith(f"{number}")
