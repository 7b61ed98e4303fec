"""What each lever is worth, in milliseconds: python -m tools.bench.levers

With `--config FILE` for the models that it names, or with `--real-size FOLDER` for models of real
size (`shapes.py`) and utterances of five seconds.

Begins with the serial mode (wait for silence, then transcribe, then think, then speak) and pulls
one lever after the other, each on top of those before it. All modes answer the same clips at the
same endpoint delay, in one run. The last lever is a voice that sounds before its clause is
finished; only Piper has it.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
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
from edgevoice.bench.picture import draw_bench
from edgevoice.bench.result import Goal, Result, machine, spread
from edgevoice.bench.script import speak
from edgevoice.config import Config, load_config
from edgevoice.demo.hold import make_folder
from edgevoice.engines.base import NEVER, Voice
from edgevoice.engines.loading import threads_for
from edgevoice.engines.piper import PiperVoice
from edgevoice.errors import EdgevoiceError
from edgevoice.transports.caller import Line
from tools.bench.real_size import real_size

LEVERS: Mapping[str, tuple[str, ...]] = {
    "final words from the soft end on": ("vad.soft_end_ms",),
    "partial words while the person speaks": ("stt.partial_interval_ms",),
    "language model reads along": ("llm.listen_along",),
    "draft replies": ("reply.drafts",),
}
"""Name → the settings that are taken back from serial to what the configuration says."""

CLAUSE = "tomorrow it will stay dry and mild until evening"
REPEATED = 15

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


def climb(
    config: Config, engines: Engines, conversations: Sequence[Sequence[Line]], whole: Voice | None
) -> list[Step]:
    """Hold `conversations` on every step, in real time.

    `whole`: the voice of `engines` as it is when it speaks a clause only once that is finished;
    None where there is no such difference.
    """
    configs = ladder(config)
    late = replace(engines, voice=whole) if whole else engines
    steps = [_step(name, each, late, conversations) for name, each in configs]
    if whole:
        steps.append(_step(SPLIT_NAME, configs[-1][1], engines, conversations))
    return steps


def whole_voice(config: Config) -> Voice | None:
    """The Piper voice of `config`, never split; None for other voices."""
    if config.tts.engine != "piper":
        return None
    path = Path(config.tts.voice)
    threads = threads_for(config.tts.threads, path)
    return PiperVoice(path, threads=threads, speed=config.tts.speed, early=False)


def early_sound(early: Voice, whole: Voice, clock: Callable[[], float] = time.monotonic) -> float:
    """Median time to the first sound of `CLAUSE` over that to the whole of it, in turns."""
    firsts, wholes = list[float](), list[float]()
    for _ in range(REPEATED):
        for voice, times in ((early, firsts), (whole, wholes)):
            began = clock()
            next(iter(voice.synthesize(CLAUSE, NEVER)))
            times.append(clock() - began)
    return statistics.median(firsts) / statistics.median(wholes)


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


def result(steps: Sequence[Step], early: float | None, before: dict[str, Any]) -> Result:
    """What levers.json holds.

    `early`: see `early_sound`; `before`: the machine, before it was kept busy.
    """
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
    if early is not None:
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
    """Measure, print the table, write levers.json and the picture of the first and the last."""
    parser = argparse.ArgumentParser(description="What each lever is worth, in milliseconds.")
    parser.add_argument("--config", type=Path, help="settings file: which models, how configured")
    parser.add_argument("--real-size", type=Path, help="folder with the models of shapes.py")
    parser.add_argument("--speech", default="whisper-tiny.en", help="which of them hears")
    parser.add_argument("--chat", default="qwen2.5-0.5b", help="which of them writes")
    parser.add_argument("--out", type=Path, default=Path("bench-output"))
    parser.add_argument("--turns", type=int, default=1, help="how often to ask, on every step")
    given = parser.parse_args()
    make_folder(given.out)
    before = machine()
    if given.real_size:
        config, engines, lines = real_size(given.real_size, given.speech, given.chat, threads=2)
    else:
        config = load_config(given.config)
        engines, lines = load_engines(config), speak(config)
    whole = whole_voice(config)
    early = early_sound(engines.voice, whole) if whole else None
    steps = climb(config, engines, [lines * given.turns], whole)
    result(steps, early, before).write(given.out / "levers.json")
    draw_bench(steps[-1].measured, steps[0].measured, given.out / "levers.png")
    Console().print(table(steps))


if __name__ == "__main__":
    try:
        main()
    except EdgevoiceError as error:
        console.print(str(error), style="red")
        sys.exit(error.exit_code)
