"""The lay-out of the whole picture: head, legend, rows. Pure."""

from collections.abc import Iterator, Sequence
from statistics import median

from edgevoice.audio.chunk import LISTENING_RATE, samples_of
from edgevoice.demo.picture.labels import LEADING, Label, Measure, chosen
from edgevoice.demo.picture.lanes import Told, draw_lanes, told
from edgevoice.demo.picture.rows import Row, busy, rows_of
from edgevoice.demo.picture.shapes import (
    AGENT,
    AGENT_SOFT,
    BREAK,
    BREAK_SOFT,
    CARD,
    DECODE,
    GREY,
    GRID,
    INK,
    PERSON,
    THINK,
    TOKEN,
    UNSAID,
    WAIT,
    Box,
    Fill,
    Hatch,
    Scene,
    Shape,
    Words,
)
from edgevoice.demo.picture.staff import (
    AGENT_VOICE,
    AXIS,
    GAP,
    HEIGHT,
    LEFT,
    LETTERS,
    LISTENING,
    MARGIN,
    PERSON_VOICE,
    RESPONSE,
    RIGHT,
    SAID,
    SPEAKING,
    THINKING,
    UNDERSTOOD,
    WIDTH,
    Lane,
    Staff,
)
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Sounded, Spoken

HEAD = 102
LONGEST_ROW, SHORTEST_ROW = samples_of(14_000), samples_of(6_000)
MOST_ROWS = 12
TITLE = "A conversation with edgevoice"

NAMES = (
    ("person", PERSON_VOICE, PERSON, 17),
    ("understood", UNDERSTOOD, INK, 14),
    ("response", RESPONSE, INK, 14),
    ("listening", LISTENING, GREY, 13),
    ("thinking", THINKING, GREY, 13),
    ("speaking", SPEAKING, GREY, 13),
    ("agent", AGENT_VOICE, AGENT, 17),
)
LEGEND: tuple[tuple[str, str, tuple[tuple[float, str], ...]], ...] = (
    ("person’s voice", PERSON, ()),
    ("waiting for the end of speech", WAIT, ()),
    ("speech to text", DECODE, ()),
    ("language model, a tick per token", THINK, ((6, TOKEN), (12, TOKEN), (18, TOKEN))),
    ("synthesis", AGENT_SOFT, ()),
    ("agent’s voice", AGENT, ()),
    ("interruption", BREAK_SOFT, ((0, BREAK), (22, BREAK))),
)
"""Name, colour of the area, and the upright lines in it."""


def layout(
    turns: Sequence[TurnReport],
    spoken: Sequence[Spoken],
    sounded: Sequence[Sounded],
    length: int,
    measure: Measure,
) -> Scene:
    """The picture of a conversation in which the person's track is `length` samples long."""
    rows = rows_of(busy(turns, spoken, sounded), LONGEST_ROW)
    rows = rows or [Row(0, min(max(length, SHORTEST_ROW), LONGEST_ROW))]
    drawn, left_out = rows[:MOST_ROWS], len(rows[MOST_ROWS:])
    scale = (RIGHT - LEFT) / max(SHORTEST_ROW, *(row.end - row.start for row in drawn))
    known = told(turns, spoken, sounded)
    shapes: list[Shape] = [*_head(known, rows[-1].end, measure), *_legend(measure)]
    for n, row in enumerate(drawn):
        staff = Staff(row, HEAD + n * (HEIGHT + GAP), scale, measure)
        shapes += _frame(staff)
        shapes += draw_lanes(staff, known, spoken)
    bottom = HEAD + len(drawn) * (HEIGHT + GAP)
    if left_out:
        text = f"… and {left_out} more rows, up to {_seconds(rows[-1].end)}, are not drawn."
        shapes.append(_words(MARGIN, bottom, text, LETTERS, GREY, measure))
        bottom += 30
    return Scene(WIDTH, bottom + MARGIN - GAP, tuple(shapes))


def _head(turns: Sequence[Told], end: int, measure: Measure) -> Iterator[Shape]:
    title = _words(MARGIN, 12, TITLE, 27, INK, measure, bold=True)
    yield title
    responses = [told.turn.response_ms for told in turns if told.turn.response_ms is not None]
    facts = ["1 turn" if len(turns) == 1 else f"{len(turns)} turns", _seconds(end)]
    if responses:
        facts.append(f"median response {median(responses):.0f} ms")
    if cuts := sum(told.cut is not None for told in turns):
        facts.append("interrupted once" if cuts == 1 else f"interrupted {cuts} times")
    text = "   ·   ".join(facts) if turns else "Nothing was said."
    yield _words(title.box.right + 32, 21, text, 17, GREY, measure)


def _legend(measure: Measure) -> Iterator[Shape]:
    left, top = float(MARGIN), 63.0
    for name, colour, lines in LEGEND:
        yield Fill(Box(left, top + 4, left + 24, top + 16), colour)
        for offset, line in lines:
            yield Fill(Box(left + offset, top + 4, left + offset + 2, top + 16), line)
        words = _words(left + 31, top, name, 15, INK, measure)
        yield words
        left = words.box.right + 24
    yield Hatch(Box(left, top + 4, left + 24, top + 16), UNSAID)
    yield _words(left + 31, top, "never said", 15, INK, measure)


def _frame(staff: Staff) -> Iterator[Shape]:
    """The row's card, a line for every second, and the names of the lanes."""
    yield Fill(Box(MARGIN, staff.top, WIDTH - MARGIN, staff.top + HEIGHT), CARD, radius=8)
    labels = []
    seconds = range(-(-staff.row.start // LISTENING_RATE), staff.row.end // LISTENING_RATE + 1)
    for second in seconds:
        at, name = second * LISTENING_RATE, f"{second} s"
        yield from staff.tick(Lane(SAID.bottom, AXIS.top), at, GRID, 1)
        labels.append(Label(staff.x(at) - staff.measure(name, 13) / 2, name, GREY, shorter=()))
    yield from staff.labels(AXIS, labels, 13)
    for lane in (PERSON_VOICE, AGENT_VOICE):
        middle = Lane(lane.middle - 0.5, lane.middle + 0.5)
        yield Fill(staff.lane(middle, LEFT, staff.right), GRID)
    for name, lane, colour, size in NAMES:
        top = staff.top + lane.middle - size * LEADING / 2
        yield _words(MARGIN + 12, top, name, size, colour, staff.measure, bold=size > LETTERS)


def _words(
    left: float, top: float, text: str, size: int, colour: str, measure: Measure, bold: bool = False
) -> Words:
    lines = chosen(Label(left, text, colour), size, WIDTH - MARGIN - left, 1, measure)
    width = max((measure(line, size) for line in lines), default=0.0)
    return Words(Box(left, top, left + width, top + size * LEADING), lines, size, colour, bold)


def _seconds(moment: int) -> str:
    return f"{moment / LISTENING_RATE:.0f} s"
