"""Engines tried in a child process that really dies, hangs, or is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgevoice.config import Config
from edgevoice.engine_trial import Trial, try_engines
from tests.engines import tiny_gguf
from tests.engines.rotten import rot
from tests.pulse import gone

pytestmark = pytest.mark.engine


@pytest.fixture
def rotten(tmp_path: Path) -> Path:
    path = tiny_gguf.write(tmp_path / "model.gguf")
    path.write_bytes(rot(path.read_bytes()))
    return path


def config(model: Path) -> Config:
    llm = {"model": model, "context_tokens": 512, "max_tokens": 8}
    return Config.model_validate({"llm": llm, "profiles": [{"name": "small"}]})


def test_the_engine_at_which_it_dies_is_named_and_what_comes_after_is_not_tried(
    rotten: Path,
) -> None:
    begun: list[str] = []
    vad, llm = try_engines(["vad", "llm", "tts"], config(rotten), begins=begun.append)
    assert vad.seconds is not None and vad.memory > 0 and not vad.needs
    assert llm.signal == signal.SIGABRT and llm.engine == "llama" and llm.needs
    assert begun == ["vad", "llm"]


def test_when_an_engine_gives_up_nobody_prints_the_stack_with_words_in_it(rotten: Path) -> None:
    """ggml would call a debugger, or the C library, to do so."""
    script = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from edgevoice.engines.base import Message\n"
        "from edgevoice.engines.llama import LlamaChat\n"
        "chat = LlamaChat(Path(sys.argv[1]), threads=1, context_tokens=512, max_tokens=8)\n"
        "list(chat.stream([Message('user', 'the code is tulip')], threading.Event()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(rotten)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={key: value for key, value in os.environ.items() if key != "GGML_NO_BACKTRACE"},
    )
    assert done.returncode == -signal.SIGABRT
    assert "GGML_ASSERT" in done.stderr
    assert "llama_decode" not in done.stderr + done.stdout
    assert "tulip" not in done.stderr + done.stdout


def children(pid: int) -> Iterator[int]:
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, path.read_text().split())


@pytest.mark.parametrize(("number", "told"), [(signal.SIGKILL, ""), (signal.SIGSTOP, "not ready")])
def test_a_child_that_is_killed_or_stands_still(number: signal.Signals, told: str) -> None:
    before = set(children(os.getpid()))

    def begins(section: str) -> None:
        if section == "stt":
            (child,) = set(children(os.getpid())) - before
            os.kill(child, number)

    vad, stt = try_engines(["vad", "stt"], Config(), 2.0 if told else 60.0, begins)
    assert vad.seconds is not None
    assert told in stt.what if told else stt == Trial("whisper", signal=number)
    assert set(children(os.getpid())) == before, "a child is left"


def test_who_tries_may_go_away_and_nothing_is_left(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")  # the child waits for it
    script = (
        "import os, sys\n"
        "from edgevoice.config import Config\n"
        "from edgevoice.engine_trial import try_engines\n"
        "config = Config.model_validate({'llm': {'model': sys.argv[1]}})\n"
        "def begins(section):\n"
        "    if section == 'llm':\n"
        "        pid = int(open(f'/proc/self/task/{os.getpid()}/children').read())\n"
        "        print(pid, flush=True)\n"
        "        os._exit(0)\n"
        "list(try_engines(['vad', 'llm'], config, 60, begins))\n"
    )
    who = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "pipe.gguf")],
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    try:
        handle = os.pidfd_open(int(who.stdout))
    except ProcessLookupError:
        return
    try:
        gone(handle)
    finally:
        os.close(handle)
