"""Load engines and use each of them once, in a process that may die of it.

`python -m edgevoice.engine_trial stt llm`, with the settings as JSON on standard input, answers
with a line of JSON for each engine on standard output; `try_engines` asks it. The asking process
imports nothing of an engine. All of them are tried in one process, as a conversation has them:
libraries that do not get along are found out, and what is loaded twice is loaded once.
"""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from edgevoice.config import Config
from edgevoice.errors import EdgevoiceError, one_line
from edgevoice.shortage import CURE, shortage, tells_of_shortage

TIMEOUT_S = 120.0
"""Seconds that an engine may take. A large model on a slow SD card takes its time."""

SECTIONS = ("vad", "stt", "llm", "tts")
"""The parts of the settings that name an engine which a conversation cannot do without."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How it went: `seconds` when it worked, else `what` and `cure`, or the `signal` it died of.

    `memory`: bytes by which the process grew. `needs`: the instruction sets that the engine says it
    was built for, in its own words; known even where it died of them.
    """

    engine: str
    seconds: float | None = None
    what: str = ""
    cure: str = ""
    signal: int | None = None
    memory: int = 0
    needs: tuple[str, ...] = ()


def try_engine(section: str, config: Config, timeout_s: float = TIMEOUT_S) -> Trial:
    """Try the engine that `config` names in `section`, in a process of its own."""
    (trial,) = try_engines([section], config, timeout_s)
    return trial


def try_engines(
    sections: Sequence[str],
    config: Config,
    timeout_s: float = TIMEOUT_S,
    begins: Callable[[str], None] = lambda _: None,
) -> Iterator[Trial]:
    """Try the engines that `config` names in `sections`, one after the other, in one process.

    Ends with the first that does not work. `timeout_s`: for each of them. `begins` is told which
    section is next.
    """
    command = [sys.executable, "-P", "-m", "edgevoice.engine_trial", *sections]
    with _memory_file() as settings, _memory_file() as complaints:
        settings.write(config.model_dump_json(exclude={"profiles"}).encode())
        settings.seek(0)
        child = subprocess.Popen(
            command,
            stdin=settings,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        assert child.stdout
        answers = _Answers(child.stdout)
        try:
            for section in sections:
                begins(section)
                trial = _hear(_named(section, config), answers, timeout_s)
                if trial is None:
                    yield _end(section, config, child, complaints, answers.needs, timeout_s)
                    return
                yield trial
                if trial.seconds is None:
                    return
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


def _hear(engine: str, answers: "_Answers", timeout_s: float) -> Trial | None:
    """What the child says of the engine it tries; None: it says nothing more, or not in time."""
    answer = answers.next(timeout_s)
    return Trial(engine, **answer, needs=answers.needs) if answer else None


def _end(
    section: str,
    config: Config,
    child: subprocess.Popen[bytes],
    complaints: IO[bytes],
    needs: tuple[str, ...],
    timeout_s: float,
) -> Trial:
    """Why the child has said nothing of `section`."""
    engine = _named(section, config)
    try:
        code = child.wait(_DYING_S)
    except subprocess.TimeoutExpired:
        cure = f"Choose a smaller model in {section}.model, or another engine."
        return Trial(engine, what=f"is not ready after {timeout_s:.0f} s", cure=cure, needs=needs)
    if code < 0:
        return Trial(engine, signal=-code, needs=needs)
    complaints.seek(0)
    why = complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
    if tells_of_shortage(why):
        return Trial(
            engine, what=f"found not enough memory ({one_line(why)})", cure=CURE, needs=needs
        )
    cure = "Type `make setup` in edgevoice's folder."
    return Trial(engine, what=f"broke down ({one_line(why)})", cure=cure, needs=needs)


_DYING_S = 1.0
"""From the end of what a process says to its own end."""


def _memory_file() -> IO[bytes]:
    """A file without a place on a disk, which may be full or shut."""
    return os.fdopen(os.memfd_create("edgevoice"), "w+b")


class _Answers:
    """What the child says, line by line."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.needs: tuple[str, ...] = ()
        self._descriptor = pipe.fileno()
        self._watch = select.poll()
        self._watch.register(self._descriptor, select.POLLIN)
        self._read = b""

    def next(self, timeout_s: float) -> dict[str, Any] | None:
        """The next answer; None if there is none within `timeout_s`, or will be none at all."""
        until = time.monotonic() + timeout_s
        self.needs = ()
        while line := self._line(until):
            answer: dict[str, Any] = json.loads(line)
            if "needs" not in answer:
                return answer
            self.needs = tuple(answer["needs"])
        return None

    def _line(self, until: float) -> bytes:
        while b"\n" not in self._read:
            left_ms = max(0.0, until - time.monotonic()) * 1000
            if not self._watch.poll(left_ms) or not (more := os.read(self._descriptor, 65536)):
                return b""
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line


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
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # native libraries print where they like
    be_the_first_to_go()
    config = Config.model_validate_json(sys.stdin.buffer.read())
    grown = _peak()
    for section in sys.argv[1:]:
        start = time.perf_counter()
        try:
            if section == "llm":
                print(json.dumps({"needs": _built_for()}), file=answers)
            USES[section](config)
        except Exception as error:
            told = shortage(error) or error
            if not isinstance(told, EdgevoiceError):
                raise
            answer: dict[str, Any] = {"what": told.what, "cure": told.cure}
        else:
            peak = _peak()
            answer = {"seconds": time.perf_counter() - start, "memory": peak - grown}
            grown = peak
        print(json.dumps(answer), file=answers)
        if "what" in answer:
            return


def be_the_first_to_go() -> None:
    """End with who asked, leave no core dump, and be whom the kernel ends when memory runs out."""
    from edgevoice.privacy.memory import forbid_dumps

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    forbid_dumps()  # takes the file above away from us


_PR_SET_PDEATHSIG = 1


def _peak() -> int:
    """The most bytes that this process has had in memory. Not `getrusage`'s, which counts what
    the process that started us had."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _built_for() -> list[str]:
    """What llama.cpp was compiled for, in its own words: "AVX2", "DOTPROD"."""
    try:
        import llama_cpp
    except ImportError:
        return []  # which the engine tells in better words
    said = llama_cpp.llama_print_system_info().decode("ascii", "replace")
    pairs = (part.rpartition(":")[2].partition("=") for part in said.split("|"))
    return [name.strip() for name, _, value in pairs if value.strip() == "1"]


if __name__ == "__main__":
    main()
