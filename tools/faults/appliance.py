"""The whole appliance, running for real: a sound card, `edgevoice run --quiet`, a service manager.

    with Appliance(folder) as appliance:
        appliance.ask()
        os.kill(appliance.sound_pid, signal.SIGKILL)
        appliance.ask("and in spain", "madrid")

Everything it writes lies in `folder`: config.yaml, state/, run/control, notify. The engines are
the real ones, with the starter models; the sound card is PulseAudio (see tests/pulse.py).
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
import yaml

from edgevoice.control import send
from edgevoice.errors import EdgevoiceError
from edgevoice.privacy.audit import AuditLog
from tests.pulse import SoundCard, sound_card
from tools.faults.ear import Ear, say, until, words
from tools.faults.fault import BrokenPromiseError, UnavailableError, expect

ROOT = Path(__file__).parents[2]

QUESTION, ANSWER = "what is the capital of france", "paris"
FOLLOW_UP, FOLLOW_UP_ANSWER = "and in spain", "madrid"
"""Cannot be answered without the question before."""
STORY = "tell me a story about a fox"
"""Its answer is long."""

WATCHDOG_USEC = 1_000_000
START_S = 60.0
ANSWER_S = 15.0
STOP_S = 5.0
"""Longest that a service may take to end."""

ALSA = """
pcm.desk_microphone { type pulse device mic }
pcm.desk_loudspeaker { type pulse device spk }
"""
SABOTAGE = Path(__file__).parent / "sabotage"
DESK = {"input_device": "desk_microphone", "output_device": "desk_loudspeaker"}
"""Settings for `audio` that name the devices, which are there as long as `mic` and `spk` are."""


def sabotage(kind: str) -> dict[str, str]:
    """The environment of an appliance that goes wrong, as `kind` says, on SIGUSR1."""
    return {"PYTHONPATH": f"{SABOTAGE}:{ROOT}", "SABOTAGE": kind}


class Appliance:
    """A running appliance. A context manager; inside it is ready to be spoken to.

    `settings`: of config.yaml, over the defaults. `environment`: variables, in addition; None takes
    one away. `prefix`: what stands before the command, such as `prlimit`. `rate`: of the sound
    card. `start` False: start it yourself, with `start()`.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Any] | None = None,
        *,
        environment: Mapping[str, str | None] | None = None,
        prefix: Sequence[str] = (),
        rate: int = 48_000,
        start: bool = True,
    ) -> None:
        self.folder = folder
        self.prefix = prefix
        self.environment = dict(environment or {})
        self.told: list[tuple[float, str]] = []
        """What the service manager was told, and when (monotonic seconds)."""
        self.logged: list[tuple[float, str]] = []
        """The lines of its log (standard error), likewise."""
        self.printed: list[tuple[float, str]] = []
        """The lines on its standard output, likewise."""
        self.process: subprocess.Popen[str] | None = None
        self._rate = rate
        self._start = start
        self._settings = {"audio": {"duplex": "full"}, **(settings or {})}
        self._threads: list[threading.Thread] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            try:
                self.card: SoundCard = stack.enter_context(sound_card(self._rate))
            except pytest.skip.Exception as missing:
                raise UnavailableError(str(missing)) from None
            self._listen(stack)
            stack.callback(self._end)
            self.configure(self._settings)
            (self.folder / "alsa.conf").write_text(ALSA)
            if self._start:
                self.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    # Starting and ending

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Write config.yaml anew; `start` and `restart` read it."""
        (self.folder / "config.yaml").write_text(yaml.safe_dump(dict(settings)))

    def start(self, *, ready: bool = True, **streams: Any) -> None:
        """Start it, and wait until it says that it is ready. `streams`: for `Popen`."""
        since = time.monotonic()
        self.process = subprocess.Popen(
            self.command("run", "--quiet", "--config", str(self.folder / "config.yaml")),
            cwd=self.folder,
            env=self.variables,
            text=True,
            errors="replace",
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                **streams,
            },
        )
        for stream, kept in (
            (self.process.stdout, self.printed),
            (self.process.stderr, self.logged),
        ):
            if stream:
                thread = threading.Thread(target=_keep, args=(stream, kept), daemon=True)
                thread.start()
                self._threads.append(thread)
        if ready:
            self.wait_told("READY=1", START_S, since)

    def command(self, *arguments: str) -> list[str]:
        """`edgevoice` with `arguments`."""
        return [*self.prefix, sys.executable, "-m", "edgevoice", *arguments]

    @property
    def variables(self) -> dict[str, str]:
        """The environment that it runs in: that of a service."""
        (self.folder / "run").mkdir(mode=0o700, exist_ok=True)
        variables: dict[str, str | None] = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "STATE_DIRECTORY": str(self.state),
            "RUNTIME_DIRECTORY": str(self.control_socket.parent),
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "WATCHDOG_USEC": str(WATCHDOG_USEC),
            "ALSA_CONFIG_PATH": f"{os.environ['ALSA_CONFIG_PATH']}:{self.folder}/alsa.conf",
            "COLUMNS": "200",
            **self.environment,
        }
        return {name: value for name, value in variables.items() if value is not None}

    def edgevoice(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another `edgevoice` command, as the same service; waits for its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )

    def stop(self, number: signal.Signals = signal.SIGTERM, within_s: float = STOP_S) -> int:
        """Ask it to end; answers the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.ended(within_s)

    def ended(self, within_s: float) -> int:
        """Wait for its end; answers the exit code."""
        assert self.process is not None
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise BrokenPromiseError(f"it did not end within {within_s:g} s") from None
        for thread in self._threads:
            thread.join(STOP_S)
        return code

    def kill(self) -> None:
        """End it at once, as a loss of power would."""
        self.stop(signal.SIGKILL)

    def restart(self) -> None:
        """Start it again, after it has ended or was killed, as the service manager would."""
        if self.alive:
            self.kill()
        self.start()

    def _end(self) -> None:
        """Leave nothing behind."""
        if self.process is None:
            return
        for pid in [*self.pids, self.process.pid]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    # What it is like

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """Of its main process."""
        assert self.process is not None
        return self.process.pid

    @property
    def pids(self) -> list[int]:
        """Of all its processes."""
        return list(_family(self.pid))

    @property
    def sound_pids(self) -> list[int]:
        """Of the processes that hold the sound card: one, or none while it is away."""
        return [pid for pid in self.pids if b"edgevoice.transports.sound_process" in _command(pid)]

    @property
    def sound_pid(self) -> int:
        """Of the process that holds the sound card."""
        expect(until(lambda: self.sound_pids, ANSWER_S), "there is no process for the sound card")
        return self.sound_pids[0]

    @property
    def rss(self) -> int:
        """Resident memory of all its processes, in bytes."""
        return sum(_rss(pid) for pid in self.pids)

    @property
    def state(self) -> Path:
        """The folder with all that it keeps."""
        return self.folder / "state"

    @property
    def control_socket(self) -> Path:
        """Where it can be told to mute, and so on."""
        return self.folder / "run" / "control"

    @property
    def log(self) -> str:
        """All it has complained of."""
        return "\n".join(line for _, line in self.logged)

    @property
    def status(self) -> str:
        """Its last words to the service manager on how it is."""
        statuses = [text for _, text in self.told if text.startswith("STATUS=")]
        return statuses[-1].removeprefix("STATUS=") if statuses else ""

    @property
    def audited(self) -> list[str]:
        """The events in its audit log, the whole of which is verified first."""
        log = AuditLog(self.state / "audit")
        verdict = log.verify()
        expect(not verdict.problems, f"the audit log is damaged: {'; '.join(verdict.problems)}")
        return [line.event for line in log.lines()]

    def pings(self, since: float) -> int:
        """WATCHDOG messages after `since`."""
        return sum(text == "WATCHDOG=1" and at >= since for at, text in list(self.told))

    # What one does with it

    def ask(self, question: str = QUESTION, answer: str = ANSWER, *, sink: str = "room") -> float:
        """Ask aloud, into `sink`, and wait until a reply with the word `answer` was heard whole.

        Whoever is not understood says it once more, as people do. Answers the seconds from the end
        of the question to the beginning of the reply.
        """
        with Ear() as ear:
            asked = say(question, sink)
            try:
                self.answered(ear, answer, asked)
            except BrokenPromiseError:
                asked = say(question, sink)
                self.answered(ear, answer, asked)
            return ear.spoken(asked)[0][0] - asked

    def answered(self, ear: Ear, answer: str, since: float, within_s: float = ANSWER_S) -> None:
        """Wait until `ear` has heard the word `answer` after `since`."""
        heard = ""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            spoken = ear.spoken(since)
            heard = " / ".join(words(pcm) for _, _, pcm in spoken)
            if answer in heard:
                return
            expect(self.alive, f"it has ended: {self.last_words}")
            time.sleep(0.1)
        raise BrokenPromiseError(f"the reply was {heard!r}" if heard else "there was no reply")

    def press(self, word: str) -> str:
        """Tell it through the control socket to `mute`, `unmute`, … or tell its `status`."""
        try:
            return send(self.control_socket, word)
        except EdgevoiceError as error:
            raise BrokenPromiseError(f"the control socket: {error}") from None

    def wait_told(self, message: str, within_s: float, since: float = 0.0) -> float:
        """Wait until the service manager is told `message` (a part of one); answers when it was."""
        return self._wait(self.told, message, within_s, since)

    def wait_logged(self, line: str, within_s: float, since: float = 0.0) -> float:
        """Wait until `line` (a part of one) is in the log; answers when it came."""
        return self._wait(self.logged, line, within_s, since)

    def heard_again(self, since: float, back: float | None = None) -> float:
        """Wait until it says, after `since`, that it hears again.

        Answers the seconds from `back` (nothing: `since`), when the device was there again, until
        then. Never less than 0: it may be quicker than we are.
        """
        again = self.wait_logged("the sound is back", ANSWER_S, since)
        return max(0.0, again - (since if back is None else back))

    def wait_listening(self, for_s: float = 1.5) -> None:
        """Wait until it has been listening, and nobody spoke, for so many seconds."""

        def listening() -> bool:
            changes = [told for told in list(self.told) if told[1].startswith("STATUS=")]
            at, status = changes[-1]
            return "listening" in status and time.monotonic() - at > for_s

        expect(until(listening, ANSWER_S), f"it does not listen: {self.status}")

    def heard_speaking(self, since: float) -> float:
        """Wait until it says, after `since`, that somebody is speaking; answers the seconds."""
        return self.wait_told("somebody is speaking", ANSWER_S, since) - since

    @property
    def last_words(self) -> str:
        """The last line of its log."""
        return self.logged[-1][1] if self.logged else "without a word"

    def _wait(
        self, kept: list[tuple[float, str]], part: str, within_s: float, since: float
    ) -> float:
        found: list[float] = []

        def there() -> bool:
            found.extend(at for at, text in list(kept) if at >= since and part in text)
            return bool(found)

        def over() -> bool:
            return there() or not self.alive

        until(over, within_s)
        if not there():
            happened = "" if self.alive else f"; it has ended: {self.last_words}"
            raise BrokenPromiseError(f"no {part!r} within {within_s:g} s{happened}")
        return found[0]

    def _listen(self, stack: ExitStack) -> None:
        """Be its service manager."""
        ours = stack.enter_context(closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)))
        ours.bind(str(self.folder / "notify"))

        def listen() -> None:
            with suppress(OSError):
                while message := ours.recv(4096).decode(errors="replace"):
                    self.told += [(time.monotonic(), line) for line in message.splitlines()]

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        stack.callback(thread.join)
        stack.callback(ours.shutdown, socket.SHUT_RDWR)


def _keep(stream: Any, kept: list[tuple[float, str]]) -> None:
    with stream:
        for line in stream:
            kept += [(time.monotonic(), line.rstrip("\n"))]


def _family(pid: int) -> Iterator[int]:
    """`pid`, its children, and theirs."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                yield from _family(int(child))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _rss(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(kilobytes[0]) * 1024 if kilobytes else 0
