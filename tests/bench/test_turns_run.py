"""The steps of the benchmark of taking turns, and its command; what is played is not."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edgevoice.bench.modes import with_settings
from edgevoice.bench.result import Goal
from edgevoice.bench.turns import endpointing, interruptions
from edgevoice.bench.turns import run as steps
from edgevoice.bench.turns.curves import Endpointing
from edgevoice.bench.turns.people import Clip
from edgevoice.cli.app import app
from edgevoice.config import Config
from edgevoice.errors import ModelError
from tests.bench.test_turns_people import folder_with, murmur
from tests.bench.test_turns_picture import ALL, CURVES

FIGURES: dict[str, Any] = {
    "echo": {"minutes": 1.0, "holds": 0, "cancels": 0},
    "people": [],
    "disturbances": {"kinds": {}},
}

Asked = list[tuple[Any, ...]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What was to be measured: endpoints, then interruptions."""
    asked: Asked = []

    def endpoints(
        _: Config, people: Sequence[Clip] | None, requests: Sequence[Clip], _progress: object
    ) -> Endpointing:
        asked.append((people, requests))
        return ALL if people else Endpointing(None, None, None, CURVES)

    def disturb(
        _: Config, people: Sequence[Clip], _progress: object, *, quick: bool, kitchen: Path
    ) -> tuple[dict[str, Any], list[Goal]]:
        asked.append((people, quick, kitchen))
        return FIGURES, [Goal.at_most("echo", 0, 0)]

    monkeypatch.setattr(endpointing, "measure", endpoints)
    monkeypatch.setattr(interruptions, "measure", disturb)
    return asked


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    folder = tmp_path / "speech"
    folder.mkdir()
    return folder_with(folder, {"one": {"silero_speech_ms": [[100, 200]]}}, murmur(500, 1000))


def test_people_are_those_in_the_folder(asked: Asked, speech: Path) -> None:
    measured = steps.run(Config(), lambda *_: None, speech=speech)
    (people, requests), others = asked
    assert [clip.name for clip in people] == ["one"] and len(requests) == 84
    assert others == (people, False, speech / "kitchen.flac")
    assert measured.notice.endswith("kitchen.flac is missing: no kitchen was heard.")
    assert "recordings" not in measured.notice and measured.goals[-1].name == "echo"
    figures = measured.result.figures
    assert figures["interruptions"] == FIGURES and figures["endpointing"]["people"]


def test_without_recordings_the_rest_is_measured(asked: Asked, tmp_path: Path) -> None:
    measured = steps.run(Config(), lambda *_: None, speech=tmp_path / "none", quick=True)
    (people, requests), (others, quick, _) = asked
    assert people is None and len(requests) == 21
    assert others == [] and quick
    assert "none has no recordings" in measured.notice
    assert json.dumps(measured.result.as_json())


@pytest.mark.usefixtures("asked")
def test_the_command_leaves_figures_and_a_picture(tmp_path: Path, speech: Path) -> None:
    out = tmp_path / "out"
    arguments = ["bench", "turns", "--json", "--out", str(out), "--speech", str(speech)]
    told = CliRunner().invoke(app, arguments)
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout) == json.loads((out / "turns.json").read_text())
    assert set(json.loads(told.stdout)) == {"machine", "figures", "goals"}
    assert (out / "turns.png").stat().st_size > 1000


@pytest.mark.usefixtures("asked")
def test_the_command_prints_tables(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["bench", "turns", "--speech", str(tmp_path / "none")])
    assert told.exit_code == 0, told.output
    assert "nothing was measured on people" in told.stdout and "patient" in told.stdout
    assert "echo" in told.stdout and "not measured" in told.stdout


def test_with_everything_there_is_nothing_to_notice(asked: Asked, speech: Path) -> None:
    (speech / "kitchen.flac").touch()
    assert steps.run(Config(), lambda *_: None, speech=speech).notice == ""
    assert len(asked) == 2


@pytest.mark.usefixtures("asked")
def test_what_listened_is_written_down(tmp_path: Path, speech: Path) -> None:
    (speech / "kitchen.flac").touch()
    model = tmp_path / "judge.onnx"
    config = with_settings(Config(), {"turn.model": model})
    without = steps.run(config, lambda *_: None, speech=speech, quick=True)
    assert without.notice == f"{model} is missing: the tone of voice said nothing."
    figures = without.result.figures
    assert (
        figures["models"] == {"vad": "silero", "stt": "starter/stt", "turn": None}
        and figures["quick"]
    )
    model.touch()
    judged = steps.run(config, lambda *_: None, speech=speech).result.figures
    assert judged["models"]["turn"] == "judge" and not judged["quick"]
    chosen = with_settings(config, {"turn.engine": "none"})
    assert steps.run(chosen, lambda *_: None, speech=speech).notice == ""


@pytest.mark.parametrize("missing", ["sox", "espeak-ng"])
def test_a_missing_tool_is_told_before_anything_is_measured(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None if name == missing else name)
    with pytest.raises(ModelError, match=rf"^{missing} is not installed, .*apt-get.* {missing}$"):
        steps.run(Config(), lambda *_: None)
    assert not asked


def test_both_benchmarks_explain_themselves() -> None:
    shown = CliRunner().invoke(app, ["bench", "turns", "--help"]).stdout
    for option in ("--out", "--speech", "--quick", "--json", "--config"):
        assert option in shown
    shown = CliRunner().invoke(app, ["bench", "--help"]).stdout
    assert "turns" in shown and "--serial" in shown


def test_the_broken_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "clips.json").write_text("nonsense")
    told = CliRunner().invoke(app, ["bench", "turns", "--speech", str(tmp_path)])
    assert told.exit_code != 0 and "clips.json" in str(told.exception)
