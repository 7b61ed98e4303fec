"""What `run` leaves behind: lines in the audit log; and transcripts, where they are wanted."""

import asyncio
import fcntl
import hashlib
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Self

from edgevoice import __version__
from edgevoice.config import Config
from edgevoice.errors import ConfigError, OutputError
from edgevoice.files import new_folder
from edgevoice.privacy.audit import AuditLog, audit_folder, utc_now
from edgevoice.privacy.chain import Happened, Line
from edgevoice.privacy.cues import cues_of
from edgevoice.privacy.folding import Change, Folding
from edgevoice.privacy.keys import load_key
from edgevoice.privacy.later import Later
from edgevoice.privacy.network import ways_out
from edgevoice.privacy.redaction import redact
from edgevoice.privacy.transcripts import Transcripts, TranscriptWriter, transcripts_folder
from edgevoice.report import Observer

COMINGS = frozenset({Happened.STARTED, Happened.STOPPED, Happened.BROKE_OFF})
ROUTINE = COMINGS | {Happened.DEVICE_LOST, Happened.DEVICE_BACK}
MUCH_ROUTINE = 40
"""Lines of nothing else, after which a run is told of when it has lasted for an hour, or when there
was no line for an hour: whatever makes it start again and again must not push everything else out
of the log."""
HOUR = timedelta(hours=1)
LOOK_EVERY_S = 5.0
"""Seconds between two looks whether the network is still as it was promised to be."""


class Keeping:
    """Open from start to stop. Raises `ConfigError` where transcripts are wanted without a key, and
    where `privacy.network` promises what is not so.

    All of it is written in threads of their own, and a log that cannot be written is a warning:
    the person in the room comes first.
    """

    def __init__(self, config: Config) -> None:
        self._audit = AuditLog(audit_folder())
        self._writing = Later("audit log")
        self._folding = Folding()
        self._timer: asyncio.TimerHandle | None = None
        self._writer: TranscriptWriter | None = None
        before = self._lines()
        try:
            self._tell_network(config, ways_out())
            if config.transcripts.enabled:
                self._writer = self._transcripts(config)
        except ConfigError:
            self._writing.close()
            raise
        self._alive = self._only_one()
        self._config = config
        self._quiet_until = time.monotonic()
        self._told_start = False
        if _again_and_again(before, utc_now()):
            self._quiet_until += HOUR.total_seconds()
        else:
            self._tell_start()
            self._writing.settle()  # what happens next may be the end

    @property
    def observers(self) -> list[Observer]:
        """Who is to be told of the conversation."""
        return [self._writer] if self._writer else []

    def note(self, event: Happened, **details: str | int) -> None:
        """A line in the audit log, as soon as that is possible."""
        self._writing.put(partial(self._audit.add, event, utc_now(), **details))

    def device(self, away: bool) -> None:
        """The microphone or the loudspeaker was lost, or is back; call it in the event loop."""
        if self._is_quiet():
            return
        loop = asyncio.get_running_loop()
        self._tell_device(self._folding.change(away, loop.time()))
        self._tell_later(loop)

    def config_changed(self, before: Config, now: Config) -> None:
        """The settings were read again, and differ."""
        digests = [_digest(config.model_dump_json()) for config in (before, now)]
        self.note(Happened.CONFIG_CHANGED, before=digests[0], now=digests[1])

    @asynccontextmanager
    async def watching_network(self) -> AsyncIterator[None]:
        """Where `privacy.network` promises offline: end the block with a `ConfigError` as soon as
        there is a way out."""
        inside = asyncio.current_task()
        assert inside
        found: list[str] = []

        async def watch() -> None:
            while not found:
                await asyncio.sleep(LOOK_EVERY_S)
                found.extend(ways_out())
            inside.cancel()

        task = asyncio.create_task(watch()) if self._config.privacy.network == "offline" else None
        try:
            yield
        except asyncio.CancelledError:
            if not found:
                raise
            inside.uncancel()
            self._tell_network(self._config, found)
        finally:
            if task:
                task.cancel()

    def close(self) -> None:
        """Write what waits, and the last line."""
        if self._timer:
            self._timer.cancel()
        self._tell_device(self._folding.rest())
        if self._writer:
            self._writer.close()
        if not self._is_quiet():
            self.note(Happened.STOPPED)
        self._writing.close()
        if self._alive is not None:
            os.close(self._alive)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _transcripts(self, config: Config) -> TranscriptWriter:
        chosen = config.transcripts
        if chosen.redact:
            cues = cues_of(config.stt.language)
        return TranscriptWriter(
            Transcripts(transcripts_folder(chosen.folder)),
            load_key(chosen.key_file),
            chosen.retention_days,
            redacted=lambda text: redact(text, cues).text if chosen.redact else text,
            purged=lambda files: self.note(Happened.TRANSCRIPT_PURGED, files=files),
        )

    def _lines(self) -> list[Line]:
        try:
            return self._audit.lines()
        except OutputError:  # whoever writes to it will complain
            return []

    def _tell_network(self, config: Config, cards: Sequence[str]) -> None:
        """Over which `cards` something could leave; a line where that is news. Raises `ConfigError`
        where none was promised."""
        now = {"mode": "open" if cards else "offline", "promised": config.privacy.network}
        told = _last(self._lines(), Happened.NETWORK_MODE)
        if told is None or any(told.details.get(key) != now[key] for key in now):
            self.note(Happened.NETWORK_MODE, **now, cards=" ".join(cards))
        if cards and config.privacy.network == "offline":
            raise ConfigError(
                f"privacy.network promises offline, but there is a way out: {', '.join(cards)}",
                "It will not listen. Run it as the service, which locks itself in, or switch the "
                "network off; or set privacy.network: open.",
            )

    def _is_quiet(self) -> bool:
        """Whether nothing is told of this run yet; see `MUCH_ROUTINE`."""
        if time.monotonic() < self._quiet_until:
            return True
        if not self._told_start:
            self._tell_start()
        return False

    def _tell_start(self) -> None:
        config, before = self._config, self._lines()
        self._told_start = True
        came = _last(before, *COMINGS)
        if came and came.event == Happened.STARTED and self._alive is not None:
            self.note(Happened.BROKE_OFF, started=came.n)
        told = _settings_told(before)
        now = {"config": _digest(config.model_dump_json()), "models": _digest(_models(config))}
        for key, event in (("config", Happened.CONFIG_CHANGED), ("models", Happened.MODEL_CHANGED)):
            if key in told and told[key] != now[key]:
                self.note(event, before=told[key], now=now[key])
        self.note(Happened.STARTED, version=__version__, **now)

    def _only_one(self) -> int | None:
        """Hold a lock as long as we live. None where that cannot be, as while another one runs:
        then a start without an end says nothing."""
        flags = os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = None
        try:
            new_folder(audit_folder(), 0o700)
            handle = os.open(audit_folder() / "running", flags, 0o600)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if handle is not None:
                os.close(handle)
            return None
        return handle

    def _tell_later(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._folding.waits and self._timer is None:
            self._timer = loop.call_at(self._folding.due, self._tell_late, loop)

    def _tell_late(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        self._tell_device(self._folding.look(loop.time()))
        self._tell_later(loop)

    def _tell_device(self, change: Change | None) -> None:
        if change:
            event = Happened.DEVICE_LOST if change.away else Happened.DEVICE_BACK
            folded = {"changes": change.changes} if change.changes > 1 else {}
            self.note(event, **folded)


def _again_and_again(lines: Sequence[Line], now: datetime) -> bool:
    """Whether there was nothing but routine of late, and that not long ago."""
    recent = lines[-MUCH_ROUTINE:]
    if len(recent) < MUCH_ROUTINE or any(line.event not in ROUTINE for line in recent):
        return False
    try:
        return abs(now - datetime.fromisoformat(recent[-1].at)) < HOUR
    except (ValueError, TypeError):
        return False


def _last(lines: Sequence[Line], *events: Happened) -> Line | None:
    return next((line for line in reversed(lines) if line.event in events), None)


def _settings_told(lines: Sequence[Line]) -> dict[str, str]:
    """The digests that were told last."""
    told: dict[str, str] = {}
    for line in lines:
        if line.event == Happened.STARTED:
            told = {key: _told(line, key) for key in ("config", "models")}
        elif line.event == Happened.CONFIG_CHANGED:
            told["config"] = _told(line, "now")
    return told


def _told(line: Line, key: str) -> str:
    return str(line.details.get(key, ""))


def _models(config: Config) -> str:
    """Which models there are; not what is in them."""
    paths = [config.stt.model, *config.llm.files, config.turn.model, config.tts.voice]
    return "\n".join(map(str, paths))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
