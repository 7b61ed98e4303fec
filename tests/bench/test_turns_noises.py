"""The noises of the benchmark: made, not recorded, and the same every time."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import milliseconds_of, samples_of
from edgevoice.audio.wav import write_wav
from edgevoice.bench.turns.noises import (
    PEAKS_DB,
    WORDS,
    Noise,
    at_peak,
    backchannels,
    glass,
    heard_as_voice,
    kitchen,
    noises,
    say,
)
from edgevoice.engines.silero import SileroVad
from edgevoice.errors import ModelError

with_sox = pytest.mark.skipif(not shutil.which("sox"), reason="sox is not installed")
with_espeak = pytest.mark.skipif(
    not shutil.which("espeak-ng"), reason="espeak-ng's program is not installed"
)


def find(made: list[Noise], kind: str, variant: str) -> Noise:
    return next(n for n in made if n.kind == kind and n.variant == variant)


@with_sox
def test_noises_are_the_same_every_time() -> None:
    first, second = noises(["normal"]), noises(["normal"])
    assert [n.pcm.tobytes() for n in first] == [n.pcm.tobytes() for n in second]
    assert len({n.pcm.tobytes() for n in first}) == len(first), "two noises are alike"


@with_sox
def test_noises_are_as_loud_as_they_say() -> None:
    for noise in noises():
        peak = 20 * np.log10(np.abs(noise.pcm.astype(float)).max() / 32_768)
        assert peak == pytest.approx(PEAKS_DB[noise.level], abs=0.1), noise.name


@with_sox
def test_noises_last_as_long_as_such_things_do() -> None:
    made = noises(["normal"])
    assert 150 <= milliseconds_of(len(find(made, "cough", "short").pcm)) <= 400
    assert milliseconds_of(len(find(made, "horn", "two tones").pcm)) == 1000
    assert 2000 <= milliseconds_of(len(find(made, "keyboard", "typing").pcm)) <= 3000


@with_sox
@pytest.mark.engine
def test_clearing_the_throat_is_voice_and_a_clap_is_none() -> None:
    made, vad = noises(["normal"]), SileroVad()
    assert heard_as_voice(find(made, "throat", "twice").pcm, vad) >= 200
    assert heard_as_voice(find(made, "clap", "three").pcm, vad) == 0


@with_sox
@with_espeak
def test_every_word_is_said_in_every_voice_and_is_the_same_every_time() -> None:
    first, second = (backchannels(["en-us", "en-gb+m7"], ["soft"]) for _ in range(2))
    assert [n.words for n in first] == [word for word in WORDS for _ in range(2)]
    assert [n.pcm.tobytes() for n in first] == [n.pcm.tobytes() for n in second]


@with_sox
def test_pieces_of_a_kitchen_grow_louder(tmp_path: Path) -> None:
    sound = np.random.default_rng(1).integers(-200, 200, samples_of(9000)).astype(np.int16)
    write_wav(tmp_path / "kitchen.wav", sound, 16_000)
    pieces = kitchen(tmp_path / "kitchen.wav", 2.0, (0, 20))
    assert [len(piece.pcm) for piece in pieces] == [samples_of(2000)] * 2
    assert np.array_equal(pieces[0].pcm, sound[: samples_of(2000)])
    assert np.abs(pieces[1].pcm).max() == pytest.approx(2000, rel=0.02)


def test_silence_stays_silent() -> None:
    assert not at_peak(np.zeros(10, np.int16), -3).any()


def test_without_sox_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ModelError, match=r"^sox is not installed.*apt-get install sox$"):
        glass()


@with_espeak
def test_an_unknown_voice_is_told_in_one_line() -> None:
    with pytest.raises(ModelError, match="espeak-ng failed"):
        say("yes", "xx-nowhere")
