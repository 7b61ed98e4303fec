"""The steps of the benchmark, and the command; conversations in real time are left out here."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edgevoice.app import Engines
from edgevoice.bench import run as steps
from edgevoice.bench.hold import Measured
from edgevoice.bench.run import QUICK, Extent
from edgevoice.cli import measuring
from edgevoice.cli.app import app
from edgevoice.config import Config
from edgevoice.transports.caller import Line
from tests.bench.test_hold import engines
from tests.bench.test_picture import DRAFTED, SERIAL


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Config, Sequence[Sequence[Line]]]]:
    """The conversations that were to be held."""
    asked: list[tuple[Config, Sequence[Sequence[Line]]]] = []

    def converse(
        config: Config, engines: Engines, conversations: Sequence[Sequence[Line]], *_: Any
    ) -> Measured:
        asked.append((config, conversations))
        return Measured([SERIAL if config.reply.drafts == 0 else DRAFTED])

    monkeypatch.setattr(steps, "converse", converse)
    return asked


def silent(*_: object) -> None:
    """Tells nobody."""


def test_serial_mode_hears_the_same_clips(
    held: list[tuple[Config, Sequence[Sequence[Line]]]],
) -> None:
    benchmark = steps.run(Config(), engines([], []), QUICK, True, silent)
    (_, ours), (serial, theirs) = held
    assert ours[0][0].ms == 8000 and theirs[0][0].ms == 600
    assert [line.clip for line in ours[0]] == [line.clip for line in theirs[0]]
    assert serial.vad.endpointing_delay_ms == Config().vad.endpointing_delay_ms
    first = benchmark.goals[0]
    assert "serial" in first.name and first.value == pytest.approx(510 / 820)
    json.dumps(benchmark.result(Config()).as_json())


def test_only_the_first_conversation_begins_with_a_long_silence(
    held: list[tuple[Config, Sequence[Sequence[Line]]]],
) -> None:
    told: list[tuple[str, int, int]] = []
    extent = Extent(quiet_s=10, conversations=3, turns=2, soak=0)
    script = engines([], ["one", "two"])
    benchmark = steps.run(Config(), script, extent, False, lambda *what: told.append(what))
    assert [lines[0].ms for lines in held[0][1]] == [10_000, 600, 600]
    assert benchmark.serial is None and benchmark.soaked is None
    assert len(benchmark.first_token_ms) == 2
    assert ("a long conversation", 2, 2) in told


def test_the_command_leaves_figures_and_a_picture(
    held: list[tuple[Config, Sequence[Sequence[Line]]]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("edgevoice.app.load_engines", lambda *_: engines([], []))
    out = tmp_path / "out"
    told = CliRunner().invoke(app, ["bench", "--quick", "--json", "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == json.loads((out / "bench.json").read_text())
    assert set(json.loads(told.stdout)) == {"machine", "figures", "goals"}
    assert (out / "bench.png").stat().st_size > 1000


def test_the_command_prints_tables(
    held: list[tuple[Config, Sequence[Sequence[Line]]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("edgevoice.app.load_engines", lambda *_: engines([], []))
    measuring.bench(quick=True, serial=True)
    shown = capsys.readouterr().out
    assert "first sound heard" in shown and "not measured" in shown and "Quick" in shown


def edgevoice(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "edgevoice", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_explains_itself() -> None:
    shown = edgevoice("bench", "--help")
    assert shown.returncode == 0
    for option in ("--out", "--quick", "--serial", "--json", "--config"):
        assert option in shown.stdout


def test_a_folder_that_cannot_be_written_to_is_found_out_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = edgevoice("bench", "--out", tmp_path / "file" / "folder")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr and "--out" in result.stderr
