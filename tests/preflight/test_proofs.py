"""Proofs: what was tried once need not be tried again, unless anything is other than it was."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgevoice.config import Config
from edgevoice.errors import OutputError
from edgevoice.preflight import proofs as module
from edgevoice.preflight.proofs import KEPT, Proofs, fingerprint, surroundings

FEATURES = frozenset({"avx2"})


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "chat.gguf"
    path.write_bytes(bytes(100_000))
    return path


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place with a package and a library, as they are installed."""
    place = tmp_path / "site-packages"
    for file in ("llama_cpp-1.dist-info/RECORD", "llama_cpp/lib/libllama.so"):
        (place / file).parent.mkdir(parents=True)
        (place / file).write_text(file)
    monkeypatch.setattr("sys.path", [str(place)])
    return place


def mark(model: Path, **environment: str) -> str:
    config = Config.model_validate({"llm": {"model": model}})
    return fingerprint("llm", config, surroundings(FEATURES, environment))


def swap(path: Path, content: bytes) -> None:
    """Put other content in the place of a file, of the same size and date, as some copying does."""
    about = path.stat()
    path.with_name("new").write_bytes(content)
    path.with_name("new").replace(path)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


@pytest.mark.parametrize(
    "change",
    [
        lambda model, _: swap(model, bytes(99_999) + b"x"),
        lambda model, _: swap(model, model.read_bytes()),
        lambda model, _: model.unlink(),
        lambda model, _: model.write_bytes(b""),
        lambda _, place: swap(place / "llama_cpp/lib/libllama.so", b"llama_cpp/lib/libllama.xx"),
        lambda _, place: swap(place / "llama_cpp-1.dist-info/RECORD", b"x" * 28),
        lambda _, place: (place / "llama_cpp-1.dist-info").rename(place / "llama_cpp-2.dist-info"),
        lambda _, place: shutil.rmtree(place / "llama_cpp"),
        lambda _, place: (place / "llama_cpp/lib/libmore.so").write_text("more"),
    ],
)
def test_every_change_shows(
    model: Path, packages: Path, change: Callable[[Path, Path], object]
) -> None:
    before = mark(model)
    assert before == mark(model)
    change(model, packages)
    assert mark(model) != before


def test_an_image_whose_files_all_have_the_same_times_is_told_by_what_is_in_them(
    model: Path, packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Timeless:
        st_ino, st_mtime_ns, st_ctime_ns, st_size, st_mode = 1, 0, 0, 100_000, 0o100644

    monkeypatch.setattr(Path, "stat", lambda *_, **__: Timeless)
    before = mark(model)
    content = bytearray(model.read_bytes())
    content[-1] = 1
    model.write_bytes(content)
    assert mark(model) != before


def test_other_settings_another_processor_and_the_environment_show(model: Path) -> None:
    around = surroundings(FEATURES, {})
    before = mark(model)
    longer = Config.model_validate({"llm": {"model": model, "context_tokens": 4096}})
    assert fingerprint("llm", longer, around) != before
    assert fingerprint("llm", longer, around) != fingerprint("stt", longer, around)
    same = Config.model_validate({"llm": {"model": model}, "reply": {"drafts": 1}})
    assert fingerprint("llm", same, around) == before
    assert surroundings(FEATURES | {"avx512f"}, {}) != around
    assert mark(model, LD_PRELOAD="/lib/x.so") != before
    assert mark(model, OMP_NUM_THREADS="1") != before
    assert mark(model, LANG="C", EDITOR="vi") == before


def test_our_own_code_is_among_what_counts(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "ours"
    (ours / "engines").mkdir(parents=True)
    (ours / "engines" / "llama.py").write_text("1")
    monkeypatch.setattr(module, "OURS", ours)
    before = mark(model)
    (ours / "engines" / "llama.py").write_text("2")
    assert mark(model) != before


def test_a_pipe_in_the_place_of_a_model_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert mark(tmp_path / "pipe")


def test_what_is_proven_is_known_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "state" / "preflight.json"
    Proofs(path).add({"a": 5, "b": 0})
    Proofs(path).add({"c": 7})
    known = Proofs(path)
    assert [known.memory(mark) for mark in "abcd"] == [5, 0, 7, None]


def test_the_oldest_proofs_go(tmp_path: Path) -> None:
    path = tmp_path / "preflight.json"
    for number in range(KEPT + 3):
        Proofs(path).add({str(number): number})
    known = Proofs(path)
    assert known.memory("2") is None and known.memory("3") == 3


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(OutputError):
        Proofs(tmp_path / "state" / "preflight.json").add({"a": 1})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


@given(raw=st.binary(max_size=100))
@example(raw=b"[" * 100_000)
@example(raw=b'{"a": -1}')
@example(raw=b'{"a": true}')
@example(raw=b'{"a": 1e9}')
@example(raw=b'{"a": "yes"}')
def test_a_damaged_file_proves_nothing(folder: Path, raw: bytes) -> None:
    path = folder / "proofs.json"
    path.write_bytes(raw)
    assert Proofs(path).memory("a") is None
