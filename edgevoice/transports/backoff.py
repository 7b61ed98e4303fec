"""How long to wait before a device that has failed is tried again."""

DELAYS_S = (0.0, 0.25, 0.5, 1.0, 1.5)
"""Before the first try, the second, … and, as the last one, before all others. Quick at first: most
failures are over at once. Short for good, as somebody who has plugged the device in again expects
to be heard within three seconds, and opening it takes its time as well."""

STABLE_S = 10.0
"""A device that has worked for so long is well again: its next failure is a first one."""


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
