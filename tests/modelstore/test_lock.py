"""models.lock notices every changed byte, and is believed only when it is whole."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgevoice.errors import ModelError
from edgevoice.modelstore.lock import NAME, LockedModel, lock_present, read_lock, write_lock
from edgevoice.modelstore.manifest import Model
from edgevoice.modelstore.verify import verify

MODEL = Model(
    part="chat", folder="own", files=("a.gguf", "b.json"), licence="MIT", size_mb=1, ram_mb=1
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/a.gguf").write_bytes(b"weights")
    (tmp_path / "own/b.json").write_bytes(b"{}")
    return tmp_path


def states(store: Path, *, full: bool = False) -> list[str]:
    found = verify(store, read_lock(store).models, full=full)
    return [verdict.state for verdict in found]


def test_what_lies_here_is_locked_and_read_back(store: Path) -> None:
    locked = lock_present(store, "own", MODEL)
    assert read_lock(store).models == {"own": locked}
    assert states(store) == states(store, full=True) == ["same", "same"]


def test_nothing_locked_is_an_empty_lock(tmp_path: Path) -> None:
    assert read_lock(tmp_path).models == {}


def test_a_change_of_size_or_time_is_looked_into(store: Path) -> None:
    lock_present(store, "own", MODEL)
    (store / "own/a.gguf").write_bytes(b"weight!")
    (store / "own/b.json").write_bytes(b"{ }")
    assert states(store) == ["changed", "changed"]
    (store / "own/a.gguf").write_bytes(b"weights")
    (store / "own/b.json").unlink()
    assert states(store) == ["same", "missing"]


def test_only_a_full_look_finds_a_change_that_hides_its_time(store: Path) -> None:
    lock_present(store, "own", MODEL)
    path = store / "own/a.gguf"
    time_ns = path.stat().st_mtime_ns
    path.write_bytes(b"WEIGHTS")
    os.utime(path, ns=(time_ns, time_ns))
    assert states(store) == ["same", "same"]
    assert states(store, full=True) == ["changed", "same"]


def test_a_changed_model_is_locked_again_only_when_told(store: Path) -> None:
    lock_present(store, "own", MODEL)
    lock_present(store, "own", MODEL)
    (store / "own/a.gguf").write_bytes(b"other")
    with pytest.raises(ModelError, match="differs from what is locked"):
        lock_present(store, "own", MODEL)
    lock_present(store, "own", MODEL, replace=True)
    assert states(store) == ["same", "same"]


def test_an_unchanged_model_keeps_where_it_came_from(store: Path) -> None:
    about = lock_present(store, "own", MODEL)
    origin = {"repository": "someone/own", "commit": "ab" * 20}
    fetched = LockedModel.model_validate(about.model_dump() | origin)
    write_lock(store, read_lock(store).with_model("own", fetched))
    assert lock_present(store, "own", MODEL) == fetched


def test_a_model_that_is_not_here_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is missing"):
        lock_present(tmp_path, "own", MODEL)
    assert not (tmp_path / NAME).exists()


def test_every_cut_of_the_lock_is_refused_in_one_line(store: Path) -> None:
    lock_present(store, "own", MODEL)
    whole = (store / NAME).read_bytes()
    for end in range(len(whole) - 2):
        (store / NAME).write_bytes(whole[:end])
        with pytest.raises(ModelError) as caught:
            read_lock(store)
        assert len(str(caught.value).splitlines()) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(garbage=st.one_of(st.binary(), st.sampled_from([b"[" * 10_000, b"null", b'{"version": 2}'])))
def test_garbage_is_refused_in_one_line(garbage: bytes, tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(garbage)
    with pytest.raises(ModelError) as caught:
        read_lock(tmp_path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_lock_cannot_point_out_of_its_folder(store: Path) -> None:
    lock_present(store, "own", MODEL)
    text = (store / NAME).read_text()
    for wanted in ('"../own"', '"/etc"', '"own/../.."'):
        (store / NAME).write_text(text.replace('"own",', f"{wanted},"))
        with pytest.raises(ModelError):
            read_lock(store)
