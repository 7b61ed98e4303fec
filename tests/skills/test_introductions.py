"""Who speaks is known by what they say, and only if they say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.introductions import Speaker, introduced


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("I am Anna.", "Anna"),
        ("hi i'm anna", "Anna"),
        ("Hello, I’m Anna, what time is it?", "Anna"),
        ("my name is anna", "Anna"),
        ("My name's Xiomara", "Xiomara"),
        ("my name is zsofi", "Zsofi"),
        ("My name is Will.", "Will"),
        ("This is Robert speaking.", "Robert"),
        ("it's me it's maria", "Maria"),
        ("call me ruth", "Ruth"),
        ("I am called Sevim", "Sevim"),
        ("I am Anna. No, wait, I am Maria.", "Maria"),
        ("I am hungry", ""),
        ("I'm German", ""),
        ("I am not Anna", ""),
        ("I am Anna's daughter", ""),
        ("This is my daughter Anna", ""),
        ("this is nonsense", ""),
        ("what if I am Anna", "Anna"),
        ("I think this is Robert", "Robert"),
        ("do you know what my name is", ""),
        ("my name is not important", ""),
        ("my name is the same", ""),
        ("my name is", ""),
        ("call me later", ""),
        ("Anna is my sister", ""),
        ("am I Anna", ""),
        ("", ""),
    ],
)
def test_introductions(words: str, name: str) -> None:
    assert introduced(words) == name


@given(st.text(max_size=60))
def test_any_words_have_an_answer(words: str) -> None:
    name = introduced(words)
    assert name.casefold() in words.casefold()


def test_a_speaker_is_known_until_forgotten() -> None:
    speaker = Speaker()
    assert speaker.name == ""
    speaker.suppose("I am Ann")
    assert speaker.name == "Ann"
    speaker.hear("I am Anna")  # that was not the end of it
    speaker.hear("what is my sister called")
    assert speaker.name == "Anna"
    speaker.suppose("this is Robert")
    assert speaker.name == "Robert"
    speaker.suppose("this is, um")
    assert speaker.name == "Anna", "they did not say Robert after all"
    speaker.forget()
    assert speaker.name == ""
