"""What `run` leaves behind: lines in the audit log; and transcripts, where they are wanted."""

import hashlib
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Self

from edgevoice import __version__
from edgevoice.config import Config
from edgevoice.errors import OutputError
from edgevoice.privacy.audit import AuditLog, audit_folder, utc_now
from edgevoice.privacy.chain import Happened, Line
from edgevoice.privacy.keys import load_key
from edgevoice.privacy.later import Later
from edgevoice.privacy.transcripts import Transcripts, TranscriptWriter, transcripts_folder
from edgevoice.report import Observer


class Keeping:
    """Open from start to stop. Raises `ConfigError` where transcripts are wanted without a key.

    All of it is written in threads of their own, and a log that cannot be written is a warning:
    the person in the room comes first.
    """

    def __init__(self, config: Config) -> None:
        self._audit = AuditLog(audit_folder())
        chosen = config.transcripts
        key = load_key(chosen.key_file) if chosen.enabled else None
        self._lines = Later("audit log")
        self._writer: TranscriptWriter | None = None
        if key:
            self._writer = TranscriptWriter(
                Transcripts(transcripts_folder(chosen.folder)),
                key,
                chosen.retention_days,
                purged=lambda files: self.note(Happened.TRANSCRIPT_PURGED, files=files),
            )
        self._tell_start(config)

    @property
    def observers(self) -> list[Observer]:
        """Who is to be told of the conversation."""
        return [self._writer] if self._writer else []

    def note(self, event: Happened, **details: str | int) -> None:
        """A line in the audit log, as soon as that is possible."""
        self._lines.put(partial(self._audit.add, event, utc_now(), **details))

    def close(self) -> None:
        """Write what waits, and the last line."""
        if self._writer:
            self._writer.close()
        self.note(Happened.STOPPED)
        self._lines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _tell_start(self, config: Config) -> None:
        before = []
        with suppress(OutputError):  # whoever writes to it will complain
            before = [line for line in self._audit.lines() if line.event == Happened.STARTED][-1:]
        now = {"config": _digest(config.model_dump_json()), "models": _digest(_models(config))}
        for key, event in (("config", Happened.CONFIG_CHANGED), ("models", Happened.MODEL_CHANGED)):
            if before and _told(before[0], key) != now[key]:
                self.note(event, before=_told(before[0], key), now=now[key])
        self.note(Happened.STARTED, version=__version__, **now)


def _told(line: Line, key: str) -> str:
    return str(line.details.get(key, ""))


def _models(config: Config) -> str:
    """Which models there are; not what is in them."""
    paths = [config.stt.model, config.llm.model, config.turn.model, config.tts.voice]
    return "\n".join(map(str, paths))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
