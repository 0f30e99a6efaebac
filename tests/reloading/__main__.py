"""`python -m reloading --seed 7 --edits 300`, or `--soak` for one seed after the other until somebody ends it."""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time

from .counts import Counts
from .features import FEATURES
from .labelled.program import SUBJECTS
from .program import Wish
from .run import run_features, run_labelled, run_tree
from .session import UntrueError
from .shrink import shrink

KINDS = ("tree", "features", "labelled")


def main() -> None:
    options = _options()
    wish = Wish(frozenset(options.feature), frozenset(options.asked), objects_follow=options.follow)
    total, start = 0, time.monotonic()
    for seed in itertools.count(options.seed) if options.soak else range(options.seed, options.seed + options.seeds):
        for kind in KINDS if options.of == "all" else (options.of,):
            try:
                counts = _run(kind, seed, options.edits, wish, frozenset(options.subject))
            except UntrueError as error:
                shortest = shrink(seed, options.edits, wish) if options.shrink and kind == "features" else None
                if shortest is not None:
                    print(f"the shortest of it: {shortest}", flush=True)
                    _run(kind, seed, options.edits, shortest, frozenset())
                sys.exit(f"{kind}, {error}")
            total += counts.edits
            speed = total / (time.monotonic() - start)
            print(f"{kind}, seed {seed}: {counts}; {total} edits, {speed:.0f} a second", flush=True)


def _run(kind: str, seed: int, edits: int, wish: Wish, subjects: frozenset[str]) -> Counts:
    folder = tempfile.mkdtemp()
    if kind == "tree":
        return run_tree(seed, edits, folder, forks=True)
    if kind == "labelled":
        return run_labelled(seed, edits, folder, forks=True, subjects=subjects)
    return run_features(seed, edits, folder, forks=True, wish=wish)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m reloading", description="Edits random programs, and compares what runs with the files."
    )
    names = [feature.NAME for feature in FEATURES]
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="the first seed; by default any")
    parser.add_argument("--edits", type=int, default=200, help="edits of each program")
    parser.add_argument("--seeds", type=int, default=1, help="how many programs of each kind")
    parser.add_argument("--soak", action="store_true", help="program after program, until stopped")
    parser.add_argument("--of", choices=("all", *KINDS), default="all", help="the kind of programs")
    parser.add_argument(
        "--feature", action="append", default=[], choices=names, help="only programs of this; repeatable"
    )
    parser.add_argument(
        "--subject", action="append", default=[], choices=SUBJECTS, help="only labelled programs of this; repeatable"
    )
    parser.add_argument(
        "--asked", action="append", default=[], help="try what is awaited: its key, or 'all'; repeatable"
    )
    parser.add_argument("--follow", action="store_true", help="let objects follow, in programs of features")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest history that goes wrong")
    return parser.parse_args()


main()
