"""A person is called as the operator wants it, and we say that they were only if it worked."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edgevoice.config import HandoverConfig, load_config
from edgevoice.errors import ConfigError
from edgevoice.skills.builtin.handover import (
    LONGEST,
    PLAIN_MESSAGE,
    check_handover,
    handover_tools,
)
from edgevoice.skills.sip import PATIENCE_S
from edgevoice.skills.tool import Effect, ToolFailedError
from edgevoice.testing import run_virtual
from tests.skills.builtin.using import Bench
from tests.skills.test_sip import Server, response

SECRET = "the patient Anna has fallen"


def config(**people: dict[str, Any]) -> HandoverConfig:
    return HandoverConfig.model_validate({"people": people})


def script(file: Path, text: str) -> list[str]:
    """A command that runs this Python."""
    file.write_text(text)
    return [sys.executable, str(file)]


# --- a command


def test_a_command_calls(tmp_path: Path) -> None:
    got = tmp_path / "got.json"
    write = script(
        tmp_path / "page.py",
        "import json, sys; json.dump([sys.argv[1:], sys.stdin.read()], open(sys.argv[1], 'w'))",
    )
    use = Bench(
        handover_tools(
            config(nurse={"command": [*write, str(got), "say: {message}; $(id) {message}"]})
        )
    )
    assert use.say("call_person", message="Help; rm -rf /\n`id`") == "I have called the nurse."
    words = "Help; rm -rf / `id`"
    assert json.loads(got.read_text()) == [[str(got), f"say: {words}; $(id) {words}"], ""]


def test_a_command_is_told_nothing_that_it_does_not_ask_for(tmp_path: Path) -> None:
    got = tmp_path / "got.json"
    write = script(
        tmp_path / "page.py",
        "import json, os, sys\n"
        "json.dump([sys.argv[1:], dict(os.environ), sys.stdin.read()], open(sys.argv[1], 'w'))",
    )
    use = Bench(handover_tools(config(nurse={"command": [*write, str(got)]})))
    assert use.say("call_person", message=SECRET)
    assert SECRET not in got.read_text()


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("", PLAIN_MESSAGE),
        ("--delete all", "delete all"),
        ("x" * 2_000, "x" * LONGEST),
        ("a\0b\x1b[2J", "a\ufffdb\ufffd[2J"),
    ],
)
def test_a_command_is_told_plain_words(tmp_path: Path, message: str, told: str) -> None:
    got = tmp_path / "got"
    write = script(tmp_path / "page.py", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])")
    use = Bench(handover_tools(config(nurse={"command": [*write, str(got), "{message}"]})))
    assert use.say("call_person", message=message) == "I have called the nurse."
    assert got.read_text() == told


def test_a_command_that_fails_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fail = script(tmp_path / "page.py", "import sys; print(sys.argv[1]); sys.exit(3)")
    use = Bench(handover_tools(config(nurse={"command": [*fail, "{message}"]})))
    with pytest.raises(ToolFailedError, match=r"could not reach the nurse\. Please use the phone"):
        use("call_person", message=SECRET)
    assert "nurse could not be called: the command has ended with status 3" in caplog.text
    assert SECRET not in caplog.text


def test_a_command_that_is_gone_is_told(tmp_path: Path) -> None:
    use = Bench(handover_tools(config(nurse={"command": [str(tmp_path / "gone")]})))
    with pytest.raises(ToolFailedError, match="could not reach"):
        use("call_person")


def test_a_command_that_takes_too_long_is_told() -> None:
    settings = HandoverConfig.model_validate(
        {"people": {"nurse": {"command": ["sleep", "600"]}}, "timeout_s": 0.01}
    )
    with pytest.raises(ToolFailedError, match="could not reach"):
        Bench(handover_tools(settings))("call_person")


def test_a_command_that_is_given_up_ends_with_its_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    hang = script(
        tmp_path / "page.py",
        "import pathlib, subprocess, sys\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "file.with_suffix('.new').write_text(str(child.pid))\n"
        "file.with_suffix('.new').rename(file)\n"
        "child.wait()",
    )

    async def scene() -> None:
        (tool,) = handover_tools(config(nurse={"command": [*hang, str(child)]}))
        calling = asyncio.ensure_future(tool.run({"name": "", "message": ""}, "key"))
        while not child.exists():
            assert not calling.done()
            await asyncio.sleep(0.01)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling

    asyncio.run(scene())
    about = Path("/proc") / child.read_text() / "status"
    until = time.monotonic() + 10
    while about.exists() and "\nState:\tZ" not in about.read_text():
        assert time.monotonic() < until
        time.sleep(0.01)


# --- a webhook


class Web:
    """An HTTP server that answers one request after the other with these statuses; None: it hangs
    up."""

    def __init__(self, statuses: Sequence[int | None]) -> None:
        self.statuses = [*statuses]
        self.requests: list[tuple[str, dict[str, str], Any]] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/page?ward=3"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.requests.append((first, headers, body))
        if status := self.statuses.pop(0):
            answer = [f"HTTP/1.1 {status} X", "Content-Length: 0", "Connection: close"]
            if status == 302:
                answer.append("Location: http://127.0.0.1:9/")
            writer.write("\r\n".join([*answer, "", ""]).encode())
            await writer.drain()
        writer.close()


def post(statuses: Sequence[int | None], message: str = SECRET) -> tuple[Web, str]:
    """The server that was asked, and what is said to the person."""
    web = Web(statuses)

    async def scene() -> str:
        async with web.open() as url:
            (tool,) = handover_tools(config(nurse={"webhook": url}), pauses_s=(0, 0))
            try:
                outcome = await tool.run({"name": "", "message": message}, "the-key")
            except ToolFailedError as error:
                return str(error)
            return outcome.say

    return web, asyncio.run(scene())


def test_a_webhook_calls() -> None:
    web, said = post([204])
    assert said == "I have called the nurse."
    ((first, headers, body),) = web.requests
    assert first == "POST /page?ward=3 HTTP/1.1"
    assert body == {"person": "nurse", "message": SECRET}
    assert headers["idempotency-key"] == "the-key"
    assert headers["content-type"] == "application/json"


def test_a_webhook_is_tried_again_with_the_same_key() -> None:
    web, said = post([503, None, 200])
    assert said == "I have called the nurse."
    assert len(web.requests) == 3
    assert {headers["idempotency-key"] for _, headers, _ in web.requests} == {"the-key"}


@pytest.mark.parametrize(
    ("statuses", "tries"),
    [([404, 200], 1), ([302, 200], 1), ([401, 200], 1), ([500, 502, 429, 200], 3),
     ([None, None, None], 3)],
)  # fmt: skip
def test_a_webhook_that_fails_is_told(
    statuses: list[int | None], tries: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    web, said = post(statuses)
    assert said == "I could not reach the nurse. Please use the phone."
    assert len(web.requests) == tries
    assert "nurse could not be called" in caplog.text
    assert SECRET not in caplog.text
    assert "ward=3" not in caplog.text, "an address may be as good as a key"


def test_a_webhook_where_nobody_is() -> None:
    async def scene() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        people = config(nurse={"webhook": f"http://127.0.0.1:{port}/"})
        (tool,) = handover_tools(people, pauses_s=(0,))
        with pytest.raises(ToolFailedError, match="could not reach the nurse"):
            await tool.run({"name": "", "message": ""}, "key")

    asyncio.run(scene())


# --- SIP


def sip(status: str) -> tuple[Server, str, float]:
    """The server that got the message, what is said to the person, and seconds until then."""

    async def scene() -> tuple[Server, str, float]:
        loop = asyncio.get_running_loop()
        transport, server = await loop.create_datagram_endpoint(
            lambda: Server(lambda request, n: [response(request, status)] if status else []),
            local_addr=("127.0.0.1", 0),
        )
        port = transport.get_extra_info("sockname")[1]
        (tool,) = handover_tools(config(Anna={"sip": f"sip:anna@127.0.0.1:{port}"}))
        try:
            said = (await tool.run({"name": "anna", "message": SECRET}, "key")).say
        except ToolFailedError as error:
            said = str(error)
        finally:
            transport.close()
        return server, said, loop.time()

    return run_virtual(scene())


def test_sip_calls() -> None:
    server, said, _ = sip("202 Accepted")
    assert said == "I have called Anna."
    assert server.requests[0][1].endswith(SECRET.encode())


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved", ""])
def test_sip_that_fails_is_told(status: str, caplog: pytest.LogCaptureFixture) -> None:
    _, said, took = sip(status)
    assert said == "I could not reach Anna. Please use the phone."
    assert took <= PATIENCE_S + 0.1
    assert (f"SIP status {status[:3]}" if status else "no answer by SIP") in caplog.text
    assert SECRET not in caplog.text


# --- who


@pytest.mark.parametrize(
    ("name", "who"),
    [("", "the nurse"), ("nurse", "the nurse"), ("the Nurse.", "the nurse"), ("anna", "Anna"),
     ("my doctor", "the doctor")],
)  # fmt: skip
def test_whoever_is_meant(name: str, who: str) -> None:
    yes = {"command": ["true"]}
    use = Bench(handover_tools(config(nurse=yes, Anna=yes, doctor=yes)))
    assert use.say("call_person", name=name) == f"I have called {who}."


def test_a_default() -> None:
    yes = {"command": ["true"]}
    settings = HandoverConfig.model_validate(
        {
            "people": {"nurse": yes, "doctor": yes},
            "default": "doctor",
            "called": "{name} knows {now}.",
        }
    )
    assert Bench(handover_tools(settings)).say("call_person") == "the doctor knows {now}."


def test_nobody_is_called_whom_nobody_knows() -> None:
    yes = {"command": ["true"]}
    use = Bench(handover_tools(config(nurse=yes, Anna=yes)))
    with pytest.raises(ToolFailedError, match=r"how to call Ben\. I can call the nurse or Anna\."):
        use("call_person", name="Ben")
    with pytest.raises(ToolFailedError, match="There is nobody whom I could call"):
        Bench(handover_tools(HandoverConfig()))("call_person", name="nurse")


def test_a_call_goes_on_when_the_person_interrupts() -> None:
    (tool,) = handover_tools(HandoverConfig())
    assert tool.lasts
    assert tool.effect is Effect.ACTS
    assert tool.tries == 1
    assert tool.timeout_s > HandoverConfig().timeout_s
    assert set(tool.spec.parameters["properties"]) == {"name", "message"}


# --- settings


@pytest.mark.parametrize("way", [{"webhook": "https://example.org/"}, {"sip": "sip:a@10.0.0.5"}])
def test_offline_means_that_nothing_leaves(way: dict[str, str]) -> None:
    check_handover(config(nurse=way), "open")
    with pytest.raises(ConfigError, match=r"handover\.people\.nurse needs a network"):
        check_handover(config(nurse=way), "offline")


def test_a_command_must_be_there(tmp_path: Path) -> None:
    check_handover(config(nurse={"command": ["true"]}), "offline")
    with pytest.raises(ConfigError, match="there is no program"):
        check_handover(config(nurse={"command": [str(tmp_path / "gone")]}), "offline")


def test_a_sip_address_must_be_one() -> None:
    with pytest.raises(ConfigError, match=r"handover\.people\.nurse\.sip is no address"):
        check_handover(config(nurse={"sip": "tel:112"}), "open")


@pytest.mark.parametrize(
    "url",
    ["http://host:99999999/", "https://host:port/", "http://a\x7f/", "ftp://a/", "https:///a", "a"],
)
def test_a_webhook_must_be_an_address(url: str) -> None:
    with pytest.raises(ConfigError, match=r"handover\.people\.nurse\.webhook is no address"):
        check_handover(config(nurse={"webhook": url}), "open")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("people: {nurse: {}}", "people.nurse is {}, which cannot be: it should have one of"),
        ("people: {nurse: {command: [a], sip: 'sip:a@b'}}", "it should have one of command"),
        ("people: {nurse: {comand: [a]}}", "nurse.comand is not a setting. Known here: command"),
        ("people: {nurse: 5}", "nurse is 5, but it is a section. Write its settings under it: com"),
        ("default: nurse", "handover.default is not one of handover.people"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "my.yaml"
    file.write_text(f"handover: {{{text}}}")
    with pytest.raises(ConfigError) as error:
        load_config(file, {})
    assert why in str(error.value)
