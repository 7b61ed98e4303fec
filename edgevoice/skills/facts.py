"""What people have asked us to remember: facts, each of whoever told it, sealed and not for ever.

A fact belongs to the person who had introduced themselves when they told it, or to nobody. It is
told again to that person, or what belongs to nobody to everybody. What is forgotten, or was kept
for too long, is gone: the document is written anew without it. (A solid-state disk may keep the old
blocks for a while; nobody reads them without the key.)

How long a fact was kept goes by seconds that were counted, not by the date; see
`privacy/lifetime.py`.
"""

import re
import threading
from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgevoice.config import MemoryConfig
from edgevoice.errors import ConfigError
from edgevoice.privacy.lifetime import DAY_S, Lived, Moment, this_moment
from edgevoice.skills.documents import Documents
from edgevoice.skills.storage import Storage

DOCUMENT = "facts"
"""The name that they are stored under."""
MOST = 200
"""Facts that are kept."""
LONGEST = 300
"""Letters of one."""
LINE_LETTERS = 500
"""Of the facts that a language model is told of at the beginning."""
COUNTED_EVERY_S = 3_600.0
"""So much time is forgotten at most when the power fails."""

_FILLING = frozenset(
    """
    a an the my your his her our their i i'm you me we he she it it's they is are am was were be
    been do does did have has had what what's who who's where when how which that this to of in on
    at for with about and or know remember tell told said name
    """.split()
)
"""Words that say nothing about what a fact is about."""


class Fact(BaseModel):
    """`text`, in the words of the person, told by `speaker` (empty: nobody knows), when so many
    seconds had been counted."""

    model_config = ConfigDict(frozen=True)

    text: str
    speaker: str = ""
    second: float = 0.0


class _Kept(BaseModel):
    """The document: the facts, oldest first, and the time that has passed since the first one."""

    model_config = ConfigDict(frozen=True)

    facts: tuple[Fact, ...] = ()
    lived: Lived | None = Field(default=None)


class FullError(Exception):
    """There are so many facts already that no other one is taken."""


class Memory:
    """The facts in `storage`, for several threads. Everything may raise `OutputError`."""

    def __init__(
        self, storage: Documents, retention_days: int, moment: Callable[[], Moment] = this_moment
    ) -> None:
        self._storage = storage
        self._kept_s = retention_days * DAY_S
        self._moment = moment
        self._lock = threading.Lock()
        self._line: str | None = None

    def remember(self, text: str, speaker: str = "") -> None:
        """Keep `text`; what was known already is told anew. Raises `FullError`."""
        with self._lock:
            kept, now = self._load()
            known = _plain(text), speaker.casefold()
            others = [
                fact for fact in kept.facts if (_plain(fact.text), fact.speaker.casefold()) != known
            ]
            if len(others) >= MOST:
                raise FullError
            new = Fact(text=text[:LONGEST], speaker=speaker, second=now.seconds)
            self._save([*others, new], now)

    def recall(self, about: str = "", speaker: str = "") -> list[str]:
        """What is known about that, best first, of what `speaker` may hear; without `about`
        everything, newest first."""
        with self._lock:
            kept, _ = self._load()
        heard = [fact for fact in reversed(kept.facts) if _for(fact, speaker)]
        wanted = _words(about)
        if not about.strip():
            return [fact.text for fact in heard]
        fits = [(len(wanted & _words(fact.text)), fact.text) for fact in heard]
        return [text for fit, text in sorted(fits, key=lambda fit: -fit[0]) if fit]

    def forget(self, about: str = "", speaker: str = "") -> int:
        """Let go of what `speaker` told us; with `about`, of what they may hear of that, or of all
        that the person of that name told us. Answers how many facts that were."""
        with self._lock:
            kept, now = self._load()
            left = [fact for fact in kept.facts if not _meant(fact, about, speaker)]
            gone = len(kept.facts) - len(left)
            if gone:
                self._save(left, now)
            return gone

    def purge(self) -> int:
        """Let go of what was kept for too long, and count the time; best done now and then.

        Answers how many facts went.
        """
        with self._lock:
            kept, now = self._load(old=True)
            left = [fact for fact in kept.facts if now.seconds - fact.second <= self._kept_s]
            before = kept.lived
            counted = before is not None and before.at.boot == now.at.boot
            late = before is None or now.seconds - before.seconds >= COUNTED_EVERY_S
            if kept.facts and (len(left) < len(kept.facts) or late or not counted):
                self._save(left, now)
            return len(kept.facts) - len(left)

    def line(self) -> str:
        """What a language model is told at the beginning of a conversation, of what everybody may
        hear; empty if there is nothing. Of many facts the newest.

        The storage is asked the first time only: a conversation does not wait for a disk.
        """
        if self._line is None:
            with self._lock:
                self._load()
        return self._line or ""

    def _load(self, old: bool = False) -> tuple[_Kept, Lived]:
        """What is kept, with or without what is too `old`; and the present."""
        try:
            kept = _Kept.model_validate(self._storage.load(DOCUMENT) or {})
        except ValidationError:
            kept = _Kept()
        at = self._moment()
        now = kept.lived.until(at) if kept.lived else Lived(seconds=0, at=at)
        fresh = tuple(
            fact for fact in kept.facts if old or now.seconds - fact.second <= self._kept_s
        )
        if not old:
            self._line = _line(fresh)
        return _Kept(facts=fresh, lived=kept.lived), now

    def _save(self, facts: Sequence[Fact], now: Lived) -> None:
        if facts:
            kept = _Kept(facts=tuple(facts), lived=now)
            self._storage.save(DOCUMENT, kept.model_dump(mode="json"))
        else:
            self._storage.remove(DOCUMENT)
        self._line = _line(facts)


def _line(facts: Sequence[Fact]) -> str:
    line = ""
    for fact in reversed(facts):
        if not _for(fact, ""):
            continue
        quoted = '"{}"'.format(" ".join(fact.text.split()).replace('"', "'"))
        more = f"{line}; {quoted}" if line else quoted
        if len(more) > LINE_LETTERS:
            break
        line = more
    return f"The person asked you earlier to remember this: {line}." if line else ""


def open_memory(config: MemoryConfig, storage: Storage | None) -> Memory | None:
    """The facts; None where we may not remember any. Raises `ConfigError`."""
    if not config.enabled:
        return None
    if storage is None:
        raise ConfigError(
            "memory.enabled is on, but nothing may be stored",
            "Switch on storage.enabled as well, which needs a key.",
        )
    return Memory(storage, config.retention_days)


def _for(fact: Fact, speaker: str) -> bool:
    """Whether `speaker` may hear it."""
    return not fact.speaker or fact.speaker.casefold() == speaker.casefold()


def _meant(fact: Fact, about: str, speaker: str) -> bool:
    """Whether it is to be forgotten."""
    wanted = _words(about)
    if not about.strip():
        return fact.speaker.casefold() == speaker.casefold()
    if {_stem(fact.speaker.casefold())} == wanted:
        return True
    return bool(wanted) and _for(fact, speaker) and wanted <= _words(fact.text)


def _words(text: str) -> set[str]:
    """What `text` is about: its words, without endings that do not matter."""
    return {_stem(word) for word in _plain(text).split()} - _FILLING


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" else word


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.casefold().replace("’", "'")))
