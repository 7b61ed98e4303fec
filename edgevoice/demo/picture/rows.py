"""A conversation's time, cut into the rows of a picture. Pure; moments in samples at 16 kHz."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from edgevoice.audio.chunk import samples_of
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Sounded, Spoken

MARGIN = samples_of(400)
"""Silence that a row shows before its first sound and after its last."""

PAUSE = samples_of(4000)
"""A silence longer than this is not drawn: the next row begins after it."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """The time from `start` up to `end`."""

    start: int
    end: int


def sound_end(piece: Sounded) -> int:
    """The moment after the last sample of `piece`."""
    return piece.start + round(len(piece.pcm) * 16_000 / max(1, piece.rate))


def busy(
    turns: Iterable[TurnReport], spoken: Iterable[Spoken], sounded: Iterable[Sounded]
) -> list[Span]:
    """When something happens: ascending spans that do not touch.

    A spoken line counts unless it takes part in a turn: a recording may hold many turns, and the
    silences between them are as good a place to cut as others.
    """
    spans = [(turn.speech_start, turn_end(turn)) for turn in turns]
    told = joined(spans)
    spans += [
        (line.start, line.end)
        for line in spoken
        if not any(start < line.end and line.start < end for start, end in told)
    ]
    return joined(spans + [(piece.start, sound_end(piece)) for piece in sounded])


def turn_end(turn: TurnReport) -> int:
    """The last moment of which `turn` tells."""
    moments = (turn.speech_end, turn.endpoint, turn.transcript, turn.reply_start, turn.reply_end)
    return max(moment for moment in moments if moment is not None)


def joined(spans: Iterable[Span]) -> list[Span]:
    """`spans` in order, those that touch made one; empty ones and those before 0 are dropped."""
    result: list[Span] = []
    for start, end in sorted((max(0, start), end) for start, end in spans):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def rows_of(spans: Sequence[Span], longest: int) -> list[Row]:
    """Rows of at most `longest` samples that hold all `spans` (ascending, apart).

    As few as possible, and then of lengths as similar as possible. They are cut in the silence
    between two spans; only a span that is longer than a row is cut itself.
    """
    padded = [_with_margins(spans, n) for n in range(len(spans))]
    # The best way to draw the first n spans: (rows, sum of squared lengths, first of the last row)
    best = [(0, 0, 0)]
    for end in range(1, len(spans) + 1):
        ways = []
        for begin in range(end - 1, -1, -1):
            length = padded[end - 1][1] - padded[begin][0]
            together = begin < end - 1
            if together and (length > longest or spans[begin + 1][0] - spans[begin][1] > PAUSE):
                break
            count, squares, _ = best[begin]
            needed = -(-length // longest)
            ways.append((count + needed, squares + length**2 // needed, begin))
        best.append(min(ways))
    done: list[Row] = []
    end = len(spans)
    while end:
        begin = best[end][2]
        done[:0] = _pieces(padded[begin][0], padded[end - 1][1], longest)
        end = begin
    return done


def _pieces(start: int, end: int, longest: int) -> list[Row]:
    """The time from `start` to `end` in equal rows."""
    count = -(-(end - start) // longest)
    edges = [start + (end - start) * n // count for n in range(count + 1)]
    return [Row(first, last) for first, last in pairwise(edges)]


def _with_margins(spans: Sequence[Span], n: int) -> Span:
    """Span `n` with some of the silence around it; neighbours share what is between them."""
    start, end = spans[n]
    before = start - spans[n - 1][1] if n else 2 * start
    after = spans[n + 1][0] - end if n + 1 < len(spans) else 2 * MARGIN
    return start - min(MARGIN, before // 2), end + min(MARGIN, after // 2)
