"""The ear: what it tells does not depend on how much of a hurry we are in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.config import BargeInConfig, SttConfig, VadConfig
from edgevoice.dialog.events import SpeechStarted
from edgevoice.dialog.segmenter import SpeechEvent
from edgevoice.engines.scripted import ScriptedTranscriber, ScriptedVad
from edgevoice.engines.workers import InlineWorker
from edgevoice.listener import UNHURRIED, Ears, Listener, listener_settings
from tests.talk import LoudVad

TICK = 320


def heard(loud: list[bool], hurried: list[bool]) -> tuple[list[SpeechEvent], list[int]]:
    """What is told of ticks that are loud or silent, and when."""
    settings = listener_settings(VadConfig(), SttConfig(), BargeInConfig(), gate=-1)
    listener = Listener(settings, Ears(LoudVad(), ScriptedTranscriber([]), InlineWorker()))
    events, told = list[SpeechEvent](), list[int]()
    for n, (sound, hurry) in enumerate(zip(loud, hurried, strict=True)):
        pcm = np.full(TICK, 8_000 if sound else 0, np.int16)
        new = listener.feed(AudioChunk(pcm, 16_000, n * TICK), hurry)
        events += new
        told += [(n + 1) * TICK] * len(new)
    return events, told


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 30)), max_size=15).map(
        lambda runs: [(sound, hurry) for sound, hurry, ticks in runs for _ in range(ticks)]
    )
)
def test_who_takes_their_time_hears_the_same(ticks: list[tuple[bool, bool]]) -> None:
    # Silence at the end, so that nothing is left untold.
    loud = [sound for sound, _ in ticks] + [False] * 50
    events, told = heard(loud, [hurry for _, hurry in ticks] + [False] * 50)
    expected, at_once = heard(loud, [True] * len(loud))
    assert events == expected
    assert all(0 <= late - soon <= UNHURRIED for late, soon in zip(told, at_once, strict=True))


def test_speech_that_has_begun_is_always_urgent() -> None:
    loud = [False] * 20 + [True] * 40
    events, told = heard(loud, [False] * 60)
    started, confirmed = events
    assert told[1] - confirmed.at <= TICK
    assert told[0] - started.at <= UNHURRIED


@pytest.mark.parametrize("ms", [0, 32, 40])
def test_a_look_needs_time_and_a_voice(ms: int) -> None:
    settings = listener_settings(
        VadConfig(), SttConfig(partial_interval_ms=300), BargeInConfig(), gate=-1
    )
    listener = Listener(settings, Ears(LoudVad(), ScriptedTranscriber([]), InlineWorker()))
    utterance = listener.utterance(0)
    for n in range(50):
        listener.feed(AudioChunk(np.full(TICK, 8_000, np.int16), 16_000, n * TICK))
    assert not listener.look_due(utterance, samples_of(280))
    end = listener.last_voice
    assert listener.look_due(utterance, end + samples_of(ms)) == (ms < 40)


def begins(level: int, noise: int) -> bool:
    """Whether a voice of `level` is heard to begin in a room with steady noise, by a detector that
    takes everything for a voice."""
    rng = np.random.default_rng(0)
    vad = ScriptedVad([(samples_of(5_000), samples_of(6_000))])
    settings = listener_settings(VadConfig(), SttConfig(), BargeInConfig(), gate=-1)
    listener = Listener(settings, Ears(vad, ScriptedTranscriber([]), InlineWorker()))
    pcm = rng.normal(0, noise, samples_of(7_000))
    pcm[samples_of(5_000) : samples_of(6_000)] += rng.normal(0, level, samples_of(1_000))
    events = listener.feed(AudioChunk(pcm.astype(np.int16), 16_000))
    return any(isinstance(event, SpeechStarted) for event in events)


@pytest.mark.parametrize(
    ("level", "noise", "heard"),
    [(0, 300, False), (100, 300, False), (1_200, 300, True), (30, 5, True), (3_000, 1, True)],
    ids=["a fan", "a fan and a little more", "a voice over a fan", "a whisper", "a voice"],
)
def test_what_does_not_stand_out_of_the_noise_is_no_beginning(
    level: int, noise: int, heard: bool
) -> None:
    assert begins(level, noise) is heard
