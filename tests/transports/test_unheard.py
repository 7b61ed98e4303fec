"""What a failed loudspeaker still owes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk
from edgevoice.transports.unheard import Unheard


def test_nothing_is_owed_at_first() -> None:
    unheard = Unheard()
    unheard.heard(5)
    assert unheard.rest() is None
    assert unheard.milliseconds == 0


@given(st.lists(st.integers(0, 50), max_size=8), st.lists(st.integers(-5, 500), max_size=8))
def test_what_has_been_heard_is_not_owed_and_the_rest_is(sizes: list[int], at: list[int]) -> None:
    """`heard` may stand still, or seem to go back: it is never owed twice."""
    unheard, sound = Unheard(), np.arange(sum(sizes), dtype=np.int16)
    for piece in np.split(sound, np.cumsum(sizes)[:-1]) if sizes else []:
        unheard.add(AudioChunk(piece, 1_000))
    for heard in at:
        unheard.heard(heard)
    owed = sound[max([0, *at]) :]
    rest = unheard.rest()
    assert unheard.milliseconds == len(owed)
    if len(owed):
        assert rest is not None
        assert rest.rate == 1_000
        np.testing.assert_array_equal(rest.pcm, owed)
    else:
        assert rest is None
