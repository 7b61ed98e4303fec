"""Thousands of turns in a process of their own, and how fast what it holds grows.

    python -m tests.enduring scripted 2000 [bytes that are lost in every turn]
    python -m tests.enduring real 200

Prints JSON. It wants PYTHONMALLOC=malloc in its environment, so that malloc knows of all objects.
"""

import json
import logging
import sys
from dataclasses import asdict

from edgevoice.app import load_engines
from edgevoice.bench.drift import drift
from edgevoice.bench.gauges import GAUGES
from edgevoice.config import Config
from edgevoice.demo.script import Cued, speak_script
from tools.faults.simulation import DENSE, scripted_engines, simulate

# No lone "hello": of this voice, Silero does not always take it for one.
QUESTIONS = (
    Cued("what is the capital of france"),
    Cued("thank you"),
    Cued("what is seven times eight"),
)

WARM_SHARE = 0.3
"""Of the turns. Before that, histories, caches and heaps reach their sizes."""


def main(kind: str, turns: int, leak: int = 0) -> None:
    logging.disable()  # what is said of lost devices
    if kind == "real":
        clips = [line.clip for line in speak_script(QUESTIONS)]
        tally, readings = simulate(
            DENSE, turns, engines=load_engines(Config()), sounds=clips, every=2
        )
    else:
        tally, readings = simulate(DENSE, turns, engines=scripted_engines(leak), every=10)
    drifts = {name: drift(readings.points(name, "turns", WARM_SHARE * turns)) for name in GAUGES}
    found = {name: asdict(each) if each else None for name, each in drifts.items()}
    print(json.dumps({"tally": asdict(tally), "drifts": found}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *map(int, sys.argv[3:]))
