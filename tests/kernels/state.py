"""What state modules keep over an edit, and what they register elsewhere."""

from scenario import Scenario, edited

FUNCTION = """
def scale(x):
    return x * 10
"""
STATEFUL = """
import threading
cache = {}
lock = threading.Lock()
if 'connection' not in globals():
    connection = object()
try:
    runs
except NameError:
    runs = []
runs.append(1)
def work():
    return 'one'
"""
SINGLETON = """
class Config:
    _instance = None
    @classmethod
    def get(cls):
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance
    def hi(self): return 'one'
config = Config()
"""
ONE, TWO = "'one'", "'two'"

SCENARIOS = [
    edited(
        "state_of_a_module",
        STATEFUL,
        ONE,
        TWO,
        "from shop import user; user.cache[1] = 2; user.mine = 3; was = user.connection, user.lock",
        "user.work(), user.cache, user.mine, (user.connection, user.lock) == was, user.runs",
        "('two', {1: 2}, 3, True, [1])",
    ),
    edited(
        "attribute_set_by_hand",
        STATEFUL,
        ONE,
        TWO,
        "from shop import user; user.mine = 3",
        "user.work(), getattr(user, 'mine', None)",
        "('two', 3)",
    ),
    edited(
        "singleton",
        SINGLETON,
        ONE,
        TWO,
        "from shop.user import Config, config; one = Config.get(); one.n = 1; config.n = 2",
        "Config.get() is one, config.n, config.hi()",
        "(True, 2, 'two')",
    ),
    edited(
        "model_trained_in_a_dependent",
        FUNCTION,
        "10",
        "20",
        "import builtins; builtins.trained = []; from shop import train; train.predict()",
        "trained, train.predict()",
        "([1], 20)",
        others={"shop/train.py": "from shop.user import scale\ntrained.append(1)\ndef predict(): return scale(1)\n"},
    ),
    edited(
        "registry_of_classes",
        "from shop.registry import register\n@register\nclass Plugin:\n    def hi(self): return 'one'\n",
        ONE,
        TWO,
        "from shop import registry, user",
        "registry.found['Plugin']().hi(), len(registry.found)",
        "('two', 1)",
        others={"shop/registry.py": "found = {}\ndef register(cls):\n    found[cls.__name__] = cls\n    return cls\n"},
    ),
    edited(
        "registry_as_a_list",
        "from shop.registry import register\n@register\nclass Plugin:\n    def hi(self): return 'one'\n",
        ONE,
        TWO,
        "from shop import registry, user",
        "[each().hi() for each in registry.found]",
        "['two']",
        others={"shop/registry.py": "found = []\ndef register(cls):\n    found.append(cls)\n    return cls\n"},
    ),
    edited(
        "subclasses",
        "class Base: pass\nclass Child(Base):\n    n = 1\n",
        "n = 1",
        "n = 2",
        "from shop.user import Base",
        "[each.n for each in Base.__subclasses__()]",
        "[2]",
    ),
    Scenario(
        "registrys_own_module",
        {
            "shop/registry.py": "found = {}\ndef register(cls):\n    found[cls.__name__] = cls\n    return cls\n",
        },
        "from shop import registry\n@registry.register\nclass Mine: pass",
        {
            "shop/registry.py": "found = {}\ndef register(cls):\n    found[cls.__name__] = cls\n    return cls\ndef new(): return 1\n",
        },
        "registry.new(), list(registry.found)",
        "(1, ['Mine'])",
    ),
]
