"""Which words are certain, when to look again, and where to cut: for all ways of speaking."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.hypothesis import KEPT, OPEN, PAUSE, Cadence, Hypothesis, cut_point

texts = st.lists(st.sampled_from("a b c d".split()), max_size=6).map(" ".join)


@given(st.lists(texts, max_size=8))
def test_stable_words_are_those_on_which_two_looks_agree(looks: list[str]) -> None:
    hypothesis = Hypothesis()
    for before, now in pairwise(["", *looks]):
        hypothesis.add(now)
        stable = hypothesis.stable.split()
        assert now.split()[: len(stable)] == stable == before.split()[: len(stable)]
        longer = slice(len(stable), len(stable) + 1)
        assert now.split()[longer] != before.split()[longer] or not now.split()[longer]
        assert hypothesis.latest == now


@given(texts, texts, texts)
def test_what_is_committed_stays(first: str, second: str, third: str) -> None:
    hypothesis = Hypothesis()
    hypothesis.add(first)
    hypothesis.commit(second)
    assert hypothesis.stable == hypothesis.latest == second
    hypothesis.add(third)
    hypothesis.add(third)
    assert hypothesis.stable == hypothesis.final(third) == " ".join(f"{second} {third}".split())


@given(st.integers(1, 16_000), st.integers(0, 32_000), st.integers(0, 32_000))
def test_looks_fill_at_most_half_of_the_time(least: int, first: int, later: int) -> None:
    cadence, began = Cadence(least), list[int]()
    for now in range(0, 2_000_000, 320):
        if cadence.due(now, 0, now) and (not began or now >= began[-1] + later):
            began.append(now)
            cadence.began(now)
            cadence.took(later if began[1:] else first)
    intervals = [b - a for a, b in pairwise(began)]
    assert all(interval >= least for interval in intervals)
    # What a look takes is forgotten and learned within a few of them.
    assert all(2 * later - 40 <= i <= max(least, 2 * later) + 360 for i in intervals[20:])


def test_no_look_begins_in_a_pause_or_at_once() -> None:
    cadence = Cadence(4_800)
    assert not cadence.due(104_000, 100_000, 104_000)
    assert cadence.due(104_800, 100_000, 104_800)
    assert cadence.due(104_800, 100_000, 104_801 - PAUSE)
    assert not cadence.due(104_800, 100_000, 104_800 - PAUSE)


@given(
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(1_600, 8_000)), max_size=20),
    st.integers(0, 100_000),
    st.integers(0, 400_000),
)
def test_a_cut_falls_into_a_pause_and_leaves_enough(
    gaps: list[tuple[int, int]], start: int, length: int
) -> None:
    at, pauses = start, []
    for voice, silence in gaps:
        pauses.append((at + voice, at + voice + silence))
        at += voice + silence
    now = start + length
    cut = cut_point(pauses, start, now)
    suitable = [p for p in pauses if start + KEPT <= (p[0] + p[1]) // 2 <= now - KEPT]
    if length <= OPEN or not suitable:
        assert cut is None
    else:
        assert cut == (suitable[-1][0] + suitable[-1][1]) // 2


def test_a_minute_with_pauses_stays_short() -> None:
    start, pauses, longest = 0, list[tuple[int, int]](), 0
    for now in range(0, samples_of(60_000), 320):
        if now % samples_of(3_000) == 0 and now:
            pauses.append((now - 1_600, now))
        start = cut_point(pauses, start, now) or start
        longest = max(longest, now - start)
    assert longest <= OPEN + 320
