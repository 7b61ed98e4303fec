"""What comes from the process that holds the sound card: by the pipe, and in shared memory."""

import asyncio
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from unittest import mock

import numpy as np
from hypothesis import strategies as st

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk
from edgevoice.transports import sound_link
from edgevoice.transports.local import LocalTransport
from edgevoice.transports.sound_memory import COUNTERS, FLUSHED, HELD, QUEUED, SharedSound
from edgevoice.transports.sound_process import nothing, playback
from edgevoice.transports.sound_streams import Loudspeaker, Microphone, OpenedCard
from tests.fuzz.promise import ANYTHING, TEXT, damaged, fuzzed, refused_politely

NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 200_000) | st.sampled_from([0, 1, 320])
MEMORY = st.lists(NUMBERS, min_size=COUNTERS, max_size=COUNTERS)
RATES = st.sampled_from([8_000, 16_000, 44_100, 48_000, 192_000])
CARDS = st.builds(OpenedCard, st.just("card"), RATES, st.sampled_from([1, 2, 8]))
MOST_CHUNKS = 60_000
"""Twenty minutes of sound. Whoever is that late, has been asleep."""

OPENED = {
    "input": {"name": "mic", "rate": 48_000, "channels": 2},
    "output": {"name": "spk", "rate": 44_100, "channels": 2},
}
SIZES = st.sampled_from([0, -1, 1, 3.5, 16_000, 10**9, 2**70, None, True, "16000", 1e400])
ABOUT = st.fixed_dictionaries({"name": TEXT | st.none(), "rate": SIZES, "channels": SIZES})
MESSAGES = st.one_of(
    st.just(OPENED),
    st.dictionaries(st.sampled_from(["input", "output", "x"]), ABOUT | ANYTHING, max_size=3),
    st.fixed_dictionaries({"error": TEXT | ANYTHING}, optional={"cure": TEXT | ANYTHING}),
    ANYTHING,
).map(lambda message: json.dumps(message).encode() + b"\n")
SAID = st.lists(
    st.just(b"\n") | MESSAGES | st.binary(max_size=30) | damaged(json.dumps(OPENED).encode()),
    max_size=5,
)


class Gone:
    """A process that has ended."""

    pid = 0
    stdin = io.BytesIO()

    def kill(self) -> None: ...

    def wait(self, _timeout: float) -> int:
        return 0


@contextmanager
def another_process(said: list[bytes], counters: list[int]) -> Iterator[None]:
    """In the place of the sound process: one that says this, leaves this, and dies."""

    def start(request: dict[str, Any], *_: int) -> Gone:
        shared = SharedSound(request["memory"])
        for number, value in enumerate(counters):
            shared.counters[number] = value
        for piece in said:
            os.write(request["pipe"], piece)
        return Gone()

    with mock.patch.object(sound_link, "_start", start):
        yield


@fuzzed(st.tuples(SAID, MEMORY))
def anything_from_the_sound_process(both: tuple[list[bytes], list[int]]) -> None:
    said, counters = both
    complaints: list[Any] = []

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
        transport = LocalTransport()
        try:
            async with asyncio.timeout(10):
                with refused_politely():
                    await transport.open()
                    number = 0
                    async for chunk in transport.chunks():
                        good(chunk)
                        number += 1
                        assert number < MOST_CHUNKS
        finally:
            await transport.aclose()

    with another_process(said, counters):
        asyncio.run(scene())
    assert not complaints, complaints


def good(chunk: AudioChunk) -> None:
    assert chunk.rate == LISTENING_RATE and chunk.pcm.dtype == np.int16
    assert 0 < len(chunk.pcm) <= LISTENING_RATE and chunk.start >= 0
    assert chunk.person is None or 0 <= chunk.person <= 1


def write(shared: SharedSound, counters: list[int]) -> None:
    for number, value in enumerate(counters):
        shared.counters[number] = value


@fuzzed(st.tuples(CARDS, st.booleans(), st.lists(MEMORY, min_size=1, max_size=3), st.binary()))
def anything_in_the_microphones_memory(
    what: tuple[OpenedCard, bool, list[list[int]], bytes],
) -> None:
    card, cleaned, moments, sound = what
    shared = SharedSound()
    shared.microphone[: len(sound)] = sound
    shared.person[: len(sound)] = sound
    with refused_politely():
        microphone = Microphone(shared, card, cleaned=cleaned)
        for counters in moments:
            write(shared, counters)
            chunks = list(islice(microphone.chunks(), MOST_CHUNKS))
            assert len(chunks) < MOST_CHUNKS
            for chunk in chunks:
                good(chunk)


@fuzzed(st.tuples(CARDS, st.lists(MEMORY, min_size=1, max_size=3), st.integers(0, 30_000)))
def anything_in_the_loudspeakers_memory(what: tuple[OpenedCard, list[list[int]], int]) -> None:
    card, moments, length = what
    shared = SharedSound()
    with refused_politely():
        loudspeaker = Loudspeaker(shared, card, 1_000)
        given = 0
        for counters in moments:
            loudspeaker.add(AudioChunk(np.ones(length, np.int16), 22_050))
            given += length
            write(shared, counters)
            loudspeaker.advance()
            assert 0 <= loudspeaker.heard() <= given
            loudspeaker.hold()
            loudspeaker.go_on()
            assert isinstance(loudspeaker.done, bool)
        assert 0 <= loudspeaker.flush() <= given


@fuzzed(st.tuples(CARDS, MEMORY, st.integers(0, 4_800), st.floats(-1e6, 1e6)))
def anything_in_the_memory_that_is_played(what: tuple[OpenedCard, list[int], int, float]) -> None:
    card, counters, frames, ahead_s = what
    shared = SharedSound()
    for number in (QUEUED, FLUSHED, HELD):  # the others are this process's own
        shared.counters[number] = counters[number]
    callback = playback(shared, nothing, None, card.channels, card.rate)
    time = {"output_buffer_dac_time": ahead_s, "current_time": 0.0}
    sound, _ = callback(None, frames, time, 0)
    assert sound is not None and len(sound) == 2 * card.channels * frames
