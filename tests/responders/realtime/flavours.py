"""The services that we can talk to: a server of each on this machine, and the real package."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from edgevoice.config import Config
from edgevoice.responders.realtime.building import Make, sessions
from edgevoice.responders.realtime.gemini_session import GeminiSession, GeminiSettings, client_of
from edgevoice.responders.realtime.guard import CONSENT
from edgevoice.responders.realtime.openai_session import OpenAISession, OpenAISettings
from edgevoice.responders.realtime.session import Fault
from tests.responders.realtime.gemini_server import GeminiServer
from tests.responders.realtime.openai_server import Answer, OpenAIServer, Trouble

Server = OpenAIServer | GeminiServer

OPENAI_FAULTS = {
    Trouble.RATE_LIMITED: Fault.RATE_LIMITED,
    Trouble.FAILED: Fault.RATE_LIMITED,
    Trouble.ERROR: Fault.BUSY,
    Trouble.GARBAGE: Fault.GARBLED,
    Trouble.HALF_JSON: Fault.GARBLED,
    Trouble.LIST: Fault.GARBLED,
    Trouble.NO_SOUND: Fault.GARBLED,
    Trouble.MISSING: Fault.GARBLED,
    Trouble.DROP: Fault.LOST,
    Trouble.DROP_MIDWAY: Fault.LOST,
}
"""What each trouble is to us; all but those in which nothing is said to be wrong."""

GEMINI_FAULTS = {**OPENAI_FAULTS, Trouble.FAILED: Fault.REJECTED}


class Flavour(Protocol):
    """A service, and how it is talked to."""

    faults: dict[Trouble, Fault]

    def server(
        self,
        answers: Sequence[Answer] = (Answer(),),
        *,
        status: HTTPStatus = HTTPStatus.OK,
        greets: bool = True,
    ) -> Server:
        """One, not yet running."""
        ...

    def sessions(self, port: int, connect_s: float = 2.0) -> Make:
        """Makes sessions with whoever listens on `port`."""
        ...

    def built(self, port: int) -> Make:
        """The same, as the settings would have it."""
        ...


def built(engine: str, url: str) -> Make:
    """What makes sessions, by the settings."""
    allowed = {"enabled": True, "consent": CONSENT, "model": "a-model"}
    load = sessions(
        Config.model_validate({"cloud": {**allowed, "engine": engine, "base_url": url}})
    )
    assert load
    return load()


@dataclass
class OpenAIFlavour:
    faults = OPENAI_FAULTS

    def server(
        self,
        answers: Sequence[Answer] = (Answer(),),
        *,
        status: HTTPStatus = HTTPStatus.OK,
        greets: bool = True,
    ) -> Server:
        return OpenAIServer(answers, status, greets)

    def sessions(self, port: int, connect_s: float = 2.0) -> Make:
        url = f"http://127.0.0.1:{port}/v1"
        settings = OpenAISettings("key", "a-model", "marin", url, connect_s=connect_s)
        return lambda: OpenAISession(settings)

    def built(self, port: int) -> Make:
        url = f"http://127.0.0.1:{port}/v1"
        return built("openai", url)


@dataclass
class GeminiFlavour:
    """`context`: what its server shows; its certificate must be trusted already."""

    context: ssl.SSLContext
    faults = GEMINI_FAULTS

    def server(
        self,
        answers: Sequence[Answer] = (Answer(),),
        *,
        status: HTTPStatus = HTTPStatus.OK,
        greets: bool = True,
    ) -> GeminiServer:
        return GeminiServer(self.context, answers, status, greets)

    def sessions(self, port: int, connect_s: float = 2.0) -> Make:
        url = f"https://127.0.0.1:{port}"
        settings = GeminiSettings("key", "a-model", "Puck", url, connect_s=connect_s)
        client = client_of(settings)
        return lambda: GeminiSession(settings, client)

    def built(self, port: int) -> Make:
        url = f"https://127.0.0.1:{port}"
        return built("gemini", url)
