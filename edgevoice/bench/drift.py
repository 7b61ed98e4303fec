"""Does a figure grow? A slope that outliers do not move, and how sure it is.

Memory is read again and again while something goes on. It comes in steps and has outliers, and a
reading resembles the one before it. So neighbouring readings are made one first, by their median,
and the slope is the median of the slopes between all pairs of these (Theil 1950, Sen 1968). Its
interval is Sen's, from the distribution of Kendall's S; ties make it wider than it need be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import ceil, floor, sqrt
from statistics import NormalDist, median

BLOCKS = 16
"""Neighbouring readings are made so many: each long enough to forget the one before."""

FEWEST = 8
"""With fewer points than this, an interval says nothing."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A figure's `slope`, and the interval from `low` to `high` that holds it with 95 %; in the
    figure's unit per unit of what it was drawn over."""

    slope: float
    low: float
    high: float

    def __mul__(self, factor: float) -> "Drift":
        """The same in other units; `factor` is positive."""
        return Drift(self.slope * factor, self.low * factor, self.high * factor)


def drift(points: Sequence[tuple[float, float]], blocks: int = BLOCKS) -> Drift | None:
    """The drift of y in `points` (x, y), ascending in x; None where they are too few to tell."""
    if len(points) < FEWEST:
        return None
    thinned = _medians(points, min(blocks, len(points)))
    slopes = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for earlier, later in combinations(thinned, 2)
        if later[0] > earlier[0]
    )
    n = len(thinned)
    if len(slopes) < n:
        return None
    spread = NormalDist().inv_cdf(0.975) * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    first = max(0, floor((len(slopes) - spread) / 2) - 1)
    last = min(len(slopes) - 1, ceil((len(slopes) + spread) / 2))
    return Drift(median(slopes), slopes[first], slopes[last])


def _medians(points: Sequence[tuple[float, float]], blocks: int) -> list[tuple[float, float]]:
    """The median x and y of so many neighbouring parts of `points`."""
    edges = [round(len(points) * number / blocks) for number in range(blocks + 1)]
    parts = [points[begin:end] for begin, end in pairwise(edges)]
    return [(median(x for x, _ in part), median(y for _, y in part)) for part in parts]
