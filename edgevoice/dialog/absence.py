"""Notices that we have been without a microphone for so long that the room may be another one.

A reply that is cut off when the sound card is unplugged goes on when that is back: the person is
still there. But not after long: then the rest of it would be spoken into a room in which somebody
else may be by now, and it may be about what only a patient should hear.
"""

STALE_S = 15
"""Seconds after which nobody waits for the rest of a sentence any more; plugging a cable in again
takes less. A judgement."""


class Absence:
    """Follows the conversation's clock. `patience`: samples."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._heard = 0
        self._since = 0
        self._told = False

    def add(self, end: int, dropped: int) -> bool:
        """The clock is at `end`, and of all samples so far `dropped` were not heard; answers
        whether nothing has been heard for too long, once in every such time.
        """
        if end - dropped > self._heard:
            self._heard, self._since, self._told = end - dropped, end, False
        too_long = end - self._since >= self._patience and not self._told
        self._told = self._told or too_long
        return too_long
