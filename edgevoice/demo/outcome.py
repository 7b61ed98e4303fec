"""A conversation with the scripted person as values: what demo.json and demo.wav hold.

The person's clips are known to the sample, so times are counted from what was really said, not
from what the voice activity detector made of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgevoice.audio.chunk import LISTENING_RATE, Samples, milliseconds_of, samples_of
from edgevoice.audio.resample import Resampler
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Caller, Sounded, Spoken

SLACK = samples_of(300)
"""How far the VAD's idea of an utterance's end may lie from the clip's real one."""


def timed_exactly(turns: Sequence[TurnReport], spoken: Sequence[Spoken]) -> list[TurnReport]:
    """`turns` with the person's last voiced sample taken from the clips where they tell it."""
    ends = [line.end for line in spoken]
    exact = []
    for turn in turns:
        near = [end for end in ends if abs(end - turn.speech_end) <= SLACK]
        exact.append(replace(turn, speech_end=near[-1]) if near else turn)
    return exact


def lines_of(turn: TurnReport, spoken: Sequence[Spoken]) -> list[Spoken]:
    """The lines that were spoken in the utterance which `turn` answers."""
    return [s for s in spoken if s.start < turn.speech_end and s.end > turn.speech_start]


def barge_in(
    turn: TurnReport, following: TurnReport | None, caller: Caller
) -> tuple[int, int] | None:
    """First voiced sample of what interrupted `turn`, and the sample at which silence fell.

    None when the turn was not interrupted, or before anything of it was heard; or nobody knows by
    what: a "stop" is answered by silence, and no turn of its own.
    """
    if not turn.interrupted or turn.reply_start is None or turn.reply_end is None:
        return None
    if following and not following.unasked:
        lines = lines_of(following, caller.spoken)
        began = lines[0].start if lines else following.speech_start
    else:
        over = [s.start for s in caller.spoken if turn.reply_start <= s.start < turn.reply_end]
        if not over:
            return None
        began = over[-1]
    heard = [s for s in caller.sounded if turn.reply_start <= s.start < turn.reply_end]
    return began, max(_end(piece) for piece in heard)


def turns_as_json(turns: Sequence[TurnReport], caller: Caller) -> list[dict[str, Any]]:
    """`turns` (timed exactly) as demo.json has them."""
    following = [*turns[1:], None]
    return [
        _as_json(turn, caller.spoken, barge_in(turn, after, caller))
        for turn, after in zip(turns, following, strict=False)
    ]


def barge_in_ms(span: tuple[int, int] | None) -> float | None:
    """How long the person had to speak until there was silence."""
    return None if span is None else milliseconds_of(span[1] - span[0])


def _as_json(
    turn: TurnReport, spoken: Sequence[Spoken], interruption: tuple[int, int] | None
) -> dict[str, Any]:
    texts = [line.line.text for line in lines_of(turn, spoken)]
    known = [text for text in texts if text is not None]
    return {
        "user": turn.user,
        "said": " ".join(known) if known and len(known) == len(texts) else None,
        "understood": turn.understood,
        "agent": turn.agent,
        "heard": turn.heard,
        "interrupted": turn.interrupted,
        "failed": turn.failed or None,
        "response_ms": turn.response_ms,
        "stages_ms": turn.stages_ms(),
        "barge_in_ms": barge_in_ms(interruption),
    }


def person_track(caller: Caller) -> Samples:
    """All that the person said, silence included, at 16 kHz."""
    return np.concatenate(caller.said) if caller.said else np.zeros(0, np.int16)


def stereo(caller: Caller) -> tuple[NDArray[np.int16], int]:
    """The conversation, shape `[n, 2]` (left: the person, right: the agent), and its rate."""
    rate = caller.sounded[0].rate if caller.sounded else LISTENING_RATE
    resampler = Resampler(LISTENING_RATE, rate)
    person = np.concatenate([resampler.add(person_track(caller)), resampler.finish()])
    both = np.zeros((len(person), 2), np.int16)
    both[:, 0] = person
    for piece in caller.sounded:
        at = round(piece.start * rate / LISTENING_RATE)
        pcm = piece.pcm[: len(both) - at]
        both[at : at + len(pcm), 1] = pcm
    return both, rate


def _end(piece: Sounded) -> int:
    return piece.start + round(len(piece.pcm) * LISTENING_RATE / piece.rate)
