"""What reaches into a conversation that `run` holds: keys, a button, a socket, SIGHUP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from edgevoice.air import Air
from edgevoice.app import Surroundings
from edgevoice.config import Config, load_config
from edgevoice.control import RELOAD, STATUS
from edgevoice.conversation import Conversation
from edgevoice.engines.workers import ThreadWorker
from edgevoice.hangup import Hangups
from edgevoice.privacy.keeping import Keeping
from edgevoice.privacy.network import ways_out
from edgevoice.reloading import Listeners, Reloading, Settings
from edgevoice.room import controls, renewed
from edgevoice.watchdog import Bulletin, Watched


@dataclass(frozen=True, slots=True)
class Hands:
    """`source`: the file that the settings are read from again. `settings`: as they are at first.
    `hangups`: who takes SIGHUP. The others are those of the conversation."""

    source: Path | None
    settings: Settings
    air: Air
    transport: Watched
    bulletin: Bulletin
    keeping: Keeping
    hangups: Hangups

    @asynccontextmanager
    async def reach(self, conversation: Conversation) -> AsyncIterator[None]:
        """Reach into `conversation` while the block runs. Raises `ConfigError`."""
        self.air.tell(conversation.live_with)
        reloading = Reloading(
            partial(load_config, self.source),
            self._renewed,
            self.settings,
            conversation,
            Listeners(
                self.transport.reloading,
                self.transport.reloaded,
                partial(self.bulletin.note, "settings"),
                self.keeping.config_changed,
            ),
            ThreadWorker("settings"),
        )

        async def status() -> str:
            return self._status(conversation, reloading)

        words = {STATUS: status, RELOAD: reloading.reload}
        async with reloading, controls(self.settings.running, conversation, words):
            with self.hangups.ask(reloading.request):
                yield

    def _renewed(self, before: Config, now: Config, here: Surroundings) -> Surroundings:
        return renewed(before, now, self.air.room, here)

    def _status(self, conversation: Conversation, reloading: Reloading) -> str:
        """How we are, in words: whom we attend to, what we do, what is wrong or out of the
        ordinary, what is still to ring, and how far we could reach."""
        skills = self.settings.here.skills
        parts = [
            str(conversation.attending),
            self.bulletin.words,
            f"settings renewed {reloading.times} times" if reloading.times else "",
            skills.waiting if skills else "",
            network(),
        ]
        return "; ".join(filter(None, parts))


def network() -> str:
    """How far this process could reach, in words; empty where it may not even ask."""
    with suppress(OSError):
        cards = ways_out()
        return f"network: {', '.join(cards)}" if cards else "no network"
    return ""
