"""The index: kept up to date, whole at every moment, never changed under a reader."""

import os
import sqlite3
from pathlib import Path

import pytest

from edgevoice.errors import ConfigError, OutputError
from edgevoice.skills.knowledge import index as module
from edgevoice.skills.knowledge.index import Index, IndexBrokenError, is_fresh, refresh
from tests.skills.knowledge.paper import pdf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "house.md").write_text("# House\n\n## Heat\n\nThe boiler hums in the Wi-Fi room.")
    (folder / "garden.txt").write_text("Cabbages grow behind the boiler house.")
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state/knowledge.db"


def found(path: Path, *words: str) -> list[str]:
    index = Index(path)
    try:
        counts = index.frequencies(words)
        return [each.text for each in index.search([(word, counts.get(word, 0)) for word in words])]
    finally:
        index.close()


def test_passages_are_found_by_their_words(folder: Path, path: Path) -> None:
    done = refresh(folder, path)
    assert (done.read, done.passages, done.troubles) == (2, 2, {})
    assert path.stat().st_mode & 0o777 == 0o600
    assert found(path, "cabbag") == ["Cabbages grow behind the boiler house."]
    assert found(path, "wifi") == ["The boiler hums in the Wi-Fi room."]
    assert len(found(path, "boiler")) == 2
    assert found(path, "moon") == []
    index = Index(path)
    [first, *_] = index.search([("heat", 1)])
    assert (first.title, first.headings) == ("House", ("House", "Heat")) and first.score > 0
    index.close()


def test_rare_words_lead_to_the_few_passages_that_are_ranked(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(folder, path)
    monkeypatch.setattr(module, "_MOST_ROWS", 1)
    assert found(path, "boiler", "cabbag") == ["Cabbages grow behind the boiler house."]


def test_only_what_changed_is_read_again(folder: Path, path: Path) -> None:
    refresh(folder, path)
    before = path.stat().st_ino
    assert is_fresh(folder, path)
    done = refresh(folder, path)
    assert (done.read, done.unchanged, done.gone, done.passages) == (0, 2, 0, 2)
    assert path.stat().st_ino == before
    (folder / "garden.txt").write_text("Tulips grow there.")
    (folder / "new.md").write_text("Entirely new.")
    assert not is_fresh(folder, path)
    done = refresh(folder, path)
    assert (done.read, done.unchanged, done.gone, done.passages) == (2, 1, 0, 3)
    assert found(path, "cabbag") == [] and found(path, "tulip") == ["Tulips grow there."]
    (folder / "house.md").unlink()
    done = refresh(folder, path)
    assert (done.read, done.unchanged, done.gone, done.passages) == (0, 2, 1, 2)
    assert found(path, "hum") == []


def test_a_document_that_was_only_touched_is_not_read_again(folder: Path, path: Path) -> None:
    refresh(folder, path)
    os.utime(folder / "house.md", ns=(1, 1))
    assert not is_fresh(folder, path)
    assert refresh(folder, path).unchanged == 2
    assert is_fresh(folder, path)


def test_anew_reads_everything(folder: Path, path: Path) -> None:
    refresh(folder, path)
    assert refresh(folder, path, anew=True).read == 2


def test_it_is_the_same_as_one_made_anew(folder: Path, path: Path, tmp_path: Path) -> None:
    for n in range(8):
        (folder / f"{n % 3}.md").write_text(f"# T{n}\n\nword{n} boiler\n\n## B\n\nmore{n}")
        if n % 3 == 2:
            (folder / "0.md").unlink()
        refresh(folder, path)
    other = tmp_path / "other.db"
    refresh(folder, other)
    for word in ("boiler", "word6", "word7", "more6", "more5", "t7"):
        assert sorted(found(path, word)) == sorted(found(other, word))


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(folder: Path, path: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"no pdf")
    (folder / "empty.md").touch()
    (folder / "fine.pdf").write_bytes(pdf("Radishes."))
    steps: list[tuple[int, int, str]] = []
    done = refresh(folder, path, lambda *step: steps.append(step))
    assert done.read == 3 and done.passages == 3
    assert done.troubles == {
        "broken.pdf": "is no PDF that can be read (PdfStreamError)",
        "empty.md": "holds no text",
    }
    names = ["broken.pdf", "empty.md", "fine.pdf", "garden.txt", "house.md", ""]
    assert steps == [(number, 5, name) for number, name in enumerate(names)]
    # They are not tried again before they change, and not forgotten either.
    assert refresh(folder, path).troubles == done.troubles


def test_names_that_are_no_text_do_no_harm(folder: Path, path: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9\x1b.md")).write_text("Espresso.")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.md")).touch()
    done = refresh(folder, path)
    assert found(path, "espresso") == ["Espresso."]
    assert done.troubles == {"\ufffd.md": "holds no text"}


def test_a_document_that_may_not_be_read_is_told(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(folder: Path, name: bytes) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "_content", refused)
    assert set(refresh(folder, path).troubles.values()) == {"cannot be read: Permission denied"}


# --- damage


@pytest.mark.parametrize("damage", ["empty", "cut", "rubbish", "text", "version", "page"])
def test_a_damaged_index_is_told_and_made_anew(folder: Path, path: Path, damage: str) -> None:
    refresh(folder, path)
    content = path.read_bytes()
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "rubbish":
            path.write_bytes(os.urandom(5_000))
        case "text":
            path.write_bytes(b"hello")
        case "version":
            with sqlite3.connect(path) as database:
                database.execute("PRAGMA user_version = 999")
            database.close()
        case "page":
            path.write_bytes(content[:4096] + b"\xff" * 8192 + content[3 * 4096 :])
    if damage != "cut":  # half of it may do for a while
        with pytest.raises(IndexBrokenError):
            found(path, "boiler", "cabbag", "hum")
    done = refresh(folder, path)
    assert (done.read, done.passages) == (2, 2)
    assert len(found(path, "boiler")) == 2


def test_a_reader_keeps_the_index_that_it_has_opened(folder: Path, path: Path) -> None:
    refresh(folder, path)
    index = Index(path)
    (folder / "garden.txt").unlink()
    refresh(folder, path)
    assert [each.title for each in index.search([("cabbag", 1)])] == ["Garden"]
    index.close()
    assert found(path, "cabbag") == []


def test_where_reading_breaks_off_the_old_index_stays(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(folder, path)
    before = path.read_bytes()
    (folder / "new.md").write_text("New.")

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_add", broken)
    with pytest.raises(KeyboardInterrupt):
        refresh(folder, path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["knowledge.db"]


def test_no_folder_and_no_place_for_the_index_are_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such folder"):
        refresh(tmp_path / "nowhere", tmp_path / "k.db")
    with pytest.raises(OutputError, match="cannot be written: it is a folder"):
        refresh(folder, folder)
    with pytest.raises(OutputError, match="cannot be written"):
        refresh(folder, folder / "house.md/k.db")


def test_an_index_that_is_not_there_is_broken(tmp_path: Path) -> None:
    with pytest.raises(IndexBrokenError):
        Index(tmp_path / "nothing.db")
