"""A conversation's time, cut into the rows of a picture. Pure; moments in samples at 16 kHz."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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


def balanced(spans: Sequence[Span], longest: int) -> list[Row]:
    """Rows of at most `longest` samples that hold all `spans`: few, and of similar lengths."""
    fewest = len(rows(spans, longest))
    # No span that can stay whole is cut for the sake of balance.
    whole = [end - start + 2 * MARGIN for start, end in spans if end - start + 2 * MARGIN < longest]
    lengths = range(max(whole, default=longest // 2), longest, samples_of(250))
    return next(
        (tried for length in lengths if len(tried := rows(spans, length)) == fewest),
        rows(spans, longest),
    )


def rows(spans: Sequence[Span], longest: int) -> list[Row]:
    """Rows of at most `longest` samples that hold all `spans` (ascending, apart).

    They are cut in the silence between two spans where that is possible.
    """
    done: list[Row] = []
    for n, (start, _) in enumerate(spans):
        first, last = _with_margins(spans, n)
        near = n > 0 and start - spans[n - 1][1] <= PAUSE
        if near and last - done[-1].start <= longest:
            done[-1] = Row(done[-1].start, last)
            continue
        while last - first > longest:
            done.append(Row(first, first + longest))
            first += longest
        done.append(Row(first, last))
    return done


def _with_margins(spans: Sequence[Span], n: int) -> Span:
    """Span `n` with some of the silence around it; neighbours share what is between them."""
    start, end = spans[n]
    before = start - spans[n - 1][1] if n else 2 * start
    after = spans[n + 1][0] - end if n + 1 < len(spans) else 2 * MARGIN
    return start - min(MARGIN, before // 2), end + min(MARGIN, after // 2)
