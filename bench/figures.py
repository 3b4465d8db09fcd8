"""Medians, spread, and ratios of what was measured in the same round; pure."""

import math
import random
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

_RESAMPLES: Final = 2000
_CONFIDENCE: Final = 0.95


class Spread(NamedTuple):
    """What many samples of one measure amount to."""

    median: float
    least: float
    p95: float
    samples: int


class Estimate(NamedTuple):
    """A median over rounds with its 95 % bootstrap interval."""

    median: float
    low: float
    high: float
    samples: int


def spread(values: Sequence[float]) -> Spread:
    """Summarise at least one value; the 95th percentile is the nearest rank, a value that was really seen."""
    ordered = sorted(values)
    return Spread(statistics.median(ordered), ordered[0], ordered[math.ceil(0.95 * len(ordered)) - 1], len(ordered))


def paired(
    ours: Mapping[int, float], theirs: Mapping[int, float], compare: Callable[[float, float], float]
) -> tuple[float, ...]:
    """Compare what was seen in each round that has both: the two met the same machine."""
    return tuple(compare(ours[number], theirs[number]) for number in sorted(ours.keys() & theirs.keys()))


def estimate(values: Sequence[float], seed: int) -> Estimate:
    """Return the median of at least one value, and where resampling says that it may lie (percentile bootstrap)."""
    chance = random.Random(seed)
    medians = sorted(statistics.median(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES))
    tail = round(_RESAMPLES * (1 - _CONFIDENCE) / 2)
    return Estimate(statistics.median(values), medians[tail], medians[-1 - tail], len(values))
