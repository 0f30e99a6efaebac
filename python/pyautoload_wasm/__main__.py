"""The command line: ``python -m pyautoload_wasm check|tree|graph DIR --top-level NAME``. None of it runs the project's code."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pyautoload_wasm._base.engine import engine_info
from pyautoload_wasm._results.render import FORMATS, tree
from pyautoload_wasm.errors import AutoloadError
from pyautoload_wasm.loader import AutoLoader

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Returns 0, or 1 where `check` has found problems, or 2 for a directory that cannot be worked with."""
    options = _parser().parse_args(arguments)
    try:
        loader = AutoLoader(options.dir, options.top_level, allow_shadowing=options.allow_shadowing)
        loader.ignore(*options.ignore).collapse(*options.collapse).acronym(*options.acronym).setup()
    except AutoloadError as error:
        print(f"pyautoload_wasm: {error}", file=sys.stderr)
        return 2
    with loader:
        if options.command == "check":
            return _check(loader)
        print(tree(loader.registry) if options.command == "tree" else FORMATS[options.format](loader.graph()))
    return 0


def _check(loader: AutoLoader) -> int:
    problems = loader.check()
    for problem in problems:
        print(f"{'information' if problem.is_information else 'problem'}: {problem.message}")
    wrong = sum(not problem.is_information for problem in problems)
    print(f"{len(loader.registry)} modules, {wrong} problems")
    return 1 if wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pyautoload_wasm", description="Looks at a project without running it."
    )
    parser.add_argument("--version", action="version", version=f"pyautoload_wasm {engine_info()['version']}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in [
        ("check", "print what is wrong, and exit with 1 where something is"),
        ("tree", "print which file is which module"),
        ("graph", "print who imports whom"),
    ]:
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument("dir", help="the folder that holds the project")
        command.add_argument("--top-level", metavar="NAME", help="the dotted name that it stands for")
        command.add_argument("--ignore", metavar="GLOB", action="append", default=[], help="leave out; may be repeated")
        command.add_argument("--collapse", metavar="GLOB", action="append", default=[], help="folders that add no name")
        command.add_argument("--acronym", metavar="WORD", action="append", default=[], help="how a word is written")
        command.add_argument("--allow-shadowing", action="store_true", help="let files shadow the standard library")
        if name == "graph":
            command.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to print it (text)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
