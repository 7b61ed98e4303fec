"""Tries to reach out, and tells whether anything could: the proof of the network lock from inside.

The addresses are those that are kept free for documentation (RFC 5737, RFC 3849): nobody is there,
so nobody is disturbed where the lock is open.
"""

import errno
import fcntl
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NOBODY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
PORT = 443
NAME = "example.com"
PATIENCE_S = 2.0

SHUT = frozenset(
    {
        errno.ENETUNREACH,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        errno.EPERM,
        errno.EACCES,
    }
)
"""What the kernel answers by itself, before anything has left."""

_SIOCGIFFLAGS, _IFF_UP = 0x8913, 1

TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "icmp", "icmp6")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of trying to reach somebody. `shut`: nothing can have left this machine."""

    shut: bool
    what: str


def connect_out(family: int, address: str, patience_s: float = PATIENCE_S) -> Attempt:
    """Try to connect to `address`, where nobody is."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as out:
            out.settimeout(patience_s)
            out.connect((address, PORT))
    except TimeoutError:
        return Attempt(False, f"{address}: no answer, so something may have left")
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        return Attempt(error.errno in SHUT, f"{address}: {reason.lower()}")
    return Attempt(False, f"{address}: somebody answered")


def ask_for_a_name(name: str = NAME, patience_s: float = PATIENCE_S) -> Attempt:
    """Look `name` up; who gets no answer in time has none."""
    answers: list[Attempt] = []

    def ask() -> None:
        try:
            socket.getaddrinfo(name, PORT)
        except socket.gaierror as error:
            nobody = error.errno in (socket.EAI_AGAIN, socket.EAI_SYSTEM)
            answers.append(Attempt(nobody, f"{name}: {(error.strerror or str(error)).lower()}"))
        else:
            answers.append(Attempt(False, f"{name}: found"))

    asking = threading.Thread(target=ask, daemon=True)  # the resolver's own time-out is long
    asking.start()
    asking.join(patience_s)
    return (
        answers[0] if answers else Attempt(False, f"{name}: no answer yet, a question may be out")
    )


def network_cards(process: Path = Path("/proc/self")) -> list[str]:
    """The network interfaces that we see, but for the loopback."""
    # Not by socket.if_nameindex: that asks over a socket of a kind which the unit forbids.
    _, _, *rows = (process / "net/dev").read_text().splitlines()
    names = (row.partition(":")[0].strip() for row in rows)
    return sorted(name for name in names if name != "lo")


def ways_out() -> list[str]:
    """Those of the `network_cards` that are up: over each of them something could leave.

    Only the kernel is asked, and nothing is sent.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as asking:
        return [name for name in network_cards() if _is_up(asking, name)]


def _is_up(asking: socket.socket, name: str) -> bool:
    try:
        answer = fcntl.ioctl(asking, _SIOCGIFFLAGS, struct.pack("16sH22x", name.encode(), 0))
    except OSError:
        return False  # it went away in between
    return bool(struct.unpack_from("16xH", answer)[0] & _IFF_UP)


def network_sockets(process: Path = Path("/proc/self")) -> list[str]:
    """The process's open sockets that belong to a network: protocol, from, to, as in /proc/net.

    Sockets in the file system (AF_UNIX) and those between kernel and programs are none.
    """
    ours = set(_socket_inodes(process))
    found = []
    for protocol in TABLES:
        try:
            _, *rows = (process / "net" / protocol).read_text().splitlines()
        except (OSError, ValueError):
            continue  # a kernel without that protocol
        for row in rows:
            fields = row.split()
            if fields[9] in ours:
                found.append(f"{protocol} {fields[1]} → {fields[2]}")
    return found


def _socket_inodes(process: Path) -> Iterator[str]:
    for link in (process / "fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue  # the one that we list them with
        if target.startswith("socket:["):
            yield target.removeprefix("socket:[").removesuffix("]")
