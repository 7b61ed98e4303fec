"""What `run` leaves behind, and the commands that look at it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edgevoice.cli.app import app
from edgevoice.config import Config, LlmConfig, SttConfig, TranscriptsConfig
from edgevoice.dialog.events import TurnDone, TurnStarted, Understood
from edgevoice.errors import BadInputError, ConfigError
from edgevoice.privacy.audit import AuditLog, audit_folder
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.keeping import Keeping
from edgevoice.privacy.keys import make_key


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
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


def talk(keeping: Keeping) -> None:
    for observer in keeping.observers:
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
    with Keeping(Config()) as keeping:
        assert not keeping.observers
        talk(keeping)
    assert events() == ["started", "stopped"]
    assert {path.name for path in state.iterdir()} == {"audit"}
    assert not any(b"tulip" in path.read_bytes() for path in state.glob("audit/*"))


def test_other_settings_and_other_models_are_told() -> None:
    with Keeping(Config()):
        pass
    with Keeping(Config(stt=SttConfig(model=Path("/elsewhere")))) as keeping:
        keeping.note(Happened.DEVICE_LOST)
    assert events()[2:] == ["config changed", "model changed", "started", "device lost", "stopped"]
    assert not AuditLog(audit_folder()).verify().problems


def test_settings_that_change_while_it_runs_are_told_once_and_as_digests() -> None:
    secret = Config(llm=LlmConfig(system_prompt="the code is tulip"))
    with Keeping(Config()) as keeping:
        keeping.config_changed(Config(), secret)
    with Keeping(secret):
        pass
    assert events() == ["started", "config changed", "stopped", "started", "stopped"]
    first, changed, _, second, _ = AuditLog(audit_folder()).lines()
    assert changed.details == {"before": first.details["config"], "now": second.details["config"]}
    assert not any(b"tulip" in path.read_bytes() for path in audit_folder().iterdir())


def test_a_log_that_cannot_be_written_stops_nothing(
    state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (state / "audit").write_text("in the way")
    with Keeping(Config()):
        pass
    assert caplog.messages and all("audit log" in line for line in caplog.messages)


def test_transcripts_without_a_key_are_refused() -> None:
    with pytest.raises(ConfigError, match="keygen"):
        Keeping(Config(transcripts=TranscriptsConfig(enabled=True)))


def test_reading_handing_out_and_removing_are_audited(sealed: Config, state: Path) -> None:
    with Keeping(sealed) as keeping:
        talk(keeping)
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
    with Keeping(sealed) as keeping:
        talk(keeping)
    for path in (state / "audit").iterdir():
        path.unlink()
    (state / "audit").rmdir()
    (state / "audit").write_text("in the way")
    with pytest.raises(BadInputError, match="cannot be written"):
        edgevoice("transcripts", "show")


def test_a_broken_seal_is_told_and_the_rest_is_shown(sealed: Config, state: Path) -> None:
    with Keeping(sealed) as keeping:
        talk(keeping)
        talk(keeping)
    (file,) = (state / "transcripts").iterdir()
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
