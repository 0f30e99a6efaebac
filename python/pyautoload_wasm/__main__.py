"""The command line: ``python -m pyautoload_wasm check|tree|graph DIR --top-level NAME``, which runs none of the project's code;
``profile DIR`` and ``run main.py``, which do.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, get_args

from pyautoload_wasm._base.engine import engine_info
from pyautoload_wasm._hosts.program import run
from pyautoload_wasm._results.project import ProblemKind
from pyautoload_wasm._results.render import FORMATS, PROBLEM_FORMATS, tree
from pyautoload_wasm.errors import AutoloadError
from pyautoload_wasm.loader import AutoLoader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Returns 0, or 1 where `check` has found problems, or 2 for a directory that cannot be worked with. Raises what a
    program raises that it runs.
    """
    options = _parser().parse_args(arguments)
    if options.command == "run":
        return run(options.program, options.arguments, watches=options.watch, ignore=options.ignore)
    try:
        shadows, strict = options.allow_shadowing, options.strict
        loader = AutoLoader(options.dir, options.top_level, allow_shadowing=shadows, strict=strict)
        loader.ignore(*options.ignore).collapse(*options.collapse).acronym(*options.acronym).setup()
    except AutoloadError as error:
        print(f"pyautoload_wasm: {error}", file=sys.stderr)
        return 2
    with loader:
        if options.command == "check":
            return _check(loader, options)
        if options.command == "profile":
            return _profile(loader, options)
        print(tree(loader.registry) if options.command == "tree" else FORMATS[options.format](loader.graph()))
    return 0


def _check(loader: AutoLoader, options: argparse.Namespace) -> int:
    problems = [
        problem
        for problem in loader.check()
        if (not options.select or problem.kind in options.select) and problem.kind not in options.ignore_kind
    ]
    for line in PROBLEM_FORMATS[options.format](problems):
        print(line)
    wrong = sum(problem.severity == "problem" for problem in problems)
    if options.format == "text":
        print(f"{len(loader.registry)} modules, {wrong} problems")
    return 1 if wrong else 0


def _profile(loader: AutoLoader, options: argparse.Namespace) -> int:
    with loader.profile() as profile:
        report = loader.eager_load(on_error="collect")
    forms: dict[str, Callable[[], str]] = {
        "text": lambda: profile.table(options.limit),
        "json": lambda: json.dumps(profile.plain()),
        "speedscope": lambda: json.dumps(profile.speedscope()),
    }
    text = forms[options.format]()
    if options.output is None:
        print(text)
    else:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
    for name, error in report.failed.items():
        print(f"pyautoload_wasm: {name} failed ({type(error).__name__}: {error})", file=sys.stderr)
    return 1 if report.failed else 0


def _kinds(text: str) -> list[str]:
    """Kinds of problems, as ``--select shadowed,syntax`` names them."""
    kinds = [kind.strip() for kind in text.split(",")]
    for kind in kinds:
        if kind not in get_args(ProblemKind):
            raise argparse.ArgumentTypeError(
                f"{kind!r} is no kind of problem: choose from {', '.join(get_args(ProblemKind))}"
            )
    return kinds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pyautoload_wasm", description="Looks at a project, or runs it.")
    parser.add_argument("--version", action="version", version=f"pyautoload_wasm {engine_info()['version']}")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in [
        ("check", "print what is wrong, and exit with 1 where something is"),
        ("tree", "print which file is which module"),
        ("graph", "print who imports whom"),
        ("profile", "import all modules, and print where the time went"),
    ]:
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument("dir", help="the folder that holds the project")
        command.add_argument("--top-level", metavar="NAME", help="the dotted name that it stands for")
        command.add_argument("--ignore", metavar="GLOB", action="append", default=[], help="leave out; may be repeated")
        command.add_argument("--collapse", metavar="GLOB", action="append", default=[], help="folders that add no name")
        command.add_argument("--acronym", metavar="WORD", action="append", default=[], help="how a word is written")
        command.add_argument("--allow-shadowing", action="store_true", help="let files shadow the standard library")
        command.add_argument(
            "--strict", action="store_true", help="expect each file to define the attribute of its name"
        )
        if name == "check":
            command.add_argument(
                "--format", choices=sorted(PROBLEM_FORMATS), default="text", help="how to print them (text)"
            )
            kinds: dict[str, Any] = {"metavar": "KIND", "type": _kinds, "action": "extend", "default": []}
            command.add_argument("--select", help="print these kinds of problems alone; may be repeated", **kinds)
            command.add_argument("--ignore-kind", help="leave these kinds out; may be repeated", **kinds)
        if name == "graph":
            command.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to print it (text)")
        if name == "profile":
            formats = ["text", "json", "speedscope"]
            command.add_argument("--format", choices=formats, default="text", help="how to print it (text)")
            command.add_argument("--limit", metavar="N", type=int, default=30, help="lines of the text (30)")
            command.add_argument("--output", metavar="FILE", help="write it there")
    program = commands.add_parser(
        "run",
        help="run a program with autoloading, as `python` does",
        description="run a program with autoloading, as `python` does",
    )
    program.add_argument("--watch", action="store_true", help="reload modules when their files change")
    program.add_argument("--ignore", metavar="GLOB", action="append", default=[], help="leave out; may be repeated")
    program.add_argument("program", metavar="main.py", help="the program; the modules beside it are autoloaded")
    program.add_argument("arguments", nargs=argparse.REMAINDER, help="the program's own arguments")
    return parser


if __name__ == "__main__":
    sys.exit(main())
