"""The benchmark as a picture: where the time of every turn goes, and how the responses spread.

Above, a lane for every stage of a response, from its beginning to its end in milliseconds after the
person's last sound: a thin line for every turn, the median as a bar. Below, a histogram of the
responses, and behind it that of the serial mode where that was measured.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image

from edgevoice.bench.figures import after_speech, answered
from edgevoice.bench.hold import Measured
from edgevoice.bench.result import spread
from edgevoice.demo.picture.labels import LEADING, Measure
from edgevoice.demo.picture.paint import measure, paint, palette
from edgevoice.demo.picture.shapes import (
    AGENT,
    AGENT_SOFT,
    CARD,
    DECODE,
    GREY,
    GRID,
    INK,
    PERSON,
    TOKEN,
    UNSAID,
    WAIT,
    Box,
    Fill,
    Scene,
    Shape,
    Words,
)
from edgevoice.files import write_atomically
from edgevoice.report import TurnReport

WIDTH, MARGIN = 1500, 24
LEFT, RIGHT = 300, WIDTH - MARGIN - 20
HEAD, GAP = 70, 14
LANE, BARS, AXIS = 54, 170, 30
LETTERS, SMALL = 16, 13
STEPS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
MOST_LINES, MOST_BINS = 12, 60
"""Lines of the grid at most, and bars of the histogram."""

Ends = Callable[[TurnReport], tuple[int | None, int | None]]
"""A turn → where one of its stages begins and ends, in samples."""

Place = Callable[[float], float]
"""Milliseconds → pixels from the left."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a response, from `begin` to `end` milliseconds after the person's last sound."""

    name: str
    colour: str
    spans: tuple[tuple[float, float], ...]


def draw_bench(measured: Measured, serial: Measured | None, path: Path) -> None:
    """Write a PNG, 1500 pixels wide, to `path`. Raises `OutputError`."""
    image = paint(layout(measured, serial, measure), {})
    png = io.BytesIO()
    image.quantize(palette=palette(), dither=Image.Dither.NONE).save(png, "PNG", optimize=True)
    write_atomically(path, png.getvalue())


def stages(turns: Sequence[TurnReport]) -> list[Stage]:
    """The stages of `turns`, each from the moment that it waited for to its own."""
    parts: tuple[tuple[str, str, Ends], ...] = (
        ("waiting for the end", WAIT, lambda turn: (turn.speech_end, turn.endpoint)),
        ("final words", DECODE, lambda turn: (turn.soft_end or turn.endpoint, turn.transcript)),
        ("language model", TOKEN, lambda turn: (turn.transcript, turn.first_clause)),
        ("voice", AGENT_SOFT, lambda turn: (turn.first_clause, turn.first_sound)),
        (
            "on its way to the ear",
            AGENT,
            lambda turn: (max(turn.endpoint, turn.first_sound or 0), turn.reply_start),
        ),
    )
    return [Stage(name, colour, _spans(turns, of)) for name, colour, of in parts]


def _spans(turns: Sequence[TurnReport], of: Ends) -> tuple[tuple[float, float], ...]:
    found = []
    for turn in turns:
        begin, end = (after_speech(turn, moment) for moment in of(turn))
        if begin is not None and end is not None:
            found.append((min(begin, end), end))
    return tuple(found)


def layout(measured: Measured, serial: Measured | None, measure: Measure) -> Scene:
    """The whole picture. Pure."""
    turns = answered(measured.turns)
    responses = [turn.response_ms for turn in turns if turn.response_ms is not None]
    others = [
        turn.response_ms
        for turn in answered(serial.turns if serial else ())
        if turn.response_ms is not None
    ]
    shown = stages(turns)
    moments = [moment for stage in shown for span in stage.spans for moment in span]
    first, last = min([0.0, *moments]), max([100.0, *moments, *responses, *others]) * 1.02
    scale = (RIGHT - LEFT) / (last - first)

    def place(ms: float) -> float:
        return LEFT + (ms - first) * scale

    waterfall = Box(MARGIN, HEAD, WIDTH - MARGIN, HEAD + LANE * len(shown) + AXIS)
    bars = Box(MARGIN, waterfall.bottom + GAP, WIDTH - MARGIN, waterfall.bottom + GAP + BARS + AXIS)
    grid = list(_grid(first, last))
    shapes = [
        *_head(responses, others, measure),
        *_card(waterfall, grid, place, measure),
        *_waterfall(waterfall.top, shown, place, measure),
        *_card(bars, grid, place, measure),
        *_histogram(bars, responses, others, last, place, measure),
    ]
    return Scene(WIDTH, round(bars.bottom) + MARGIN, tuple(shapes))


def _head(responses: Sequence[float], others: Sequence[float], measure: Measure) -> Iterator[Shape]:
    title = _words(MARGIN, 14, "How soon the reply is heard", 27, INK, measure, bold=True)
    yield title
    facts = [f"{len(responses)} turns"]
    if found := spread(responses):
        facts += [f"median {found.p50:.0f} ms", f"95% within {found.p95:.0f} ms"]
    if found := spread(others):
        facts.append(f"one thing after the other: median {found.p50:.0f} ms")
    text = "   ·   ".join(facts) if responses else "Nothing was answered."
    yield _words(title.box.right + 32, 23, text, 17, GREY, measure)


def _card(box: Box, grid: Sequence[float], place: Place, measure: Measure) -> Iterator[Shape]:
    yield Fill(box, CARD, radius=8)
    for ms in grid:
        x = place(ms)
        yield Fill(Box(x, box.top + 8, x + 1, box.bottom - AXIS + 4), GRID if ms else UNSAID)
        name = f"{ms:.0f} ms"
        left = x - measure(name, SMALL) / 2
        yield _words(left, box.bottom - AXIS + 8, name, SMALL, GREY, measure)


def _waterfall(
    top: float, shown: Sequence[Stage], place: Place, measure: Measure
) -> Iterator[Shape]:
    for n, stage in enumerate(shown):
        lane = top + n * LANE
        yield _words(MARGIN + 14, lane + 17, stage.name, LETTERS, INK, measure)
        if not stage.spans:
            continue
        begin, end = (median(span[side] for span in stage.spans) for side in (0, 1))
        middle = Box(place(begin), lane + 12, max(place(end), place(begin) + 2), lane + LANE - 14)
        yield Fill(middle, stage.colour, radius=2)
        pitch = (LANE - 10) / len(stage.spans)
        for line, (start, stop) in enumerate(stage.spans):
            y = lane + 5 + line * pitch
            yield Fill(Box(place(start), y, max(place(stop), place(start) + 1), y + 1), INK)
        yield _number(lane + 17, f"{end - begin:.0f} ms", measure)


def _histogram(
    box: Box,
    responses: Sequence[float],
    others: Sequence[float],
    last: float,
    place: Place,
    measure: Measure,
) -> Iterator[Shape]:
    yield _words(MARGIN + 14, box.top + 17, "responses", LETTERS, INK, measure)
    step = next((step for step in STEPS if last / step <= MOST_BINS), STEPS[-1])
    floor, heights = box.bottom - AXIS + 4, BARS - 26
    counted = [(_bins(others, step), UNSAID), (_bins(responses, step), PERSON)]
    most = max((count for bins, _ in counted for count in bins.values()), default=1)
    for bins, colour in counted:
        for at, count in bins.items():
            edges = place(at) + 1, place(at + step) - 1
            yield Fill(Box(edges[0], floor - heights * count / most, edges[1], floor), colour)
    if found := spread(responses):
        for ms in (found.p50, found.p95):
            yield Fill(Box(place(ms), box.top + 8, place(ms) + 2, floor), INK)
        yield _number(box.top + 17, f"{found.p50:.0f} ms", measure)
    if others:
        yield _words(MARGIN + 14, box.top + 47, "one after the other", LETTERS, GREY, measure)
        yield _number(box.top + 47, f"{median(others):.0f} ms", measure)


def _bins(values: Sequence[float], step: int) -> dict[int, int]:
    """How many of `values` lie in each stretch of `step`; by the stretch's beginning."""
    bins: dict[int, int] = {}
    for value in values:
        at = int(value // step) * step
        bins[at] = bins.get(at, 0) + 1
    return bins


def _grid(first: float, last: float) -> Iterator[float]:
    step = next((step for step in STEPS if (last - first) / step <= MOST_LINES), STEPS[-1])
    for n in range(int(-(-first // step)), int(last // step) + 1):
        yield float(n * step)


def _number(top: float, text: str, measure: Measure) -> Words:
    left = LEFT - 16 - measure(text, LETTERS)
    return _words(left, top, text, LETTERS, INK, measure, bold=True)


def _words(
    left: float, top: float, text: str, size: int, colour: str, measure: Measure, bold: bool = False
) -> Words:
    box = Box(left, top, left + measure(text, size), top + size * LEADING)
    return Words(box, (text,), size, colour, bold)
