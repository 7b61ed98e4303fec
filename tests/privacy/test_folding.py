"""Which changes of a device are written down: few, the last one always, and none uncounted."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.privacy.folding import BURST, REFILL_S, Change, Folding

DAY = 86_400.0


def test_what_happens_now_and_then_is_told_at_once() -> None:
    folding = Folding()
    for hour in range(48):
        assert folding.change(True, hour * 3600) == Change(away=True, changes=1)
        assert folding.change(False, hour * 3600 + 2) == Change(away=False, changes=1)


def test_what_flaps_is_told_together_and_how_it_ended() -> None:
    folding = Folding(burst=2, refill_s=100)
    assert folding.change(True, 0) and folding.change(False, 1)
    assert folding.change(True, 2) is folding.change(False, 3) is folding.change(True, 4) is None
    assert folding.waits and folding.due == 100
    assert folding.look(99) is None
    assert folding.look(100) == Change(away=True, changes=3)
    assert not folding.waits and folding.look(500) is None


def test_at_the_end_nothing_is_left_untold() -> None:
    folding = Folding(burst=1)
    assert folding.change(True, 0)
    assert folding.rest() is None
    assert folding.change(False, 1) is None
    assert folding.rest() == Change(away=False, changes=1)


@given(st.lists(st.floats(0.02, 4000), max_size=200))
def test_lines_are_few_and_every_change_is_counted(pauses: list[float]) -> None:
    folding, now, told, away = Folding(), 0.0, [], False
    for pause in pauses:
        if folding.waits and folding.due <= now + pause:
            told.append(folding.look(folding.due))
        now, away = now + pause, not away
        told.append(folding.change(away, now))
    told.append(folding.rest())
    lines = [change for change in told if change]
    assert len(lines) <= BURST + now / REFILL_S + 2
    assert sum(change.changes for change in lines) == len(pauses)
    assert not lines or lines[-1].away == away
