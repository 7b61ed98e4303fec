"""Secrets are spoken, and then looked for everywhere: nothing of them is kept, and nothing left.

The words are ones that the starter model understands; that they were understood, and answered, is
checked afterwards. A sound is looked for by its samples.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE
from edgevoice.audio.wav import write_wav
from edgevoice.demo.script import Cued, speak_script

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
LINES = ("what is the capital of france", "and in spain")
SECRETS = ("france", "paris", "spain", "madrid")
TRACED = "trace=socket,connect,bind,listen,sendto,sendmsg,sendmmsg"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lines as sound files, and nothing else."""
    folder = tmp_path_factory.mktemp("lines")
    for number, line in enumerate(speak_script(tuple(map(Cued, LINES)))):
        write_wav(folder / f"{number}.wav", line.clip, LISTENING_RATE)
    return folder


def needles(clips: Path) -> list[re.Pattern[bytes]]:
    """What to look for: words, whole ones, so that a random name holds none; and sounds."""
    words = [secret.encode(code) for secret in SECRETS for code in ("utf-8", "utf-16-le")]
    found = [rb"(?i)(?<![a-z])" + re.escape(word) + rb"(?![a-z])" for word in words]
    for path in clips.glob("*.wav"):
        pcm = np.frombuffer(path.read_bytes()[44:], np.int16)
        loudest = int(np.argmax(np.abs(pcm.astype(np.int32))))
        found.append(b"(?s)" + re.escape(pcm[loudest : loudest + 64].tobytes()))
    return [re.compile(needle) for needle in found]


def leaks(found: bytes, wanted: Sequence[re.Pattern[bytes]]) -> list[bytes]:
    """What of the `wanted` is in `found`."""
    return [match[0] for needle in wanted if (match := needle.search(found))]


def open_files(process: int) -> Iterator[Path]:
    """The files that a process has open: those without a name, and those it may write to."""
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            mode, flags = link.stat().st_mode, (link.parent.parent / f"fdinfo/{link.name}")
            writable = int(flags.read_text().split()[3], 8) & os.O_ACCMODE
        except FileNotFoundError:
            continue
        nameless = not link.readlink().exists()
        if stat.S_ISREG(mode) and (writable or nameless):
            yield link


def everything_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_search_finds_what_is_there(clips: Path) -> None:
    wanted = needles(clips)
    assert leaks(b"INFO the capital of France is", wanted) == [b"France"]
    assert leaks("say Paris.".encode("utf-16-le"), wanted)
    assert len(leaks((clips / "0.wav").read_bytes(), wanted)) == 1
    assert not leaks(b"comparison", wanted)


def test_nothing_that_was_said_is_kept_anywhere(clips: Path, tmp_path: Path) -> None:
    homes = {
        name: str(tmp_path / name.lower())
        for name in ("HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
                     "STATE_DIRECTORY")
    }  # fmt: skip
    for folder in homes.values():
        Path(folder).mkdir()
    log = tmp_path / "log"
    shared, temporary = names(Path("/dev/shm")), names(Path("/tmp"))
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-X", "faulthandler", "-m", "tests.privacy.spoken", str(clips)],
            cwd=ROOT,
            env={**os.environ, **homes, "ORT_DISABLE_TELEMETRY": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    assert process.stdin and process.stdout
    try:
        assert process.stdout.readline() == b"done\n", log.read_text()
        wanted = needles(clips)
        opened = [path.read_bytes() for path in open_files(process.pid)]
        new_shared = names(Path("/dev/shm")) - shared
        kept = {str(path): path.read_bytes() for path in everything_below(tmp_path)}
        process.stdin.write(b"\n")
        process.stdin.flush()
        turns = json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()
    said = " ".join(words for turn in turns for words in turn).lower()
    assert all(secret in said for secret in SECRETS), said  # there was something to be found
    assert log.stat().st_size  # and it was told of the turns
    for where, content in kept.items():
        assert not leaks(content, wanted), where
    assert not [leak for content in opened for leak in leaks(content, wanted)]
    left = [path for path in kept if path != str(log)]
    assert not left, "a conversation leaves no file"
    for where in new_shared:
        assert not leaks((Path("/dev/shm") / where).read_bytes(), wanted), where
    for where in names(Path("/tmp")) - temporary:  # other programs' files may be among them
        path = Path("/tmp") / where
        if path.is_file() and os.access(path, os.R_OK):
            assert not leaks(path.read_bytes(), wanted), where


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_a_whole_conversation_connects_to_nobody(clips: Path, tmp_path: Path) -> None:
    trace, out = tmp_path / "trace", tmp_path / "demo"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-e", TRACED, "-o", str(trace), sys.executable, "-m", "edgevoice",
         "demo", str(clips / "0.wav"), "--silent", "--out", str(out), "--json"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if "ptrace" in done.stderr.lower() and done.returncode:
        pytest.skip("nothing may be traced here")
    assert done.returncode == 0, done.stderr
    (turn,) = json.loads(done.stdout)["turns"]
    assert "paris" in json.dumps(turn).lower()
    calls = [line for line in trace.read_text().splitlines() if "(" in line]
    assert not [call for call in calls if "AF_INET" in call or "AF_PACKET" in call]
    addressed = [call for call in calls if "sa_family=" in call]
    assert all("AF_UNIX" in call or "AF_NETLINK" in call for call in addressed), addressed
