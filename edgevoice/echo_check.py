"""Measuring an echo: a sound to play, and what a recording of it says about the room.

    silence · sweep · silence · the same sweep · silence · a soft rush · silence

A sweep is a sine that rises through the voice's frequencies, each octave equally long. Dividing
the recording's spectrum by the sweep's gives the impulse response between loudspeaker and
microphone: one sharp peak for every path that the sound took, whatever noise the room makes, while
what the loudspeaker distorts ends up before the first peak, where it disturbs nothing. The method
is Farina's (A. Farina: Simultaneous measurement of impulse response and distortion with a
swept-sine technique, 108th AES convention, Paris 2000). The second sweep tells whether the delay
keeps still.

The rush is for the canceller to show what it can. It learns from all frequencies at once, as in a
voice; a sweep teaches it nothing: of one, AEC3 takes out 5 to 10 dB, of the rush all that is above
the noise (in simulated rooms).
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples, milliseconds_of, samples_of
from edgevoice.audio.level import FULL_SCALE
from edgevoice.duplex import Echo
from edgevoice.errors import DeviceError

Floats = NDArray[np.float64]

Cancel = Callable[[Samples, Samples, float], Samples]
"""An echo canceller's whole work: microphone, loudspeaker (both 16 kHz, shape `[n]`) and the delay
in milliseconds in, the cleaned microphone out."""

BAND_HZ = (150.0, 7_000.0)
SWEEP_MS = 1_500
RUSH_MS = 2_000
SWEEP_DBFS, RUSH_DBFS = -12.0, -8.6
"""Their peaks: so the rush is as loud as our voice (-21 dBFS, espeak), the sweep 6 dB louder."""

LEAD_MS = 1_500
"""Silence before: the room's noise is measured in it, and a speakerphone that slept wakes up."""
GAP_MS = 1_000
"""Silence after each part: longer than the longest echo."""

BEFORE_MS = 250
"""So much of the impulse response before the sweep is looked at: there is nothing but noise in
it. The second harmonic comes 270 ms before, the others earlier."""
EARLY_MS = 30
"""By so much an echo may seem to come before its sound, as the card's own reckoning is rough; its
delay is then taken to be 0."""
LATEST_MS = 650
"""Told the delay, AEC3 takes even such a late echo out (simulated rooms, to 640 ms)."""
TAIL_MS = 300
"""How much of the room behind the first arrival counts as the echo."""

HEARD = 6.5
"""A peak is an echo from so many standard deviations of the noise on: of pure noise, the highest
of the 11,000 values that are searched is hardly ever above 5."""
STRONG = 0.3
"""The echo begins with the first value that is so high in proportion to the highest (-10 dB): the
direct sound, not the little that comes before it."""

CLIPPED = 32_700
CLIPPED_SHARE = 1e-3


def probe() -> Samples:
    """The sound to play: 9.5 s at 16 kHz, shape `[n]`."""
    sounds = np.zeros(_RUSH.stop + samples_of(GAP_MS))
    for at in _SWEEPS:
        sounds[at] = _sweep()
    sounds[_RUSH] = _rush()
    return np.rint(sounds).astype(np.int16)


def estimate(played: Samples, recorded: Samples, cancel: Cancel | None = None) -> Echo:
    """What `recorded` says about the way from the loudspeaker to the microphone.

    `played`: `probe()`, as the loudspeaker had it; `recorded`: the microphone, 16 kHz, from the
    same moment on; both of shape `[n]`. `cancel` is tried if there is an echo.

    Raises `DeviceError` when the microphone delivers nothing at all.
    """
    recorded = np.pad(recorded[: len(played)], (0, max(0, len(played) - len(recorded))))
    if np.ptp(recorded) == 0:
        raise DeviceError(
            "The microphone delivers nothing but digital silence",
            "Unmute it, turn it up until `edgevoice devices --meter` moves, and measure again.",
        )
    before, during = recorded[_QUIET], np.concatenate([recorded[at] for at in _SWEEPS])
    noise_dbfs = band_dbfs(before)
    found = [_arrival(recorded, at.start) for at in _SWEEPS]
    arrivals = [arrival for arrival in found if arrival is not None]
    echo = Echo(
        heard=len(arrivals),
        noise_dbfs=noise_dbfs,
        clipped=bool(np.mean(np.abs(during.astype(np.int32)) >= CLIPPED) > CLIPPED_SHARE),
        gated=bool(np.mean(during == 0) > 0.5 > np.mean(before == 0)),
    )
    if not arrivals:
        return echo
    delays, levels = zip(*arrivals, strict=True)
    delay_ms, level_db = max(0.0, delays[-1]), float(np.mean(levels))
    learnt = _shifted(_LEARNT, samples_of(delay_ms))
    cleaned = cancel(recorded, played, delay_ms) if cancel else recorded
    return replace(
        echo,
        delay_ms=delay_ms,
        jitter_ms=max(delays) - min(delays),
        level_db=level_db,
        expected_dbfs=band_dbfs(played[_LEARNT]) + level_db,
        rush_dbfs=band_dbfs(recorded[learnt]),
        residual_dbfs=band_dbfs(cleaned[learnt]),
    )


def band_dbfs(pcm: Samples) -> float:
    """The level of `pcm` (16 kHz, shape `[n]`) in the voice's band, in decibels of full scale.

    Mains hum and a microphone's offset lie below that band, and would hide an echo. The least is
    -96.
    """
    spectrum = np.abs(np.fft.rfft(pcm)) ** 2
    power = 2 * float(np.sum(spectrum[_in_band(len(pcm))])) / len(pcm) ** 2
    return max(-96.0, 10 * math.log10(max(power, 1e-12) / FULL_SCALE**2))


def _sweep() -> Floats:
    """One sweep; shape `[n]`, in the units of int16."""
    low, high = BAND_HZ
    ratio, seconds = math.log(high / low), SWEEP_MS / 1000
    time = np.arange(samples_of(SWEEP_MS)) / LISTENING_RATE
    phase = 2 * np.pi * low * seconds / ratio * np.expm1(time / seconds * ratio)
    return _softly(np.sin(phase), 50, SWEEP_DBFS)


def _rush() -> Floats:
    """Noise with the same power in every octave of the band, as in a voice; shape `[n]`."""
    size = samples_of(RUSH_MS)
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(size))
    hertz = np.fft.rfftfreq(size, 1 / LISTENING_RATE)
    spectrum = np.where(_in_band(size), spectrum / np.sqrt(np.maximum(hertz, 1)), 0)
    return _softly(np.fft.irfft(spectrum, size), 300, RUSH_DBFS)


def _softly(sound: Floats, fade_ms: float, peak_dbfs: float) -> Floats:
    """`sound` faded in and out, as loud as it should be."""
    ends = np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / samples_of(fade_ms)
    faded = sound * np.sin(np.pi / 2 * np.minimum(ends, 1)) ** 2
    return np.asarray(faded * 10 ** (peak_dbfs / 20) * FULL_SCALE / np.abs(faded).max(), np.float64)


def _arrival(recorded: Samples, start: int) -> tuple[float, float] | None:
    """Delay (ms) and level (dB) of the echo of the sweep that was played at sample `start`.

    None when there is none.
    """
    before, early = samples_of(BEFORE_MS), samples_of(EARLY_MS)
    sweep = _sweep()
    piece = recorded[start - before :][: before + len(sweep) + samples_of(GAP_MS)]
    response = _impulse_response(sweep, piece)
    strength = np.abs(response)
    noise = math.sqrt(float(np.mean(strength[: before - early] ** 2)))
    searched = strength[before - early : before + samples_of(LATEST_MS)]
    highest = float(searched.max())
    if highest <= HEARD * noise:
        return None
    first = int(np.argmax(searched >= STRONG * highest)) - early
    room = response[before + first - early : before + first + samples_of(TAIL_MS)]
    size = _fast_length(len(sweep) + len(room))
    echo = np.fft.irfft(np.fft.rfft(sweep, size) * np.fft.rfft(room, size), size)
    level_db = 10 * math.log10(float(np.sum(echo**2)) / float(np.sum(sweep**2)))
    return milliseconds_of(first), level_db


def _impulse_response(sound: Floats, recorded: Samples) -> Floats:
    """What turns `sound` into `recorded`; value 0 is the response at once. Both have shape `[n]`.

    Where the sweep has no power there is no answer: 40 dB below its strongest frequency the
    division fades out (Wiener's regularisation).
    """
    size = _fast_length(len(sound) + len(recorded))
    spectrum = np.fft.rfft(sound, size)
    power = np.abs(spectrum) ** 2
    quotient = np.fft.rfft(recorded, size) * spectrum.conj() / (power + 1e-4 * power.max())
    return np.asarray(np.fft.irfft(quotient, size)[: len(recorded)], np.float64)


def _in_band(size: int) -> NDArray[np.bool_]:
    """Which values of the spectrum of `size` samples lie in the band."""
    hertz = np.fft.rfftfreq(size, 1 / LISTENING_RATE)
    return (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])


def _fast_length(least: int) -> int:
    """A power of two: what a Fourier transform is quickest with."""
    return 1 << (least - 1).bit_length()


def _span(start_ms: float, length_ms: float) -> slice:
    return slice(samples_of(start_ms), samples_of(start_ms + length_ms))


def _shifted(span: slice, samples: int) -> slice:
    return slice(span.start + samples, span.stop + samples)


_SWEEPS = (_span(LEAD_MS, SWEEP_MS), _span(LEAD_MS + SWEEP_MS + GAP_MS, SWEEP_MS))
_RUSH = _span(LEAD_MS + 2 * (SWEEP_MS + GAP_MS), RUSH_MS)
_QUIET = _span(LEAD_MS / 3, LEAD_MS * 2 / 3)
"""Not from the very beginning: many microphones start with a thump."""
_LEARNT = slice((_RUSH.start + _RUSH.stop) // 2, _RUSH.stop - samples_of(300))
"""When the canceller has had a second to learn, until the rush fades out."""
