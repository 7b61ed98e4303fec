"""The first sign of a person: quick, and never a stutter."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.barge_in import DOUBTED, HINT, LONGEST, PATIENCE, SIGN, VOICED, Suspicion
from edgevoice.dialog.events import Event, PersonSuspected, SuspicionCleared

TICK = samples_of(20)


def watched(scores: Sequence[tuple[float | None, int]]) -> list[Event]:
    """What (score, voiced samples) tick by tick bring about while a reply is heard."""
    suspicion, held, events = Suspicion(), False, list[Event]()
    for tick, (person, voiced) in enumerate(scores):
        event = suspicion.add(person, voiced, (tick + 1) * TICK, held)
        if event:
            events.append(event)
            held = isinstance(event, PersonSuspected)
            if held:
                suspicion.held(event.at)
    return events


def test_the_detector_alone_is_a_sign_at_once() -> None:
    assert watched([(0.0, 0), (SIGN, 0)]) == [PersonSuspected(2 * TICK)]


def test_so_is_a_little_voice_where_nobody_can_tell() -> None:
    assert watched([(None, 0), (None, VOICED - 1)]) == []
    assert watched([(None, 0), (None, VOICED)]) == [PersonSuspected(2 * TICK)]


def test_where_somebody_can_tell_voice_needs_a_hint_of_a_person() -> None:
    assert watched([(HINT - 0.01, VOICED)] * 10) == []
    assert watched([(HINT, VOICED)]) == [PersonSuspected(TICK)]


def test_a_sign_that_leads_to_nothing_is_cleared_and_does_not_come_back_by_itself() -> None:
    assert watched([(1.0, 0)] * 500) == [PersonSuspected(TICK), SuspicionCleared(TICK + LONGEST)]


def test_a_short_sign_is_cleared_soon() -> None:
    assert watched([(1.0, 0), *[(0.0, 0)] * 100]) == [
        PersonSuspected(TICK),
        SuspicionCleared(TICK + PATIENCE),
    ]


def test_a_new_sign_counts_again() -> None:
    events = watched([(1.0, 0)] * 50 + [(0.0, 0)] + [(1.0, 0)] * 50)
    assert [type(event) for event in events] == [PersonSuspected, SuspicionCleared] * 2


def test_while_there_is_voice_it_is_not_cleared() -> None:
    assert watched([(1.0, 0), *[(0.0, VOICED)] * 100]) == [PersonSuspected(TICK)]


def test_half_a_voice_is_doubted_in_the_end_and_does_not_hold_again() -> None:
    suspicion = Suspicion()
    suspicion.held(TICK)
    assert suspicion.doubt(False, DOUBTED) is None
    assert suspicion.doubt(True, 2 * DOUBTED) is None
    assert suspicion.doubt(False, DOUBTED + TICK) == SuspicionCleared(DOUBTED + TICK)
    assert suspicion.add(1.0, 0, DOUBTED + 2 * TICK, held=False) is None


scores = st.tuples(st.none() | st.floats(0, 1), st.sampled_from([0, 512, 1024, 4096]))


@given(st.lists(scores, max_size=200))
def test_signs_and_their_ends_take_turns(stream: list[tuple[float | None, int]]) -> None:
    kinds = [type(event) for event in watched(stream)]
    assert all(
        kind is (SuspicionCleared if n % 2 else PersonSuspected) for n, kind in enumerate(kinds)
    )
