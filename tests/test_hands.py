"""What the control socket is told of a run."""

from types import SimpleNamespace
from typing import Any

from edgevoice.app import Surroundings
from edgevoice.config import Config
from edgevoice.dialog.calls import ToolCall
from edgevoice.hands import Hands
from edgevoice.reloading import Settings
from edgevoice.skills.runner import run
from edgevoice.skills.skills import Skills
from edgevoice.testing import run_virtual


def status(skills: Skills | None) -> str:
    """How a run is that has such `skills`."""
    settings = Settings(Config(), Config(), Surroundings(skills=skills))
    bulletin: Any = SimpleNamespace(words="")
    nobody: Any = None
    hands = Hands(None, settings, nobody, nobody, bulletin, nobody, nobody)
    conversation: Any = SimpleNamespace(attending="listening")
    reloading: Any = SimpleNamespace(times=0)
    return hands._status(conversation, reloading)


def use(skills: Skills, name: str, **arguments: object) -> None:
    """Use a tool, as somebody who speaks does."""
    tool = skills.toolbox.get(name)
    checked = skills.toolbox.check(ToolCall(name, arguments))
    assert tool and isinstance(checked, dict)
    assert run_virtual(run(tool, checked, "key")).ok


def test_it_tells_what_is_still_to_ring_and_no_word_of_it() -> None:
    with Skills(Config(), keeps=False) as skills:
        assert status(skills) == status(None)
        use(skills, "set_timer", seconds=600, label="pasta")
        assert "; 1 timer" in status(skills)
        use(skills, "set_timer", seconds=60)
        use(skills, "set_reminder", text="call the doctor", seconds=60)
        said = status(skills)
    assert said.startswith("listening; 2 timers, 1 reminder")
    assert "pasta" not in said and "doctor" not in said
