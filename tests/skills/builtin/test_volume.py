"""The volume is set in words, survives a restart, and never hides an alarm."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edgevoice.skills.builtin.volume import (
    ALARM_LEVEL,
    LOWEST_STEP,
    AudibleBell,
    remember_level,
    remembered_level,
    volume_file,
    volume_tools,
)
from edgevoice.skills.tool import ToolFailedError
from edgevoice.transports.loudness import Level
from tests.skills.builtin.using import Bench


class Speaker:
    level = 50
    least = 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deeper" / "volume.json"


def test_sets_and_remembers(file: Path) -> None:
    loud = Level()
    use = Bench(volume_tools(loud, file))
    assert use.say("set_volume", level=35) == "The volume is 35."
    assert loud.level == remembered_level(file) == 35
    assert use.say("change_volume", direction="up") == "The volume is 50."
    assert use.say("set_volume", level=0).startswith("I am silent")
    assert loud.level == remembered_level(file) == 0


@pytest.mark.parametrize("level", [-1, 101, 1000])
def test_takes_no_level_that_there_is_not(file: Path, level: int) -> None:
    with pytest.raises(ValidationError):
        Bench(volume_tools(Level(), file)).say("set_volume", level=level)


def test_quieter_and_quieter_stays_audible(file: Path) -> None:
    loud = Level()
    use = Bench(volume_tools(loud, file))
    for _ in range(10):
        try:
            use.say("change_volume", direction="down")
        except ToolFailedError:
            break
    assert loud.level == LOWEST_STEP
    for _ in range(10):
        try:
            use.say("change_volume", direction="up")
        except ToolFailedError:
            break
    assert loud.level == 100


@given(st.binary(max_size=40) | st.sampled_from([b'{"level": 300}', b'{"level": true}', b"[50]"]))
def test_a_damaged_file_is_no_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("volume") / "volume.json"
    assert remembered_level(file) == 100
    file.write_bytes(content)
    assert remembered_level(file) == 100


@given(st.integers(0, 100))
def test_remembers_every_level(tmp_path_factory: pytest.TempPathFactory, level: int) -> None:
    file = tmp_path_factory.mktemp("volume") / "volume.json"
    remember_level(file, level)
    assert remembered_level(file) == level


def test_a_disk_that_refuses_does_not_keep_it_loud(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("")
    loud = Level()
    use = Bench(volume_tools(loud, tmp_path / "taken" / "volume.json"))
    assert use.say("set_volume", level=20) == "The volume is 20."
    assert loud.level == 20
    assert "not remembered" in caplog.text


def test_lies_among_our_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    assert volume_file() == tmp_path / "volume.json"


def test_an_alarm_is_heard_until_it_is_answered() -> None:
    loud = Level(0)
    asked = iter(["", "Ring!", ""])
    answers: list[bool] = []
    bell = AudibleBell(
        SimpleNamespace(
            due=lambda: next(asked), answered=lambda: answers.append(True), said=lambda heard: None
        ),
        loud,
    )
    assert (bell.due(), loud.least) == ("", 0)
    assert (bell.due(), loud.least) == ("Ring!", ALARM_LEVEL)
    assert (bell.due(), loud.least) == ("", ALARM_LEVEL)  # it still sounds
    bell.answered()
    assert (loud.least, answers) == (0, [True])
