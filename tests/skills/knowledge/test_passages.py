"""Documents in passages: nothing is lost, and none is long."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgevoice.skills.knowledge.passages import (
    ENOUGH_WORDS,
    MOST_LETTERS,
    MOST_WORDS,
    Passage,
    first_heading,
    sentences,
    split,
)

HOUSE = """\
# The House

Welcome. It is
warm here.

## Heating

The boiler is in the cellar.

- Turn it on.
- Wait for
  a minute.

### At night

It sleeps.

## Garden
"""

LINES = st.sampled_from(
    [
        "# One", "## Two", "### Three #", "#", "Four", "====", "----", "", "- an item", "2. second",
        "| a | row |", "```", "~~~", "Dr. Who came. He left at 3 p.m. on no. 4!", "    # code",
        "a" * 3_000, "word " * 150, "# " + "long " * 80, "# " + "longer " * 200,
        "你好。再见！", "e.g. this",
    ]
)  # fmt: skip
TEXTS = st.lists(LINES | st.text(max_size=30), max_size=30).map("\n".join)


def letters(text: str) -> str:
    return "".join(text.split())


def marks_gone(text: str) -> str:
    """Without what may only be a mark of a heading."""
    return letters(text).replace("#", "").replace("=", "").replace("-", "")


def test_passages_stand_under_their_headings() -> None:
    assert split(HOUSE) == [
        Passage(("The House",), "Welcome. It is warm here."),
        Passage(
            ("The House", "Heating"),
            "The boiler is in the cellar.\n- Turn it on.\n- Wait for a minute.",
        ),
        Passage(("The House", "Heating", "At night"), "It sleeps."),
        Passage(("The House", "Garden"), "Garden"),
    ]


def test_headings_may_be_underlined() -> None:
    assert split("Rules\n=====\nBe kind.\n\nPets\n----\nNone.") == [
        Passage(("Rules",), "Be kind."),
        Passage(("Rules", "Pets"), "None."),
    ]


def test_a_remark_in_code_is_no_heading() -> None:
    assert split("```sh\n# not a heading\nls\n```\n\nEnd.") == [
        Passage((), "```sh\n# not a heading\nls\n```\nEnd.")
    ]


def test_a_long_section_is_broken_between_paragraphs() -> None:
    paragraph = "One two three four five six seven eight nine ten. " * 4
    passages = split(f"# A\n\n{paragraph}\n\n{paragraph}\n\n{paragraph}")
    assert [len(each.text.split()) for each in passages] == [80, 40]
    assert {each.headings for each in passages} == {("A",)}


def test_a_long_paragraph_is_broken_between_sentences() -> None:
    texts = [each.text for each in split("One two three four five six seven eight. " * 40)]
    assert all(text.endswith("eight.") and text.startswith("One") for text in texts)
    assert all(ENOUGH_WORDS <= len(text.split()) <= MOST_WORDS for text in texts[:-1])


@given(TEXTS)
@example("")
@example("# A\n# B\n## C\n### D\n# E")
@example("#### deep\n# A")
def test_nothing_is_lost(text: str) -> None:
    passages = split(text)
    kept = marks_gone("".join(each.text for each in passages))
    kept += marks_gone("".join(heading for each in passages for heading in each.headings))
    for letter in {*marks_gone(text)}:
        assert kept.count(letter) >= marks_gone(text).count(letter)


@given(st.lists(st.text(st.characters(exclude_characters="#=-~`|"), max_size=400), max_size=9))
def test_text_without_headings_is_kept_letter_by_letter(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    assert letters("".join(each.text for each in split(text))) == letters(text)


@given(TEXTS)
def test_none_is_too_long_or_empty(text: str) -> None:
    for passage in split(text):
        assert 0 < len(passage.text.split()) <= MOST_WORDS
        assert len(passage.text) <= MOST_LETTERS
        assert all(0 < len(heading) <= 200 for heading in passage.headings)
        assert len(passage.headings) <= 6


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("It is warm. It is dry! Is it?", ["It is warm.", "It is dry!", "Is it?"]),
        ("Ask Dr. Brown at no. 4.", ["Ask Dr. Brown at no. 4."]),
        ("Use tools, e.g. a hammer.", ["Use tools, e.g. a hammer."]),
        ("It was 1999. Then it rained.", ["It was 1999.", "Then it rained."]),
        ("1. Turn it on. Wait.", ["1. Turn it on.", "Wait."]),
        ("He said “stop.” We did.", ["He said “stop.”", "We did."]),
        ("The limit is 3.5 bar.", ["The limit is 3.5 bar."]),
        ("你好。再见！", ["你好。", "再见！"]),
        ("", []),
    ],
)
def test_sentences(line: str, told: list[str]) -> None:
    assert sentences(line) == told


@given(st.text(max_size=200))
def test_sentences_keep_every_letter(line: str) -> None:
    assert letters("".join(sentences(line))) == letters(line)


def test_a_document_is_called_by_its_first_heading() -> None:
    assert first_heading("Hello.\n\n## The *House*\n# Other") == "The *House*"
    assert first_heading("no heading") == ""


@pytest.mark.parametrize(
    "line",
    [
        "# " + " " * 300_000 + "x",
        "." * 300_000 + "x",
        "a. " * 100_000,
        "# #" * 100_000,
        "a-" * 150_000,
        "| " * 150_000,
        "=" * 300_000,
        "- " * 150_000,
        "“" * 300_000,
    ],
    ids=lambda line: line[:3],
)
def test_long_lines_take_no_longer_than_short_ones(line: str) -> None:
    """Each would take minutes if any part of it were looked at again and again."""
    passages = split(f"{line}\nEnd.")
    assert passages and all(len(each.text) <= MOST_LETTERS for each in passages)
