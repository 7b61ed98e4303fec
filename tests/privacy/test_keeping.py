"""What `run` leaves behind, and the commands that look at it."""

import asyncio
import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edgevoice.cli.app import app
from edgevoice.config import Config, LlmConfig, PrivacyConfig, SttConfig, TranscriptsConfig
from edgevoice.dialog.events import TurnDone, TurnStarted, Understood
from edgevoice.errors import BadInputError, ConfigError
from edgevoice.privacy import keeping
from edgevoice.privacy.audit import AuditLog, audit_folder
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.keeping import Keeping
from edgevoice.privacy.keys import make_key
from edgevoice.testing import run_virtual

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(keeping, "ways_out", list)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def events() -> list[str]:
    return [line.event for line in AuditLog(audit_folder()).lines()]


def edgevoice(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, BadInputError):
        raise result.exception
    return result.exit_code, result.stdout


def talk(kept: Keeping) -> None:
    for observer in kept.observers:
        observer(Understood(1, 0, "the code is tulip", -0.1))
        observer(TurnStarted(2, 1))
        observer(TurnDone(3, 1, "I see.", "I see.", interrupted=False))


@pytest.fixture
def sealed(state: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Settings that keep transcripts, in the environment too."""
    make_key(state / "key")
    monkeypatch.setenv("EDGEVOICE_TRANSCRIPTS__ENABLED", "true")
    monkeypatch.setenv("EDGEVOICE_TRANSCRIPTS__KEY_FILE", str(state / "key"))
    return Config(transcripts=TranscriptsConfig(enabled=True, key_file=state / "key"))


def test_by_default_not_a_word_is_kept(state: Path) -> None:
    with Keeping(Config()) as kept:
        assert not kept.observers
        talk(kept)
    assert events() == ["network mode", "started", "stopped"]
    assert {path.name for path in state.iterdir()} == {"audit"}
    assert not any(b"tulip" in path.read_bytes() for path in state.glob("audit/*"))


def test_other_settings_and_other_models_are_told() -> None:
    with Keeping(Config()):
        pass
    with Keeping(Config(stt=SttConfig(model=Path("/elsewhere")))) as kept:
        kept.note(Happened.DEVICE_LOST)
    assert events()[3:] == ["config changed", "model changed", "started", "device lost", "stopped"]
    assert not AuditLog(audit_folder()).verify().problems


def test_settings_that_change_while_it_runs_are_told_once_and_as_digests() -> None:
    secret = Config(llm=LlmConfig(system_prompt="the code is tulip"))
    with Keeping(Config()) as keeping:
        keeping.config_changed(Config(), secret)
    with Keeping(secret):
        pass
    told = [event for event in events() if event != "network mode"]
    assert told == ["started", "config changed", "stopped", "started", "stopped"]
    _, first, changed, _, second, _ = AuditLog(audit_folder()).lines()
    assert changed.details == {"before": first.details["config"], "now": second.details["config"]}
    assert not any(b"tulip" in path.read_bytes() for path in audit_folder().iterdir())


def test_a_log_that_cannot_be_written_stops_nothing(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (state / "audit").write_text("in the way")
    with Keeping(Config()):
        pass
    told, lost = caplog.messages
    assert "audit log" in told and "goes on" in told
    assert "3 could not be written" in lost


def test_transcripts_without_a_key_are_refused() -> None:
    with pytest.raises(ConfigError, match="keygen"):
        Keeping(Config(transcripts=TranscriptsConfig(enabled=True)))


def test_reading_handing_out_and_removing_are_audited(sealed: Config, state: Path) -> None:
    with Keeping(sealed) as kept:
        talk(kept)
    assert not any(b"tulip" in path.read_bytes() for path in state.rglob("*") if path.is_file())
    assert "the code is tulip" in edgevoice("transcripts", "show")[1]
    edgevoice("transcripts", "export", str(state / "out.jsonl"))
    assert json.loads((state / "out.jsonl").read_text())["user"] == "the code is tulip"
    assert (state / "out.jsonl").stat().st_mode & 0o777 == 0o600
    assert edgevoice("transcripts", "purge") == (0, "0 removed.\n")
    assert edgevoice("transcripts", "purge", "--all") == (0, "1 removed.\n")
    assert [event for event in events() if "transcript" in event] == [
        "transcript read",
        "transcript exported",
        "transcript purged",
        "transcript purged",
    ]


def test_what_cannot_be_audited_is_not_shown(sealed: Config, state: Path) -> None:
    with Keeping(sealed) as kept:
        talk(kept)
    for path in (state / "audit").iterdir():
        path.unlink()
    (state / "audit").rmdir()
    (state / "audit").write_text("in the way")
    with pytest.raises(BadInputError, match="cannot be written"):
        edgevoice("transcripts", "show")


def test_a_broken_seal_is_told_and_the_rest_is_shown(sealed: Config, state: Path) -> None:
    with Keeping(sealed) as kept:
        talk(kept)
        talk(kept)
    (file,) = (state / "transcripts").glob("*.sealed")
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    code, shown = edgevoice("transcripts", "show", "--json")
    assert code == 1 and len(shown.splitlines()) == 1


def test_verify_tells_the_last_line_and_takes_it_back_as_an_anchor(state: Path) -> None:
    with Keeping(Config()):
        pass
    code, told = edgevoice("audit", "verify", "--json")
    end = json.loads(told)["end"]
    assert code == 0 and edgevoice("audit", "verify", "--anchor", end)[0] == 0
    assert edgevoice("audit", "verify", "--anchor", f"2:{'0' * 64}")[0] == 1
    with pytest.raises(ConfigError, match="NUMBER:SHA256"):
        edgevoice("audit", "verify", "--anchor", "x")
    assert "stopped" in edgevoice("audit", "show")[1]
    file = state / "audit/audit-000000000001.jsonl"
    file.write_text(file.read_text().replace("started", "stopped"))
    code, told = edgevoice("audit", "verify")
    assert code == 1 and "edited" in told


# --- what is said of a run


def details(event: Happened) -> list[dict[str, object]]:
    lines = AuditLog(audit_folder()).lines()
    return [dict(line.details) for line in lines if line.event == event]


def test_names_and_numbers_are_taken_out_before_a_turn_is_sealed(sealed: Config) -> None:
    said = "my name is anna exampleton call me at five five five oh one two three"
    whole = sealed.model_copy(
        update={"transcripts": sealed.transcripts.model_copy(update={"redact": False})}
    )
    for config in (sealed, whole):
        with Keeping(config) as kept:
            for observer in kept.observers:
                observer(Understood(1, 0, said, -0.1))
                observer(TurnStarted(2, 1))
                observer(TurnDone(3, 1, "Hi.", "Hello Anna Exampleton.", interrupted=False))
    shown = edgevoice("transcripts", "show", "--json")[1].splitlines()
    turns = [json.loads(line) for line in shown]
    # Of two runs that begin within one second, nobody can tell which was first.
    assert {(turn["user"], turn["agent"]) for turn in turns} == {
        ("my name is [name] call me at [phone]", "Hello [name]."),
        (said, "Hello Anna Exampleton."),
    }


def test_a_language_without_cues_is_refused_where_words_are_kept(sealed: Config) -> None:
    german = SttConfig(language="de")
    Keeping(Config(stt=german)).close()
    with pytest.raises(ConfigError, match=r"'de'.*transcripts\.redact: false"):
        Keeping(sealed.model_copy(update={"stt": german}))


def test_a_device_that_comes_and_goes_all_day_takes_few_lines() -> None:
    async def day(kept: Keeping) -> None:
        kept.device(True)
        await asyncio.sleep(3)
        kept.device(False)
        await asyncio.sleep(7200)
        for _ in range(3 * 3600):
            kept.device(True)
            await asyncio.sleep(1)
            kept.device(False)
            await asyncio.sleep(1)
        kept.device(True)
        await asyncio.sleep(3600)

    with Keeping(Config()) as kept:
        run_virtual(day(kept))
    told = [event for event in events() if event.startswith("device")]
    assert told[:2] == ["device lost", "device back"]
    assert len(told) < 30 and told[-1] == "device lost"
    changes = [*details(Happened.DEVICE_LOST), *details(Happened.DEVICE_BACK)]
    total = sum(int(str(each.get("changes", 1))) for each in changes)
    assert total == 2 + 2 * 3 * 3600 + 1
    assert not AuditLog(audit_folder()).verify().problems


KILLED = """
import os, signal
from edgevoice.config import Config
from edgevoice.privacy.keeping import Keeping
Keeping(Config())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_run_that_was_killed_is_noticed_at_the_next_start() -> None:
    subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, check=False)
    for _ in range(2):
        with Keeping(Config()):
            pass
    coming = ["started", "broke off", "started", "stopped", "started", "stopped"]
    assert [event for event in events() if event != "network mode"] == coming
    assert details(Happened.BROKE_OFF) == [{"started": 2}]


def test_one_that_still_runs_did_not_break_off() -> None:
    with Keeping(Config()), Keeping(Config()):
        pass
    assert "broke off" not in events()


def test_the_network_is_told_when_it_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    for cards in ([], [], ["eth0"], ["eth0"], []):
        monkeypatch.setattr(keeping, "ways_out", lambda cards=cards: cards)
        Keeping(Config()).close()
    modes = [(told["mode"], told["cards"]) for told in details(Happened.NETWORK_MODE)]
    assert modes == [("offline", ""), ("open", "eth0"), ("offline", "")]


def test_offline_is_a_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    promised = Config(privacy=PrivacyConfig(network="offline"))
    Keeping(promised).close()
    monkeypatch.setattr(keeping, "ways_out", lambda: ["wlan0"])
    for _ in range(3):
        with pytest.raises(ConfigError, match="there is a way out: wlan0"):
            Keeping(promised)
    assert events() == ["network mode", "started", "stopped", "network mode"]


def test_a_promise_that_is_broken_later_ends_what_it_was_given_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def talk(kept: Keeping) -> None:
        asyncio.get_running_loop().call_later(3600, monkeypatch.setattr, keeping, "ways_out", cards)
        async with kept.watching_network():
            await asyncio.sleep(7200)

    def cards() -> list[str]:
        return ["usb0"]

    for network in ("open", "offline"):
        monkeypatch.setattr(keeping, "ways_out", list)
        with Keeping(Config(privacy=PrivacyConfig(network=network))) as kept:
            if network == "open":
                run_virtual(talk(kept))
                continue
            with pytest.raises(ConfigError, match="there is a way out: usb0"):
                run_virtual(talk(kept))
    told = ["network mode", "config changed", "started", "network mode", "stopped"]
    assert events()[-5:] == told


def test_a_conversation_that_is_ended_is_no_broken_promise() -> None:
    async def talk(kept: Keeping) -> None:
        async with asyncio.timeout(60), kept.watching_network():
            await asyncio.sleep(3600)

    promised = Config(privacy=PrivacyConfig(network="offline"))
    with Keeping(promised) as kept, pytest.raises(TimeoutError):
        run_virtual(talk(kept))


def test_what_starts_again_and_again_does_not_fill_the_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(keeping.MUCH_ROUTINE):
        Keeping(Config()).close()
    full = len(events())
    assert full <= keeping.MUCH_ROUTINE + 2
    now = time.monotonic()
    with Keeping(Config()):
        monkeypatch.setattr(time, "monotonic", lambda: now + 4000)  # it lasted
    assert events()[full:] == ["started", "stopped"]
    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(keeping, "utc_now", lambda: datetime.now(UTC) + timedelta(hours=2))
    Keeping(Config()).close()
    assert len(events()) == full + 4
