"""What only OpenAI's Realtime API has, by the real package against a service on this machine."""

import asyncio
import json
from dataclasses import astuple
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.resources.realtime.realtime import AsyncRealtimeConnection

from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.openai_session import OpenAISession, OpenAISettings
from edgevoice.responders.realtime.session import (
    CloudError,
    Done,
    Event,
    Fault,
    SoundPiece,
    TextPiece,
    Usage,
)
from tests.responders.realtime.openai_server import Answer, OpenAIServer
from tests.responders.realtime.test_session_contract import (
    SYSTEM,
    VOICE,
    one_reply,
    real_time,
    text_of,
)


def session_at(url: str) -> OpenAISession:
    return OpenAISession(OpenAISettings("key", "a-model", "marin", url))


def ms_of(events: list[Event]) -> float:
    return sum(len(event.pcm) for event in events if isinstance(event, SoundPiece)) / 24


def test_a_voice_is_answered_by_a_voice() -> None:
    async def talk() -> tuple[OpenAIServer, list[Event]]:
        async with OpenAIServer([Answer("Hello there.", 400)]).running() as server:
            session = session_at(server.url)
            await session.connect([SYSTEM, Message("user", "Hi."), Message("assistant", "Yes?")])
            for start in range(0, len(VOICE), 320):
                await session.send_audio(VOICE[start : start + 320])
            await session.ask()
            events = await one_reply(session)
            await session.close()
            return server, events

    server, events = real_time(talk())
    assert not server.errors
    assert text_of(events) == "Hello there."
    assert ms_of(events) == 400
    assert events[-2:] == [Usage(50, 25, 20, 5, 10, 8), Done()]
    assert server.kinds() == [
        "session.update",
        "conversation.item.create",
        "conversation.item.create",
        "input_audio_buffer.commit",
        "response.create",
    ]
    assert server.said() == [("user", "Hi."), ("assistant", "Yes?")]
    assert server.seen[0]["session"]["instructions"] == "Be kind."
    assert server.heard_ms() == pytest.approx(1000, abs=1)
    assert server.headers["Authorization"] == "Bearer key"
    assert server.path == "/v1/realtime?model=a-model"


def test_words_are_asked_in_the_place_of_a_voice() -> None:
    async def talk() -> OpenAIServer:
        async with OpenAIServer().running() as server:
            session = session_at(server.url)
            await session.connect([SYSTEM])
            await session.send_audio(VOICE[:8000])
            await session.ask("What time is it?")
            assert isinstance((await one_reply(session))[-1], Done)
            await session.close()
            return server

    server = real_time(talk())
    assert not server.errors
    assert server.said() == [("user", "What time is it?")]
    assert server.kinds()[1:] == [
        "input_audio_buffer.clear",
        "conversation.item.create",
        "response.create",
    ]


def test_an_interrupted_reply_is_cut_to_what_was_heard_and_nothing_of_it_comes_later() -> None:
    async def talk() -> tuple[OpenAIServer, list[Event]]:
        answers = [Answer("A long story.", 5_000, pace_s=0.01), Answer("Yes.", 200)]
        async with OpenAIServer(answers).running() as server:
            session = session_at(server.url)
            await session.connect([SYSTEM])
            await session.ask("Tell me a story.")
            async for event in session.events():
                if isinstance(event, SoundPiece):
                    break
            await session.stop()
            await session.truncate(42.9)
            await session.ask("Are you there?")
            events = await one_reply(session)
            await session.close()
            return server, events

    server, events = real_time(talk())
    assert not server.errors
    assert text_of(events) == "Yes."
    assert ms_of(events) == 200
    assert sum(isinstance(event, Usage) for event in events) == 2, "what was stopped has a price"
    truncate = next(each for each in server.seen if each["type"] == "conversation.item.truncate")
    assert (truncate["item_id"], truncate["audio_end_ms"]) == ("item_1", 42)


def test_a_reply_that_ended_while_we_stopped_it_is_no_fault() -> None:
    async def talk() -> tuple[OpenAIServer, list[Event]]:
        async with OpenAIServer([Answer("One.", 100), Answer("Two.", 100)]).running() as server:
            session = session_at(server.url)
            await session.connect([SYSTEM])
            await session.ask("First?")
            while not server.asked:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)  # the whole reply waits to be read
            await session.stop()
            await session.ask("Second?")
            events = await one_reply(session)
            await session.close()
            return server, events

    server, events = real_time(talk())
    assert server.errors == ["response_cancel_not_active"]
    assert text_of(events) == "Two."


KINDS = [
    "response.created",
    "response.output_audio.delta",
    "response.output_audio_transcript.delta",
    "response.done",
    "error",
    "rate_limits.updated",
    "conversation.item.added",
    "what.comes.next.year",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each),
    max_leaves=6,
)
counts = st.fixed_dictionaries(
    {},
    optional={
        "text_tokens": anything,
        "audio_tokens": anything,
        "cached_tokens_details": anything
        | st.fixed_dictionaries({"text_tokens": anything, "audio_tokens": anything}),
    },
)
responses = st.fixed_dictionaries(
    {},
    optional={
        "id": st.just("resp_1") | anything,
        "status": st.sampled_from(["completed", "failed", "cancelled", "incomplete"]) | anything,
        "metadata": st.just({"question": "1"}) | anything,
        "status_details": anything | st.fixed_dictionaries({"error": anything}),
        "usage": anything
        | st.fixed_dictionaries({"input_token_details": counts, "output_token_details": counts}),
    },
)
odd_events = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional={
        "response": responses | anything,
        "response_id": st.just("resp_1") | anything,
        "item_id": anything,
        "delta": st.text(max_size=8) | st.just("AAAA") | anything,
        "error": anything
        | st.fixed_dictionaries(
            {"type": anything, "code": anything, "event_id": anything, "message": st.text()}
        ),
    },
)


@given(st.lists(odd_events, max_size=6))
def test_whatever_a_service_sends_is_understood_or_garbled(sent: list[dict[str, Any]]) -> None:
    session = session_at("http://127.0.0.1:9")
    session._asked, session._wanted = 1, True
    for tree in sent:
        event = AsyncRealtimeConnection.parse_event(cast(Any, None), json.dumps(tree))
        try:
            understood = session._understood(event)
        except CloudError as error:
            assert error.fault is Fault.GARBLED
            continue
        for each in understood:
            match each:
                case Usage():
                    assert all(type(tokens) is int and tokens >= 0 for tokens in astuple(each)), (
                        "nobody gives tokens back"
                    )
                case TextPiece(text=text):
                    assert isinstance(text, str)
                case SoundPiece(pcm=pcm):
                    assert pcm.dtype == np.int16
