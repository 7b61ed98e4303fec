"""edgevoice in the same conversation, measured by the same clock."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edgevoice.app import Engines, converse
from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.config import Config
from edgevoice.report import Recorder, TurnReport
from edgevoice.transports.caller import Caller, Line, Sounded
from tools.bench.paced import PacedTranscriber
from tools.bench.peers.plan import GAP_MS, PATIENCE_S, Held, first_loud

MARKS = ("soft_end", "endpoint", "transcript", "first_token", "first_clause", "first_sound")
"""Moments of a `TurnReport` that are worth a look."""


def hold(config: Config, engines: Engines, clips: Sequence[Samples], paced: bool) -> Held:
    """Hold the conversation in real time; `paced`: words come no sooner than they are spoken."""
    caller = Caller([Line(clip, None, ms=GAP_MS) for clip in clips], PATIENCE_S)
    if paced:
        paced_one = PacedTranscriber(engines.transcriber, lambda: _current(caller))
        engines = replace(engines, transcriber=paced_one)
    recorder = Recorder()
    asyncio.run(converse(config, engines, caller, [recorder]))
    return held(caller, recorder.turns)


def held(caller: Caller, turns: Sequence[TurnReport]) -> Held:
    """What happened, in the form that both sides share."""
    moments = {name: [getattr(turn, name) for turn in turns] for name in MARKS}
    marks = {name: [at for at in each if at is not None] for name, each in moments.items()}
    loud = [at for piece in caller.sounded if (at := _loud_from(piece)) is not None]
    spoken = [(line.start, line.end) for line in caller.spoken]
    return Held(spoken, loud, marks, [turn.user for turn in turns])


def _current(caller: Caller) -> Samples:
    spoken = caller.spoken
    return spoken[-1].line.clip if spoken else np.zeros(0, np.int16)


def _loud_from(piece: Sounded) -> int | None:
    first = first_loud(piece.pcm)
    return None if first is None else piece.start + round(first * LISTENING_RATE / piece.rate)
