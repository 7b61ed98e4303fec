"""For how long does it go on like that? Hours with the real appliance, or days in simulated time.

`python -m tools.faults --hours 8` asks the running appliance question after question and lets
accidents happen to it; `--simulated-days 14` lets `simulation` do so on a clock that jumps. Both
tell the same: whether memory grows, and whether every question was answered.
"""

import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from edgevoice.bench.drift import Drift, drift
from edgevoice.bench.result import Goal
from tools.faults.appliance import (
    ANSWER,
    ANSWER_S,
    FOLLOW_UP,
    FOLLOW_UP_ANSWER,
    QUESTION,
    Appliance,
)
from tools.faults.ear import Ear, say, until, words
from tools.faults.fault import BrokenPromiseError, expect
from tools.faults.report import HEARD_AGAIN_S
from tools.faults.simulation import OFTEN, Life, Tally, simulate

WARM_SHARE = 0.2
"""Of a soak, before memory is watched: engines and the C library's heaps reach their sizes."""

SLOPE_MB = 2.0
"""Megabytes a day that memory may grow by: in half a year, less than half a gigabyte."""

MOST_SHOWN = 200
"""Readings that are written down."""

FULL_DAY_H = 24.0
"""What is measured for less is extrapolated to a day."""

GAP_S = (2.0, 12.0)
"""Between two things that the person, or fate, does to the real appliance."""

MUTED_S = 4.0
"""So long a question in a mute must go unanswered."""

SILENCE_S = 30.0

GONE_S = (0.1, 6.0)
"""For so long the real sound card is away."""


@dataclass(slots=True)
class Soaked:
    """What came of it. `memory`: (hours since the beginning, megabytes of all processes).
    `simulated`: hours of simulated time."""

    simulated: bool
    hours: float = 0.0
    tally: Tally = field(default_factory=Tally)
    memory: list[tuple[float, float]] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    """Replies to something else than what was asked: it was misheard."""

    @property
    def slope(self) -> Drift | None:
        """Of the memory, in megabytes per day, once it was warm."""
        warm = [reading for reading in self.memory if reading[0] >= WARM_SHARE * self.hours]
        found = drift(warm)
        return found * 24 if found else None

    @property
    def longest_deafness(self) -> float | None:
        """Seconds, at most, from a sound card that was there again to hearing."""
        return max(self.tally.deaf_s, default=None)

    def as_json(self) -> dict[str, Any]:
        """As it is written down."""
        slope, tally = self.slope, asdict(self.tally)
        del tally["deaf_s"]
        return {
            "time": "simulated" if self.simulated else "real",
            "hours": self.hours,
            **tally,
            "recoveries": len(self.tally.deaf_s),
            "longest_deafness_s": self.longest_deafness,
            "rss_mb": [megabytes for _, megabytes in self.memory[:1] + self.memory[-1:]],
            "memory": self.memory[:: len(self.memory) // MOST_SHOWN + 1],
            "readings": len(self.memory),
            "astray": len(self.astray),
            "slope_mb_per_day": asdict(slope) if slope else None,
            "extrapolated": self.hours < FULL_DAY_H,
        }

    def goals(self) -> list[Goal]:
        """What it is held to. A soak that is too short to tell does not reach the first."""
        kind = "simulated" if self.simulated else "soak"
        slope = self.slope
        lost = self.tally.losses - len(self.tally.deaf_s)
        return [
            Goal.at_most(
                f"{kind}: RSS slope (95 % sure)", SLOPE_MB, slope.high if slope else None, "MB/day"
            ),
            Goal.at_most(f"{kind}: missed turns", 0, self.tally.missed),
            Goal.at_most(f"{kind}: turns while muted", 0, self.tally.overheard),
            Goal.at_most(f"{kind}: losses not recovered from", 0, lost),
            Goal.at_most(
                f"{kind}: heard again after (longest)", HEARD_AGAIN_S, self.longest_deafness, "s"
            ),
        ]

    def text(self) -> str:
        """For a person."""
        tally, slope = self.tally, self.slope
        when = f"{self.hours:.1f} {'simulated ' if self.simulated else ''}hours"
        lines = [
            f"{when}: {tally.asked} questions, {tally.answered} answered, "
            f"{len(self.astray)} of these astray, {tally.missed} missed, "
            f"{tally.cut_short} cut short by a loss of the sound; {tally.overheard} turns begun "
            f"in {tally.mutes} mutes.",
            f"The sound was lost {tally.losses} times and came back {len(tally.deaf_s)} times"
            + (f", after {self.longest_deafness:.1f} s at most." if tally.deaf_s else "."),
        ]
        if slope:
            lines.append(
                f"Memory: {self.memory[0][1]:.0f} → {self.memory[-1][1]:.0f} MB; slope "
                f"{slope.slope:+.1f} MB a day (95 %: {slope.low:+.1f} … {slope.high:+.1f}"
                + (", extrapolated)." if self.hours < FULL_DAY_H else ").")
            )
        return "\n".join(lines)


def soak_simulated(days: float, console: Console) -> Soaked:
    """So many days, on a clock that jumps."""
    with console.status("") as status:

        def told(tally: Tally, hours: float) -> None:
            status.update(f"day {hours / 24:.1f} of {days:g}: {tally.asked} questions")

        tally, readings = simulate(Life(), hours=24 * days, every=5, told=told)
    soaked = Soaked(True, 24 * days, tally)
    soaked.memory = [
        (at, resident / 1e6) for at, resident in readings.points("resident bytes", "hours")
    ]
    return soaked


def soak(hours: float, console: Console, seed: int = 1) -> Soaked:
    """So many hours with the real appliance: the real command, engines and sound processes."""
    with (
        tempfile.TemporaryDirectory(prefix="edgevoice-soak-") as folder,
        Appliance(Path(folder)) as appliance,
        console.status("") as status,
    ):
        return _Soak(appliance, random.Random(seed)).go_on(hours, status.update)


class _Soak:
    """The person and the accidents."""

    def __init__(self, appliance: Appliance, chance: random.Random) -> None:
        self._appliance = appliance
        self._chance = chance
        self._began = time.monotonic()
        self._soaked = Soaked(simulated=False)

    def go_on(self, hours: float, told: Callable[[str], None]) -> Soaked:
        """Live like that for so long."""
        self._ask(QUESTION, ANSWER)  # so that everything has been used
        deeds = (self._talk, self._lose, self._mute, self._forget, self._wait)
        tally = self._soaked.tally
        while self._hours < hours:
            self._soaked.memory.append((self._hours, self._appliance.rss / 1e6))
            told(f"{self._hours * 60:.0f} of {hours * 60:.0f} minutes: {tally.asked} questions")
            self._chance.choices(deeds, OFTEN)[0]()
            time.sleep(self._chance.uniform(*GAP_S))
        self._soaked.hours = self._hours
        return self._soaked

    @property
    def _hours(self) -> float:
        return (time.monotonic() - self._began) / 3600

    def _talk(self) -> None:
        self._ask(QUESTION, ANSWER)
        if self._chance.random() < 0.5:
            self._ask(FOLLOW_UP, FOLLOW_UP_ANSWER)

    def _ask(self, question: str, answer: str) -> None:
        tally = self._soaked.tally
        tally.asked += 1
        began = time.monotonic()  # a reply may begin before we know that the question is out
        with Ear() as ear:
            say(question)
            if not until(lambda: ear.spoken(began), ANSWER_S):
                tally.missed += 1
                expect(self._appliance.alive, f"it has ended: {self._appliance.last_words}")
                return
            heard = " / ".join(words(pcm) for _, _, pcm in ear.spoken(began))
        tally.answered += 1
        if answer not in heard:
            self._soaked.astray.append(heard)

    def _lose(self) -> None:
        """The sound process is killed or hangs, or the sound card goes away for a while."""
        self._soaked.tally.losses += 1
        loss = self._chance.choice((signal.SIGKILL, signal.SIGSTOP, None))
        lost = back = time.monotonic()
        if loss:
            os.kill(self._appliance.sound_pid, loss)
        else:
            self._appliance.card.kill()
            time.sleep(self._chance.uniform(*GONE_S))
            self._appliance.card.restart()
            back = time.monotonic()
        with suppress(BrokenPromiseError):
            self._soaked.tally.deaf_s.append(self._appliance.heard_again(lost, back))

    def _mute(self) -> None:
        """Nobody may be answered while the microphone is shut."""
        tally = self._soaked.tally
        tally.mutes += 1
        self._appliance.press("mute")
        with Ear() as ear:
            asked = say(QUESTION)
            tally.overheard += until(lambda: ear.spoken(asked), MUTED_S)
        self._appliance.press("unmute")

    def _forget(self) -> None:
        self._appliance.press("forget")

    def _wait(self) -> None:
        time.sleep(SILENCE_S)
