"""What every `Voice` does: espeak, Piper and the fake."""

from itertools import pairwise
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from edgevoice.audio.chunk import samples_of
from edgevoice.engines.base import Voice
from edgevoice.engines.blocks import BLOCK_MS
from edgevoice.engines.espeak import EspeakVoice
from edgevoice.engines.piper import PiperVoice
from edgevoice.engines.scripted import ScriptedVoice
from tests.engines.flags import StopAfter

pytestmark = pytest.mark.engine

SHORT = "Good morning."
LONG = "The first sentence is here. The second one follows it, and it is a little longer."


@pytest.fixture(params=["espeak", "piper", "scripted"])
def voice(request: pytest.FixtureRequest, whistle: Path) -> Voice:
    match request.param:
        case "espeak":
            return EspeakVoice()
        case "piper":
            return PiperVoice(whistle, threads=1)
        case _:
            return ScriptedVoice()


def test_chunks_are_short_contiguous_and_of_one_rate(voice: Voice, go: Event) -> None:
    chunks = list(voice.synthesize(LONG, go))

    assert chunks[0].start == 0
    assert all(one.end == next_.start for one, next_ in pairwise(chunks))
    assert {chunk.rate for chunk in chunks} == {voice.rate}
    assert {chunk.pcm.dtype for chunk in chunks} == {np.dtype(np.int16)}
    assert all(0 < len(chunk.pcm) <= samples_of(BLOCK_MS, voice.rate) for chunk in chunks)


def test_sound_is_audible_and_longer_for_longer_texts(voice: Voice, go: Event) -> None:
    short = np.concatenate([chunk.pcm for chunk in voice.synthesize(SHORT, go)])
    long = np.concatenate([chunk.pcm for chunk in voice.synthesize(LONG, go)])

    assert np.abs(short).max() > 1000
    assert len(long) > 2 * len(short)


def test_every_text_starts_at_sample_0(voice: Voice, go: Event) -> None:
    assert [next(voice.synthesize(SHORT, go)).start for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_to_say(voice: Voice, go: Event, text: str) -> None:
    assert list(voice.synthesize(text, go)) == []


def test_stopped_before_it_began(voice: Voice, halt: Event) -> None:
    assert list(voice.synthesize(LONG, halt)) == []


def test_stops_between_chunks(voice: Voice, go: Event) -> None:
    chunks = voice.synthesize(LONG, go)
    next(chunks)
    go.set()
    assert list(chunks) == []


def test_stopped_at_any_look_it_speaks_again(voice: Voice, go: Event) -> None:
    whole = list(voice.synthesize(SHORT, go))
    for looks in range(len(whole)):
        assert len(list(voice.synthesize(SHORT, StopAfter(looks)))) <= looks
    again = list(voice.synthesize(SHORT, go))
    assert len(again) == len(whole)


def test_odd_characters_do_no_harm(voice: Voice, go: Event) -> None:
    for text in ("naïve café", "日本", "\0", "a\0b", "[[x]] <b>bold</b>", "…", "🙂"):
        list(voice.synthesize(text, go))
