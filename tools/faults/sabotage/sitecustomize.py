"""Python imports this at its start, where this folder is on PYTHONPATH. On SIGUSR1 a process of the
appliance then goes wrong as $SABOTAGE says:

- `garbage`: the sound process writes what nobody understands into its pipe;
- `block`: the event loop stands still for `BLOCK_S` seconds;
- `raise`: the language model fails in the middle of its next reply.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

BLOCK_S = 4.0
GARBAGE = b'\xff\xfe\x00{"input": \n[1, 2]\n"spk"\n{"input": {"name": 7}}\n{"rate": 1e999}\n'


def garbage(*_: object) -> None:
    """Into the pipe that the agent reads."""
    os.write(json.loads(sys.orig_argv[-1])["pipe"], GARBAGE)


def block(*_: object) -> None:
    """Signals are dealt with in the thread of the event loop."""
    time.sleep(BLOCK_S)


def fail(*_: object) -> None:
    """Once."""
    from edgevoice.engines.llama import LlamaChat

    chat: Any = LlamaChat
    real = chat.stream

    def stream(*arguments: Any) -> Iterator[Any]:
        yield next(real(*arguments))
        chat.stream = real
        raise RuntimeError("sabotaged")

    chat.stream = stream


IN_SOUND_PROCESS = "edgevoice.transports.sound_process" in sys.orig_argv
KINDS = {"garbage": garbage} if IN_SOUND_PROCESS else {"block": block, "raise": fail}

if deed := KINDS.get(os.environ.get("SABOTAGE", "")):
    signal.signal(signal.SIGUSR1, deed)
