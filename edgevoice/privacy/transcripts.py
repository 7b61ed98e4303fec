"""Transcripts: what was said, sealed, for those who want that kept. Nobody does by default.

A file holds the turns of one day of one run: `2026-01-02-<random>.sealed`. Every turn is on the
disk when it is written, or the file is left and the next turn begins a new one, so that a torn
record is always a file's last. How records are sealed is told in `sealing.py`.

Files go by the date in their names and by the machine's clock: one that is years ahead lets go of
them too soon.
"""

import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from edgevoice.dialog.events import Event, Note, TurnDone
from edgevoice.echo_memory import state_file
from edgevoice.errors import OutputError
from edgevoice.privacy.audit import utc_now
from edgevoice.privacy.sealing import SealBrokenError, Torn, new_head, seal, unseal
from edgevoice.report import Recorder, TurnReport

log = logging.getLogger(__name__)


def transcripts_folder(folder: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Where they are kept: `folder`, or beside everything else that we remember."""
    return folder or state_file(environment).with_name("transcripts")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is found in a folder: turns, oldest first, and what is to be said about the rest."""

    turns: list[dict[str, Any]]
    torn: list[str]
    broken: list[str]


class Transcripts:
    """The sealed files in `folder`."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self._folder = folder
        self._clock = clock
        self._file: Path | None = None
        self._head = b""
        self._number = 0

    def write(self, key: bytes, turn: Mapping[str, Any]) -> None:
        """Seal a turn and put it on the disk. Raises `OutputError`; the next one may succeed."""
        now = self._clock()
        text = json.dumps({"at": now.isoformat(timespec="milliseconds"), **turn}).encode()
        day = f"{now:%Y-%m-%d}"
        try:
            if self._file is None or not self._file.name.startswith(day):
                self._begin(key, day)
            assert self._file
            _append(self._file, seal(key, self._head, self._number, text))
            self._number += 1
        except OSError as error:
            self._file = None
            raise OutputError(
                f"a transcript cannot be written to {self._folder}: {error.strerror}",
                "Make room on the disk, and let us own the folder.",
            ) from None

    def _begin(self, key: bytes, day: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._head, self._number = new_head(key), 0
        self._file = self._folder / f"{day}-{secrets.token_hex(4)}.sealed"
        _append(self._file, self._head, os.O_CREAT | os.O_EXCL)

    def read(self, key: bytes) -> Kept:
        """Everything that can be opened. Raises `OutputError` where the folder cannot be read."""
        kept = Kept([], [], [])
        try:
            for _, path in self._dated():
                self._open(key, path, kept)
        except OSError as error:
            raise OutputError(
                f"the transcripts in {self._folder} cannot be read: {error.strerror}",
                "Run this as the user that the assistant runs as.",
            ) from None
        kept.turns.sort(key=lambda turn: str(turn["at"]))
        return kept

    def _open(self, key: bytes, path: Path, kept: Kept) -> None:
        try:
            for record in unseal(key, path.read_bytes()):
                turn = _turn(record) if isinstance(record, bytes) else record
                match turn:
                    case Torn(size=size):
                        kept.torn.append(f"{path.name}: the last record is torn ({size} bytes)")
                    case SealBrokenError():
                        kept.broken.append(f"{path.name}: {turn}")
                    case _:
                        kept.turns.append(turn)
        except SealBrokenError as error:
            kept.broken.append(f"{path.name}: {error}")

    def purge(self, days: int) -> int:
        """Remove the files whose day is more than `days` days ago, or every one where that is 0.

        Answers how many. Raises `OutputError`.
        """
        before = self._clock().date() - timedelta(days=days)
        try:
            old = [path for day, path in self._dated() if not days or day < before]
            for path in old:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"the transcripts in {self._folder} cannot be removed: {error.strerror}",
                "Run this as the user that the assistant runs as.",
            ) from None
        return len(old)

    def _dated(self) -> list[tuple[date, Path]]:
        """The files with their days, oldest first. Raises `OSError`."""
        names = os.listdir(self._folder) if self._folder.exists() else []  # noqa: PTH208
        return sorted(_with_days(self._folder / name for name in names))


def _turn(record: bytes) -> dict[str, Any] | SealBrokenError:
    """The turn that was sealed; or the complaint that it is none of ours."""
    try:
        match {"user": "", "agent": "", **json.loads(record)}:
            case {"at": str(), "user": str(), "agent": str()} as turn:
                return dict(turn)
    except (ValueError, TypeError, RecursionError):
        pass
    return SealBrokenError("a record opens, but is no turn")


def _with_days(paths: Iterator[Path]) -> Iterator[tuple[date, Path]]:
    for path in paths:
        if path.suffix == ".sealed":
            try:
                yield date.fromisoformat(path.name[:10]), path
            except ValueError:
                continue  # not a file of ours


def _append(path: Path, content: bytes, flags: int = 0) -> None:
    """Raises `OSError`."""
    flags |= os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    file = os.open(path, flags, 0o600)
    try:
        while content:
            content = content[os.write(file, content) :]
        os.fsync(file)
    finally:
        os.close(file)
    if flags & os.O_CREAT:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class TranscriptWriter:
    """An observer that seals every turn when it is over, in a thread of its own.

    A full disk costs the turn's transcript and a line in the log, never the conversation.
    `redacted` takes out of a text what must not be kept; `purged` is told how many files were too
    old, which is looked at now and after every turn.
    """

    def __init__(
        self,
        transcripts: Transcripts,
        key: bytes,
        retention_days: int,
        redacted: Callable[[str], str] = lambda text: text,
        purged: Callable[[int], None] = lambda files: None,
    ) -> None:
        self._transcripts = transcripts
        self._key = key
        self._days = retention_days
        self._redacted = redacted
        self._purged = purged
        self._recorder = Recorder()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="transcripts")
        self._thread.submit(self._purge)

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        self._recorder(what)
        if isinstance(what, TurnDone) and self._recorder.turns:
            self._thread.submit(self._keep, self._recorder.turns.pop())

    def _keep(self, turn: TurnReport) -> None:
        record = {
            "turn": turn.number,
            "user": self._redacted(turn.user),
            "agent": self._redacted(turn.heard),
            "understood": turn.understood,
            "interrupted": turn.interrupted,
        }
        try:
            self._transcripts.write(self._key, record)
        except OutputError as error:
            log.warning("%s", error)
        self._purge()

    def _purge(self) -> None:
        try:
            files = self._transcripts.purge(self._days)
        except OutputError as error:
            log.warning("%s", error)
        else:
            if files:
                self._purged(files)

    def close(self) -> None:
        """Wait until everything is written."""
        self._thread.shutdown()
