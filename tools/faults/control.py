"""What befalls the sockets: the one that takes commands, and the service manager's."""

import errno
import os
import signal
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random

from edgevoice.control import MOST_CLIENTS
from tools.faults.appliance import START_S, STOP_S, Appliance
from tools.faults.ear import until
from tools.faults.fault import Observed, UnavailableError, expect, fault

ANSWERED = "the person is answered as ever, and the socket answers when they have gone"
CROWD = 200
SEED = 5
NOBODY = 65_534
MOST_GROWTH = 24 * 2**20


def connected(path: Path) -> socket.socket:
    """Somebody at the control socket."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(path))
    client.settimeout(STOP_S)
    return client


def still_answers(appliance: Appliance) -> None:
    """The socket does, and nothing has gone wrong inside."""

    def does() -> bool:
        with connected(appliance.control_socket) as client, suppress(OSError):
            client.sendall(b"status\n")
            return client.recv(256).startswith(b"ok ")
        return False

    expect(until(does, STOP_S), "the control socket does not answer any more")
    expect("Traceback" not in appliance.log, f"a traceback: {appliance.log[-300:]}")


@contextmanager
def meanwhile(act: Callable[[threading.Event], None]) -> Iterator[None]:
    """Have `act` go on, again and again, while the block runs."""
    over = threading.Event()
    acting = threading.Thread(target=act, args=(over,))
    acting.start()
    try:
        yield
    finally:
        over.set()
        acting.join()


@fault(ANSWERED)
def garbage_on_the_control_socket(folder: Path) -> Observed:
    """Garbage is sent to the control socket during a conversation."""
    chance, clients = Random(SEED), 0

    def babble(over: threading.Event) -> None:
        nonlocal clients
        while not over.is_set():
            with connected(appliance.control_socket) as client, suppress(OSError):
                client.sendall(chance.randbytes(chance.choice([1, 40, 255, 256, 5_000])))
                client.sendall(b"\n" * chance.randint(0, 3))
                if chance.random() < 0.5:
                    client.shutdown(socket.SHUT_WR)
                    client.recv(1 << 16)
            clients += 1
            over.wait(0.005)

    with Appliance(folder) as appliance:
        with meanwhile(babble):
            reply = appliance.ask()
        still_answers(appliance)
    return Observed(f"{clients:,} clients of garbage; answered after {reply:.1f} s")


@fault(ANSWERED)
def crowd_at_the_control_socket(folder: Path) -> Observed:
    """200 clients connect at once and stay, without a word."""
    with Appliance(folder) as appliance:
        with ExitStack() as stack:
            for _ in range(CROWD):
                stack.enter_context(connected(appliance.control_socket))
            files = sum(1 for _ in Path(f"/proc/{appliance.pid}/fd").iterdir())
            reply = appliance.ask()
        expect(files < CROWD, f"it has {files} files open")
        still_answers(appliance)
    return Observed(f"{MOST_CLIENTS} of {CROWD} were let in; answered after {reply:.1f} s")


@fault("the person is answered as ever; it ends within 5 s when it is told to")
def flood_without_an_ear(folder: Path) -> Observed:
    """Clients send commands without end, and never read an answer."""
    sent = 0

    def flood(over: threading.Event) -> None:
        nonlocal sent
        while not over.wait(0.002):
            for client in clients:
                with suppress(OSError):
                    sent += client.send(b"status\n" * 500)

    with Appliance(folder) as appliance, ExitStack() as stack:
        clients = [
            stack.enter_context(connected(appliance.control_socket)) for _ in range(MOST_CLIENTS)
        ]
        for client in clients:
            client.setblocking(False)
        for _ in range(2):  # until everything has been used once
            appliance.ask()
        before = appliance.rss
        with meanwhile(flood):
            reply = appliance.ask()
            grown = appliance.rss - before
            began = time.monotonic()
            code = appliance.stop()
            took = time.monotonic() - began
    expect(code == 0, f"exit code {code}: {appliance.last_words}")
    expect(grown < MOST_GROWTH, f"it has grown by {grown / 2**20:.0f} MB")
    return Observed(
        f"{sent // 7:,} commands sent; answered after {reply:.1f} s, ended {took:.1f} s after"
    )


def gives_up(appliance: Appliance) -> str:
    """Start it, and look that it ends with one line; answers that."""
    appliance.start(ready=False)
    code = appliance.ended(START_S)
    expect(code == 2, f"exit code {code}: {appliance.log[-300:]}")
    complaints = [line for line in appliance.log.splitlines() if line.startswith("edgevoice: ")]
    expect(len(complaints) == 1, f"not one line: {appliance.log[-300:]}")
    return complaints[0].removeprefix("edgevoice: ").replace(f"{appliance.folder}/", "")


@fault("one line says so before it listens; the file is left alone")
def file_in_the_sockets_place(folder: Path) -> Observed:
    """A file lies where the control socket should be."""
    with Appliance(folder, start=False) as appliance:
        assert appliance.variables  # makes the folder
        appliance.control_socket.write_text("a diary")
        said = gives_up(appliance)
        expect(appliance.control_socket.read_text() == "a diary", "the file was changed")
        appliance.control_socket.unlink()
        appliance.start()
        still_answers(appliance)
    return Observed(said)


@fault("it is replaced, and the new one answers")
def stale_socket(folder: Path) -> Observed:
    """The control socket of one that was killed still lies there."""
    with Appliance(folder) as appliance:
        appliance.kill()
        expect(appliance.control_socket.is_socket(), "there is nothing to be found")
        left = appliance.control_socket.stat().st_ctime_ns
        appliance.start()
        still_answers(appliance)
        expect(appliance.control_socket.stat().st_ctime_ns != left, "it is the old one")
        code = appliance.stop()
        expect(code == 0 and not appliance.control_socket.exists(), "it was left behind again")
    return Observed("replaced; and taken away at the end")


@fault("one line says that somebody listens there; the one that was first goes on")
def two_at_one_socket(folder: Path) -> Observed:
    """A second one is started that should use the same control socket."""
    with Appliance(folder) as first:
        second = first.edgevoice("run", "--quiet", "--config", str(folder / "config.yaml"))
        expect(second.returncode == 2, f"exit code {second.returncode}: {second.stderr[-300:]}")
        said = second.stderr.splitlines()[-1].removeprefix("edgevoice: ")
        expect("another edgevoice listens there" in said, said)
        still_answers(first)
        reply = first.ask()
    return Observed(f"{said.replace(f'{folder}/', '')} The first: answered after {reply:.1f} s")


def tried_by_nobody(path: Path) -> int:
    """What comes of it when another user connects to `path`: an error's number, or 0."""
    if os.geteuid():
        raise UnavailableError("only root can try what another user can do")
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            socket.socket(socket.AF_UNIX).connect(str(path))
        except OSError as error:
            os._exit(error.errno or 255)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@fault("refused by the kernel; nothing was heard of it")
def another_user_at_the_socket(folder: Path) -> Observed:
    """Another user of the machine tries the control socket, with every folder open to him."""
    with Appliance(folder) as appliance:
        path = appliance.control_socket
        for place in (path.parent, *path.parent.parents):
            if place.stat().st_uid == os.geteuid() and place.is_relative_to("/tmp/"):
                place.chmod(0o755)
        expect(stat.S_IMODE(path.stat().st_mode) == 0o600, "its permissions are loose")
        came = tried_by_nobody(path)
        expect(came == errno.EACCES, f"another user: {os.strerror(came)}")
        path.chmod(0o666)
        expect(tried_by_nobody(path) == 0, "he is kept out by something else")
        still_answers(appliance)
    return Observed(f"{os.strerror(came)}; with the permissions of a careless program he gets in")


@fault("it works as ever, and tells what it could not tell when somebody listens again")
def service_manager_does_not_listen(folder: Path) -> Observed:
    """The service manager's socket is full of datagrams, and nobody takes them."""
    place = folder / "busy"
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as others,
    ):
        manager.bind(str(place))
        others.setblocking(False)
        flooded = 0
        with suppress(BlockingIOError):
            while True:
                others.sendto(b"STATUS=flood", str(place))
                flooded += 1
        with Appliance(folder, environment={"NOTIFY_SOCKET": str(place)}, start=False) as appliance:
            appliance.start(ready=False)
            expect(until(appliance.control_socket.is_socket, START_S), "it did not start")
            reply = appliance.ask()
            manager.settimeout(STOP_S)
            told = {manager.recv(4096) for _ in range(flooded + 5)}
            expect({b"READY=1", b"WATCHDOG=1"} <= told, f"it told {told}")
            appliance.stop(signal.SIGTERM)
    return Observed(f"answered after {reply:.1f} s; READY and WATCHDOG came when they were read")
