"""The built-in tools on a stage, and a writer of replies that plays with them.

The tools are known by their own names, words and schemas; what they do is not done: nothing rings,
nobody is called, and nothing is kept.
"""

from collections.abc import Iterable
from pathlib import Path

from edgevoice.bench.skills.answering import Routes, Stage, WriterAnswering
from edgevoice.config import Config
from edgevoice.dialog.claims import Claims
from edgevoice.dialog.history import Message
from edgevoice.engines.base import ChatModel
from edgevoice.engines.workers import Worker
from edgevoice.phrases_file import load_claims, load_phrases, load_wishes
from edgevoice.report import Journal
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.builtin.together import House, built_in_tools
from edgevoice.skills.intents import load_intents
from edgevoice.skills.knowledge.knowledge import Knowledge
from edgevoice.skills.situation import Nothing, Understanding
from edgevoice.skills.tool import Tool
from edgevoice.skills.toolbox import Toolbox
from edgevoice.skills.writer import SkilledWriter


def built_in() -> list[Tool]:
    """Every tool that edgevoice brings along."""
    return built_in_tools(House(knowledge=Knowledge(Path("/nonexistent"))))


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
        Understanding(
            load_phrases(config.phrases.file).decision,
            intents,
            wishes=load_wishes(config.tools.wishes_file),
        ),
        claims,
        journal,
    )
    system = (Message("system", config.llm.system_prompt),)
    return WriterAnswering(writer, stage, routes, system), claims
