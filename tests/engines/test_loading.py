"""Engines by name: what the names build, what is imported when, what is said when it fails."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edgevoice.config import Config, LlmConfig, SttConfig, TtsConfig, VadConfig
from edgevoice.engines import loading
from edgevoice.engines.espeak import EspeakVoice
from edgevoice.engines.llama import LlamaChat
from edgevoice.engines.piper import PiperVoice
from edgevoice.engines.silero import SileroVad
from edgevoice.engines.whisper import WhisperTranscriber
from edgevoice.errors import ConfigError, ModelError

pytestmark = pytest.mark.engine

HEAVY = ("onnxruntime", "ctranslate2", "faster_whisper", "llama_cpp", "openai", "piper", "torch")


def test_nothing_heavy_is_imported_until_an_engine_is_built() -> None:
    names = "base espeak llama loading openai_chat piper routed scripted silero whisper"
    modules = ", ".join(f"edgevoice.engines.{name}" for name in names.split())
    program = f"import sys, {modules}; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_the_names_build_their_engines(tiny_chat: Path, stt_folder: Path, whistle: Path) -> None:
    vad = loading.load_vad(VadConfig())
    transcriber = loading.load_transcriber(SttConfig(model=stt_folder, min_avg_logprob=-0.7))
    chat = loading.load_chat(LlmConfig(model=tiny_chat, threads=1, context_tokens=512))
    espeak = loading.load_voice(TtsConfig(speed=2.0))
    piper = loading.load_voice(TtsConfig(engine="piper", voice=str(whistle)))

    assert isinstance(vad, SileroVad)
    assert isinstance(transcriber, WhisperTranscriber)
    assert transcriber.min_avg_logprob == -0.7
    assert isinstance(chat, LlamaChat)
    assert isinstance(espeak, EspeakVoice)
    assert isinstance(piper, PiperVoice)


def test_the_defaults_are_known() -> None:
    config = Config()
    assert config.vad.engine in loading._VADS
    assert config.stt.engine in loading._TRANSCRIBERS
    assert config.llm.engine in loading._CHATS
    assert config.tts.engine in loading._VOICES


def test_unknown_names_list_the_known() -> None:
    with pytest.raises(ConfigError, match=r"tts\.engine is 'parrot', .* Known: espeak, piper\."):
        loading.load_voice(TtsConfig(engine="parrot"))
    with pytest.raises(ConfigError, match=r"vad\.engine is 'x', .* Known: silero\."):
        loading.load_vad(VadConfig(engine="x"))
    with pytest.raises(ConfigError, match=r"stt\.engine is 'x', .* Known: whisper\."):
        loading.load_transcriber(SttConfig(engine="x"))
    with pytest.raises(ConfigError, match=r"llm\.engine is 'x', .* Known: llama, openai\."):
        loading.load_chat(LlmConfig(engine="x"))


def test_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(
        ConfigError, match=r"llm\.engine is llama, but .* llama_cpp is .* `make setup`"
    ):
        loading.load_chat(LlmConfig())
    with pytest.raises(ConfigError, match=r"openai is not .* Install edgevoice\[openai\]"):
        loading.load_chat(LlmConfig(engine="openai"))


def test_missing_models(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(ModelError, match="nowhere"):
        loading.load_transcriber(SttConfig(model=nowhere))
    with pytest.raises(ModelError, match="nowhere"):
        loading.load_chat(LlmConfig(model=nowhere))
    with pytest.raises(ModelError, match="nowhere"):
        loading.load_voice(TtsConfig(engine="piper", voice=str(nowhere)))


def test_threads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    small.write_bytes(b"tiny")
    with large.open("wb") as file:
        file.truncate(loading.SMALL_BYTES)
    for cores, chosen in ((1, 1), (2, 2), (4, 4), (64, 4)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert loading.threads_for(0, large) == chosen
        assert loading.threads_for(0, small) == 1
    assert loading.threads_for(7, small) == loading.threads_for(7, large) == 7
    assert loading.threads_for(0, tmp_path / "missing") == 1
