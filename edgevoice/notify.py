"""Tells a service manager how we are, by systemd's notification protocol (see sd_notify(3)).

Each message is one datagram of `NAME=value` lines to the socket that the environment names in
NOTIFY_SOCKET. Where it names none, nobody wants to know, and nothing is sent.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping

from edgevoice.errors import one_line

log = logging.getLogger(__name__)

LONGEST_STATUS = 200
"""Characters. It is one line for a person."""


class Notifier:
    """Our end of the notification socket.

    Nothing here waits or raises. Every method answers whether there is no more to do: False when
    the message was not taken just now, and should be sent again.
    """

    def __init__(self, address: str = "", ping_s: float | None = None) -> None:
        """`address`: a path, or `@` and a name in the abstract namespace; empty: tell nobody.

        `ping_s`: seconds between two pings; None: nobody waits for any.
        """
        self.ping_s = ping_s
        self._address = "\0" + address[1:] if address.startswith("@") else address

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] = os.environ, pid: int | None = None
    ) -> "Notifier":
        """As the service manager asks for it. `pid`: who we are (None: this process)."""
        address = environment.get("NOTIFY_SOCKET", "")
        if address and not address.startswith(("/", "@")):
            log.warning("NOTIFY_SOCKET names a kind of socket that we do not know: nobody is told")
            address = ""
        return cls(address, ping_interval(environment, os.getpid() if pid is None else pid))

    @property
    def wanted(self) -> bool:
        """Whether somebody wants to be told: we are a service."""
        return bool(self._address)

    def ready(self) -> bool:
        """We have started, or we have read our settings again."""
        return self._send("READY=1")

    def ping(self) -> bool:
        """All is well. Without this, for twice `ping_s`, we are ended and started again."""
        return self._send("WATCHDOG=1")

    def status(self, words: str) -> bool:
        """What we are doing, in words for a person."""
        return self._send(f"STATUS={one_line(words)[:LONGEST_STATUS]}")

    def extend(self, seconds: float) -> bool:
        """We are not ready yet, and want so much time from now on before we are given up."""
        return self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    def stopping(self) -> bool:
        """We are ending."""
        return self._send("STOPPING=1")

    def reloading(self, clock_ns: Callable[[], int] = time.monotonic_ns) -> bool:
        """We read our settings again; `ready` ends it.

        `clock_ns`: nanoseconds of CLOCK_MONOTONIC, by which the manager tells our answer from one
        that crossed its request (`Type=notify-reload`).
        """
        return self._send(f"RELOADING=1\nMONOTONIC_USEC={clock_ns() // 1000}")

    def _send(self, message: str) -> bool:
        if not self._address:
            return True
        try:
            # Messages are rare: a socket for each needs no care in between.
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
                ours.setblocking(False)
                ours.sendto(message.encode(errors="replace"), self._address)
        except OSError as error:
            log.debug("the service manager does not take %s (%s)", message.split("=")[0], error)
            return False
        return True


def ping_interval(environment: Mapping[str, str], pid: int) -> float | None:
    """Seconds between two pings of process `pid`: half of WATCHDOG_USEC; None: none are wanted."""
    if environment.get("WATCHDOG_PID", str(pid)) != str(pid):
        return None  # meant for who started us
    limit = environment.get("WATCHDOG_USEC", "")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 20 and int(limit)):
        return None
    return int(limit) / 2e6
