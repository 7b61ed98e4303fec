"""Transcripts: what was said, sealed, for those who want that kept. Nobody does by default.

A file holds the turns of one day of one run: `2026-01-02-0000012345-<random>.sealed`. Every turn
is on the disk when it is written, or the file is as it was before; only a loss of power can tear a
record, and it is always a file's last. How records are sealed is told in `sealing.py`.

The date is for people. How long a file was kept, and which came before which, goes by the number
after it: seconds that were counted and cannot be set; see `lifetime.py`.
"""

import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from edgevoice.dialog.events import Event, Note, TurnDone
from edgevoice.errors import OutputError
from edgevoice.files import append, new_folder
from edgevoice.privacy.audit import utc_now
from edgevoice.privacy.later import Later
from edgevoice.privacy.lifetime import DAY_S, Lifetime, Moment, this_moment
from edgevoice.privacy.sealing import SealBrokenError, Torn, new_head, seal, unseal
from edgevoice.report import Recorder, TurnReport
from edgevoice.state_folder import state_folder

_NAME = re.compile(r"\d{4}-\d\d-\d\d-(\d{10,})-[0-9a-f]{8}\.sealed", re.ASCII)


def transcripts_folder(folder: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Where they are kept: `folder`, or beside everything else that we remember."""
    return folder or state_folder(environment) / "transcripts"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is found in a folder: turns, oldest first, and what is to be said about the rest."""

    turns: list[dict[str, Any]]
    torn: list[str]
    broken: list[str]


class Transcripts:
    """The sealed files in `folder`; `moment`: what the machine says of the present."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], datetime] = utc_now,
        moment: Callable[[], Moment] = this_moment,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._lifetime = Lifetime(folder / "lifetime.json", moment)
        self._file: Path | None = None
        self._day = "", 0.0
        self._head = b""
        self._number = 0

    def write(self, key: bytes, turn: Mapping[str, Any], at: datetime | None = None) -> None:
        """Seal a turn and put it on the disk. `at`: when it was, if not now.

        Raises `OutputError`; then nothing of it is there, and it may be written again.
        """
        at = at or self._clock()
        text = json.dumps({"at": at.isoformat(timespec="milliseconds"), **turn}).encode()
        try:
            second = self._second()
            day = f"{at:%Y-%m-%d}", second // DAY_S
            if self._file and self._day == day and self._file.exists():
                append(self._file, seal(key, self._head, self._number, text))
            else:
                self._begin(key, f"{day[0]}-{second:010d}-{secrets.token_hex(4)}.sealed", text)
                self._day = day
            self._number += 1
        except OSError as error:
            raise OutputError(
                f"a transcript cannot be written to {self._folder}: {error.strerror}",
                "Make room on the disk, and let us own the folder.",
            ) from None

    def _begin(self, key: bytes, name: str, text: bytes) -> None:
        new_folder(self._folder, 0o700)
        head = new_head(key)
        file = self._folder / name
        append(file, head + seal(key, head, 0, text), create=True)
        self._file, self._head, self._number = file, head, 0
        self._lifetime.save()

    def _second(self) -> int:
        """The number of this second. Raises `OSError`."""
        return self._lifetime.now(max((second for second, _ in self._counted()), default=0))

    def close(self) -> None:
        """Keep count of the time."""
        self._lifetime.save()

    def read(self, key: bytes) -> Kept:
        """Everything that can be opened. Raises `OutputError` where the folder cannot be read."""
        kept = Kept([], [], [])
        try:
            for _, path in self._counted():
                self._open(key, path, kept)
        except OSError as error:
            raise OutputError(
                f"the transcripts in {self._folder} cannot be read: {error.strerror}",
                "Run this as the user that the assistant runs as.",
            ) from None
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
        """Remove the files that were kept for more than `days` days, or every one where that is 0.

        Answers how many. Raises `OutputError`.
        """
        try:
            today = self._second() // DAY_S
            kept_days = ((today - second // DAY_S, path) for second, path in self._counted())
            old = [path for kept, path in kept_days if not days or kept > days]
            for path in old:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"the transcripts in {self._folder} cannot be removed: {error.strerror}",
                "Run this as the user that the assistant runs as.",
            ) from None
        return len(old)

    def _counted(self) -> list[tuple[int, Path]]:
        """The files with the numbers of their first seconds, oldest first. Raises `OSError`."""
        names = os.listdir(self._folder) if self._folder.exists() else []  # noqa: PTH208
        ours = ((_NAME.fullmatch(name), self._folder / name) for name in names)
        return sorted((int(match[1]), path) for match, path in ours if match)


def _turn(record: bytes) -> dict[str, Any] | SealBrokenError:
    """The turn that was sealed; or the complaint that it is none of ours."""
    try:
        match {"user": "", "agent": "", **json.loads(record)}:
            case {"at": str(), "user": str(), "agent": str()} as turn:
                return dict(turn)
    except (ValueError, TypeError, RecursionError):
        pass
    return SealBrokenError("a record opens, but is no turn")


class TranscriptWriter:
    """An observer that seals every turn when it is over, in a thread of its own.

    What a full disk refuses waits in memory, and never stops the conversation; see `Later`.
    `redacted` takes out of a text what must not be kept; `purged` is told how many files were too
    old, which is looked at now, after every turn, and now and then.
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
        self._later = Later("transcripts", self._purge)

    def __call__(self, what: Event | Note) -> None:
        """Take note of `what`."""
        self._recorder(what)
        if isinstance(what, TurnDone) and self._recorder.turns:
            self._later.put(partial(self._keep, self._recorder.turns.pop(), utc_now()))

    def _keep(self, turn: TurnReport, at: datetime) -> None:
        record = {
            "turn": turn.number,
            "user": self._redacted(turn.user),
            "agent": self._redacted(turn.heard),
            "understood": turn.understood,
            "interrupted": turn.interrupted,
        }
        self._transcripts.write(self._key, record, at)

    def _purge(self) -> None:
        if files := self._transcripts.purge(self._days):
            self._purged(files)

    def close(self) -> None:
        """Wait until everything is written."""
        self._later.close()
        self._transcripts.close()
