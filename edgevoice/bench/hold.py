"""Holds conversations in real time and measures them."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from edgevoice.app import Engines, Workers, build_agent
from edgevoice.bench.busy import Handovers, Span, WatchedCaller, orchestration_ms, timed_workers
from edgevoice.bench.usage import Cost, Meter, Phase, peak_rss_mb, rss_mb
from edgevoice.config import Config
from edgevoice.demo.outcome import timed_exactly
from edgevoice.report import Observer, Recorder, TurnReport
from edgevoice.transports.caller import Line


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured.

    `turns` are timed from what was really said. `orchestration_ms` (see `busy.py`) has one value
    for each of them, None where nothing was played. `costs`: what each phase cost in all.
    """

    turns: Sequence[TurnReport] = ()
    orchestration_ms: Sequence[float | None] = ()
    costs: dict[Phase, Cost] = field(default_factory=dict)
    peak_rss_mb: float = 0.0
    final_rss_mb: float = 0.0


async def hold(
    config: Config,
    engines: Engines,
    conversations: Iterable[Sequence[Line]],
    observers: Sequence[Observer] = (),
    workers: Workers | None = None,
) -> Measured:
    """Hold `conversations`, one after the other, in real time; `workers`: threads, if not given."""
    spans: list[Span] = []
    turns: list[TurnReport] = []
    orchestration: list[float | None] = []
    meter = Meter()
    workers = timed_workers(workers or Workers.threads(), spans)
    try:
        for lines in conversations:
            recorder, handovers = Recorder(), Handovers()
            caller = WatchedCaller(lines, handovers)
            watching: list[Observer] = [recorder, handovers, meter, *observers]
            agent = build_agent(config, engines, workers, caller, watching)
            meter.begin(Phase.BETWEEN if turns else Phase.SILENCE)
            try:
                await agent.run()
            finally:
                meter.begin(None)
                await asyncio.shield(caller.aclose())
            turns += timed_exactly(recorder.turns, caller.spoken)
            orchestration += [
                orchestration_ms(each, spans) if each else None for each in handovers.turns
            ]
            spans.clear()
    finally:
        workers.close()
    return Measured(turns, orchestration, meter.costs, peak_rss_mb(), rss_mb())
