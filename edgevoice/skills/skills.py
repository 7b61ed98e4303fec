"""Everything that the assistant can do besides talking, put together by the settings.

Skills: lasts as long as the run      what rings, what is kept, servers, documents, how loud
   │ writer()
   ▼
SkilledWriter: one for every agent    who answers what
"""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from edgevoice.config import Config, IntentsConfig
from edgevoice.dialog.attention import Signal
from edgevoice.engines.base import ChatModel
from edgevoice.phrases_file import load_claims, load_phrases
from edgevoice.replying import Bell
from edgevoice.report import Journal
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.clock import clock_tools
from edgevoice.skills.builtin.handover import check_handover, handover_tools
from edgevoice.skills.builtin.household import household_tools
from edgevoice.skills.builtin.lists import list_tools
from edgevoice.skills.builtin.memory import memory_tools
from edgevoice.skills.builtin.sums import sum_tools
from edgevoice.skills.builtin.timers import timer_tools
from edgevoice.skills.builtin.units import unit_tools
from edgevoice.skills.builtin.volume import (
    AudibleBell,
    remembered_level,
    volume_file,
    volume_tools,
)
from edgevoice.skills.facts import open_memory
from edgevoice.skills.intents import load_intents
from edgevoice.skills.knowledge.knowledge import knowledge_tools, open_knowledge
from edgevoice.skills.loading import open_toolbox
from edgevoice.skills.offer import Offer
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.storage import open_storage
from edgevoice.skills.timetable import Timetable, timers_file
from edgevoice.skills.tool import Tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import (
    Nothing,
    Recognises,
    Sentences,
    Situation,
    SkilledWriter,
    Understanding,
)
from edgevoice.transports.loudness import Level


class Skills:
    """A context manager: tools of servers are reached while it is entered."""

    def __init__(self, config: Config, *, keeps: bool = True) -> None:
        """`keeps`: whether timers, the volume and what we are asked to remember outlive us.

        Raises `ConfigError`.
        """
        check_handover(config.handover, config.privacy.network)
        self.level = Level(remembered_level(volume_file()) if keeps else 100)
        """How loud we are."""
        self.status: Callable[[], str] = lambda: "I am up and running."
        """How we are, in words; asked for in a thread."""
        self.signal: Callable[[Signal], None] = lambda _: None
        """Does what a person could do by a key."""
        self._config = config
        self._keeps = keeps
        self._situation = Situation()
        self._storage = open_storage(config.storage) if keeps else None
        self._memory = open_memory(config.memory, self._storage) if keeps else None
        self._ringer = Ringer(Timetable(timers_file(), self._storage) if keeps else None)
        self._knowledge = open_knowledge(config.knowledge)
        self.bell: Bell = AudibleBell(self._ringer, self.level)
        """What speaks unasked."""
        self._toolbox = Toolbox()
        self._open = ExitStack()

    def __enter__(self) -> Self:
        if self._memory:
            self._memory.purge()
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

    def offer(self, chat: ChatModel) -> Offer:
        """The tools that `chat` is told of."""
        return Offer(self._toolbox, chat, self._config.llm.context_tokens)

    def facts(self) -> str:
        """What we were asked to remember, as a line for the language model."""
        return self._memory.line() if self._memory else ""

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
            Understanding(decision, self._recognises(config.intents), documents),
            load_claims(reply.claims_file),
            journal,
            sentences=Sentences(reply.one_moment, reply.tool_failed, reply.refused, reply.not_done),
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
        speaker = self._situation.speaker
        return [
            *clock_tools(),
            *timer_tools(self._ringer),
            *sum_tools(),
            *unit_tools(),
            *volume_tools(self.level, volume_file() if self._keeps else None),
            *household_tools(
                self._situation,
                lambda signal: self.signal(signal),
                lambda: self.status(),
                self._ringer.answered,
            ),
            *handover_tools(self._config.handover),
            *list_tools(self._storage),
            *memory_tools(self._memory, lambda: speaker.name),
            *(knowledge_tools(self._knowledge) if self._knowledge else ()),
        ]
