"""What `run` leaves behind: lines in the audit log; and transcripts, where they are wanted."""

import hashlib
import logging
from types import TracebackType
from typing import Self

from edgevoice import __version__
from edgevoice.config import Config
from edgevoice.errors import OutputError
from edgevoice.privacy.audit import AuditLog, audit_folder
from edgevoice.privacy.chain import Happened, Line
from edgevoice.privacy.keys import load_key
from edgevoice.privacy.transcripts import Transcripts, TranscriptWriter, transcripts_folder
from edgevoice.report import Observer

log = logging.getLogger(__name__)


class Keeping:
    """Open from start to stop. Raises `ConfigError` where transcripts are wanted without a key.

    A log that cannot be written is a warning: the person in the room comes first.
    """

    def __init__(self, config: Config) -> None:
        self._audit = AuditLog(audit_folder())
        self._writer: TranscriptWriter | None = None
        if config.transcripts.enabled:
            chosen = config.transcripts
            self._writer = TranscriptWriter(
                Transcripts(transcripts_folder(chosen.folder)),
                load_key(chosen.key_file),
                chosen.retention_days,
                purged=lambda files: self.note(Happened.TRANSCRIPT_PURGED, files=files),
            )
        self._tell_start(config)

    @property
    def observers(self) -> list[Observer]:
        """Who is to be told of the conversation."""
        return [self._writer] if self._writer else []

    def note(self, event: Happened, **details: str | int) -> None:
        """A line in the audit log; a warning where that is impossible."""
        try:
            self._audit.add(event, **details)
        except OutputError as error:
            log.warning("%s", error)

    def config_changed(self, before: Config, now: Config) -> None:
        """The settings were read again, and differ."""
        digests = [_digest(config.model_dump_json()) for config in (before, now)]
        self.note(Happened.CONFIG_CHANGED, before=digests[0], now=digests[1])

    def close(self) -> None:
        """Write what waits, and the last line."""
        if self._writer:
            self._writer.close()
        self.note(Happened.STOPPED)

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
        before: dict[str, str] = {}  # what the latest line that tells it says
        try:
            for line in self._audit.lines():
                if line.event == Happened.STARTED:
                    before = {key: _told(line, key) for key in ("config", "models")}
                elif line.event == Happened.CONFIG_CHANGED:
                    before["config"] = _told(line, "now")
        except OutputError as error:
            log.warning("%s", error)
        now = {"config": _digest(config.model_dump_json()), "models": _digest(_models(config))}
        for key, event in (("config", Happened.CONFIG_CHANGED), ("models", Happened.MODEL_CHANGED)):
            if key in before and before[key] != now[key]:
                self.note(event, before=before[key], now=now[key])
        self.note(Happened.STARTED, version=__version__, **now)


def _told(line: Line, key: str) -> str:
    return str(line.details.get(key, ""))


def _models(config: Config) -> str:
    """Which models there are; not what is in them."""
    paths = [config.stt.model, config.llm.model, config.turn.model, config.tts.voice]
    return "\n".join(map(str, paths))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
