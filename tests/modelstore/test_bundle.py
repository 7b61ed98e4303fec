"""A bundle brings exactly what was exported, or nothing; and it can point nowhere else."""

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgevoice.errors import EdgevoiceError, ModelError, OutputError
from edgevoice.modelstore.bundle import ABOUT, bring_in, export
from edgevoice.modelstore.lock import NAME, lock_present, read_lock
from edgevoice.modelstore.manifest import Model
from edgevoice.modelstore.verify import verify

MODEL = Model(
    part="chat", folder="own", files=("a.gguf", "b.json"), licence="MIT", size_mb=1, ram_mb=1
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    store = tmp_path / "source"
    (store / "own").mkdir(parents=True)
    (store / "own/a.gguf").write_bytes(b"weights" * 500)
    (store / "own/b.json").write_bytes(b"{}")
    lock_present(store, "own", MODEL)
    return store


@pytest.fixture
def bundle(source: Path, tmp_path: Path) -> Path:
    path = tmp_path / "models.tar"
    export(source, read_lock(source).models, path)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A machine that has an older model."""
    store = tmp_path / "target"
    (store / "own").mkdir(parents=True)
    (store / "own/a.gguf").write_bytes(b"old")
    (store / "own/b.json").write_bytes(b"[]")
    lock_present(store, "own", MODEL)
    return store


def everything(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file()}


def assert_refused(target: Path, bundle: Path, kind: type[EdgevoiceError] = ModelError) -> str:
    before = everything(target)
    with pytest.raises(kind) as caught:
        bring_in(target, bundle)
    assert everything(target) == before
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def rewritten(bundle: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]) -> None:
    """The bundle again, after `change` has had its members."""
    with tarfile.open(bundle) as tar:
        members = [(member, opened.read()) for member in tar if (opened := tar.extractfile(member))]
    change(members)
    with tarfile.open(bundle, "w") as tar:
        for about, content in members:
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))


def test_a_bundle_brings_what_was_exported(source: Path, bundle: Path, target: Path) -> None:
    assert {*bring_in(target, bundle)} == {"own"}
    assert (target / "own/a.gguf").read_bytes() == b"weights" * 500
    for full in (False, True):
        found = verify(target, read_lock(target).models, full=full)
        assert {verdict.state for verdict in found} == {"same"}
    assert not list((target / ".incoming").iterdir())


def test_it_is_signed_off_by_its_hash(source: Path, tmp_path: Path, target: Path) -> None:
    path = tmp_path / "signed.tar"
    sha256 = export(source, read_lock(source).models, path)
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ModelError, match="not the bundle that was signed off"):
        bring_in(target, path, sha256="0" * 64)
    assert bring_in(target, path, sha256=sha256.upper())


def test_a_changed_model_is_not_exported(source: Path, tmp_path: Path) -> None:
    (source / "own/b.json").write_bytes(b"!!")
    with pytest.raises(ModelError, match="not what was locked"):
        export(source, read_lock(source).models, tmp_path / "models.tar")
    assert not list(tmp_path.glob("*.tar")) and not list(tmp_path.glob(".*"))


def test_a_place_that_cannot_be_written_is_one_line(source: Path, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none/models.tar"):
        with pytest.raises(OutputError):
            export(source, read_lock(source).models, place)


def test_a_bundle_cut_anywhere_replaces_nothing(bundle: Path, target: Path) -> None:
    whole = bundle.read_bytes()
    last = len(whole.rstrip(b"\0"))
    for end in [*range(0, last, 97), last - 1]:
        bundle.write_bytes(whole[:end])
        assert_refused(target, bundle)


def test_a_changed_byte_replaces_nothing(bundle: Path, target: Path) -> None:
    rewritten(bundle, lambda members: members.__setitem__(1, (members[1][0], b"weightS" * 500)))
    assert "own/a.gguf is not what the bundle says" in assert_refused(target, bundle)


def test_a_longer_file_is_refused(bundle: Path, target: Path) -> None:
    rewritten(bundle, lambda members: members.__setitem__(2, (members[2][0], b"{}" * 10**6)))
    assert_refused(target, bundle)


def test_something_more_is_refused(bundle: Path, target: Path) -> None:
    rewritten(bundle, lambda members: members.append((tarfile.TarInfo("../../evil"), b"x")))
    assert "more than it says" in assert_refused(target, bundle)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
def test_links_and_folders_are_refused(kind: bytes, bundle: Path, target: Path) -> None:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[1][0].type = kind
        members[1][0].linkname = "/etc/passwd"

    rewritten(bundle, change)
    assert_refused(target, bundle)


@pytest.mark.parametrize(
    ("folder", "file"), [("../x", "a"), ("/x", "a"), ("own", "../a"), ("own", "/a"), (".ssh", "a")]
)
def test_nothing_leaves_the_folder(folder: str, file: str, bundle: Path, target: Path) -> None:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        about: dict[str, Any] = json.loads(members[0][1])
        own = about["models"]["own"]
        own["folder"], own["files"] = folder, {file: own["files"]["a.gguf"]}
        members[0] = (members[0][0], json.dumps(about).encode())

    rewritten(bundle, change)
    assert_refused(target, bundle)


def test_two_models_in_one_place_are_refused(bundle: Path, target: Path) -> None:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        about: dict[str, Any] = json.loads(members[0][1])
        about["models"]["twin"] = about["models"]["own"]
        members[0] = (members[0][0], json.dumps(about).encode())

    rewritten(bundle, change)
    assert "the same place" in assert_refused(target, bundle)


def test_a_description_without_end_is_refused(bundle: Path, target: Path) -> None:
    rewritten(bundle, lambda members: members.__setitem__(0, (members[0][0], b" " * (2**20 + 1))))
    assert "too long" in assert_refused(target, bundle)


def test_too_little_room_is_said_first(
    bundle: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(target)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert "are free" in assert_refused(target, bundle, OutputError)


def test_no_bundle_is_one_line(target: Path, tmp_path: Path) -> None:
    assert "cannot be read" in assert_refused(target, tmp_path / "none.tar")
    assert (target / NAME).exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(data=st.data())
def test_garbage_is_refused_in_one_line(data: st.DataObject, bundle: Path, target: Path) -> None:
    whole = bundle.read_bytes()
    start = data.draw(st.integers(0, 2000))
    junk = data.draw(st.binary(min_size=1, max_size=600))
    path = bundle.with_name("junk.tar")
    path.write_bytes(data.draw(st.sampled_from([junk, whole[:start] + junk + whole[start + 9 :]])))
    before = everything(target)
    try:
        bring_in(target, path)
    except EdgevoiceError as error:
        assert len(str(error).splitlines()) == 1
        assert everything(target) == before


def test_a_bundle_names_its_description_first(bundle: Path) -> None:
    with tarfile.open(bundle) as tar:
        assert tar.getnames() == [ABOUT, "own/a.gguf", "own/b.json"]
