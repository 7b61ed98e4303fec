"""`edgevoice tools`: what it can do, and trying it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from edgevoice.privacy.keys import make_key
from tests.test_cli import complaint, edgevoice

TOOLS = '''
from edgevoice.skills.tool import Effect, ToolFailedError, tool

@tool
def tide(place: str, days: int = 1) -> str:
    """When the next [high] tide is."""
    return f"In {place} at noon." * days

@tool(effect=Effect.NONE)
def depth() -> dict[str, float]:
    """How deep it is."""
    return {"metres": 1.5}

@tool(effect=Effect.DANGEROUS, question="Flood {place}?")
def flood(place: str) -> str:
    """Opens the gates."""
    return f"{place} is flooded."

@tool
def sail() -> str:
    """Sails."""
    raise ToolFailedError("There is no wind.")
'''
SERVER = str(Path(__file__).parent / "skills/mcp_server.py")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir(mode=0o755)
    (folder / "sea.py").write_text(TOOLS)
    (folder / "sea.py").chmod(0o644)
    return write(tmp_path / "config.yaml", folder="tools", without=["depth"])


def write(path: Path, **tools: Any) -> Path:
    path.write_text(yaml.safe_dump({"tools": tools}))
    return path


def test_the_list(settings: Path) -> None:
    rows = edgevoice("tools", "list", "--config", settings).stdout.splitlines()
    assert rows[0].split() == ["Name", "What", "it", "does", "Effect", "From"]
    found = {row.split()[0]: row for row in rows[1:]}
    assert list(found)[:3] == ["tide", "flood", "sail"]  # those of others come first
    assert {"set_timer", "calculate", "call_person"} < set(found)
    assert found["calculate"].endswith("built in") and "only looks" in found["calculate"]
    assert "When the next [high] tide is." in found["tide"]
    assert "asks first" in found["flood"] and "sea.py" in found["flood"]


def test_the_list_for_programs(settings: Path) -> None:
    tide, *_ = json.loads(edgevoice("tools", "list", "--config", settings, "--json").stdout)
    parameters = tide.pop("parameters")
    assert tide == {
        "name": "tide",
        "description": "When the next [high] tide is.",
        "effect": "acts",
        "source": "sea.py",
    }
    assert list(parameters["properties"]) == ["place", "days"]


def test_what_is_not_wanted_is_not_listed(tmp_path: Path) -> None:
    some = write(tmp_path / "config.yaml", without=["set_timer"])
    listed = json.loads(edgevoice("tools", "list", "--config", some, "--json").stdout)
    names = [tool["name"] for tool in listed]
    assert "set_timer" not in names and "set_alarm" in names


def test_looking_needs_no_key_and_reads_no_document(tmp_path: Path) -> None:
    file, state = tmp_path / "config.yaml", tmp_path / "state"
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/a.md").write_text("# Bread")
    knowledge = {"folder": "documents", "index": str(tmp_path / "index.db")}
    file.write_text(yaml.safe_dump({"storage": {"enabled": True}, "knowledge": knowledge}))
    listed = edgevoice("tools", "list", "--config", file, STATE_DIRECTORY=str(state))
    assert "search_documents" in listed.stdout and listed.stderr == ""
    assert not (tmp_path / "index.db").exists() and not state.exists()


def test_the_tools_of_a_server_are_listed_and_tried(tmp_path: Path) -> None:
    server = {"name": "moody", "command": [sys.executable, SERVER], "allow": ["greet"]}
    file = write(tmp_path / "config.yaml", mcp=[server | {"effects": {"greet": "acts"}}])
    assert "MCP server moody" in edgevoice("tools", "list", "--config", file).stdout
    tried = edgevoice("tools", "try", "moody_greet", '{"name": "Bo"}', "--config", file)
    assert (tried.stdout, tried.stderr) == ('{"result": "Hello, Bo!"}\n', "")


def test_trying_one(settings: Path) -> None:
    tried = edgevoice("tools", "try", "tide", '{"place": "Esch"}', "--config", settings)
    assert (tried.returncode, tried.stdout) == (0, "In Esch at noon.\n")


def test_trying_one_for_programs(settings: Path) -> None:
    tried = edgevoice("tools", "try", "tide", '{"place": "Esch"}', "-c", settings, "--json")
    assert json.loads(tried.stdout) == {
        "ok": True,
        "say": "In Esch at noon.",
        "data": None,
        "trusted": True,
    }


def test_trying_a_built_in_one(settings: Path) -> None:
    tried = edgevoice("tools", "try", "calculate", '{"expression": "12 * 3"}', "-c", settings)
    assert (tried.returncode, tried.stderr) == (0, "") and "36" in tried.stdout


@pytest.mark.parametrize(
    ("name", "arguments"), [("set_timer", '{"seconds": 60}'), ("list_alarms", "{}"), ("mute", "{}")]
)
def test_what_needs_a_conversation_is_not_tried(
    tmp_path: Path, settings: Path, name: str, arguments: str
) -> None:
    state = tmp_path / "state"
    tried = edgevoice("tools", "try", name, arguments, "-c", settings, STATE_DIRECTORY=str(state))
    said = complaint(tried)
    assert f"{name} makes sense in a conversation alone" in said and "edgevoice chat" in said
    assert not state.exists()


def test_what_is_kept_is_kept(tmp_path: Path) -> None:
    key, file = tmp_path / "key", tmp_path / "config.yaml"
    make_key(key)
    kept = {"enabled": True, "key_file": str(key), "folder": str(tmp_path / "kept")}
    file.write_text(yaml.safe_dump({"storage": kept}))
    edgevoice("tools", "try", "add_to_list", '{"item": "milk"}', "-c", file)
    assert "milk" in edgevoice("tools", "try", "read_list", "-c", file).stdout


def test_one_that_fails(settings: Path) -> None:
    tried = edgevoice("tools", "try", "sail", "--config", settings)
    assert (tried.returncode, tried.stdout) == (1, "There is no wind.\n")


@pytest.mark.parametrize(
    ("typed", "code", "done"), [("y\n", 0, True), ("n\n", 1, False), ("\n", 1, False)]
)
def test_a_dangerous_one_asks_first(settings: Path, typed: str, code: int, done: bool) -> None:
    tried = edgevoice("tools", "try", "flood", '{"place": "Esch"}', "-c", settings, typed=typed)
    assert "Flood Esch? [y/N]" in tried.stdout
    assert (tried.returncode, "is flooded" in tried.stdout) == (code, done)


def test_a_dangerous_one_that_nobody_answers_for_is_not_used(settings: Path) -> None:
    tried = edgevoice("tools", "try", "flood", '{"place": "Esch"}', "-c", settings, "--json")
    assert tried.returncode == 1 and tried.stdout.strip() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["drown"], "there is no tool called drown. There are: "),
        (["depth"], "there is no tool called depth. There are: "),
        (["tide", "Esch"], "'Esch' is no JSON object. Write arguments like this:"),
        (["tide", "[]"], "'[]' is no JSON object."),
        (["tide", "{}"], "tide cannot be used so (place: is missing). It takes: {"),
    ],
)
def test_mistakes(settings: Path, arguments: list[str], said: str) -> None:
    assert said in complaint(edgevoice("tools", "try", *arguments, "--config", settings))


def test_a_mistake_in_a_tool(settings: Path) -> None:
    (settings.parent / "tools/sea.py").write_text("import nothing_of_that_name")
    said = complaint(edgevoice("tools", "list", "--config", settings))
    assert "sea.py, line 1: ModuleNotFoundError" in said
