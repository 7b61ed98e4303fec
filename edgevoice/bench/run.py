"""The whole benchmark, step by step."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from edgevoice.app import Engines, new_history
from edgevoice.bench.figures import as_figures, goals
from edgevoice.bench.flat import AROUND, LATE, late_over_early, measure_flatness
from edgevoice.bench.hold import Measured, hold
from edgevoice.bench.modes import ALIKE, SERIAL, with_settings
from edgevoice.bench.result import Goal, Result, machine
from edgevoice.bench.script import CONVERSATION, SOAK, speak
from edgevoice.bench.soak import CONVERSATIONS, Soaked, soak
from edgevoice.config import Config
from edgevoice.dialog.events import Event, Note, TurnDone
from edgevoice.transports.caller import Line

Progress = Callable[[str, int, int], None]
"""Is told what goes on, how much of it is done, and out of how much."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured. `quiet_s`: seconds of silence before the first conversation.
    `conversations`: how many are held in real time. `turns`: how long the one is that shows whether
    the first token comes later and later. `soak`: conversations that show whether memory grows."""

    quiet_s: float = 20.0
    conversations: int = 3
    turns: int = LATE + AROUND
    soak: int = CONVERSATIONS


QUICK = Extent(quiet_s=8.0, conversations=1, turns=0, soak=0)
"""A minute and a half, without what takes many conversations."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All that was measured; None, or nothing, is what was left out."""

    measured: Measured
    serial: Measured | None
    first_token_ms: Sequence[float]
    """Time to first token of every turn of a long conversation, language model alone."""
    soaked: Soaked | None
    before: dict[str, object]
    """The machine before we kept it busy."""

    @property
    def goals(self) -> list[Goal]:
        """Those that a machine can measure by itself."""
        growth = self.soaked.growth if self.soaked else None
        flatness = late_over_early(self.first_token_ms)
        return goals(self.measured, self.serial, flatness, growth)

    def result(self, config: Config) -> Result:
        """What bench.json holds."""
        figures: dict[str, object] = {
            "models": {
                "vad": config.vad.engine,
                "stt": _name(config.stt.model),
                "llm": config.llm.name,
                "tts": f"{config.tts.engine} {_name(Path(config.tts.voice))}",
            },
            **as_figures(self.measured),
            "serial": as_figures(self.serial) if self.serial else None,
            "long_conversation_first_token_ms": self.first_token_ms,
            "soak": asdict(self.soaked) if self.soaked else None,
        }
        return Result(self.before, figures, self.goals)


def run(
    config: Config, engines: Engines, extent: Extent, serial: bool, progress: Progress
) -> Benchmark:
    """Measure everything that `extent` asks for; `serial`: one thing after the other, too, and all
    of it after a fixed silence."""
    before = machine()
    config = with_settings(config, ALIKE) if serial else config
    progress("the person’s voice", 0, 1)
    first = speak(config, CONVERSATION, extent.quiet_s)
    later = [replace(first[0], ms=600), *first[1:]]
    lines = [first, *[later] * (extent.conversations - 1)]
    measured = converse(config, engines, lines, "conversations", progress)
    compared = None
    if serial:
        slow = with_settings(config, SERIAL)
        rounds = [later] * extent.conversations
        compared = converse(slow, engines, rounds, "one thing after the other", progress)
    times: list[float] = []
    if extent.turns:
        times = measure_flatness(
            engines.chat,
            new_history(config),
            extent.turns,
            lambda turn: progress("a long conversation", turn, extent.turns),
        )
    soaked = None
    if extent.soak:
        soaked = soak(
            config,
            engines,
            speak(config, SOAK),
            lambda held: progress("many conversations", held, extent.soak),
            extent.soak,
        )
    return Benchmark(measured, compared, times, soaked, before)


def converse(
    config: Config,
    engines: Engines,
    conversations: Sequence[Sequence[Line]],
    what: str,
    progress: Progress,
) -> Measured:
    """Hold `conversations` in real time; `progress` is told of every turn."""
    total, done = sum(map(len, conversations)), 0
    progress(what, 0, total)

    def count(event: Event | Note) -> None:
        nonlocal done
        if isinstance(event, TurnDone):
            done += 1
            progress(what, min(done, total), total)

    return asyncio.run(hold(config, engines, conversations, [count]))


def _name(path: Path) -> str:
    """A model's name and its folder's: people call the files of many models alike."""
    return "/".join(path.parts[-2:])
