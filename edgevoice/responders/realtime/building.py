"""Puts a line to a service together, as the settings say; nothing of it is imported before that."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec

from edgevoice.config import CloudConfig, Config
from edgevoice.errors import ConfigError
from edgevoice.privacy.cues import cues_of
from edgevoice.privacy.redaction import redact
from edgevoice.responders.realtime.guard import (
    Guard,
    Ledger,
    Record,
    check_allowed,
    prices_of,
    read_key,
)
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.meter import Budget
from edgevoice.responders.realtime.session import RealtimeSession

Make = Callable[[], RealtimeSession]

OPENAI_VOICE = "marin"


@dataclass(frozen=True, slots=True)
class Flavour:
    """A service: how its sessions are made, by settings and key; the packages, as imported, that
    this needs, and the extra of ours that brings them; how an address may begin."""

    load: Callable[[CloudConfig, str], Make]
    packages: tuple[str, ...]
    extra: str
    schemes: tuple[str, ...] = ("https://", "http://")


def load_line(config: Config, ledger: Ledger, record: Record) -> Line | None:
    """The line to the service that `config` allows; None where it allows none. Raises
    `ConfigError`, as `sessions` does."""
    load = sessions(config)
    if load is None:
        return None
    cloud = config.cloud
    cues = cues_of(config.stt.language) if cloud.redact else None
    guard = Guard(
        prices_of(cloud),
        Budget(cloud.money_per_day, 60 * cloud.minutes_per_day),
        ledger,
        record,
        redacted=lambda text: redact(text, cues).text if cues else text,
        prompt=f"{config.llm.system_prompt}\n\n{cloud.instructions}".strip(),
    )
    return Line(load(), guard, idle_s=60 * cloud.idle_minutes)


def sessions(config: Config) -> Callable[[], Make] | None:
    """What loads how sessions are made, by `config`; None where it allows none. Nothing is imported
    yet, which takes a second.

    Raises `ConfigError`: no consent, `privacy.network: offline`, no key, a package is missing.
    """
    if not check_allowed(config):
        return None
    cloud = config.cloud
    flavour = FLAVOURS.get(cloud.engine)
    if flavour is None:
        raise ConfigError(
            f"cloud.engine is {cloud.engine}, which is not known", f"Known: {', '.join(FLAVOURS)}."
        )
    for package in flavour.packages:
        if not _there(package):
            raise ConfigError(
                f"cloud.engine is {cloud.engine}, but the package {package} is not installed",
                f"Run `pip install 'edgevoice[{flavour.extra}]'`.",
            )
    if cloud.base_url and not cloud.base_url.startswith(flavour.schemes):
        raise ConfigError(
            f"cloud.base_url is {cloud.base_url}, which cloud.engine {cloud.engine} cannot use",
            f"Begin it with {' or '.join(flavour.schemes)}.",
        )
    # Somebody's own service may want no key.
    key = "none" if cloud.base_url and not cloud.api_key_file else read_key(cloud.api_key_file)
    return partial(_load, flavour, cloud, key)


def _load(flavour: Flavour, cloud: CloudConfig, key: str) -> Make:
    make = flavour.load(cloud, key)
    for package in flavour.packages:
        # At log.level debug they would write down what is said, and the key.
        logging.getLogger(package.replace(".", "_")).setLevel(logging.WARNING)
    return make


def _there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even what it lies in
        return False


def _openai(cloud: CloudConfig, key: str) -> Make:
    from edgevoice.responders.realtime.openai_session import OpenAISession, OpenAISettings

    voice = cloud.voice or OPENAI_VOICE
    return partial(OpenAISession, OpenAISettings(key, cloud.model, voice, cloud.base_url))


def _gemini(cloud: CloudConfig, key: str) -> Make:
    from edgevoice.responders.realtime.gemini_session import (
        GeminiSession,
        GeminiSettings,
        client_of,
    )

    settings = GeminiSettings(key, cloud.model, cloud.voice, cloud.base_url)
    return partial(GeminiSession, settings, client_of(settings))


FLAVOURS: Mapping[str, Flavour] = {
    "openai": Flavour(_openai, ("openai", "websockets"), "openai"),
    "gemini": Flavour(_gemini, ("google.genai", "websockets"), "gemini", ("https://",)),
}
