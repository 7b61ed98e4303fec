"""What a service on the internet costs, and how much of it a day may cost. Nothing here waits.

Money is counted in whole billionths of whatever currency the prices are in, so that sums are exact.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date

from edgevoice.responders.realtime.session import Usage

BILLION = 10**9


@dataclass(frozen=True, slots=True)
class Prices:
    """For a million tokens of each kind, and for a minute of an open session."""

    text_in: float = 0.0
    audio_in: float = 0.0
    cached_text_in: float = 0.0
    cached_audio_in: float = 0.0
    text_out: float = 0.0
    audio_out: float = 0.0
    minute: float = 0.0

    def of(self, usage: Usage) -> int:
        """What `usage` costs, in billionths."""
        return sum(
            round(1000 * getattr(self, kind.name)) * getattr(usage, kind.name)
            for kind in fields(usage)
        )

    def of_seconds(self, seconds: float) -> int:
        """What an open session costs, in billionths."""
        return round(self.minute * BILLION * seconds / 60)

    @property
    def known(self) -> bool:
        """Whether anything has a price."""
        return any(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent on `day`: money in billionths, and seconds of open sessions."""

    day: date
    money: int = 0
    seconds: float = 0.0

    def on(self, today: date) -> "Spent":
        """What was spent today. A clock that was set back gives nothing back."""
        return self if today <= self.day else Spent(today)

    def and_also(self, today: date, money: int = 0, seconds: float = 0.0) -> "Spent":
        """After so much more was spent `today`."""
        now = self.on(today)
        return Spent(now.day, now.money + money, now.seconds + seconds)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a day may cost, in the currency of the prices, and its seconds of open sessions. The
    reply that crosses a limit is finished: what it costs is known when it is over."""

    money: float
    seconds: float

    def left_s(self, spent: Spent) -> float:
        """Seconds for which a session may be open still; 0 when the budget is spent."""
        if spent.money >= round(self.money * BILLION):
            return 0.0
        return max(0.0, self.seconds - spent.seconds)


def in_words(money: int) -> str:
    """`money` (billionths) as a figure of the currency, for people who read logs."""
    return f"{money / BILLION:.4f}"
