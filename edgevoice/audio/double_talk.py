"""Hears a person through our own voice: double talk, told from echo.

An adaptive filter learns the way from the loudspeaker to the microphone and predicts the echo. What
it cannot predict is compared with how far it expects to be wrong: much more than that is somebody
else. The filter is a Kalman filter in the frequency domain, in blocks of 10 ms (Enzner and Vary,
"Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones", Signal
Processing 86, 2006; partitioned as by Kuech, Mabande and Enzner, "State-space architecture of the
partitioned-block-based acoustic echo controller", ICASSP 2014). It knows its own uncertainty, which
is the expected error, and it hardly learns while somebody else speaks.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples

Floats = NDArray[np.floating[Any]]
Spectra = NDArray[np.complexfloating[Any, Any]]

FRAME = 160
"""Samples of a frame: 10 ms at 16 kHz."""

_BINS = FRAME + 1
"""Frequencies of a frame and its predecessor together: every 50 Hz up to 8 kHz."""

_PARTS = 40
"""Blocks of 10 ms that the filter looks back: 400 ms, for delays up to 250 ms and a room's tail."""

_CHANGE = 0.001
"""How much of the path is taken to change per block."""

_STEADY = 0.8
"""Smoothing per block of what is measured, as a time: 45 ms."""

_INAUDIBLE = 400.0
"""Power per frequency that is nothing: keeps digital silence from being divided by."""

_CONSTRAINED = 4
"""Partitions per block whose response is kept from wrapping around."""


class Explained(NamedTuple):
    """What the loudspeaker explains of a frame, and what it does not.

    `residual`: the frame without its predicted echo, shape `[160]`. `unexplained`: its power per
    frequency, shape `[161]`. `expected`: how much of that may still be echo.
    """

    residual: Floats
    unexplained: Floats
    expected: Floats


class EchoPath:
    """Predicts the echo of what is played, and how far off the prediction may be."""

    def __init__(self) -> None:
        self._paths: Spectra = np.zeros((_PARTS, _BINS), np.complex64)
        # Until something is learned, the echo may be as loud as what is played.
        self._doubt: Floats = np.full((_PARTS, _BINS), 1 / _PARTS, np.float32)
        # The newest block first; twice as long, so that a window slides over it without copying.
        self._played: Spectra = np.zeros((2 * _PARTS, _BINS), np.complex64)
        self._power: Floats = np.zeros((2 * _PARTS, _BINS), np.float32)
        self._at = _PARTS
        self._last: Floats = np.zeros(FRAME, np.float32)
        self._others: Floats = np.ones(_BINS, np.float32)
        self._turn = 0
        self._quiet = _PARTS

    def add(self, heard: Floats, played: Floats) -> Explained:
        """Explain `heard` by what was `played`, both of shape `[160]`, and learn from it."""
        self._quiet = 0 if np.count_nonzero(played) else self._quiet + 1
        if self._quiet > _PARTS:
            return Explained(heard, _power(_spectrum(heard)), np.zeros_like(self._others))
        self._remember(played)
        window = slice(self._at, self._at + _PARTS)
        spectra, power = self._played[window], self._power[window]
        echo: Floats = np.fft.irfft((spectra * self._paths).sum(0))[FRAME:]
        residual = heard - echo
        error = _spectrum(residual)
        unexplained = _power(error)
        doubts = self._doubt * power
        expected: Floats = doubts.sum(0) / 2  # half of the error's block is zeros
        self._others += (1 - _STEADY) * (unexplained - self._others)
        gain = self._doubt / (expected + self._others + _INAUDIBLE)
        self._doubt -= gain * doubts / 2
        self._paths += (gain * error) * spectra.conj()
        self._loosen()
        return Explained(residual, unexplained, expected)

    def doubt(self) -> None:
        """The path may have become any other."""
        np.maximum(self._doubt, 1 / _PARTS, out=self._doubt)

    def _remember(self, played: Floats) -> None:
        self._at = (self._at or _PARTS) - 1
        spectrum = np.fft.rfft(np.concatenate([self._last, played]))
        power = _power(spectrum)
        for row in (self._at, self._at + _PARTS):
            self._played[row], self._power[row] = spectrum, power
        self._last = played

    def _loosen(self) -> None:
        """Some paths in turn: keep the response from wrapping around, and let it change."""
        some = slice(self._turn, self._turn + _CONSTRAINED)
        responses = np.fft.irfft(self._paths[some])
        responses[:, FRAME:] = 0
        self._paths[some] = np.fft.rfft(responses)
        self._turn = (self._turn + _CONSTRAINED) % _PARTS
        if not self._turn:
            self._doubt += _CHANGE * _PARTS / _CONSTRAINED * _power(self._paths)


# Bands from 150 Hz to 3.9 kHz, in steps of 50 Hz: wider, the higher, as for the ear.
_EDGES = np.array([3, 6, 9, 12, 16, 20, 26, 32, 40, 50, 64, 78])

_FLOOR_RISES = 1.007
"""The noise floor follows down at once and up by 3 dB per second."""

_FLOOR_BIAS = 2.0
"""A floor of minima is so much below the noise's mean power."""

_SILENT = 4e3
"""Power in a band of a room that is digitally silent; below it nothing is heard."""

_SURPRISE_UP, _SURPRISE_DOWN = 0.05, 0.001
"""Decibels per block by which the usual surprise moves: it settles where 2% of blocks exceed it."""

_USUAL = (-8.0, 12.0)
"""Decibels between which the usual surprise stays, so that nothing can make us deaf or jumpy."""

_PERSON = 6.0
"""Decibels above the usual surprise that are a person."""


class Overheard(NamedTuple):
    """A frame as it is without us.

    `person`: how sure we are that somebody but the loudspeaker makes sound, 0…1. `residual`: the
    frame without the echo as far as it can be predicted, shape `[160]`.
    """

    person: float
    residual: Floats


class DoubleTalk:
    """Tells whether somebody speaks over our own voice, 10 ms at a time."""

    def __init__(self) -> None:
        self._path = EchoPath()
        self._unexplained: Floats = np.zeros(len(_EDGES) - 1, np.float32)
        self._expected: Floats = np.zeros(len(_EDGES) - 1, np.float32)
        self._floor: Floats = np.full(len(_EDGES) - 1, np.inf, np.float32)
        self._usual = 0.0
        self._quiet = _PARTS

    def add(self, microphone: Samples, loudspeaker: Samples) -> Overheard:
        """What is in `microphone` while `loudspeaker` is played; both have shape `[160]`."""
        explained = self._path.add(microphone.astype(np.float32), loudspeaker.astype(np.float32))
        surprise = self._surprise(_bands(explained.unexplained), _bands(explained.expected))
        person = 1 / (1 + math.exp(-(surprise - self._usual - _PERSON) / 2))
        self._quiet = 0 if np.count_nonzero(loudspeaker) else self._quiet + 1
        if self._quiet < _PARTS:  # echo is nothing unusual
            step = _SURPRISE_UP if surprise > self._usual else -_SURPRISE_DOWN
            self._usual = min(max(self._usual + step, _USUAL[0]), _USUAL[1])
        return Overheard(person, explained.residual)

    def moved(self) -> None:
        """The echo comes by another way from now on: what it does is no surprise for a while."""
        self._path.doubt()

    def _surprise(self, unexplained: Floats, expected: Floats) -> float:
        """How many decibels, on average over the bands, we are off more than we expected."""
        self._unexplained += (1 - _STEADY) * (unexplained - self._unexplained)
        self._expected += (1 - _STEADY) * (expected - self._expected)
        self._floor = np.maximum(np.minimum(self._unexplained, self._floor * _FLOOR_RISES), _SILENT)
        allowed = self._expected + _FLOOR_BIAS * self._floor + 3 * _SILENT
        return 10 * float(np.log10((self._unexplained + 1) / allowed).mean())


def _bands(power: Floats) -> Floats:
    return np.add.reduceat(power, _EDGES)[:-1]


def _power(spectrum: Spectra) -> Floats:
    return spectrum.real**2 + spectrum.imag**2


def _spectrum(block: Floats) -> Spectra:
    return np.fft.rfft(np.concatenate([np.zeros(FRAME, np.float32), block]))
