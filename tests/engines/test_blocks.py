"""Sound in pieces."""

from threading import Event

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import samples_of
from edgevoice.engines.blocks import BLOCK_MS, blocks
from tests.engines.flags import StopAfter


@given(length=st.integers(0, 9000), rate=st.sampled_from([8000, 16_000, 22_050, 48_000]))
def test_blocks_are_the_sound_in_order(length: int, rate: int) -> None:
    pcm = np.arange(length).astype(np.int16)
    cut = list(blocks(pcm, rate, Event(), start=7))
    assert sum(len(block.pcm) for block in cut) == length
    assert all(len(block.pcm) <= samples_of(BLOCK_MS, rate) for block in cut)
    assert all(np.array_equal(pcm[block.start - 7 : block.end - 7], block.pcm) for block in cut)


def test_stop_is_looked_at_before_every_block() -> None:
    assert len(list(blocks(np.zeros(16_000, np.int16), 16_000, StopAfter(3)))) == 3
