"""The tools that the settings name."""

from pathlib import Path

import pytest

from edgevoice.config import Config, ToolsConfig
from edgevoice.errors import ConfigError
from edgevoice.skills.loading import load_tools, open_toolbox
from edgevoice.skills.tool import tool

TIDE = '''
from edgevoice.skills.tool import tool

@tool
def tide() -> str:
    """When the next high tide is."""
    return "At noon."
'''


@tool
def stop() -> str:
    """Stops."""
    return ""


@tool(name="tide")
def our_tide() -> str:
    """When the next high tide is."""
    return ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir(mode=0o755)
    (folder / "sea.py").write_text(TIDE)
    (folder / "sea.py").chmod(0o644)
    return folder


def config(folder: Path | None, *without: str) -> Config:
    return Config(tools=ToolsConfig(folder=folder, without=without))


def test_ours_come_first_and_then_the_users(folder: Path) -> None:
    assert [each.name for each in load_tools(config(folder), [stop])] == ["stop", "tide"]
    assert load_tools(config(None), [stop]) == [stop]
    assert load_tools(config(None)) == []


def test_what_is_not_wanted_is_not_there(folder: Path) -> None:
    assert load_tools(config(folder, "stop", "tide"), [stop]) == []


def test_one_of_ours_can_be_replaced_by_switching_it_off(folder: Path) -> None:
    with (
        pytest.raises(ConfigError, match=r"two tools are called tide \(built in and sea\.py\)"),
        open_toolbox(config(folder), [our_tide]),
    ):
        pytest.fail("it began")


def test_an_open_toolbox_has_them_all(folder: Path) -> None:
    with open_toolbox(config(folder), [stop]) as toolbox:
        assert [spec.name for spec in toolbox.specs] == ["stop", "tide"]
