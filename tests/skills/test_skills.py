"""All skills together: what follows from which settings, and when."""

from pathlib import Path

import pytest

from edgevoice.config import HOME, Config, IntentsConfig
from edgevoice.dialog.history import Message
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.engines.workers import InlineWorker
from edgevoice.errors import ConfigError
from edgevoice.report import Journal
from edgevoice.responders.base import Request
from edgevoice.responders.writers import ChatWriter
from edgevoice.skills.skills import Skills
from edgevoice.testing import run_virtual

INTENTS = HOME / "edgevoice/languages/en-intents.yaml"
WORDS = "tick tock tick tock"


@pytest.fixture
def skills() -> Skills:
    return Skills(Config(), keeps=False)


def said(skills: Skills, intents: IntentsConfig) -> str:
    """What an agent by these settings answers to `WORDS`."""
    journal = Journal()
    chat = ChatWriter(ScriptedChat(["By the model."]), InlineWorker(), journal)
    writer = skills.writer(Config(intents=intents), chat, journal)

    async def answer() -> str:
        request = Request([Message("user", WORDS)])
        request.certain.set()
        return "".join([clause async for clause in writer.write(request)])

    return run_virtual(answer())


def test_intents_are_those_of_the_settings_at_present(skills: Skills, tmp_path: Path) -> None:
    file = tmp_path / "intents.yaml"
    mine = IntentsConfig(file=file)
    text = INTENTS.read_text()
    with skills:
        file.write_text(text)
        assert said(skills, mine) == "By the model."
        file.write_text(text.replace("- come again", f"- come again\n          - {WORDS}"))
        assert said(skills, mine) == "There is nothing that I could repeat."
        assert said(skills, IntentsConfig(enabled=False, file=file)) == "By the model."


def test_intents_that_are_no_good_are_refused(skills: Skills, tmp_path: Path) -> None:
    file = tmp_path / "intents.yaml"
    file.write_text("intents: [")
    with skills, pytest.raises(ConfigError, match=r"intents\.yaml"):
        said(skills, IntentsConfig(file=file))
