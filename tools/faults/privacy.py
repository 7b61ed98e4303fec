"""Whoever looks for what was said, waits for it on the network, or changes what tells of it."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from edgevoice.privacy.keys import make_key
from tools.faults.appliance import (
    ANSWER,
    FOLLOW_UP,
    FOLLOW_UP_ANSWER,
    QUESTION,
    ROOT,
    START_S,
    STOP_S,
    Appliance,
)
from tools.faults.ear import until
from tools.faults.fault import Observed, UnavailableError, expect, fault

SECRETS = (ANSWER, FOLLOW_UP_ANSWER, "france", "spain")
TYPED = "my name is Zebedee Quux and what is the capital of france"
NOTHING_LEAVES = "answered as ever; nothing is sent but through sockets of this machine"
FOUND_OUT = "each change is found, and exit code 1 tells; the true log is whole"


def converse(appliance: Appliance) -> None:
    """A question, and one that needs it."""
    appliance.ask()
    appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)


def needles(words: tuple[str, ...]) -> list[re.Pattern[bytes]]:
    """What to look for: whole words, so that a name by chance holds none, in two codes."""
    found = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le")]
    return [re.compile(rb"(?i)(?<![a-z])" + re.escape(word) + rb"(?![a-z])") for word in found]


def clean(where: str, content: bytes, words: tuple[str, ...] = SECRETS) -> None:
    """None of the words may be in there."""
    for needle in needles(words):
        found = needle.search(content)
        expect(not found, f"{where} holds “{found[0].decode(errors='replace') if found else ''}”")


def open_files(pid: int) -> Iterator[tuple[str, bytes]]:
    """What is in the files that a process has open: in those without a name, or that it may
    write to. Nobody but root may look."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            about, flags = link.stat(), Path(f"/proc/{pid}/fdinfo/{link.name}").read_text()
            writable = int(flags.split()[3], 8) & os.O_ACCMODE
            if stat.S_ISREG(about.st_mode) and (writable or not link.readlink().exists()):
                yield f"an open file of process {pid}", link.read_bytes()


def search(pids: list[int], *folders: Path, words: tuple[str, ...] = SECRETS) -> int:
    """Look everywhere; answers in how many places."""
    places: list[tuple[str, bytes]] = []
    for pid in pids:
        with suppress(PermissionError):  # then nobody else may look either
            places += open_files(pid)
    for folder in folders:
        paths = [path for path in folder.rglob("*") if path.is_file()]
        places += [(str(path.relative_to(folder)), path.read_bytes()) for path in paths]
    for where, content in places:
        clean(where, content, words)
    return len(places)


def own_folders(folder: Path) -> dict[str, str]:
    """Variables that name folders of its own, for everything that anybody might leave."""
    names = ("HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    homes = {name: folder / "homes" / name.lower() for name in names}
    for home in homes.values():
        home.mkdir(parents=True)
    return {name: str(home) for name, home in homes.items()}


def in_memory() -> set[Path]:
    """The files in shared memory."""
    return set(Path("/dev/shm").iterdir()) if Path("/dev/shm").exists() else set()


@fault("nothing of it in state, log, messages, temporary files, or files that it has open")
def secrets_are_spoken(folder: Path) -> Observed:
    """Somebody tells secrets, with the log at its most talkative, and then looks for them."""
    settings = {"audio": {"duplex": "full"}, "log": {"level": "debug"}}
    shared = in_memory()
    homes = own_folders(folder)
    for name in ("HOME", "XDG_RUNTIME_DIR"):  # the sound card's
        del homes[name]
    with Appliance(folder, settings, environment={**homes}) as appliance:
        converse(appliance)
        places = search(appliance.pids, folder)
        for path in in_memory() - shared:
            with suppress(OSError):
                clean(str(path), path.read_bytes())
        expect(len(appliance.logged) > 10, "nothing was logged: the search proves nothing")
        clean("the log", appliance.log.encode())
        for about, kept in (("a message", appliance.told), ("its output", appliance.printed)):
            clean(about, "\n".join(text for _, text in kept).encode())
        appliance.stop()
        places += search([], folder)
        left = [path for path in (folder / "homes").rglob("*") if path.is_file()]
        expect(not left, f"it left {left[:1]}")
    return Observed(f"{places} files and {len(appliance.logged)} lines of log: nothing")


@fault("nothing of it in any file, or in files that it has open")
def secrets_are_typed(folder: Path) -> Observed:
    """Somebody types secrets into `edgevoice chat`, and then looks for them."""
    with subprocess.Popen(
        [sys.executable, "-m", "edgevoice", "chat", "--json"],
        cwd=folder,
        env={**os.environ, **own_folders(folder), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as chat:
        try:
            assert chat.stdin and chat.stdout and chat.stderr
            chat.stdin.write(f"{TYPED}\n")
            chat.stdin.flush()
            answer = json.loads(chat.stdout.readline())
            expect(answer["user"] == TYPED and answer["agent"], f"it answered {answer}")
            words = ("zebedee", "quux", *SECRETS)
            places = search([chat.pid], folder, words=words)
            chat.stdin.write("\n")
            chat.stdin.close()
            clean("its log", chat.stderr.read().encode(), words)
            expect(chat.wait(STOP_S) == 0, f"exit code {chat.returncode}")
        finally:
            chat.kill()
    left = [path for path in folder.rglob("*") if path.is_file()]
    expect(not left, f"it left {left[:1]}")
    return Observed(f"{places} files: nothing, and no file left")


def unlimited_dumps() -> list[str]:
    """What stands before a command that may leave a core dump of any size."""
    if not shutil.which("prlimit"):
        raise UnavailableError("prlimit is not installed")
    return ["prlimit", "--core=unlimited", "--"]


def dumped(pid: int) -> bool:
    """Wait for a process's end by a signal; whether the kernel has written a dump of it."""
    end = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert end is not None
    return end.si_code == os.CLD_DUMPED


@fault("no core dump, though the system would write one, and no words in what it leaves")
def crash_would_leave_a_core(folder: Path) -> Observed:
    """It crashes (SIGABRT) after secrets were told, where core dumps are wanted."""
    careless = [*unlimited_dumps(), sys.executable, "-c", "import os; os.abort()"]
    with subprocess.Popen(careless, cwd=folder, stderr=subprocess.DEVNULL) as other:
        if not dumped(other.pid):
            raise UnavailableError("this system writes no core dumps of anybody")
    for path in folder.glob("core*"):
        path.unlink()
    with Appliance(folder, prefix=unlimited_dumps()) as appliance:
        appliance.ask()
        os.kill(appliance.sound_pid, signal.SIGABRT)
        appliance.heard_again(0.0)
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        os.kill(appliance.pid, signal.SIGABRT)
        expect(not dumped(appliance.pid), "the kernel has written a core dump")
        appliance.ended(STOP_S)
        expect(not [*folder.rglob("core*")], "there is a core dump")
        clean("the log", appliance.log.encode())
        places = search([], folder)
    return Observed(f"another program left a core dump, ours none; {places} files hold no word")


def lines_changed(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Everything that somebody might do to a log."""
    edited = "\n".join(lines).replace('"started"', '"stopped"', 1)
    yield "an edited line", edited.splitlines()
    yield "an edited last line", [*lines[:-1], lines[-1].replace('"stopped"', '"started"', 1)]
    yield "a removed line", [lines[0], *lines[2:]]
    yield "a removed first line", lines[1:]
    yield "two lines in another order", [lines[0], lines[2], lines[1], *lines[3:]]
    yield "a cut end", lines[:-1]
    yield "a line that was put in twice", [*lines, lines[-1]]


@fault(FOUND_OUT)
def audit_log_is_changed(folder: Path) -> Observed:
    """Somebody edits, removes, moves, doubles or cuts lines of the audit log."""
    with Appliance(folder) as appliance:
        appliance.stop()
        appliance.start()
        appliance.stop()
        (path,) = (appliance.state / "audit").glob("audit-*.jsonl")
        true = path.read_text()
        lines = true.splitlines()
        expect(len(lines) >= 4, f"only {len(lines)} lines")
        found = []
        for what, changed in lines_changed(lines):
            path.write_text("\n".join(changed) + "\n")
            verdict = appliance.edgevoice("audit", "verify", "--json")
            expect(verdict.returncode == 1, f"{what}: exit code {verdict.returncode}")
            expect(json.loads(verdict.stdout)["problems"], f"{what}: not found")
            found.append(what)
        path.write_text(true)
        verdict = appliance.edgevoice("audit", "verify")
        expect(verdict.returncode == 0, f"the true log: {verdict.stdout}")
    return Observed(f"found: {', '.join(found)}")


def records(content: bytes, head: int) -> list[bytes]:
    """The records of a sealed file, each with its length; see `sealing.py`."""
    found, at = [], head
    while at < len(content):
        size = 4 + int.from_bytes(content[at : at + 4])
        found.append(content[at : at + size])
        at += size
    return found


@fault("each change is told, exit code 1; what is untouched is still readable, by the key alone")
def transcripts_are_changed(folder: Path) -> Observed:
    """Somebody edits, swaps, removes or cuts records of the sealed transcripts."""
    from edgevoice.privacy.sealing import HEAD_BYTES

    with Appliance(folder, kept(folder)) as appliance:
        converse(appliance)
        appliance.stop()
        (path,) = (appliance.state / "transcripts").glob("*.sealed")
        true = path.read_bytes()
        clean("the sealed file", true)
        first, second, *others = records(true, HEAD_BYTES)
        show = ("transcripts", "show", "--config", str(folder / "config.yaml"))
        plain = appliance.edgevoice(*show)
        expect(plain.returncode == 0 and QUESTION.split()[-1] in plain.stdout, plain.stderr)
        head, middle = true[:HEAD_BYTES], HEAD_BYTES + len(first) // 2
        changes = {
            "edited": true[:middle] + bytes([true[middle] ^ 1]) + true[middle + 1 :],
            "swapped": head + second + first + b"".join(others),
            "the first one removed": head + second + b"".join(others),
            "another head": bytes([head[0] ^ 1]) + true[1:],
            "another length": head + b"\xff" + true[HEAD_BYTES + 1 :],
        }
        for what, content in changes.items():
            path.write_bytes(content)
            told = appliance.edgevoice(*show)
            expect(told.returncode == 1, f"{what}: exit code {told.returncode}")
            expect("Traceback" not in told.stderr, f"{what}: a traceback")
        path.write_bytes(true[:-5])
        torn = appliance.edgevoice(*show)
        expect("is torn" in torn.stderr and QUESTION.split()[-1] in torn.stdout, torn.stderr)
    return Observed(f"told: {', '.join(changes)}; cut in its last record, the others are read")


def kept(folder: Path) -> Mapping[str, object]:
    """Settings that keep transcripts, with a key of their own."""
    make_key(folder / "key")
    transcripts = {"enabled": True, "key_file": str(folder / "key")}
    return {"audio": {"duplex": "full"}, "transcripts": transcripts}


@fault("refused in one line with the cure, before it listens")
def key_that_others_may_read(folder: Path) -> Observed:
    """The key of the transcripts may be read by others."""
    with Appliance(folder, kept(folder), start=False) as appliance:
        (folder / "key").chmod(0o644)
        appliance.start(ready=False)
        code = appliance.ended(START_S)
        expect(code == 2, f"exit code {code}: {appliance.last_words}")
        said = appliance.last_words.removeprefix("edgevoice: ").replace(f"{folder}/", "")
        expect("chmod 600" in said, said)
        expect(not [text for _, text in appliance.told if text == "READY=1"], "it was ready")
        (folder / "key").chmod(0o600)
        appliance.start()
        appliance.ask()
    return Observed(said)


def traced(trace: Path) -> list[str]:
    """What stands before a command whose every socket is written down in `trace`."""
    calls = "trace=socket,connect,bind,listen,sendto,sendmsg,sendmmsg"
    # -D: the command is our child, not strace.
    tracer = ["strace", "-D", "-f", "-q", "--seccomp-bpf", "-e", calls, "-o", str(trace)]
    if not shutil.which("strace"):
        raise UnavailableError("strace is not installed")
    if subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode:
        raise UnavailableError("nothing may be traced here")
    return tracer


def stayed_here(trace: Path, pid: int) -> int:
    """Look that no socket of a network was made or written to; answers how many others were."""
    end = [str(pid), "+++"]

    def ended() -> bool:
        return any(line.split()[:2] == end for line in trace.read_text().splitlines())

    expect(until(ended, STOP_S), "the trace has no end")
    calls = [line for line in trace.read_text().splitlines() if "(" in line]
    away = [call for call in calls if "AF_INET" in call or "AF_PACKET" in call]
    expect(not away, f"{len(away)} calls for the network: {away[:1]}")
    addressed = [call for call in calls if "sa_family=" in call]
    other = [call for call in addressed if "AF_UNIX" not in call and "AF_NETLINK" not in call]
    expect(not other, f"somebody else was addressed: {other[:1]}")
    expect(any("AF_UNIX" in call for call in addressed), "nothing was traced")
    return len(addressed)


@fault(NOTHING_LEAVES)
def network_is_open(folder: Path) -> Observed:
    """It runs where it could reach the whole network, and every system call is looked at."""
    trace = folder / "trace"
    with Appliance(folder, prefix=traced(trace)) as appliance:
        converse(appliance)
        code = appliance.stop()
        expect(code == 0, f"exit code {code}: {appliance.last_words}")
        calls = stayed_here(trace, appliance.pid)
    return Observed(f"{calls} calls to sockets of this machine, none to any other")


@fault(NOTHING_LEAVES)
def proxies_are_set(folder: Path) -> Observed:
    """The environment names proxies, a hub and a log collector, and one listens there."""
    trace = folder / "trace"
    with socket.create_server(("127.0.0.1", 0)) as lure:
        address = f"127.0.0.1:{lure.getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        environment: dict[str, str | None] = dict.fromkeys(names, f"http://{address}")
        environment |= {"NO_PROXY": None, "no_proxy": None, "HF_HUB_OFFLINE": None}
        environment |= {"HF_ENDPOINT": f"http://{address}", "SYSLOG_SERVER": address}
        with Appliance(folder, prefix=traced(trace), environment=environment) as appliance:
            converse(appliance)
            code = appliance.stop()
            expect(code == 0, f"exit code {code}: {appliance.last_words}")
            calls = stayed_here(trace, appliance.pid)
        lure.settimeout(0)
        with suppress(BlockingIOError):
            lure.accept()
            expect(False, "somebody went to the proxy")
    return Observed(f"nobody went there; {calls} calls to sockets of this machine")
