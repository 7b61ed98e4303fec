"""How long a service that failed is left alone."""

from edgevoice.doubling import doubling
from edgevoice.responders.realtime.session import Fault

FIRST_S, MOST_S = 0.5, 60.0
REFUSED_S = 300.0
"""Who refuses us will do so again, until somebody mends the account or the key."""
RATE_LIMITED_S = 5.0


def backoff_s(fault: Fault, failures: int, luck: float, told_s: float = 0.0) -> float:
    """Seconds to wait after `failures` (1, 2, …) in a row, the last of which was `fault`.

    `luck`, 0…1: spreads those who failed together (half to the whole of the time). `told_s`: what
    the service asked for.
    """
    if fault is Fault.REJECTED:
        return told_s  # it was that question; the next one may do
    least = {Fault.REFUSED: REFUSED_S, Fault.RATE_LIMITED: RATE_LIMITED_S}.get(fault, 0.0)
    growing = doubling(FIRST_S, failures - 1, MOST_S)
    return max(told_s, least, growing * (1 + luck) / 2)
