"""Which devices we had at first, so that it is they that are taken again.

Where the settings name no device we take the system's default; and when a speakerphone is
unplugged, that is another one at once: the screen's loudspeakers, a webcam. So the default of the
first start is remembered, by its name. For a while no other one will do. After that any is better
than none, and we say so.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edgevoice.transports.sound_places import PATH, USB
from edgevoice.transports.sound_streams import OpenedCard

PATIENCE_S = 60.0
"""How long the same device is waited for before another one is taken: enough for somebody who
trips over a cable and finds the socket again. A judgement."""

CALLED = {"input": "microphone", "output": "loudspeaker"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings name for each direction: a name, a place, or None for the default."""

    input: str | None = None
    output: str | None = None


class Familiar:
    """The devices of the first start. `clock`: monotonic seconds."""

    def __init__(self, wanted: Wanted, clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = {"input": wanted.input, "output": wanted.output}
        self._clock = clock
        self._first: dict[str, OpenedCard] = {}
        self._missed_at: float | None = None

    def known(self) -> dict[str, dict[str, Any]]:
        """What the sound process is told of them, for the directions that have been open before
        (see `sound_cards`); from the first call after `opened` on, they count as missed.
        """
        if self._missed_at is None:
            self._missed_at = self._clock()
        patient = self._clock() - self._missed_at < PATIENCE_S
        return {
            direction: {
                "name": card.name,
                "places": list(card.places),
                "twins": card.twins,
                "only": patient and self._doubtful(self._wanted[direction], card),
            }
            for direction, card in self._first.items()
        }

    def opened(self, cards: Mapping[str, OpenedCard]) -> str:
        """These are in use now; answers what a person should know of that, if anything."""
        self._missed_at = None
        self._first = self._first or dict(cards)
        return "; ".join(
            f'the {CALLED[direction]} is another one now: "{card.name}"'
            for direction, card in cards.items()
            if not _same(self._first[direction], card)
        )

    def _doubtful(self, wanted: str | None, card: OpenedCard) -> bool:
        """Whether what the settings say does not tell which device is meant."""
        return wanted is None or (card.twins and not wanted.startswith((USB, PATH)))


def _same(first: OpenedCard, card: OpenedCard) -> bool:
    """By name; by place only where the name does not tell."""
    vague = first.twins or card.name == "default"
    moved = vague and first.places and card.places and set(first.places).isdisjoint(card.places)
    return first.name == card.name and not moved
