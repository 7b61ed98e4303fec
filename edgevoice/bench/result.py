"""The one form in which every benchmark of the project writes down what it measured.

    {"machine": {…}, "figures": {…},
     "goals": [{"name": "…", "goal": "≤ 10 ms", "value": 3.1, "ok": true}]}

A goal that was not measured has the value null and is not ok.
"""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Self

import numpy as np

from edgevoice.files import write_atomically

PACKAGES = (
    "edgevoice",
    "numpy",
    "onnxruntime",
    "ctranslate2",
    "faster-whisper",
    "llama-cpp-python",
    "piper-tts",
    "pywebrtc-audio",
)
"""Whose versions belong to a measurement."""

BOARD, PROCESSORS = Path("/sys/firmware/devicetree/base/model"), Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Goal:
    """What was to be reached, and what was."""

    name: str
    goal: str
    value: float | None
    ok: bool

    @classmethod
    def at_most(cls, name: str, limit: float, value: float | None, unit: str = "") -> Self:
        """`value` should be at most `limit`."""
        ok = value is not None and value <= limit
        return cls(name, f"≤ {limit:g} {unit}".strip(), value, ok)

    @classmethod
    def at_least(cls, name: str, limit: float, value: float | None, unit: str = "") -> Self:
        """`value` should be at least `limit`."""
        ok = value is not None and value >= limit
        return cls(name, f"≥ {limit:g} {unit}".strip(), value, ok)


@dataclass(frozen=True, slots=True)
class Result:
    """One run of a benchmark; `figures` is whatever JSON can hold."""

    machine: dict[str, Any]
    figures: dict[str, Any]
    goals: Sequence[Goal]

    def as_json(self) -> dict[str, Any]:
        """The form above; numbers have at most three decimals, as nothing is measured better."""
        return {
            "machine": _rounded(self.machine),
            "figures": _rounded(self.figures),
            "goals": [_rounded(asdict(goal)) for goal in self.goals],
        }

    def write(self, path: Path) -> None:
        """Write the form to `path`. Raises `OutputError`."""
        text = json.dumps(self.as_json(), indent=2, ensure_ascii=False)
        write_atomically(path, text.encode() + b"\n")


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are spread: median and 95th percentile (linear interpolation) of `n` of them."""

    p50: float
    p95: float
    n: int


def spread(values: Iterable[float | None]) -> Spread | None:
    """The spread of those `values` that there are; None when there is none."""
    there = [value for value in values if value is not None]
    if not there:
        return None
    p50, p95 = np.percentile(there, [50, 95])
    return Spread(float(p50), float(p95), len(there))


def machine() -> dict[str, Any]:
    """The machine that measures, as far as it tells, and how busy it was before."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6,
        "os": _system(),
        "python": platform.python_version(),
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "load": list(os.getloadavg()),
    }


def processor_name(cpuinfo: str) -> str | None:
    """The processor's name in the text of /proc/cpuinfo; 64-bit Arm has none there."""
    fields = (line.partition(":") for line in cpuinfo.splitlines())
    return next((value.strip() for key, _, value in fields if key.strip() == "model name"), None)


def _processor() -> str:
    if BOARD.is_file():
        return BOARD.read_text(errors="replace").rstrip("\0")
    try:
        name = processor_name(PROCESSORS.read_text(errors="replace"))
    except OSError:
        name = None
    return f"{name or 'unknown'} ({platform.machine()})"


def _system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = platform.system()
    return f"{name}, kernel {platform.release()}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, 3)
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
        case list() | tuple():
            return [_rounded(each) for each in value]
    return value
