"""How long to wait: what holds for every witness, and a few people."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.endpoint import (
    ANCHORS_MS,
    MARGIN,
    NEUTRAL_TONE,
    REMEMBERED,
    TELLING,
    Endpoint,
    Waits,
)
from edgevoice.dialog.phrases import Completeness

PLAIN = samples_of(500)
NORMAL = Waits.around(PLAIN, adaptive=True)
tones = st.none() | st.floats(0, 1)
words = st.none() | st.sampled_from(Completeness)
pauses = st.lists(st.integers(0, samples_of(3_000)), max_size=30)


def wait(tone: float | None = None, said: Completeness | None = None, waits: Waits = NORMAL) -> int:
    endpoint = Endpoint(waits)
    if tone is not None:
        endpoint.hear_tone(tone)
    if said is not None:
        endpoint.hear_words(said)
    return endpoint.wait


def test_without_a_witness_the_wait_is_the_plain_one() -> None:
    assert wait() == PLAIN
    assert wait(NEUTRAL_TONE) == PLAIN


@given(tones, words, pauses)
def test_the_wait_is_always_between_the_shortest_and_the_longest(
    tone: float | None, said: Completeness | None, before: list[int]
) -> None:
    endpoint = Endpoint(NORMAL)
    for pause in before:
        endpoint.went_on_after(pause)
    if tone is not None:
        endpoint.hear_tone(tone)
    if said is not None:
        endpoint.hear_words(said)
    assert NORMAL.shortest <= endpoint.wait <= NORMAL.longest


@given(st.floats(0, 1), st.floats(0, 1), words)
def test_the_more_it_sounds_finished_the_shorter_the_wait(
    one: float, other: float, said: Completeness | None
) -> None:
    assert wait(max(one, other), said) <= wait(min(one, other), said)


@given(tones)
def test_the_more_complete_the_words_the_shorter_the_wait(tone: float | None) -> None:
    order = (
        Completeness.SHORT,
        Completeness.COMPLETE,
        Completeness.FOLLOW_UP,
        Completeness.UNSURE,
        Completeness.OPEN,
    )
    waits = [wait(tone, said) for said in order]
    assert waits == sorted(waits)


@given(tones, words)
def test_a_fixed_wait_listens_to_nobody(tone: float | None, said: Completeness | None) -> None:
    assert wait(tone, said, Waits.around(PLAIN, adaptive=False)) == PLAIN


def test_an_open_sentence_is_waited_for_however_final_it_sounds() -> None:
    assert wait(0.97, Completeness.OPEN) > 2 * PLAIN
    assert wait(None, Completeness.OPEN) == NORMAL.longest


def test_a_bare_answer_goes_at_once_however_open_it_sounds() -> None:
    assert wait(0.3, Completeness.SHORT) == NORMAL.shortest


def test_a_complete_sentence_is_not_waited_for_long_however_open_it_sounds() -> None:
    assert wait(0.01, Completeness.COMPLETE) <= PLAIN


def test_a_new_silence_has_new_witnesses() -> None:
    endpoint = Endpoint(NORMAL)
    endpoint.hear_tone(0.01)
    endpoint.hear_words(Completeness.OPEN)
    endpoint.forget_witnesses()
    assert endpoint.wait == PLAIN and endpoint.tone is None and endpoint.words is None


def person_who_pauses_for(ms: float, times: int) -> int:
    endpoint = Endpoint(NORMAL)
    for _ in range(times):
        endpoint.went_on_after(samples_of(ms))
    endpoint.hear_tone(0.99)
    return endpoint.wait


def test_a_person_who_pauses_is_given_time() -> None:
    assert person_who_pauses_for(350, TELLING - 1) == NORMAL.shortest
    assert person_who_pauses_for(350, TELLING) == round(MARGIN * samples_of(350))
    assert person_who_pauses_for(2_000, TELLING) == PLAIN
    assert person_who_pauses_for(100, 20) == NORMAL.shortest


def test_old_pauses_are_forgotten() -> None:
    endpoint = Endpoint(NORMAL)
    for ms in [2_000] * 5 + [170] * REMEMBERED:
        endpoint.went_on_after(samples_of(ms))
    endpoint.hear_tone(0.99)
    assert endpoint.wait == NORMAL.shortest


def test_each_way_of_waiting_has_its_own_length() -> None:
    brisk, normal, patient = (ANCHORS_MS[name] for name in ("brisk", "normal", "patient"))
    assert brisk < normal < patient
