"""`edgevoice knowledge`, as a person types it."""

import json
from pathlib import Path

import pytest
import yaml

from tests.test_cli import complaint, edgevoice


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/house.md").write_text("# House\n\nThe [boiler] is in the cellar.")
    (tmp_path / "docs/odd.pdf").write_bytes(b"odd")
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"knowledge": {"folder": "docs", "index": "state/k.db"}}))
    return path


def test_documents_are_read_and_asked(settings: Path) -> None:
    early = edgevoice("knowledge", "ask", "where is the boiler", "-c", settings)
    assert "Run `edgevoice knowledge index`." in complaint(early)
    first = edgevoice("knowledge", "index", "-c", settings)
    place = settings.parent / "state/k.db"
    assert first.returncode == 0
    assert first.stdout == f"1 read, 0 unchanged, 0 gone: 1 passage in {place}\n"
    assert first.stderr == "! odd.pdf is no PDF that can be read (PdfStreamError)\n"
    second = edgevoice("knowledge", "index", "--json", "-c", settings)
    assert json.loads(second.stdout) == {
        "read": 0,
        "unchanged": 2,
        "gone": 0,
        "passages": 1,
        "skipped": {"odd.pdf": "is no PDF that can be read (PdfStreamError)"},
    }
    asked = edgevoice("knowledge", "ask", "where is the boiler?", "-c", settings)
    assert asked.stdout == (
        "House  fit 1.00\n"
        "The [boiler] is in the cellar.\n"
        "◆ According to House: The [boiler] is in the cellar.\n"
    )
    asked = edgevoice("knowledge", "ask", "where is the moon?", "--json", "-c", settings)
    assert json.loads(asked.stdout) == {"best": None, "answer": ""}


def test_without_a_folder_the_cure_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").touch()
    told = edgevoice("knowledge", "index", "-c", tmp_path / "empty.yaml")
    assert complaint(told).endswith("Name the folder of your documents in config.yaml.")
