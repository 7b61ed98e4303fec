"""A SIP message is sent again until there is an answer, and only its own answer counts."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.sip import (
    MOST_BYTES,
    PATIENCE_S,
    Address,
    branch_of,
    message,
    send_message,
    status_of,
)
from edgevoice.testing import run_virtual

Answer = Callable[[bytes, int], Sequence[bytes]]
"""What a server answers to a request that it gets for the n-th time."""


class Server(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.requests: list[tuple[float, bytes]] = []

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.requests.append((asyncio.get_running_loop().time(), data))
        for response in self.answer(data, len(self.requests)):
            self.transport.sendto(response, addr)


def response(request: bytes, status: str, **changed: str) -> bytes:
    """As a server makes it: what identifies the request comes back."""
    head = request.decode().partition("\r\n\r\n")[0].split("\r\n")[1:]
    kept = [line for line in head if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
    for name, value in changed.items():
        kept = [value if line.startswith(name) else line for line in kept]
    return "\r\n".join([f"SIP/2.0 {status}", *kept, "Content-Length: 0", "", ""]).encode()


def converse(
    answer: Answer, text: str = "Room five", host: str = "127.0.0.1"
) -> tuple[int | None, Server, float]:
    """What came of a message to a server that answers like that, and how long it took."""

    async def scene() -> tuple[int | None, Server, float]:
        loop = asyncio.get_running_loop()
        transport, server = await loop.create_datagram_endpoint(
            lambda: Server(answer), local_addr=(host, 0)
        )
        port = transport.get_extra_info("sockname")[1]
        to = Address.parse(f"sip:nurse@{f'[{host}]' if ':' in host else host}:{port}")
        began = loop.time()
        try:
            return await send_message(to, text, "key"), server, loop.time() - began
        finally:
            transport.close()

    main: Coroutine[Any, Any, tuple[int | None, Server, float]] = scene()
    return run_virtual(main)


def test_a_message_is_taken() -> None:
    status, server, _ = converse(lambda request, n: [response(request, "200 OK")])
    assert status == 200
    ((_, request),) = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert body == "Room five"
    assert lines[0].startswith("MESSAGE sip:nurse@127.0.0.1:")
    assert lines[0].endswith(" SIP/2.0")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert set(headers) == {
        "Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Content-Type", "Content-Length",
    }  # fmt: skip
    assert headers["Content-Length"] == str(len(body))
    assert f";branch={branch_of('key')};rport" in headers["Via"]
    assert ";tag=" in headers["From"]
    assert ";tag=" not in headers["To"]


def test_it_is_sent_again_until_there_is_an_answer() -> None:
    status, server, took = converse(
        lambda request, n: [response(request, "202 Accepted")] if n == 4 else []
    )
    assert status == 202
    assert [at for at, _ in server.requests] == pytest.approx([0, 0.5, 1.5, 3.5], abs=0.01)
    assert len({request for _, request in server.requests}) == 1
    assert took == pytest.approx(3.5, abs=0.01)


def test_nobody_waits_for_ever() -> None:
    status, server, took = converse(lambda request, n: [])
    assert status is None
    assert took == pytest.approx(PATIENCE_S, abs=0.01)
    assert len(server.requests) == 4


def test_whoever_tries_is_asked_less_often() -> None:
    status, server, took = converse(lambda request, n: [response(request, "100 Trying")])
    assert status is None
    assert [at for at, _ in server.requests] == pytest.approx([0, 0.5], abs=0.01)
    assert took == pytest.approx(PATIENCE_S, abs=0.01)


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "503 Busy", "603 Decline"])
def test_a_refusal_is_told(status: str) -> None:
    told, server, _ = converse(lambda request, n: [response(request, status)])
    assert told == int(status[:3])
    assert len(server.requests) == 1


def test_what_answers_something_else_does_not_count() -> None:
    def answer(request: bytes, n: int) -> list[bytes]:
        return [
            b"",
            b"\xff\xfe",
            b"SIP/2.0 200 OK\r\n\r\n",
            request,
            response(request, "200 OK", Via="Via: SIP/2.0/UDP x;branch=z9hG4bKother"),
            response(request, "200 OK", Via=f"Via: SIP/2.0/UDP x;branch={branch_of('key')}0"),
            response(request, "200 OK", CSeq="CSeq: 1 INVITE"),
            response(request, "200 OK", CSeq="CSeq: 2 MESSAGE"),
            response(request, "900 Odd"),
            response(request, "486 Busy Here"),
            response(request, "200 OK"),
        ]

    status, _, _ = converse(answer)
    assert status == 486


def test_over_the_newer_protocol() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        status, server, _ = converse(lambda request, n: [response(request, "200 OK")], host="::1")
    except OSError:
        pytest.skip("no IPv6 here")
    assert status == 200
    assert b"<sip:edgevoice@[::1]>" in server.requests[0][1]


def test_nobody_there_is_known_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        run_virtual(send_message(Address.parse(f"sip:127.0.0.1:{port}"), "hi", "key"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2_000))
def test_no_text_is_too_long_or_breaks_out(text: str) -> None:
    request = message(
        Address.parse("sip:nurse@10.0.0.5"), ("10.0.0.1", 40_000), branch_of("key"), text
    )
    assert len(request) <= MOST_BYTES
    head, _, body = request.partition(b"\r\n\r\n")
    assert text.startswith(body.decode())
    assert head.endswith(f"Content-Length: {len(body)}".encode())
    assert len(text.encode()) > 700 or body.decode() == text


@given(st.binary(max_size=200))
def test_any_answer_is_read(data: bytes) -> None:
    assert status_of(data, branch_of("key")) is None


@pytest.mark.parametrize(
    ("uri", "host", "port"),
    [
        ("sip:nurse@10.0.0.5", "10.0.0.5", 5060),
        ("sip:10.0.0.5:5080", "10.0.0.5", 5080),
        ("sip:ward-3@pbx.example.org", "pbx.example.org", 5060),
        ("sip:nurse@[fd00::5]:5070", "fd00::5", 5070),
    ],
)
def test_addresses(uri: str, host: str, port: int) -> None:
    assert Address.parse(uri) == Address(uri, host, port)


@pytest.mark.parametrize(
    "uri",
    ["", "nurse", "tel:5", "sips:a@b", "sip:a@b;transport=tcp", "sip:a@b:0", "sip:a@b:70000",
     "sip:a@b\r\nX: y", "sip:a b@c", "sip:@", "SIP:a@"],
)  # fmt: skip
def test_no_addresses(uri: str) -> None:
    with pytest.raises(ValueError, match="like sip:nurse"):
        Address.parse(uri)
