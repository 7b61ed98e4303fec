"""A short text by SIP: the MESSAGE of RFC 3428 over UDP, by a non-INVITE client of RFC 3261.

    request ──▶ (again after 0.5 s, 1 s, 2 s … until somebody answers) ──▶ final response

It registers nowhere and proves nothing about itself: the server has to take messages from us as
they are. A message with the same key is the same transaction, so a server that has it already does
not deliver it again.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass

T1_S, T2_S = 0.5, 4.0
"""RFC 3261: the round trip that is reckoned with, and the longest pause between two tries."""
PATIENCE_S = 4.0
"""The RFC waits for 32 s; whoever asked for a nurse does not."""
MOST_BYTES = 1_300
"""RFC 3428: a request of more must not go over UDP."""
PORT = 5060

_URI = re.compile(
    r"sip:(?P<user>[\w.!~*'()&=+$,;?/%-]+@)?(?P<host>\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(?P<port>\d{1,5}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Address:
    """A SIP address, and where it is reached: `host` (no brackets) and `port`."""

    uri: str
    host: str
    port: int

    @classmethod
    def parse(cls, uri: str) -> "Address":
        """Of `sip:user@host:port`. Raises `ValueError` where it is something else."""
        match = _URI.fullmatch(uri)
        port = int(match["port"] or PORT) if match else 0
        if not match or not 0 < port < 65_536:
            raise ValueError("it should be like sip:nurse@10.0.0.5")
        return cls(uri, match["host"].strip("[]"), port)


async def send_message(
    to: Address, text: str, key: str, patience_s: float = PATIENCE_S
) -> int | None:
    """Send `text`; the status of the final answer (2xx: it was taken), or None if there was none.

    `key`: the same for every try of one message. Raises `OSError` where nothing can be sent.
    """
    loop = asyncio.get_running_loop()
    branch = branch_of(key)
    answering = _Answering(branch, loop.create_future())
    transport, _ = await loop.create_datagram_endpoint(
        lambda: answering, remote_addr=(to.host, to.port)
    )
    try:
        here = transport.get_extra_info("sockname")
        request = message(to, (here[0], here[1]), branch, text)
        async with asyncio.timeout(patience_s):
            wait = T1_S
            while not answering.final.done():
                transport.sendto(request)
                await asyncio.wait([answering.final], timeout=wait)
                wait = T2_S if answering.trying else min(2 * wait, T2_S)
        return answering.final.result()
    except TimeoutError:
        return None
    finally:
        transport.close()


class _Answering(asyncio.DatagramProtocol):
    """Waits for the answer to one request. `trying`: there was one, and it was not final."""

    def __init__(self, branch: str, final: asyncio.Future[int]) -> None:
        self._branch = branch
        self.final = final
        self.trying = False

    def datagram_received(self, data: bytes, addr: object) -> None:
        status = status_of(data, self._branch)
        if status is None or self.final.done():
            return
        if status < 200:
            self.trying = True
        else:
            self.final.set_result(status)

    def error_received(self, exc: Exception) -> None:
        """As when nobody listens there."""
        if not self.final.done():
            self.final.set_exception(exc)


def branch_of(key: str) -> str:
    """What marks the transaction of the message with that `key`."""
    return f"z9hG4bK{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def message(to: Address, here: tuple[str, int], branch: str, text: str) -> bytes:
    """The request that takes `text` to `to`, from the socket `here`; a text that is too long is
    cut."""
    host = f"[{here[0]}]" if ":" in here[0] else here[0]
    head = "\r\n".join(
        (
            f"MESSAGE {to.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{here[1]};branch={branch};rport",
            "Max-Forwards: 70",
            f"From: <sip:edgevoice@{host}>;tag={branch[-12:]}",
            f"To: <{to.uri}>",
            f"Call-ID: {branch[7:]}@{host}",
            "CSeq: 1 MESSAGE",
            "Content-Type: text/plain;charset=UTF-8",
            "Content-Length: ",
        )
    )
    room = MOST_BYTES - len(head.encode()) - len("1300\r\n\r\n")
    body = text.encode()[:room].decode(errors="ignore").encode()  # whole characters
    return f"{head}{len(body)}\r\n\r\n".encode() + body


def status_of(response: bytes, branch: str) -> int | None:
    """The status of a response to our request; None if it is none."""
    head, _, _ = response.partition(b"\r\n\r\n")
    first, *lines = head.decode(errors="replace").split("\r\n")
    match = re.match(r"SIP/2\.0 ([1-6]\d\d)(?: |$)", first, re.ASCII)
    headers = [line.partition(":") for line in lines]
    vias = [value for name, _, value in headers if name.strip().lower() in ("via", "v")]
    ours = vias and re.search(rf";\s*branch\s*=\s*{branch}(?=[\s;,]|$)", vias[0])
    methods = [value.split() for name, _, value in headers if name.strip().lower() == "cseq"]
    return int(match[1]) if match and ours and methods == [["1", "MESSAGE"]] else None
