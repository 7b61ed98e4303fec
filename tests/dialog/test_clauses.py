"""Clauses: cut by the text alone, never by the pieces in which it came."""

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.clauses import CLAUSE_WORDS, LONGEST_CLAUSE, ClauseSplitter

TELLING = [
    *"aIB1. ,;:!?…\n\t()[]\"'”’`*_-–",
    *" Dr. | because | e.g. |etc. | p.m. |no. |word |Hello there, |https://a.b/c.d |3.14".split(
        "|"
    ),
    *"。！「」你",
]
texts = st.lists(st.sampled_from(TELLING), max_size=60).map("".join) | st.text(max_size=120)


def clauses(pieces: Iterable[str]) -> list[str]:
    splitter = ClauseSplitter()
    return [clause for piece in pieces for clause in splitter.add(piece)] + list(splitter.finish())


@given(texts, st.lists(st.integers(0, 200)))
def test_clauses_do_not_depend_on_how_the_text_was_cut_up(text: str, cuts: list[int]) -> None:
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    whole = clauses([text])
    assert clauses(pieces) == whole
    assert clauses(text) == whole


@given(texts)
def test_clauses_together_are_the_text(text: str) -> None:
    found = clauses(text)
    together = "".join(found)
    assert text.startswith(together)
    assert not text[len(together) :].strip()
    assert all(clause.strip() for clause in found)


@given(texts)
def test_a_clause_begins_with_the_first_letter_after_white_space(text: str) -> None:
    assert not any(clause[0].isspace() for clause in clauses(text)[1:])


@given(st.text(alphabet="ab ", min_size=LONGEST_CLAUSE, max_size=3 * LONGEST_CLAUSE))
def test_text_without_punctuation_is_cut_between_words(text: str) -> None:
    longest_word = max(map(len, text.split()), default=0)
    assert all(len(c.rstrip()) < LONGEST_CLAUSE + longest_word + 1 for c in clauses([text]))
    assert [word for c in clauses([text]) for word in c.split()] == text.split()


@pytest.mark.parametrize(
    "text",
    [
        # Between the bars a clause ends.
        "Hello! |How are you? |I am fine.",
        "You should take an umbrella along |because it will rain but not for long.",
        "It rains (they say so because of the clouds) and so on.",
        "I know because I asked.",
        "Well… |I see. |Really?! |Yes.",
        "Wait... |what?",
        'He said "stop." |Then he left.',
        "“Is it?” |“It is.”",
        "(That was it.) |Now this.",
        "**Done.** |_Next._ |Last",
        # soft breaks, once a few words have gathered
        "Yes, |of course, I can help you with that, |if you like",
        "First of all: |here is something that I should say; |and this is the rest of it",
        "I think so – |but ask somebody else who knows – |somebody at home",
        "a, |b, c, d, e, f, g, |h, i, j, k",
        "So you see that 7 - 3 = 4, |and that is all",
        # no ends of sentences
        "Dr. Smith met Mr. J. R. Jones and Mrs. Brown vs. Prof. Lee. |Then they left.",
        "Some fruit, |e.g. apples, i.e. what grows on big trees, |is good",
        "Pi is 3.14159 and e is 2.718. |That is all.",
        "It costs $3.50. |That is cheap.",
        "See https://example.com/a.b?c=d. |Then come back.",
        "Apples, |pears, etc. |We have them all, etc. and more.",
        "We open at 9 a.m. and close at 5 p.m. |Come early.",
        "House no. 5 is mine. |Is it? |No. |It is not.",
        "The U.S. economy grew.",
        "No. |I did not.",
        # lists
        "1. Apples.\n|2. Pears.\n|3. Plums.\n|That is it.",
        "- one\n|- two\n|\n|- three".replace("\n|\n|", "\n\n|"),
        "# Title\n|Some text",
        # what is open stays together
        "See [the page, which is long, and good](https://a.b) there, |and that is all",
        "Take this (one, two, three, four, five, six, seven) with you, |then go",
        "Call `f(a, b, c, d, e, f, g)` now, |and then be happy",
        # numbers with commas
        "There are 1,000,000 of them, |more or less",
        # sentences without spaces between them
        "你好。|很高兴见到你！|你好吗？|我很好",
        "他说：「我来了。」|然后走了。|真的？！|真的",
        "これはペンです。\n|それは本です。|",
        "你好。 |Hello there. |再见",
    ],
)
def test_where_clauses_end(text: str) -> None:
    assert clauses([text.replace("|", "")]) == [part for part in text.split("|") if part]


def test_a_clause_is_given_as_soon_as_it_cannot_go_on() -> None:
    splitter = ClauseSplitter()
    assert list(splitter.add("Hello there.")) == []  # it could be "Hello there.org"
    assert list(splitter.add(" ")) == []  # more white space belongs to it
    assert list(splitter.add("H")) == ["Hello there. "]


def test_the_first_clause_may_be_shorter_than_the_others() -> None:
    first, second, *_ = clauses(["one two three, " * 6])
    assert len(first.split()) == 3
    assert len(second.split()) == CLAUSE_WORDS


def test_a_word_that_never_ends_does_not_take_for_ever() -> None:
    assert len(clauses(["a。" * 5_000, "b" * 20_000])) == 5_001


@pytest.mark.parametrize("text", ["", " ", "\n\n \t"])
def test_nothing_gives_no_clause(text: str) -> None:
    assert clauses([text]) == []
