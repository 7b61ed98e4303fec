"""All that the assistant can do, put together by the settings."""

import logging
from pathlib import Path

import pytest

from edgevoice.config import Config, MemoryConfig, StorageConfig
from edgevoice.privacy.keys import make_key
from edgevoice.skills.skills import Skills
from edgevoice.skills.storage import Storage


def test_a_disk_that_fails_does_not_end_the_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    key, folder = tmp_path / "key", tmp_path / "kept"
    make_key(key)
    storage = StorageConfig(enabled=True, key_file=key, folder=folder)
    config = Config(storage=storage, memory=MemoryConfig(enabled=True))
    (folder / "facts.sealed").mkdir(parents=True)  # no file: the disk refuses to read it
    with Skills(config) as skills, caplog.at_level(logging.WARNING):
        assert skills.facts() == ""
    assert "what was to be remembered" in caplog.text


def test_what_was_kept_for_too_long_goes_without_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    key, folder = tmp_path / "key", tmp_path / "kept"
    make_key(key)
    config = Config(
        storage=StorageConfig(enabled=True, key_file=key, folder=folder),
        memory=MemoryConfig(enabled=True, retention_days=1),
    )
    long_ago = {"seconds": 1e9, "at": {"wall": 1.0, "boot": "other", "up": 1.0}}
    old = {"facts": [{"text": "my pin is four two", "second": 0.0}], "lived": long_ago}
    Storage(folder, bytes.fromhex(key.read_text())).save("facts", old)
    with Skills(config):
        pass  # the end waits for what is being written
    assert not list(folder.glob("*.sealed"))
