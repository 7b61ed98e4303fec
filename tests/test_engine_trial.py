"""Trying engines in a process of their own."""

from pathlib import Path

import pytest

from edgevoice import engine_trial
from edgevoice.config import Config
from edgevoice.engine_trial import SECTIONS, Trial, try_engine


def test_every_section_can_be_tried() -> None:
    assert set(engine_trial.USES) == {*SECTIONS, "turn", "attention"} <= set(Config.model_fields)


def test_an_engine_that_works_tells_how_long_it_took() -> None:
    trial = try_engine("tts", Config())

    assert (trial.engine, trial.what) == ("espeak", "")
    assert trial.seconds is not None


def test_a_model_that_is_missing_is_the_engines_own_line(tmp_path: Path) -> None:
    config = Config.model_validate({"llm": {"model": tmp_path / "no.gguf"}})

    trial = try_engine("llm", config)

    assert trial.seconds is None
    assert trial.what == f"{tmp_path}/no.gguf: no such model file"
    assert trial.cure


def test_a_turn_model_that_is_missing_is_told_with_a_cure(tmp_path: Path) -> None:
    config = Config.model_validate({"turn": {"model": tmp_path / "no.onnx"}})

    trial = try_engine("turn", config)

    assert trial.seconds is None
    assert trial.what.startswith(f"{tmp_path}/no.onnx")
    assert "make setup" in trial.cure


def test_an_engine_that_nobody_knows_is_the_settings_own_line() -> None:
    trial = try_engine("vad", Config.model_validate({"vad": {"engine": "ears"}}))

    assert trial.engine == "ears"
    assert "not known" in trial.what


@pytest.mark.parametrize(("word", "seconds"), [("okay_nabu", True), ("hey_bob", False)])
def test_a_wake_word_is_tried_by_its_name(word: str, seconds: bool) -> None:
    pytest.importorskip("pymicro_wakeword")
    trial = try_engine("attention", Config.model_validate({"attention": {"wake_word": word}}))
    assert trial.engine == word
    assert (trial.seconds is not None) == seconds
    assert ("not known" in trial.what) != seconds


def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a shell script in the place of Python."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))


def test_a_process_that_dies_is_told_by_its_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(tmp_path, monkeypatch, "kill -ILL $$")

    assert try_engine("llm", Config()) == Trial("llama", signal=4)


def test_a_process_that_breaks_down_is_told_by_its_last_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(tmp_path, monkeypatch, "echo Traceback >&2; echo 'ImportError: no numpy' >&2; exit 1")

    assert try_engine("stt", Config()).what == "broke down (ImportError: no numpy)"


def test_an_engine_that_takes_for_ever_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub(tmp_path, monkeypatch, "exec sleep 60")

    assert "is not ready" in try_engine("stt", Config(), timeout_s=0.1).what
