"""Rings: says what is due, again and again until a person has noticed, and remembers what nobody
did.

    set ─▶ pending ─due─▶ ringing ─said, and a person answered─▶ gone
             ▲               │ every 15 s, 20 times; what came due while we were off: once
          restart            ▼
                          missed, told for 12 h to whoever asks

One `Ringer` lives as long as the process, whatever becomes of the agent that asks it. All of it
happens on the event loop's thread, but for the disk, which has one of its own.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo

from edgevoice.privacy.later import Later
from edgevoice.privacy.lifetime import Moment, this_moment
from edgevoice.replying import Bell
from edgevoice.skills.announcing import late_words, ring_words
from edgevoice.skills.schedule import After, At, Entry, Kind, Now, by_time
from edgevoice.skills.timetable import Timetable
from edgevoice.skills.tool import ToolFailedError

MOST = 20
"""Of each kind. More than that nobody could keep apart."""
AGAIN_S = 15.0
"""Seconds from the end of what was said until it is said again."""
TIMES = 20
"""So many times, which is five minutes, it is said to a room that does not answer."""
LATE_S = 300.0
"""What was due so many seconds ago does not ring any more: it is told, once."""
TOLD_S = 12 * 3_600.0
"""Whoever asks within so many seconds is told what was missed."""
JUST_NOW_S = 60.0
"""For so long after it was answered, somebody may still want to turn it off."""


@dataclass(slots=True)
class _Ringing:
    """`next`: seconds of running time at which it is said, or given up. `late`: it was due long
    ago. `off`: while we were off. `times`: how often it was tried to say it. `heard`: whether
    anything of that was."""

    next: float
    late: bool
    off: bool = False
    times: int = 0
    heard: bool = False

    @property
    def enough(self) -> bool:
        """Whether it is not to be said again."""
        return self.times >= TIMES or (self.late and self.heard)


class Ringer(Bell):
    """The timers, alarms and reminders of this process."""

    def __init__(
        self,
        timetable: Timetable | None = None,
        moment: Callable[[], Moment] = this_moment,
        zone: tzinfo | None = None,
    ) -> None:
        """`timetable`: where they outlive us; None: nowhere. `zone`: None: the machine's."""
        self._moment = moment
        self._zone = zone
        pending, missed = timetable.load() if timetable else ([], [])
        self._pending = {entry.id: entry for entry in pending}
        self._missed = {entry.id: entry for entry in missed}
        self._ringing: dict[str, _Ringing] = {}
        self._saying: list[str] = []
        self._noticed = False  # while it is said
        self._answered: dict[Kind, float] = {}  # when the last one was
        self._state = tuple(pending), tuple(missed)
        self._saved = self._state
        self._timetable = timetable
        self._later = Later("timers", self._save) if timetable else None
        for entry in pending:
            if entry.when.left(self.now) < -LATE_S:
                up = self.now.moment.up
                self._ringing[entry.id] = _Ringing(up, late=True, off=True)

    @property
    def now(self) -> Now:
        """The present."""
        return Now(self._moment(), self._zone)

    def pending(self, kind: Kind) -> list[Entry]:
        """Those of this kind that are still to come, or ring, the next one first."""
        return by_time([it for it in self._pending.values() if it.kind is kind], self.now)

    def missed(self, kind: Kind) -> list[Entry]:
        """Those of this kind that rang and nobody answered, not too long ago."""
        missed = [it for it in self._missed.values() if it.kind is kind]
        return by_time([it for it in missed if it.when.left(self.now) > -TOLD_S], self.now)

    def just_answered(self, kind: Kind) -> bool:
        """Whether one of this kind rang just now, and was answered."""
        at = self._answered.get(kind)
        return at is not None and self.now.moment.up - at < JUST_NOW_S

    def add(self, kind: Kind, when: After | At, words: str = "") -> Entry:
        """One more. Raises `ToolFailedError` where there are too many."""
        if len(self.pending(kind)) >= MOST:
            raise ToolFailedError(f"There are {MOST} {kind.value}s already. Cancel one first.")
        entry = Entry(secrets.token_hex(4), kind, when, words)
        self._pending[entry.id] = entry
        self._changed()
        return entry

    def cancel(self, entries: Iterable[Entry]) -> None:
        """Those are not to ring, or not any more."""
        for entry in entries:
            self._pending.pop(entry.id, None)
            self._ringing.pop(entry.id, None)
        self._changed()

    # --- what the agent asks

    def due(self) -> str:
        """What is to be said now; empty for nothing."""
        if self._saying or not self._pending:
            return ""
        now = self.now
        up = now.moment.up
        for entry in self._pending.values():
            if entry.id not in self._ringing and (left := entry.when.left(now)) <= 0:
                self._ringing[entry.id] = _Ringing(up, late=left < -LATE_S)
        self._give_up(up)
        ringing = {key: it for key, it in self._ringing.items() if not it.enough}
        if not any(it.next <= up for it in ringing.values()):
            return ""
        self._saying, self._noticed = list(ringing), False
        return self._words(now)

    def said(self, heard: bool) -> None:
        """What was due has been said; `heard`: whether a person can have heard any of it."""
        up = self.now.moment.up
        for key in self._saying:
            if it := self._ringing.get(key):  # else it was cancelled meanwhile
                it.times += 1
                it.heard |= heard
                it.next = up + (AGAIN_S if heard else 1)
        self._saying = []
        if self._noticed:
            self.answered()

    def answered(self) -> None:
        """A person has noticed what was said."""
        if self._saying:
            self._noticed = True  # whatever was heard of it
            return
        for key in [key for key, it in self._ringing.items() if it.heard]:
            del self._ringing[key]
            self._answered[self._pending.pop(key).kind] = self.now.moment.up
            self._changed()

    def close(self) -> None:
        """Keep what is still to come, as far as the disk allows."""
        if self._later:
            self._later.close()

    def _give_up(self, up: float) -> None:
        """Whoever was to hear it is not there."""
        over = [key for key, it in self._ringing.items() if it.enough and it.next <= up]
        for key in over:
            del self._ringing[key]
            self._missed[key] = self._pending.pop(key)
        if over:
            self._changed()

    def _words(self, now: Now) -> str:
        entries = by_time([self._pending[key] for key in self._saying], now)
        live = [it for it in entries if not self._ringing[it.id].late]
        off = [it for it in entries if self._ringing[it.id].off]
        late = [it for it in entries if it not in live and it not in off]
        parts = [
            ring_words(live, now) if live else "",
            late_words(off, now, off=True) if off else "",
            late_words(late, now) if late else "",
        ]
        return " ".join(filter(None, parts))

    def _changed(self) -> None:
        """Let it be written."""
        now = self.now
        self._missed = {key: it for key, it in self._missed.items() if it.when.left(now) > -TOLD_S}
        self._state = tuple(self._pending.values()), tuple(self._missed.values())
        if self._later:
            self._later.put(lambda: None)

    def _save(self) -> None:
        """In the disk's thread. Raises `OutputError`."""
        state = self._state
        if self._timetable and state != self._saved:
            self._timetable.save(*state)
            self._saved = state
