"""Running a command, what is told about it, and what becomes of it when somebody presses Ctrl-C."""

import fcntl
import os
import sys
from pathlib import Path

import pytest

from tools.setup.commands import UNKNOWN_CURE, SetupError, cure_for, run


def python(code: str) -> list[str]:
    return [sys.executable, "-u", "-c", code]


def test_every_line_is_told_and_kept_in_the_log(tmp_path: Path) -> None:
    told: list[str] = []
    log = tmp_path / "deep" / "log"

    run(python(r"print('one\rtwo\nthree')"), log=log, env=os.environ, tick=told.append)

    assert [line for line in told if line] == ["one", "two", "three"]
    assert log.read_bytes() == b"one\rtwo\nthree\n"


def test_a_failure_shows_its_last_words_the_log_and_a_cure(tmp_path: Path) -> None:
    code = "print('fine so far'); print('error: [Errno 28] No space left on device'); exit(3)"

    with pytest.raises(SetupError) as caught:
        run(python(code), log=tmp_path / "log", env=os.environ, tick=lambda line: None)

    text = str(caught.value)
    assert "exit code 3" in text
    assert str(tmp_path / "log") in text
    assert "    error: [Errno 28]" in text
    assert text.endswith("The disk is full: make room, then type the same command again.")


def test_a_death_is_called_by_its_name(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGILL)"

    with pytest.raises(SetupError, match="ended by SIGILL"):
        run(python(code), log=tmp_path / "log", env=os.environ, tick=lambda line: None)


def test_an_interruption_ends_the_command_and_its_children(tmp_path: Path) -> None:
    # The grandchild inherits a lock: who gets the lock afterwards knows that both are gone.
    code = (
        "import fcntl, subprocess, sys\n"
        f"lock = open({str(tmp_path / 'lock')!r}, 'w')\n"
        "fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "child = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "with subprocess.Popen(child, pass_fds=[lock.fileno()]): print('ready')\n"
    )

    def interrupt(line: str) -> None:
        if line == "ready":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(python(code), log=tmp_path / "log", env=os.environ, tick=interrupt)

    with (tmp_path / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...): Failed to "
            "establish a new connection: [Errno -3] Temporary failure in name resolution'\n"
            "ERROR: No matching distribution found for numpy",
            "check the network",
        ),
        ("c++: fatal error: Killed signal terminated program cc1plus", "Memory ran out"),
        (
            "src/pyaudio/device_api.c:9:10: fatal error: portaudio.h: No such file",
            "portaudio19-dev",
        ),
        ("fatal error: Python.h: No such file or directory", "PYTHON="),
        ("ERROR: No matching distribution found for onnxruntime<2,>=1.20", "PYTHON="),
        ("ERROR: No matching distribution found for pipecat-ai==1.14.0", "by hand"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
    ],
)
def test_what_the_log_shows_decides_the_cure(log: str, words: str) -> None:
    assert words in cure_for(log)


def test_a_riddle_is_not_explained_away() -> None:
    assert cure_for("Segmentation fault in line 7") == UNKNOWN_CURE
