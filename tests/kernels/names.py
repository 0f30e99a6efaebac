"""What names of a notebook are after an edit, and what files there are."""

from scenario import FUNCTION, USER, Scenario, edited

ONE, TWO = "'one'", "'two'"

SCENARIOS = [
    edited("function_by_name", FUNCTION, "10", "20", "from shop.user import scale", "scale(1)", "20"),
    edited("function_by_alias", FUNCTION, "10", "20", "from shop.user import scale as s", "s(1)", "20"),
    edited(
        "function_by_the_users_own_name", FUNCTION, "10", "20", "import shop.user; s = shop.user.scale", "s(1)", "20"
    ),
    edited("class_by_name", USER, ONE, TWO, "from shop.user import User", "User().hi()", "'two'"),
    edited("class_by_package", USER, ONE, TWO, "import shop", "shop.User().hi()", "'two'"),
    edited("module_by_alias", USER, ONE, TWO, "import shop.user as u", "u.User().hi()", "'two'"),
    edited("star_import", FUNCTION, "10", "20", "from shop.user import *", "scale(1)", "20"),
    edited(
        "new_name_in_the_next_cell",
        FUNCTION,
        "def",
        "def other(): return 7\ndef",
        "from shop.user import *",
        "from shop.user import other; other(), scale(1)",
        "(7, 10)",
    ),
    edited("constants_by_name", "N = 10\nT = 'x'\n", "10", "20", "from shop.user import N, T", "N, T", "(20, 'x')"),
    edited("constant_by_alias", "N = 10\n", "10", "20", "from shop.user import N as limit", "limit", "20"),
    edited("flag", "DEBUG = False\n", "False", "True", "from shop.user import DEBUG", "DEBUG", "True"),
    edited("nothing_becomes_something", "CACHE = None\n", "None", "{}", "from shop.user import CACHE", "CACHE", "{}"),
    edited("users_alias_of_a_constant", "N = 10\n", "10", "20", "from shop.user import N\nM = N", "N, M", "(20, 10)"),
    edited(
        "constant_of_a_dependent",
        "N = 10\n",
        "10",
        "20",
        "from shop.main import total",
        "total()",
        "40",
        others={"shop/main.py": "from shop.user import N\ndef total(): return N * 2\n"},
    ),
    Scenario(
        "moved_class",
        {"shop/__init__.py": "from .user import User\n", "shop/user.py": USER},
        "from shop import User",
        {
            "shop/__init__.py": "from .account import User\n",
            "shop/account.py": USER.replace("one", "two"),
            "shop/user.py": None,
        },
        "User().hi()",
        "'two'",
    ),
    Scenario(
        "new_file",
        {"shop/user.py": USER},
        "import shop",
        {"shop/order.py": "class Order: n = 1\n"},
        "from shop.order import Order; Order.n",
        "1",
    ),
    Scenario(
        "deleted_file",
        {"shop/user.py": USER, "shop/order.py": ""},
        "import shop.order",
        {"shop/order.py": None},
        "try:\n    import shop.order\nexcept ImportError:\n    print('gone')",
        "pyautoload_wasm: removed shop.order\ngone",
    ),
]
