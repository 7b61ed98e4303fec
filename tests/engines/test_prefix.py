"""What a cache saves, for any two prompts."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.engines.prefix import reusable

TOKENS = st.lists(st.integers(0, 2), max_size=8)


def test_examples() -> None:
    assert reusable([], [1, 2]) == 0
    assert reusable([1, 2], [1, 2]) == 2
    assert reusable([1, 2], [1, 2, 3]) == 2
    assert reusable([1, 2, 3], [1, 2]) == 1, "what follows 2 is not known any more"
    assert reusable([1, 2, 3], [1, 9, 3]) == 1
    assert reusable([1], []) == 0


@given(cached=TOKENS, wanted=TOKENS)
def test_what_is_reused_is_the_same(cached: list[int], wanted: list[int]) -> None:
    count = reusable(cached, wanted)
    assert cached[:count] == wanted[:count]
    assert count < len(wanted) or cached == wanted or not wanted or cached == wanted[:count]
    if count < min(len(cached), len(wanted)):
        assert cached[count] != wanted[count] or count == len(wanted) - 1
