"""What surrounds a Whisper model: window lengths, caps, and telling loops from speech. All pure."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from edgevoice.audio.chunk import LISTENING_RATE, Samples, samples_of

LONGEST = 30 * LISTENING_RATE
"""Samples that a Whisper model can look at: 30 s."""

TOKENS_PER_SECOND = 8
"""People speak at most about this many tokens a second."""

TOKENS_SPARE = 12
"""Tokens beyond that rate: short utterances are dense, and punctuation costs tokens."""

LOOP_COPIES = 5
LOOP_TOKENS = 10
"""So many copies in a row, of so many tokens together, are a loop and not speech."""

_QUIET_FRAME = LISTENING_RATE // 50
_QUIET_SEARCH = 6 * LISTENING_RATE


def window_samples(speech: int, floor_ms: int, silence_after_ms: int) -> int:
    """Length of the window for `speech` samples: `silence_after_ms` more, at least `floor_ms`."""
    wanted = max(samples_of(floor_ms), speech + samples_of(silence_after_ms))
    return min(LONGEST, wanted)


def token_cap(samples: int) -> int:
    """How many tokens can have been said in `samples`."""
    return math.ceil(TOKENS_PER_SECOND * samples / LISTENING_RATE) + TOKENS_SPARE


def loops(tokens: Sequence[int]) -> bool:
    """Whether the same few tokens come over and over, as Whisper does when it is lost."""
    for size in range(1, len(tokens) // LOOP_COPIES + 1):
        run = 0
        for earlier, later in zip(tokens, tokens[size:], strict=False):
            run = run + 1 if earlier == later else 0
            if run + size >= max(LOOP_TOKENS, LOOP_COPIES * size):
                return True
    return False


def pieces(samples: Samples, longest: int = LONGEST) -> Iterator[Samples]:
    """`samples`, shape `[n]`, cut into pieces of at most `longest`.

    The cut falls into the quietest 20 ms of the last 6 s that fit, hoping for a pause.
    """
    while len(samples) > longest:
        search = min(_QUIET_SEARCH, longest // 2)
        frames = samples[longest - search : longest].astype(np.float64)
        usable = frames[: len(frames) - len(frames) % _QUIET_FRAME].reshape(-1, _QUIET_FRAME)
        quietest = int(np.argmin(np.square(usable).sum(axis=1)))
        cut = longest - search + quietest * _QUIET_FRAME + _QUIET_FRAME // 2
        yield samples[:cut]
        samples = samples[cut:]
    if len(samples):
        yield samples
