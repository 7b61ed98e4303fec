"""The built-in tools on a stage, and a writer of replies that plays with them.

The tools are known by their own names, words and schemas; what they do is not done: nothing rings,
nobody is called, and nothing is kept.
"""

from collections.abc import Iterable
from pathlib import Path

from edgevoice.bench.skills.answering import Routes, Stage, WriterAnswering
from edgevoice.config import Config, HandoverConfig
from edgevoice.dialog.claims import Claims
from edgevoice.dialog.history import Message
from edgevoice.engines.base import ChatModel
from edgevoice.engines.workers import Worker
from edgevoice.phrases_file import load_claims, load_phrases
from edgevoice.report import Journal
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.clock import clock_tools
from edgevoice.skills.builtin.handover import handover_tools
from edgevoice.skills.builtin.household import household_tools
from edgevoice.skills.builtin.lists import list_tools
from edgevoice.skills.builtin.memory import memory_tools
from edgevoice.skills.builtin.sums import sum_tools
from edgevoice.skills.builtin.timers import timer_tools
from edgevoice.skills.builtin.units import unit_tools
from edgevoice.skills.builtin.volume import volume_tools
from edgevoice.skills.intents import load_intents
from edgevoice.skills.knowledge.knowledge import Knowledge, knowledge_tools
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.tool import Tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import Nothing, Situation, SkilledWriter, Understanding
from edgevoice.transports.loudness import Level


def built_in() -> list[Tool]:
    """Every tool that edgevoice brings along."""
    nowhere = Path("/nonexistent")
    return [
        *clock_tools(),
        *timer_tools(Ringer()),
        *volume_tools(Level(), None),
        *sum_tools(),
        *unit_tools(),
        *household_tools(Situation(), lambda signal: None, str),
        *handover_tools(HandoverConfig()),
        *list_tools(None),
        *memory_tools(None),
        *knowledge_tools(Knowledge(nowhere)),
    ]


def set_stage(
    config: Config, chat: ChatModel, worker: Worker, tools: Iterable[Tool]
) -> tuple[WriterAnswering, Claims]:
    """Whoever writes replies by `config`, with `chat` in `worker` and `tools` that are only played;
    and the lists by which claims are held back. Raises `ConfigError`."""
    stage, routes = Stage(), Routes()
    toolbox = Toolbox(stage.set(tools))
    journal = Journal([routes])
    claims = load_claims(config.reply.claims_file)
    names = [tool.name for tool in toolbox.tools]
    intents = load_intents(config.intents.file, names) if config.intents.enabled else Nothing()
    writer = SkilledWriter(
        ChatWriter(chat, worker, journal, lambda: toolbox.specs),
        toolbox,
        Understanding(load_phrases(config.phrases.file).decision, intents),
        claims,
        journal,
    )
    system = (Message("system", config.llm.system_prompt),)
    return WriterAnswering(writer, stage, routes, system), claims
