"""A reply that a service speaks, as a turn of ours."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, samples_of
from edgevoice.dialog.events import ClauseWritten, Event, Note, SoundMade
from edgevoice.dialog.history import Message
from edgevoice.report import Journal
from edgevoice.responders.base import Ending, Request, Speech
from edgevoice.responders.realtime.responder import LAST_PATIENCE_S, RealtimeResponder
from edgevoice.responders.realtime.scripted import MS, spoken
from edgevoice.responders.realtime.session import (
    CloudError,
    Done,
    Failed,
    Fault,
    Interrupted,
    SoundPiece,
    TextPiece,
)
from edgevoice.responders.realtime.session import (
    Event as CloudEvent,
)
from edgevoice.testing import run_virtual
from tests.responders.realtime.scripted import Service

RATE = 22_050
SYSTEM = Message("system", "Be kind.")


def request(words: str, *before: Message, certain: bool = True) -> Request:
    wanted = Request([SYSTEM, *before, Message("user", words)])
    if certain:
        wanted.certain.set()
    return wanted


async def reply_of(responder: RealtimeResponder, wanted: Request) -> list[Speech]:
    async with aclosing(responder.reply(wanted)) as speech:
        return [piece async for piece in speech]


def said(pieces: list[Speech]) -> tuple[str, int]:
    """The words, and how many milliseconds they last."""
    samples = sum(len(piece.chunk.pcm) for piece in pieces)
    return "".join(piece.text for piece in pieces), round(1000 * samples / RATE)


def hold(
    service: Service, talk: Callable[[RealtimeResponder], Coroutine[Any, Any, None]]
) -> list[Event | Note]:
    """`talk` to a responder of which the person knows; answers what was published."""
    published: list[Event | Note] = []

    async def main() -> None:
        service.line.noticed = True
        await talk(RealtimeResponder(service.line, RATE, Journal([published.append])))
        await service.line.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"

    run_virtual(main())
    return published


def test_a_reply_is_words_and_sound_at_the_rate_of_all_that_is_played() -> None:
    service = Service([spoken("Hello there. How are you?", 2_000)])

    async def talk(responder: RealtimeResponder) -> None:
        pieces = await reply_of(responder, request("Hello."))
        assert said(pieces) == ("Hello there. How are you?", 2_000)
        assert {piece.chunk.rate for piece in pieces} == {RATE}

    published = hold(service, talk)
    clauses = [each.text for each in published if isinstance(each, ClauseWritten)]
    assert clauses == ["Hello there. ", "How are you?"]
    assert sum(each.samples for each in published if isinstance(each, SoundMade)) == 2 * RATE


def test_nothing_is_asked_for_a_draft() -> None:
    service = Service([spoken("Hi.")])

    async def talk(responder: RealtimeResponder) -> None:
        wanted = request("Hello.", certain=False)
        drafting = asyncio.create_task(reply_of(responder, wanted))
        await asyncio.sleep(2)
        assert not service.sessions
        wanted.certain.set()
        assert said(await drafting)[0] == "Hi."
        dropped = asyncio.create_task(reply_of(responder, request("Hello?", certain=False)))
        await asyncio.sleep(2)
        dropped.cancel()
        await asyncio.gather(dropped, return_exceptions=True)

    hold(service, talk)
    assert service.calls == ["ask: Hello."]


def test_the_voice_is_asked_when_all_of_it_was_heard() -> None:
    service = Service([spoken("Hi.")])

    async def talk(responder: RealtimeResponder) -> None:
        await responder.prepare([SYSTEM, Message("user", "Hel")], threading.Event())
        responder.hear(AudioChunk(np.ones(samples_of(400), np.int16), LISTENING_RATE), True)
        await asyncio.sleep(0.1)
        responder.hear(AudioChunk(np.ones(samples_of(20), np.int16), LISTENING_RATE), False)
        await reply_of(responder, request("Hello."))

    hold(service, talk)
    assert service.calls == ["ask 420 ms"]


def test_words_that_were_said_to_somebody_else_in_vain_are_asked_as_words() -> None:
    service = Service([spoken("Hi.")])

    async def talk(responder: RealtimeResponder) -> None:
        await responder.prepare([SYSTEM], threading.Event())
        responder.missed("Can you")
        responder.hear(AudioChunk(np.ones(samples_of(400), np.int16), LISTENING_RATE), True)
        await reply_of(responder, request("Can you help me?"))

    hold(service, talk)
    assert service.calls == ["ask: Can you help me?"]


def test_what_was_heard_of_an_interrupted_reply_is_what_the_service_remembers() -> None:
    service = Service([spoken("One two three four five.", 5_000, 50, 0.05), spoken("Yes.")])

    async def talk(responder: RealtimeResponder) -> None:
        telling = asyncio.create_task(reply_of(responder, request("Count.")))
        await asyncio.sleep(1)
        telling.cancel()
        responder.ended(Ending("One two", 432.1, interrupted=True))  # at once, as a turn does
        await asyncio.gather(telling, return_exceptions=True)
        before = [Message("user", "Count."), Message("assistant", "One two")]
        assert said(await reply_of(responder, request("Enough?", *before)))[0] == "Yes."
        responder.ended(Ending("Yes.", 1_000.0, interrupted=False))

    hold(service, talk)
    assert service.calls == ["ask: Count.", "stop", "truncate 432", "ask: Enough?"]
    assert len(service.sessions) == 1


def test_a_reply_that_nobody_wants_ends_at_once() -> None:
    service = Service([spoken("A long story.", 60_000, 600)])

    async def talk(responder: RealtimeResponder) -> None:
        wanted = request("Tell me a story.")
        heard = 0
        async with aclosing(responder.reply(wanted)) as speech:
            async for piece in speech:
                heard += len(piece.chunk.pcm)
                if heard:
                    wanted.stop.set()
        assert heard <= samples_of(100, RATE)

    hold(service, talk)


TONE = SoundPiece(np.ones(100 * MS, np.int16))
TROUBLES: list[tuple[list[CloudEvent | float | Fault], Fault]] = [
    ([Failed(Fault.RATE_LIMITED)], Fault.RATE_LIMITED),
    ([TextPiece("Well"), Failed(Fault.BUSY)], Fault.BUSY),
    ([Fault.GARBLED], Fault.GARBLED),
    ([Interrupted()], Fault.REJECTED),
    ([TextPiece("Hello."), Done()], Fault.REJECTED),  # and no sound
    ([], Fault.STALLED),
    ([TextPiece("Hello. "), TONE, 1.0, Fault.LOST], Fault.LOST),
    ([TextPiece("Hello. "), TONE], Fault.STALLED),
]


@pytest.mark.parametrize(("reply", "fault"), TROUBLES)
def test_a_reply_that_fails_says_why(reply: list[CloudEvent | float | Fault], fault: Fault) -> None:
    service = Service([reply])

    async def talk(responder: RealtimeResponder) -> None:
        begun = asyncio.get_running_loop().time()
        with pytest.raises(CloudError) as error:
            await reply_of(responder, request("Hello."))
        assert error.value.fault is fault
        took = asyncio.get_running_loop().time() - begun
        assert took <= LAST_PATIENCE_S + 0.5
        if fault is Fault.STALLED:
            assert service.line.fault is Fault.STALLED, "it is left alone for a while"

    hold(service, talk)


def test_a_conversation_that_is_forgotten_is_forgotten_there() -> None:
    service = Service([spoken("Hi."), spoken("Hi.")])

    async def talk(responder: RealtimeResponder) -> None:
        await reply_of(responder, request("I am Anna."))
        await responder.forget()
        service.line.noticed = True
        await reply_of(responder, request("Who am I?"))

    hold(service, talk)
    assert service.sessions[1].opening == [("system", "You only talk.")]
