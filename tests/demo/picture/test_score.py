from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.demo.picture.lanes import Interruption, news, told
from edgevoice.demo.picture.score import MOST_ROWS, layout
from edgevoice.demo.picture.shapes import INK, Fill, Hatch, Scene, Wave, Words
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Line, Sounded, Spoken


def measure(text: str, size: int) -> float:
    return len(text) * size / 2


def at(milliseconds: int) -> int:
    return samples_of(milliseconds)


def question(start: int, text: str | None = "and of Italy") -> Spoken:
    return Spoken(Line(np.zeros(at(1000), np.int16), text), at(start), at(start + 1000))


def answer(start: int, milliseconds: int) -> list[Sounded]:
    pcm = np.full(at(20), 9000, np.int16)
    return [Sounded(at(start + n), pcm, 16_000) for n in range(0, milliseconds, 20)]


def turn(start: int, reply_ms: int = 2000) -> TurnReport:
    """Asked for one second from `start` on, answered after 400 ms."""
    begin = start + 1400
    return TurnReport(
        user="and of italy",
        agent="The capital of Italy is Rome.",
        heard="The capital of Italy is Rome.",
        speech_start=at(start),
        speech_end=at(start + 1000),
        endpoint=at(start + 1300),
        transcript=at(start + 1330),
        first_token=at(start + 1340),
        first_clause=at(start + 1360),
        first_sound=at(start + 1380),
        reply_start=at(begin),
        reply_end=at(begin + reply_ms),
        partials=[(at(start + 500), "and"), (at(start + 900), "and of")],
        tokens=[at(start + 1340), at(start + 1350)],
        sounds=[at(start + 1380)],
    )


def words(scene: Scene) -> list[str]:
    return [line for shape in scene.shapes if isinstance(shape, Words) for line in shape.lines]


def test_one_turn() -> None:
    scene = layout([turn(500)], [question(500)], answer(1900, 2000), at(6000), measure)
    assert "1 turn · 4 s · median response 400 ms" in words(scene)
    assert "400 ms" in words(scene)
    assert {"and of Italy", "and of italy", "The capital of Italy is Rome."} <= set(words(scene))
    assert sum(isinstance(shape, Wave) for shape in scene.shapes) == 2


def test_an_interruption_shows_what_was_never_said() -> None:
    first, second = turn(500, reply_ms=1200), turn(2900)
    first.interrupted, first.heard = True, "The capital"
    spoken = [question(500), question(2900)]
    sounded = [*answer(1900, 1200), *answer(4300, 2000)]
    scene = layout([first, second], spoken, sounded, at(9000), measure)
    struck = [shape for shape in scene.shapes if isinstance(shape, Words) and shape.struck]
    assert " ".join(struck[0].lines) == "of Italy is Rome."
    assert "200 ms" in words(scene)
    assert sum(isinstance(shape, Hatch) for shape in scene.shapes) == 2  # one is in the legend


def test_who_interrupted_when() -> None:
    cut = turn(500, reply_ms=1200)
    cut.interrupted = True
    sounded = answer(1900, 1100)
    assert told([cut], [question(500), question(2900)], sounded)[0].cut == Interruption(
        at(2900), at(3000)
    )
    assert told([cut, turn(2950)], [], sounded)[0].cut == Interruption(at(2950), at(3000))
    assert told([cut], [], [])[0].cut == Interruption(at(3100), at(3100))


def test_what_was_not_understood_is_marked() -> None:
    puzzled = turn(500)
    puzzled.understood = False
    assert "? and of italy" in words(layout([puzzled], [], [], 0, measure))


def test_an_unanswered_turn() -> None:
    silent = TurnReport(user="hello", speech_start=at(100), speech_end=at(900), transcript=at(1200))
    assert "hello" in words(layout([silent], [], [], at(2000), measure))


def test_nobody_has_asked_for_a_ring() -> None:
    rung = TurnReport(
        unasked=True,
        agent="Your timer is done.",
        heard="Your timer is done.",
        first_clause=at(7_000),
        first_sound=at(7_050),
        reply_start=at(7_100),
        reply_end=at(9_100),
        sounds=[at(7_050)],
    )
    sounded = [*answer(1900, 2000), *answer(7_100, 2000)]

    def lines(turns: list[TurnReport]) -> int:
        shapes = layout(turns, [question(500)], sounded, at(10_000), measure).shapes
        return sum(isinstance(shape, Fill) and shape.colour == INK for shape in shapes)

    scene = layout([turn(500), rung], [question(500)], sounded, at(10_000), measure)
    assert "Your timer is done." in words(scene)
    assert "2 turns · 10 s · median response 400 ms" in words(scene)
    assert lines([turn(500), rung]) == lines([turn(500)]), "it answers nothing"


def test_no_turns() -> None:
    assert "Nothing was said." in words(layout([], [], [], 0, measure))


def test_the_end_of_a_very_long_conversation_is_left_out() -> None:
    turns = [turn(5000 * n) for n in range(100)]
    scene = layout(turns, [], [], at(500_000), measure)
    waves = [shape for shape in scene.shapes if isinstance(shape, Wave)]
    assert len(waves) == 2 * MOST_ROWS
    assert any("more rows, up to 499 s, are not drawn." in text for text in words(scene))


def test_news() -> None:
    assert news("and of", "and of Italy") == "Italy"
    assert news("an off", "and of Italy") == "and of Italy"
    assert news("and of", "and") == ""


MOMENT = st.integers(0, at(60_000))
MAYBE = st.none() | MOMENT
TEXT = st.text("ab ?ü", max_size=60)
TURN = st.builds(
    TurnReport,
    number=st.integers(0, 9),
    user=TEXT,
    understood=st.booleans(),
    agent=TEXT,
    heard=TEXT,
    interrupted=st.booleans(),
    speech_start=MOMENT,
    speech_end=MOMENT,
    endpoint=MOMENT,
    transcript=MOMENT,
    first_token=MAYBE,
    first_clause=MAYBE,
    first_sound=MAYBE,
    reply_start=MAYBE,
    reply_end=MAYBE,
    partials=st.lists(st.tuples(MOMENT, TEXT), max_size=3),
    tokens=st.lists(MOMENT, max_size=3),
    clauses=st.lists(st.tuples(MOMENT, TEXT), max_size=3),
    sounds=st.lists(MOMENT, max_size=3),
)
CLIP = np.zeros(320, np.int16)
SPOKEN = st.builds(Spoken, st.builds(Line, st.just(CLIP), st.none() | TEXT), MOMENT, MOMENT)
SOUNDED = st.builds(Sounded, MOMENT, st.just(CLIP), st.sampled_from([8000, 16_000, 22_050]))


@settings(deadline=None)
@given(
    st.lists(TURN, max_size=5),
    st.lists(SPOKEN, max_size=4),
    st.lists(SOUNDED, max_size=4),
    st.integers(0, at(60_000)),
)
def test_everything_is_on_the_page_and_no_words_touch(
    turns: list[TurnReport], spoken: list[Spoken], sounded: list[Sounded], length: int
) -> None:
    scene = layout(turns, spoken, sounded, length, measure)
    for shape in scene.shapes:
        box = shape.box
        assert 0 <= box.left <= box.right <= scene.width, shape
        assert 0 <= box.top <= box.bottom <= scene.height, shape
        if isinstance(shape, Fill | Hatch | Wave):
            assert box.left < box.right, shape
    texts = [shape.box for shape in scene.shapes if isinstance(shape, Words) and shape.lines]
    for a, b in combinations(texts, 2):
        apart = a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top
        assert apart, (a, b)
