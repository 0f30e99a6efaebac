"""How a row is measured: after a warm-up the two sides in turn, each round a ratio, and the median of the ratios.

The warm-up is for V8, which runs WebAssembly slowly until it has compiled it well: Python's interpreter has been through that
when a page starts to work, and what is measured should be too.
"""

import gc
import statistics
import time

ROUNDS = 7


def seconds(call, *arguments):
    gc.collect()
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def row(name, target, ours, peer, *, unit=1, better="larger", rounds=ROUNDS, warm_up=1):
    """One row: medians of both in microseconds a unit, and the median of peer / ours (or of ours / peer, better smaller)."""
    for _ in range(warm_up):
        ours(), peer()
    pairs = [(ours(), peer()) for _ in range(rounds)]
    ratios = [them / us if better == "larger" else us / them for us, them in pairs]
    ratio = statistics.median(ratios)
    return {
        "row": name,
        "ours_us": statistics.median(us for us, _ in pairs) / unit * 1e6,
        "peer_us": statistics.median(them for _, them in pairs) / unit * 1e6,
        "ratio": ratio,
        "low": min(ratios),
        "high": max(ratios),
        "target": target,
        "met": ratio >= target if better == "larger" else ratio <= target,
        "better": better,
        "rounds": rounds,
    }
