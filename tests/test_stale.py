"""A sound card that is unplugged in the middle of a conversation, on a virtual clock."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk
from edgevoice.dialog.absence import STALE_S
from edgevoice.transports.caller import Caller, Cue, Line, Sounded
from tests.talk import Talk, clip

REPLY = "The first result of your test is here, and it says that you should come in again soon."


class Cable(Caller):
    """The card is away from second `off_s` to second `on_s`: fillers come, and nothing sounds."""

    off_s = on_s = 0.0

    def _away(self, at: int) -> bool:
        return self.off_s <= at / LISTENING_RATE < self.on_s

    def _sound(self, at: int) -> Sounded | None:
        return None if self._away(at) else super()._sound(at)

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        async for chunk in super().chunks():
            if self._away(chunk.start):
                self.dropped += len(chunk.pcm)
                yield AudioChunk(np.zeros_like(chunk.pcm), chunk.rate, chunk.start)
            else:
                yield chunk


@dataclass
class Unplugged(Talk):
    off_s: float = 0
    on_s: float = 0

    def make_caller(self) -> Caller:
        caller = Cable(self.lines, patience_s=self.patience_s)
        caller.off_s, caller.on_s = self.off_s, self.on_s
        return caller


def sounds_after(talk: Talk, second: float) -> bool:
    return any(piece.start >= second * LISTENING_RATE for piece in talk.caller.sounded)


def talk(off_s: float, away_s: float, **options: object) -> Talk:
    stays = Line(np.zeros(320, np.int16), None, Cue.LINE_ENDED, 30_000)
    lines = [Line(clip(800), None, Cue.REPLY_ENDED, 600), stays]
    return Unplugged(
        lines,
        ["what does it say"],
        [REPLY],
        off_s=off_s,
        on_s=off_s + away_s,
        patience_s=30,
        **options,  # type: ignore[arg-type]
    )


WHILE_IT_SPEAKS_S = 3.0


def test_a_reply_that_is_cut_off_for_a_moment_goes_on() -> None:
    held = talk(WHILE_IT_SPEAKS_S, STALE_S - 2).hold()
    assert sounds_after(held, WHILE_IT_SPEAKS_S + STALE_S - 2)
    assert held.said == [("user", "what does it say"), ("assistant", REPLY)]


def test_the_rest_of_a_stale_reply_is_not_heard_and_not_remembered() -> None:
    held = talk(WHILE_IT_SPEAKS_S, STALE_S + 2).hold()
    (turn,) = held.turns
    assert turn.interrupted
    assert not sounds_after(held, WHILE_IT_SPEAKS_S)
    heard = turn.heard
    assert heard and REPLY.startswith(heard.strip()) and len(heard) < len(REPLY) - 20
    assert held.said == [("user", "what does it say"), ("assistant", heard)]


@pytest.mark.parametrize("off_s", [x / 10 for x in range(1, 40, 4)])
def test_whatever_was_going_on_nothing_is_said_to_whoever_is_there_then(off_s: float) -> None:
    held = talk(off_s, STALE_S + 2, all_used=False).hold()
    assert not sounds_after(held, off_s)


def test_afterwards_the_conversation_goes_on() -> None:
    lines = [
        Line(clip(800), None, Cue.REPLY_ENDED, 600),
        Line(clip(800), None, Cue.LINE_ENDED, 25_000),
    ]
    held = Unplugged(
        lines,
        ["what does it say", "and now"],
        [REPLY, "All is well."],
        off_s=WHILE_IT_SPEAKS_S,
        on_s=WHILE_IT_SPEAKS_S + STALE_S + 2,
        patience_s=60,
    ).hold()
    assert held.said[-2:] == [("user", "and now"), ("assistant", "All is well.")]
    assert len(held.said) == 4


def test_a_stale_conversation_can_be_forgotten_although_its_reply_was_never_heard() -> None:
    """While a reply waits to be heard nothing is forgotten: so it must not wait for ever."""
    held = talk(WHILE_IT_SPEAKS_S, 25, forget_after_s=5).hold()
    assert held.said == []
