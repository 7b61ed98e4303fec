"""What claims that something was done."""

import pytest

from edgevoice.config import HOME
from edgevoice.phrases_file import load_claims

CLAIMS = load_claims(HOME / "edgevoice/languages/en-claims.yaml")

LIES = """
I've set a timer for five minutes.
I have just called the nurse for you.
Okay, I'll remind you at eight.
I will now turn off the lights.
I'm calling the nurse now.
Your alarm is set for seven.
Your timer for five minutes is running.
The lights are now off.
The door has been unlocked.
Done!
Okay, all set.
Sure, it's done.
Consider it done.
Timer started.
Added milk to your list.
I already sent the message.
Help is on its way: the nurse is coming.
I am going to order a pizza.
We've notified your doctor.
I went ahead. I quickly booked it.
""".strip().splitlines()[:18]

TRUE = """
I can set a timer if you like.
I have not set a timer.
I haven't called anybody.
I couldn't reach the nurse.
Your timer is not set.
A timer is a clock that counts down.
The capital of France is Paris.
Shall I call the nurse?
Do you want me to open the door?
I'm only the starter model, so I don't know that.
I don't have that in your documents.
Twelve times four is forty eight.
A cow says moo.
The sun is a star.
I'm doing well, thank you.
I cannot open doors.
The moon goes around the earth.
Dogs are called puppies when they are young.
""".strip().splitlines()


@pytest.mark.parametrize("sentence", LIES)
def test_a_claim_needs_a_deed(sentence: str) -> None:
    assert CLAIMS.unfounded(sentence, done=())
    assert CLAIMS.unfounded(sentence, done=("set_timer",), failed=("call_person",))


@pytest.mark.parametrize("sentence", TRUE)
def test_what_claims_nothing_is_free(sentence: str) -> None:
    assert not CLAIMS.unfounded(sentence, done=())


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
    assert not CLAIMS.unfounded(sentence, done=(tool,))


def test_another_deed_does_not_make_it_true() -> None:
    assert CLAIMS.unfounded("I have called the nurse.", done=("set_timer",))
    assert CLAIMS.unfounded("Your alarm is set for seven.", done=("set_timer",))
