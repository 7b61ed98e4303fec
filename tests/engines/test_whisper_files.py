"""What may be wrong with a model folder, found before native code reads it."""

import json
import shutil
from pathlib import Path

import pytest

from edgevoice.engines import whisper_files
from edgevoice.engines.whisper_files import Profile
from edgevoice.errors import ModelError


@pytest.fixture
def folder(stt_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stt_folder, tmp_path / "stt"))


def test_the_starter_model_is_whole(stt_folder: Path) -> None:
    declared = json.loads((stt_folder / "edgevoice.json").read_text())
    profile = whisper_files.check(stt_folder)
    assert profile.min_window_ms == declared["min_window_ms"]
    assert profile.min_avg_logprob == declared["min_avg_logprob"]
    assert (profile.padding, profile.silence_after_ms) == ("zeros", 0)


def test_a_model_without_a_profile_is_stock(folder: Path) -> None:
    (folder / "edgevoice.json").unlink()
    assert whisper_files.check(folder) == Profile(
        min_window_ms=10_000, silence_after_ms=2600, padding="silence", min_avg_logprob=-1.0
    )


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere: no such model folder\. Fetch the model again"):
        whisper_files.check(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_missing_empty_and_garbage_files(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff\xfegarbage" * 100)
    with pytest.raises(ModelError, match=rf"{name}: is (damaged|truncated|not)"):
        whisper_files.check(folder)
    (folder / name).write_bytes(b"")
    with pytest.raises(ModelError, match=rf"{name}: is empty"):
        whisper_files.check(folder)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"{name}: is missing"):
        whisper_files.check(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "vocabulary.json"])
def test_truncated_text(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes().rstrip()
    for size in (1, len(whole) // 2, len(whole) - 1):
        (folder / name).write_bytes(whole[:size])
        with pytest.raises(ModelError, match=rf"{name}: is truncated or damaged"):
            whisper_files.check(folder)


def test_weights_truncated_at_any_byte(folder: Path) -> None:
    weights = folder / "model.bin"
    whole = weights.read_bytes()
    sizes = [*range(1, 300), *range(300, len(whole), 99_991), *range(len(whole) - 9, len(whole))]
    for size in reversed(sizes):
        with weights.open("r+b") as file:
            file.truncate(size)
        with pytest.raises(ModelError, match=r"model\.bin: is "):
            whisper_files.check(folder)


def test_weights_of_another_kind(folder: Path) -> None:
    weights = folder / "model.bin"
    whole = weights.read_bytes()
    weights.write_bytes(whole.replace(b"WhisperSpec", b"SplinterSpe", 1))
    with pytest.raises(ModelError, match="is a CTranslate2 model, but not of Whisper"):
        whisper_files.check(folder)
    weights.write_bytes(b"GGUF" + whole[4:])
    with pytest.raises(ModelError, match="is not a CTranslate2 model"):
        whisper_files.check(folder)


def test_weights_whose_sizes_contradict_each_other(folder: Path) -> None:
    weights = folder / "model.bin"
    whole = bytearray(weights.read_bytes())
    at = whole.index(b"decoder/embeddings/weight\0") + len(b"decoder/embeddings/weight\0") + 1
    whole[at] ^= 1
    weights.write_bytes(whole)
    with pytest.raises(ModelError, match=r"model\.bin: is damaged"):
        whisper_files.check(folder)


def test_vocabulary_as_text(folder: Path) -> None:
    tokens = json.loads((folder / "vocabulary.json").read_text())
    (folder / "vocabulary.json").unlink()
    (folder / "vocabulary.txt").write_text("\n".join(tokens))
    whisper_files.check(folder)
    (folder / "vocabulary.txt").write_text("")
    with pytest.raises(ModelError, match=r"vocabulary\.txt: is empty"):
        whisper_files.check(folder)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", "[]"),
        ("tokenizer.json", "{}"),
        ("vocabulary.json", "{}"),
        ("vocabulary.json", "[1]"),
        ("preprocessor_config.json", "[]"),
        ("edgevoice.json", "[]"),
        ("edgevoice.json", '{"min_window_ms": -4}'),
        ("edgevoice.json", '{"min_windw_ms": 4}'),
    ],
)
def test_json_of_the_wrong_shape(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(ModelError, match=rf"{name}: is not "):
        whisper_files.check(folder)
