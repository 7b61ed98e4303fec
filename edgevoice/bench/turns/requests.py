"""Spoken requests about what the starter models know, in voices and phrasings new to them.

Sentences: phrasings that the starter chat model's recipe holds out. Voices: the espeak-ng voices
that the starter recogniser's recipe holds out. The synthesiser tells where each word begins, so a
pause can be put exactly between two of them.
"""

import multiprocessing
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, samples_of
from edgevoice.audio.level import voiced_span
from edgevoice.audio.resample import Resampler
from edgevoice.bench.turns.people import Clip
from edgevoice.engines.espeak import EspeakVoice

VOICES = (
    "en-us+f3",
    "en-us+m7",
    "en-us+klatt4",
    "en-us+Mike",
    "en+Andrea",
    "en-gb-scotland+f2",
    "en-gb-scotland+m3",
)

BEFORE, AFTER = samples_of(500), samples_of(3000)
"""Silence around a request, as in a recording."""

HISS = 20.0
"""Root mean square of the noise under every request, in steps of 16 bit (-64 dBFS): a quiet room.
No microphone is silent to the last bit."""


def spoken_requests(sentences: Sequence[str] = ()) -> list[Clip]:
    """`sentences` (default: all of `SENTENCES`), each in one of `VOICES` in turn.

    They are spoken in a process of their own: what espeak-ng has said before changes what it says.
    Raises `ModelError` where it is missing.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        return alone.submit(_speak, tuple(sentences or SENTENCES)).result()


def _speak(sentences: Sequence[str]) -> list[Clip]:
    voices = [EspeakVoice(name) for name in VOICES]
    return [
        _spoken(voices[n % len(voices)], f"{n} {VOICES[n % len(voices)]}", sentence)
        for n, sentence in enumerate(sentences)
    ]


def _spoken(voice: EspeakVoice, name: str, sentence: str) -> Clip:
    sound, words = voice.timed(sentence)
    resampler = Resampler(voice.rate, LISTENING_RATE)
    speech = np.concatenate([resampler.add(sound), resampler.finish()])
    padded = np.pad(speech, (BEFORE, AFTER))
    start, end = voiced_span(padded)
    lot = np.random.default_rng(random.Random(name).randrange(2**32))
    noisy = np.rint(padded + HISS * lot.standard_normal(len(padded)))
    gaps = tuple(BEFORE + word * LISTENING_RATE // voice.rate for word in words[1:])
    pcm = np.clip(noisy, -32768, 32767).astype(np.int16)
    return Clip(name, pcm, ((start, end),), gaps, sentence)


SENTENCES = (
    "on how many legs does a fly walk",
    "work out half of six",
    "what color would you say a carrot is",
    "how many milliliters are there to a liter",
    "do you know the opposite of open",
    "tell me if thirty is even",
    "how many planets do we have",
    "tell me where havana is",
    "which continent does wales belong to",
    "how many days in june",
    "let me hear you count from nine to twenty",
    "say something about the planets",
    "have you got a fact for me",
    "tell me the name for a young owl",
    "ten minus five is what",
    "which colour do red and black give",
    "a year has how many days",
    "do you know the opposite of in",
    "after thirty three comes what number",
    "tell me the planet we live on",
    "what would be the capital of wales",
    "which continent does spain belong to",
    "tell me the sixth month of the year",
    "let me hear you count from four to ten",
    "make up a story about a cloud",
    "have you got a fact",
    "tell me the name for a young parrot",
    "how much do you get for seven plus seventy six",
    "what color would you say a swan is",
    "a kilogram has how many grams",
    "do you know the opposite of hot",
    "before ninety comes what number",
    "how many moons go around earth",
    "tell me where rabat is",
    "what continent does norway belong to",
    "after february comes which month",
    "let me hear you count from forty eight to forty",
    "i would like to hear a story about a wasp",
    "on how many legs does a zebra walk",
    "eight divided by eight is what",
    "which color do red and yellow give",
    "how many feet are there to ten yards",
    "do you know the opposite of sell",
    "after nineteen comes what number",
    "say what color jupiter has",
    "helsinki is in which country",
    "which continent does russia belong to",
    "tell me the ninth month of the year",
    "let me hear you count from one to six",
    "let me hear you count to thirty",
    "what is an eagle's sound",
    "ten plus ten is what",
    "what colour would you say rice is",
    "how many hours are there to a day",
    "do you know the opposite of low",
    "tell me if fifty seven is even",
    "which one is the smallest planet",
    "tell me where islamabad is",
    "what continent does jamaica belong to",
    "before thursday comes which day",
    "go backwards from forty four to thirty four",
    "make up a story about a child",
    "what does a whale have for dinner",
    "how much do you get for twelve plus eight",
    "what color would you say a banana is",
    "a century has how many years",
    "do you know the opposite of warm",
    "after seventy comes what number",
    "how many moons go around saturn",
    "do you happen to know the capital of japan",
    "what continent does hungary belong to",
    "give me the days of the week",
    "let me hear you count from twenty to twenty six",
    "which planets do you know",
    "tell me the name for a young mosquito",
    "how much do you get for zero minus ten",
    "what color would you say a tomato is",
    "one liter has how many milliliters",
    "do you know the opposite of poor",
    "tell me if eighteen is even",
    "say what colour neptune has",
    "do you happen to know the capital city of australia",
    "which continent does nigeria belong to",
    "give me the months of the year",
)
"""What the recipe of the starter chat model never trains on: `tools/train/chat/phrasing.py`."""
