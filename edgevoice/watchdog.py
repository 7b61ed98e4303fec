"""Ties the service manager's watchdog to hearing: whoever is deaf or stuck is started again.

There is no timer here. A ping is sent when a piece of the microphone's sound has come *and* the
conversation has dealt with it; where either stops, so do the pings, and nothing can keep them up.

But for one thing: a sound card that is unplugged. A restart does not plug it in. It would lose what
was said, load all models to find no microphone, and do so again and again, while we find the card
within seconds when it is there. So pings go on while it is known to be away *and* is looked for:
every try counts that got an answer from the sound system, and when the tries end, so do the pings.
Tries that could not even be made (no memory, no process) do not count: those a restart may heal.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping

from edgevoice.audio.chunk import AudioChunk, samples_of
from edgevoice.notify import Notifier
from edgevoice.signals import Phase
from edgevoice.transports.base import Transport
from edgevoice.transports.through import Through

log = logging.getLogger(__name__)

DEAF_AFTER_S = 2.0
"""Sound comes every 20 ms. The hiccups of a busy machine are shorter than this."""

LOOKING_S = 10.0
"""Two tries to find a card that is away lie closer together: an opening that hangs is given up
after five seconds, its process a second later, and the next one begun within two (`backoff`)."""

STUCK_AFTER_S = 120.0
"""Work of an engine without a word or a sound of it; a slow board reads a long conversation in half
of that."""

FLOWING = samples_of(200)
"""Sound after which it flows: cards have been seen that deliver one period and no more."""

WORDS: Mapping[Phase, str] = {
    Phase.STARTING: "starting: loading the engines",
    Phase.ASLEEP: "asleep, until called",
    Phase.MUTED: "muted: the microphone is shut",
    Phase.READY: "ready, listening",
    Phase.HEARING: "somebody is speaking",
    Phase.THINKING: "preparing a reply",
    Phase.SPEAKING: "speaking",
    Phase.ERROR: "something is wrong",
}
DEAF = "deaf: no sound comes from the microphone"
STUCK = "stuck: an engine does not answer"


class Pulse:
    """Decides when a ping may be sent.

    It may when fresh sound came within the last `deaf_after_s`, or a card that is away was looked
    for within the last ten; the conversation has gone round since the last ping; no engine has been
    `silent` at its work for too long; and the last ping was `interval_s` ago (None: nobody wants
    pings).
    """

    def __init__(
        self,
        interval_s: float | None,
        deaf_after_s: float = DEAF_AFTER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval_s = interval_s
        self._deaf_after_s = deaf_after_s
        self._clock = clock
        self._samples = 0
        self._heard_at: float | None = None
        self._looks = 0
        self._looked_at: float | None = None
        self._pinged_at: float | None = None
        self._turned = False
        self._silent_s = 0.0

    def arrived(self, samples: int) -> None:
        """The microphone has delivered so many samples, all in all; fillers do not count."""
        if samples > self._samples:
            self._samples = samples
            self._heard_at = self._clock()

    def looked(self, times: int) -> None:
        """A card that is away was looked for so many times, all in all."""
        if times > self._looks:
            self._looks = times
            self._looked_at = self._clock()

    def silent(self, seconds: float) -> None:
        """For so long an engine has been at work without a sign of life."""
        self._silent_s = seconds

    def turned(self) -> None:
        """The conversation has dealt with what came, and asks for more."""
        self._turned = True

    @property
    def flowing(self) -> bool:
        """Whether enough sound has come to say that we hear."""
        return self._samples >= FLOWING

    @property
    def deaf(self) -> bool:
        """Whether no fresh sound has come for too long."""
        return self._heard_at is None or self._clock() - self._heard_at > self._deaf_after_s

    @property
    def looking(self) -> bool:
        """Whether a card that is away is being looked for."""
        return self._looked_at is not None and self._clock() - self._looked_at <= LOOKING_S

    @property
    def stuck(self) -> bool:
        """Whether an engine will hardly come to an end any more."""
        return self._silent_s > STUCK_AFTER_S

    @property
    def due(self) -> bool:
        """Whether a ping may be sent, and should be."""
        lost = self.stuck or (self.deaf and not self.looking)
        if self._interval_s is None or not self._turned or lost:
            return False
        return self._pinged_at is None or self._clock() - self._pinged_at >= self._interval_s

    def pinged(self) -> None:
        """A ping was sent."""
        self._pinged_at = self._clock()
        self._turned = False


class Bulletin:
    """A `Led` that shows phases to the service manager, in words."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._phase = ""
        self._notes: dict[str, str] = {}
        self._told = ""

    def show(self, phase: Phase) -> None:
        self._phase = WORDS[phase]
        self.tell()

    def note(self, about: str, words: str) -> None:
        """Something to say besides: `words` about `about`, in place of the last; empty: nothing."""
        self._notes[about] = words
        self.tell()

    @property
    def words(self) -> str:
        """What there is to say."""
        return "; ".join(filter(None, [self._phase, *self._notes.values()]))

    def tell(self) -> None:
        """Say it, unless that was said and taken."""
        words = self.words
        if words != self._told and self._notifier.status(words):
            self._told = words

    def close(self) -> None:
        self._notifier.stopping()


class Watched(Through):
    """A `Transport` whose sound keeps the watchdog quiet.

    `looked`: how often a card that is away was looked for, all in all. `silent_s`: seconds for
    which an engine has been at work without a sign of life.
    """

    def __init__(
        self,
        transport: Transport,
        notifier: Notifier,
        bulletin: Bulletin,
        pulse: Pulse,
        looked: Callable[[], int] = lambda: 0,
        silent_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        super().__init__(transport)
        self._notifier = notifier
        self._bulletin = bulletin
        self._pulse = pulse
        self._looked = looked
        self._silent_s = silent_s
        self._ready = False
        self._deaf = self._stuck = False

    async def chunks(self) -> AsyncIterator[AudioChunk]:
        """The person's side. Ours is warm by the time it is asked for, so sound makes us ready."""
        async for chunk in super().chunks():
            self._pulse.arrived(chunk.end - self.dropped)
            self._pulse.looked(self._looked())
            self._pulse.silent(self._silent_s())
            yield chunk
            self._pulse.turned()
            self._report()

    def _report(self) -> None:
        if not self._ready and self._pulse.flowing:
            self._ready = self._notifier.ready()
        if self._pulse.deaf is not self._deaf:
            self._deaf = not self._deaf
            log.warning(DEAF if self._deaf else "sound comes from the microphone again")
            self._bulletin.note("hearing", DEAF if self._deaf else "")
        if self._pulse.stuck is not self._stuck:
            self._stuck = not self._stuck
            log.warning(STUCK if self._stuck else "the engine has come to an end after all")
            self._bulletin.note("engine", STUCK if self._stuck else "")
        if self._pulse.due and self._notifier.ping():
            self._pulse.pinged()
            self._bulletin.tell()  # what was not taken before

    def reloading(self) -> None:
        """We read our settings again."""
        if self._ready:
            self._notifier.reloading()

    def reloaded(self) -> None:
        """We have, and whoever was ready before will say so again, with the next sound."""
        self._ready = False

    async def aclose(self) -> None:
        """Say that we end, and release the device."""
        self._notifier.stopping()
        await super().aclose()
