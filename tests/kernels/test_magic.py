"""`%autoload`: what its argument may be, what it says, and what it refuses."""

import pytest
from kernel import RECIPE

USER = "class User:\n    v = {}\n"


@pytest.fixture
def cell(notebook):
    """A notebook with the extension and some files; its cells."""
    notebook({"shop/user.py": USER.format(1), "helpers.py": "n = 1\n", "my-app/conf.py": "N = 1\n"})
    notebook.cell("%load_ext pyautoload_wasm")
    return notebook.cell


def test_a_folder_stands_for_its_own_name(notebook, cell):
    assert cell("%autoload shop") == "pyautoload_wasm: shop is autoloaded from shop"
    assert cell("import shop; shop.User.v") == "1"
    notebook.save("shop/user.py", USER.format(2))
    assert cell("shop.User.v").endswith("2")


def test_a_folder_elsewhere_is_shown_with_its_whole_path(notebook, cell):
    cell("%mkdir inner\n%cd -q inner")
    assert cell("%autoload ../shop/") == f"pyautoload_wasm: shop is autoloaded from {notebook.folder}/shop"
    assert cell("from shop import User; User.v") == "1"


def test_a_path_with_variables_and_spaces(notebook, cell):
    notebook({"two words/lib/user.py": USER.format(1)})
    assert (
        cell("where = 'two words'\n%autoload '{where}/lib'") == "pyautoload_wasm: lib is autoloaded from two words/lib"
    )


def test_inside_of_a_package_the_name_is_counted_from_the_topmost(notebook, cell):
    notebook({"top/__init__.py": "", "top/mid/__init__.py": "", "top/mid/low/user.py": USER.format(1)})
    assert cell("%autoload top/mid/low") == "pyautoload_wasm: top.mid.low is autoloaded from top/mid/low"
    assert cell("from top.mid.low import User; User.v") == "1"


def test_a_dot_stands_for_no_name(notebook, cell):
    assert cell("%autoload .") == f"pyautoload_wasm: the top level is autoloaded from {notebook.folder}"
    assert cell("import helpers; helpers.n") == "1"
    notebook.save("helpers.py", "n = 2\n")
    assert cell("helpers.n") == "pyautoload_wasm: reloaded helpers\n2"
    notebook.save("Untitled.ipynb", "{}")
    assert cell("helpers.n") == "2"


def test_flat_and_as(notebook, cell):
    assert cell("%autoload my-app --flat") == "pyautoload_wasm: the top level is autoloaded from my-app"
    assert cell("import conf; conf.N") == "1"
    assert cell("%autoload off") == "pyautoload_wasm: the top level is no longer autoloaded"
    assert cell("%autoload --as my.app my-app") == "pyautoload_wasm: my.app is autoloaded from my-app"
    assert cell("from my.app.conf import N; N") == "1"


def test_a_name_that_is_no_folder_is_a_package(notebook, cell, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere", numbered=True)
    package = elsewhere / "far"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "user.py").write_text(USER.format(1))
    cell(f"import sys; sys.path.insert(0, {str(elsewhere)!r})")
    try:
        assert cell("%autoload far") == f"pyautoload_wasm: far is autoloaded from {package}"
        assert cell("from far import User; User.v") == "1"
        (package / "user.py").write_text(USER.format(2))
        assert cell("User.v") == "pyautoload_wasm: reloaded far.user\n2"
    finally:
        cell(f"%autoload off\nsys.path.remove({str(elsewhere)!r})")


def test_where_both_fit_the_folder_wins_and_a_line_says_so(notebook, cell):
    notebook({"path/shop/__init__.py": "class Other: pass\n"})
    cell("import sys; sys.path.insert(0, 'path')")
    said = cell("%autoload shop")
    assert "pyautoload_wasm: shop is autoloaded from shop" in said
    assert f"no longer gives the installed {notebook.folder}/path/shop/__init__.py" in said
    cell("sys.path.remove('path')")


def test_a_folder_that_plain_python_imports_by_that_name_shadows_nothing(notebook, cell):
    notebook({"shop/__init__.py": ""})
    assert cell(f"import sys; sys.path.insert(0, {notebook.folder!r})\n%autoload shop") == (
        "pyautoload_wasm: shop is autoloaded from shop"
    )


def test_an_installed_package_needs_force(notebook, cell):
    error, _ = notebook.error("%autoload rich")
    assert error.startswith("UsageError: rich is installed in /")
    assert error.endswith("site-packages/rich: --force autoloads it all the same")
    assert cell("%autoload rich --force").startswith("pyautoload_wasm: rich is autoloaded from ")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nothing_here", "there is no folder {folder}/nothing_here, and no package nothing_here can be imported"),
        ("a.b.c", "there is no folder {folder}/a.b.c, and the package cannot be found: No module named 'a'"),
        ("./nothing", "there is no folder {folder}/nothing"),
        ("my-app", "'my-app' is no name that an import statement can write: choose one with --as NAME, or make its files top-level "
         "modules with --flat"),
        ("shop --as 3", "%autoload --as 3: expected a name that an import statement can write"),
        ("shop --as", "%autoload --as : expected a name that an import statement can write"),
        ("shop --fast", "%autoload has no option --fast: {usage}"),
        ("shop helpers", "expected {usage}"),
        ("--flat", "expected {usage}"),
        ("shop --as a --flat", "expected {usage}"),
        ("'shop", "%autoload: No closing quotation"),
        ("textwrap", "textwrap is no package but the module {library}/textwrap.py"),
        ("helpers", "helpers is no package but the module {folder}/helpers.py: autoload its folder with %autoload {folder} --flat"),
        ("sys", "sys is no package but a module of Python's own"),
    ],
)  # fmt: skip
def test_what_is_refused_is_said_in_one_line(notebook, cell, line, said):
    usage = "%autoload PATH_OR_NAME [--as NAME | --flat] [--force], %autoload, or %autoload off"
    library = cell("import textwrap; print(textwrap.__file__.rpartition('/')[0])")
    error, shown = notebook.error(f"%autoload {line}")
    assert "Traceback" not in shown
    assert shown == f"UsageError: {said.format(folder=notebook.folder, usage=usage, library=library)}\n"
    assert error.startswith("UsageError")


def test_a_folder_under_two_names_is_refused(notebook, cell):
    cell("%autoload shop")
    _, shown = notebook.error("%autoload shop --as store")
    assert shown.startswith(f"UsageError: the root {notebook.folder}/shop overlaps ")


def test_the_same_line_again_is_fine(notebook, cell):
    for _ in range(3):
        assert cell(RECIPE.partition("\n")[2]) == "pyautoload_wasm: shop is autoloaded from shop"
    cell("from shop import User")
    notebook.save("shop/user.py", USER.format(2))
    assert cell("%autoload shop\nUser.v").splitlines() == [
        "pyautoload_wasm: reloaded shop.user",
        "pyautoload_wasm: shop is autoloaded from shop",
        "2",
    ]


def test_a_loader_that_does_not_reload_does_from_then_on(notebook, cell):
    cell("from pyautoload_wasm import AutoLoader\nloader = AutoLoader('shop', 'shop').setup()\nfrom shop import User")
    cell("%autoload shop")
    notebook.save("shop/user.py", USER.format(2))
    assert cell("User.v").endswith("2")


def test_alone_it_lists(notebook, cell):
    assert cell("%autoload") == (
        "Nothing is autoloaded. %autoload PATH_OR_NAME [--as NAME | --flat] [--force], %autoload, or %autoload off"
    )
    cell("%autoload shop\nimport shop.user")
    cell("from pyautoload_wasm import AutoLoader\n_ = AutoLoader('my-app', 'other').setup()")
    assert cell("%autoload").splitlines() == [
        f"shop is autoloaded from {notebook.folder}/shop: 2 modules, 2 loaded",
        f"other is autoloaded from {notebook.folder}/my-app: 2 modules, 0 loaded, none reloaded",
    ]


def test_off_ends(notebook, cell):
    cell("%autoload shop\nfrom shop import User")
    assert cell("%autoload off") == "pyautoload_wasm: shop is no longer autoloaded"
    notebook.save("shop/user.py", USER.format(2))
    assert cell("User.v") == "1"
    assert cell("import sys; 'shop.user' in sys.modules") == "False"
    assert cell("%autoload off") == "pyautoload_wasm: %autoload has set nothing up"


def test_help(cell):
    said = cell(
        "get_ipython().run_line_magic('pinfo', 'autoload')\nprint(get_ipython().find_line_magic('autoload').__doc__)"
    )
    assert "%autoload my-app --as myapp" in said


def test_unloading_the_extension_leaves_nothing(notebook, cell):
    cell("%autoload shop\nfrom shop import User\n%unload_ext pyautoload_wasm")
    notebook.save("shop/user.py", USER.format(2))
    assert cell("User.v") == "1"
    assert "Line magic function `%autoload` not found" in notebook.error("%autoload shop")[1]


def test_a_cell_with_pip_or_await_sets_up_as_well(notebook, cell):
    cell("%pip --version\n%autoload shop\nimport asyncio; await asyncio.sleep(0)\nfrom shop import User")
    notebook.save("shop/user.py", USER.format(2))
    assert cell("User.v").endswith("2")
