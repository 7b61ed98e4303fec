"""How long to wait before a device that has failed is tried again, and how long a try may take."""

DELAYS_S = (0.0, 0.25, 0.5, 1.0, 1.5)
"""Before the first try, the second, … and, as the last one, before all others. Quick at first: most
failures are over at once. Short for good, as somebody who has plugged the device in again expects
to be heard within three seconds, and opening it takes its time as well."""

STABLE_S = 10.0
"""A device that has worked for so long is well again: its next failure is a first one."""

FIRST_TRIES = 3
"""Where a device works at all, that is enough for the first start: one opening in forty fails."""

SHORTEST_S, LONGEST_S = 1.5, 5.0
"""What an opening is given at least, and at most."""
SLACK = 3.0
"""It is given so many times what the first one took."""
PATIENT_FROM = 8
"""The eighth opening in a row that hangs is given the longest time, and so are the 16th, the 32nd
and so on. Some devices take longer to come alive than on the first day, and must be found all the
same; but whoever waits so long is not back within three seconds, so it is the exception."""


def patience(first_s: float, hung: int) -> float:
    """Seconds that an opening is given; the first one of all took `first_s`, and `hung` in a row
    were given up.
    """
    this = hung + 1
    if this >= PATIENT_FROM and this.bit_count() == 1:  # a power of two
        return LONGEST_S
    return min(max(SLACK * first_s, SHORTEST_S), LONGEST_S)


class Backoff:
    """Counts the tries."""

    def __init__(self) -> None:
        self._tries = 0

    def failed(self, worked_s: float = 0.0) -> float:
        """Seconds to wait now, after a failure of what has worked for `worked_s` seconds."""
        if worked_s >= STABLE_S:
            self._tries = 0
        delay = DELAYS_S[min(self._tries, len(DELAYS_S) - 1)]
        self._tries += 1
        return delay
