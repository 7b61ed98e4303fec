"""The service on the internet, put together from settings."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk
from edgevoice.config import Config
from edgevoice.dialog.history import Message
from edgevoice.errors import ConfigError
from edgevoice.privacy.audit import AuditLog, audit_folder
from edgevoice.privacy.chain import Happened
from edgevoice.report import Journal
from edgevoice.responders.base import Request, Speech
from edgevoice.responders.cloud import Cloud, load_cloud
from edgevoice.responders.realtime.guard import CONSENT
from edgevoice.responders.scripted import ScriptedResponder
from tests.responders.realtime.openai_server import Answer, OpenAIServer
from tests.responders.realtime.test_session_contract import real_time

SYSTEM = Message("system", "Be kind.")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    return tmp_path / "state"


def speak(sentence: str) -> Speech:
    return Speech(AudioChunk(np.ones(2_205, np.int16), 22_050), sentence)


def config(**cloud: Any) -> Config:
    allowed = {"enabled": True, "consent": CONSENT, "model": "a-model", "when": "always", **cloud}
    return Config.model_validate({"cloud": allowed})


async def answered(cloud: Cloud, words: str) -> str:
    local, pardon = ScriptedResponder([]), ScriptedResponder([])
    responder, _ = cloud.beside(local, pardon, 22_050, Journal())
    request = Request([SYSTEM, Message("user", words)])
    request.certain.set()
    return "".join([piece.text async for piece in responder.reply(request)])


def test_nothing_is_there_unless_it_is_allowed(state: Path) -> None:
    assert load_cloud(Config(), lambda _: pytest.fail("spoken")) is None
    with pytest.raises(ConfigError, match="nobody has consented"):
        load_cloud(config(consent=""), speak)
    assert not state.exists()


def test_a_session_leaves_a_line_and_its_cost_and_no_word(state: Path) -> None:
    async def main() -> None:
        async with OpenAIServer([Answer("Hello Anna.", 1_000)]).running() as server:
            cloud = load_cloud(config(base_url=server.url, prices={"audio_out": 100}), speak)
            assert cloud
            async with cloud:
                said = await answered(cloud, "I am Anna.")
            assert said == "For this I ask a service on the internet. Hello Anna."

    real_time(main())
    opened, closed = AuditLog(audit_folder()).lines()
    assert opened.event == closed.event == Happened.CLOUD_SESSION
    assert opened.details == {"what": "opened", "reason": "asked"}
    assert closed.details == {"what": "closed", "reason": "stopped", "seconds": 0, "cost": "0.0020"}
    spent = json.loads((state / "cloud-spent.json").read_text())
    assert spent["money"] == 20 * 100 * 1_000
    kept = "".join(file.read_text() for file in state.rglob("*") if file.is_file())
    assert "Anna" not in kept


def test_what_was_spent_before_a_restart_counts() -> None:
    async def main() -> None:
        async with OpenAIServer([Answer("Hello.", 1_000)]).running() as server:
            settings = config(base_url=server.url, prices={"audio_out": 100}, money_per_day=0.001)
            for expected in ("For this I ask a service on the internet. Hello.", None):
                cloud = load_cloud(settings, speak)
                assert cloud
                async with cloud:
                    if expected:
                        assert await answered(cloud, "Hello?") == expected
                    else:
                        assert cloud.switch.spent
        assert server.connections == 1

    real_time(main())


def test_nobody_waits_for_a_service_when_it_is_over() -> None:
    async def main() -> None:
        async with OpenAIServer(greets=False).running() as server:
            cloud = load_cloud(config(base_url=server.url), speak)
            assert cloud
            async with cloud:
                asking = asyncio.create_task(answered(cloud, "Hello?"))
                await asyncio.sleep(0.2)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
                begun = asyncio.get_running_loop().time()
            assert asyncio.get_running_loop().time() - begun < 1

    real_time(main())
