"""Timers, alarms and reminders on the disk: the times in a plain file, the words sealed or not.

The file tells when something is due, and nothing of what. Words are what somebody said: they are
kept only where there is a `Storage`; without one they are lost at a restart, and only they.
"""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from edgevoice.errors import OutputError
from edgevoice.files import new_folder, write_atomically
from edgevoice.privacy.lifetime import Moment
from edgevoice.skills.schedule import MOST_LETTERS, After, At, Entry, Kind
from edgevoice.skills.storage import Storage
from edgevoice.state_folder import state_folder

log = logging.getLogger(__name__)

NAME = "timers.json"
DOCUMENT = "timers"
MOST_BYTES = 1 << 16
"""No file of ours is as long."""
LATEST_WALL = 1e11
"""Seconds since 1970: some year in which nobody waits for us."""


def timers_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the times are kept."""
    return state_folder(environment) / NAME


def _plausible(moment: Moment) -> Moment:
    if not (0 <= moment.wall < LATEST_WALL and 0 <= moment.up < LATEST_WALL):
        raise ValueError("no moment of ours")
    return moment


def _local(at: datetime) -> datetime:
    if at.tzinfo or not 1971 <= at.year < 3000:
        raise ValueError("no local time of ours")
    return at


class _Span(BaseModel):
    model_config = ConfigDict(frozen=True)

    seconds: int = Field(ge=1, le=10**8)
    since: Annotated[Moment, AfterValidator(_plausible)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern="^[0-9a-f]{8}$")
    kind: Kind
    when: _Span | Annotated[datetime, AfterValidator(_local)]
    missed: bool = False


_ROWS = TypeAdapter(list[_Row])


class Timetable:
    """What is kept in `file`, and its words in `storage`; None: they are kept nowhere."""

    def __init__(self, file: Path, storage: Storage | None = None) -> None:
        self._file = file
        self._storage = storage
        self._words: dict[str, str] | None = None  # as they were written last

    def load(self) -> tuple[list[Entry], list[Entry]]:
        """What is still to come, and what was missed. Whatever is wrong with it is a warning."""
        rows = self._rows()
        words = self._kept_words()
        pending, missed = (
            [_entry(row, words) for row in rows.values() if row.missed is which]
            for which in (False, True)
        )
        return pending, missed

    def save(self, pending: Sequence[Entry], missed: Sequence[Entry]) -> None:
        """Keep these, and no others. Raises `OutputError`; times are kept even if words cannot."""
        try:
            self._save_words({it.id: it.words for it in (*pending, *missed) if it.words})
        finally:
            rows = [_row(entry, False) for entry in pending]
            rows += [_row(entry, True) for entry in missed]
            try:
                new_folder(self._file.parent, 0o700)
            except OSError as error:
                raise OutputError(
                    f"{self._file.parent} cannot be made: {error.strerror}",
                    "Set XDG_STATE_HOME to a folder that you may write to.",
                ) from None
            write_atomically(self._file, _ROWS.dump_json(rows), private=True)

    def _rows(self) -> dict[str, _Row]:
        try:
            with self._file.open("rb") as file:
                tree: Any = json.loads(file.read(MOST_BYTES))
            return {row.id: row for row in _ROWS.validate_python(tree)}
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            reason = error.strerror or "unknown error"
        except (ValueError, RecursionError):  # ValidationError, bad JSON, bad UTF-8
            reason = "it is damaged"
        log.warning("timers of before are lost: %s: %s", self._file, reason)
        return {}

    def _kept_words(self) -> dict[str, str]:
        if self._storage is None:
            return {}
        try:
            words = self._storage.load(DOCUMENT)
        except OutputError as error:
            log.warning("the words of timers and reminders are lost: %s", error.what)
            return {}
        if not isinstance(words, dict):
            return {}
        return {key: text[:MOST_LETTERS] for key, text in words.items() if isinstance(text, str)}

    def _save_words(self, words: dict[str, str]) -> None:
        if self._storage is not None and words != self._words:
            if words:
                self._storage.save(DOCUMENT, words)
            else:
                self._storage.remove(DOCUMENT)
            self._words = words


def _entry(row: _Row, words: Mapping[str, str]) -> Entry:
    when = row.when
    span = After(when.seconds, when.since) if isinstance(when, _Span) else At(when)
    return Entry(row.id, row.kind, span, words.get(row.id, ""))


def _row(entry: Entry, missed: bool) -> _Row:
    when = entry.when
    kept = _Span(seconds=when.seconds, since=when.since) if isinstance(when, After) else when.local
    return _Row(id=entry.id, kind=entry.kind, when=kept, missed=missed)
