"""What stands between a conversation and the internet: consent, redaction, a budget, a record.

The operator consents twice, by a switch and by a sentence, so that no slip of a finger sends a
voice away; the person in the room is told at the first use in a conversation. The record is a line
in the audit log for every session that is opened and closed: seconds, money, reason; never a word.
"""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from edgevoice.config import CloudConfig, Config
from edgevoice.dialog.history import SUMMARY_HEAD, Message
from edgevoice.errors import ConfigError, OutputError
from edgevoice.files import new_folder, write_atomically
from edgevoice.responders.realtime.meter import Budget, Prices, Spent, in_words
from edgevoice.responders.realtime.session import Usage

log = logging.getLogger(__name__)

CONSENT = "What is said here may be sent to this service."
"""What the operator writes as cloud.consent."""

SPENT_FILE = "cloud-spent.json"


def check_allowed(config: Config) -> bool:
    """Whether anything may be sent at all. Raises `ConfigError` where the settings contradict each
    other, or lack something."""
    cloud = config.cloud
    if not cloud.enabled:
        return False
    if config.privacy.network == "offline":
        raise ConfigError(
            "cloud.enabled is true, but privacy.network promises offline",
            "Set one of them otherwise.",
        )
    if cloud.consent.strip() != CONSENT:
        raise ConfigError(
            "cloud.enabled is true, but nobody has consented",
            f'If you may, and want to, write under cloud: consent: "{CONSENT}"',
        )
    if not cloud.model:
        raise ConfigError("cloud.model is empty", "Name a realtime model of that service.")
    if not (cloud.base_url or prices_of(cloud).known):
        raise ConfigError(
            "cloud.prices are all 0, so cloud.money_per_day would limit nothing",
            "Write them as the service's price list has them, per million tokens.",
        )
    return True


def prices_of(cloud: CloudConfig) -> Prices:
    """The prices that the operator wrote down."""
    return Prices(**cloud.prices.model_dump())


def read_key(file: Path | None) -> str:
    """The service's key. Raises `ConfigError`; nothing of the key is ever told."""
    if file is None:
        raise ConfigError(
            "cloud.api_key_file is empty", "Name a file that holds the key and nothing else."
        )
    try:
        key = file.read_text(encoding="ascii").strip()
        others = file.stat().st_mode & 0o077
    except OSError as error:
        raise ConfigError(
            f"the key {file} cannot be read: {error.strerror}", "Check cloud.api_key_file."
        ) from None
    except UnicodeDecodeError:
        key, others = "", 0
    if others:
        raise ConfigError(
            f"others may open the key {file}", f"Take that away with `chmod 600 {file}`."
        )
    if not key or not key.isprintable() or len(key.split()) != 1:
        raise ConfigError(
            f"{file} holds no key", "Put the service's key into it, and nothing else."
        )
    return key


class Ledger(Protocol):
    """Where what was spent outlives us."""

    def read(self) -> Spent | None:
        """What was written last; None where there is nothing."""
        ...

    def write(self, spent: Spent) -> None:
        """Keep `spent`. Must be quick: it is called while people talk."""
        ...


def read_spent(folder: Path) -> Spent | None:
    """What is kept in `folder` of what was spent; None where there is nothing."""
    path = folder / SPENT_FILE
    try:
        match json.loads(path.read_bytes()):
            case {"day": str(day), "money": int(money), "seconds": int() | float() as seconds}:
                return Spent(date.fromisoformat(day), max(0, money), max(0.0, seconds))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        pass
    log.warning("%s cannot be understood: today's spending is counted anew", path)
    return None


class SpentFile:
    """A `Ledger` in a folder. `later`: does a job that may raise `OutputError` (`Later.put`)."""

    def __init__(self, folder: Path, later: Callable[[Callable[[], None]], object]) -> None:
        self._folder = folder
        self._later = later

    def read(self) -> Spent | None:
        return read_spent(self._folder)

    def write(self, spent: Spent) -> None:
        self._later(lambda: self._keep(spent))

    def _keep(self, spent: Spent) -> None:
        tree = {"day": spent.day.isoformat(), "money": spent.money, "seconds": spent.seconds}
        try:
            new_folder(self._folder, 0o700)
        except OSError as error:
            raise OutputError(
                f"{self._folder} cannot be made: {error.strerror}",
                "Let us own the folder above it.",
            ) from None
        write_atomically(self._folder / SPENT_FILE, json.dumps(tree).encode())


class Record(Protocol):
    """Takes a line for the audit log."""

    def __call__(self, **details: str | int) -> None: ...


class Guard:
    """Counts what a service costs, and says when it is enough.

    `today`: the date, wherever the machine is. `record`: the audit log. `redacted`: takes out of a
    text what gives somebody away. `prompt`: what the service is told about itself.
    """

    def __init__(
        self,
        prices: Prices,
        budget: Budget,
        ledger: Ledger,
        record: Record,
        redacted: Callable[[str], str],
        prompt: str,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._prices = prices
        self._budget = budget
        self._ledger = ledger
        self._record = record
        self._redacted = redacted
        self._prompt = prompt
        self._today = today
        self._spent = ledger.read() or Spent(today())
        self._session = 0  # what this one has cost so far
        self._told: date | None = None
        self._opened_at: float | None = None

    def left_s(self, now: float) -> float:
        """Seconds for which a session may be open, from `now` (monotonic seconds) on."""
        return self._budget.left_s(self.spent(now))

    def spent(self, now: float) -> Spent:
        """What today has cost so far, the open session included: the meter."""
        open_s = self._open_s(now)
        return self._spent.and_also(self._today(), self._prices.of_seconds(open_s), open_s)

    def tell_spent(self) -> bool:
        """Whether the person has to be told that the budget is spent: once a day."""
        told, self._told = self._told, self._today()
        return told != self._told

    def leaving(self, messages: Sequence[Message]) -> list[Message]:
        """What may leave of `messages` that lie behind us: their words, without what gives somebody
        away. Of what the model here is told, only the summary; what we were asked to remember about
        people stays here."""
        return [
            Message(
                message.role,
                self._instructions(message.content)
                if message.role == "system"
                else self._redacted(message.content),
            )
            for message in messages
            if message.role != "tool" and message.content.strip()
        ]

    def _instructions(self, ours: str) -> str:
        _, _, summary = ours.partition(f"\n\n{SUMMARY_HEAD}\n")
        if not summary:
            return self._prompt
        return f"{self._prompt}\n\n{SUMMARY_HEAD}\n{self._redacted(summary)}"

    def opened(self, now: float, reason: str) -> None:
        """A session is opened; goes into the audit log."""
        self._opened_at, self._session = now, 0
        self._record(what="opened", reason=reason)

    def used(self, usage: Usage) -> None:
        """A reply has taken so much."""
        self._add(self._prices.of(usage), 0.0)

    def closed(self, now: float, reason: str) -> None:
        """The session is closed."""
        seconds = self._open_s(now)
        self._opened_at = None
        self._add(self._prices.of_seconds(seconds), seconds)
        cost = in_words(self._session)
        log.info("realtime: closed after %.0f s, %s (%s)", seconds, cost, reason)
        self._record(what="closed", reason=reason, seconds=round(seconds), cost=cost)

    def _open_s(self, now: float) -> float:
        return 0.0 if self._opened_at is None else now - self._opened_at

    def _add(self, money: int, seconds: float) -> None:
        self._session += money
        self._spent = self._spent.and_also(self._today(), money, seconds)
        self._ledger.write(self._spent)
