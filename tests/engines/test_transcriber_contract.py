"""What every `Transcriber` does, the real one and its fake."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples
from edgevoice.engines.base import Transcriber, Transcript
from edgevoice.engines.scripted import ScriptedTranscriber
from edgevoice.engines.whisper import WhisperTranscriber

pytestmark = pytest.mark.engine

Make = Callable[[list[str]], Transcriber]
Say = Callable[[str], Samples]


@pytest.fixture(scope="module")
def whisper(stt_folder: Path) -> WhisperTranscriber:
    return WhisperTranscriber(stt_folder, threads=1)


@pytest.fixture(params=["whisper", "scripted"])
def make(request: pytest.FixtureRequest, whisper: WhisperTranscriber) -> Make:
    """Makes a transcriber that will be asked for the given texts; only the fake is told."""
    return (lambda _: whisper) if request.param == "whisper" else ScriptedTranscriber


def test_understands_what_is_said(make: Make, say: Say) -> None:
    texts = ["what time is it", "turn on the lamp"]
    transcriber = make(texts)
    heard = [transcriber.transcribe(say(text)) for text in texts]

    assert [one.text for one in heard] == texts
    assert all(transcriber.min_avg_logprob < one.avg_logprob <= 0 for one in heard)


def test_no_samples_are_no_words(make: Make) -> None:
    assert make([]).transcribe(np.zeros(0, np.int16)) == Transcript("")


def test_silence_is_no_words(make: Make) -> None:
    assert make([""]).transcribe(np.zeros(16_000, np.int16)).text == ""
