"""What every `Vad` does, the real one and its fake."""

from collections.abc import Callable

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.engines.base import Vad
from edgevoice.engines.scripted import ScriptedVad
from edgevoice.engines.silero import SileroVad

pytestmark = pytest.mark.engine

SECOND = LISTENING_RATE
Say = Callable[[str], Samples]


@pytest.fixture
def stream(say: Say) -> Samples:
    """A second of silence, speech from then on, and a second of silence at the end."""
    silence = np.zeros(SECOND, np.int16)
    return np.concatenate([silence, say("hello there, how are you today"), silence])


@pytest.fixture(params=["silero", "scripted"])
def vad(request: pytest.FixtureRequest, stream: Samples) -> Vad:
    if request.param == "silero":
        return SileroVad()
    return ScriptedVad([(SECOND, len(stream) - SECOND)])


def probabilities(vad: Vad, stream: Samples) -> list[float]:
    size = vad.frame_samples
    return [vad(stream[at : at + size]) for at in range(0, len(stream) - size + 1, size)]


def test_tells_speech_from_silence(vad: Vad, stream: Samples) -> None:
    heard = probabilities(vad, stream)

    assert all(0 <= probability <= 1 for probability in heard)
    quiet = SECOND // vad.frame_samples
    assert max(heard[: quiet - 1]) < 0.3
    assert np.mean(np.array(heard[quiet:-quiet]) > 0.5) > 0.6
    assert max(heard[-quiet // 2 :]) < 0.3


def test_a_frame_has_one_length(vad: Vad) -> None:
    with pytest.raises(ValueError, match="shape"):
        vad(np.zeros(vad.frame_samples + 1, np.int16))


def test_reset_may_come_at_any_time(vad: Vad) -> None:
    vad.reset()
    frame = np.zeros(vad.frame_samples, np.int16)
    assert vad(frame) < 0.3
    vad.reset()
    assert vad(frame) < 0.3
