"""Log-mel features as faster-whisper computes them, with a throat of another length if wanted.

Vocal-tract-length perturbation (Jaitly and Hinton 2013) changes where the formants lie without
touching pitch or tempo: the frequency axis of the filter bank is stretched by a factor. It costs
nothing at run time, as the stretched banks are made once.
"""

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

MELS, FRAMES_PER_SECOND, HOP = 80, 100, 160
WARPS = np.linspace(0.82, 1.2, 20)
Features = NDArray[np.float32]


def warped_filters(filters: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """Filters [mels, bins] that read the spectrum at ``factor`` times the frequency.

    Near the top of the spectrum the stretch bends back, so that the last bin stays in place.
    """
    bins = np.arange(filters.shape[1])
    top = bins[-1]
    knee = 0.8 * top / max(factor, 1.0)
    position = np.where(
        bins <= knee,
        bins * factor,
        top - (top - knee * factor) * (top - bins) / (top - knee),
    )
    scatter = np.zeros((len(bins), len(bins)), np.float32)
    low = np.minimum(position.astype(int), top - 1)
    scatter[bins, low] = 1 - (position - low)
    scatter[bins, low + 1] += position - low
    return (filters @ scatter).astype(np.float32)


class FeatureMaker:
    """Samples at 16 kHz, −1…1 → features [80, frames], 100 frames a second."""

    def __init__(self) -> None:
        self._extract = FeatureExtractor()
        self._plain = self._extract.mel_filters
        self._warped = [warped_filters(self._plain, warp) for warp in WARPS]

    def __call__(self, audio: NDArray[np.float32], warp: int | None = None) -> Features:
        """Features of one clip, through the filter bank ``WARPS[warp]`` if one is named."""
        self._extract.mel_filters = self._plain if warp is None else self._warped[warp]
        features: Features = self._extract(audio)
        return features


def stretch_time(features: Features, factor: float) -> Features:
    """The same features at another tempo: ``factor`` times as many frames."""
    count = max(8, round(features.shape[1] * factor))
    at = np.linspace(0, features.shape[1] - 1, count)
    low = np.minimum(at.astype(int), features.shape[1] - 2)
    part = (at - low).astype(np.float32)
    return features[:, low] * (1 - part) + features[:, low + 1] * part


def pad_frames(features: Features, frames: int) -> Features:
    """An even number of frames, ``frames`` at least, padded with the value of silence."""
    count = max(frames, features.shape[1])
    count += count % 2
    return np.pad(features, ((0, 0), (0, count - features.shape[1])))
