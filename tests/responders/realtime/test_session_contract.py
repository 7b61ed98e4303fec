"""The real packages against services on this machine: what every `RealtimeSession` promises."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Any, TypeVar

import numpy as np
import pytest

from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.session import (
    CloudError,
    Done,
    Event,
    Failed,
    Fault,
    Interrupted,
    RealtimeSession,
    SoundPiece,
    TextPiece,
    Usage,
)
from tests.responders.realtime.flavours import OPENAI_FAULTS, Flavour, Server
from tests.responders.realtime.openai_server import Answer, Trouble
from tests.responders.realtime.proxy import Proxy

T = TypeVar("T")
SYSTEM = Message("system", "Be kind.")
VOICE = (3000 * np.sin(np.arange(16_000) / 8)).astype(np.int16)


def real_time(main: Coroutine[Any, Any, T], limit_s: float = 10) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(limit_s):
            return await main

    return asyncio.run(bounded())


async def one_reply(session: RealtimeSession) -> list[Event]:
    """What comes, up to the end of a reply."""
    events = []
    async for event in session.events():
        events.append(event)
        if isinstance(event, Done | Failed | Interrupted):
            break
    return events


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextPiece))


def test_a_voice_is_answered_by_a_voice(flavour: Flavour) -> None:
    async def talk() -> tuple[Server, list[Event]]:
        async with flavour.server([Answer("Hello there.", 400)]).running() as server:
            session = flavour.sessions(server.port)()
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
    sound = np.concatenate([event.pcm for event in events if isinstance(event, SoundPiece)])
    assert (sound == (1000 * np.sin(np.arange(9_600) / 10)).astype(np.int16)).all()
    assert events[-1] == Done()
    assert server.said() == [("user", "Hi."), ("assistant", "Yes?")]
    assert server.heard_ms() == pytest.approx(1000, abs=1)


def test_words_are_answered_and_then_a_voice(flavour: Flavour) -> None:
    async def talk() -> tuple[Server, list[str], list[Event]]:
        async with flavour.server([Answer("Three."), Answer("Four.")]).running() as server:
            session = flavour.sessions(server.port)()
            await session.connect([SYSTEM])
            await session.ask("What time is it?")
            first = await one_reply(session)
            await session.send_audio(VOICE)
            await session.ask()
            second = await one_reply(session)
            await session.close()
            return server, [text_of(first), text_of(second)], first + second

    server, texts, events = real_time(talk())
    assert not server.errors
    assert texts == ["Three.", "Four."]
    assert server.said() == [("user", "What time is it?")]
    assert sum(isinstance(event, Usage) for event in events) >= 1


def test_nothing_of_a_reply_that_was_stopped_comes_later(flavour: Flavour) -> None:
    async def talk() -> list[Event]:
        async with flavour.server([Answer("A story.", 1_000, pace_s=0.01)]).running() as server:
            session = flavour.sessions(server.port)()
            await session.connect([SYSTEM])
            await session.ask("Tell me a story.")
            events = session.events()
            async for event in events:
                if isinstance(event, SoundPiece):
                    break
            await session.stop()
            left = [event async for event in bounded(events, 0.5)]
            await session.close()
            return left

    left = real_time(talk())
    assert any(isinstance(event, Usage) for event in left), "what was stopped has a price"
    assert not any(isinstance(event, TextPiece | SoundPiece | Done) for event in left)


async def bounded(events: Any, limit_s: float) -> Any:
    with suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            async for event in events:
                yield event


@pytest.mark.parametrize("trouble", OPENAI_FAULTS)
def test_every_trouble_has_a_name(
    flavour: Flavour, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk() -> Fault:
        async with flavour.server([Answer(trouble=trouble)]).running() as server:
            session = flavour.sessions(server.port)()
            await session.connect([SYSTEM])
            await session.ask("What about Anna?")
            try:
                last = (await one_reply(session))[-1]
                assert isinstance(last, Failed)
                return last.fault
            except CloudError as error:
                assert "Anna" not in str(error)
                return error.fault
            finally:
                await session.close()

    with caplog.at_level(logging.INFO, "edgevoice"):
        assert real_time(talk()) is flavour.faults[trouble]
    assert "Anna" not in caplog.text


def test_a_service_that_breaks_off_says_so(flavour: Flavour) -> None:
    async def talk() -> Event:
        async with flavour.server([Answer(trouble=Trouble.BROKEN_OFF)]).running() as server:
            session = flavour.sessions(server.port)()
            await session.connect([SYSTEM])
            await session.ask("Well?")
            last = (await one_reply(session))[-1]
            await session.close()
            return last

    assert real_time(talk()) == Interrupted()


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (HTTPStatus.UNAUTHORIZED, Fault.REFUSED),
        (HTTPStatus.NOT_FOUND, Fault.REFUSED),
        (HTTPStatus.TOO_MANY_REQUESTS, Fault.RATE_LIMITED),
        (HTTPStatus.BAD_GATEWAY, Fault.BUSY),
    ],
)
def test_a_refused_connection_tells_why(flavour: Flavour, status: HTTPStatus, fault: Fault) -> None:
    async def talk() -> Fault:
        async with flavour.server(status=status).running() as server:
            return await refused(flavour.sessions(server.port)())

    assert real_time(talk()) is fault


async def refused(session: RealtimeSession, handle: str = "") -> Fault:
    with pytest.raises(CloudError) as error:
        await session.connect([SYSTEM], handle)
    await session.close()
    return error.value.fault


def test_not_even_the_packages_write_down_what_is_said(
    flavour: Flavour, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("websockets", "openai", "google_genai"):
        caplog.set_level(logging.DEBUG, name)  # and back again, afterwards
    caplog.set_level(logging.DEBUG)

    async def talk() -> None:
        async with flavour.server([Answer("Anna is well.")]).running() as server:
            session = flavour.built(server.port)()
            await session.connect([SYSTEM, Message("user", "I am Anna.")])
            await session.ask("How is Anna?")
            assert text_of(await one_reply(session)) == "Anna is well."
            await session.close()

    real_time(talk())
    assert "Anna" not in caplog.text


def test_nobody_there_is_told_at_once(flavour: Flavour) -> None:
    async def talk() -> Fault:
        async with flavour.server().running() as server:
            port = server.port
        return await refused(flavour.sessions(port)())

    assert real_time(talk()) is Fault.UNREACHABLE


def test_a_service_that_says_nothing_stalls(flavour: Flavour) -> None:
    async def talk() -> Fault:
        async with flavour.server(greets=False).running() as server:
            return await refused(flavour.sessions(server.port, connect_s=0.4)())

    assert real_time(talk()) is Fault.STALLED


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_a_broken_line_is_noticed_while_nobody_speaks(flavour: Flavour, how: str) -> None:
    async def talk() -> Fault:
        async with flavour.server().running() as server, Proxy(server.port).running() as proxy:
            session = flavour.sessions(proxy.port)()
            await session.connect([SYSTEM])
            asyncio.get_running_loop().call_later(0.05, getattr(proxy, how))
            try:
                await one_reply(session)
            except CloudError as error:
                return error.fault
            finally:
                await session.close()
        pytest.fail("nothing was noticed")

    assert real_time(talk()) is Fault.LOST


def test_who_speaks_on_a_broken_line_is_told(flavour: Flavour) -> None:
    async def talk() -> Fault:
        async with flavour.server().running() as server, Proxy(server.port).running() as proxy:
            session = flavour.sessions(proxy.port)()
            await session.connect([SYSTEM])
            proxy.reset()
            with pytest.raises(CloudError) as error:
                while True:
                    await session.send_audio(VOICE)
            await session.close()
            return error.value.fault

    assert real_time(talk()) is Fault.LOST


def test_hanging_up_on_a_dead_line_does_not_take_long(flavour: Flavour) -> None:
    async def talk() -> float:
        async with flavour.server().running() as server, Proxy(server.port).running() as proxy:
            session = flavour.sessions(proxy.port)()
            await session.connect([SYSTEM])
            reading = asyncio.create_task(one_reply(session))
            proxy.stall()
            begun = asyncio.get_running_loop().time()
            await session.close()
            took = asyncio.get_running_loop().time() - begun
            with suppress(CloudError):
                await reading
            return took

    assert real_time(talk()) < 1
