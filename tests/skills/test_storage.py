"""What we are asked to keep: nobody reads it without the key, and no damage takes more with it."""

import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgevoice.config import StorageConfig
from edgevoice.errors import ConfigError, OutputError
from edgevoice.privacy.keys import STORAGE, make_key
from edgevoice.skills.storage import MOST, Storage, open_storage

KEY, OTHER = bytes(range(32)), bytes(32)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda children: st.lists(children) | st.dictionaries(st.text(max_size=8), children),
    max_leaves=8,
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "storage"


@given(tree=TREES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_saved_is_loaded_in_the_next_run(place: Path, tree: Any) -> None:
    Storage(place, KEY).save("notes", tree)

    assert Storage(place, KEY).load("notes") == tree


def test_nothing_of_it_can_be_read_by_others(place: Path) -> None:
    Storage(place, KEY).save("notes", ["marmalade"])

    (file,) = place.iterdir()
    assert b"marmalade" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_what_is_not_there_is_none_and_can_be_removed_all_the_same(place: Path) -> None:
    storage = Storage(place, KEY)

    assert storage.load("notes") is None
    storage.remove("notes")
    storage.save("notes", [1])
    storage.save("lists", [2])
    storage.remove("notes")
    assert storage.load("notes") is None
    assert storage.load("lists") == [2]


@pytest.mark.parametrize("name", ["", "a/b", "..", "Notes", "a.b", "x" * 50])
def test_a_name_leads_nowhere_else(place: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        Storage(place, KEY).save(name, 1)


@given(place_of=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_damage_is_noticed_and_the_rest_goes_on(
    place: Path, place_of: float, bit: int, cut: bool
) -> None:
    storage = Storage(place, KEY)
    storage.save("notes", ["milk"])
    storage.save("lists", ["eggs"])
    content = bytearray((place / "notes.sealed").read_bytes())
    at = int(place_of * len(content))
    content[at] ^= 1 << bit
    (place / "notes.sealed").write_bytes(content[:at] if cut else content)

    assert storage.load("notes") is None
    assert storage.load("lists") == ["eggs"]
    assert (place / "notes.damaged").exists()
    storage.save("notes", ["bread"])
    assert storage.load("notes") == ["bread"]


def test_no_document_passes_for_another(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    storage = Storage(place, KEY)
    storage.save("notes", ["milk"])
    (place / "notes.sealed").rename(place / "lists.sealed")

    with caplog.at_level(logging.WARNING):
        assert storage.load("lists") is None
    assert "another document" in caplog.text and "milk" not in caplog.text


def test_what_is_too_long_is_refused_and_the_old_one_stays(place: Path) -> None:
    storage = Storage(place, KEY)
    storage.save("notes", "short")

    with pytest.raises(OutputError, match="longer"):
        storage.save("notes", "x" * MOST)
    assert storage.load("notes") == "short"
    storage.save("notes", "x" * (MOST - len('{"notes": ""}')))
    assert len(storage.load("notes")) == MOST - len('{"notes": ""}')


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_disk_that_refuses_is_one_line_with_a_cure(place: Path) -> None:
    place.mkdir(mode=0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        Storage(place, KEY).save("notes", 1)


def test_a_folder_that_cannot_be_made_is_one_line_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"storage\.folder"):
        Storage(tmp_path / "file" / "below", KEY).save("notes", 1)


def test_it_is_off_unless_switched_on(tmp_path: Path) -> None:
    assert open_storage(StorageConfig(), {}) is None
    with pytest.raises(ConfigError, match=r"storage\.key_file.*edgevoice-storage"):
        open_storage(StorageConfig(enabled=True), {})


def test_it_lies_among_our_state_under_its_own_key(tmp_path: Path) -> None:
    make_key(key := tmp_path / "key")
    storage = open_storage(
        StorageConfig(enabled=True, key_file=key), {"STATE_DIRECTORY": str(tmp_path / "state")}
    )
    assert storage
    storage.save("notes", 1)
    assert (tmp_path / "state" / "storage" / "notes.sealed").exists()


def test_the_key_of_systemd_comes_first(tmp_path: Path) -> None:
    (tmp_path / STORAGE.credential).write_text(KEY.hex())
    chosen = StorageConfig(enabled=True, folder=tmp_path / "kept")
    storage = open_storage(chosen, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert storage
    storage.save("notes", 1)
    assert Storage(tmp_path / "kept", KEY).load("notes") == 1


def test_another_key_is_refused_at_the_start_and_destroys_nothing(tmp_path: Path) -> None:
    Storage(tmp_path, OTHER).save("notes", ["milk"])
    make_key(key := tmp_path / "key")

    with pytest.raises(ConfigError, match="another key"):
        open_storage(StorageConfig(enabled=True, folder=tmp_path, key_file=key), {})
    assert Storage(tmp_path, OTHER).load("notes") == ["milk"]
