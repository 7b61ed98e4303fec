"""The first sign of a person while we speak.

It only holds our reply for a moment, so it may be wrong now and then; but it must be quick, and it
must not make us stutter: a sign that led to nothing has to go away before another one counts.
"""

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.events import PersonSuspected, SuspicionCleared

SIGN = 0.5
"""From here on a score of the echo canceller's detector is a sign of a person."""

VOICED, HINT = samples_of(64), 0.25
"""So much voice is a sign too, two frames of it: one less than what begins speech. But where there
is a detector it must have a hint of a person as well. Measured on 15 minutes of echo alone: voice
by itself raises 0.5 false signs a minute, with the hint 0.1, the detector alone none; and of people
10 dB below the echo it then notices 92%, the detector alone 88%."""

PATIENCE, LONGEST = samples_of(300), samples_of(700)
"""Speech has to begin so soon after the last sign, and after the first: with our own sound gone it
is plain to hear."""

DOUBTED = samples_of(940)
"""And it has to be plain speech so soon after we fell silent. A kettle may be heard as half a voice
for longer: the reply goes on, until it is more than that."""


class Suspicion:
    """Turns signs into `PersonSuspected` and `SuspicionCleared`.

    Tell it by `held` when the reply is held, whatever the reason.
    """

    def __init__(self) -> None:
        self._first = 0
        self._latest = 0
        self._spent = False  # this sign has led to nothing already

    def add(
        self, person: float | None, voiced: int, now: int, held: bool
    ) -> PersonSuspected | SuspicionCleared | None:
        """What the sound up to `now` means, whose score is `person`, while our reply is heard or
        `held`; `voiced` samples of it are voice."""
        if person is None:
            sign = voiced >= VOICED
        else:
            sign = person >= SIGN or (voiced >= VOICED and person >= HINT)
        if sign:
            self._latest = now
        if not held:
            self._spent = self._spent and sign
            if sign and not self._spent:
                return PersonSuspected(now)
            return None
        waited, silent = now - self._first, now - self._latest
        if not voiced and (silent >= PATIENCE or waited >= LONGEST):
            self._spent = sign
            return SuspicionCleared(now)
        return None

    def held(self, at: int) -> None:
        """Our reply is held from `at` on, by a sign or by speech."""
        self._first = self._latest = at

    def doubt(self, plain: bool, now: int) -> SuspicionCleared | None:
        """What the time means that our reply is held until `now`, for a voice that is `plain`, or
        half of one."""
        if plain or now - self._first < DOUBTED:
            return None
        self._spent = True
        return SuspicionCleared(now)
