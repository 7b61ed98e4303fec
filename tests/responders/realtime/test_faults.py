"""Real faults on real sockets, through the real package: we answer within a second, once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest

from edgevoice.dialog.fallback import When
from edgevoice.dialog.history import Message
from edgevoice.errors import EngineError
from edgevoice.responders.base import Ending, Request
from edgevoice.responders.realtime.building import Make
from edgevoice.responders.realtime.session import Fault
from edgevoice.responders.scripted import local_reply
from tests.responders.pair import Both
from tests.responders.realtime.flavours import Flavour, Server
from tests.responders.realtime.openai_server import MIDWAY, Answer, Trouble
from tests.responders.realtime.proxy import Proxy
from tests.responders.realtime.test_session_contract import real_time

WITHIN_S = 1.0
PATIENCE_S = 0.5
EARLY = [each for each in Trouble if each is not Trouble.NONE and each not in MIDWAY]


class Talk:
    """A conversation with the service first, and with ourselves if it fails."""

    def __init__(self, make: Make) -> None:
        self.both = Both(When.ALWAYS, [local_reply()] * 9, patience_s=PATIENCE_S, make=make)
        self.first_s = 0.0
        """How long the last turn took to its first sound."""

    async def turn(self, words: str) -> str:
        request = Request([*self.both.messages, Message("user", words)])
        request.certain.set()
        begun, said, self.first_s = time.monotonic(), "", 0.0
        try:
            async with aclosing(self.both.responder.reply(request)) as speech:
                async for piece in speech:
                    said += piece.text
                    if len(piece.chunk.pcm) and not self.first_s:
                        self.first_s = time.monotonic() - begun
        except EngineError:
            said += "†"
        whole = said.removesuffix("†")
        self.both.responder.ended(Ending(whole, 9_000, interrupted=said != whole))
        self.both.messages += [Message("user", words), Message("assistant", whole)]
        return said

    def fault(self) -> Fault | None:
        return self.both.service.line.fault


@asynccontextmanager
async def talking(make: Make) -> AsyncIterator[Talk]:
    talk = Talk(make)
    try:
        yield talk
    finally:
        await talk.both.service.line.close()


def test_a_conversation_over_real_sockets(flavour: Flavour) -> None:
    async def main() -> Server:
        answers = [Answer("Hello there."), Answer("It is late.")]
        async with (
            flavour.server(answers).running() as server,
            talking(flavour.sessions(server.port)) as talk,
        ):
            assert await talk.turn("Hello.") == "Hello there."
            assert await talk.turn("What time is it?") == "It is late."
            assert talk.both.service.ledger.spent is not None
            assert talk.both.service.ledger.spent.money > 0
        return server

    server = real_time(main())
    assert not server.errors and server.connections == 1
    assert server.said() == [("user", "Hello."), ("user", "What time is it?")]


@pytest.mark.parametrize("trouble", EARLY)
def test_a_service_that_misbehaves_is_answered_for_within_a_second(
    flavour: Flavour, trouble: Trouble
) -> None:
    async def main() -> None:
        answers = [Answer(trouble=trouble)]
        async with (
            flavour.server(answers).running() as server,
            talking(flavour.sessions(server.port)) as talk,
        ):
            assert await talk.turn("Hello.") == "Local."
            assert talk.first_s < WITHIN_S
            assert await talk.turn("And now?") == "Local."
            assert talk.first_s < WITHIN_S

    real_time(main())


@pytest.mark.parametrize("trouble", MIDWAY)
def test_a_service_that_fails_midway_is_apologised_for(flavour: Flavour, trouble: Trouble) -> None:
    async def main() -> None:
        answers = [Answer("A long story. It goes on.", 2_000, trouble, pace_s=0.01)]
        async with (
            flavour.server(answers).running() as server,
            talking(flavour.sessions(server.port)) as talk,
        ):
            said = await talk.turn("Tell me a story.")
            assert said.startswith("A long story. ") and said.endswith("†")
            assert await talk.turn("What?") == "Local."

    real_time(main())


Deed = Callable[[Proxy], None]


def slow(proxy: Proxy) -> None:
    proxy.delay_s = 5.0


@pytest.mark.parametrize("deed", [Proxy.stall, Proxy.drop, Proxy.reset, slow])
@pytest.mark.parametrize("when", ["before it is asked", "while it thinks"])
def test_a_line_that_fails_is_answered_for_within_a_second(
    flavour: Flavour, deed: Deed, when: str
) -> None:
    async def main() -> None:
        answers = [Answer("Hello."), Answer("Well.", trouble=Trouble.STALL)]
        async with (
            flavour.server(answers).running() as server,
            Proxy(server.port).running() as proxy,
            talking(flavour.sessions(proxy.port)) as talk,
        ):
            assert await talk.turn("Hello.") == "Hello."
            if when == "before it is asked":
                deed(proxy)
            else:
                asyncio.get_running_loop().call_later(0.1, deed, proxy)
            assert await talk.turn("How are you?") == "Local."
            assert talk.first_s < WITHIN_S

    real_time(main())


def test_when_the_line_is_back_the_service_is_told_what_was_said_without_it(
    flavour: Flavour,
) -> None:
    async def main() -> Server:
        answers = [Answer("Hello."), Answer("Welcome back.")]
        async with (
            flavour.server(answers).running() as server,
            Proxy(server.port).running() as proxy,
            talking(flavour.sessions(proxy.port)) as talk,
        ):
            assert await talk.turn("Hello.") == "Hello."
            proxy.reset()
            await asyncio.sleep(0.05)
            assert await talk.turn("Are you there?") == "Local."
            while talk.fault():
                await asyncio.sleep(0.05)
            assert await talk.turn("And now?") == "Welcome back."
        return server

    server = real_time(main())
    assert server.connections == 2 and not server.errors
    assert server.said()[1:] == [
        ("user", "Hello."),
        ("assistant", "Hello."),
        ("user", "Are you there?"),
        ("assistant", "Local."),
        ("user", "And now?"),
    ]
