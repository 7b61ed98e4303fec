"""Load an engine and use it once, in a process that may die of it.

`python -m edgevoice.engine_trial llm`, with the settings as JSON on standard input, answers with
JSON on standard output; `try_engine` asks it. The asking process imports nothing of an engine.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edgevoice.config import Config
from edgevoice.errors import EdgevoiceError, one_line

TIMEOUT_S = 120.0
"""Seconds that an engine may take. A large model on a slow SD card takes its time."""

SECTIONS = ("vad", "stt", "llm", "tts")
"""The parts of the settings that name an engine which a conversation cannot do without."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went: `seconds` when it worked, else `what` and `cure`, or the `signal` it died of."""

    engine: str
    seconds: float | None = None
    what: str = ""
    cure: str = ""
    signal: int | None = None


def try_engine(section: str, config: Config, timeout_s: float = TIMEOUT_S) -> Trial:
    """Try the engine that `config` names in `section`, in a process of its own."""
    engine = _named(section, config)
    command = [sys.executable, "-P", "-m", "edgevoice.engine_trial", section]
    try:
        child = subprocess.run(
            command,
            input=config.model_dump_json().encode(),
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        cure = f"Choose a smaller model in {section}.model, or another engine."
        return Trial(engine, what=f"is not ready after {timeout_s:.0f} s", cure=cure)
    if child.returncode < 0:
        return Trial(engine, signal=-child.returncode)
    if child.returncode:
        why = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        cure = "Type `make setup` in edgevoice's folder."
        return Trial(engine, what=f"broke down ({one_line(why)})", cure=cure)
    answer: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return Trial(engine, **answer)


def _named(section: str, config: Config) -> str:
    """What the settings call the engine of `section`."""
    if section == "attention":
        return config.attention.wake_word
    name: str = getattr(config, section).engine
    return name


def _use_vad(config: Config) -> None:
    import numpy as np

    from edgevoice.engines.loading import load_vad

    vad = load_vad(config.vad)
    vad(np.zeros(vad.frame_samples, np.int16))


def _use_turn(config: Config) -> None:
    import numpy as np

    from edgevoice.engines.smart_turn import SmartTurn

    SmartTurn(config.turn.model, threads=config.turn.threads).finished(np.zeros(16_000, np.int16))


def _use_wake_word(config: Config) -> None:
    import numpy as np

    from edgevoice.engines.loading import load_wake_word

    wake_word = load_wake_word(config.attention)
    wake_word(np.zeros(wake_word.frame_samples, np.int16))


def _use_transcriber(config: Config) -> None:
    import numpy as np

    from edgevoice.engines.loading import load_transcriber

    load_transcriber(config.stt).transcribe(np.zeros(16_000, np.int16))


def _use_chat(config: Config) -> None:
    """Evaluate a prompt and one token: some builds load well and crash only then."""
    from edgevoice.engines.base import Message
    from edgevoice.engines.loading import load_chat

    stop = threading.Event()
    for _ in load_chat(config.llm).stream([Message("user", "Hello")], stop):
        stop.set()


def _use_voice(config: Config) -> None:
    from edgevoice.engines.loading import load_voice

    for _ in load_voice(config.tts).synthesize("Hello.", threading.Event()):
        pass


USES: Mapping[str, Callable[[Config], None]] = {
    "vad": _use_vad,
    "turn": _use_turn,
    "attention": _use_wake_word,
    "stt": _use_transcriber,
    "llm": _use_chat,
    "tts": _use_voice,
}


def main() -> None:
    """The child process."""
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native libraries print where they like
    config = Config.model_validate_json(sys.stdin.buffer.read())
    start = time.perf_counter()
    try:
        USES[sys.argv[1]](config)
    except EdgevoiceError as error:
        json.dump({"what": error.what, "cure": error.cure}, answer)
    else:
        json.dump({"seconds": time.perf_counter() - start}, answer)
    answer.close()


if __name__ == "__main__":
    main()
