"""How long something took for everyone, those included for whom it never happened."""

from collections.abc import Iterable
from math import ceil, floor
from typing import TypedDict


class Everyone(TypedDict):
    """Median and 95th percentile over `n` who had it and `never` who did not, who count as later
    than all; None where a percentile falls among them."""

    p50: float | None
    p95: float | None
    n: int
    never: int


def of_everyone(values: Iterable[float | None]) -> Everyone | None:
    """The spread of `values`, with None for never; None when there are none at all.

    Percentiles of the lucky ones alone would look the better, the more often it fails.
    """
    given = list(values)
    there = sorted(value for value in given if value is not None)
    if not given:
        return None
    never = len(given) - len(there)
    return Everyone(
        p50=_percentile(there, len(given), 0.5),
        p95=_percentile(there, len(given), 0.95),
        n=len(there),
        never=never,
    )


def _percentile(there: list[float], count: int, share: float) -> float | None:
    """Of `count` values, of which all but those `there` (sorted) are endless; linear in between."""
    place = (count - 1) * share
    below, above = floor(place), ceil(place)
    if above >= len(there):
        return None
    return there[below] + (there[above] - there[below]) * (place - below)
