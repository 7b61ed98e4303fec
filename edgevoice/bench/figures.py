"""What was measured, in figures. Pure.

Moments are milliseconds after the person's last voiced sample. A reply that is ready early has its
moments before the endpoint, and even before the last sample if the person only seemed to pause.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from edgevoice.audio.chunk import milliseconds_of
from edgevoice.bench.hold import Measured
from edgevoice.bench.result import Goal, Spread, spread
from edgevoice.bench.usage import Phase
from edgevoice.report import TurnReport

Moment = Callable[[TurnReport], int | None]

MOMENTS: Mapping[str, tuple[str, Moment]] = {
    "endpoint_ms": ("end of speech is certain", lambda turn: turn.endpoint),
    "transcript_ms": ("final words", lambda turn: turn.transcript),
    "first_token_ms": ("first token of the reply", lambda turn: turn.first_token),
    "first_clause_ms": ("its first clause", lambda turn: turn.first_clause),
    "first_audio_ms": ("first sound made", lambda turn: turn.first_sound),
    "response_ms": ("first sound heard", lambda turn: turn.reply_start),
}
"""Key in the figures → name for a person, and where the moment is found in a turn."""

COUNTS: Mapping[str, tuple[str, Callable[[TurnReport], float]]] = {
    "prompt_tokens": (
        "tokens evaluated between final words and first token",
        lambda turn: turn.prompt_tokens,
    ),
    "prefilled_tokens": (
        "tokens evaluated while the person spoke",
        lambda turn: turn.prefilled_tokens,
    ),
    "wasted_tokens": ("tokens of dropped drafts", lambda turn: turn.wasted_tokens),
    "wasted_ms": ("milliseconds of sound of dropped drafts", lambda turn: turn.wasted_ms),
    "drafts_dropped": ("dropped drafts", lambda turn: turn.drafts_dropped),
}

ORCHESTRATION = "orchestration_ms"


def after_speech(turn: TurnReport, moment: int | None) -> float | None:
    """Milliseconds from the person's last voiced sample to `moment`."""
    return None if moment is None else milliseconds_of(moment - turn.speech_end)


def answered(turns: Sequence[TurnReport]) -> list[TurnReport]:
    """The turns that tell how quick we are: understood, and answered by the model, aloud."""
    return [
        turn
        for turn in turns
        if turn.understood and not turn.failed and turn.reply_start is not None
    ]


def spreads(measured: Measured) -> dict[str, Spread | None]:
    """Median and 95th percentile of everything that every answered turn has."""
    turns = answered(measured.turns)
    result = {
        name: spread(after_speech(turn, moment(turn)) for turn in turns)
        for name, (_, moment) in MOMENTS.items()
    }
    result[ORCHESTRATION] = spread(measured.orchestration_ms)
    for name, (_, count) in COUNTS.items():
        result[name] = spread(count(turn) for turn in turns)
    return result


def as_figures(measured: Measured) -> dict[str, Any]:
    """`measured` as `Result.figures` has it."""
    return {
        "turns": len(measured.turns),
        "answered": len(answered(measured.turns)),
        "asked_again": sum(not turn.understood for turn in measured.turns),
        "failed": sum(bool(turn.failed) for turn in measured.turns),
        "cues": sum(turn.cued for turn in measured.turns),
        "stages": {
            name: asdict(each) if each else None for name, each in spreads(measured).items()
        },
        "cpu_s_per_minute": {
            phase.value: cost.per_minute for phase, cost in measured.costs.items()
        },
        "phase_s": {phase.value: cost.wall for phase, cost in measured.costs.items()},
        "peak_rss_mb": measured.peak_rss_mb,
        "final_rss_mb": measured.final_rss_mb,
        "each_turn": [
            {name: after_speech(turn, moment(turn)) for name, (_, moment) in MOMENTS.items()}
            | {name: count(turn) for name, (_, count) in COUNTS.items()}
            for turn in answered(measured.turns)
        ],
    }


def median(measured: Measured, name: str) -> float | None:
    """The median of one of the `spreads`."""
    found = spreads(measured)[name]
    return found.p50 if found else None


def ratio(value: float | None, base: float | None) -> float | None:
    """`value` over `base`, where there are both."""
    return value / base if value is not None and base else None


def goals(
    measured: Measured,
    serial: Measured | None = None,
    flatness: float | None = None,
    growth: float | None = None,
) -> list[Goal]:
    """The goals that a machine can measure by itself; `serial` adds the one against it.

    `flatness`: time to first token at turn 200 over turn 5. `growth`: memory after 500
    conversations over that after 50.
    """
    found = spreads(measured)
    orchestration = found[ORCHESTRATION]
    silence = measured.costs.get(Phase.SILENCE)
    reached = [
        Goal.at_most(
            "time not spent in an engine, the endpoint wait or audio buffering, p95",
            10,
            orchestration.p95 if orchestration else None,
            "ms",
        ),
        Goal.at_most(
            "evaluated LLM tokens between endpoint (or begin of the draft) and first token, p50",
            12,
            median(measured, "prompt_tokens"),
        ),
        Goal.at_most(
            "CPU while nobody speaks",
            2,
            silence.percent_of_a_core if silence else None,
            "% of one core",
        ),
        Goal.at_most("time to first token, turn 200 / turn 5", 1.15, flatness, "×"),
        Goal.at_most("RSS after 500 conversations against after 50", 1.02, growth, "×"),
    ]
    if serial:
        against = ratio(median(measured, "response_ms"), median(serial, "response_ms"))
        name = "response latency against our own serial mode, same endpoint delay"
        reached.insert(0, Goal.at_most(name, 0.45, against, "×"))
    return reached
