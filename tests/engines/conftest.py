"""What the engine tests share: real models, flags, and sentences that were really spoken."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import soxr

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.engines.espeak import EspeakVoice
from tests.engines import tiny_gguf

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def stt_folder() -> Path:
    return ROOT / "models/starter/stt"


@pytest.fixture(scope="session")
def whistle() -> Path:
    return ROOT / "tests/data/whistle.onnx"


@pytest.fixture(scope="session")
def tiny_chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gguf.write(tmp_path_factory.mktemp("chat") / "tiny.gguf")


@pytest.fixture
def go() -> Event:
    """A stop flag that nobody sets, unless the test does."""
    return Event()


@pytest.fixture
def halt() -> Event:
    """A stop flag that is set already."""
    flag = Event()
    flag.set()
    return flag


@pytest.fixture(scope="session")
def say() -> Callable[[str], Samples]:
    """Speaks a text: 16 kHz, with 100 ms of silence on either side."""
    voice = EspeakVoice("en-us")
    silence = np.zeros(LISTENING_RATE // 10, np.int16)

    def speak(text: str) -> Samples:
        pcm = np.concatenate([chunk.pcm for chunk in voice.synthesize(text, Event())])
        spoken: Samples = soxr.resample(pcm, voice.rate, LISTENING_RATE)
        return np.concatenate([silence, spoken, silence])

    return speak
