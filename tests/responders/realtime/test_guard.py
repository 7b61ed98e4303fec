"""Nothing leaves without consent, and nothing costs more than it may."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edgevoice.config import Config
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.history import SUMMARY_HEAD, History, Message
from edgevoice.errors import ConfigError, OutputError
from edgevoice.responders.realtime import building
from edgevoice.responders.realtime.building import Flavour, load_line
from edgevoice.responders.realtime.guard import CONSENT, SpentFile, check_allowed, read_key
from edgevoice.responders.realtime.meter import BILLION, Budget, Prices, Spent
from edgevoice.responders.realtime.scripted import Memory
from edgevoice.responders.realtime.session import Usage
from tests.responders.realtime.scripted import TODAY, Service

ALLOWED: dict[str, Any] = {
    "enabled": True,
    "consent": CONSENT,
    "model": "a-model",
    "prices": {"audio_out": 64},
}


def config(privacy: str = "open", **cloud: Any) -> Config:
    tree = {"cloud": {**ALLOWED, **cloud}, "privacy": {"network": privacy}}
    return Config.model_validate(tree)


def nothing(**details: str | int) -> None:
    raise AssertionError("nothing has happened yet")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("sk-secret\n")
    file.chmod(0o600)
    return file


# --- consent


def test_it_is_off_unless_it_is_switched_on() -> None:
    assert not check_allowed(Config())
    assert load_line(Config(), Memory(), nothing) is None


def test_who_consents_is_heard(key: Path) -> None:
    assert check_allowed(config())
    assert load_line(config(api_key_file=key), Memory(), nothing) is not None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"consent": ""}, "nobody has consented"),
        ({"consent": "yes"}, "nobody has consented"),
        ({"privacy": "offline"}, "promises offline"),
        ({"model": ""}, "cloud.model is empty"),
        ({"prices": {}}, "cloud.money_per_day would limit nothing"),
        ({"api_key_file": None}, "cloud.api_key_file is empty"),
    ],
)
def test_what_is_missing_is_told(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load_line(config(**change), Memory(), nothing)


def test_offline_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "FLAVOURS", {})
    with pytest.raises(ConfigError, match="promises offline"):
        load_line(config(privacy="offline"), Memory(), nothing)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, key: Path) -> None:
    flavour = Flavour(lambda *_: pytest.fail("made"), ("no_such_package.realtime",), "openai")
    monkeypatch.setattr(building, "FLAVOURS", {"openai": flavour})
    with pytest.raises(ConfigError, match=r"no_such_package.*edgevoice\[openai\]"):
        load_line(config(api_key_file=key), Memory(), nothing)


def test_a_service_of_ones_own_needs_neither_key_nor_prices() -> None:
    assert load_line(config(base_url="http://[::1]:9/v1", prices={}), Memory(), nothing)


# --- the key


def test_a_key_is_read(key: Path) -> None:
    assert read_key(key) == "sk-secret"


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff\xfe", b"a\nb"])
def test_what_is_no_key_is_not_told(key: Path, content: bytes) -> None:
    key.write_bytes(content)
    with pytest.raises(ConfigError, match="holds no key") as error:
        read_key(key)
    assert "two" not in str(error.value)


def test_a_key_is_for_nobody_else(key: Path) -> None:
    key.chmod(0o640)
    with pytest.raises(ConfigError, match="others may open"):
        read_key(key)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key(key.with_name("none"))


# --- what may leave


def test_what_lies_behind_leaves_without_names_and_without_tools() -> None:
    service = Service()
    call = ToolCall("call_person", {"name": "Anna"})
    messages = [
        Message("user", "Call Anna."),
        Message("assistant", "", (call,)),
        Message("tool", '{"result": "Anna"}'),
        Message("assistant", "I have called Anna."),
    ]
    assert service.guard.leaving(messages) == [
        Message("user", "Call [name]."),
        Message("assistant", "I have called [name]."),
    ]


def test_what_we_were_asked_to_remember_about_people_stays_here() -> None:
    service = Service()
    history = History("Be kind.", 160, lambda: "You know: Anna takes aspirin.")
    for words in ("Hello.", "I am Anna.", "Good."):
        history.add_user(words)
        history.add_assistant("Nice.")
    history.fold()
    assert "aspirin" in history.messages()[0].content
    left = service.guard.leaving(history.messages())
    assert left[0] == Message(
        "system",
        f"You only talk.\n\n{SUMMARY_HEAD}\n- They: I am [name]. You: Nice.",
    )
    assert service.guard.leaving([Message("system", "Be kind.")]) == [
        Message("system", "You only talk.")
    ]


# --- the budget


def test_the_meter_runs_while_a_session_is_open() -> None:
    service = Service(prices=Prices(audio_out=64, minute=0.6), budget=Budget(1.0, 600))
    guard = service.guard
    guard.opened(100.0, "asked")
    assert guard.spent(160.0) == Spent(TODAY, 6 * BILLION // 10, 60.0)
    assert guard.left_s(160.0) == 540
    guard.used(Usage(audio_out=1_000))
    guard.closed(190.0, "idle")
    assert guard.spent(10_000.0) == Spent(TODAY, 964_000_000, 90.0) == service.ledger.spent
    assert service.record == [
        {"what": "opened", "reason": "asked"},
        {"what": "closed", "reason": "idle", "seconds": 90, "cost": "0.9640"},
    ]
    guard.used(Usage(audio_out=1_000))
    assert guard.left_s(10_000.0) == 0
    service.today = date(2026, 3, 2)
    assert guard.left_s(10_000.0) == 600


def test_the_end_of_a_budget_is_told_once_a_day() -> None:
    service = Service()
    assert [service.guard.tell_spent() for _ in range(3)] == [True, False, False]
    service.today = date(2026, 3, 2)
    assert [service.guard.tell_spent() for _ in range(2)] == [True, False]


def test_what_was_spent_outlives_us(tmp_path: Path) -> None:
    file = SpentFile(tmp_path / "state", lambda job: job())
    assert file.read() is None
    file.write(Spent(TODAY, 123, 4.5))
    assert file.read() == Spent(TODAY, 123, 4.5)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "content", ["", "[]", '{"day": "never", "money": 1, "seconds": 1}', '{"day": "2026-03-01"}']
)
def test_what_cannot_be_understood_is_told(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cloud-spent.json").write_text(content)
    assert SpentFile(tmp_path, lambda job: job()).read() is None
    assert "counted anew" in caplog.text


def test_a_disk_that_refuses_is_told_to_whoever_writes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        SpentFile(tmp_path / "file", lambda job: job()).write(Spent(TODAY))


def test_nothing_of_a_conversation_is_kept(tmp_path: Path) -> None:
    SpentFile(tmp_path, lambda job: job()).write(Spent(TODAY, 1, 2.0))
    tree = json.loads((tmp_path / "cloud-spent.json").read_text())
    assert tree == {"day": "2026-03-01", "money": 1, "seconds": 2.0}
