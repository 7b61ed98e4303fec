"""What the service manager is told, over a real socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.notify import LONGEST_STATUS, Notifier, ping_interval


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """The service manager's end, and how NOTIFY_SOCKET names it."""
    name = str(tmp_path / "notify")
    if request.param == "abstract":
        name = f"@edgevoice-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind("\0" + name[1:] if name.startswith("@") else name)
        server.settimeout(5)
        yield server, name


def test_every_message_is_one_datagram(manager: tuple[socket.socket, str]) -> None:
    server, name = manager
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": name})

    assert notifier.wanted
    assert notifier.extend(2.5)
    assert notifier.ready()
    assert notifier.status("ready,\n listening")
    assert notifier.ping()
    assert notifier.reloading(lambda: 1_234_567_890)
    assert notifier.stopping()

    assert [server.recv(4096).decode() for _ in range(6)] == [
        "EXTEND_TIMEOUT_USEC=2500000",
        "READY=1",
        "STATUS=ready, listening",
        "WATCHDOG=1",
        "RELOADING=1\nMONOTONIC_USEC=1234567",
        "STOPPING=1",
    ]
    server.setblocking(False)
    with pytest.raises(BlockingIOError):
        server.recv(4096)


def test_a_manager_that_does_not_read_holds_nobody_up(manager: tuple[socket.socket, str]) -> None:
    server, name = manager
    notifier = Notifier(name)
    taken = 0
    while notifier.ping():
        taken += 1
        assert taken < 100_000
    server.recv(4096)
    assert notifier.ping()


def test_a_manager_that_binds_its_socket_anew_is_found(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    notifier = Notifier(name)
    assert not notifier.ready()
    for _ in range(2):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
            server.bind(name)
            assert notifier.ready()
            assert server.recv(4096) == b"READY=1"
        assert not notifier.ready()
        Path(name).unlink()


@pytest.mark.parametrize("name", ["", "vsock:2:1234", "relative"])
def test_without_a_socket_that_we_know_nobody_is_told(name: str) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": name})
    assert notifier.ready()
    assert notifier.status("ready")
    assert notifier.ping()
    assert notifier.stopping()


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_pings_are_wanted_twice_as_often_as_needed(
    environment: dict[str, str], seconds: float | None
) -> None:
    assert ping_interval(environment, 7) == seconds
    assert Notifier.from_environment(environment, 7).ping_s == seconds


@given(st.dictionaries(st.sampled_from(["WATCHDOG_USEC", "WATCHDOG_PID"]), st.text()))
def test_whatever_the_environment_says_the_interval_is_sane(environment: dict[str, str]) -> None:
    interval = ping_interval(environment, 7)
    assert interval is None or interval > 0


@given(st.text())
def test_a_status_is_one_line_of_bounded_length(words: str) -> None:
    name = f"@edgevoice-status-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind("\0" + name[1:])
        notifier = Notifier(name)
        assert notifier.status(words)
        said = server.recv(4096).decode()
    assert said.startswith("STATUS=")
    assert "\n" not in said
    assert len(said) <= len("STATUS=") + LONGEST_STATUS
