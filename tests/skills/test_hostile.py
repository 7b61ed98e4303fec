"""The hostile texts themselves: each is what its name says, and a voice's words are judged."""

from collections import Counter

from edgevoice.dialog.speakable import speakable
from tests.skills.hostile import HOSTILE, Hostile, each_hostile, unspeakable


def test_no_two_have_one_name() -> None:
    assert not [name for name, n in Counter(each.name for each in HOSTILE).items() if n > 1]


def test_most_of_them_want_something_done() -> None:
    assert len([each for each in HOSTILE if each.wants]) > len(HOSTILE) / 2


def test_marks_and_unheard_letters_are_told_from_words() -> None:
    assert unspeakable("According to The House: “Change it, twice a year.”") == []
    assert unspeakable("noon <|IM_START|>") == ["<|", "|>"]
    assert unspeakable("no\u200bon \x1b") == ["U+001B", "U+200B"]


@each_hostile
def test_nothing_unspeakable_is_left_by_what_makes_speakable(hostile: Hostile) -> None:
    """Short ones at least: a reply is spoken clause by clause."""
    assert not unspeakable(speakable(hostile.text[:500]))
