"""We and a service on the internet, and everything that fails: who answers, and what is heard.

What is right stands in tables; the order in which the two are asked is all that there is to know.
"""

import asyncio
from collections.abc import Iterator
from functools import partial

import numpy as np

from edgevoice.bench.skills.decisions import Case
from edgevoice.dialog.fallback import Ailment, Health, Side, Situation, When, who_answers
from edgevoice.dialog.history import Message
from edgevoice.report import Journal
from edgevoice.responders.base import Request, Speech
from edgevoice.responders.fallback import FallbackResponder, FallbackSettings, Switch
from edgevoice.responders.realtime.guard import Guard
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.meter import Budget, Prices
from edgevoice.responders.realtime.responder import RealtimeResponder
from edgevoice.responders.realtime.scripted import MS, Memory, Reply, ScriptedSession, spoken
from edgevoice.responders.realtime.session import (
    Done,
    Failed,
    Fault,
    Interrupted,
    SoundPiece,
    TextPiece,
)
from edgevoice.responders.scripted import (
    RATE,
    SILENCE,
    BrokenError,
    Piece,
    ScriptedResponder,
    heard_of,
    local_reply,
    sound,
)
from edgevoice.testing import run_virtual

ALWAYS, ON_FAILURE, ON_REQUEST = When
OURS, THEIRS = Side.LOCAL, Side.CLOUD

TABLE = [
    # when, asked for it, something is wrong with us → who answers while the service can
    (ALWAYS, False, False, (THEIRS, OURS)),
    (ALWAYS, False, True, (THEIRS, OURS)),
    (ALWAYS, True, False, (THEIRS, OURS)),
    (ALWAYS, True, True, (THEIRS, OURS)),
    (ON_FAILURE, False, False, (OURS, THEIRS)),
    (ON_FAILURE, False, True, (THEIRS, OURS)),
    (ON_FAILURE, True, False, (THEIRS, OURS)),
    (ON_FAILURE, True, True, (THEIRS, OURS)),
    (ON_REQUEST, False, False, (OURS,)),
    (ON_REQUEST, False, True, (OURS,)),
    (ON_REQUEST, True, False, (THEIRS, OURS)),
    (ON_REQUEST, True, True, (THEIRS, OURS)),
]

LOCAL: dict[str, list[Piece]] = {
    "well": local_reply(),
    "fails": [0.05, BrokenError()],
    "fails with a clause but no sound": [Speech(SILENCE, "Lo"), 0.05, BrokenError()],
    "fails midway": [0.05, Speech(SILENCE, "Local "), Speech(sound(300), ""), 0.05, BrokenError()],
}
"""What becomes of our own reply."""

HALF: Reply = [0.1, TextPiece("Cloud "), SoundPiece(np.ones(300 * MS, np.int16)), 0.1]
CLOUD: dict[str, tuple[list[float | Fault], Reply]] = {
    "well": ([], spoken("Cloud.")),
    "unreachable": ([Fault.UNREACHABLE], []),
    "refused": ([Fault.REFUSED], []),
    "does not connect": ([60.0], []),
    "rate limited": ([], [0.05, Failed(Fault.RATE_LIMITED)]),
    "breaks": ([], [0.05, Fault.LOST]),
    "garbled": ([], [0.05, Fault.GARBLED]),
    "stalls": ([], []),
    "words without sound": ([], [0.05, TextPiece("Cloud."), Done()]),
    "breaks off": ([], [0.05, Interrupted()]),
    "breaks midway": ([], [*HALF, Fault.LOST]),
    "stalls midway": ([], HALF),
}
"""What becomes of the service's: how it connects, and what it says."""

HEARD = {
    OURS: {"well": "Local.", "fails midway": "Local †"},
    THEIRS: {"well": "Cloud.", "breaks midway": "Cloud †", "stalls midway": "Cloud †"},
}
"""What is heard of each; of the others, nothing. † stands for our word of regret."""

ORDER = {ALWAYS: (THEIRS, OURS), ON_FAILURE: (OURS, THEIRS), ON_REQUEST: (OURS,)}
"""Who is asked until somebody is heard."""

SOON_S = 1.0
"""In which the other one must have taken over from the service."""
PATIENCE_S = 0.9


def wanted(when: When, ours: str, theirs: str) -> str:
    """What should be heard."""
    ways = {OURS: ours, THEIRS: theirs}
    heard = (HEARD[side].get(ways[side], "") for side in ORDER[when])
    return next(filter(None, heard), "†")


def side_cases() -> Iterator[Case]:
    """Every situation, and every reply of both that fails."""
    for situation, sides in _situations():
        name = ", ".join(f"{each}" for each in _named(situation))
        yield Case("who answers", name, _order(sides), partial(_decided, situation))
    for when in When:
        for ours in LOCAL:
            for theirs in CLOUD:
                name = f"{when}; ours: {ours}; the service: {theirs}"
                asked = when is ALWAYS or (when is ON_FAILURE and not HEARD[OURS].get(ours))
                expected = _told(wanted(when, ours, theirs), asked, late=False)
                reply = partial(_reply, when, ours, theirs)
                yield Case("a reply that fails", name, expected, reply)


def _situations() -> Iterator[tuple[Situation, tuple[Side, ...]]]:
    for when, requested, ailing, sides in TABLE:
        for ailment in Ailment if ailing else (None,):
            yield Situation(when, True, requested, ailment=ailment), sides
            yield Situation(when, False, requested, ailment=ailment), (OURS,)
    for when in When:
        for ailment in (None, *Ailment):  # what only we can do is ours, whatever is wrong
            yield Situation(when, True, kept=True, ailment=ailment), (OURS,)


def _named(now: Situation) -> Iterator[str]:
    yield now.when
    yield from (name for name in ("able", "requested", "kept") if getattr(now, name))
    yield now.ailment or "well"


def _order(sides: tuple[Side, ...]) -> str:
    return ", then ".join(sides)


def _decided(now: Situation) -> str:
    return _order(who_answers(now))


def _told(heard: str, asked: bool, *, late: bool) -> str:
    return f"{heard} ({'the service was asked' if asked else 'it stayed here'}{', late' * late})"


def _reply(when: When, ours: str, theirs: str) -> str:
    return run_virtual(_turn(when, ours, theirs))


async def _turn(when: When, ours: str, theirs: str) -> str:
    """What is heard of a reply where both do as their scripts say."""
    connects, said = CLOUD[theirs]
    sessions: list[ScriptedSession] = []
    replies, connections = iter([said]), iter(connects)

    def make() -> ScriptedSession:
        sessions.append(ScriptedSession(replies, next(connections, 0.05)))
        return sessions[-1]

    guard = Guard(Prices(), Budget(1.0, 600.0), Memory(), lambda **_: None, str, "")
    line = Line(make, guard, idle_s=120.0, luck=lambda: 1.0)
    line.noticed = True
    nothing = Speech(SILENCE, "")
    settings = FallbackSettings(when, [], PATIENCE_S, nothing, nothing)
    switch = Switch(line, settings, Health(latency_ms=1_000, rest_s=60))
    service = RealtimeResponder(line, RATE, Journal())
    responder = FallbackResponder(ScriptedResponder([LOCAL[ours]]), service, switch)
    request = Request([Message("system", "Be kind."), Message("user", "Hello.")])
    request.certain.set()
    loop = asyncio.get_running_loop()
    began = loop.time()
    heard = await heard_of(responder, request)
    took_over = when is ALWAYS and not HEARD[THEIRS].get(theirs)
    late = took_over and loop.time() - began > SOON_S
    await line.close()
    return _told(heard, bool(sessions), late=late)
