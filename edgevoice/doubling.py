"""Waits longer from one failure to the next."""


def doubling(first_s: float, times: int, most_s: float) -> float:
    """Seconds: `first_s`, doubled so many `times` (0: not yet), and never more than `most_s`."""
    return min(first_s * 2.0 ** min(times, 30), most_s)
