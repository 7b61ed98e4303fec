"""Who answers: we ourselves, or a service on the internet. Decisions only; nothing here waits."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from edgevoice.dialog.grammar import plain

WINDOW = 20
"""Replies of ours whose time to the first sound counts; 1 in 20 may be late (the 95th
percentile)."""
LEAST = 5
"""Of so few replies nothing can be said."""
FAILURES = 2
"""Failures in a row after which we rest."""
UNSURE = 2
"""Times in a row that we did not understand the person, after which somebody else listens."""


class When(StrEnum):
    """When a service may answer in our place, if it can."""

    ALWAYS = "always"
    ON_FAILURE = "on_failure"
    ON_REQUEST = "on_request"


class Side(StrEnum):
    """Who answers."""

    LOCAL = "local"
    CLOUD = "cloud"


class Ailment(StrEnum):
    """What is wrong with us."""

    FAILING = "failing"
    BROKEN = "broken"
    """Whoever watches over our language models has given them up for now."""
    SLOW = "slow"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a decision depends on. `able`: whether the service can be asked now (allowed, within
    its budget, not being left alone after a failure). `kept`: whether the person wants something
    that only we can do, such as a timer."""

    when: When
    able: bool
    requested: bool = False
    kept: bool = False
    ailment: Ailment | None = None


def wanted(now: Situation) -> bool:
    """Whether the service should answer, if only it could."""
    on_failure = now.when is When.ON_FAILURE and now.ailment is not None
    return now.requested or (not now.kept and (now.when is When.ALWAYS or on_failure))


def who_answers(now: Situation) -> tuple[Side, ...]:
    """Who is to answer; and then, if that one fails before it is heard, who else.

    >>> who_answers(Situation(When.ON_FAILURE, able=True))
    (<Side.LOCAL: 'local'>, <Side.CLOUD: 'cloud'>)
    """
    if not now.able:
        return (Side.LOCAL,)
    if wanted(now):
        return Side.CLOUD, Side.LOCAL
    helped = now.when is When.ON_FAILURE and not now.kept
    return (Side.LOCAL, Side.CLOUD) if helped else (Side.LOCAL,)


def asked_for(words: str, phrases: Sequence[str]) -> str:
    """What the service is asked, if `words` ask for it by one of `phrases`; else nothing.

    >>> asked_for("Ask the cloud, who was Ada Lovelace?", ["ask the cloud"])
    'who was Ada Lovelace?'
    """
    parts = words.split()
    for phrase in map(plain, phrases):
        rest = parts[len(phrase) :]
        if phrase and plain(" ".join(parts[: len(phrase)])) == phrase:
            return " ".join(rest)
    return ""


class Health:
    """How well we do ourselves. Moments are seconds of any clock that never goes back."""

    def __init__(self, latency_ms: float, rest_s: float) -> None:
        """`latency_ms`: to the first sound, which 1 reply in 20 may exceed. `rest_s`: how long we
        let others answer before we try again."""
        self._latency_ms = latency_ms
        self._rest_s = rest_s
        self._latencies: deque[float] = deque(maxlen=WINDOW)
        self._failures = 0
        self._unsure = 0
        self._until = 0.0
        self._resting: Ailment | None = None

    def answered(self, ms: float, now: float) -> None:
        """A reply of ours began to sound after `ms` milliseconds."""
        self._failures = 0
        self._latencies.append(ms)
        if len(self._latencies) >= LEAST and self.p95_ms > self._latency_ms:
            self._latencies.clear()
            self._rest(Ailment.SLOW, now)

    def failed(self, now: float) -> None:
        """An engine of ours failed before anything was heard of the reply."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._rest(Ailment.FAILING, now)

    def understood(self) -> None:
        """We understood the person."""
        self._unsure = 0

    def misunderstood(self) -> None:
        """We were too unsure of the person's words to act on them."""
        self._unsure += 1

    @property
    def p95_ms(self) -> float:
        """The 95th percentile of the latest replies (nearest rank); 0 where there are none."""
        ranked = sorted(self._latencies)
        return ranked[-(-95 * len(ranked) // 100) - 1] if ranked else 0.0

    def ailment(self, now: float, broken: bool = False) -> Ailment | None:
        """What is wrong with us, if anything is. `broken`: see `Ailment.BROKEN`."""
        if broken:
            return Ailment.BROKEN
        if self._resting and now < self._until:
            return self._resting
        return Ailment.UNSURE if self._unsure >= UNSURE else None

    def _rest(self, ailment: Ailment, now: float) -> None:
        self._resting, self._until = ailment, now + self._rest_s
