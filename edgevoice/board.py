"""Heat and power: what the board tells about them, and how much that presses us.

Where Linux and the Raspberry Pi tell it:

- /sys/class/thermal/thermal_zone*: `temp` in thousandths of a degree, and trip points: at a
  `passive` one the kernel begins to slow the processor down;
- /sys/class/thermal/cooling_device*: one of the type `cpufreq` above state 0 slows it now;
- /sys/devices/platform/soc/soc:firmware/get_throttled, or the command `vcgencmd get_throttled`:
  the Pi's firmware, which slows down by itself, in hexadecimal bits: low voltage (0), capped (1),
  throttled (2), soft temperature limit (3); 16 and above: each of them happened before;
- /sys/class/hwmon/hwmon*/in0_lcrit_alarm of `rpi_volt`: low voltage, where the kernel watches it.
"""

import asyncio
import logging
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

log = logging.getLogger(__name__)

LIMIT_C = 80.0
"""Where a board slows down if it names no trip point: the Pi's firmware does so here."""

PLAUSIBLE_C = (-40.0, 150.0)
"""Sensors that are switched off, or broken, tell something else."""

LOWEST_LIMIT_C = 40.0
"""A trip point below is a placeholder."""

WARM_C = 10.0
"""So near to its limit a board is warm."""

EASING_C = 3.0
"""So much cooler than where it rose must it get before the pressure falls."""

CALM_S = 60.0
"""For so long, too."""

LOOK_EVERY_S = 10.0

_LOW_VOLTAGE, _SLOWED, _EARLIER = 1 << 0, 0b111 << 1, 16


@dataclass(frozen=True, slots=True)
class Reading:
    """What the board tells. `temperature_c` of the zone that is nearest to its `limit_c`, where it
    slows down; None: it does not tell."""

    temperature_c: float | None = None
    limit_c: float = LIMIT_C
    slowed: bool = False
    low_voltage: bool = False
    slowed_before: bool = False
    low_voltage_before: bool = False

    def __str__(self) -> str:
        degrees = self.temperature_c
        return ", ".join(
            words
            for words, true in (
                (f"{degrees:.0f} °C" if degrees is not None else "", degrees is not None),
                (f"slows down at {self.limit_c:.0f} °C", degrees is not None and not self.slowed),
                ("slowed down", self.slowed),
                ("was slowed down before", self.slowed_before and not self.slowed),
                ("the supply's voltage is too low", self.low_voltage),
                (
                    "the supply's voltage was too low before",
                    self.low_voltage_before and not self.low_voltage,
                ),
            )
            if true
        )


class Pressure(IntEnum):
    """How much heat and power press us."""

    FINE = 0
    WARM = 1
    """Soon it will slow down, or the supply is weak."""
    HOT = 2
    """It slows down, or is about to."""


SHARE: Mapping[Pressure, float] = {Pressure.FINE: 1.0, Pressure.WARM: 0.75, Pressure.HOT: 0.5}
"""Of threads and effort that engines may use, as a rule of thumb."""


def pressure_of(reading: Reading, easing_c: float = 0.0) -> Pressure:
    """How much `reading` presses us; `easing_c`: taken for so much hotter."""
    room = float("inf")
    if reading.temperature_c is not None:
        room = reading.limit_c - reading.temperature_c - easing_c
    if reading.slowed or room <= 0:
        return Pressure.HOT
    if reading.low_voltage or room <= WARM_C:
        return Pressure.WARM
    return Pressure.FINE


class Gauge:
    """The pressure over time: it rises at once, and falls step by step when all is calm."""

    def __init__(self) -> None:
        self.pressure = Pressure.FINE
        self._calm_since: float | None = None

    def update(self, reading: Reading, now: float) -> Pressure:
        """After `reading`, at `now` seconds of a clock that only goes forward."""
        self.pressure = max(self.pressure, pressure_of(reading))
        if pressure_of(reading, EASING_C) >= self.pressure:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        elif now - self._calm_since >= CALM_S:
            self.pressure = Pressure(self.pressure - 1)
            self._calm_since = now
        return self.pressure


def ask_firmware() -> str:
    """What `vcgencmd get_throttled` prints; raises OSError or `subprocess.SubprocessError`."""
    return subprocess.run(
        ["vcgencmd", "get_throttled"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2,
        check=True,
    ).stdout


def read_board(root: Path = Path("/"), ask: Callable[[], str] = ask_firmware) -> Reading | None:
    """What this board tells now, below `root`; None: nothing. Raises nothing.

    `ask`: the firmware, where it has no file.
    """
    zones = sorted(root.glob("sys/class/thermal/thermal_zone*"))
    temperatures = [found for zone in zones if (found := _temperature(zone))]
    cooling = [_number(path / "cur_state") for path in _named(root, "thermal", "type", "cpufreq")]
    alarms = [_number(path / "in0_lcrit_alarm") for path in _named(root, "hwmon", "name", "rpi_")]
    bits = _throttled(root, ask)
    if not temperatures and bits is None and not cooling and not alarms:
        return None
    temperature, limit = max(
        temperatures, key=lambda zone: zone[0] - zone[1], default=(None, LIMIT_C)
    )
    now, before = bits or 0, (bits or 0) >> _EARLIER
    return Reading(
        temperature,
        limit,
        slowed=bool(now & _SLOWED) or any(cooling),
        low_voltage=bool(now & _LOW_VOLTAGE) or any(alarms),
        slowed_before=bool(before & _SLOWED),
        low_voltage_before=bool(before & _LOW_VOLTAGE),
    )


@asynccontextmanager
async def watching(
    report: Callable[[Pressure, str], None],
    read: Callable[[], Reading | None] = read_board,
    clock: Callable[[], float] = time.monotonic,
    every_s: float = LOOK_EVERY_S,
) -> AsyncIterator[None]:
    """Look at the board now and then; every change of pressure goes into the log and to `report`.

    `report` gets words for a person with it; none when all is fine. A board that tells nothing is
    left alone.
    """
    task = asyncio.create_task(_watch(report, read, clock, every_s))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(
    report: Callable[[Pressure, str], None],
    read: Callable[[], Reading | None],
    clock: Callable[[], float],
    every_s: float,
) -> None:
    gauge = Gauge()
    # In a thread: the firmware takes its time. Sensors may come and go, as when asleep.
    while reading := await asyncio.to_thread(read):
        before = gauge.pressure
        pressure = gauge.update(reading, clock())
        if pressure is not before:
            words = f"{pressure.name.lower()}: {reading}"
            log.log(
                logging.WARNING if pressure > before else logging.INFO, "the board is %s", words
            )
            report(pressure, words if pressure else "")
        await asyncio.sleep(every_s)


def _temperature(zone: Path) -> tuple[float, float] | None:
    """Degrees of a thermal zone, and those at which it slows the processor down."""
    milli = _number(zone / "temp")
    low, high = PLAUSIBLE_C
    if milli is None or not low < milli / 1000 < high:
        return None
    limits = [
        degrees / 1000
        for kind in zone.glob("trip_point_*_type")
        if _text(kind) == "passive"
        and (degrees := _number(kind.with_name(kind.name.replace("_type", "_temp")))) is not None
        and LOWEST_LIMIT_C < degrees / 1000 < high
    ]
    return milli / 1000, max(limits, default=LIMIT_C)


def _named(root: Path, kind: str, key: str, part: str) -> Iterator[Path]:
    """Folders of a class of devices in whose file `key` there is `part`."""
    return (path.parent for path in root.glob(f"sys/class/{kind}/*/{key}") if part in _text(path))


def _throttled(root: Path, ask: Callable[[], str]) -> int | None:
    """The bits of the Pi's firmware, if there is one."""
    text = _text(root / "sys/devices/platform/soc/soc:firmware/get_throttled")
    if not text and (root / "dev/vcio").exists():
        with suppress(OSError, subprocess.SubprocessError):
            text = ask().partition("=")[2]
    try:
        return int(text, 16)
    except ValueError:
        return None


def _text(path: Path) -> str:
    # A sensor that sleeps answers with an error, one that is gone has no file.
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    try:
        return int(_text(path))
    except ValueError:
        return None
