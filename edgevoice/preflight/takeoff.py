"""What `run` does before it opens the microphone: it chooses a profile that lives, says which one
it is, and keeps a ledger of how that went."""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from edgevoice.config import Config
from edgevoice.engine_trial import TIMEOUT_S
from edgevoice.errors import EdgevoiceError, EngineError, ModelError, UnfitError
from edgevoice.notify import Notifier
from edgevoice.preflight.check import Finding, Findings, Preflight
from edgevoice.preflight.ledger import NAME as STARTS
from edgevoice.preflight.ledger import Ledger
from edgevoice.preflight.proofs import NAME as PROOFS
from edgevoice.preflight.proofs import Proofs
from edgevoice.preflight.starts import LONG_S, PATIENCE, WELL_S, End, Standing, pause_s
from edgevoice.privacy.chain import Happened
from edgevoice.state_folder import state_folder
from edgevoice.watchdog import Bulletin

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0
"""Shorter than a watchdog waits for the deaf."""

MARGIN_S = 30.0
"""What a start may take beside what is waited for."""


class Hearing(Protocol):
    """Whether sound comes: a `watchdog.Pulse`."""

    @property
    def flowing(self) -> bool:
        """Whether enough has come to say that we hear."""
        ...

    @property
    def deaf(self) -> bool:
        """Whether none has come for too long."""
        ...


class Takeoff:
    """`choose` a profile before any engine is loaded, and tell how that ended: `stopped`, `failed`.
    What is told of neither has died."""

    def __init__(
        self,
        config: Config,
        bulletin: Bulletin,
        notifier: Notifier,
        note: Callable[..., None],
        *,
        folder: Path | None = None,
        limit_s: float = TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
        aside: Callable[..., Awaitable[None]] = asyncio.to_thread,
    ) -> None:
        """`note`: adds a line to the audit log. `folder`: where ledger and proofs are kept.
        `limit_s`: what an engine may take. `sleep`: waits for so many seconds. `aside`: runs
        what may take long, as writing to an SD card, beside the conversation."""
        self.profile = ""
        """What the smaller profile that was chosen is called; empty: it is the main one."""
        self._profiles = [config, *config.smaller()]
        self._names = ["the main profile", *(f"“{profile.name}”" for profile in config.profiles)]
        self._bulletin = bulletin
        self._notifier = notifier
        self._note = note
        self._limit_s = limit_s
        self._sleep = sleep
        self._aside = aside
        folder = folder or state_folder()
        self._proofs = Proofs(folder / PROOFS)
        self._ledger = Ledger(folder / STARTS)

    def choose(self, progress: Callable[[str], None] = lambda _: None) -> Config:
        """The settings of the profile that is to be run, which is now written down as started.

        Raises `UnfitError` where none can be; under a service manager only after a pause, which
        grows from one time to the next. `progress` is told what is done.
        """
        last = self._ledger.last

        def begins(part: str) -> None:
            progress(f"first try of {part}")
            self._notifier.extend(self._limit_s + MARGIN_S)

        # What died may have been proven before: files rot, and their times tell nothing of it.
        trust = last is None or last.end is not End.DIED
        preflight = Preflight(self._proofs, trust=trust, begins=begins, limit_s=self._limit_s)
        made_of = self._made_of(preflight)
        standing = self._ledger.standing(made_of, len(self._profiles))
        self._hesitate(standing)
        choice = self._find(preflight, standing.level)
        if isinstance(choice, Finding):
            self._ledger.cannot(made_of, standing)
            self._note(Happened.UNFIT, why=choice.what)
            self._pause(self._ledger.unfit, f"cannot start: {choice.what}")
            raise UnfitError(choice.whole, choice.cure)
        self._ledger.begin(made_of, standing, choice.level, choice.why)
        self.profile = self._names[choice.level].strip("“”") if choice.level else ""
        self._tell(choice, before=last.level if last else 0)
        return self._settings(choice)

    def stopped(self) -> None:
        """Somebody has ended it."""
        self._ended(End.STOPPED)

    def failed(self, error: BaseException) -> None:
        """It has ended itself because of `error`."""
        ours = isinstance(error, EdgevoiceError) and not isinstance(error, _ENGINES)
        if isinstance(error, KeyboardInterrupt):
            self.stopped()
        elif ours:
            self._ended(End.OTHER)

    def _ended(self, end: End) -> None:
        """Note `end`, unless something better is known."""
        if self._ledger.last and self._ledger.last.end is End.DIED:
            self._ledger.end(end)

    @asynccontextmanager
    async def lasting(self, hearing: Hearing) -> AsyncIterator[None]:
        """While the block runs, the ledger learns how long we have been heard."""
        task = asyncio.create_task(self._watch(hearing))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self, hearing: Hearing) -> None:
        heard_s, end = 0.0, End.DIED
        while end is not End.LONG:
            before = end
            await asyncio.sleep(LOOK_EVERY_S)
            if hearing.flowing and not hearing.deaf:
                heard_s += LOOK_EVERY_S
                end = End.LONG if heard_s >= LONG_S else End.WELL if heard_s >= WELL_S else End.DIED
            elif end is not End.WELL:
                end = End.OTHER  # a service manager that ends us now has no complaint of an engine
            if end is not before:
                await self._aside(self._ledger.end, end)

    def _made_of(self, preflight: Preflight) -> str:
        """A digest of all profiles, their models and all that they depend on."""
        marks = [preflight.prints(profile) for profile in self._profiles]
        return hashlib.sha256(repr(marks).encode()).hexdigest()

    def _hesitate(self, standing: Standing) -> None:
        """Wait, where start after start has died and there is nothing smaller to try."""
        failures = standing.deaths - PATIENCE + 1
        if standing.died == len(self._profiles) - 1:
            self._pause(failures, f"the last {standing.deaths} starts died")

    def _pause(self, failures: int, why: str) -> None:
        """Let the service manager, and who reads what it tells, wait; a person is not kept."""
        if not self._notifier.wanted or not (left := pause_s(failures)):
            return
        self._bulletin.note("profile", f"{why}; the next start in {left:.0f} s")
        self._notifier.extend(left + MARGIN_S)
        self._sleep(left)

    def _find(self, preflight: Preflight, due: int) -> "_Choice | Finding":
        """A profile that can be run; or what is in the way of the last that was looked at.

        The smaller ones come first, then those that are larger than the one that is `due`. Where
        memory alone is in the way, which is an estimate, the smallest has a try all the same.
        """
        why = ["what is larger died again and again"] if due else []
        tight: list[int] = []
        problems: list[Finding] = []
        for level in (*range(due, len(self._profiles)), *reversed(range(due))):
            found = preflight.look(self._profiles[level])
            if found.problem is None:
                return _Choice(level, "; ".join(why), found)
            problems.append(found.problem)
            log.warning("%s cannot be run: %s", self._names[level], found.problem)
            why.append(f"{self._names[level]} cannot be run: {found.problem.what}")
            if found.tight:
                tight.append(level)
        if tight:
            found = preflight.look(self._profiles[max(tight)], squeeze=True)
            if found.problem is None:
                return _Choice(max(tight), "; ".join(why), found)
        return problems[-1]

    def _tell(self, choice: "_Choice", before: int) -> None:
        """Say it where it is not what a person would expect. `before`: the profile before."""
        words = ""
        if choice.why:
            words = f"runs with {self._names[choice.level]}, because {choice.why}"
            log.warning("%s", words)
        self._bulletin.note("profile", words)
        if choice.level != before and before < len(self._names):
            names = {"before": self._names[before], "now": self._names[choice.level]}
            self._note(Happened.PROFILE_CHANGED, **names, why=choice.why)

    def _settings(self, choice: "_Choice") -> Config:
        """The profile's settings; without the turn detector if that does not work."""
        config = self._profiles[choice.level]
        if choice.found.detector is None:
            return config
        log.warning("words and pauses alone tell when a turn is over: %s", choice.found.detector)
        self._bulletin.note("turn", "the turn detector does not work")
        turn = config.turn.model_copy(update={"engine": "none"})
        return config.model_copy(update={"turn": turn})


class _Choice(NamedTuple):
    """The profile to start, why it is not the main one, and what was found about it."""

    level: int
    why: str
    found: Findings


_ENGINES = (ModelError, EngineError)
"""Errors that another profile may not have."""
