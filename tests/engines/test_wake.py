"""Wake words: the ones that are shipped, said by a synthetic voice, and models that are none."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.resample import Resampler
from edgevoice.engines import wake
from edgevoice.engines.base import NEVER, WakeWord
from edgevoice.engines.espeak import EspeakVoice
from edgevoice.engines.wake import load_wake, shipped
from edgevoice.errors import ConfigError, ModelError

pytestmark = pytest.mark.engine


def spoken(text: str, rate_wpm: int = 165) -> Samples:
    """`text` after a second of silence, and half a second after it."""
    voice = EspeakVoice("en-us", rate_wpm=rate_wpm)
    resampler = Resampler(voice.rate, LISTENING_RATE)
    pieces = [resampler.add(chunk.pcm) for chunk in voice.synthesize(text, NEVER)]
    silence = np.zeros(LISTENING_RATE, np.int16)
    return np.concatenate([silence, *pieces, resampler.finish(), silence[::2]])


def heard(word: WakeWord, samples: Samples) -> list[int]:
    """After which samples `word` was heard."""
    size = word.frame_samples
    starts = range(0, len(samples) - size + 1, size)
    return [start + size for start in starts if word(samples[start : start + size])]


@pytest.fixture
def nabu() -> WakeWord:
    return load_wake("okay_nabu")


@pytest.mark.parametrize("word", ["okay_nabu", "alexa"])
@pytest.mark.parametrize("rate_wpm", [130, 165])
def test_a_word_is_heard_once_soon_after_it_was_said(word: str, rate_wpm: int) -> None:
    samples = spoken(word.replace("_", " "), rate_wpm)
    (at,) = heard(load_wake(word), samples)
    end = np.flatnonzero(np.abs(samples) > 300)[-1]
    assert end - 0.2 * LISTENING_RATE < at < end + 0.4 * LISTENING_RATE


def test_a_word_is_heard_each_time_it_is_said(nabu: WakeWord) -> None:
    samples = spoken("okay nabu")
    assert len(heard(nabu, np.tile(samples, 3))) == 3


@pytest.mark.parametrize("text", ["okay", "what time is it", "good morning, how are you today"])
def test_other_words_are_not_heard(nabu: WakeWord, text: str) -> None:
    assert not heard(nabu, spoken(text))


def test_noise_is_not_heard(nabu: WakeWord) -> None:
    noise = np.random.default_rng(1).normal(0, 3000, 5 * LISTENING_RATE)
    assert not heard(nabu, noise.astype(np.int16))


def test_a_threshold_can_be_higher_than_the_models_own() -> None:
    assert not heard(load_wake("okay_nabu", 0.9999), spoken("okay nabu"))


def test_reset_forgets_what_was_heard(nabu: WakeWord) -> None:
    samples = spoken("okay nabu")
    first = heard(nabu, samples)
    half = len(samples) // 2
    heard(nabu, samples[:half])
    nabu.reset()
    assert not heard(nabu, samples[half:])
    nabu.reset()
    assert heard(nabu, samples) == first


def test_a_frame_of_another_length_is_a_bug(nabu: WakeWord) -> None:
    with pytest.raises(ValueError, match="a frame has shape"):
        nabu(np.zeros(160, np.int16))


def test_an_unknown_word_lists_the_known_ones() -> None:
    known = r"'computer'.*Known: alexa, hey_jarvis, hey_mycroft, okay_nabu; or the path"
    with pytest.raises(ConfigError, match=known):
        load_wake("computer")


def test_without_the_package_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="pymicro-wakeword, which is not installed"):
        load_wake("okay_nabu")


@pytest.mark.parametrize("library", [None, b"", b"not for this processor"])
def test_without_its_library_the_package_is_of_no_use(
    library: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shipped()["okay_nabu"].parent, tmp_path / "models")
    (tmp_path / "lib").mkdir()
    if library is not None:
        (tmp_path / "lib" / "libtensorflowlite_c.so").write_bytes(library)
    monkeypatch.setattr(wake, "_package", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"TensorFlow Lite, a part of .*attention.mode"):
        load_wake("okay_nabu")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The description of a model of somebody's own; the model lies beside it."""
    for path in (shipped()["okay_nabu"], shipped()["okay_nabu"].with_suffix(".tflite")):
        shutil.copy(path, tmp_path)
    return tmp_path / "okay_nabu.json"


def test_a_model_of_ones_own(own: Path) -> None:
    assert heard(load_wake(str(own)), spoken("okay nabu"))


def without(description: Path, *keys: str) -> None:
    told: Any = json.loads(description.read_text())
    part = told
    for key in keys[:-1]:
        part = part[key]
    del part[keys[-1]]
    description.write_text(json.dumps(told))


@pytest.mark.parametrize(
    "keys", [("model",), ("wake_word",), ("micro", "probability_cutoff"), ("micro",)]
)
def test_descriptions_that_lack_something(own: Path, keys: tuple[str, ...]) -> None:
    without(own, *keys)
    with pytest.raises(ModelError, match="describes no wake word model"):
        load_wake(str(own))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model": 1}', "null"])
def test_descriptions_that_are_none(own: Path, text: str) -> None:
    own.write_text(text)
    with pytest.raises(ModelError, match="describes no wake word model"):
        load_wake(str(own))


def test_a_description_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no\.json: cannot be read \(No such file"):
        load_wake(str(tmp_path / "no.json"))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.95])
def test_models_that_are_cut_short(own: Path, share: float) -> None:
    model = own.with_suffix(".tflite")
    whole = model.read_bytes()
    model.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(ModelError, match=r"okay_nabu\.tflite: is missing or damaged"):
        load_wake(str(own))


def test_a_model_that_is_missing(own: Path) -> None:
    own.with_suffix(".tflite").unlink()
    with pytest.raises(ModelError, match="is missing or damaged"):
        load_wake(str(own))


def test_a_network_for_something_else(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wake, "BANDS", 41)
    with pytest.raises(ModelError, match="is no wake word model"):
        load_wake(str(own))
