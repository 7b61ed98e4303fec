"""A conversation that outlives the settings it began with.

    Conversation ─ runs ─▶ Agent, by the old settings ─┐ what was said, whom we attend to, the sound
        │                                              ▼ of the last seconds, the time
        └───────── runs ─▶ Agent, by the new settings

Almost everything that hangs on a setting is built when an agent is. So settings change by building
another agent, over the same engines and the same open transport, and none of them needs code of its
own. It takes over between two pieces of the microphone's sound, while nobody speaks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from edgevoice.agent import Agent
from edgevoice.config import Config
from edgevoice.dialog.attention import Attending, Signal
from edgevoice.transports.relay import Relay

if TYPE_CHECKING:
    from edgevoice.app import Surroundings

Prepare = Callable[[Config, "Surroundings"], Awaitable[Agent]]
"""Makes an agent that is to take over; raises `EdgevoiceError`, and then nothing has changed."""


class Conversation:
    """One agent after another, over one `relay`."""

    def __init__(self, relay: Relay, agent: Agent, prepare: Prepare) -> None:
        """`agent`: who begins."""
        self.prepare = prepare
        self._relay = relay
        self._agent = agent
        self._next: tuple[Agent, asyncio.Future[None]] | None = None
        relay.handing_on = lambda: self._next is not None and self._agent.free

    async def run(self) -> None:
        """Converse until the transport ends."""
        while True:
            await self._agent.run()
            if self._relay.ended or self._next is None:
                return
            # Nothing is waited for in between: whatever a key does, one of the two gets it.
            (agent, taken_over), self._next = self._next, None
            agent.take_over(self._agent)
            self._agent = agent
            taken_over.set_result(None)

    def hand_to(self, agent: Agent) -> asyncio.Future[None]:
        """Let `agent` take over as soon as nobody speaks; done when it has.

        Whoever was to take over, and has not yet, never does: that future is cancelled.
        """
        if self._next:
            self._next[1].cancel()
        taken_over = asyncio.get_running_loop().create_future()
        self._next = agent, taken_over
        return taken_over

    def signal(self, signal: Signal) -> None:
        """A person did something apart from talking."""
        self._agent.signal(signal)

    def live_with(self, *, half_duplex: bool, echo_delay: int) -> None:
        """The devices are others now, and so is their echo."""
        self._agent.live_with(half_duplex=half_duplex, echo_delay=echo_delay)

    @property
    def attending(self) -> Attending:
        """Whom we listen to."""
        return self._agent.attending
