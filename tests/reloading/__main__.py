"""`python -m reloading --seed 7 --edits 300`, or `--soak` for one seed after the other until somebody ends it."""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time

from .run import run


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m reloading", description="Edits random projects, and compares what runs with the files."
    )
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="the first seed; by default any")
    parser.add_argument("--edits", type=int, default=200, help="edits of each project")
    parser.add_argument("--seeds", type=int, default=1, help="how many projects")
    parser.add_argument("--soak", action="store_true", help="project after project, until stopped")
    options = parser.parse_args()
    total, start = 0, time.monotonic()
    for seed in itertools.count(options.seed) if options.soak else range(options.seed, options.seed + options.seeds):
        counts = run(seed, options.edits, tempfile.mkdtemp(), forks=True)
        total += counts.edits
        speed = total / (time.monotonic() - start)
        print(f"seed {seed}: {counts}; {total} edits, {speed:.0f} a second", flush=True)


main()
