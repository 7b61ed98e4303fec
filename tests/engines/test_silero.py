"""The Silero VAD: state over frames, weights, bad files."""

import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples
from edgevoice.engines.silero import FRAME, SileroVad, find_weights
from edgevoice.errors import ModelError

pytestmark = pytest.mark.engine

Say = Callable[[str], Samples]


def run(vad: SileroVad, pcm: Samples) -> list[float]:
    return [vad(pcm[at : at + FRAME]) for at in range(0, len(pcm) - FRAME + 1, FRAME)]


def test_reset_makes_the_stream_new(say: Say) -> None:
    pcm = say("what time is it")
    vad = SileroVad()
    first = run(vad, pcm)
    again = run(vad, pcm)
    vad.reset()

    assert run(vad, pcm) == first
    assert again != first, "without a reset the state is carried over"


def test_noise_and_tones_are_no_speech() -> None:
    vad = SileroVad()
    noise = np.random.default_rng(1).normal(0, 500, 16_000).astype(np.int16)
    tone = (3000 * np.sin(np.arange(16_000) * 0.2)).astype(np.int16)

    assert max(run(vad, noise)) < 0.5
    vad.reset()
    assert max(run(vad, tone)) < 0.5


def test_frames_are_not_changed(say: Say) -> None:
    pcm = say("hello")
    before = pcm.copy()
    run(SileroVad(), pcm)
    assert np.array_equal(pcm, before)


def test_newer_weights_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tmp_path / "data" / "silero_vad_16k_sequence.onnx"
    newer.parent.mkdir()
    newer.write_bytes(find_weights().read_bytes())
    found = importlib.util.find_spec

    def find_spec(name: str) -> ModuleSpec | None:
        if name == "silero_vad":
            return ModuleSpec(name, None, origin=str(tmp_path / "__init__.py"))
        return found(name)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    assert find_weights() == newer
    assert SileroVad()(np.zeros(FRAME, np.int16)) < 0.3


def test_no_weights_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelError, match=r"not installed\. Install faster-whisper"):
        SileroVad()


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "no such"), (b"", "is empty"), (b"garbage" * 99, "damaged")]
)
def test_bad_file(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "vad.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=f"vad.onnx: .*{reason}"):
        SileroVad(path)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_truncated_file(tmp_path: Path, part: float) -> None:
    whole = find_weights().read_bytes()
    path = tmp_path / "vad.onnx"
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(ModelError, match=r"vad\.onnx"):
        SileroVad(path)


def test_another_onnx_model(whistle: Path) -> None:
    with pytest.raises(ModelError, match="is not a Silero VAD model"):
        SileroVad(whistle)
