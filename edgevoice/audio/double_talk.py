"""Hears a person through our own voice: double talk, told from echo.

An adaptive filter learns the way from the loudspeaker to the microphone and predicts the echo. What
it cannot predict is compared with how far it expects to be wrong: much more than that is somebody
else. The filter is a Kalman filter in the frequency domain, in blocks of 10 ms (Enzner and Vary,
"Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones", Signal
Processing 86, 2006; partitioned as by Kuech, Mabande and Enzner, "State-space architecture of the
partitioned-block-based acoustic echo controller", ICASSP 2014). It knows its own uncertainty, which
is the expected error, and it hardly learns while somebody else speaks. Works at 8 kHz: voices are
plain enough below 4 kHz, at half the cost.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import Samples

Floats = NDArray[np.floating[Any]]
Spectra = NDArray[np.complexfloating[Any, Any]]

FRAME = 160
"""Samples of a frame at 16 kHz: 10 ms."""

_PARTS = 40
"""Blocks of 10 ms that the filter looks back: 400 ms, for delays up to 250 ms and a room's tail."""

_CHANGE = 0.001
"""How much of the path is taken to change per block."""

_STEADY = 0.8
"""Smoothing per block of what is measured, as a time: 45 ms."""

_INAUDIBLE = 100.0
"""Power per frequency that is nothing: keeps digital silence from being divided by."""

_CONSTRAINED = 4
"""Partitions per block whose response is kept from wrapping around."""


class Explained(NamedTuple):
    """What the loudspeaker explains of a block, and what it does not.

    `residual`: the block without its predicted echo, shape `[block]`. `unexplained`: its power per
    frequency, shape `[block + 1]`. `expected`: how much of that may still be echo.
    """

    residual: Floats
    unexplained: Floats
    expected: Floats


class EchoPath:
    """Predicts the echo of what is played, and how far off the prediction may be."""

    def __init__(self, block: int) -> None:
        """`block`: samples of 10 ms."""
        bins = block + 1
        self._block = block
        self._paths: Spectra = np.zeros((_PARTS, bins), np.complex64)
        # Until something is learned, the echo may be as loud as what is played.
        self._doubt: Floats = np.full((_PARTS, bins), 1 / _PARTS, np.float32)
        # The newest block first; twice as long, so that a window slides over it without copying.
        self._played: Spectra = np.zeros((2 * _PARTS, bins), np.complex64)
        self._power: Floats = np.zeros((2 * _PARTS, bins), np.float32)
        self._at = _PARTS
        self._last: Floats = np.zeros(block, np.float32)
        self._others: Floats = np.ones(bins, np.float32)
        self._turn = 0
        self._quiet = _PARTS

    def add(self, heard: Floats, played: Floats) -> Explained:
        """Explain `heard` by what was `played`, both of shape `[block]`, and learn from it."""
        self._quiet = 0 if np.count_nonzero(played) else self._quiet + 1
        if self._quiet > _PARTS:
            return Explained(heard, _power(self._spectrum(heard)), np.zeros_like(self._others))
        self._remember(played)
        window = slice(self._at, self._at + _PARTS)
        spectra, power = self._played[window], self._power[window]
        echo: Floats = np.fft.irfft((spectra * self._paths).sum(0))[self._block :]
        residual = heard - echo
        error = self._spectrum(residual)
        unexplained = _power(error)
        doubts = self._doubt * power
        expected: Floats = doubts.sum(0) / 2  # half of the error's block is zeros
        self._others += (1 - _STEADY) * (unexplained - self._others)
        gain = self._doubt / (expected + self._others + _INAUDIBLE)
        self._doubt -= gain * doubts / 2
        self._paths += (gain * error) * spectra.conj()
        self._loosen()
        return Explained(residual, unexplained, expected)

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
        responses[:, self._block :] = 0
        self._paths[some] = np.fft.rfft(responses)
        self._turn = (self._turn + _CONSTRAINED) % _PARTS
        if not self._turn:
            self._doubt += _CHANGE * _PARTS / _CONSTRAINED * _power(self._paths)

    def _spectrum(self, block: Floats) -> Spectra:
        return np.fft.rfft(np.concatenate([np.zeros(self._block, np.float32), block]))


_HALF_BAND = (np.sinc(np.arange(-15, 16) / 2) * np.hamming(31) / 2).astype(np.float32)


class Halver:
    """From 16 to 8 kHz (a windowed-sinc filter), frame by frame; 1 ms late."""

    def __init__(self) -> None:
        self._last: Floats = np.zeros(len(_HALF_BAND) - 1, np.float32)

    def add(self, frame: Samples) -> Floats:
        """`frame` of shape `[160]` at half the rate, shape `[80]`."""
        sound = np.concatenate([self._last, frame])
        self._last = sound[FRAME:]
        return np.convolve(sound, _HALF_BAND, "valid")[::2]


# Bands from 150 Hz to 3.9 kHz, in steps of 50 Hz: wider, the higher, as for the ear.
_EDGES = np.array([3, 6, 9, 12, 16, 20, 26, 32, 40, 50, 64, 78])

_FLOOR_RISES = 1.007
"""The noise floor follows down at once and up by 3 dB per second."""

_FLOOR_BIAS = 2.0
"""A floor of minima is so much below the noise's mean power."""

_SILENT = 1e3
"""Power in a band of a room that is digitally silent; below it nothing is heard."""

_SURPRISE_UP, _SURPRISE_DOWN = 0.05, 0.001
"""Decibels per block by which the usual surprise moves: it settles where 2% of blocks exceed it."""

_USUAL = (-8.0, 12.0)
"""Decibels between which the usual surprise stays, so that nothing can make us deaf or jumpy."""

_PERSON = 6.0
"""Decibels above the usual surprise that are a person."""


class DoubleTalk:
    """How sure we are that somebody but the loudspeaker makes sound, 10 ms at a time."""

    def __init__(self) -> None:
        self._halve_heard, self._halve_played = Halver(), Halver()
        self._path = EchoPath(FRAME // 2)
        self._unexplained: Floats = np.zeros(len(_EDGES) - 1, np.float32)
        self._expected: Floats = np.zeros(len(_EDGES) - 1, np.float32)
        self._floor: Floats = np.full(len(_EDGES) - 1, np.inf, np.float32)
        self._usual = 0.0
        self._since_played = 1000

    def add(self, microphone: Samples, loudspeaker: Samples) -> float:
        """Whether there is a person in `microphone`, 0…1; both have shape `[160]`, 16 kHz."""
        heard, played = self._halve_heard.add(microphone), self._halve_played.add(loudspeaker)
        explained = self._path.add(heard, played)
        surprise = self._surprise(_bands(explained.unexplained), _bands(explained.expected))
        person = 1 / (1 + math.exp(-(surprise - self._usual - _PERSON) / 2))
        self._since_played = 0 if np.count_nonzero(loudspeaker) else self._since_played + 1
        if self._since_played < 30:
            step = _SURPRISE_UP if surprise > self._usual else -_SURPRISE_DOWN
            self._usual = min(max(self._usual + step, _USUAL[0]), _USUAL[1])
        return person

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
