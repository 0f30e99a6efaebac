"""What objects that were made before an edit do after it, and what state modules keep."""

from scenario import FUNCTION, LIVE, USER, edited

MEMBERS = """
class User:
    __slots__ = ('n',)
    def __init__(self): self.n = 1
    @property
    def p(self): return 'one'
    @staticmethod
    def s(): return 'one'
    @classmethod
    def c(cls): return 'one'
"""
DECORATED = """
import functools
def loud(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args).upper()
    return wrapper
@loud
def greet():
    return 'one'
"""
CACHED = """
import functools
@functools.lru_cache
def scale(x):
    return x * 10
"""
COLOR = """
import enum
class Color(enum.Enum):
    RED = 1
"""
POINT = """
from dataclasses import dataclass
@dataclass
class P:
    x: int
    def hi(self): return 'one'
"""
FAILURE = """
class ShopError(Exception):
    code = 1
def check(x):
    return isinstance(x, ShopError)
"""
FITTED = """
class Model:
    def fit(self):
        self.weights = [1, 2]
        return self
    def predict(self): return sum(self.weights)
"""
ONE, TWO = "'one'", "'two'"

SCENARIOS = [
    edited("function_in_a_dict", FUNCTION, "10", "20", "import shop; d = {1: shop.user.scale}", "d[1](1)", "20"),
    edited(
        "function_in_a_partial",
        FUNCTION,
        "10",
        "20",
        "import functools; from shop.user import scale; p = functools.partial(scale, 1)",
        "p()",
        "20",
    ),
    edited(
        "function_in_a_closure",
        FUNCTION,
        "10",
        "20",
        "from shop.user import scale\ndef make(f):\n    return lambda: f(1)\nc = make(scale)",
        "c()",
        "20",
    ),
    edited(
        "function_as_a_default_argument",
        FUNCTION,
        "10",
        "20",
        "from shop.user import scale\ndef run(f=scale): return f(1)",
        "run()",
        "20",
    ),
    edited("bound_method_as_a_callback", USER, ONE, TWO, "from shop import User; b = [User().hi]", "b[0]()", "'two'"),
    edited(
        "running_thread",
        FUNCTION,
        "10",
        "20",
        """
        import queue, threading
        from shop.user import scale
        asked, answers = queue.Queue(), queue.Queue()
        def serve(scale):
            while asked.get(): answers.put(scale(1))
        thread = threading.Thread(target=serve, args=[scale]); thread.start()
        """,
        "asked.put(1); asked.put(0); thread.join(); answers.get()",
        "20",
    ),
    edited(
        "module_held_in_an_attribute",
        FUNCTION,
        "10",
        "20",
        "import types, shop; box = types.SimpleNamespace(m=shop.user)",
        "box.m.scale(1)",
        "20",
    ),
    edited(
        "cells_function_calls_an_edited_one",
        FUNCTION,
        "10",
        "20",
        "from shop.user import scale\ndef f(): return scale(1)",
        "f()",
        "20",
    ),
    edited(
        "decorated_function",
        DECORATED,
        ONE,
        TWO,
        "from shop.user import greet\ng = greet",
        "greet(), g()",
        "('TWO', 'TWO')",
    ),
    edited("lru_cache", CACHED, "10", "20", "from shop.user import scale; scale(1)", "scale(1)", "20"),
    edited(
        "method_of_a_live_object",
        USER,
        ONE,
        TWO,
        "from shop.user import User; u = User()",
        "u.hi(), isinstance(u, User)",
        "('two', True)",
    ),
    edited(
        "method_added",
        USER,
        "limit = 1",
        "limit = 1\n    def new(self): return 2",
        "from shop.user import User; u = User()",
        "u.new()",
        "2",
    ),
    edited(
        "method_removed",
        USER,
        "def hi",
        "def hi_",
        "from shop.user import User; u = User()",
        "hasattr(u, 'hi')",
        "False",
    ),
    edited(
        "slots_property_and_methods",
        MEMBERS,
        ONE,
        TWO,
        "from shop.user import User; u = User()",
        "u.p, u.s(), u.c()",
        "('two', 'two', 'two')",
    ),
    edited(
        "new_objects_of_a_class_with_slots",
        MEMBERS,
        ONE,
        TWO,
        "from shop.user import User",
        "u = User(); u.p, u.s(), u.c()",
        "('two', 'two', 'two')",
    ),
    edited(
        "class_in_a_cell_derives_from_an_edited_one",
        USER,
        ONE,
        TWO,
        "from shop.user import User\nclass Mine(User): pass",
        "Mine().hi(), issubclass(Mine, User)",
        "('two', True)",
    ),
    edited(
        "base_class_in_another_file",
        USER,
        ONE,
        TWO,
        "from shop.admin import Admin; a = Admin()",
        "a.hi(), isinstance(a, Admin)",
        "('two!', True)",
        others={
            "shop/admin.py": "from shop.user import User\nclass Admin(User):\n    def hi(self): return super().hi() + '!'\n"
        },
    ),
    edited(
        "new_objects_of_a_derived_class",
        USER,
        ONE,
        TWO,
        "from shop.admin import Admin",
        "Admin().hi()",
        "'two!'",
        others={
            "shop/admin.py": "from shop.user import User\nclass Admin(User):\n    def hi(self): return super().hi() + '!'\n"
        },
    ),
    edited(
        "member_of_an_enumeration",
        COLOR,
        "RED = 1",
        "RED = 1\n    BLUE = 2",
        "from shop.user import Color; red = Color.RED",
        "red == Color.RED, isinstance(red, Color), Color.BLUE.value",
        "(True, True, 2)",
        LIVE,
    ),
    edited(
        "new_member_of_an_enumeration",
        COLOR,
        "RED = 1",
        "RED = 1\n    BLUE = 2",
        "from shop.user import Color",
        "Color.BLUE.value",
        "2",
    ),
    edited(
        "dataclass_equality",
        POINT,
        ONE,
        TWO,
        "from shop.user import P; p = P(1)",
        "p == P(1), p.hi()",
        "(True, 'two')",
    ),
    edited(
        "new_field_of_a_dataclass",
        POINT,
        "x: int",
        "x: int\n    y: int = 0",
        "from shop.user import P",
        "P(1, 2)",
        "P(x=1, y=2)",
    ),
    edited(
        "pickle_of_an_old_object",
        USER,
        ONE,
        TWO,
        "import pickle; from shop.user import User; u = User()",
        "pickle.loads(pickle.dumps(u)).hi()",
        "'two'",
    ),
    edited(
        "load_of_an_old_pickle",
        USER,
        ONE,
        TWO,
        "import pickle; from shop.user import User; data = pickle.dumps(User())",
        "pickle.loads(data).hi()",
        "'two'",
    ),
    edited(
        "exception_class_caught",
        FAILURE,
        "code = 1",
        "code = 2",
        "from shop.user import ShopError, check; e = ShopError()",
        "check(e), e.code",
        "(True, 2)",
        LIVE,
    ),
    edited(
        "fitted_object",
        FITTED,
        "sum(self.weights)",
        "sum(self.weights) * 10",
        "from shop.user import Model; models = [Model().fit()]",
        "models[0].predict()",
        "30",
    ),
    edited(
        "match_statement",
        FAILURE,
        "code = 1",
        "code = 2",
        "from shop.user import ShopError; e = ShopError()",
        """
        match e:
            case ShopError(code=code): print(code)
        """,
        "2",
        LIVE,
    ),
]
