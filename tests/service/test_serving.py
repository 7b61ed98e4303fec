"""`edgevoice service`, as it is typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from edgevoice.cli import serving
from edgevoice.cli.app import app
from edgevoice.errors import BadInputError
from edgevoice.service.plan import Step


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    steps: list[Step] = []
    monkeypatch.setattr(serving, "carry_out", steps.append)
    return steps


@pytest.mark.parametrize("arguments", [["install", "--network", "lan"], ["uninstall", "--purge"]])
def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    done: list[Step], arguments: list[str]
) -> None:
    answer = CliRunner().invoke(app, ["service", *arguments, "--dry-run"])
    assert answer.exit_code == 0
    assert "edgevoice.service" in answer.output
    assert "would run systemctl daemon-reload" in answer.output
    assert not done


@pytest.mark.skipif(Path("/run/systemd/system").is_dir(), reason="systemd runs this machine")
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_without_systemd_nothing_is_done(done: list[Step], command: str) -> None:
    answer = CliRunner().invoke(app, ["service", command])
    assert isinstance(answer.exception, BadInputError)
    assert not done


@pytest.mark.parametrize("command", ["status", "logs"])
def test_a_machine_without_systemctl_is_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = CliRunner().invoke(app, ["service", command])
    assert isinstance(answer.exception, BadInputError)
    assert "is not on this machine" in str(answer.exception)
