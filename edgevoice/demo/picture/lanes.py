"""What each lane of a row shows. Pure; moments in samples at 16 kHz."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from edgevoice.audio.chunk import milliseconds_of, samples_of
from edgevoice.demo.picture.labels import Label, share
from edgevoice.demo.picture.rows import sound_end
from edgevoice.demo.picture.shapes import (
    AGENT,
    AGENT_SOFT,
    BREAK,
    BREAK_SOFT,
    DECODE,
    GREY,
    INK,
    PERSON,
    PERSON_SOFT,
    THINK,
    TOKEN,
    UNSAID,
    WAIT,
    Fill,
    Hatch,
    Shape,
    Wave,
)
from edgevoice.demo.picture.staff import (
    AGENT_VOICE,
    HEARD,
    LEFT,
    LISTENING,
    PERSON_VOICE,
    RESPONSE,
    SAID,
    SPEAKING,
    THINKING,
    UNDERSTOOD,
    Lane,
    Staff,
)
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Sounded, Spoken

SAMPLES_PER_LETTER = samples_of(65)
"""How long a letter of what was never said might have taken: an unhurried voice."""

SLACK = samples_of(40)
"""How far a reply's first sound may lie before the moment that was noted for it."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """The person began at `began`, and it was silent at `silent`."""

    began: int
    silent: int


@dataclass(frozen=True, slots=True)
class Told:
    """A turn with what the tracks tell about it: when its last sound was heard, and why."""

    turn: TurnReport
    last_sound: int | None
    cut: Interruption | None


def told(
    turns: Sequence[TurnReport], spoken: Sequence[Spoken], sounded: Sequence[Sounded]
) -> list[Told]:
    """`turns`, each with its end as it was heard."""
    pieces = sorted(sounded, key=lambda piece: piece.start)
    following = [turn.speech_start for turn in turns[1:]]
    result = []
    for turn, next_start in zip_longest(turns, following):
        last = _last_sound(turn, pieces)
        result.append(Told(turn, last, _interruption(turn, last, next_start, spoken)))
    return result


def _last_sound(turn: TurnReport, pieces: Sequence[Sounded]) -> int | None:
    if turn.reply_start is None:
        return None
    first = bisect_left(pieces, turn.reply_start - SLACK, key=lambda piece: piece.start)
    end = len(pieces)
    if turn.reply_end is not None:
        end = bisect_left(pieces, turn.reply_end, key=lambda piece: piece.start)
    return max((sound_end(piece) for piece in pieces[first:end]), default=turn.reply_end)


def _interruption(
    turn: TurnReport, last_sound: int | None, next_start: int | None, spoken: Sequence[Spoken]
) -> Interruption | None:
    if not turn.interrupted or turn.reply_end is None:
        return None
    silent = turn.reply_end if last_sound is None else last_sound
    begun = [line.start for line in spoken if turn.speech_end <= line.start <= turn.reply_end]
    began = max(begun, default=silent if next_start is None else next_start)
    return Interruption(min(began, silent), silent)


def draw_lanes(staff: Staff, turns: Sequence[Told], spoken: Sequence[Spoken]) -> Iterator[Shape]:
    """All that a row shows."""
    for lane in (_cuts, _understood, _response, _listening, _thinking, _speaking):
        yield from lane(staff, turns)
    yield from _person(staff, spoken)
    yield from _agent(staff, turns)


def _person(staff: Staff, spoken: Sequence[Spoken]) -> Iterator[Shape]:
    row = staff.row
    box = staff.lane(PERSON_VOICE, LEFT, staff.right)
    yield Wave(box, "person", row.start, row.end, PERSON, PERSON_SOFT)
    labels = [
        Label(
            staff.x(line.start),
            share(line.line.text or "", line.start, line.end, row.start, row.end),
            PERSON,
        )
        for line in spoken
    ]
    yield from staff.labels(SAID, labels)


def _answers(turns: Sequence[Told]) -> Iterator[TurnReport]:
    """Those to which somebody has said something."""
    return (told.turn for told in turns if not told.turn.unasked)


def _understood(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    labels = []
    for turn in _answers(turns):
        before = ""
        for at, text in turn.partials:
            new, before = news(before, text), text
            if new and staff.shows(at):
                yield from staff.tick(UNDERSTOOD, at, UNSAID)
                labels.append(Label(staff.x(at) + 5, new, GREY))
        if staff.shows(turn.transcript):
            text, colour = (turn.user, INK) if turn.understood else (f"? {turn.user}", BREAK)
            yield from staff.tick(UNDERSTOOD, turn.transcript, colour, 2)
            labels.append(Label(staff.x(turn.transcript) + 7, text, colour))
    yield from staff.labels(UNDERSTOOD, labels)


def news(before: str, now: str) -> str:
    """The words of `now` from the first one that is not in its place in `before`."""
    old, new = before.split(), now.split()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return " ".join(new[same:])


def _response(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    labels, brackets = [], []
    for turn, cut in ((told.turn, told.cut) for told in turns):
        end = turn.reply_start
        start = end if turn.unasked and end is not None else turn.speech_end
        for box in staff.span(Lane(RESPONSE.middle - 1, RESPONSE.middle + 1), start, end):
            yield Fill(box, INK)
            brackets.append(box.left)
        if end is not None and turn.response_ms is not None:
            yield from staff.tick(Lane(RESPONSE.top + 3, RESPONSE.bottom - 3), start, INK, 2)
            yield from staff.tick(Lane(RESPONSE.top + 3, AGENT_VOICE.top), end, INK, 2)
            if staff.shows(end):
                text = f"{turn.response_ms:.0f} ms"
                labels.append(Label(staff.x(end) + 7, text, INK, bold=True, shorter=()))
        if cut and staff.shows(cut.silent):
            ms = f"{milliseconds_of(cut.silent - cut.began):.0f} ms"
            text, shorter = f"interrupted: silent after {ms}", (f"silent after {ms}", ms)
            left = staff.x(cut.silent) + 7
            labels.append(Label(left, text, BREAK, bold=True, shorter=shorter))
    yield from staff.labels(RESPONSE, labels, others=brackets)


def _listening(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    for turn in _answers(turns):
        for box in staff.span(LISTENING, turn.speech_end, turn.endpoint):
            yield Fill(box, WAIT)
        for box in staff.span(LISTENING, turn.soft_end or turn.endpoint, turn.transcript):
            yield Fill(box, DECODE)


def _thinking(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    for turn in _answers(turns):
        for box in staff.span(THINKING, turn.transcript, max(turn.tokens, default=None)):
            yield Fill(box, THINK)
        for moment in turn.tokens:
            yield from staff.tick(THINKING, moment, TOKEN, 1)


def _speaking(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    for turn in (told.turn for told in turns):
        for box in staff.span(SPEAKING, turn.first_clause, max(turn.sounds, default=None)):
            yield Fill(box, AGENT_SOFT)
        for moment in turn.sounds:
            yield from staff.tick(SPEAKING, moment, AGENT, 1)


def _agent(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    row = staff.row
    box = staff.lane(AGENT_VOICE, LEFT, staff.right)
    yield Wave(box, "agent", row.start, row.end, AGENT, AGENT_SOFT)
    starts = sorted(told.turn.reply_start or 0 for told in turns)
    labels = []
    for each in turns:
        heard, unsaid = each.turn.heard, each.turn.unsaid
        start, cut = each.turn.reply_start, each.cut
        if start is not None and each.last_sound is not None:
            text = share(heard, start, each.last_sound, row.start, row.end)
            labels.append(Label(staff.x(start), text, AGENT))
        if cut and staff.shows(cut.silent) and unsaid.strip():
            labels.append(Label(staff.x(cut.silent) + 6, unsaid, GREY, struck=True))
            next_start = next((at for at in starts if at > cut.silent), row.end)
            end = min(cut.silent + len(unsaid) * SAMPLES_PER_LETTER, next_start)
            yield from (Hatch(at, UNSAID) for at in staff.span(AGENT_VOICE, cut.silent, end))
    yield from staff.labels(HEARD, labels)


def _cuts(staff: Staff, turns: Sequence[Told]) -> Iterator[Shape]:
    whole = Lane(PERSON_VOICE.top, AGENT_VOICE.bottom)
    for cut in (told.cut for told in turns):
        if cut:
            yield from (Fill(box, BREAK_SOFT) for box in staff.span(whole, cut.began, cut.silent))
            yield from staff.tick(whole, cut.began, BREAK, 2)
            yield from staff.tick(whole, cut.silent, BREAK, 2)
