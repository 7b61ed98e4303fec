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
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import LISTENING_RATE
from edgevoice.audio.wav import write_wav
from edgevoice.demo.script import Cued, speak_script
from tools.faults.appliance import Appliance
from tools.faults.fault import BrokenPromiseError, UnavailableError

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
LINES = ("what is the capital of france", "and in spain")
SECRETS = ("france", "paris", "spain", "madrid")
A_WHILE_S = 30
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
    assert not strangers(trace.read_text())


def strangers(trace: str) -> list[str]:
    """The calls for, or to, a socket that is not in the file system nor the kernel's own."""
    local = re.compile(r"\b(AF_UNIX|AF_NETLINK)\b")
    named = re.compile(r"\b(AF|PF)_[A-Z0-9]+\b")
    return [line for line in trace.splitlines() if named.search(local.sub("", line))]


def test_a_stranger_is_seen_in_a_trace() -> None:
    ours = """1 socket(AF_UNIX, SOCK_STREAM, 0) = 3
1 connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0
1 sendto(4, "x", 20, 0, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=00000000}, 12) = 20"""
    assert not strangers(ours)
    for call in (
        "1 socket(AF_INET6, SOCK_DGRAM, 0) = 3",
        "1 connect(3, {sa_family=AF_INET, sin_port=htons(443)}, 16) = 0",
        "1 socket(AF_VSOCK, SOCK_STREAM, 0) = 3",
    ):
        assert strangers(f"{ours}\n{call}") == [call]


@pytest.mark.slow
@pytest.mark.sound
@pytest.mark.timeout(240)
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_a_service_that_idles_connects_to_nobody_later_either(tmp_path: Path) -> None:
    """It is asked when it has started and when it is half a minute old; in between it has the time
    to send away what it was told."""

    def converse(it: Appliance) -> None:
        for patience in (2, 1, 0):
            try:
                it.ask()
            except BrokenPromiseError:  # what is traced on a busy machine may not hear well
                if not patience:
                    raise
            else:
                return

    trace = tmp_path / "trace"
    # -D: what is traced is the process that we started, and gets our signals. --seccomp-bpf: it is
    # not held up by its other calls, so that it hears as well as ever.
    strace = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-e", TRACED, "-o", str(trace)]
    if subprocess.run([*strace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be traced here")
    try:
        with Appliance(tmp_path, environment={"ORT_DISABLE_TELEMETRY": None}, prefix=strace) as it:
            began = time.monotonic()
            converse(it)
            it.wait_told("WATCHDOG=1", A_WHILE_S + 30, since=began + A_WHILE_S)
            converse(it)
            assert it.stop() == 0
            assert "Traceback" not in it.log
    except UnavailableError as missing:
        pytest.skip(str(missing))
    calls = trace.read_text()
    assert "sun_path" in calls  # it was traced: there is the sound card's socket
    assert not strangers(calls)
