"""Thousands of inputs that nobody would think of, the same ones every time; see tests/fuzz."""

import gc
import logging
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.kinds import PROPERTIES
from tests.fuzz.promise import ROUNDS, check, growth
from tools.faults.fault import BrokenPromiseError, Observed, expect, fault

INPUTS = 4000
"""Of each kind; what is done with them shares them equally."""
MOST_GROWTH = 4 * 2**20
"""Bytes by which the process may grow when a hundred inputs come again and again."""

MOST_TOLD = 1000
"""Letters of what went wrong; `check` raises all of it."""

THEN = "each is taken, or refused in one line; none takes long, nothing is kept of them"
KINDS = {
    "settings_file": "Any bytes, trees and environments come as settings",
    "sound_file": "Any bytes come as a sound file",
    "words_file": "Any bytes and lists come as a language's phrases and cues",
    "models": "Any bytes come as model manifest, models.lock and bundle",
    "control_socket": "Clients of every kind crowd the control socket",
    "sound_link": "The sound process says anything, and leaves anything in the shared memory",
    "state_files": "Any bytes come as echo.json, audit log, transcript and key",
    "service_manager": "The environment names any service manager",
}


def _fuzzer(kind: str, what: str) -> Callable[[Path], Observed]:
    def inject(_folder: Path) -> Observed:
        return _try_all(kind)

    inject.__name__, inject.__doc__ = f"fuzz_{kind}", what
    return inject


def _try_all(kind: str) -> Observed:
    logging.disable()  # it would be told of every input
    fuzzed = [each for each in PROPERTIES.values() if each.kind == kind]
    tried = most = 0
    for each in fuzzed:
        try:
            count, kept = check(each, INPUTS // len(fuzzed))
        except Exception as error:
            told = " ".join([str(error), *getattr(error, "__notes__", ())])[:MOST_TOLD]
            raise BrokenPromiseError(f"{each.name}: {type(error).__name__} {told}") from None
        tried += count
        gc.collect()
        grown = growth(each, kept)
        most = max(most, grown)
        expect(grown <= MOST_GROWTH, f"{each.name}: {grown / 2**20:.1f} MB are kept of its inputs")
    grew = f"{most / 2**20:.1f} MB more memory after {ROUNDS} rounds at most"
    return Observed(f"{tried:,} inputs, none did harm; {grew}")


for _kind, _what in KINDS.items():
    fault(THEN)(_fuzzer(_kind, _what))
