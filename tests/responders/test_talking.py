"""Whole conversations in which a service on the internet answers."""

from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.config import ReplyConfig
from edgevoice.dialog.events import TurnFailed
from edgevoice.dialog.fallback import Health, When
from edgevoice.engines.base import Transcript
from edgevoice.errors import EngineError
from edgevoice.report import Journal
from edgevoice.responders.base import Responder, Speech
from edgevoice.responders.fallback import (
    FallbackResponder,
    FallbackSettings,
    PardonResponder,
    Switch,
)
from edgevoice.responders.realtime.responder import RealtimeResponder
from edgevoice.responders.realtime.scripted import MS, Reply, spoken
from edgevoice.responders.realtime.session import Fault, SoundPiece, TextPiece
from edgevoice.transports.caller import Cue, Line
from tests.responders.realtime.scripted import Service
from tests.talk import Talk, clip

RATE = 16_000
NOTICE = Speech(AudioChunk(np.full(samples_of(500, RATE), 33, np.int16), RATE), "I ask a service. ")


class CloudTalk(Talk):
    """A conversation with two that can answer."""

    def __init__(
        self,
        when: When,
        lines: list[Line],
        transcripts: list[str | Transcript | Exception],
        *,
        ours: list[str | Exception] | None = None,
        theirs: list[Reply] | None = None,
        noticed: bool = True,
        **settings: Any,
    ) -> None:
        self.service = Service(theirs or [])
        self.service.line.noticed = noticed
        settings_of = FallbackSettings(when, ["ask the cloud"], 0.9, NOTICE, NOTICE)
        self.switch = Switch(self.service.line, settings_of, Health(3_000, 60))
        super().__init__(
            lines,
            transcripts,
            ours or [],
            beside=self._beside,
            observers=[self.switch],
            hang_up=self.service.line.close,
            **settings,
        )

    def _beside(
        self, local: Responder, pardon: Responder, journal: Journal
    ) -> tuple[Responder, Responder]:
        cloud = RealtimeResponder(self.service.line, RATE, journal)
        return (
            FallbackResponder(local, cloud, self.switch),
            PardonResponder(pardon, cloud, self.switch),
        )


def test_a_conversation_with_a_service_is_remembered_as_any_other() -> None:
    talk = CloudTalk(
        When.ALWAYS,
        [Line(clip(400), "hello"), Line(clip(600), "who is anna")],
        ["hello", "who is Anna"],
        theirs=[spoken("Hello there."), spoken("A friend of yours.")],
        noticed=False,
    )
    talk.hold()
    assert talk.said == [
        ("user", "hello"),
        ("assistant", "I ask a service. Hello there."),
        ("user", "who is Anna"),
        ("assistant", "A friend of yours."),
    ]
    first, second = talk.service.calls
    assert first == "ask: hello", "the voice stays here until the person knows"
    heard_ms = int(second.removeprefix("ask ").removesuffix(" ms"))
    assert 600 <= heard_ms <= 600 + 300 + 600, "voice, padding, and the silence at its end"
    assert len(talk.service.sessions) == 1
    assert [turn.failed for turn in talk.turns] == ["", ""]
    assert all(turn.first_sound is not None for turn in talk.turns)


def test_an_interrupted_service_knows_what_was_heard() -> None:
    story = "One two three four five six seven eight nine ten. " * 8
    talk = CloudTalk(
        When.ALWAYS,
        [Line(clip(400), "story"), Line(clip(900), "enough", Cue.REPLY_STARTED, 2_000)],
        ["tell me a story", "that is enough now"],
        theirs=[spoken(story.strip(), 20_000, 200, 0.05), spoken("All right.")],
    )
    talk.hold()
    _, (_, heard), _, last = talk.said
    assert story.startswith(heard) and 20 <= len(heard) <= 60
    assert last == ("assistant", "All right.")
    stop, truncate, ask = talk.service.calls[1:]
    assert stop == "stop" and ask.startswith("ask ") and ask.endswith(" ms")
    truncated = int(truncate.removeprefix("truncate "))
    assert 2_000 <= truncated <= 3_000
    assert len(talk.service.sessions) == 1, "it knows what we remember: nothing is to be told anew"


def test_drafts_cost_nothing() -> None:
    talk = CloudTalk(
        When.ALWAYS,
        [Line(clip(1_200, pause_at_ms=400, pause_ms=300), "well hello")],
        ["well", "well hello"],
        theirs=[spoken("Hello there.")],
        reply=ReplyConfig(drafts=3, cue_after_ms=0),
    )
    talk.hold()
    assert talk.turns[0].drafts_dropped == 1
    assert len(talk.service.calls) == 1


def test_the_service_helps_out_and_nobody_hears_of_it() -> None:
    talk = CloudTalk(
        When.ON_FAILURE,
        [Line(clip(400), "a"), Line(clip(400), "b")],
        ["hello", "and now"],
        ours=[EngineError("the model failed", "Ask again."), "I am back."],
        theirs=[spoken("Hello there.")],
    )
    talk.hold()
    assert [text for role, text in talk.said if role == "assistant"] == [
        "Hello there.",
        "I am back.",
    ]
    assert not any(isinstance(event, TurnFailed) for event in talk.log)


def test_a_service_that_breaks_midway_is_excused() -> None:
    half: Reply = [0.1, TextPiece("Once upon "), SoundPiece(np.ones(400 * MS, np.int16)), 0.5]
    talk = CloudTalk(
        When.ALWAYS,
        [Line(clip(400), "a"), Line(clip(400), "b")],
        ["tell me a story", "what happened"],
        ours=["The line broke."],
        theirs=[[*half, Fault.LOST]],
    )
    talk.hold()
    assert talk.turns[0].failed == "CloudError"
    assert talk.said[1][1].endswith("Sorry, that failed.")
    assert talk.said[3][1] == "The line broke."


def test_whoever_is_not_understood_is_heard_by_the_service_in_the_end() -> None:
    mumbled = Transcript("mm", -9.0)
    talk = CloudTalk(
        When.ON_FAILURE,
        [Line(clip(400), None) for _ in range(3)],
        [mumbled] * 3,
        theirs=[spoken("You want to know the time.")],
        noticed=False,
    )
    talk.hold()
    assert [turn.agent for turn in talk.turns] == [
        "Pardon?",
        "Pardon? I ask a service.",
        "You want to know the time.",
    ]


@pytest.mark.parametrize("when", When)
def test_forgetting_reaches_the_service(when: When) -> None:
    talk = CloudTalk(
        when,
        [Line(clip(400), "a"), Line(clip(400), "b"), Line(clip(400), "c")],
        ["ask the cloud who I am", "forget that", "ask the cloud who I am"],
        theirs=[spoken("You are Anna."), spoken("I do not know.")],
        noticed=False,
    )
    talk.hold()
    first, second = talk.service.sessions
    assert first.closed and second.opening == [("system", "You only talk.")]
    assert talk.said[-1] == ("assistant", "I ask a service. I do not know.")
