"""Piper voices: speed, loudness, sentences, bad files."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples
from edgevoice.engines.base import Stop
from edgevoice.engines.piper import PiperVoice
from edgevoice.errors import ModelError
from tools import make_test_voice

pytestmark = pytest.mark.engine


@pytest.fixture
def copied(whistle: Path, tmp_path: Path) -> Path:
    for file in (whistle, Path(f"{whistle}.json")):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / whistle.name


def speak(voice: PiperVoice, text: str) -> Samples:
    return np.concatenate([chunk.pcm for chunk in voice.synthesize(text, Event())])


def test_the_voice_is_what_its_script_makes(whistle: Path, tmp_path: Path) -> None:
    made = tmp_path / "made.onnx"
    make_test_voice.main(made)
    committed, new = (PiperVoice(path, threads=1) for path in (whistle, made))
    assert np.array_equal(speak(committed, "The same sound."), speak(new, "The same sound."))
    assert Path(f"{made}.json").read_bytes() == Path(f"{whistle}.json").read_bytes()


def test_rate_and_speed(whistle: Path) -> None:
    normal, fast = PiperVoice(whistle, threads=1), PiperVoice(whistle, threads=1, speed=2)
    assert normal.rate == make_test_voice.RATE
    assert len(speak(fast, "Hello there.")) == len(speak(normal, "Hello there.")) // 2


def test_loudness_is_the_same_in_every_clause(whistle: Path) -> None:
    voice = PiperVoice(whistle, threads=1)
    peaks = {int(np.abs(speak(voice, text)).max()) for text in ("Ah.", "Well, a longer clause.")}
    assert peaks == {int(make_test_voice.LOUDNESS * 32767)}


def test_the_second_sentence_is_not_made_when_stopped_in_the_first(
    whistle: Path, go: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = PiperVoice(whistle, threads=1)
    made: list[list[str]] = []
    make = voice._speak

    def note(sentence: list[str], stop: Stop) -> Iterator[Samples]:
        made.append(sentence)
        return make(sentence, stop)

    monkeypatch.setattr(voice, "_speak", note)
    chunks = voice.synthesize("The first. The second.", go)
    next(chunks)
    go.set()
    assert list(chunks) == []
    assert len(made) == 1


def test_sound_beyond_full_scale_is_clipped(whistle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = PiperVoice(whistle, threads=1)
    loud = np.array([-3.0, 3.0], np.float32)
    monkeypatch.setattr(voice._network, "run", lambda *_: iter([loud]))
    assert speak(voice, "a").tolist() == [-32767, 32767]


@pytest.mark.parametrize("content", [None, b"", b"garbage" * 50])
def test_bad_network(copied: Path, content: bytes | None) -> None:
    copied.unlink()
    if content is not None:
        copied.write_bytes(content)
    with pytest.raises(ModelError, match=r"whistle\.onnx: .* Fetch the voice again"):
        PiperVoice(copied, threads=1)


@pytest.mark.parametrize("part", [0.2, 0.6, 0.95])
def test_truncated_network(copied: Path, part: float) -> None:
    whole = copied.read_bytes()
    copied.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(ModelError, match=r"whistle\.onnx"):
        PiperVoice(copied, threads=1)


def test_another_onnx_model(copied: Path) -> None:
    from edgevoice.engines.silero import find_weights

    shutil.copy(find_weights(), copied)
    with pytest.raises(ModelError, match=r"whistle\.onnx: is not a Piper voice"):
        PiperVoice(copied, threads=1)


def test_missing_config(copied: Path) -> None:
    Path(f"{copied}.json").unlink()
    with pytest.raises(ModelError, match=r"whistle\.onnx\.json: is missing"):
        PiperVoice(copied, threads=1)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"num_symbols": 3}', "\udcff"])
def test_bad_config(copied: Path, text: str) -> None:
    Path(f"{copied}.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ModelError, match=r"whistle\.onnx\.json: .* Fetch the voice again"):
        PiperVoice(copied, threads=1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phoneme_type": "pinyin"}, "pinyin phonemes, which cannot be made offline"),
        ({"phoneme_type": "hieroglyphs"}, "is not a Piper voice's configuration"),
        ({"espeak": {"voice": "xx-nowhere"}}, "does not work"),
        ({"phoneme_id_map": {"a": [1]}}, "does not work"),
        ({"audio": {"sample_rate": 0}}, "sample rate"),
        ({"audio": {"sample_rate": "fast"}}, "sample rate"),
    ],
)
def test_config_that_does_not_fit(copied: Path, change: dict[str, object], reason: str) -> None:
    config = json.loads(Path(f"{copied}.json").read_text())
    Path(f"{copied}.json").write_text(json.dumps(config | change))
    with pytest.raises(ModelError, match=reason):
        PiperVoice(copied, threads=1)


def test_phonemes_that_the_voice_does_not_know_are_left_out(
    copied: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = json.loads(Path(f"{copied}.json").read_text())
    for mark in ("ˈ", "ˌ", "ː"):
        del config["phoneme_id_map"][mark]
    Path(f"{copied}.json").write_text(json.dumps(config))
    assert len(speak(PiperVoice(copied, threads=1), "Hello there."))
    assert capfd.readouterr() == ("", "")
