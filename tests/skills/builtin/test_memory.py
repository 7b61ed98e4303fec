"""What a person asks to be remembered is told to them again, and forgotten when they want."""

import pytest

from edgevoice.errors import OutputError
from edgevoice.skills.builtin.memory import memory_tools
from edgevoice.skills.facts import LONGEST, MOST, Memory
from edgevoice.skills.introductions import Speaker
from edgevoice.skills.tool import Effect, ToolFailedError
from tests.skills.builtin.using import Bench, Kept


class Room:
    def __init__(self) -> None:
        self.storage = Kept()
        self.speaker = Speaker()
        memory = Memory(self.storage, 30)
        self.use = Bench(memory_tools(memory, lambda: self.speaker.name))


def test_remembers_and_tells() -> None:
    room = Room()
    assert room.use.say("remember_fact", text="that my sister is called Ruth.") == (
        "I will remember that."
    )
    assert room.use.say("recall_facts", about="my sister") == (
        "You told me this: My sister is called Ruth."
    )
    assert room.use.say("recall_facts", about="the weather") == (
        "You have not told me anything about that."
    )
    for n in range(6):
        room.use.say("remember_fact", text=f"box {n} is in the cellar")
    told = room.use.say("recall_facts")
    assert told.startswith("You told me this: Box 5 is in the cellar. Box 4")
    assert told.endswith("And 2 more.")
    assert room.use.say("recall_facts", about="everything you know about me") == told
    assert "more" not in room.use.say("recall_facts", about="box")


def test_knows_whose_it_is() -> None:
    room = Room()
    room.speaker.hear("I am Anna")
    assert room.use.say("remember_fact", text="my pills are blue") == "I will remember that, Anna."
    assert "blue" in room.use.say("recall_facts", about="pills")
    room.speaker.forget()
    assert "blue" not in room.use.say("recall_facts", about="pills")
    assert "blue" not in room.use.say("recall_facts")


@pytest.mark.parametrize(
    "about",
    ["", "everything", "me", "Everything I told you.", "what I said", "everything about me"],
)
def test_forgets_everything_that_one_told(about: str) -> None:
    room = Room()
    room.use.say("remember_fact", text="the bins go out on Tuesday")
    room.speaker.hear("my name is Anna")
    room.use.say("remember_fact", text="my pills are blue")
    room.use.say("remember_fact", text="I like tea")
    assert room.use.say("forget_facts", about=about) == "I have forgotten those 2 things."
    assert room.use.say("recall_facts") == "You told me this: The bins go out on Tuesday."


@pytest.mark.parametrize("about", ["Anna", "everything about Anna", "what I told you about Anna"])
def test_forgets_a_person(about: str) -> None:
    room = Room()
    room.speaker.hear("I am Anna")
    room.use.say("remember_fact", text="my pills are blue")
    room.speaker.forget()
    assert room.use.say("forget_facts", about=about) == "I have forgotten that."
    assert room.storage.documents == {}


@pytest.mark.parametrize("about", ["that", "the weather"])
def test_forgets_nothing_that_was_not_meant(about: str) -> None:
    room = Room()
    room.use.say("remember_fact", text="my pills are blue")
    with pytest.raises(ToolFailedError, match="nothing of that kind"):
        room.use.say("forget_facts", about=about)


def test_says_why_not() -> None:
    room = Room()
    with pytest.raises(ToolFailedError, match="not understood"):
        room.use.say("remember_fact", text="that .")
    with pytest.raises(ToolFailedError, match="too much to remember at once"):
        room.use.say("remember_fact", text="x" * (LONGEST + 1))
    room.storage.full = True
    with pytest.raises(ToolFailedError, match="could not write"):
        room.use.say("remember_fact", text="I like tea")
    room.storage.full = False
    for n in range(MOST):
        room.use.say("remember_fact", text=f"fact {n}")
    with pytest.raises(ToolFailedError, match="too much already"):
        room.use.say("remember_fact", text="one more")
    room.storage.error = OutputError("it burns", "Put it out.")
    with pytest.raises(ToolFailedError, match="could not remove"):
        room.use.say("forget_facts")
    with pytest.raises(ToolFailedError, match="cannot look that up"):
        room.use.say("recall_facts")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("remember_fact", {"text": "I like tea"}), ("recall_facts", {}), ("forget_facts", {})],
)
def test_without_leave_it_says_so(name: str, arguments: dict[str, str]) -> None:
    with pytest.raises(ToolFailedError, match="not allowed to remember"):
        Bench(memory_tools(None))(name, **arguments)


def test_what_acts_and_what_asks() -> None:
    effects = {name: tool.effect for name, tool in Bench(memory_tools(None)).tools.items()}
    assert effects == {
        "remember_fact": Effect.ACTS,
        "recall_facts": Effect.NONE,
        "forget_facts": Effect.DANGEROUS,
    }
