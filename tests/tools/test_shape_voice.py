"""The voice of real size, held in miniature: form, length, loudness, repeatability."""

from pathlib import Path
from threading import Event

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from edgevoice.audio.chunk import Samples
from edgevoice.engines.piper import PiperVoice
from tools.bench.shape_voice import (
    MEDIUM,
    MINIATURE,
    PAD_FRAMES,
    PHONEME_FRAMES,
    graph,
    write_voice,
)

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def voice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("voice") / "voice.onnx"
    write_voice(path, shape=MINIATURE)
    return path


def speak(voice: PiperVoice, text: str) -> Samples:
    return np.concatenate([chunk.pcm for chunk in voice.synthesize(text, Event())])


def test_it_speaks_noise_that_is_there_and_quiet(voice_file: Path) -> None:
    sound = speak(PiperVoice(voice_file, threads=1), "Good morning.")
    assert 10 < sound.astype(float).std() < 3000
    assert np.abs(sound).max() < 32767


def test_a_text_is_as_long_as_its_phonemes(voice_file: Path) -> None:
    voice = PiperVoice(voice_file, threads=1)
    (phonemes,) = voice._voice.phonemize("Good morning.")
    ids = voice._voice.phonemes_to_ids(phonemes)
    gaps = ids.count(0)
    frames = gaps * PAD_FRAMES + (len(ids) - gaps) * PHONEME_FRAMES
    assert [len(speak(voice, "Good morning.")) for _ in range(2)] == [frames * MINIATURE.hop] * 2


def test_speed_makes_it_shorter(voice_file: Path) -> None:
    normal, fast = PiperVoice(voice_file, threads=1), PiperVoice(voice_file, threads=1, speed=2)
    ratio = len(speak(fast, "Good morning.")) / len(speak(normal, "Good morning."))
    assert 0.45 < ratio < 0.65  # durations are rounded up to whole frames


def test_the_same_seed_is_the_same_voice(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_voice(tmp_path / name, seed, MINIATURE)
    one, same, other = ((tmp_path / name).read_bytes() for name in "abc")
    assert one == same != other


def test_the_real_size_is_that_of_a_medium_voice() -> None:
    """Piper's medium voices are files of about 63 MB, with a decoder of 1.7 million weights."""
    model = graph(shape=MEDIUM)
    onnx.checker.check_model(model)
    sizes = {weight.name: numpy_helper.to_array(weight).size for weight in model.graph.initializer}
    assert sum(sizes.values()) * 4 == pytest.approx(63e6, rel=0.02)
    assert sum(size for name, size in sizes.items() if name.startswith("dec.")) == pytest.approx(
        1.7e6, rel=0.05
    )
    names = {node.name: node for node in model.graph.node}
    assert names["/dec/conv_pre/Conv"].input[0].startswith("/Mul")
    assert [node.name for node in model.graph.node if node.op_type == "ConvTranspose"] == [
        f"/dec/ups.{stage}/ConvTranspose" for stage in range(3)
    ]
