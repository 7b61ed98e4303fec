from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.demo.picture.labels import GAP, Label, chosen, cut, share, spread, wrapped


def measure(text: str, size: int) -> float:
    return len(text) * size / 2


def test_words_wrap_and_end_in_an_ellipsis() -> None:
    assert wrapped("one two three four", 2, 9, 2, measure) == ("one two", "three fo…")
    assert wrapped("one two three four", 2, 99, 2, measure) == ("one two three four",)
    assert wrapped("extraordinarily", 2, 6, 2, measure) == ("extra…",)
    assert wrapped("", 2, 6, 2, measure) == ()


def test_cut_leaves_no_comma_before_the_ellipsis() -> None:
    assert cut("well, yes", 2, 6, measure) == "well…"
    assert cut("well, yes", 2, 0, measure) == ""


def test_a_number_is_shortened_but_never_cut() -> None:
    label = Label(0, "silent after 200 ms", "", shorter=("200 ms",))
    assert chosen(label, 2, 30, 1, measure) == ("silent after 200 ms",)
    assert chosen(label, 2, 10, 1, measure) == ("200 ms",)
    assert chosen(label, 2, 5, 1, measure) == ()


def test_a_label_ends_before_what_follows() -> None:
    labels = [Label(100, "b", ""), Label(0, "a", ""), Label(50, "", "")]
    assert [(label.text, room) for label, room in spread(labels, 300, [250])] == [
        ("a", 100 - GAP),
        ("b", 150 - GAP),
    ]


def test_a_label_without_room_is_left_out() -> None:
    assert list(spread([Label(95, "a", "")], 100)) == []


@given(
    st.text("ab ,", max_size=60),
    st.integers(0, 100),
    st.integers(0, 100),
    st.lists(st.integers(-10, 120), max_size=5),
)
def test_shares_put_together_are_the_text(
    text: str, start: int, length: int, cuts: list[int]
) -> None:
    edges = [-1000, *sorted(cuts), 1000]
    pieces = [share(text, start, start + length, since, until) for since, until in pairwise(edges)]
    assert " ".join(" ".join(pieces).split()) == " ".join(text.split())


@given(st.text("abc ", max_size=80), st.floats(0, 200), st.integers(1, 3))
def test_wrapped_lines_fit(text: str, room: float, lines: int) -> None:
    done = wrapped(text, 10, room, lines, measure)
    assert len(done) <= lines
    assert all(measure(line, 10) <= room for line in done)
