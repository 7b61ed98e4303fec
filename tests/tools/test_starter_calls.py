"""The starter chat model's calls of tools, through llama.cpp with nothing to hold its hand."""

import json
from typing import TYPE_CHECKING

import pytest

from edgevoice.config import Config
from tools.train.chat.chat_format import read_call
from tools.train.chat.tool_scenes import ASK_DURATION, FAILED

if TYPE_CHECKING:
    from tools.train.chat.evaluation import Speaker

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def speaker() -> "Speaker":
    # It needs llama.cpp, which not every machine has that collects tests.
    from tools.train.chat.evaluation import Speaker

    return Speaker(Config().llm.model)


def user(words: str) -> dict[str, str]:
    return {"role": "user", "content": words}


def after(speaker: "Speaker", outcome: dict[str, str]) -> str:
    """What is said when a timer that was asked for had this outcome."""
    asked = user("set a timer for five minutes")
    function = {"name": "set_timer", "arguments": {"seconds": 300}}
    call = {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}
    return speaker.reply([asked, call, {"role": "tool", "content": json.dumps(outcome)}])


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        ("what time is it", "current_time", {}),
        ("set a timer for five minutes", "set_timer", {"seconds": 300}),
        ("set an alarm for seven", "set_alarm", {"time": "07:00"}),
        ("turn up the volume", "change_volume", {"direction": "up"}),
        ("add milk to my shopping list", "add_to_list", {"item": "milk"}),
        ("read my notes", "read_notes", {}),
    ],
)
def test_calls(speaker: "Speaker", words: str, name: str, arguments: dict[str, object]) -> None:
    assert read_call(speaker.reply([user(words)])) == (name, arguments)


@pytest.mark.parametrize("words", ["turn on the light", "order a pizza", "what is a timer"])
def test_no_tool_is_for_everything(speaker: "Speaker", words: str) -> None:
    assert "starter model" in speaker.reply([user(words)])


def test_what_lacks_something_is_asked_for(speaker: "Speaker") -> None:
    assert speaker.reply([user("set a timer")]) == ASK_DURATION


@pytest.mark.parametrize("error", ["There is no timer.", "timed out", "It is set for noon."])
def test_nothing_is_claimed_after_a_failure(speaker: "Speaker", error: str) -> None:
    assert after(speaker, {"error": error}) == FAILED


def test_what_a_tool_says_is_read_out(speaker: "Speaker") -> None:
    result = "The timer is set for 5 minutes."
    assert after(speaker, {"result": result}) == result
