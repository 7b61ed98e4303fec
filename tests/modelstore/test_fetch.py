"""Fetching from a hub that breaks, lies, stalls and vanishes: whole and right, or not at all."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import huggingface_hub.constants
import pytest

from edgevoice.errors import HubError, ModelError, OutputError
from edgevoice.modelstore import fetch
from edgevoice.modelstore.fetch import INCOMING, pull
from edgevoice.modelstore.lock import NAME, read_lock
from edgevoice.modelstore.manifest import Model
from edgevoice.modelstore.verify import is_whole, verify
from tests.modelstore.fake_hub import COMMIT, FakeHub, serve

WEIGHTS = hashlib.shake_256(b"weights").digest(300_000)
FILES = {"deep/model.bin": WEIGHTS, "config.json": b'{"a": 1}\n'}
MODEL = Model(
    part="speech",
    folder="tiny",
    repository="someone/tiny",
    files=tuple(FILES),
    licence="MIT",
    size_mb=1,
    ram_mb=1,
)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serve(FakeHub(dict(FILES), small={"config.json"})) as serving:
        yield serving


def fetched(store: Path, hub: FakeHub, **options: Any) -> bool:
    return pull(store, "tiny", MODEL, endpoint=hub.url, sleep=lambda _s: None, **options)


def assert_whole(store: Path) -> None:
    locked = read_lock(store).models["tiny"]
    assert locked.commit == COMMIT and locked.repository == "someone/tiny"
    assert (store / "tiny/model.bin").read_bytes() == WEIGHTS
    assert {verdict.state for verdict in verify(store, {"tiny": locked}, full=True)} == {"same"}
    assert not list((store / INCOMING).iterdir())


def assert_untouched(store: Path) -> None:
    assert not (store / "tiny").exists() and not (store / NAME).exists()


def test_a_whole_fetch_is_checked_locked_and_in_place(tmp_path: Path, hub: FakeHub) -> None:
    told: list[tuple[str, int, int]] = []
    assert fetched(tmp_path, hub, told=lambda *about: told.append(about))
    assert_whole(tmp_path)
    assert told[-1] == ("config.json", 9, 9)


def test_nothing_else_is_asked_or_told(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AI_AGENT", "somebody")
    assert fetched(tmp_path, hub)
    assert [path.rpartition("/")[2] for path, _ in hub.asked] == ["model.bin", "config.json"]
    assert not [headers for headers in hub.headers if "agent/" in headers["user-agent"]]


def test_being_offline_is_lifted_for_the_fetch_alone(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert fetched(tmp_path, hub)
    assert huggingface_hub.constants.HF_HUB_OFFLINE is True


@pytest.mark.parametrize("at", [0, 1, 65_535, 65_536, 65_537, 150_000, 299_999])
def test_a_break_at_any_byte_is_mended_without_fetching_twice(
    at: int, tmp_path: Path, hub: FakeHub
) -> None:
    hub.breaks = [at]
    assert fetched(tmp_path, hub)
    assert_whole(tmp_path)
    assert len(hub.asked) == 3
    assert hub.asked[1][1] == (f"bytes={at}-" if at else None)


@pytest.mark.parametrize("at", [0, 1, 65_536, 100_000, 299_999, 300_000])
def test_what_a_killed_fetch_left_is_gone_on_from(at: int, tmp_path: Path, hub: FakeHub) -> None:
    part = tmp_path / INCOMING / f"{hub.etag('deep/model.bin')}.part"
    part.parent.mkdir()
    part.write_bytes(WEIGHTS[:at])
    assert fetched(tmp_path, hub)
    assert_whole(tmp_path)
    wanted = next((span for path, span in hub.asked if path.endswith("model.bin")), None)
    assert wanted == (f"bytes={at}-" if 0 < at < len(WEIGHTS) else None)


def test_a_hub_that_cannot_begin_in_the_middle_begins_again(tmp_path: Path, hub: FakeHub) -> None:
    hub.breaks, hub.ranges = [200_000], False
    assert fetched(tmp_path, hub)
    assert_whole(tmp_path)


def test_a_damaged_part_is_thrown_away_and_fetched_anew(tmp_path: Path, hub: FakeHub) -> None:
    part = tmp_path / INCOMING / f"{hub.etag('deep/model.bin')}.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * 1000)
    with pytest.raises(ModelError, match="not what the hub states"):
        fetched(tmp_path, hub)
    assert_untouched(tmp_path)
    assert fetched(tmp_path, hub)
    assert_whole(tmp_path)


@pytest.mark.parametrize("lie", [WEIGHTS[:-1] + b"!", WEIGHTS + b"more"])
def test_the_wrong_content_replaces_nothing(lie: bytes, tmp_path: Path, hub: FakeHub) -> None:
    hub.lies = {"deep/model.bin": lie}
    with pytest.raises(ModelError, match=r"not what the hub states.*Nothing was replaced"):
        fetched(tmp_path, hub)
    assert_untouched(tmp_path)


def test_a_wrong_small_file_is_found_by_gits_name(tmp_path: Path, hub: FakeHub) -> None:
    hub.lies = {"config.json": b'{"a": 2}\n'}
    with pytest.raises(ModelError, match=r"config\.json"):
        fetched(tmp_path, hub)
    assert_untouched(tmp_path)


def test_a_hub_that_keeps_breaking_is_given_up(tmp_path: Path, hub: FakeHub) -> None:
    hub.breaks = [0] * 50
    with pytest.raises(HubError, match="goes on where it stopped"):
        fetched(tmp_path, hub)
    assert len(hub.asked) == fetch.TRIES
    assert_untouched(tmp_path)


def test_a_hub_that_is_down_is_said_so_and_what_is_here_stays_good(
    tmp_path: Path, hub: FakeHub
) -> None:
    assert fetched(tmp_path, hub)
    hub.status = 503
    assert not fetched(tmp_path, hub)
    assert is_whole(tmp_path, "tiny", read_lock(tmp_path).models["tiny"])
    with pytest.raises(HubError, match="status 503"):
        fetched(tmp_path, hub, update=True)
    assert_whole(tmp_path)


def test_nobody_listening_is_one_line(tmp_path: Path) -> None:
    with serve(FakeHub({})) as gone:
        pass
    with pytest.raises(HubError, match=r"tiny was not fetched: the connection failed") as caught:
        fetched(tmp_path, gone)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("status", "said"), [(401, "needs a token"), (403, "permission"), (404, "is not on the hub")]
)
def test_what_asking_again_does_not_mend_is_asked_once(
    status: int, said: str, tmp_path: Path, hub: FakeHub
) -> None:
    hub.status = status
    with pytest.raises(HubError, match=said):
        fetched(tmp_path, hub)


def test_what_cannot_be_checked_is_not_taken(tmp_path: Path, hub: FakeHub) -> None:
    hub.hashes = False
    with pytest.raises(HubError, match="does not state its hash"):
        fetched(tmp_path, hub)
    assert_untouched(tmp_path)


def test_a_lost_file_comes_back_as_it_was_locked(tmp_path: Path, hub: FakeHub) -> None:
    assert fetched(tmp_path, hub)
    (tmp_path / "tiny/config.json").unlink()
    hub.asked.clear()
    assert fetched(tmp_path, hub)
    assert_whole(tmp_path)
    assert [path for path, _ in hub.asked] == [f"/someone/tiny/resolve/{COMMIT}/config.json"]


def test_killed_between_placing_and_locking_nothing_is_fetched_again(
    tmp_path: Path, hub: FakeHub
) -> None:
    assert fetched(tmp_path, hub)
    (tmp_path / NAME).unlink()
    hub.asked.clear()
    assert fetched(tmp_path, hub)
    assert_whole(tmp_path)
    assert not hub.asked


def test_another_content_under_the_locked_commit_is_refused(tmp_path: Path, hub: FakeHub) -> None:
    assert fetched(tmp_path, hub)
    (tmp_path / "tiny/model.bin").unlink()
    hub.files["deep/model.bin"] = b"something else"
    with pytest.raises(ModelError, match="not what it was when it was locked"):
        fetched(tmp_path, hub)
    assert not (tmp_path / "tiny/model.bin").exists()
    assert fetched(tmp_path, hub, update=True)
    assert (tmp_path / "tiny/model.bin").read_bytes() == b"something else"


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_too_little_room_is_said_before_a_byte_is_fetched(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Disk(10**9, 10**9 - 10**7, 10**7))
    with pytest.raises(OutputError, match=r"needs 67 MB in .* 10 MB are free"):
        fetched(tmp_path, hub)
    assert not hub.asked


def test_a_disk_that_fills_on_the_way_is_one_line(tmp_path: Path, hub: FakeHub) -> None:
    part = tmp_path / INCOMING / f"{hub.etag('deep/model.bin')}.part"
    part.parent.mkdir()
    part.symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"No space left on device\. Make room"):
        fetched(tmp_path, hub)
    assert_untouched(tmp_path)


def test_two_at_once_do_not_mix_their_bytes(tmp_path: Path, hub: FakeHub) -> None:
    with fetch.alone(tmp_path), pytest.raises(OutputError, match="somebody else"):
        fetched(tmp_path, hub)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, hub: FakeHub) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be made"):
        fetched(tmp_path / "new", hub)


def test_what_comes_with_edgevoice_is_not_looked_for(tmp_path: Path) -> None:
    own = MODEL.model_copy(update={"repository": None})
    with pytest.raises(ModelError, match="comes with edgevoice"):
        pull(tmp_path, "own", own)
