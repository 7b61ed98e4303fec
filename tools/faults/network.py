"""What a network can do to it, and what it could do to a network: nothing.

Most of it happens in networks of its own (`unshare`), where whatever leaves is seen by us alone.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from socket import socket

from edgevoice.errors import UnfitError
from tools.faults.appliance import ANSWER_S, START_S, Appliance
from tools.faults.ear import until
from tools.faults.fault import Observed, UnavailableError, expect, fault

PROMISED = {"audio": {"duplex": "full"}, "privacy": {"network": "offline"}}
OPEN = "ip link add eth7 type bridge && ip link set eth7 up"
"""Makes a network card that is up."""
LOOPBACK = "ip link set lo up"
NOTICED_S = 10.0

POISON = """
import socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", 53))
    open(sys.argv[1], "w").close()
    while True:
        asked, who = server.recvfrom(512)
        with open(sys.argv[1], "ab") as log:
            log.write(asked[12:].split(b"\\0")[0] + b"\\n")
        # Whatever it is: it is here.
        answer = b"\\xc0\\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1])
        server.sendto(asked[:2] + b"\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0" + asked[12:] + answer, who)
"""
"""A name server that knows everything, and writes down what it was asked."""

SCAN = """
import errno, socket
found = 0
for port in range(1, 65536):
    with socket.socket() as knock:
        answered = knock.connect_ex(("127.0.0.1", port)) != errno.ECONNREFUSED
        # Who knocks from the port where it knocks opens to itself.
        found += answered and knock.getsockname()[1] != port
print(found)
"""

SPY = """
import atexit, errno, os, socket, threading, time
def phone_home():
    while True:
        try:
            with socket.create_connection(("127.0.0.1", {port}), 1) as home:
                home.sendall(b"what was said")
                said = "sent"
                time.sleep(3600 * {stays})
        except OSError as error:
            said = errno.errorcode.get(error.errno, "?")
        with open({log!r}, "a") as log:
            log.write(said + "\\n")
        time.sleep(0.5)
threading.Thread(target=phone_home, daemon=True).start()
"""
"""A library that sends away what it gets hold of; Python loads it by itself as sitecustomize."""


def world(*made: str) -> list[str]:
    """What stands before a command to run it in a network of its own, with no way out but what is
    `made` by commands of the shell."""
    unshare = ["unshare", "--map-root-user", "--net", "--mount"]
    for command in ([*unshare, "true"], ["ip", "link"]):
        try:
            tried = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise UnavailableError(f"{error.filename}: {error.strerror}") from None
        if tried.returncode:
            raise UnavailableError(f"no network of its own here: {tried.stderr.strip()[-80:]}")
    return [*unshare, "sh", "-c", " && ".join([*made, 'exec "$@"']), "sh"]


def aside(command: str) -> str:
    """`command` of the shell, meanwhile; it ends with the fault."""
    return f"{{ ({command}) >/dev/null 2>&1 & }}"


def once(there: Path) -> str:
    """A command of the shell that waits until the file is `there`."""
    return f"while ! [ -e {there} ]; do sleep 0.1; done"


class Listener:
    """Somebody who waits for what may come, at `port` of this machine. A context manager."""

    def __init__(self) -> None:
        self.calls = 0
        self._server = socket()
        self._server.bind(("127.0.0.1", 0))
        self._server.listen()
        self.port = self._server.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown(2)
        self._server.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._server.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()


def poisoned(folder: Path, log: Path) -> list[str]:
    """A world in which every name is poisoned, and questions go into the `log`."""
    resolver, program = folder / "resolv.conf", folder / "poison.py"
    resolver.write_text("nameserver 127.0.0.1\n")
    program.write_text(POISON)
    serve = aside(f"{sys.executable} {program} {log}")
    return world(LOOPBACK, f"mount --bind {resolver} /etc/resolv.conf", serve, once(log))


def spied(folder: Path, port: int, *, stays: bool) -> tuple[dict[str, str | None], Path]:
    """An environment in which every Python loads the spy; and where it tells what it could do."""
    log = folder / "spy.log"
    (folder / "spy").mkdir()
    program = SPY.format(port=port, log=str(log), stays=int(stays))
    (folder / "spy" / "sitecustomize.py").write_text(program)
    root = Path(__file__).parents[2]
    return {"PYTHONPATH": f"{folder / 'spy'}:{root}"}, log


def lines(log: Path) -> list[str]:
    """What is written there so far."""
    return log.read_text().splitlines() if log.exists() else []


@fault("it does not take the microphone, and says which way is open; the audit log tells")
def network_open_at_start(folder: Path) -> Observed:
    """The network is open when it starts, although offline was promised."""
    with Appliance(folder, PROMISED, prefix=world(OPEN), start=False) as appliance:
        appliance.start(ready=False)
        code = appliance.ended(START_S)
        expect(code == 2, f"it ended with code {code}: {appliance.last_words}")
        expect("there is a way out: eth7" in appliance.log, f"it said {appliance.last_words!r}")
        expect(not any("READY" in text for _, text in appliance.told), "it was ready")
        expect(appliance.audited == ["network mode"], f"audited: {appliance.audited}")
        return Observed(f"refused: “{appliance.last_words[:90]}…”")


@fault(f"within {NOTICED_S:g} s it stops listening, and says so; it does not start again like that")
def network_opens_later(folder: Path) -> Observed:
    """A network comes up while it runs, although offline was promised."""
    go = folder / "go"
    later = world(aside(f"{once(go)}; {OPEN}"))
    with Appliance(folder, PROMISED, prefix=later) as appliance:
        appliance.ask()
        go.touch()
        began = time.monotonic()
        code = appliance.ended(NOTICED_S)
        took = time.monotonic() - began
        expect(code == 2 and "eth7" in appliance.log, f"code {code}: {appliance.last_words}")
        told = ["network mode", "started", "network mode", "stopped"]
        expect(appliance.audited == told, f"audited: {appliance.audited}")
        return Observed(f"stopped after {took:.1f} s, which the audit log tells")


@fault("nobody is asked for a name, and the conversation goes on")
def dns_poisoned(folder: Path) -> Observed:
    """Every name leads to somebody else's machine."""
    log = folder / "asked"
    subprocess.run([*poisoned(folder, log), "getent", "hosts", "huggingface.co"], check=False)
    expect(lines(log), "the trap does not work")
    log.unlink()
    with Appliance(folder, prefix=poisoned(folder, log)) as appliance:
        appliance.ask()
        appliance.ask()
    expect(not lines(log), f"it asked {len(lines(log))} times")
    return Observed("no question in two turns; another program's question is seen")


@fault("nobody calls the proxy, and the conversation goes on")
def proxy_set(folder: Path) -> Observed:
    """The environment names a proxy for everything, and lets libraries go online."""
    with Listener() as proxy:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        environment = {**dict.fromkeys(names, proxy.address), "HF_HUB_OFFLINE": "0"}
        with Appliance(folder, environment=environment) as appliance:
            appliance.ask()
            appliance.ask()
            expect(proxy.calls == 0, f"the proxy was called {proxy.calls} times")
        fetch = "import urllib.request as r; r.urlopen('http://example.com')"
        subprocess.run(
            [sys.executable, "-c", fetch],
            env=os.environ | environment,
            capture_output=True,
            check=False,
        )
        expect(proxy.calls == 1, "the trap does not work")
    return Observed("no call in two turns; another program's call is seen")


@fault("it ends with one line that names the model, and asks nobody for it")
def model_missing_online(folder: Path) -> Observed:
    """The speech model is gone, on a machine with a network and a hub."""
    with Listener() as hub:
        environment = {"HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "0", "HF_HOME": str(folder)}
        settings = {"stt": {"model": str(folder / "tiny.en")}}
        with Appliance(folder, settings, environment=environment, start=False) as appliance:
            appliance.start(ready=False)
            code = appliance.ended(START_S)
            expect(code == UnfitError.exit_code, f"code {code}: {appliance.last_words}")
            expect("tiny.en" in appliance.last_words, f"it said {appliance.last_words!r}")
            expect("Traceback" not in appliance.log, "a traceback")
            expect(hub.calls == 0, f"the hub was called {hub.calls} times")
            return Observed(f"“{appliance.last_words.replace(f'{folder}/', '')[:60]}…”")


@fault("nothing gets out: each attempt fails, and the conversation goes on")
def library_phones_home(folder: Path) -> Observed:
    """A library sends what it gets hold of to its maker, again and again."""
    with Listener() as maker:
        environment, log = spied(folder, maker.port, stays=False)
        subprocess.run([sys.executable, "-c", "import time; time.sleep(1)"], check=False,
                       env=os.environ | {k: v for k, v in environment.items() if v})  # fmt: skip
        expect(maker.calls and "sent" in lines(log), "the trap does not work")
        log.unlink()
        calls = maker.calls
        with Appliance(folder, PROMISED, prefix=world("true"), environment=environment) as it:
            it.ask()
            until(lambda: len(lines(log)) > 10, ANSWER_S)
            it.ask()
        tried = lines(log)
        expect(len(tried) > 10, f"it tried {len(tried)} times only")
        expect(maker.calls == calls and "sent" not in tried, f"{maker.calls - calls} calls got out")
    return Observed(f"{len(tried)} attempts, all of them {', '.join(sorted(set(tried)))}")


@fault("`doctor --privacy` finds its socket, and ends with code 1")
def library_found_by_doctor(folder: Path) -> Observed:
    """A library holds a connection to somebody."""
    listen = aside(f"{sys.executable} -m http.server --bind 127.0.0.1 8013")
    prefix = world(LOOPBACK, listen)
    environment, _ = spied(folder, 8013, stays=True)
    variables = os.environ | {name: value for name, value in environment.items() if value}
    command = [*prefix, "timeout", "60", sys.executable, "-m", "edgevoice", "doctor"]
    done = subprocess.run(
        [*command, "--privacy", "--json"],
        env=variables | {"STATE_DIRECTORY": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    expect(done.returncode == 1, f"code {done.returncode}: {done.stderr[-200:]}")
    failed = [check for check in json.loads(done.stdout)["checks"] if check["status"] == "fail"]
    expect([check["name"] for check in failed] == ["open sockets"], f"it found {failed}")
    expect(f":{8013:04X}" in failed[0]["what"], f"it found {failed}")
    return Observed(f"open sockets: {failed[0]['what']}")


@fault("no port answers, and the conversation goes on")
def port_scan(folder: Path) -> Observed:
    """Somebody knocks at every port that there is."""
    found = folder / "found"
    program = folder / "scan.py"
    program.write_text(SCAN)
    go = folder / "go"
    scan = aside(f"{once(go)}; {sys.executable} {program} >{found}")
    with Appliance(folder, prefix=world(LOOPBACK, scan)) as appliance:
        appliance.ask()
        go.touch()
        expect(until(lambda: lines(found), START_S), "the scan does not come to an end")
        expect(lines(found) == ["0"], f"{lines(found)[0]} ports answered")
        appliance.ask()
    return Observed("65,535 ports, none open")
