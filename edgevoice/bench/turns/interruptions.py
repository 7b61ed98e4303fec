"""When does it stop, and when should it have? Interruptions, true and false.

Every measurement is a heap of scenes (`scenes.py`), in which the agent tells a story:

- *Echo*: nobody is there, the room gives the story back. Whatever stops the agent, is itself.
- *Disturbances*: noises and a listener's little words (`noises.py`), once in a room with echo that
  is cancelled, once without any. The story should go on, after a moment of silence at most.
- *People*: recordings of requests spoken into the story, at several ratios of echo to voice. The
  agent should fall silent at once (hold), and give up the story soon after (cancel).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from edgevoice.bench.result import Goal
from edgevoice.bench.run import Progress
from edgevoice.bench.turns.alarms import (
    RATIOS_DB,
    disturbance_figures,
    disturbances,
    echo_figures,
    echo_scenes,
    people_figures,
    people_scenes,
    scene_of,
)
from edgevoice.bench.turns.cost import cost_figures
from edgevoice.bench.turns.people import Clip
from edgevoice.bench.turns.scenes import Happened, Scene, play_all
from edgevoice.config import Config

ECHO_DB = -10.0
"""The echo of the room in which disturbances are heard."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: minutes of story with nobody there, the moments (milliseconds into the
    story) at which every disturbance comes, and of how many people one interrupts."""

    echo_minutes: float = 30.0
    moments_ms: Sequence[int] = (2600, 3900, 5300)
    of_people: int = 1


QUICK = Extent(2.0, (2600,), 4)


def measure(
    config: Config,
    people: Sequence[Clip],
    progress: Progress,
    *,
    quick: bool = False,
    kitchen: Path | None = None,
) -> tuple[dict[str, Any], list[Goal]]:
    """Figures and goals of everything above, and what it costs.

    `kitchen`: a recording of noise. Where it, or `people`, is missing, that part has no figures.
    Raises `ModelError` without sox or espeak-ng.
    """
    extent = QUICK if quick else Extent()

    def play(what: str, scenes: Sequence[Scene]) -> list[Happened]:
        progress(what, 0, len(scenes))
        return play_all(config, scenes, lambda done: progress(what, done, len(scenes)))

    rooms = echo_scenes(extent.echo_minutes)
    echo = echo_figures(rooms, play("its own echo", rooms))
    staged = [
        (noise, scene_of(noise, moment, echo_db))
        for noise, moment, echo_db in product(
            disturbances(kitchen), extent.moments_ms, (None, ECHO_DB)
        )
    ]
    happened = play("coughs, doors, “mhm”", [scene for _, scene in staged])
    people, interrupted = people[:: extent.of_people], []
    for ratio in (*RATIOS_DB, None) if people else ():
        scenes = people_scenes(people, ratio)
        what = "people, no echo" if ratio is None else f"people, echo {ratio:+.0f} dB"
        interrupted.append(people_figures(ratio, people, play(what, scenes)))
    figures = {
        "echo": echo,
        "disturbances": disturbance_figures([noise for noise, _ in staged], happened),
        "people": interrupted,
        "cost_percent_of_a_core": cost_figures(),
    }
    return figures, goals(figures)


def goals(figures: dict[str, Any]) -> list[Goal]:
    """What the figures say about the goals."""
    echo, disturbed = figures["echo"], figures["disturbances"]
    even: dict[str, Any] = next((p for p in figures["people"] if p["echo_to_voice_db"] == 0), {})
    held, cancelled = even.get("held_ms") or {}, even.get("cancelled_ms") or {}
    return [
        Goal.at_most(
            f"self-interruptions in {echo['minutes']:.0f} minutes of echo", 0, echo["cancels"]
        ),
        Goal.at_most("false cancels by disturbances", 1, disturbed["cancelled_percent"], "%"),
        Goal.at_most(
            "after a false alarm the reply goes on", 1000, disturbed["goes_on_latest_ms"], "ms"
        ),
        Goal.at_least(
            "true interruptions detected, echo 0 dB", 97, even.get("detected_percent"), "%"
        ),
        Goal.at_most("true interruptions: held, echo 0 dB, p50", 150, held.get("p50"), "ms"),
        Goal.at_most(
            "true interruptions: cancelled, echo 0 dB, p95", 500, cancelled.get("p95"), "ms"
        ),
        Goal.at_most(
            "cost of canceller and detectors",
            3,
            figures["cost_percent_of_a_core"]["canceller_and_detectors"],
            "% of a core",
        ),
    ]
