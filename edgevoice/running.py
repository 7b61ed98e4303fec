"""`edgevoice run`, put together: who is told how we are, the engines, the devices, the watchdog.

settings ─▶ Takeoff: a profile that lives ─▶ engines ─▶ Air ─▶ Watched ─▶ conversation ◀─ Hands
                        Bulletin, light and audit log are told of all of it
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from edgevoice.air import Air
from edgevoice.app import Progress, Workers, converse, load_engines, speak_ahead
from edgevoice.board import SHARE, Pressure, pressure_of, read_board, watching
from edgevoice.config import Config
from edgevoice.engines.base import Eased, Guarded
from edgevoice.hands import Hands
from edgevoice.hangup import Hangups
from edgevoice.notify import Notifier
from edgevoice.preflight.takeoff import Takeoff
from edgevoice.privacy.keeping import Keeping
from edgevoice.privacy.memory import forbid_dumps, stay_out_of_swap
from edgevoice.privacy.network import ways_out
from edgevoice.reloading import Settings
from edgevoice.responders.cloud import load_cloud
from edgevoice.responders.realtime.building import sessions
from edgevoice.room import Room, find_room, read_ahead, surroundings
from edgevoice.show import Quiet, Show
from edgevoice.signals import FaultLed, Leds, Phase, load_led
from edgevoice.skills.builtin.household import Standing, status_words
from edgevoice.skills.skills import Skills
from edgevoice.transports.loudness import Loudness
from edgevoice.watchdog import Bulletin, Pulse, Watched

Greet = Callable[[Config, Room], None]
"""Is told that we listen: by which settings, and how we live with the echo."""


class Running:
    """One run, from its start to its end: a context manager; `load`, and then `talk`.

    Leaving it tells everybody who was told of the start, how the block ended included.
    """

    def __init__(
        self, source: Path | None, wanted: Config, show: Show | Quiet, hangups: Hangups
    ) -> None:
        """`source`: the file that holds the settings `wanted`, to be read again when asked.

        Raises `ConfigError`, also where `privacy.network` promises what is not so, and
        `DeviceError`.
        """
        read_ahead(wanted)
        sessions(wanted)
        self._source = source
        self._wanted = wanted
        self._show = show
        self._hangups = hangups
        self._room = find_room(wanted)
        self._notifier = Notifier.from_environment()
        self._bulletin = Bulletin(self._notifier)
        self._led = FaultLed(Leds(load_led(wanted.signals.led), show, self._bulletin))
        self._keeping = Keeping(wanted)
        self._start = Takeoff(wanted, self._bulletin, self._notifier, self._keeping.note)
        self._skills = Skills(wanted)
        self._skills.status = self._standing
        self._opened = ExitStack()
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self._start.stopped()
        else:
            self._start.failed(error)
        self._led.close()
        self._opened.close()
        self._keeping.close()

    def load(self, progress: Progress) -> None:
        """Choose a profile and load its engines; from then on nothing of us reaches a disk.

        Raises `UnfitError` where no profile can be run, `ConfigError` and `ModelError`.
        """
        self._led.show(Phase.STARTING)
        self._config = self._start.choose(progress)
        here = surroundings(self._config, self._room, self._led)
        progress("tools")
        skills = self._opened.enter_context(self._skills)
        self._engines = load_engines(self._config, progress, skills)
        chat = self._engines.chat
        self._cloud = load_cloud(
            self._config,
            partial(speak_ahead, self._engines.voice),
            broken=lambda: isinstance(chat, Guarded) and chat.given_up,
        )
        self._here = replace(here, skills=skills, cloud=self._cloud)
        forbid_dumps()
        stay_out_of_swap()

    async def talk(self, greet: Greet) -> None:
        """Open the devices, `greet`, and converse until cancelled. Raises `DeviceError`, and
        `ConfigError` where a network opens that was promised to be shut."""
        air = Air(self._config, self._room, self._engines.voice.rate, self._sound_changed)
        workers = Workers.threads()
        pulse = Pulse(self._notifier.ping_s)
        transport = Watched(
            air.transport,
            self._notifier,
            self._bulletin,
            pulse,
            looked=lambda: air.transport.looked,
            silent_s=lambda: workers.silent_s,
        )
        settings = Settings(self._wanted, self._config, self._here)
        hands = Hands(
            self._source, settings, air, transport, self._bulletin, self._keeping, self._hangups
        )
        await transport.open()
        greet(self._config, self._room)
        async with (
            self._start.lasting(pulse),
            watching(self._pressed),
            self._keeping.watching_network(),
            self._cloud or nullcontext(),
        ):
            await converse(
                self._config,
                self._engines,
                Loudness(transport, self._skills.level),
                [self._show, *self._keeping.observers],
                self._here,
                hands.reach,
                workers,
            )

    def _standing(self) -> str:
        """How we are, for the person who asks."""
        board = read_board()
        standing = Standing(
            time.monotonic() - self._began,
            board.temperature_c if board else None,
            pressure_of(board) if board else Pressure.FINE,
            reaches=bool(ways_out()),
            profile=self._start.profile,
        )
        return status_words(standing)

    def _sound_changed(self, away: bool, words: str) -> None:
        self._led.fault(away)
        self._bulletin.note("sound", words)
        self._keeping.device(away)

    def _pressed(self, pressure: Pressure, words: str) -> None:
        """By heat, or a weak supply."""
        self._bulletin.note("board", words)
        if isinstance(self._engines.chat, Eased):
            self._engines.chat.ease(SHARE[pressure])
