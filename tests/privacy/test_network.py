"""The attempts to get out, against sockets of our own: nothing leaves this machine in a test."""

import errno
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from edgevoice.privacy import network
from edgevoice.privacy.network import ask_for_a_name, connect_out, network_sockets


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setattr(network, "PORT", server.getsockname()[1])
        yield server


def test_who_answers_or_refuses_was_reached(server: socket.socket) -> None:
    assert not connect_out(socket.AF_INET, "127.0.0.1").shut
    server.close()
    refused = connect_out(socket.AF_INET, "127.0.0.1")
    assert not refused.shut and "refused" in refused.what


@pytest.mark.parametrize(
    ("error", "shut"),
    [
        (OSError(errno.ENETUNREACH, ""), True),
        (OSError(errno.EPERM, ""), True),
        (OSError(errno.EAFNOSUPPORT, ""), True),
        (OSError(errno.EHOSTUNREACH, ""), False),  # a router may have said so
        (TimeoutError(), False),
        (OSError("no number"), False),
    ],
)
def test_only_what_the_kernel_refuses_by_itself_is_shut(
    monkeypatch: pytest.MonkeyPatch, error: OSError, shut: bool
) -> None:
    def connect(self: socket.socket, address: Any) -> None:
        raise error

    monkeypatch.setattr(socket, "socket", type("Dead", (socket.socket,), {"connect": connect}))
    assert connect_out(socket.AF_INET, "192.0.2.1").shut is shut


@pytest.mark.parametrize(
    ("error", "shut"),
    [
        (socket.gaierror(socket.EAI_AGAIN, "later"), True),
        (socket.gaierror(socket.EAI_NONAME, "no such name"), False),  # somebody knew that
        (None, False),
    ],
)
def test_a_name_that_somebody_knows_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, error: OSError | None, shut: bool
) -> None:
    def answer(*_: object) -> list[object]:
        if error:
            raise error
        return []

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert ask_for_a_name().shut is shut


def test_a_resolver_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import threading

    late = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: late.wait(10))
    assert not ask_for_a_name(patience_s=0.01).shut
    late.set()


def test_the_open_sockets_of_a_network_are_found_and_no_others(server: socket.socket) -> None:
    with socket.socket(socket.AF_UNIX), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        ours = network_sockets()
        tcp_port, udp_port = (f"{s.getsockname()[1]:04X}" for s in (server, udp))
        assert any(s.startswith("tcp ") and f":{tcp_port} " in s for s in ours)
        assert any(s.startswith("udp ") and f":{udp_port} " in s for s in ours)
    count = len(network_sockets())
    fd = os.dup(server.fileno())
    assert len(network_sockets()) == count  # the same socket
    os.close(fd)
