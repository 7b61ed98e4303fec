"""The whole benchmark of taking turns, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgevoice.bench.result import Goal, Result, machine
from edgevoice.bench.run import Progress
from edgevoice.bench.turns import endpointing, interruptions
from edgevoice.bench.turns.curves import Endpointing
from edgevoice.bench.turns.noises import check_tools
from edgevoice.bench.turns.people import SPEECH, Clip, load_people
from edgevoice.bench.turns.requests import spoken_requests
from edgevoice.config import Config

KITCHEN = "kitchen.flac"
"""A minute of noise in a kitchen, beside the recordings."""

QUICK = 4
"""Of so many utterances, `quick` takes one."""


@dataclass(frozen=True, slots=True)
class Turns:
    """All that was measured.

    `notice`: what could not be, and why; empty if all was. `models`: what listened; None: there was
    none. `quick`: it was but a part of everything.
    """

    endpointing: Endpointing
    interruptions: dict[str, Any]
    goals: Sequence[Goal]
    notice: str
    models: dict[str, str | None]
    quick: bool
    before: dict[str, Any]
    """The machine before we kept it busy."""

    @property
    def result(self) -> Result:
        """What turns.json holds."""
        figures = {
            "notice": self.notice,
            "models": self.models,
            "quick": self.quick,
            "endpointing": self.endpointing.as_json(),
            "interruptions": self.interruptions,
        }
        return Result(self.before, figures, self.goals)


def run(config: Config, progress: Progress, *, speech: Path = SPEECH, quick: bool = False) -> Turns:
    """Measure everything; people are those in the folder `speech`, if there is one.

    Raises `ModelError` where an engine, sox or espeak-ng is missing (at once, not after half an
    hour), `AudioFileError` for recordings that cannot be read.
    """
    check_tools()
    before = machine()
    people, requests = load_people(speech), spoken_requests()
    kitchen = speech / KITCHEN
    notices = [
        *([] if people else [f"{speech} has no recordings: nothing was measured on people."]),
        *([] if kitchen.is_file() else [f"{kitchen} is missing: no kitchen was heard."]),
    ]
    models = _models(config)
    if models["turn"] is None and config.turn.engine != "none":
        notices.append(f"{config.turn.model} is missing: the tone of voice said nothing.")
    chosen = _every(people, quick) if people else None
    ends = endpointing.measure(config, chosen, _every(requests, quick), progress)
    figures, goals = interruptions.measure(
        config, people or [], progress, quick=quick, kitchen=kitchen
    )
    return Turns(ends, figures, [*ends.goals, *goals], " ".join(notices), models, quick, before)


def _models(config: Config) -> dict[str, str | None]:
    judges = config.turn.engine != "none" and config.turn.model.is_file()
    return {
        "vad": config.vad.engine,
        "stt": "/".join(config.stt.model.parts[-2:]),
        "turn": config.turn.model.stem if judges else None,
    }


def _every(clips: Sequence[Clip], quick: bool) -> Sequence[Clip]:
    return clips[:: QUICK if quick else 1]
