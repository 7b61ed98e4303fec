"""The service on the internet: what of it outlives an agent, and what each agent gets."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

from edgevoice.config import Config
from edgevoice.dialog.fallback import Health, When
from edgevoice.privacy.audit import AuditLog, audit_folder, utc_now
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.later import Later
from edgevoice.report import Journal
from edgevoice.responders.base import Responder, Speech
from edgevoice.responders.fallback import (
    FallbackResponder,
    FallbackSettings,
    Keeps,
    PardonResponder,
    Switch,
)
from edgevoice.responders.realtime.building import load_line
from edgevoice.responders.realtime.guard import SpentFile
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.responder import RealtimeResponder
from edgevoice.state_folder import state_folder


@dataclass(frozen=True, slots=True)
class Cloud:
    """The `line` to the service, and the `switch`, which is an observer of the conversation. An
    asynchronous context manager, which hangs up."""

    line: Line
    switch: Switch
    writing: Later

    def beside(
        self,
        local: Responder,
        pardon: Responder,
        rate: int,
        journal: Journal,
        keeps: Keeps = lambda _: False,
    ) -> tuple[Responder, Responder]:
        """Who answers in the place of `local`, and who in that of `pardon`, which asks the person
        to say it again. `rate`: hertz of all that is played. `keeps`: what only we can do."""
        service = RealtimeResponder(self.line, rate, journal)
        return (
            FallbackResponder(local, service, self.switch, keeps),
            PardonResponder(pardon, service, self.switch),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(self.line.close())
        await asyncio.to_thread(self.writing.close)


def load_cloud(
    config: Config, speak: Callable[[str], Speech], broken: Callable[[], bool] = lambda: False
) -> Cloud | None:
    """The service that `config` allows; None where it allows none.

    `speak`: makes a sentence into sound, now. `broken`: whether our own language models have been
    given up for now. Raises `ConfigError`, and `EngineError` where nothing can be spoken.
    """
    writing = Later("cloud sessions")
    audit = AuditLog(audit_folder())

    def record(**details: str | int) -> None:
        writing.put(partial(audit.add, Happened.CLOUD_SESSION, utc_now(), **details))

    try:
        line = load_line(config, SpentFile(state_folder(), writing.put), record)
        if line is None:
            writing.close()
            return None
        cloud, fallback = config.cloud, config.fallback
        settings = FallbackSettings(
            When(cloud.when),
            fallback.phrases,
            cloud.patience_ms / 1000,
            notice=speak(f"{cloud.notice.strip()} "),
            over_budget=speak(f"{cloud.over_budget.strip()} "),
        )
    except BaseException:
        writing.close()
        raise
    health = Health(fallback.latency_ms, fallback.rest_s)
    return Cloud(line, Switch(line, settings, health, broken), writing)
