"""What waits to be sent to a service: the person's voice, and what else is asked of it, in order.

A line that stalls must not be told later what was said long ago, so little of the voice may wait.
When there is more, all of it goes, and the utterance is not `whole` any more: its text has to do.
"""

from collections import deque
from typing import Generic, TypeVar

from edgevoice.audio.chunk import Samples, samples_of

MOST = samples_of(500)
"""Voice that may wait (at 16 kHz), besides what was said before we noticed that somebody speaks."""

Order = TypeVar("Order")


class Outbox(Generic[Order]):
    """`voice` and `order` put something in, `take` takes it out."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._waiting: deque[Order | tuple[Samples, int]] = deque()
        self._voice = 0  # samples of it that wait and count
        self.whole = False
        """Whether all of the present utterance was put in, and nothing of it was lost since."""

    def voice(self, pcm: Samples, fresh: bool) -> None:
        """The person's voice goes on; `fresh`: an utterance begins."""
        if fresh:
            self._drop_voice()
            self.whole = True
            self._waiting.append((pcm, 0))
        elif self.whole and self._voice + len(pcm) <= self._most:
            self._voice += len(pcm)
            self._waiting.append((pcm, len(pcm)))
        else:
            self.spoil()

    def order(self, order: Order) -> None:
        """Something else is to be done, after all that waits."""
        self._waiting.append(order)

    def take(self) -> Samples | Order | None:
        """What is next; None when nothing waits."""
        if not self._waiting:
            return None
        item = self._waiting.popleft()
        if not isinstance(item, tuple):
            return item
        pcm, counts = item
        self._voice -= counts
        return pcm

    def spoil(self) -> None:
        """The voice that waits, or was sent, is worth nothing without what is lost of it."""
        self._drop_voice()
        self.whole = False

    def clear(self) -> None:
        """Nothing is to be sent."""
        self.spoil()
        self._waiting.clear()

    def _drop_voice(self) -> None:
        self._waiting = deque(item for item in self._waiting if not isinstance(item, tuple))
        self._voice = 0
