"""How a row is measured: after a warm-up the two sides in turn, each round a ratio, and the median of the ratios.

The warm-up is for V8, which runs WebAssembly slowly until it has compiled it well: CPython's interpreter has been through that when a
page starts to work, and so each side runs until it has had its time, too. What the first round of all gave is told beside it.
"""

import gc
import statistics
import time

ROUNDS = 7
WARM_UP_SECONDS = 1


def seconds(call, *arguments):
    gc.collect()
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def warm_up(side):
    end = time.perf_counter() + WARM_UP_SECONDS
    while time.perf_counter() < end:
        side()


def row(name, target, ours, peer, *, unit=1, better="larger", rounds=ROUNDS):
    """One row: medians of both in microseconds a unit, and the median of peer / ours (or of ours / peer, better smaller)."""

    def ratio_of(us, them):
        return them / us if better == "larger" else us / them

    first = ours(), peer()
    warm_up(ours)
    warm_up(peer)
    pairs = [(ours(), peer()) for _ in range(rounds)]
    ratios = [ratio_of(*pair) for pair in pairs]
    ratio = statistics.median(ratios)
    return {
        "row": name,
        "ours_us": statistics.median(us for us, _ in pairs) / unit * 1e6,
        "peer_us": statistics.median(them for _, them in pairs) / unit * 1e6,
        "ratio": ratio,
        "low": min(ratios),
        "high": max(ratios),
        "first": ratio_of(*first),
        "target": target,
        "met": ratio >= target if better == "larger" else ratio <= target,
        "better": better,
        "rounds": rounds,
    }
