"""The espeak-ng voice: parameters, pauses, missing parts."""

import ctypes
from collections.abc import Iterator
from threading import Event, Thread

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, milliseconds_of
from edgevoice.engines import espeak
from edgevoice.engines.espeak import EspeakVoice
from edgevoice.errors import ModelError

pytestmark = pytest.mark.engine


def speak(voice: EspeakVoice, text: str) -> Samples:
    return np.concatenate([chunk.pcm for chunk in voice.synthesize(text, Event())])


def pitch(pcm: Samples) -> float:
    """Something that grows with the pitch: the rate of zero crossings."""
    return float(np.mean(np.diff(np.sign(pcm)) != 0))


def test_voices_keep_their_parameters_when_they_take_turns() -> None:
    # espeak-ng starts each text at another phase, so lengths are equal to within some samples.
    slow, fast, high = EspeakVoice(rate_wpm=120), EspeakVoice(rate_wpm=240), EspeakVoice("en-us+f3")
    text = "the quick brown fox jumps over the lazy dog"
    alone = speak(slow, text)

    assert len(speak(fast, text)) < 0.7 * len(alone)
    assert pitch(speak(high, text)) != pytest.approx(pitch(alone), rel=0.05)
    assert len(speak(slow, text)) == pytest.approx(len(alone), rel=0.01)
    assert pitch(speak(slow, text)) == pytest.approx(pitch(alone), rel=0.02)


def test_a_new_length_of_sound_leaves_nothing_behind() -> None:
    voice = EspeakVoice()
    speak(voice, "zero")
    pointers = len(ctypes._pointer_type_cache)  # type: ignore[attr-defined]
    for word in ("one", "twelve", "thirteen", "one hundred", "a thousand and one"):
        speak(voice, word)
    assert len(ctypes._pointer_type_cache) == pointers  # type: ignore[attr-defined]


def test_volume() -> None:
    loud, quiet = (
        np.abs(speak(EspeakVoice(volume=volume), "hello").astype(int)).max() for volume in (100, 50)
    )
    assert 0.3 * loud < quiet < 0.7 * loud


def test_sound_begins_at_once() -> None:
    assert speak(EspeakVoice(), "Paris.")[0] != 0


def test_punctuation_is_a_pause_and_a_cut_is_none() -> None:
    voice = EspeakVoice()

    def silence_after(text: str) -> float:
        pcm = speak(voice, text)
        return milliseconds_of(len(pcm) - 1 - int(np.flatnonzero(pcm)[-1]), voice.rate)

    assert silence_after("and then") < 50
    assert 100 < silence_after("and then,") < silence_after("and then.") < 400


def test_every_word_has_its_place() -> None:
    voice = EspeakVoice("en-us+m7")
    sound, words = voice.timed("tell me where havana is")
    assert len(words) == 5 and words == sorted(words) and words[-1] < len(sound)


def test_no_word_is_left_over_from_a_long_text() -> None:
    voice = EspeakVoice("en-us+m7")
    voice.timed("tell me a very long story about a fox, a hen and a dog. " * 6)
    _, words = voice.timed("tell me where havana is")
    assert len(words) == 5


def test_voices_in_several_threads_do_not_mix() -> None:
    voices = [EspeakVoice(rate_wpm=rate) for rate in (120, 175, 250)]
    text = "one two three four"
    alone = [len(speak(voice, text)) for voice in voices]
    heard: dict[int, list[int]] = {n: [] for n in range(len(voices))}

    def work(n: int) -> None:
        for _ in range(5):
            heard[n].append(len(speak(voices[n], text)))

    threads = [Thread(target=work, args=(n,)) for n in heard]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(heard[n] == pytest.approx([alone[n]] * 5, rel=0.01) for n in heard)


@pytest.mark.parametrize("name", ["xx-nowhere", "", "en us;"])
def test_unknown_voice(name: str) -> None:
    with pytest.raises(ModelError, match=r"no voice .* `espeak-ng --voices` lists them"):
        EspeakVoice(name)


@pytest.fixture
def unloaded() -> Iterator[None]:
    espeak._library.cache_clear()
    yield
    espeak._library.cache_clear()


@pytest.mark.usefixtures("unloaded")
def test_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "LIBRARY", "libespeak-nowhere.so.1")
    with pytest.raises(ModelError, match=r"not installed .* apt-get install libespeak-ng1"):
        EspeakVoice()


@pytest.mark.usefixtures("unloaded")
def test_missing_data(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoData:
        def espeak_Initialize(self, *_: object) -> int:  # noqa: N802
            return 0

    monkeypatch.setattr(ctypes, "CDLL", lambda _: NoData())
    with pytest.raises(ModelError, match=r"none of its data.* espeak-ng-data"):
        EspeakVoice()
