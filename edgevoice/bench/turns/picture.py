"""How endpoints are found, as a picture: cut-offs against the wait, for every kind of utterance.

A card for each kind. To the left is sooner, below is fewer cut off; the curve of the fixed silence
is what everybody can have, and the other one ought to lie below it. A point is a setting; rings
are the presets that a person can choose.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, hypot
from pathlib import Path

from PIL import Image

from edgevoice.bench.turns.curves import CHOSEN, REFERENCE_MS, Curves, Endpointing, Point
from edgevoice.demo.picture.labels import LEADING, Measure
from edgevoice.demo.picture.paint import measure, paint, palette
from edgevoice.demo.picture.shapes import (
    AGENT,
    CARD,
    GREY,
    GRID,
    INK,
    PERSON,
    UNSAID,
    WAIT,
    Box,
    Fill,
    Scene,
    Shape,
    Words,
)
from edgevoice.files import write_atomically

WIDTH, MARGIN, GAP = 1500, 24, 14
HEAD, TITLE, PLOT, AXIS = 70, 92, 400, 46
INSIDE_LEFT, INSIDE_RIGHT = 58, 26
LETTERS, SMALL = 16, 13
LINE, DOT, RING = 1.4, 4.0, 7.5
"""Radii, in pixels: of a line, of a point on it, of a preset."""

PERCENT_STEPS = (0.5, 1, 2, 5, 10, 20)
MOST_LINES = 7

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a card's plot is, and what its edges stand for: milliseconds and percent."""

    box: Box
    most_ms: float
    most_percent: float

    def spot(self, ms: float, percent: float) -> Spot:
        """The pixel of a point."""
        x = self.box.left + (self.box.right - self.box.left) * ms / self.most_ms
        y = self.box.bottom - (self.box.bottom - self.box.top) * percent / self.most_percent
        return x, y

    def spots(self, points: Sequence[Point]) -> list[tuple[Point, Spot]]:
        """Those of `points` that were measured, and their pixels."""
        return [
            (point, self.spot(point.mean_ms, point.cut_offs))
            for point in points
            if point.mean_ms is not None and point.cut_offs is not None
        ]


def draw_turns(measured: Endpointing, path: Path) -> None:
    """Write a PNG, 1500 pixels wide, to `path`. Raises `OutputError`."""
    image = paint(layout(measured, measure), {})
    png = io.BytesIO()
    image.quantize(palette=palette(), dither=Image.Dither.NONE).save(png, "PNG", optimize=True)
    write_atomically(path, png.getvalue())


def layout(measured: Endpointing, measure: Measure) -> Scene:
    """The whole picture. Pure."""
    cards = [
        (title, about, curves)
        for title, about, curves in (
            ("People, as they spoke", "{} recordings", measured.everybody),
            (
                "The same, with a pause",
                "0.6 to 1.5 s between two syllables; sound alone",
                measured.thinking,
            ),
            (
                "Known requests, with a pause",
                "0.6 to 1.5 s between two words; {} in held-out voices",
                measured.requests,
            ),
        )
        if curves
    ]
    room = WIDTH - 2 * MARGIN - GAP * (len(cards) - 1)
    width = room / max(len(cards), 1)
    most_ms = _most_ms([curves for *_, curves in cards])
    shapes = [*_head(measure)]
    for n, (title, about, curves) in enumerate(cards):
        left = MARGIN + n * (width + GAP)
        card = Box(left, HEAD, left + width, HEAD + TITLE + PLOT + AXIS)
        text = about.format(len(curves.chosen.heard))
        shapes += _card(card, title, text, curves, most_ms, measure)
    return Scene(WIDTH, HEAD + TITLE + PLOT + AXIS + MARGIN, tuple(shapes))


def _head(measure: Measure) -> Iterator[Shape]:
    title = _words(MARGIN, 14, "When has a person finished?", 27, INK, measure, bold=True)
    yield title
    left = title.box.right + 36
    for colour, name, radius in (
        (WAIT, "a fixed silence", DOT),
        (PERSON, "what was heard decides", DOT),
        (AGENT, "presets", RING),
    ):
        yield from _ring(left, 34, radius, colour) if radius == RING else _dot(left, 34, colour)
        words = _words(left + 14, 23, name, 17, GREY, measure)
        yield words
        left = words.box.right + 28


def _card(
    card: Box, title: str, about: str, curves: Curves, most_ms: float, measure: Measure
) -> Iterator[Shape]:
    yield Fill(card, CARD, radius=8)
    yield _words(card.left + 16, card.top + 12, title, LETTERS + 2, INK, measure, bold=True)
    yield _words(card.left + 16, card.top + 36, about, SMALL + 1, GREY, measure)
    plot = Box(
        card.left + INSIDE_LEFT, card.top + TITLE, card.right - INSIDE_RIGHT, card.bottom - AXIS
    )
    step, most = _percent_scale(curves)
    frame = Frame(plot, most_ms, most)
    yield from _grid(frame, step, measure)
    for points, colour in ((curves.fixed, WAIT), (curves.adaptive, PERSON)):
        spots = frame.spots(points)
        yield from _line([spot for _, spot in spots], colour)
        for _, (x, y) in spots:
            yield from _dot(x, y, colour)
    yield from _named(frame, curves.fixed, measure)
    yield from _presets(frame, curves, measure)


def _grid(frame: Frame, step: float, measure: Measure) -> Iterator[Shape]:
    left, top, right, bottom = frame.box
    for n in range(round(frame.most_percent / step) + 1):
        y = frame.spot(0, n * step)[1]
        yield Fill(Box(left, y, right, y + 1), UNSAID if n == 0 else GRID)
        name = f"{n * step:g}%"
        yield _words(left - 10 - measure(name, SMALL), y - 8, name, SMALL, GREY, measure)
    for ms in range(0, int(frame.most_ms) + 1, 200):
        x = frame.spot(ms, 0)[0]
        yield Fill(Box(x, top, x + 1, bottom), UNSAID if ms == 0 else GRID)
        name = f"{ms}" if ms else "0 ms"
        yield _words(x - measure(name, SMALL) / 2, bottom + 8, name, SMALL, GREY, measure)
    name = "mean wait after the last word"
    yield _words(right - measure(name, SMALL), bottom + 25, name, SMALL, GREY, measure)
    yield _words(left - 42, top - 30, "cut off", SMALL, GREY, measure)


def _presets(frame: Frame, curves: Curves, measure: Measure) -> Iterator[Shape]:
    """Rings, with their names on the left: the curves fall to the right."""
    for point, (x, y) in frame.spots(curves.presets):
        yield from _ring(x, y, RING, AGENT)
        name = point.setting.endpointing
        left = x - RING - 6 - measure(name, LETTERS)
        if left < frame.box.left + 4:
            left = x + RING + 6
        top = min(y - 5, frame.box.bottom - LETTERS * LEADING - 3)
        yield _words(left, top, name, LETTERS, AGENT, measure, bold=name == CHOSEN)


def _named(frame: Frame, points: Sequence[Point], measure: Measure) -> Iterator[Shape]:
    """The silence of the curve that everybody can have, at the point that the goals are about."""
    for point, (x, y) in frame.spots(points):
        if point.setting.delay_ms == REFERENCE_MS:
            name = f"{REFERENCE_MS} ms"
            below = y + 30 < frame.box.bottom
            yield _words(x - 6, y + 9 if below else y - 27, name, SMALL, GREY, measure)


def _line(spots: Sequence[Spot], colour: str) -> Iterator[Shape]:
    """A line through `spots`: a dot for every pixel of its length."""
    for (x0, y0), (x1, y1) in pairwise(spots):
        steps = max(1, ceil(hypot(x1 - x0, y1 - y0)))
        for n in range(steps + 1):
            x, y = x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps
            yield Fill(Box(x - LINE, y - LINE, x + LINE, y + LINE), colour, LINE)


def _dot(x: float, y: float, colour: str) -> Iterator[Shape]:
    yield Fill(Box(x - DOT - 1, y - DOT - 1, x + DOT + 1, y + DOT + 1), CARD, DOT + 1)
    yield Fill(Box(x - DOT, y - DOT, x + DOT, y + DOT), colour, DOT)


def _ring(x: float, y: float, radius: float, colour: str) -> Iterator[Shape]:
    for size, shade in ((radius + 1, CARD), (radius, colour), (radius - 3, CARD)):
        yield Fill(Box(x - size, y - size, x + size, y + size), shade, size)


def _most_ms(cards: Sequence[Curves]) -> float:
    """The right edge of every card: a whole number of steps of 200 ms."""
    points = [point for curves in cards for point in _all(curves)]
    return 200.0 * max(1, ceil(max((point.mean_ms or 0 for point in points), default=0) / 200))


def _percent_scale(curves: Curves) -> tuple[float, float]:
    """Distance of the grid's lines, and the upper edge, in percent."""
    most = max([point.cut_offs or 0 for point in _all(curves)], default=0)
    step = next((s for s in PERCENT_STEPS if most / s <= MOST_LINES), PERCENT_STEPS[-1])
    return step, step * max(1, ceil(most / step))


def _all(curves: Curves) -> tuple[Point, ...]:
    return curves.fixed + curves.adaptive + curves.presets


def _words(
    left: float, top: float, text: str, size: int, colour: str, measure: Measure, bold: bool = False
) -> Words:
    box = Box(left, top, left + measure(text, size), top + size * LEADING)
    return Words(box, (text,), size, colour, bold)
