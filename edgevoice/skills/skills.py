"""Everything that the assistant can do besides talking, put together by the settings.

Skills: lasts as long as the run      what rings, what is kept, servers, documents, how loud
   │ writer()
   ▼
SkilledWriter: one for every agent    who answers what
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from edgevoice.config import Config, IntentsConfig
from edgevoice.dialog.attention import Signal
from edgevoice.engines.base import ChatModel
from edgevoice.errors import OutputError
from edgevoice.phrases_file import load_claims, load_phrases, load_wishes
from edgevoice.privacy.later import Later
from edgevoice.privacy.lifetime import Moment, this_moment
from edgevoice.replying import Bell
from edgevoice.report import Journal
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.handover import check_handover
from edgevoice.skills.builtin.together import House, built_in_tools
from edgevoice.skills.builtin.volume import AudibleBell, remembered_level, volume_file
from edgevoice.skills.facts import COUNTED_EVERY_S, open_memory
from edgevoice.skills.intents import load_intents
from edgevoice.skills.knowledge.knowledge import open_knowledge
from edgevoice.skills.loading import open_toolbox
from edgevoice.skills.offer import Offer
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.schedule import Kind
from edgevoice.skills.situation import Nothing, Recognises, Sentences, Situation, Understanding
from edgevoice.skills.storage import open_storage
from edgevoice.skills.timetable import Timetable, timers_file
from edgevoice.skills.tool import Tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import SkilledWriter
from edgevoice.transports.loudness import Level

log = logging.getLogger(__name__)


class Skills:
    """A context manager: tools of servers are reached while it is entered."""

    def __init__(
        self,
        config: Config,
        *,
        keeps: bool = True,
        guest: bool = False,
        moment: Callable[[], Moment] = this_moment,
    ) -> None:
        """`keeps`: whether timers, the volume and what we are asked to remember outlive us.
        `guest`: another assistant may be at work here; its timers and its volume are its own.
        `moment`: the clock by which timers ring.

        Raises `ConfigError`.
        """
        check_handover(config.handover, config.privacy.network)
        self._timers = keeps and not guest
        self.level = Level(remembered_level(volume_file()) if self._timers else 100)
        """How loud we are."""
        self.status: Callable[[], str] = lambda: "I am up and running."
        """How we are, in words; asked for in a thread."""
        self.signal: Callable[[Signal], None] = lambda _: None
        """Does what a person could do by a key."""
        self._config = config
        self._situation = Situation()
        self._storage = open_storage(config.storage) if keeps else None
        self._memory = open_memory(config.memory, self._storage) if keeps else None
        table = Timetable(timers_file(), self._storage) if self._timers else None
        self._ringer = Ringer(table, moment)
        self._knowledge = open_knowledge(config.knowledge)
        self.bell: Bell = AudibleBell(self._ringer, self.level)
        """What speaks unasked."""
        self._toolbox = Toolbox()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        if self._memory:
            purging = Later("facts", self._memory.purge, again_s=COUNTED_EVERY_S)
            self._open.callback(purging.close)
        self._toolbox = self._open.enter_context(open_toolbox(self._config, self._own()))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()
        self._ringer.close()
        if self._knowledge:
            self._knowledge.close()

    @property
    def toolbox(self) -> Toolbox:
        """All the tools."""
        return self._toolbox

    @property
    def waiting(self) -> str:
        """What is still to ring, in numbers and not a word of it; empty for nothing."""
        counts = {kind.value: len(self._ringer.pending(kind)) for kind in Kind}
        parts = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items() if n]
        return ", ".join(parts)

    def offer(self, chat: ChatModel) -> Offer:
        """The tools that `chat` is told of."""
        return Offer(self._toolbox, chat, self._config.llm.context_tokens)

    def facts(self) -> str:
        """What we were asked to remember, as a line for the language model."""
        try:
            return self._memory.line() if self._memory else ""
        except OutputError as error:
            log.warning("what was to be remembered is not known: %s", error)
            return ""

    def writer(self, config: Config, chat: ChatWriter, journal: Journal) -> SkilledWriter:
        """Who writes the replies, by `config`; `chat` has to know our `offer`.

        Raises `ConfigError`.
        """
        reply = config.reply
        decision = load_phrases(config.phrases.file).decision
        documents = self._knowledge or Nothing()
        return SkilledWriter(
            chat,
            self._toolbox,
            Understanding(
                decision,
                self._recognises(config.intents),
                documents,
                load_wishes(config.tools.wishes_file),
            ),
            load_claims(reply.claims_file),
            journal,
            sentences=Sentences(
                reply.one_moment, reply.tool_failed, reply.refused, reply.unclear, reply.not_done
            ),
            filler_after_s=self._config.tools.filler_after_ms / 1000,
            situation=self._situation,
        )

    def _recognises(self, intents: IntentsConfig) -> Recognises:
        """Who knows plain commands. Raises `ConfigError`."""
        if not intents.enabled:
            return Nothing()
        return load_intents(intents.file, [tool.name for tool in self._toolbox.tools])

    def _own(self) -> list[Tool]:
        """The built-in tools."""
        return built_in_tools(
            House(
                self._ringer,
                self.level,
                volume_file() if self._timers else None,
                self._situation,
                lambda signal: self.signal(signal),
                lambda: self.status(),
                self._config.handover,
                self._storage,
                self._memory,
                self._knowledge,
            )
        )
