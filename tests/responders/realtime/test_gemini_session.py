"""What only Gemini Live has: nothing is taken back, but a session can be taken up again."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple
from typing import Any, cast

import numpy as np
import pytest
from google.genai.live import AsyncSession
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosedError

from edgevoice.config import Config
from edgevoice.dialog.history import Message
from edgevoice.errors import ConfigError
from edgevoice.responders.realtime import building
from edgevoice.responders.realtime.building import load_line
from edgevoice.responders.realtime.gemini_session import (
    GOOGLE,
    GeminiSession,
    GeminiSettings,
    client_of,
)
from edgevoice.responders.realtime.guard import CONSENT
from edgevoice.responders.realtime.scripted import Memory
from edgevoice.responders.realtime.session import (
    CloudError,
    Done,
    Event,
    Expiring,
    Fault,
    Interrupted,
    RealtimeSession,
    Resumable,
    SoundPiece,
    Usage,
)
from tests.responders.realtime.flavours import GeminiFlavour
from tests.responders.realtime.gemini_server import EXHAUSTED, PATH, GeminiServer
from tests.responders.realtime.openai_server import Answer
from tests.responders.realtime.proxy import Proxy
from tests.responders.realtime.test_faults import talking
from tests.responders.realtime.test_session_contract import (
    SYSTEM,
    VOICE,
    one_reply,
    real_time,
    refused,
    text_of,
)

PAST = [SYSTEM, Message("user", "Hi."), Message("assistant", "Yes?")]


async def events_of(session: RealtimeSession, number: int) -> list[Event]:
    events: list[Event] = []
    async for event in session.events():
        events.append(event)
        if len(events) == number:
            break
    return events


@asynccontextmanager
async def connected(
    gemini: GeminiFlavour, server: GeminiServer, past: list[Message], handle: str = ""
) -> AsyncIterator[RealtimeSession]:
    session = gemini.sessions(server.port)()
    await session.connect(past, handle)
    try:
        yield session
    finally:
        await session.close()


def test_what_is_sent(gemini: GeminiFlavour) -> None:
    async def talk() -> GeminiServer:
        async with gemini.server().running() as server, connected(gemini, server, PAST) as session:
            await session.send_audio(VOICE)
            await session.ask()
            await one_reply(session)
            await session.ask("And now?")
            await one_reply(session)
        return server

    server = real_time(talk())
    assert server.path == PATH, "no key in it"
    assert {key: value for key, value in server.headers.items() if key.startswith("x-")} == {
        "x-goog-api-key": "key",
        "x-goog-api-client": server.headers["user-agent"],
    }
    assert server.setups == [
        {
            "model": "models/a-model",
            "generationConfig": {
                "responseModalities": ["AUDIO"],
                "maxOutputTokens": 1024,
                "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}},
            },
            "systemInstruction": {"parts": [{"text": "Be kind."}], "role": "user"},
            "outputAudioTranscription": {},
            "realtimeInputConfig": {
                "automaticActivityDetection": {"disabled": True},
                "activityHandling": "NO_INTERRUPTION",
            },
            "historyConfig": {"initialHistoryInClientContent": True},
            "sessionResumption": {},
        }
    ]
    start, end = "activityStart", "activityEnd"
    assert server.kinds() == ["turns", start, end, start, "text", end]


def test_usage_is_told_by_kind(gemini: GeminiFlavour) -> None:
    async def talk() -> list[Event]:
        async with gemini.server().running() as server, connected(gemini, server, PAST) as session:
            await session.ask("Well?")
            reply = await one_reply(session)
            return [*reply, *await events_of(session, 2)]

    events = real_time(talk())
    assert events[-3:] == [Done(), Usage(50, 25, 20, 5, 15, 10), Resumable("handle-1-1")]


def test_who_asks_before_the_turn_is_complete_gets_their_own_answer(gemini: GeminiFlavour) -> None:
    async def talk() -> list[str]:
        server = gemini.server([Answer("Three."), Answer("Four.")])
        server.lags_s, server.late = 0.1, " Too late."
        async with server.running(), connected(gemini, server, PAST) as session:
            texts = []
            for _ in range(2):
                await session.ask("Well?")
                texts.append(text_of(await one_reply(session)))
            return texts

    assert real_time(talk()) == ["Three.", "Four."]


def test_a_session_is_taken_up_again(gemini: GeminiFlavour) -> None:
    async def talk() -> tuple[GeminiServer, str]:
        async with (
            gemini.server().running() as server,
            connected(gemini, server, PAST, "handle-9") as session,
        ):
            await session.ask("Well?")
            return server, text_of(await one_reply(session))

    server, text = real_time(talk())
    assert text == "Hello there."
    assert server.setups[0]["sessionResumption"] == {"handle": "handle-9"}
    assert server.kinds() == ["activityStart", "text", "activityEnd"], "nothing is told twice"


def test_a_session_that_was_forgotten_is_told_anew(gemini: GeminiFlavour) -> None:
    async def talk() -> GeminiServer:
        server = gemini.server()
        server.remembers = False
        async with server.running(), connected(gemini, server, PAST, "handle-9") as session:
            await session.ask("Well?")
            await one_reply(session)
        return server

    server = real_time(talk())
    assert [each["sessionResumption"] for each in server.setups] == [{"handle": "handle-9"}, {}]
    assert server.said() == [("user", "Hi."), ("assistant", "Yes?"), ("user", "Well?")]


@pytest.mark.parametrize(
    ("refusal", "fault"),
    [
        ((1007, "API key not valid. Please pass a valid API key."), Fault.REFUSED),
        ((1008, "models/a-model is not found for API version v1beta"), Fault.REFUSED),
        ((1011, EXHAUSTED), Fault.RATE_LIMITED),
        ((1011, "Internal error encountered."), Fault.BUSY),
    ],
)
@pytest.mark.parametrize("handle", ["", "handle-9"])
def test_a_refused_set_up_tells_why(
    gemini: GeminiFlavour, refusal: tuple[int, str], fault: Fault, handle: str
) -> None:
    async def talk() -> Fault:
        server = gemini.server()
        server.refusal = refusal
        async with server.running():
            return await refused(gemini.sessions(server.port)(), handle)

    assert real_time(talk()) is fault


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ('{"goAway": {"timeLeft": "9.5s"}}', Expiring(9.5)),
        ('{"goAway": {}}', Expiring(0)),
        ('{"sessionResumptionUpdate": {"newHandle": "h", "resumable": true}}', Resumable("h")),
        ('{"sessionResumptionUpdate": {"resumable": false}}', Resumable("")),
        ('{"sessionResumptionUpdate": {"newHandle": "h", "resumable": false}}', Resumable("")),
        (
            '{"usageMetadata": {"promptTokenCount": 9, "responseTokenCount": 5}}',
            Usage(9, audio_out=5),
        ),
    ],
)
def test_what_comes_unasked(gemini: GeminiFlavour, message: str, event: Event) -> None:
    async def talk() -> list[Event]:
        server = gemini.server()
        server.at_once = message
        async with server.running(), connected(gemini, server, [SYSTEM]) as session:
            return await events_of(session, 1)

    assert real_time(talk()) == [event]


@pytest.mark.parametrize(
    "message",
    [
        '{"goAway": {"timeLeft": "soon"}}',
        '{"usageMetadata": {"promptTokenCount": "x"}}',
        '{"error": {"code": 500}}',
        '{"serverContent": {"modelTurn": {"parts": [{"inlineData": {"data": "AA=="}}]}}}',
    ],
)
def test_what_comes_unasked_and_is_nonsense(gemini: GeminiFlavour, message: str) -> None:
    async def talk() -> None:
        server = gemini.server()
        server.at_once = message
        async with server.running(), connected(gemini, server, [SYSTEM]) as session:
            await session.ask("Well?")
            await events_of(session, 9)

    with pytest.raises(CloudError) as error:
        real_time(talk())
    assert error.value.fault is Fault.GARBLED


def test_what_cannot_be_taken_back_is_refused(gemini: GeminiFlavour) -> None:
    session = gemini.sessions(9)()
    assert not session.amendable
    for change in (session.add(PAST), session.clear_audio(), session.truncate(100)):
        with pytest.raises(CloudError):
            asyncio.run(change)


def test_nothing_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "GOOGLE_API_KEY": "other",
        "GEMINI_API_KEY": "other",
        "GOOGLE_GENAI_USE_VERTEXAI": "true",
        "GOOGLE_GENAI_USE_ENTERPRISE": "true",
        "GOOGLE_GENAI_API_VERSION": "v9",
        "GOOGLE_GEMINI_BASE_URL": "https://other.example",
        "GOOGLE_GENAI_CLIENT_MODE": "record",
        "GOOGLE_CLOUD_PROJECT": "other",
    }.items():
        monkeypatch.setenv(name, value)
    client = client_of(GeminiSettings("key", "a-model"))._api_client
    options = client._http_options
    assert type(client).__name__ == "BaseApiClient", "the other would write down everything"
    assert (client.api_key, client.vertexai) == ("key", False)
    assert (options.base_url, options.api_version) == (GOOGLE, "v1beta")
    assert client._websocket_base_url() == GOOGLE.replace("https", "wss")


# --- whatever comes

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each),
    max_leaves=6,
)


def holding(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A message with some of these fields, or with none."""
    optional = {name: value | anything for name, value in fields.items()}
    return st.fixed_dictionaries({}, optional=optional)


counts = st.lists(
    holding(modality=st.sampled_from(["AUDIO", "TEXT", "SMELL"]), tokenCount=st.integers()),
    max_size=3,
)
parts = holding(inlineData=holding(data=st.text(max_size=8) | st.just("AAAA")), text=st.text())
messages = holding(
    serverContent=holding(
        modelTurn=holding(parts=st.lists(parts, max_size=2)),
        outputTranscription=holding(text=st.text(max_size=8)),
        generationComplete=st.booleans(),
        turnComplete=st.booleans(),
        interrupted=st.booleans(),
        whatComesNextYear=anything,
    ),
    usageMetadata=holding(
        promptTokenCount=st.integers(),
        promptTokensDetails=counts,
        responseTokensDetails=counts,
        cacheTokensDetails=counts,
        thoughtsTokenCount=st.integers(),
    ),
    goAway=holding(timeLeft=st.text(max_size=8) | st.sampled_from(["5s", "1e999s", "-1s", "nans"])),
    sessionResumptionUpdate=holding(newHandle=st.text(max_size=4), resumable=st.booleans()),
    toolCall=anything,
    error=holding(code=st.integers(), message=st.text()),
    code=st.integers() | st.sampled_from([429, 500]),
)
CLIENT = client_of(GeminiSettings("key", "a-model", base_url="https://127.0.0.1:9"))


class Sent:
    """A connection on which all has come already."""

    def __init__(self, messages: list[Any]) -> None:
        self._messages = messages

    async def recv(self, decode: bool | None = None) -> bytes:
        if not self._messages:
            raise ConnectionClosedError(None, None)
        return json.dumps(self._messages.pop(0)).encode()


@pytest.mark.filterwarnings("ignore:.*is not a valid:UserWarning")  # as client_of does
@given(st.lists(messages, min_size=1, max_size=6))
def test_whatever_a_service_sends_is_understood_or_ends_it(sent: list[Any]) -> None:
    session = GeminiSession(GeminiSettings("key", "a-model"), CLIENT)
    session._live = AsyncSession(CLIENT._api_client, cast(Any, Sent(sent)))
    session._wanted = True
    understood: list[Event] = []

    async def talk() -> None:
        nonlocal understood
        async for event in session.events():
            understood += [event]  # what came before it ends

    with pytest.raises(CloudError):
        asyncio.run(talk())
    for each in understood:
        match each:
            case Usage():
                assert all(type(tokens) is int and tokens >= 0 for tokens in astuple(each))
            case SoundPiece(pcm=pcm):
                assert pcm.dtype == np.int16
            case Expiring(left_s=left_s):
                assert 0 <= left_s < float("inf")
    ends = [place for place, each in enumerate(understood) if isinstance(each, Done | Interrupted)]
    said = [place for place, each in enumerate(understood) if isinstance(each, SoundPiece)]
    assert len(ends) <= 1
    assert all(place < end for place in said for end in ends)


# --- in a conversation


def test_after_a_break_the_conversation_goes_on_where_it_was(gemini: GeminiFlavour) -> None:
    async def main() -> GeminiServer:
        answers = [Answer("Hello."), Answer("It is late.")]
        async with (
            gemini.server(answers).running() as server,
            Proxy(server.port).running() as proxy,
            talking(gemini.sessions(proxy.port)) as talk,
        ):
            assert await talk.turn("Hello.") == "Hello."
            await asyncio.sleep(0.05)  # the handle is on its way
            proxy.reset()
            await asyncio.sleep(0.05)
            while talk.fault():
                await asyncio.sleep(0.05)
            assert await talk.turn("What time is it?") == "It is late."
        return server

    server = real_time(main())
    assert not server.errors
    assert server.setups[1]["sessionResumption"] == {"handle": "handle-1-1"}
    assert server.said() == [("user", "Hello."), ("user", "What time is it?")]


def test_after_a_turn_without_it_the_service_is_told_all_anew(gemini: GeminiFlavour) -> None:
    async def main() -> GeminiServer:
        answers = [Answer("Hello."), Answer("It is late.")]
        async with (
            gemini.server(answers).running() as server,
            talking(gemini.sessions(server.port)) as talk,
        ):
            assert await talk.turn("Hello.") == "Hello."
            talk.both.messages += [Message("user", "Two?"), Message("assistant", "Two.")]
            assert await talk.turn("What time is it?") == "It is late."
        return server

    server = real_time(main())
    assert not server.errors
    assert server.setups[1]["sessionResumption"] == {}
    past = [("user", "Hello."), ("assistant", "Hello."), ("user", "Two?"), ("assistant", "Two.")]
    assert server.said()[1:] == [*past, ("user", "What time is it?")]


# --- by the settings


def settings(**cloud: object) -> Config:
    allowed = {
        "enabled": True,
        "consent": CONSENT,
        "engine": "gemini",
        "model": "a-model",
        "prices": {"text_in": 0.5, "audio_out": 12},
    }
    return Config.model_validate({"privacy": {"network": "open"}, "cloud": {**allowed, **cloud}})


def nothing(**details: str | int) -> None:
    pass


def test_the_package_speaks_https_only() -> None:
    with pytest.raises(ConfigError, match=r"which cloud\.engine gemini cannot use.*https://"):
        load_line(settings(base_url="http://127.0.0.1:9"), Memory(), nothing)


def test_the_package_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.genai", None)
    monkeypatch.setattr(building, "find_spec", lambda name: None if "genai" in name else name)
    with pytest.raises(ConfigError, match=r"google\.genai.*edgevoice\[gemini\]"):
        load_line(settings(base_url="https://127.0.0.1:9"), Memory(), nothing)


def test_google_wants_a_key() -> None:
    with pytest.raises(ConfigError, match=r"cloud\.api_key_file is empty"):
        load_line(settings(), Memory(), nothing)
