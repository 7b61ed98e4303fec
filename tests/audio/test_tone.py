"""The earcons: short, soft, without a click, and each its own."""

from itertools import combinations

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk
from edgevoice.audio.tone import Earcon, cue, earcons
from edgevoice.config import VadConfig
from edgevoice.engines.loading import load_vad

RATES = [8_000, 16_000, 22_050, 48_000]
EVERY = pytest.mark.parametrize("earcon", Earcon, ids=lambda earcon: earcon.value)


def pitch(pcm: np.ndarray, rate: int) -> float:
    """Hertz of the strongest tone."""
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm)), 8 * len(pcm)))
    return float(np.argmax(spectrum)) * rate / (8 * len(pcm))


def movement(tone: AudioChunk) -> float:
    """How many semitones the pitch goes up from the first third to the last."""
    third = len(tone.pcm) // 3
    first, last = (pitch(part, tone.rate) for part in (tone.pcm[:third], tone.pcm[-third:]))
    return 12 * float(np.log2(last / first))


@EVERY
@pytest.mark.parametrize("rate", RATES)
def test_it_is_short_and_soft(earcon: Earcon, rate: int) -> None:
    tone = earcons(rate)[earcon]

    assert tone.rate == rate
    assert 0.05 <= len(tone.pcm) / rate <= 0.25
    assert -27 < 20 * np.log10(np.abs(tone.pcm).max() / 32_767) < -25


@EVERY
@pytest.mark.parametrize("rate", RATES)
def test_nothing_clicks(earcon: Earcon, rate: int) -> None:
    pcm = earcons(rate)[earcon].pcm.astype(int)

    assert np.abs(pcm[[0, 1, -2, -1]]).max() <= 12
    # A jump is steeper than the steepest tone that is in there, at its full level.
    steepest = 2 * np.pi * 1.5 * 1319 / rate * np.abs(pcm).max()
    assert np.abs(np.diff(pcm)).max() <= steepest
    # And in the spectrum a click is a floor under the tones that goes up to the end of it.
    spectrum = np.abs(np.fft.rfft(pcm * 1.0)) ** 2
    high = spectrum[len(spectrum) * 4 // 5 :]
    assert 10 * np.log10(high.max() / spectrum.max()) < -40


@pytest.mark.parametrize("earcon", [Earcon.READY, Earcon.UNMUTED])
def test_it_goes_up_where_we_begin_to_listen(earcon: Earcon) -> None:
    assert movement(earcons(22_050)[earcon]) > 5


@pytest.mark.parametrize("earcon", [Earcon.ASLEEP, Earcon.MUTED])
def test_it_goes_down_where_we_stop_listening(earcon: Earcon) -> None:
    assert movement(earcons(22_050)[earcon]) < -5


@pytest.mark.parametrize("earcon", [Earcon.HEARD, Earcon.THINKING, Earcon.ERROR, Earcon.RING])
def test_it_stays_level_where_nothing_changes(earcon: Earcon) -> None:
    assert abs(movement(earcons(22_050)[earcon])) < 0.5


def test_an_error_is_the_lowest_and_comes_twice() -> None:
    tones = earcons(22_050)
    lowest = min(tones, key=lambda earcon: pitch(tones[earcon].pcm, 22_050))
    assert lowest is Earcon.ERROR

    pcm = tones[Earcon.ERROR].pcm
    middle = len(pcm) // 2
    rest = round(0.019 * 22_050)
    assert not pcm[middle - rest : middle + rest].any()
    assert pcm[: middle - rest].any() and pcm[middle + rest :].any()


@pytest.mark.parametrize("rate", RATES)
def test_no_two_are_alike(rate: int) -> None:
    for one, other in combinations(earcons(rate).values(), 2):
        longer = abs(len(one.pcm) - len(other.pcm)) / rate
        further = abs(movement(one) - movement(other))
        assert further > 3 or longer > 0.03


def test_the_cue_is_the_one_for_thinking_and_always_the_same() -> None:
    assert np.array_equal(cue(16_000).pcm, earcons(16_000)[Earcon.THINKING].pcm)
    assert len(cue(16_000).pcm) == 2_560


@pytest.mark.engine
@EVERY
@pytest.mark.parametrize("loudness", [0.1, 0.3, 1, 3, 10])
def test_our_own_ears_do_not_take_it_for_a_voice(earcon: Earcon, loudness: float) -> None:
    vad = load_vad(VadConfig())
    tone = earcons(16_000)[earcon].pcm * loudness
    for late in (0, 170, 340):  # samples: where its frames are cut must not matter
        vad.reset()
        quiet = np.random.default_rng(0).normal(0, 5, 8_000 + late + len(tone) + 8_000)
        quiet[8_000 + late :][: len(tone)] += tone
        frames = quiet.astype(np.int16)[: len(quiet) // 512 * 512].reshape(-1, 512)
        assert max(vad(frame) for frame in frames) < 0.5
