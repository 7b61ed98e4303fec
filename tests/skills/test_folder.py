"""The user's own tools."""

import os
import re
from pathlib import Path

import pytest

from edgevoice.errors import ConfigError
from edgevoice.skills.folder import load_folder

TIDE = '''
from edgevoice.skills.tool import tool

@tool
def {name}(place: str) -> str:
    """When the next high tide is."""
    return place
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir(mode=0o755)
    return folder


def write(path: Path, text: str, mode: int = 0o644) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def complaint(folder: Path) -> str:
    with pytest.raises(ConfigError) as error:
        load_folder(folder)
    line = str(error.value)
    assert "\n" not in line
    return line.replace(f"{os.path.realpath(folder)}/", "")


def names(folder: Path) -> list[str]:
    return [tool.name for tool in load_folder(folder)]


def test_tools_come_by_file_and_then_as_they_stand_there(folder: Path) -> None:
    write(folder / "b.py", TIDE.format(name="third"))
    write(folder / "a.py", TIDE.format(name="second") + TIDE.format(name="first"))
    write(folder / "notes.txt", "no code")
    tools = load_folder(folder)
    assert [(tool.name, tool.source) for tool in tools] == [
        ("second", "a.py"),
        ("first", "a.py"),
        ("third", "b.py"),
    ]


def test_an_empty_folder_has_none(folder: Path) -> None:
    assert load_folder(folder) == []


def test_what_begins_with_an_underscore_or_a_dot_is_for_the_others(folder: Path) -> None:
    write(folder / "__init__.py", "1 / 0")
    write(folder / ".hidden.py", "1 / 0")
    write(folder / "_common.py", "HARBOUR = 'here'\n" + TIDE.format(name="unseen"))
    write(
        folder / "tide.py", "from ._common import HARBOUR\nname = HARBOUR" + TIDE.format(name="it")
    )
    assert names(folder) == ["it"]


def test_a_tool_that_is_imported_from_another_file_is_one_tool(folder: Path) -> None:
    write(folder / "a.py", "from .b import it\nagain = it")
    write(folder / "b.py", TIDE.format(name="it"))
    assert names(folder) == ["it"]


def test_only_tools_count(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(
        folder / "a.py", "def it():\n    'Does.'\nclass Thing:\n    pass" + TIDE.format(name="tide")
    )
    write(folder / "b.py", "def it():\n    'Does.'")
    assert names(folder) == ["tide"]
    assert [record.message for record in caplog.records] == [
        f"{os.path.realpath(folder)}/b.py holds no tool: no function in it is marked @tool"
    ]


def test_types_that_are_only_names_are_found(folder: Path) -> None:
    text = "from __future__ import annotations\nfrom enum import Enum\nclass Way(Enum):\n  UP='up'"
    write(folder / "a.py", text + TIDE.format(name="tide").replace("place: str", "place: Way"))
    (tool,) = load_folder(folder)
    assert tool.spec.parameters["properties"]["place"] == {"type": "string", "enum": ["up"]}


def test_odd_names_of_files_are_no_harm(folder: Path) -> None:
    write(folder / "my tide-tool v1.2.py", TIDE.format(name="tide"))
    write(folder / "json.py", TIDE.format(name="other"))
    assert names(folder) == ["other", "tide"]
    import json

    assert json.loads("1") == 1


def test_a_changed_file_is_read_again(folder: Path) -> None:
    write(folder / "a.py", TIDE.format(name="before"))
    assert names(folder) == ["before"]
    write(folder / "a.py", TIDE.format(name="afterwards"))
    assert names(folder) == ["afterwards"]


def test_two_folders_do_not_know_of_each_other(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir(mode=0o755)
    write(folder / "a.py", TIDE.format(name="one"))
    write(other / "a.py", TIDE.format(name="two"))
    assert (names(folder), names(other), names(folder)) == (["one"], ["two"], ["one"])


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("x = 1\nif x\n", 2, "SyntaxError: expected ':'"),
        ("\n\nimport nothing_of_that_name", 3, "ModuleNotFoundError: No module named"),
        ("def f():\n    return 1 / 0\nf()", 2, "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit('bye')", 2, "SystemExit: bye"),
        (TIDE.format(name="it").replace(": str", ""), 4, "TypeError: the tool it: its parameter"),
        ("'\\ud800'.encode()", 1, "UnicodeEncodeError"),
        ("raise ValueError('two\\nlines')", 1, "ValueError: two lines"),
    ],
)
def test_mistakes_are_told_with_file_line_cause_and_cure(
    folder: Path, text: str, line: int, cause: str
) -> None:
    write(folder / "a.py", text)
    said = complaint(folder)
    assert said.startswith(f"a.py, line {line}: {cause}")
    assert said.endswith("Mend it, or call it _a.py to leave it out.")


def test_a_file_that_is_no_text(folder: Path) -> None:
    (folder / "a.py").write_bytes(b"\0\xff")
    assert complaint(folder).startswith("a.py")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "is no folder. Make it" in complaint(tmp_path / "nowhere")


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
@pytest.mark.parametrize("name", ["a.py", "_a.py", "sub/a.py", "a.so"])
def test_what_others_may_write_to_is_not_run(folder: Path, name: str, mode: int) -> None:
    (folder / "sub").mkdir(mode=0o755)
    ran = folder / "ran"
    write(folder / name, f"open({str(ran)!r}, 'w')", mode)
    said = complaint(folder)
    assert said.startswith(f"{name}: others may write to it") and f"chmod go-w {name}" in said
    assert not ran.exists()


@pytest.mark.parametrize("where", [".", "sub", "__pycache__"])
def test_nor_what_others_may_put_something_beside(folder: Path, where: str) -> None:
    write(folder / "a.py", TIDE.format(name="it"))
    (folder / where).mkdir(mode=0o755, exist_ok=True)
    (folder / where).chmod(0o777)
    with pytest.raises(ConfigError, match="others may write to it"):
        load_folder(folder)


def test_nor_what_a_link_leads_to(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    write(elsewhere / "a.py", TIDE.format(name="it"))
    (folder / "a.py").symlink_to(elsewhere / "a.py")
    assert names(folder) == ["it"]
    elsewhere.chmod(0o777)
    with pytest.raises(ConfigError, match=re.escape(f"{elsewhere}: others may write to it")):
        load_folder(folder)


def test_nor_what_belongs_to_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "a.py", TIDE.format(name="it"))
    if os.geteuid() == 0:
        os.chown(folder / "a.py", 1234, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 1234)
    with pytest.raises(ConfigError, match=r"belongs to somebody else.* chown \d+ "):
        load_folder(folder)


def test_a_link_that_leads_nowhere_is_passed_over(folder: Path) -> None:
    (folder / ".#a.py").symlink_to("user@host.123")  # an editor's lock
    write(folder / "a.py", TIDE.format(name="it"))
    assert names(folder) == ["it"]
