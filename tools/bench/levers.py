"""What each lever is worth, in milliseconds: python -m tools.bench.levers [--config FILE]

Begins with the serial mode (wait for silence, then transcribe, then think, then speak) and pulls
one lever after the other, each on top of those before it. All modes answer the same clips at the
same endpoint delay, in one run. The last lever is a voice that sounds before its clause is
finished; only Piper has it.
"""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from edgevoice.app import Engines, load_engines
from edgevoice.audio.chunk import milliseconds_of
from edgevoice.bench.figures import answered, as_figures, median, ratio
from edgevoice.bench.hold import Measured, hold
from edgevoice.bench.modes import SERIAL, with_settings
from edgevoice.bench.result import Goal, Result, machine, spread
from edgevoice.bench.script import speak
from edgevoice.config import Config, load_config
from edgevoice.demo.hold import make_folder
from edgevoice.engines.loading import threads_for
from edgevoice.engines.piper import PiperVoice
from edgevoice.transports.caller import Line

LEVERS: Mapping[str, tuple[str, ...]] = {
    "final words from the soft end on": ("vad.soft_end_ms",),
    "partial words while the person speaks": ("stt.partial_interval_ms",),
    "language model reads along": ("llm.listen_along",),
    "draft replies": ("reply.drafts",),
}
"""Name → the settings that are taken back from serial to what the configuration says."""

SERIAL_NAME, SPLIT_NAME = "one thing after the other", "voice sounds within the clause"

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Step:
    """What was measured with the lever `name`, and all before it, pulled."""

    name: str
    measured: Measured

    @property
    def response_ms(self) -> float | None:
        """The median response."""
        return median(self.measured, "response_ms")

    @property
    def first_sound_ms(self) -> float | None:
        """From the first clause's text to its first sound: the median."""
        found = spread(
            milliseconds_of(turn.first_sound - turn.first_clause)
            for turn in answered(self.measured.turns)
            if turn.first_sound is not None and turn.first_clause is not None
        )
        return found.p50 if found else None


def ladder(config: Config) -> list[tuple[str, Config]]:
    """The configurations, from serial to all levers pulled; none of them plays a cue."""
    settings: dict[str, Any] = dict(SERIAL)
    steps = [(SERIAL_NAME, with_settings(config, settings))]
    for name, keys in LEVERS.items():
        for key in keys:
            section, _, setting = key.partition(".")
            settings[key] = getattr(getattr(config, section), setting)
        steps.append((name, with_settings(config, settings)))
    return steps


def climb(config: Config, engines: Engines, conversations: Sequence[Sequence[Line]]) -> list[Step]:
    """Hold `conversations` on every step, in real time."""
    early = engines.voice
    if isinstance(early, PiperVoice):
        path = Path(config.tts.voice)
        threads = threads_for(config.tts.threads, path)
        whole = PiperVoice(path, threads=threads, speed=config.tts.speed, early=False)
        engines = replace(engines, voice=whole)
    configs = ladder(config)
    steps = [_step(name, each, engines, conversations) for name, each in configs]
    if isinstance(early, PiperVoice):
        full = replace(engines, voice=early)
        steps.append(_step(SPLIT_NAME, configs[-1][1], full, conversations))
    return steps


def _step(
    name: str, config: Config, engines: Engines, conversations: Sequence[Sequence[Line]]
) -> Step:
    console.print(f"[dim]{name} …[/]")
    return Step(name, asyncio.run(hold(config, engines, conversations)))


def gains(steps: Sequence[Step]) -> list[float | None]:
    """For every step, the milliseconds by which it is quicker than the one before."""
    result: list[float | None] = [None]
    for before, after in pairwise(step.response_ms for step in steps):
        result.append(None if before is None or after is None else before - after)
    return result


def result(steps: Sequence[Step], before: dict[str, Any]) -> Result:
    """What levers.json holds; `before`: the machine, before it was kept busy."""
    figures = {
        "levers": [
            {
                "name": step.name,
                "response_p50_ms": step.response_ms,
                "gained_ms": gained,
                "clause_to_sound_p50_ms": step.first_sound_ms,
            }
            for step, gained in zip(steps, gains(steps), strict=True)
        ],
        "each": {step.name: as_figures(step.measured) for step in steps},
    }
    latency = ratio(steps[-1].response_ms, steps[0].response_ms)
    name = "response latency against our own serial mode, same endpoint delay"
    goals = [Goal.at_most(name, 0.45, latency, "×")]
    if steps[-1].name == SPLIT_NAME:
        early = ratio(steps[-1].first_sound_ms, steps[-2].first_sound_ms)
        name = "first audio after first clause's text, against the whole clause's synthesis"
        goals.append(Goal.at_most(name, 0.5, early, "×"))
    return Result(before, figures, goals)


def table(steps: Sequence[Step]) -> Table:
    """Lever → milliseconds."""
    shown = Table("lever", "response", "gained", "turns", title="What each lever is worth")
    for step, gained in zip(steps, gains(steps), strict=True):
        turns = f"{len(answered(step.measured.turns))} of {len(step.measured.turns)}"
        shown.add_row(step.name, _ms(step.response_ms), _ms(gained), turns)
    return shown


def _ms(ms: float | None) -> str:
    return "" if ms is None else f"{ms:.0f} ms"


def main() -> None:
    """Measure, print the table, write levers.json."""
    parser = argparse.ArgumentParser(description="What each lever is worth, in milliseconds.")
    parser.add_argument("--config", type=Path, help="settings file: which models, how configured")
    parser.add_argument("--out", type=Path, default=Path("bench-output"))
    parser.add_argument("--conversations", type=int, default=1, help="held on every step")
    given = parser.parse_args()
    make_folder(given.out)
    before = machine()
    config = load_config(given.config)
    engines = load_engines(config)
    steps = climb(config, engines, [speak(config)] * given.conversations)
    result(steps, before).write(given.out / "levers.json")
    Console().print(table(steps))


if __name__ == "__main__":
    main()
