"""What a person asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.knowledge.questions import WEAK_SHARE, Wanted, understood


def telling(text: str) -> list[str]:
    return [word.text for word in understood(text).words if word.share == 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What's the name of the guest network, please?", ["guest", "network"]),
        ("what time is breakfast", ["breakfast"]),
        ("Where's the boiler's key?", ["boiler", "key"]),
        ("how do I log in to the Wi-Fi", ["log", "wi-fi"]),
        ("how tall may hedges be", ["hedges"]),
        ("what is it", []),
        ("look up the deposit for the club room", ["deposit", "club", "room"]),
        ("what do my documents say about legionella?", ["legionella"]),
        ("what does the staff handbook say about flights", ["staff", "flights"]),
        ("is there anything in the documents about fire", ["fire"]),
    ],
)
def test_the_words_that_tell(text: str, words: list[str]) -> None:
    assert telling(text) == words


def test_words_that_many_questions_have_tell_less() -> None:
    shares = {word.text: word.share for word in understood("what does parking cost").words}
    assert shares == {"parking": 1.0, "cost": WEAK_SHARE}


@pytest.mark.parametrize(
    "text",
    [
        "what do the documents say about heating",
        "Look up the fee.",
        "please look it up: the fee",
        "search my documents for a code",
        "check the files for the code",
        "according to the staff handbook, when is lunch",
        "does the manual mention frost",
        "look up frost in the heat pump manual",
    ],
)
def test_asking_for_the_documents(text: str) -> None:
    assert understood(text).explicit and understood(text).asks


@pytest.mark.parametrize(
    "text",
    [
        "when is breakfast",
        "tell me about the boiler",
        "can i bring my dog",
        "the boiler is cold?",
        "okay so where is the key",
        "i lost my key, what does a new one cost",
        "the red light is on, how do i turn it off",
        "could you tell me where the key is",
    ],
)
def test_asking(text: str) -> None:
    assert understood(text).asks and not understood(text).explicit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I had a lovely breakfast",
        "the boiler broke yesterday",
        "are you a boiler",
        "what is your name",
        "tell me a story about a boiler",
        "what is a boiler",
        "who invented the boiler",
        "how is glass made",
        "thank you",
    ],
)
def test_what_no_document_is_asked(text: str) -> None:
    assert not understood(text).asks


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("how do i reset it", Wanted.STEPS),
        ("what should i do about e4", Wanted.STEPS),
        ("until when is it open", Wanted.TIME),
        ("where is it", Wanted.PLACE),
        ("how many are there", Wanted.NUMBER),
        ("what is the fee", Wanted.NUMBER),
        ("who is the warden", Wanted.ANYTHING),
    ],
)
def test_kinds_of_answers(text: str, wanted: Wanted) -> None:
    assert understood(text).wanted is wanted


@given(st.text(max_size=300))
def test_anything_can_be_asked(text: str) -> None:
    asked = understood(text)
    assert len(asked.words) <= 16
    assert all(word.text and '"' not in word.text for word in asked.words)
