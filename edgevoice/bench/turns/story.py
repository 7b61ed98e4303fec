"""The story that the agent tells in the benchmark, and the voice that tells it.

espeak-ng speaks each clause in a process of its own: then it sounds the same in every run.
"""

import itertools
from collections.abc import Iterator
from functools import cache

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, AudioChunk, Samples
from edgevoice.bench.turns.noises import say
from edgevoice.engines.base import Stop
from edgevoice.engines.blocks import blocks

TELLER = "en-us"
"""The agent's voice, by espeak-ng's name."""

LETTERS_PER_S = 20
"""How fast the story is told, rather too high (espeak-ng: 16): then it does not end too soon."""

STORY = (
    "A tailor lived at the edge of a small harbour town, and every morning he counted the boats.",
    "One day there were seven boats instead of eight, and nobody could say which one had gone.",
    "He asked the baker, who had seen nothing but flour since four o'clock.",
    "He asked the postman, but the postman only knew the houses, not the water.",
    "So he closed his shop, put a needle and some thread in his pocket, and walked to the pier.",
    "Down there an old woman was mending a net that was wider than the market square.",
    "She told him that the missing boat belonged to her brother, a man who sleeps very deeply.",
    "Sometimes the rope comes loose at night, she said, and the tide carries him out.",
    "Then he wakes up far away, has breakfast, and rows back before noon.",
    "The tailor thought about this for a while, and then he began to sew.",
    "He sewed a long blue ribbon, and on its end he tied a little silver bell.",
    "In the evening they fastened the ribbon to the boat, and the bell to the woman's window.",
    "That night the wind came from the east, and the rope slipped off once more.",
    "But the ribbon grew tight, the bell rang twice, and the whole street was awake.",
    "They pulled the boat home, gently, so that the brother would not notice anything.",
    "In the morning he looked around and wondered why everybody was smiling at him.",
    "Since then there are eight boats in the harbour, every single day.",
    "And if you walk along the pier when it is quiet, you can still hear the bell.",
)
"""Told again from its beginning when it is over."""


def told(seconds: float) -> str:
    """The story, again and again, for at least `seconds`."""
    sentences: list[str] = []
    for sentence in itertools.cycle(STORY):
        sentences.append(sentence)
        if sum(map(len, sentences)) > seconds * LETTERS_PER_S:
            return " ".join(sentences)
    raise AssertionError("the story goes on for ever")


class Teller:
    """A `Voice` that says the same in the same way every time."""

    rate = LISTENING_RATE

    def __init__(self, voice: str) -> None:
        self._voice = voice

    def synthesize(self, text: str, stop: Stop) -> Iterator[AudioChunk]:
        """`text` without the silence before it."""
        pcm = spoken(text, self._voice)
        yield from blocks(pcm[np.flatnonzero(pcm)[:1].sum() :], self.rate, stop)


@cache
def spoken(text: str, voice: str) -> Samples:
    """`text`, said once and kept."""
    return say(text, voice)
