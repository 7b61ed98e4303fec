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

from edgevoice.bench.turns.curves import CHOSEN, PRESETS, REFERENCE_MS, Curves, Endpointing, Point
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

PERCENT_STEPS, MS_STEPS = (1, 2, 5, 10, 20), (100, 200, 500, 1000)
LEAST_PERCENT, MOST_LINES = 4.0, 7

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
    for name, mark, colour in (
        ("a fixed silence", _dot, WAIT),
        ("what was heard decides", _dot, PERSON),
        ("presets", _ring, AGENT),
    ):
        yield from mark((left, 34), colour)
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
        spots = [spot for _, spot in frame.spots(points)]
        yield from (_disc(spot, LINE, colour) for spot in _between(spots))
        for spot in spots:
            yield from _dot(spot, colour)
    for _, spot in frame.spots(curves.presets):
        yield from _ring(spot, AGENT)
    yield from _names(frame, curves, measure)


def _grid(frame: Frame, step: float, measure: Measure) -> Iterator[Shape]:
    left, top, right, bottom = frame.box
    for n in range(round(frame.most_percent / step) + 1):
        y = frame.spot(0, n * step)[1]
        yield Fill(Box(left, y, right, y + 1), UNSAID if n == 0 else GRID)
        name = f"{n * step:g}%"
        yield _words(left - 10 - measure(name, SMALL), y - 8, name, SMALL, GREY, measure)
    for ms in range(0, int(frame.most_ms) + 1, _ms_step(frame.most_ms)):
        x = frame.spot(ms, 0)[0]
        yield Fill(Box(x, top, x + 1, bottom), UNSAID if ms == 0 else GRID)
        name = f"{ms}" if ms else "0 ms"
        yield _words(x - measure(name, SMALL) / 2, bottom + 8, name, SMALL, GREY, measure)
    name = "mean wait after the last word"
    yield _words(right - measure(name, SMALL), bottom + 25, name, SMALL, GREY, measure)
    yield _words(left - 42, top - 30, "cut off", SMALL, GREY, measure)


def _names(frame: Frame, curves: Curves, measure: Measure) -> Iterator[Words]:
    """The presets' names, and the silence that the goals compare with: where there is room."""
    taken = [
        *_surroundings(frame, (*curves.fixed, *curves.adaptive), DOT),
        *_surroundings(frame, curves.presets, RING),
        *(_around(spot, LINE) for curve in (curves.fixed, curves.adaptive)
          for spot in _between([spot for _, spot in frame.spots(curve)])),
    ]  # fmt: skip
    named = [(spot, point.setting.endpointing) for point, spot in frame.spots(curves.presets)]
    for point, spot in frame.spots(curves.fixed):
        if point.setting.delay_ms == REFERENCE_MS:
            named.append((spot, f"{REFERENCE_MS} ms"))
    for spot, name in named:
        preset = name in PRESETS
        size = LETTERS if preset else SMALL
        box = _free(frame.box, spot, measure(name, size), size * LEADING, taken)
        taken.append(box)
        yield Words(box, (name,), size, AGENT if preset else GREY, bold=name == CHOSEN)


def _free(plot: Box, spot: Spot, width: float, height: float, taken: Sequence[Box]) -> Box:
    """A place for a name near `spot` that is least in the way of what is drawn already."""
    x, y = spot
    away = RING + 5
    lefts = (x - away - width, x + away, x - width / 2, x - width, x)
    tops = (y - height / 2, y + away, y - away - height, y + 2.5 * away, y - 2.5 * away - height)
    places = [
        Box(left, top, left + width, top + height)
        for top in tops
        for left in lefts
        if plot.left + 3 <= left <= plot.right - width and plot.top <= top <= plot.bottom - height
    ]
    return min(places, key=lambda box: sum(_overlap(box, other) for other in taken))


def _overlap(box: Box, other: Box) -> float:
    """Square pixels that both cover."""
    wide = min(box.right, other.right) - max(box.left, other.left)
    high = min(box.bottom, other.bottom) - max(box.top, other.top)
    return max(0.0, wide) * max(0.0, high)


def _surroundings(frame: Frame, points: Sequence[Point], radius: float) -> Iterator[Box]:
    for _, spot in frame.spots(points):
        yield _around(spot, radius)


def _around(spot: Spot, radius: float) -> Box:
    x, y = spot
    return Box(x - radius, y - radius, x + radius, y + radius)


def _between(spots: Sequence[Spot]) -> Iterator[Spot]:
    """The pixels of a line through `spots`."""
    for (x0, y0), (x1, y1) in pairwise(spots):
        steps = max(1, ceil(hypot(x1 - x0, y1 - y0)))
        for n in range(steps + 1):
            yield x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps


def _disc(spot: Spot, radius: float, colour: str) -> Fill:
    return Fill(_around(spot, radius), colour, radius)


def _dot(spot: Spot, colour: str) -> tuple[Fill, ...]:
    return _disc(spot, DOT + 1, CARD), _disc(spot, DOT, colour)


def _ring(spot: Spot, colour: str) -> tuple[Fill, ...]:
    return _disc(spot, RING + 1, CARD), _disc(spot, RING, colour), _disc(spot, RING - 3, CARD)


def _most_ms(cards: Sequence[Curves]) -> float:
    """The right edge of every card: a whole number of steps."""
    most = max((point.mean_ms or 0 for curves in cards for point in _all(curves)), default=0)
    step = _ms_step(most)
    return float(step * max(1, ceil(most / step)))


def _ms_step(most: float) -> int:
    return next((step for step in MS_STEPS if most / step <= MOST_LINES), MS_STEPS[-1])


def _percent_scale(curves: Curves) -> tuple[float, float]:
    """Distance of the grid's lines, and the upper edge, in percent."""
    most = max([LEAST_PERCENT, *(point.cut_offs or 0 for point in _all(curves))])
    step = next((step for step in PERCENT_STEPS if most / step <= MOST_LINES), PERCENT_STEPS[-1])
    return step, step * ceil(most / step)


def _all(curves: Curves) -> tuple[Point, ...]:
    return curves.fixed + curves.adaptive + curves.presets


def _words(
    left: float, top: float, text: str, size: int, colour: str, measure: Measure, bold: bool = False
) -> Words:
    box = Box(left, top, left + measure(text, size), top + size * LEADING)
    return Words(box, (text,), size, colour, bold)
