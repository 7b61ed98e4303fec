"""What endpoints are like at many settings: how many come too soon, and how long the others take.

An utterance is cut off when an endpoint comes more than 100 ms before its last voiced sample: where
a voice ends is a matter of opinion. The endpoint delay is counted from that sample to the endpoint
that follows it. An utterance that none follows counts as later than all (`of_everyone`), but in the
mean it cannot count.
"""

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from edgevoice.bench.result import Goal
from edgevoice.bench.turns.everyone import Everyone, of_everyone

PRESETS = ("brisk", "normal", "patient")
CHOSEN = "normal"
"""The preset that the goals are about: what a person gets who chooses nothing."""

REFERENCE_MS = 400
"""The fixed silence that the goals compare with."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How endpoints are found: `endpointing` and `delay_ms` as in the configuration (`vad`)."""

    endpointing: str
    delay_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of an utterance. `delay_ms` is None when no endpoint came after its end."""

    name: str
    cut_offs: int
    delay_ms: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """What a setting makes of many utterances: a point of a curve."""

    setting: Setting
    heard: tuple[Heard, ...]

    @property
    def cut_offs(self) -> float | None:
        """Percent of the utterances that were cut off; None of none."""
        if not self.heard:
            return None
        return 100 * sum(each.cut_offs > 0 for each in self.heard) / len(self.heard)

    @property
    def delays(self) -> Everyone | None:
        """Endpoint delays (ms)."""
        return of_everyone(each.delay_ms for each in self.heard)

    @property
    def mean_ms(self) -> float | None:
        """Mean endpoint delay of those that had one."""
        there = [each.delay_ms for each in self.heard if each.delay_ms is not None]
        return fmean(there) if there else None

    def as_json(self) -> dict[str, Any]:
        """What turns.json says about it."""
        delays = self.delays
        return {
            "endpointing": self.setting.endpointing,
            "endpointing_delay_ms": self.setting.delay_ms,
            "cut_offs_percent": self.cut_offs,
            "delay_ms": {"mean": self.mean_ms, **delays} if delays else None,
        }


@dataclass(frozen=True, slots=True)
class Curves:
    """Utterances of one kind at every setting."""

    fixed: tuple[Point, ...]
    adaptive: tuple[Point, ...]
    presets: tuple[Point, ...]

    @property
    def chosen(self) -> Point:
        """At the preset that the goals are about."""
        return next(point for point in self.presets if point.setting.endpointing == CHOSEN)

    @property
    def reference(self) -> Point:
        """At the fixed silence that the goals compare with."""
        return next(point for point in self.fixed if point.setting.delay_ms == REFERENCE_MS)

    def as_json(self) -> dict[str, Any]:
        """What turns.json says about them."""
        return {
            "utterances": len(self.chosen.heard),
            "cut_off": [each.name for each in self.chosen.heard if each.cut_offs],
            "fixed": [point.as_json() for point in self.fixed],
            CHOSEN: [point.as_json() for point in self.adaptive],
            "presets": [point.as_json() for point in self.presets],
        }


@dataclass(frozen=True, slots=True)
class Endpointing:
    """All that was measured. None is what could not be: the recordings are missing.

    `people`: utterances without a pause of their own. `everybody`: the others too. `thinking`: all
    of them, a pause put into each. `requests`: spoken requests that the transcriber understands,
    a pause put into each.
    """

    people: Curves | None
    everybody: Curves | None
    thinking: Curves | None
    requests: Curves | None

    def as_json(self) -> dict[str, Any]:
        """What turns.json says about it."""
        return {
            field: curves.as_json() if (curves := getattr(self, field)) else None
            for field in self.__slots__
        }

    @property
    def goals(self) -> list[Goal]:
        """Those about endpoints."""
        plain = self.people.chosen if self.people else None
        delays = plain.delays if plain else None
        return [
            Goal.at_most(
                f"people without an inner pause ({CHOSEN}): median endpoint delay",
                350,
                delays["p50"] if delays else None,
                "ms",
            ),
            Goal.at_most(
                f"people without an inner pause ({CHOSEN}): cut off",
                1,
                plain.cut_offs if plain else None,
                "%",
            ),
            Goal.at_most(
                f"people with a pause of 0.6–1.5 s inserted ({CHOSEN}, sound alone): "
                f"cut-offs of those at a fixed {REFERENCE_MS} ms",
                45,
                _ratio(self.thinking),
                "%",
            ),
            Goal.at_most(
                f"requests in the starter's domain with such a pause ({CHOSEN}): cut off",
                10,
                self.requests.chosen.cut_offs if self.requests else None,
                "%",
            ),
        ]


def _ratio(curves: Curves | None) -> float | None:
    """Cut-offs of the chosen setting in percent of the reference's."""
    if curves is None:
        return None
    ours, theirs = curves.chosen.cut_offs, curves.reference.cut_offs
    return 100 * ours / theirs if ours is not None and theirs else None
