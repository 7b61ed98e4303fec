"""A realtime service that does as a script says, on whatever clock the test runs on."""

from collections.abc import Sequence
from datetime import date

from edgevoice.responders.realtime.building import Make
from edgevoice.responders.realtime.guard import Guard
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.meter import Budget, Prices
from edgevoice.responders.realtime.scripted import Memory, Reply, ScriptedSession
from edgevoice.responders.realtime.session import Fault

TODAY = date(2026, 3, 1)


class Service:
    """Sessions as they are asked for, and the `line` to them."""

    def __init__(
        self,
        replies: Sequence[Reply] = (),
        connects: Sequence[float | Fault] = (),
        *,
        budget: Budget | None = None,
        prices: Prices | None = None,
        idle_s: float = 120.0,
        make: Make | None = None,
        amendable: bool = True,
    ) -> None:
        """`make`: makes other sessions than those of the script."""
        self.sessions: list[ScriptedSession] = []
        self.record: list[dict[str, str | int]] = []
        self.ledger = Memory()
        self.today = TODAY
        self._replies = iter(replies)
        self._connects = iter(connects)
        self._amendable = amendable
        self.guard = Guard(
            prices or Prices(text_in=4, audio_out=64),
            budget or Budget(1.0, 1_800.0),
            self.ledger,
            lambda **details: self.record.append(details),
            lambda text: text.replace("Anna", "[name]"),
            "You only talk.",
            lambda: self.today,
        )
        self.line = Line(make or self._make, self.guard, idle_s, luck=lambda: 1.0)

    def _make(self) -> ScriptedSession:
        connect = next(self._connects, 0.05)
        self.sessions.append(ScriptedSession(self._replies, connect, self._amendable))
        return self.sessions[-1]

    @property
    def calls(self) -> list[str]:
        """What was asked of the latest session."""
        return self.sessions[-1].calls
