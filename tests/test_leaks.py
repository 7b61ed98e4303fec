"""The leak gate: nothing that a turn takes is kept, whatever happens in it.

Held against its limits is not the slope of what the process holds but the upper end of its
interval: a gauge that is too unsteady to tell fails. malloc's own account is the sharp one. The
resident set moves by itself, as heaps fall to pieces and are put together again, and is there for
whatever goes past malloc.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from edgevoice.bench.gauges import heap_known
from edgevoice.config import HOME

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not heap_known(), reason="this C library does not tell what it has given"),
]

PLANTED = 300
"""Bytes that the leaking engine loses in every turn."""

COUNTED = {"objects": 0.05, "tasks": 0.002, "threads": 0.002, "files": 0.002}
"""Most that may come with a turn: one object in twenty turns, one task in five hundred."""

SCRIPTED = {"heap bytes": PLANTED / 2, "resident bytes": 4_096.0, **COUNTED}
REAL = {"heap bytes": 10_000.0, **COUNTED, "objects": 0.5}
"""Of a tenth of the turns, with engines whose caches come and go by some 100 kB."""


@dataclass
class Endured:
    """What came of the turns: of the person's questions, and of each gauge, per turn."""

    tally: dict[str, int]
    drifts: dict[str, dict[str, float]]

    def over(self, limits: dict[str, float]) -> set[str]:
        """The gauges that may have grown by more than they should."""
        return {name for name, limit in limits.items() if self.drifts[name]["high"] > limit}


def endure(*arguments: object) -> Endured:
    done = subprocess.run(
        [sys.executable, "-m", "tests.enduring", *map(str, arguments)],
        cwd=HOME,
        env={**os.environ, "PYTHONMALLOC": "malloc"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Endured(**json.loads(done.stdout.splitlines()[-1]))


def test_thousands_of_turns_leave_nothing_behind() -> None:
    endured = endure("scripted", 2_000)
    assert endured.over(SCRIPTED) == set(), endured.drifts
    tally = endured.tally
    assert tally["asked"] >= 2_000 and tally["missed"] == tally["overheard"] == 0, tally
    # All of this went on meanwhile.
    assert tally["losses"] > 20 and tally["mutes"] > 5 and tally["cut_short"] > 5, tally


def test_a_leak_is_found() -> None:
    endured = endure("scripted", 500, PLANTED)
    assert endured.over(SCRIPTED) >= {"heap bytes"}, endured.drifts
    # Of drafts that are dropped the engine knows nothing, and loses as much.
    assert PLANTED / 2 < endured.drifts["heap bytes"]["low"] < 3 * PLANTED


@pytest.mark.engine
def test_real_engines_leave_nothing_behind() -> None:
    endured = endure("real", 200)
    assert endured.over(REAL) == set(), endured.drifts
    tally = endured.tally
    assert tally["asked"] >= 200 and tally["missed"] == tally["overheard"] == 0, tally
