"""Whether a person has asked for what a language model wants to do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.bench.skills.requests import labelled
from edgevoice.config import HOME
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.wishes import Wish, last_words
from edgevoice.phrases_file import load_wishes

WISHES = load_wishes(HOME / "edgevoice/languages/en-wishes.yaml")


@pytest.mark.parametrize(
    ("words", "tool", "arguments", "wish"),
    [
        ("set a timer for ten minutes", "set_timer", {"seconds": 600}, Wish.CLEAR),
        ("Remind me to call Ruth.", "set_reminder", {"text": "call Ruth"}, Wish.CLEAR),
        ("put reminders on", "set_reminder", {"text": "water"}, Wish.DOUBTFUL),
        ("milk is what i lack", "add_to_list", {"item": "milk"}, Wish.DOUBTFUL),
        ("is two minutes a long time", "set_timer", {"seconds": 150}, Wish.NONE),
        ("reserve a table for two", "call_person", {"name": "hiveer"}, Wish.NONE),
        ("turn on the lamp", "home_turn_on", {"name": "lampe"}, Wish.CLEAR),  # not one of ours
    ],
)
def test_a_wish_is_known_by_its_words(
    words: str, tool: str, arguments: dict[str, Any], wish: Wish
) -> None:
    assert WISHES.of(ToolCall(tool, arguments), words) is wish


def test_every_request_of_the_benchmark_is_a_clear_wish() -> None:
    unclear = [
        asked.words
        for asked in labelled()
        if asked.call and WISHES.of(asked.call, asked.words) is not Wish.CLEAR
    ]
    assert not unclear


@given(st.sampled_from(sorted(WISHES.cues)), st.text(max_size=40), st.text(max_size=20))
def test_any_words_have_an_answer(tool: str, words: str, text: str) -> None:
    call = ToolCall(tool, {"text": text, "seconds": 5})
    assert WISHES.of(call, words) in Wish
    assert WISHES.told(call, f"{words} {text}"), "it is all there"


def test_a_request_may_be_completed_by_the_next() -> None:
    assert last_words(["hello", "set a timer", "ten minutes"]) == "set a timer ten minutes"
    assert last_words([]) == ""
