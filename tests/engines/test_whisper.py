"""The Whisper engine with the starter model: windows, gates, loops, languages, bad folders."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.bench.gauges import heap_bytes, heap_known
from edgevoice.engines.base import Stop, Transcript
from edgevoice.engines.whisper import WhisperTranscriber, _Decoded
from edgevoice.engines.whisper_files import Profile
from edgevoice.engines.whisper_window import LONGEST
from edgevoice.errors import ConfigError, EngineError, ModelError
from tests.engines.flags import StopAfter

pytestmark = pytest.mark.engine

SECOND = LISTENING_RATE


@pytest.fixture(scope="module")
def transcriber(stt_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> WhisperTranscriber:
    """The starter model with a profile of our own: the starter's changes with every training."""
    folder = shutil.copytree(stt_folder, tmp_path_factory.mktemp("stt") / "model")
    profile = {"min_window_ms": 3000, "min_avg_logprob": -0.3, "language": "en"}
    (folder / "edgevoice.json").write_text(json.dumps(profile))
    return WhisperTranscriber(folder, threads=1)


class Decoder:
    """Stands where the network is: answers what a test wants, notes what it was asked."""

    def __init__(self, *answers: _Decoded) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[int, int]] = []

    def __call__(self, _samples: Samples, window: int, cap: int, _stop: Stop) -> _Decoded:
        self.asked.append((window, cap))
        return self.answers.pop(0)


LOOP = _Decoded([5] * 20, -0.1, 0.0, ended=True)
ENDLESS = _Decoded([5, 6, 7], -0.1, 0.0, ended=False)
FINE = _Decoded([5, 6, 7], -0.1, 0.0, ended=True)
NOISE = np.full(SECOND, 1000, np.int16)


def decode_with(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber, *answers: _Decoded
) -> Decoder:
    decoder = Decoder(*answers)
    monkeypatch.setattr(transcriber, "_decode", decoder)
    return decoder


@pytest.mark.skipif(not heap_known(), reason="this C library does not tell what it has given")
def test_a_new_length_costs_no_memory(transcriber: WhisperTranscriber) -> None:
    def after(lengths: range) -> float:
        for frames in lengths:
            transcriber._decode(NOISE, frames * SECOND // 100, cap=2)
        return heap_bytes()

    warm = after(range(300, 330))
    # Without a limit on oneDNN's kernels (x86-64) it is some 6 MB.
    assert after(range(330, 360)) - warm < 1e6


def test_the_gate_is_the_models_unless_somebody_says_otherwise(
    stt_folder: Path, transcriber: WhisperTranscriber, tmp_path: Path
) -> None:
    assert transcriber.min_avg_logprob == -0.3
    assert WhisperTranscriber(stt_folder, threads=1, min_avg_logprob=-2).min_avg_logprob == -2
    stock = shutil.copytree(stt_folder, tmp_path / "stock")
    (stock / "edgevoice.json").unlink()
    assert WhisperTranscriber(stock, threads=1).min_avg_logprob == -1.0


def test_the_window_is_short_and_the_cap_follows_the_length(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber
) -> None:
    decoder = decode_with(monkeypatch, transcriber, FINE, FINE)
    transcriber.transcribe(NOISE)
    transcriber.transcribe(np.tile(NOISE, 5))
    assert decoder.asked == [(3 * SECOND, 20), (5 * SECOND, 52)]


@pytest.mark.parametrize("first", [LOOP, ENDLESS])
def test_a_lost_decoder_gets_a_second_chance_with_the_full_window(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber, first: _Decoded
) -> None:
    decoder = decode_with(monkeypatch, transcriber, first, FINE)
    assert transcriber.transcribe(NOISE).text
    assert [window for window, _ in decoder.asked] == [3 * SECOND, LONGEST]


def test_a_loop_that_stays_is_nothing(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber
) -> None:
    decode_with(monkeypatch, transcriber, LOOP, LOOP)
    assert transcriber.transcribe(NOISE).text == ""


@pytest.mark.parametrize(
    ("logprob", "no_speech", "heard"), [(-0.1, 0.9, True), (-0.5, 0.1, True), (-0.5, 0.9, False)]
)
def test_unsure_words_over_no_speech_are_silence(
    monkeypatch: pytest.MonkeyPatch,
    transcriber: WhisperTranscriber,
    logprob: float,
    no_speech: float,
    heard: bool,
) -> None:
    decode_with(monkeypatch, transcriber, _Decoded([5, 6], logprob, no_speech, ended=True))
    assert bool(transcriber.transcribe(NOISE).text) == heard


@pytest.mark.parametrize("looks", [0, 1])
def test_stopped_before_and_after_encoding(transcriber: WhisperTranscriber, looks: int) -> None:
    stop = StopAfter(looks)
    assert transcriber.transcribe(NOISE, stop) == Transcript("")
    assert stop.looks_left < 0


def test_long_speech_is_cut_and_the_surest_doubt_counts(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber
) -> None:
    unsure = _Decoded([8, 9], -0.7, 0.0, ended=True)
    decoder = decode_with(monkeypatch, transcriber, FINE, unsure)
    heard = transcriber.transcribe(np.tile(NOISE, 40))
    assert heard.avg_logprob == -0.7
    assert len(heard.text.split()) >= 2
    assert all(window <= LONGEST for window, _ in decoder.asked)


@pytest.mark.parametrize("kind", ["white", "hum", "clicks", "faint", "dc"])
@pytest.mark.parametrize("seconds", [0.05, 0.4, 1.5, 4.0])
def test_noise_never_becomes_words(
    transcriber: WhisperTranscriber, kind: str, seconds: float
) -> None:
    random = np.random.default_rng(7)
    size = int(seconds * SECOND)
    time = np.arange(size) / SECOND
    sound = {
        "white": random.normal(0, 1500, size),
        "hum": 4000 * np.sin(2 * np.pi * 50 * time) + 1500 * np.sin(2 * np.pi * 150 * time),
        "clicks": 20_000.0 * (random.random(size) < 0.0005),
        "faint": random.normal(0, 3, size),
        "dc": np.full(size, 300.0),
    }[kind]
    heard = transcriber.transcribe(sound.astype(np.int16))
    if kind == "clicks":  # the starter model has its doubts, and the gate acts on them
        assert not heard.text or heard.avg_logprob < transcriber.min_avg_logprob
    else:
        assert heard.text == ""


def test_full_scale_does_not_overflow(transcriber: WhisperTranscriber) -> None:
    transcriber.transcribe(np.full(SECOND, -32768, np.int16))


def test_stock_padding_is_the_sound_of_silence(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber
) -> None:
    sound = np.random.default_rng(1).normal(0, 1000, SECOND).astype(np.int16)
    ours = transcriber._features(sound, 3 * SECOND)
    monkeypatch.setattr(transcriber, "_profile", Profile())
    stock = transcriber._features(sound, 3 * SECOND)

    assert ours.shape == stock.shape == (80, 300)
    assert np.all(ours[:, 110:] == 0)
    assert np.all(stock[:, 110:] == stock.min())
    assert np.allclose(ours[:, :95], stock[:, :95], atol=1e-4)


def test_features_never_exceed_the_window(transcriber: WhisperTranscriber) -> None:
    assert transcriber._features(np.ones(LONGEST, np.int16), LONGEST).shape == (80, 3000)


def test_a_network_that_fails_is_an_engine_error(
    monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(transcriber, "_features", fail)
    with pytest.raises(EngineError, match="out of memory"):
        transcriber.transcribe(NOISE)


class Multilingual:
    """What the prompt needs to know of a multilingual model."""

    is_multilingual = True
    names = ("<|startoftranscript|>", "<|de|>", "<|transcribe|>", "<|notimestamps|>")

    def token_to_id(self, name: str) -> int | None:
        return 100 + self.names.index(name) if name in self.names else None


def test_prompts(monkeypatch: pytest.MonkeyPatch, transcriber: WhisperTranscriber) -> None:
    assert len(transcriber._prompt_for("en")) == 2
    with pytest.raises(ConfigError, match=r"stt\.language is 'de', but .* only English"):
        transcriber._prompt_for("de")
    with monkeypatch.context() as patch:
        patch.setattr(transcriber._model, "model", Multilingual())
        patch.setattr(transcriber._model, "hf_tokenizer", Multilingual())
        assert transcriber._prompt_for("de") == [100, 101, 102, 103]
        with pytest.raises(ConfigError, match=r"stt\.language is 'xx', which this model does not"):
            transcriber._prompt_for("xx")


@pytest.mark.usefixtures("transcriber")
def test_nothing_is_ever_fetched() -> None:
    import huggingface_hub.constants

    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert huggingface_hub.constants.HF_HUB_OFFLINE


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("vocabulary.json", ("<|startoftranscript|>", "<|nothing|>")),
        ("tokenizer.json", ("<|notimestamps|>", "<|nothing|>")),
        ("tokenizer.json", ('"type": "BPE"', '"type": "Riddle"')),
        ("preprocessor_config.json", ("80", "13")),
        ("preprocessor_config.json", ('"hop_length": 160', '"hop_length": 0')),
    ],
)
def test_files_that_do_not_fit_together(
    stt_folder: Path, tmp_path: Path, name: str, change: tuple[str, str]
) -> None:
    folder = shutil.copytree(stt_folder, tmp_path / "stt")
    text = (folder / name).read_text()
    assert change[0] in text
    (folder / name).write_text(text.replace(*change))
    with pytest.raises(ModelError, match=r"/stt: .* Fetch the model again") as error:
        WhisperTranscriber(folder, threads=1)
    assert "\n" not in str(error.value)
