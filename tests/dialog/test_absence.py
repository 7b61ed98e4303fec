"""How long nothing has been heard."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.absence import Absence

PATIENCE = 1_000


@given(st.lists(st.tuples(st.integers(1, 700), st.booleans())))
def test_it_is_told_once_in_every_time_without_sound(pieces: list[tuple[int, bool]]) -> None:
    absence = Absence(PATIENCE)
    end = dropped = silent = 0
    told = False
    for samples, heard in pieces:
        end += samples
        dropped += 0 if heard else samples
        silent = 0 if heard else silent + samples
        told = told and not heard
        says = absence.add(end, dropped)
        assert says is (silent >= PATIENCE and not told)
        told = told or says


def test_a_piece_that_is_partly_heard_is_heard() -> None:
    absence = Absence(PATIENCE)
    for end in range(500, 50_000, 500):
        assert not absence.add(end, end * 9 // 10)
