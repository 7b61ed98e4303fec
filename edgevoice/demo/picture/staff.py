"""One row of the picture: where its lanes are, and where a moment is in them. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from edgevoice.demo.picture.labels import LEADING, Label, Measure, chosen, spread
from edgevoice.demo.picture.rows import Row
from edgevoice.demo.picture.shapes import Box, Fill, Words

WIDTH = 1500
MARGIN = 24
LEFT, RIGHT = 138, WIDTH - MARGIN - 14
"""Where the time of a row begins, and where the longest one's ends."""

HEIGHT, GAP = 253, 10
"""Of a row, and between two."""

LETTERS = 16
"""Size of most letters."""


class Lane(NamedTuple):
    """A horizontal stripe of a row, counted from the row's top."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half-way down."""
        return (self.top + self.bottom) / 2


SAID, PERSON_VOICE, UNDERSTOOD = Lane(7, 27), Lane(28, 66), Lane(69, 88)
RESPONSE = Lane(91, 110)
LISTENING, THINKING, SPEAKING = Lane(113, 123), Lane(128, 138), Lane(143, 153)
AGENT_VOICE, HEARD, AXIS = Lane(157, 195), Lane(197, 235), Lane(235, 251)


@dataclass(frozen=True, slots=True)
class Staff:
    """One row at its place on the page, `top`; `scale` is pixels per sample."""

    row: Row
    top: float
    scale: float
    measure: Measure

    @property
    def right(self) -> float:
        """Where the row's time ends."""
        return LEFT + (self.row.end - self.row.start) * self.scale

    def x(self, moment: int) -> float:
        """The place of `moment`; the row's edge if it is outside."""
        inside = min(max(moment, self.row.start), self.row.end)
        return LEFT + (inside - self.row.start) * self.scale

    def shows(self, moment: int) -> bool:
        """Whether `moment` is in this row."""
        return self.row.start <= moment < self.row.end

    def lane(self, lane: Lane, left: float, right: float) -> Box:
        """A piece of `lane`."""
        return Box(left, self.top + lane.top, right, self.top + lane.bottom)

    def span(self, lane: Lane, start: int | None, end: int | None) -> list[Box]:
        """The piece of `lane` from `start` to `end`, if some of it is in this row."""
        if start is None or end is None or end <= start:
            return []
        if end <= self.row.start or start >= self.row.end:
            return []
        left, right = self.x(start), self.x(end)
        return [self.lane(lane, left, max(right, min(left + 1.5, self.right)))]

    def tick(self, lane: Lane, moment: int, colour: str, width: float = 1.5) -> Iterator[Fill]:
        """A thin upright line at `moment`, if it is in this row."""
        if self.shows(moment):
            left = min(self.x(moment), self.right - width)
            yield Fill(self.lane(lane, left, left + width), colour)

    def labels(
        self,
        lane: Lane,
        labels: Iterable[Label],
        size: int = LETTERS,
        others: Sequence[float] = (),
    ) -> Iterator[Words]:
        """`labels` in `lane`, none of which touches another, nor what begins at `others`."""
        lines = max(1, int((lane.bottom - lane.top) // (size * LEADING)))
        for label, room in spread(labels, RIGHT, others):
            text = chosen(label, size, room, lines, self.measure)
            if any(text):
                width = max(self.measure(line, size) for line in text)
                box = self.lane(lane, label.left, label.left + width)
                yield Words(box, text, size, label.colour, label.bold, label.struck)
