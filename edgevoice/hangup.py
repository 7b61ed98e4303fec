"""What SIGHUP means to us: that the terminal is gone, or that the settings are to be read again.

By an old custom it means both. Whoever has a terminal ends with it. A program that has none cannot
have lost it, and neither can a service, so there somebody has asked for the settings.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


def asks_to_reload(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether SIGHUP asks this process to read its settings again."""
    return "NOTIFY_SOCKET" in environment or not _has_terminal()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


class Hangups:
    """Takes SIGHUP from the beginning on, where it `asks_to_reload`: none ends us while we start,
    and none is forgotten. Elsewhere it does nothing."""

    def __init__(self, taken: bool | None = None) -> None:
        """`taken`: whether it does (None: see for yourself)."""
        self._taken = asks_to_reload() if taken is None else taken
        self._early = False
        if self._taken:
            signal.signal(signal.SIGHUP, self._remember)

    def _remember(self, number: int, frame: object) -> None:
        self._early = True

    @contextmanager
    def ask(self, request: Callable[[], None]) -> Iterator[None]:
        """Call `request` for every one, on the event loop's thread, and for those that came early;
        afterwards there is nothing left to ask."""
        if not self._taken:
            yield
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, request)
        if self._early:
            request()
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGHUP)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
