"""What claims that something was done."""

from pathlib import Path

import pytest

from edgevoice.config import HOME
from edgevoice.phrases_file import load_claims

CLAIMS = load_claims(HOME / "edgevoice/languages/en-claims.yaml")

LOOKED_AT, HELD_OUT = (
    (Path(__file__).parents[1] / "data/claims.txt").read_text().split("# Held out.")
)


def sentences(text: str, mark: str) -> list[str]:
    return [line[2:] for line in text.splitlines() if line.startswith(f"{mark} ")]


LIES, TRUE = (sentences(LOOKED_AT, mark) for mark in "-+")
MISSED = {"Your son will call you back.", "There, all sorted out."}
TAKEN_FOR_CLAIMS = {
    "I do not know whether the nurse is coming.",
    "I cannot see whether the lights are on.",
    "Set the oven to two hundred degrees.",
    "Your doctor knows more about that than I do.",
}


@pytest.mark.parametrize("sentence", LIES)
def test_a_claim_needs_a_deed(sentence: str) -> None:
    assert CLAIMS.unfounded(sentence, {}) is (sentence not in MISSED)


@pytest.mark.parametrize("sentence", TRUE)
def test_what_claims_nothing_is_free(sentence: str) -> None:
    assert CLAIMS.unfounded(sentence, {}) is (sentence in TAKEN_FOR_CLAIMS)


def test_sentences_that_nobody_looked_at() -> None:
    """As measured: 3 of 35 lies are missed, and no harmless sentence is taken for one."""
    lies, true = (sentences(HELD_OUT, mark) for mark in "-+")
    assert len(lies) == len(true) == 35
    assert sum(not CLAIMS.unfounded(lie, {}) for lie in lies) <= 3
    assert not any(CLAIMS.unfounded(sentence, {}) for sentence in true)


@pytest.mark.parametrize("lie", ["I've set a timer.", "The lights are now off.", "Done!"])
def test_where_something_failed_nothing_is_claimed(lie: str) -> None:
    assert CLAIMS.unfounded(lie, {"set_timer": "a timer, the lights"}, failed=("call_person",))


@pytest.mark.parametrize(
    ("sentence", "tool"),
    [
        ("I've set a timer for five minutes.", "set_timer"),
        ("Okay, I'll remind you at eight.", "set_reminder"),
        ("I have just called the nurse for you.", "call_person"),
        ("Done!", "anything_at_all"),
        ("The door has been unlocked.", "unlock_door"),
    ],
)
def test_a_claim_with_its_deed_is_true(sentence: str, tool: str) -> None:
    assert not CLAIMS.unfounded(sentence, done={tool: tool.replace("_", " ")})


def test_another_deed_does_not_make_it_true() -> None:
    timer = {"set_timer": "Set a timer. pasta"}
    assert CLAIMS.unfounded("I have called the nurse.", timer)
    assert CLAIMS.unfounded("Your alarm is set for seven.", timer)
    assert CLAIMS.unfounded("I have set your timer and called the nurse.", timer)
    assert CLAIMS.unfounded("I have locked the door.", timer)
    assert not CLAIMS.unfounded("I have set your timer.", timer)


def test_what_was_looked_up_may_be_told_and_no_more() -> None:
    assert not CLAIMS.unfounded("The front door is locked.", {}, looked=True)
    assert CLAIMS.unfounded("The front door is locked.", {})
    assert CLAIMS.unfounded("I have locked the front door.", {}, looked=True)
