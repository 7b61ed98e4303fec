"""Words and sound that come in any order and any pieces."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.responders.base import Speech
from edgevoice.responders.realtime.aligning import PIECE_MS, Aligner

RATE = 24_000
pieces = st.lists(
    st.one_of(
        st.text(alphabet="ab .,?", max_size=12),
        st.integers(0, 900),
    )
)


def given_out(todo: list[str | int]) -> tuple[list[Speech], str, int]:
    """What comes out; the words that were put in, and the samples."""
    aligner, out, value = Aligner(RATE), list[Speech](), 0
    for each in todo:
        if isinstance(each, str):
            aligner.text(each)
        else:
            samples = np.arange(value, value + samples_of(each, RATE)).astype(np.int16)
            value += len(samples)
            aligner.sound(samples)
        out += aligner.take()
    aligner.finish()
    out += aligner.take()
    return out, "".join(each for each in todo if isinstance(each, str)), value


@given(pieces)
def test_nothing_is_lost_and_every_sound_has_words_before_it(todo: list[str | int]) -> None:
    out, words, samples = given_out(todo)
    sound = np.concatenate([np.zeros(0, np.int16), *(each.chunk.pcm for each in out)])
    assert np.array_equal(sound, np.arange(samples).astype(np.int16))
    assert "".join(each.text for each in out).split() == words.split()
    begun = False
    for each in out:
        assert bool(each.text) != bool(len(each.chunk.pcm)), "a clause has no sound yet"
        assert len(each.chunk.pcm) <= samples_of(PIECE_MS, RATE)
        begun = begun or bool(each.text)
        assert begun


def test_clauses_are_spread_over_their_sound() -> None:
    todo: list[str | int] = ["The first sentence is here. ", "The second one comes now.", 4_000]
    out, _, _ = given_out(todo)
    at = 0
    starts = {}
    for each in out:
        if each.text:
            starts[each.text] = at * 1000 // RATE
        at += len(each.chunk.pcm)
    # 27 letters take 1.755 s at the pace of a voice that we know nothing of.
    assert starts == {"The first sentence is here. ": 0, "The second one comes now.": 1_800}


def test_the_pace_is_known_when_all_is_there() -> None:
    aligner = Aligner(RATE)
    aligner.text("One two three. Four five six.")
    aligner.sound(np.ones(10 * RATE, np.int16))
    aligner.finish()
    at, starts = 0, []
    for each in aligner.take():
        if each.text:
            starts.append(at / RATE)
        at += len(each.chunk.pcm)
    assert starts == [0, 5.0]


def test_sound_waits_a_little_for_its_first_word() -> None:
    aligner = Aligner(RATE)
    aligner.sound(np.ones(samples_of(400, RATE), np.int16))
    assert list(aligner.take()) == []
    aligner.text("Hello th")
    assert next(aligner.take()).text == "Hello "
    wordless = Aligner(RATE)
    wordless.sound(np.ones(samples_of(500, RATE), np.int16))
    assert next(wordless.take()).text == " "
