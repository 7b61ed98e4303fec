"""A whole conversation in a process of its own, real engines, real time; then it waits.

    python -m tests.privacy.spoken FOLDER

Reads the lines from FOLDER/*.wav (in order), converses at the log level `debug`, prints `done`, and
waits for a line on standard input: meanwhile its files can be searched. Then it prints what was
understood and answered, as JSON, so that a search that finds nothing is known to have had something
to find.
"""

import asyncio
import json
import logging
import sys
from pathlib import Path

from edgevoice.app import converse, load_engines
from edgevoice.audio.wav import read_wav
from edgevoice.config import Config, LogConfig
from edgevoice.privacy.memory import forbid_dumps, stay_out_of_swap
from edgevoice.report import Recorder
from edgevoice.transports.caller import Caller, Line


def main() -> None:
    """See above."""
    folder = Path(sys.argv[1])
    logging.basicConfig(level=logging.DEBUG)
    config = Config(log=LogConfig(level="debug"))
    engines = load_engines(config)
    forbid_dumps()
    stay_out_of_swap()
    recorder = Recorder()
    lines = [Line(read_wav(path), None) for path in sorted(folder.glob("*.wav"))]
    asyncio.run(converse(config, engines, Caller(lines, patience_s=8), [recorder]))
    print("done", flush=True)
    sys.stdin.readline()
    print(json.dumps([(turn.user, turn.heard) for turn in recorder.turns]), flush=True)


if __name__ == "__main__":
    main()
