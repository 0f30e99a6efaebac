"""Says of Python files what their `ast` imports and binds: one JSON line for each file below the directories given.

The rules are those that `src/imports/mod.rs` documents, applied to syntax trees instead of tokens.
"""

import ast
import json
import multiprocessing
import re
import sys
import sysconfig
import warnings
from pathlib import Path

MODULE, CLASS, FUNCTION = "module", "class", "function"
CATCH_IMPORTS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
TRIES = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))
FORMATTED = tuple(getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name))
TYPE_ALIAS = getattr(ast, "TypeAlias", ())


def last_part(node):
    """The last part of a dotted name; None for any other expression."""
    name = node.attr if isinstance(node, ast.Attribute) else None
    while isinstance(node, ast.Attribute):
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return name or node.id


def without_nots(node):
    negated = False
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        negated, node = not negated, node.operand
    return negated, node


def type_checking(test):
    """Whether the body of an `if`, and whether its other branches, are for type checkers only."""
    negated, inner = without_nots(test)
    if last_part(inner) == "TYPE_CHECKING":
        return not negated, negated
    if not negated and isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.And):
        operands = map(without_nots, inner.values)
        return any(not negated and last_part(node) == "TYPE_CHECKING" for negated, node in operands), False
    return False, False


def catches_imports(handler):
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(last_part(node) in CATCH_IMPORTS for node in types)


class Reader:
    def __init__(self, text):
        self.lines = text.split("\n")
        self.walruses = ":=" in text
        self.imports = []
        self.bindings = []

    def bind(self, name, line, kind, checking):
        self.bindings.append([name, line, kind, checking])

    def targets(self, node, checking):
        stack = [node]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Name):
                self.bind(node.id, node.lineno, "assignment", checking)
            elif isinstance(node, ast.Starred):
                stack.append(node.value)
            elif isinstance(node, (ast.Tuple, ast.List)):
                stack.extend(node.elts)

    def captures(self, pattern, checking):
        for node in ast.walk(pattern):
            if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
                self.bind(node.name, node.end_lineno, "assignment", checking)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                line = node.end_lineno
                while not re.search(rf"\*\*\s*{node.rest}\b", self.lines[line - 1]):
                    line -= 1
                self.bind(node.rest, line, "assignment", checking)

    def walrus(self, stack, checking):
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case, *FORMATTED)):
                continue
            if isinstance(node, ast.Lambda):
                stack.append(node.args)
                continue
            if isinstance(node, ast.NamedExpr):
                self.bind(node.target.id, node.target.lineno, "assignment", checking)
            stack.extend(ast.iter_child_nodes(node))

    def block(self, body, scope, checking, guarded):
        for node in body:
            self.statement(node, scope, checking, guarded)

    def statement(self, node, scope, checking, guarded):
        top = scope == MODULE
        if top and self.walruses:
            self.walrus(list(ast.iter_child_nodes(node)), checking)
        match node:
            case ast.Import() | ast.ImportFrom():
                self.importing(node, scope, checking, guarded)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if top:
                    self.bind(node.name, node.lineno, "function", checking)
                self.block(node.body, FUNCTION, checking, False)
            case ast.ClassDef():
                if top:
                    self.bind(node.name, node.lineno, "class", checking)
                self.block(node.body, CLASS if top else scope, checking, guarded)
            case ast.If():
                body, rest = type_checking(node.test)
                self.block(node.body, scope, checking or body, guarded)
                self.block(node.orelse, scope, checking or rest, guarded)
            case ast.For() | ast.AsyncFor() | ast.While():
                if top and not isinstance(node, ast.While):
                    self.targets(node.target, checking)
                self.block(node.body, scope, checking, guarded)
                self.block(node.orelse, scope, checking, guarded)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    if top and item.optional_vars:
                        self.targets(item.optional_vars, checking)
                self.block(node.body, scope, checking, guarded)
            case ast.Match():
                for case in node.cases:
                    if top:
                        self.captures(case.pattern, checking)
                        self.walrus([case.guard] if case.guard else [], checking)
                    self.block(case.body, scope, checking, guarded)
            case ast.Assign():
                for target in node.targets if top else ():
                    self.targets(target, checking)
            case ast.AugAssign() if top:
                self.targets(node.target, checking)
            case ast.AnnAssign() if top and node.value:
                self.targets(node.target, checking)
            case _ if isinstance(node, TRIES):
                self.block(node.body, scope, checking, guarded or any(map(catches_imports, node.handlers)))
                for handler in node.handlers:
                    if top and handler.type:
                        self.walrus([handler.type], checking)
                    self.block(handler.body, scope, checking, guarded)
                self.block(node.orelse, scope, checking, guarded)
                self.block(node.finalbody, scope, checking, guarded)
            case _ if top and TYPE_ALIAS and isinstance(node, TYPE_ALIAS):
                self.targets(node.name, checking)

    def importing(self, node, scope, checking, guarded):
        names = [[alias.name, alias.asname] for alias in node.names]
        context = [scope, checking, guarded, bool(getattr(node, "is_lazy", False))]
        if isinstance(node, ast.Import):
            for name in names:
                self.imports.append([node.lineno, 0, name[0], {"module": name[1]}, context])
        else:
            takes = "star" if names[0][0] == "*" else {"names": names}
            self.imports.append([node.lineno, node.level, node.module or "", takes, context])
        if scope == MODULE:
            for name, alias in names:
                if name != "*":
                    bound = alias or (name.partition(".")[0] if isinstance(node, ast.Import) else name)
                    self.bind(bound, node.lineno, "import", checking)


def read(path):
    found = {"path": path, "refused": None, "imports": [], "bindings": []}
    try:
        data = Path(path).read_bytes()
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        found["refused"] = f"{type(error).__name__}: {error}"
        return json.dumps(found)
    reader = Reader(data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n"))
    reader.block(tree.body, MODULE, False, False)
    found["imports"] = reader.imports
    found["bindings"] = reader.bindings
    return json.dumps(found)


def main():
    warnings.simplefilter("ignore")
    roots = [sysconfig.get_path("stdlib") if root == "stdlib" else root for root in sys.argv[1:]]
    files = sorted(str(file) for root in roots for file in Path(root).rglob("*.py") if "site-packages" not in file.parts)
    with multiprocessing.Pool() as pool:
        for line in pool.imap(read, files, chunksize=32):
            print(line)


if __name__ == "__main__":
    main()
