"""What a code does with the values of some names: whether it hands one to somebody, or only binds, calls and derives from it, and asks
for its attributes by name. By the instructions of Python 3.12 and later. What they do not show plainly counts as handed.
"""

from __future__ import annotations

import dis
import sys
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Set

_SILENT = {"CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "PRECALL", "RESUME", "LOAD_FAST_AND_CLEAR"}
_NULL_COMES_LAST = sys.version_info >= (3, 13)
_GLOBAL_LOADS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_LOCAL_LOADS = {"LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_DEREF", "LOAD_FROM_DICT_OR_DEREF"}
_CLOSURE = "LOAD_CLOSURE"
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_SUPER_ATTR", "STORE_ATTR", "DELETE_ATTR"}
_STORES = {"STORE_NAME", "STORE_GLOBAL", "STORE_FAST", "STORE_DEREF"}
_CALLS = {"CALL", "CALL_KW", "CALL_FUNCTION_EX"}
#: Instructions after which a value is where nobody can read it.
_ENDS = {"POP_TOP", "RAISE_VARARGS", "CHECK_EXC_MATCH", "IS_OP"}
#: What annotations, defaults and the bases of classes are made by.
_PLAIN = {
    *_GLOBAL_LOADS,
    *_LOCAL_LOADS,
    "LOAD_ATTR",
    "LOAD_CONST",
    "LOAD_SMALL_INT",
    "LOAD_COMMON_CONSTANT",
    "KW_NAMES",
    "BINARY_SUBSCR",
    "BINARY_OP",
    "BUILD_TUPLE",
    "BUILD_MAP",
    "BUILD_CONST_KEY_MAP",
}
_MAKES_FUNCTION = {"MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"}
#: The attributes of a class or an object by which nobody gets at its methods.
_HARMLESS = {
    "__name__",
    "__qualname__",
    "__module__",
    "__doc__",
    "__init__",
    "__new__",
    "__class_getitem__",
    "__call__",
}
#: Who names one of these may get at something by its name as a text.
_BY_TEXT = {"getattr", "attrgetter", "globals", "vars", "__dict__", "modules"}
_TESTS = {"isinstance", "issubclass"}
#: Decorators that read nothing of a function's annotations.
_READ_NOTHING = {"property", "staticmethod", "classmethod", "cached_property", "abstractmethod"}


class _Step(NamedTuple):
    op: str
    value: Any
    arg: int = 0


def hands_on(code: CodeType, names: Set[str], attributes: Set[str], *, is_method: bool) -> bool:
    """Whether a code hands on the value of a global name, what an attribute of some name has or, in a method, its first argument."""
    own = {*code.co_varnames[:1], "__class__"} if is_method else set()
    if names.isdisjoint(code.co_names) and attributes.isdisjoint(code.co_names) and not own:
        return False
    return _Uses(code, set(names), attributes, own).hands_on()


def looks_up(code: CodeType, names: Set[str]) -> bool:
    """Whether a code may get at what has one of some names by a text."""
    if _BY_TEXT.isdisjoint(code.co_names) or names.isdisjoint(one for one in code.co_consts if type(one) is str):
        return False
    steps = _steps_of(code)
    return any(
        step.op == "LOAD_CONST"
        and type(step.value) is str
        and step.value in names
        and not (at and steps[at - 1].op in _MAKES_FUNCTION)
        and not (at + 1 < len(steps) and steps[at + 1].value == "__qualname__")
        for at, step in enumerate(steps)
    )


class _Uses:
    """The uses that one code makes of some names."""

    def __init__(self, code: CodeType, names: set[str], attributes: Set[str], own: set[str]) -> None:
        self._code = code
        self._steps = _steps_of(code)
        self._names = names
        self._attributes = attributes
        #: The local names that have one of the values.
        self._locals = own

    def hands_on(self) -> bool:
        count = -1
        while count != len(self._names) + len(self._locals):  # more names can have got one of the values
            count = len(self._names) + len(self._locals)
            if any(self._is_one(at) and self._is_handed(at) for at in range(len(self._steps))):
                return True
        return False

    def _op(self, at: int) -> str:
        return self._steps[at].op if 0 <= at < len(self._steps) else ""

    def _is_one(self, at: int) -> bool:
        """Whether an instruction gives one of the values."""
        step = self._steps[at]
        if step.op in _GLOBAL_LOADS:
            return step.value in self._names
        if step.op in _LOCAL_LOADS or step.op == _CLOSURE:
            return step.value in self._locals
        return step.op in ("LOAD_ATTR", "IMPORT_FROM") and step.value in self._attributes

    def _is_handed(self, at: int) -> bool:
        step = self._steps[at]
        if step.op == _CLOSURE or (step.op in _LOCAL_LOADS and step.value in self._code.co_cellvars):
            return True
        if step.value == "__class__" and self._op(at + 2) == "LOAD_SUPER_ATTR":
            return False
        if not self._is_called(at):
            return self._is_value_handed(at)
        end = self._end_of_call(at)
        return end is None or self._is_value_handed(end)

    def _end_of_call(self, at: int) -> int | None:
        """Where a call ends whose function is loaded at a place, if its arguments are plain enough to tell."""
        depth = 1
        start = at + 2 if self._op(at + 1) == "PUSH_NULL" and not _opens_call(self._steps[at]) else at + 1
        for place in range(start, len(self._steps)):
            step = self._steps[place]
            if step.op == "PUSH_NULL" or _opens_call(step):
                depth += 1
            elif step.op in _CALLS and not (self._op(place - 1) == "GET_ITER" and not step.arg):
                depth -= 1
                if not depth:
                    return place
            elif step.op in _STORES or "JUMP" in step.op:
                return None
        return None

    def _is_value_handed(self, at: int) -> bool:
        """Whether a value is handed on by what follows the instruction that gives it."""
        after = self._steps[at + 1] if at + 1 < len(self._steps) else _Step("", None)
        if after.op in _ATTRIBUTES:
            is_special = after.value.startswith("__") and after.value.endswith("__")
            return is_special and after.value not in _HARMLESS
        if after.op in _STORES:
            return self._is_kept(after)
        if after.op in _ENDS or after.op == "PUSH_NULL":
            return False
        return not (self._is_tested(at) or self._is_base(at) or self._is_of_definition(at))

    def _is_kept(self, store: _Step) -> bool:
        """Notes the name that a value gets. Returns whether that is where it can be read: an attribute of a class."""
        if store.op in ("STORE_FAST", "STORE_DEREF"):
            self._locals.add(store.value)
            return store.value in self._code.co_cellvars or store.value in self._code.co_freevars
        self._names.add(store.value)
        return store.op == "STORE_NAME" and self._code.co_name != "<module>"

    def _is_tested(self, at: int) -> bool:
        """Whether the value is an argument of `isinstance` or `issubclass`."""
        end = self._ahead(at, lambda step: step.op in _PLAIN and not _opens_call(step))
        if self._op(end) != "CALL" or self._steps[end].arg != 2:
            return False
        before = self._back(at, lambda step: step.op in _PLAIN or step.op == "PUSH_NULL")
        return any(self._steps[place].value in _TESTS and self._is_called(place) for place in range(before, at))

    def _is_called(self, at: int) -> bool:
        """Whether what an instruction gives is the function of a call."""
        if self._steps[at].op == "LOAD_CONST" or _opens_call(self._steps[at]):
            return self._steps[at].op != "LOAD_CONST"
        return self._op(at + 1 if _NULL_COMES_LAST else at - 1) == "PUSH_NULL"

    def _is_base(self, at: int) -> bool:
        """Whether the value is a base of a class that has no decorator."""
        end = self._ahead(at, lambda step: step.op in _PLAIN and not _opens_call(step))
        if self._op(end) not in _CALLS or self._op(end + 1) not in _STORES:
            return False
        before = self._back(at, lambda step: step.op in _PLAIN and type(step.value) is not CodeType)
        return self._op(before - 1) in _MAKES_FUNCTION

    def _is_of_definition(self, at: int) -> bool:
        """Whether the value is in an annotation, or in a default of a function that nobody decorates."""
        end = self._ahead(at, lambda step: step.op in _PLAIN and not _opens_call(step))
        if any(step.value == "__annotations__" for step in self._steps[at + 1 : end]):
            return True
        if self._op(end) != "MAKE_FUNCTION" or not any(step.op.startswith("BUILD") for step in self._steps[at:end]):
            return False
        if self._steps[end - 1].value.co_name == "__annotate__" and self._op(end + 2) == "MAKE_FUNCTION":
            end += 2
        end = self._ahead(end - 1, lambda step: step.op in _MAKES_FUNCTION)
        if self._op(end) in _CALLS:
            before = self._back(at, lambda step: step.op in _PLAIN)
            names = {step.value for step in self._steps[before:at] if step.op in _GLOBAL_LOADS}
            end += bool(names & _READ_NOTHING)
        return self._op(end) in _STORES

    def _ahead(self, at: int, is_passed: Callable[[_Step], bool]) -> int:
        at += 1
        while at < len(self._steps) and is_passed(self._steps[at]):
            at += 1
        return at

    def _back(self, at: int, is_passed: Callable[[_Step], bool]) -> int:
        while at and is_passed(self._steps[at - 1]):
            at -= 1
        return at


def _opens_call(step: _Step) -> bool:
    """Whether an instruction also puts down the place for what a method is bound to."""
    return bool(step.arg & 1) and step.op in ("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_SUPER_ATTR")


def _steps_of(code: CodeType) -> list[_Step]:
    """The instructions. Those that load or store two variables are two."""
    found: list[_Step] = []
    for one in dis.get_instructions(code):
        if type(one.argval) is tuple and "FAST" in one.opname:
            first, second = _PAIRS.get(one.opname, (one.opname[: len(one.opname) // 2],) * 2)
            found += [_Step(first, one.argval[0]), _Step(second, one.argval[1])]
        elif one.opname not in _SILENT:
            found.append(_Step(one.opname, one.argval, one.arg or 0))
    return found


#: What loads or stores two variables in different ways; the others have a name of twice the same.
_PAIRS = {"STORE_FAST_LOAD_FAST": ("STORE_FAST", "LOAD_FAST")}
