"""Which values a code hands to somebody, and which it only binds, calls and derives from, or asks for attributes by name. Read from
the instructions of Python 3.12 and later. What they do not show plainly counts as handed.
"""

from __future__ import annotations

import dis
import sys
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set
    from types import CodeType

_SILENT = {"CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "PRECALL", "RESUME", "LOAD_FAST_AND_CLEAR"}
_NULL_COMES_FIRST = sys.version_info < (3, 13)
#: What a value is called that an instruction loads: the mark of names that are no global's, and the name.
LOCAL, ATTRIBUTE, TEXT, _BUILD_CLASS = "local ", ".", "'", "__build_class__"
_LOADS = {
    **dict.fromkeys(("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"), ""),
    **dict.fromkeys(("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_CLOSURE"), LOCAL),
    **dict.fromkeys(("LOAD_DEREF", "LOAD_FROM_DICT_OR_DEREF"), LOCAL),
    **dict.fromkeys(("LOAD_ATTR", "IMPORT_FROM"), ATTRIBUTE),
    "LOAD_BUILD_CLASS": _BUILD_CLASS,
}
_ATTRIBUTES = {"LOAD_ATTR", "LOAD_SUPER_ATTR", "STORE_ATTR", "DELETE_ATTR"}
_LOCAL_STORES = {"STORE_FAST", "STORE_DEREF"}
_STORES = {"STORE_NAME", "STORE_GLOBAL", *_LOCAL_STORES}
_CALLS = {"CALL", "CALL_KW", "CALL_FUNCTION_EX"}
#: What is preceded by the names of what it takes.
_TAKE_NAMES = {"CALL_KW", "IMPORT_NAME"}
_MAKES_FUNCTION = {"MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE"}
#: Instructions after which a value is where nobody can read it. That of a call says that it is called.
_ENDS = {"POP_TOP", "RAISE_VARARGS", "CHECK_EXC_MATCH", "IS_OP", "PUSH_NULL"}
#: The first until Python 3.13, the second, which all other operators have, too, from 3.14 on.
_SUBSCRIPTS = {"BINARY_SUBSCR", "BINARY_OP"}
#: What annotations, defaults and the arguments of calls are made by.
_PLAIN = {
    *_MAKES_FUNCTION,
    *_SUBSCRIPTS,
    *("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT", "KW_NAMES"),
    *("BUILD_TUPLE", "BUILD_MAP", "BUILD_CONST_KEY_MAP"),
}
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
BY_TEXT = {"getattr", "attrgetter", "globals", "vars", "__dict__", "modules"}
_TESTS = {"isinstance", "issubclass"}
#: Decorators that read nothing of a function's annotations.
_READ_NOTHING = {"property", "staticmethod", "classmethod", "cached_property", "abstractmethod"}


class Uses(NamedTuple):
    """What a code does with the values that it has names for, whatever these are."""

    #: The names of all that it hands on or binds.
    names: frozenset[str]
    #: The names of those that it hands on.
    handed: frozenset[str]
    #: The names of those that it binds, calls included, each with the other name.
    bound: frozenset[tuple[str, str]]

    def hand_on(self, names: Set[str]) -> bool:
        """Whether the value of one of some names is handed on."""
        known: Set[str] = set()
        while len(names) > len(known):
            known, names = names, names | {other for name, other in self.bound if name in names}
        return not names.isdisjoint(self.handed)


#: What was read, for as long as the code is there: to disassemble one takes some hundred times as long as to find it here.
_known: WeakKeyDictionary[CodeType, Uses] = WeakKeyDictionary()


def uses_of(code: CodeType) -> Uses:
    """What a code does with values."""
    uses = _known.get(code)
    if uses is None:
        uses = _known[code] = _Reader(code).read()
    return uses


class _Step(NamedTuple):
    op: str
    value: Any
    arg: int = 0


class _Reader:
    """Goes through the instructions of a code once."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._cells = {*code.co_cellvars, *code.co_freevars}
        self._handed: set[str] = set()
        self._bound: set[tuple[str, str]] = set()
        #: The calls of which the arguments are being loaded: what is called, and the values in the arguments. The first is none: what
        #: is outside of all calls.
        self._calls: list[tuple[str, list[str]]] = [("", [])]

    def read(self) -> Uses:
        none = _Step("", None)
        steps = [none, *_steps_of(self._code), none]
        value = ""
        is_by_text = not BY_TEXT.isdisjoint(self._code.co_names)
        for before, step, after in zip(steps, steps[1:], steps[2:], strict=False):
            value = self._do(before, step, after, value)
            # What is not the name of a class that is made, nor an argument's or an import's.
            if is_by_text and "CONST" in step.op and before.op not in _MAKES_FUNCTION and after.value != "__qualname__":
                self._handed.update(() if after.op in _TAKE_NAMES else (TEXT + text for text in texts((step.value,))))
            if value and self._is_operand(value, after):
                self._calls[-1][1].append(value)
        names = self._handed.union(name for name, _ in self._bound)
        return Uses(frozenset(names), frozenset(self._handed), frozenset(self._bound))

    def _do(self, before: _Step, step: _Step, after: _Step, value: str) -> str:
        """Does a step, before which a value was on top of the stack. Returns the value that is there now, if that has a name."""
        if step.op in _CALLS:
            return "" if self._makes_generator(before, step) else self._end_call(before, step, after)
        if step.op == "PUSH_NULL":
            self._calls.append((value, []))
            return ""
        if step.op in _LOADS:
            mark = _LOADS[step.op]
            loaded = mark + (step.value or "")
            if mark == LOCAL and step.value in self._cells and "DEREF" not in step.op:
                self._handed.add(loaded)  # a closure gets it
            if not _opens_call(step):
                return loaded
            self._calls.append((loaded, []))
            return ""
        function, values = self._calls[-1]
        if step.op in _STORES or "JUMP" in step.op:
            is_definition = before.op in _MAKES_FUNCTION and step.op in _STORES and len(self._calls) == 1
            for called, some in () if is_definition else self._calls:
                self._handed.update((called, *some))
            self._calls = [("", [])]
        elif step.op == "LOAD_SUPER_ATTR":
            del values[-2:]  # `super` and the class
            self._calls += [("", [])] if _opens_call(step) else []
        elif step.op in _SUBSCRIPTS and function == _BUILD_CLASS:
            # A base gets what it is subscripted with.
            count = before.arg if before.op == "BUILD_TUPLE" else 1
            self._handed.update(values[-count:])
            del values[-count:]
        elif step.op not in _PLAIN:
            if step.op != "STORE_SUBSCR" or values[-1:] != ["__annotations__"]:
                self._handed.update(values)
            values.clear()
        return ""

    def _makes_generator(self, before: _Step, step: _Step) -> bool:
        """Whether a call is that of a generator expression: nothing opens it. From Python 3.15 on there is no GET_ITER before it."""
        is_opened = before.op == "PUSH_NULL" or _opens_call(before) or _NULL_COMES_FIRST or len(self._calls) == 1
        return step.op == "CALL" and not step.arg and (before.op == "GET_ITER" or not is_opened)

    def _end_call(self, before: _Step, step: _Step, after: _Step) -> str:
        """Ends a call, or the application of a decorator. Returns what was called, which stands for the result as well."""
        function, values = self._calls.pop()
        if not self._calls:
            self._calls.append(("", []))
            is_plain = before.op in _MAKES_FUNCTION and after.op in _STORES
            is_read = not is_plain or _READ_NOTHING.isdisjoint(values[:1])
        elif function == _BUILD_CLASS:
            has_keywords = step.op != "CALL" or before.op == "KW_NAMES"
            is_read = after.op not in _STORES or (has_keywords and before.value != ("metaclass",))
        else:
            is_read = function not in _TESTS or step.arg != 2
        self._handed.update(values if is_read else ())
        return function

    def _is_operand(self, value: str, after: _Step) -> bool:
        """Whether a value stays on the stack for a later instruction. What the next one does is noted."""
        if after.op in _ATTRIBUTES:
            if after.value.startswith("__") and after.value.endswith("__") and after.value not in _HARMLESS:
                self._handed.add(value)
        elif after.op in _LOCAL_STORES:
            self._bound.add((value, f"{LOCAL}{after.value}"))
            self._handed.update((value,) if after.value in self._cells else ())
        elif after.op in _STORES:
            self._bound.add((value, after.value))
            if after.op == "STORE_NAME" and self._code.co_name != "<module>":
                self._handed.add(value)  # an attribute of a class
        else:
            return after.op not in _ENDS
        return False


def texts(constants: Iterable[object]) -> Iterator[str]:
    """The strings among constants, those in tuples and frozensets included."""
    for constant in constants:
        if type(constant) is str:
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from texts(constant)


def _opens_call(step: _Step) -> bool:
    """Whether an instruction also puts down the place for what a method is bound to."""
    return bool(step.arg & 1) and step.op in ("LOAD_GLOBAL", "LOAD_ATTR", "LOAD_SUPER_ATTR")


def _steps_of(code: CodeType) -> list[_Step]:
    """The instructions, as if of Python 3.13. Those that load or store two variables are two."""
    found: list[_Step] = []
    before, is_called = "", False
    for one in dis.get_instructions(code):
        op = one.opname
        if op in _SILENT:
            continue
        if type(one.argval) is tuple and "FAST" in op:
            halves = (op[: len(op) // 2],) * 2
            first, second = ("STORE_FAST", "LOAD_FAST") if op == "STORE_FAST_LOAD_FAST" else halves
            found += [_Step(first, one.argval[0]), _Step(second, one.argval[1])]
        else:
            if op == "CALL_FUNCTION_EX" and before == "PUSH_NULL":
                found.pop()  # there are no keywords (Python 3.14)
            step = _Step(op, one.argval, one.arg or 0)
            is_loaded = before == "PUSH_NULL" and op.startswith("LOAD") and not _opens_call(step)
            is_called = _NULL_COMES_FIRST and (is_loaded or (is_called and op == "LOAD_ATTR"))
            found.insert(len(found) - is_called, step)
        before = op
    return found
