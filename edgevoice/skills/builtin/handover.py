"""Calls a person, in the way that the operator has set up: a command, a webhook or SIP.

What is spoken tells what is known: that they were called only if the command has succeeded, or a
server has accepted the message. Nobody knows from here whether they come.
"""

import asyncio
import logging
import os
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from edgevoice.config import HandoverConfig, PersonConfig
from edgevoice.discretion import hush
from edgevoice.errors import ConfigError, one_line, printable
from edgevoice.skills.sip import Address, send_message
from edgevoice.skills.tool import Tool, ToolFailedError, tool

log = logging.getLogger(__name__)

LONGEST = 500
"""Letters of a message."""
PLAIN_MESSAGE = "Somebody asks for you."
"""What is sent where no message was given."""
TRY_S = 5.0
"""For one try of a webhook."""
PAUSES_S = (0.5, 1.5)
"""Before the next ones."""
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""HTTP statuses after which that may help."""


class _UnreachedError(Exception):
    """Why nobody could be called; without a word of the message."""


def check_handover(config: HandoverConfig, network: str) -> None:
    """Raises `ConfigError` where a way to somebody cannot be gone.

    `network`: as `privacy.network` has it.
    """
    for name, person in config.people.items():
        key = f"handover.people.{name}"
        if network == "offline" and not person.command:
            raise ConfigError(
                f"{key} needs a network, but privacy.network promises offline",
                "Call them by a command, or set privacy.network: open.",
            )
        if person.command and not shutil.which(person.command[0]):
            raise ConfigError(
                f"{key}.command: there is no program {person.command[0]}",
                "Install it, or write the whole path of a program that may be run.",
            )
        if person.webhook and not _is_web(person.webhook):
            raise ConfigError(f"{key}.webhook is no address", "Write it like https://host/path.")
        if person.sip and not _is_sip(person.sip):
            raise ConfigError(f"{key}.sip is no address", "Write it like sip:nurse@10.0.0.5.")


def _is_web(url: str) -> bool:
    import httpx2  # which takes its time, and few have a webhook

    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.host) and (parsed.port or 80) < 65_536


def _is_sip(uri: str) -> bool:
    try:
        Address.parse(uri)
    except ValueError:
        return False
    return True


def handover_tools(config: HandoverConfig, pauses_s: Sequence[float] = PAUSES_S) -> list[Tool]:
    """The tool that calls a person; it says so where there is nobody whom it could call."""

    @tool(timeout_s=config.timeout_s + 5, lasts=True)
    async def call_person(idempotency_key: str, name: str = "", message: str = "") -> str:
        """Call a person to help, such as a nurse.

        name: Whom to call; empty for whoever is responsible.
        message: What to tell them.
        """
        known = _known(config, name)
        who, person = called(known), config.people[known]
        words = printable(one_line(message)).strip()[:LONGEST] or PLAIN_MESSAGE
        try:
            async with asyncio.timeout(config.timeout_s):
                await _call(person, known, words, idempotency_key, pauses_s)
        except (_UnreachedError, OSError, TimeoutError) as error:
            log.warning("%s could not be called: %s", known, _reason(error))
            raise ToolFailedError(config.failed.replace("{name}", who)) from None
        return config.called.replace("{name}", who)

    return [call_person]


def called(name: str) -> str:
    """Somebody as they are spoken of: "the nurse", but "Anna"."""
    return name if name[:1].isupper() else f"the {name}"


def _known(config: HandoverConfig, name: str) -> str:
    """Who is meant by `name`, by the name in the settings. Raises `ToolFailedError`."""
    people = list(config.people)
    if not people:
        raise ToolFailedError(config.nobody)
    words = [word for word in name.casefold().split() if word not in ("the", "my", "a", "our")]
    wanted = " ".join(words).strip(".,!?")
    if not wanted:
        return config.default or people[0]
    for known in people:
        if known.casefold() == wanted:
            return known
    raise ToolFailedError(
        f"I do not know how to call {name.strip()[:40]}. "
        f"I can call {' or '.join(called(known) for known in people)}."
    )


async def _call(
    person: PersonConfig, name: str, message: str, key: str, pauses_s: Sequence[float]
) -> None:
    """Raises `_UnreachedError` or `OSError`."""
    if person.command:
        await _run(person.command, message)
    elif person.webhook:
        await _post(person.webhook, name, message, key, pauses_s)
    elif person.sip:
        status = await send_message(Address.parse(person.sip), message, key)
        if status is None or not 200 <= status < 300:
            raise _UnreachedError(f"SIP status {status}" if status else "no answer by SIP")


async def _run(command: Sequence[str], message: str) -> None:
    """The message is told only where the operator has written {message}, and never as an option."""
    words = message.lstrip("-")
    program, *arguments = command
    process = await asyncio.create_subprocess_exec(
        program,
        *(argument.replace("{message}", words) for argument in arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = await process.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if status:
        raise _UnreachedError(f"the command has ended with status {status}")


async def _post(url: str, name: str, message: str, key: str, pauses_s: Sequence[float]) -> None:
    """Tries again where that may help; whoever is called twice with one key is called once."""
    import httpx2

    hush()
    async with httpx2.AsyncClient(trust_env=False, timeout=TRY_S) as client:
        post = partial(
            client.post,
            url,
            json={"person": name, "message": message},
            headers={"Idempotency-Key": key},
        )
        for pause in (*pauses_s, None):
            try:
                status = (await post()).status_code
                if 200 <= status < 300:
                    return
                failure, again = f"HTTP status {status}", status in AGAIN
            except httpx2.HTTPError as error:
                failure, again = type(error).__name__, True
            if pause is None or not again:
                raise _UnreachedError(failure)
            await asyncio.sleep(pause)


def _reason(error: Exception) -> str:
    match error:
        case _UnreachedError():
            return str(error)
        case TimeoutError():
            return "it took too long"
    return getattr(error, "strerror", None) or type(error).__name__
