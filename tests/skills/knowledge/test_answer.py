"""The sentence that answers, and whether it fits."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.knowledge.answer import (
    MIN_FIT,
    MOST_WORDS,
    Answer,
    Candidate,
    Piece,
    Term,
    best,
    pieces_of,
    rarity,
    spoken,
)
from edgevoice.skills.knowledge.questions import Wanted


def stems(text: str) -> frozenset[str]:
    return frozenset(text.lower().replace(".", " ").replace(",", " ").replace(":", " ").split())


def candidate(text: str, headings: str = "", title: str = "") -> Candidate:
    pieces = tuple(Piece(said, stems(said), item) for said, item in pieces_of(text))
    return Candidate(stems(title), stems(headings), pieces)


def terms(*words: str) -> list[Term]:
    return [Term((stems(word),), 1.0) for word in words]


def told(text: str, *words: str, wanted: Wanted = Wanted.ANYTHING) -> str:
    answer = best(terms(*words), [candidate(text)], wanted)
    assert answer
    return answer.text


HOUSE = """\
The boiler stands in the cellar. It is serviced in October.
Bring with you:
- your passport
- two photos
- a pen"""


def test_the_sentence_with_most_of_the_words_is_told() -> None:
    assert told(HOUSE, "boiler", "cellar") == "The boiler stands in the cellar."


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    assert told(HOUSE, "boiler", "serviced") == (
        "The boiler stands in the cellar. It is serviced in October."
    )


def test_a_time_is_told_where_one_is_wanted() -> None:
    text = "The shop sells bread. Fresh bread comes at seven. Old bread is cheaper."
    assert told(text, "bread", wanted=Wanted.TIME) == "Fresh bread comes at seven."


def test_an_item_is_told_with_what_it_is_an_item_of() -> None:
    said = "Bring with you: your passport. two photos. a pen."
    assert told(HOUSE, "photos") == said


def test_steps_are_told_from_the_first_on() -> None:
    text = "To reset it:\n1. Turn the key.\n2. Wait.\n3. Turn it back."
    assert told(text, "key", wanted=Wanted.STEPS) == (
        "To reset it: Turn the key. Wait. Turn it back."
    )
    assert told("1. Open it.\n2. Clean the filter.", "filter", wanted=Wanted.STEPS) == (
        "Open it. Clean the filter."
    )


def test_a_table_is_told_by_row() -> None:
    text = "| day | hours |\n|---|---|\n| Monday | closed |\n| Tuesday | 9 to 5 |"
    assert told(text, "tuesday") == "Tuesday, 9 to 5."


def test_what_is_long_is_cut_at_a_clause() -> None:
    words = [f"word{n}{',' if n == 30 else ''}" for n in range(100)]
    assert told(" ".join(words), "word1") == " ".join(words[:31]).rstrip(",") + "."


def test_no_word_in_common_is_no_answer() -> None:
    assert best(terms("moon"), [candidate(HOUSE)]) is None
    assert best(terms("boiler"), []) is None
    assert best([], [candidate(HOUSE)]) is None


def test_weak_words_alone_are_no_answer() -> None:
    weak = [Term((stems("boiler"),), 1.0, weak=True)]
    assert best(weak, [candidate(HOUSE)]) is None


def test_words_that_are_missing_make_it_fit_less() -> None:
    whole = best(terms("boiler", "cellar"), [candidate(HOUSE)])
    half = best(terms("boiler", "attic"), [candidate(HOUSE)])
    assert whole and half and whole.fit == 1.0 and half.fit == 0.5 < MIN_FIT


def test_headings_count_as_the_text_does_and_the_title_less() -> None:
    text = "It is serviced in October."
    asked = terms("boiler", "serviced", "cellar")
    under = best(asked, [candidate(text, headings="boiler")])
    titled = best(asked, [candidate(text, title="boiler")])
    bare = best(asked, [candidate(text)])
    assert under and titled and bare and under.fit > titled.fit > bare.fit


def test_no_number_where_one_was_asked_for_fits_badly() -> None:
    answer = best(terms("boiler"), [candidate("The boiler is loud.")], Wanted.NUMBER)
    assert answer and answer.fit < MIN_FIT


def test_the_first_of_equals_is_taken_and_a_rival_costs() -> None:
    two = [candidate("The boiler is loud.", title="a"), candidate("Oil the boiler.", title="b")]
    one = best(terms("boiler"), two[:1])
    both = best(terms("boiler"), two)
    assert one and both and both.candidate == 0
    assert both.fit < one.fit


def test_any_way_of_writing_a_word_does() -> None:
    term = Term((frozenset({"wi", "fi"}), frozenset({"wifi"})), 1.0)
    assert term.is_in(frozenset({"the", "wifi"})) and term.is_in(frozenset({"fi", "wi"}))
    assert not term.is_in(frozenset({"fi"}))


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_rare_words_weigh_more(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert rarity(low, 1000) >= rarity(high, 1000) > 0


def test_marks_are_not_spoken() -> None:
    pieces = [text for text, _ in pieces_of("## **Hot** `water` |\n---\n* [a](b://c) <b>d</b>")]
    assert spoken(pieces) == "Hot water. a d."


MARKS = st.sampled_from(["- ", "1. ", "| a | b |", "\n", ": ", ". ", "```", "It ", "word ", "7 "])


@given(
    st.lists(MARKS | st.text(max_size=20), max_size=60).map("".join),
    st.lists(st.sampled_from(["word", "it", "7", "a", "zz"]), max_size=4),
    st.sampled_from(Wanted),
)
def test_answers_are_short_and_fits_are_shares(text: str, words: list[str], wanted: Wanted) -> None:
    answer = best(terms(*words), [candidate(text), candidate("A word.", "b")], wanted)
    match answer:
        case Answer(said, fit, number):
            assert len(said.split()) <= MOST_WORDS and 0 <= fit <= 1 and number in (0, 1)
