"""Engines by name. Nothing heavy is imported until an engine is built.

Packages are looked for, not imported: an import can take seconds, and on the wrong processor it
can end the process.
"""

import importlib.util
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from edgevoice.engines.base import ChatModel, Transcriber, TurnDetector, Vad, Voice, WakeWord
from edgevoice.errors import ConfigError

if TYPE_CHECKING:
    from edgevoice.config import (
        AttentionConfig,
        LlmConfig,
        SttConfig,
        TtsConfig,
        TurnConfig,
        VadConfig,
    )

log = logging.getLogger(__name__)

MOST_THREADS = 4
"""More threads than this are left to everything else that a conversation needs."""

SMALL_BYTES = 32 * 2**20
"""A model below this size runs on one thread.

Its threads would wait for each other more than they work. Measured with the starter chat model on
two busy cores: 2 ms a token with one thread, 20 ms with two.
"""

Settings = TypeVar("Settings")
Engine = TypeVar("Engine")


class _Entry(NamedTuple, Generic[Settings, Engine]):
    """How to build an engine, the package (as imported) that it needs, and the extra with it."""

    build: Callable[[Settings], Engine]
    package: str | None = None
    extra: str | None = None


def load_vad(settings: "VadConfig") -> Vad:
    """The voice activity detector that `settings` name; raises `ConfigError` or `ModelError`."""
    return _builder("vad", settings.engine, _VADS)(settings)


def load_turn_detector(settings: "TurnConfig") -> TurnDetector | None:
    """The turn detector that `settings` name; raises `ConfigError` or `ModelError`.

    None where there is none, or its model was never fetched: one can do without.
    """
    if settings.engine == "none":
        return None
    if not settings.model.is_file():
        log.warning(
            "%s is not there: words and pauses alone tell when a person has finished; "
            "`make setup` fetches it",
            settings.model,
        )
        return None
    from edgevoice.engines.smart_turn import SmartTurn

    return SmartTurn(settings.model, threads=settings.threads)


def load_wake_word(settings: "AttentionConfig") -> WakeWord:
    """The wake word that `settings` name; raises `ConfigError` or `ModelError`."""
    from edgevoice.engines.wake import load_wake

    return load_wake(settings.wake_word, settings.wake_threshold)


def load_transcriber(settings: "SttConfig") -> Transcriber:
    """The speech recogniser that `settings` name; raises `ConfigError` or `ModelError`."""
    return _builder("stt", settings.engine, _TRANSCRIBERS)(settings)


def load_chat(settings: "LlmConfig") -> ChatModel:
    """The language model that `settings` name, or the two; raises `ConfigError` or `ModelError`."""
    chat = _builder("llm", settings.engine, _CHATS)(settings)
    if settings.second is None:
        return chat
    from edgevoice.engines.routed import RoutedChat

    return RoutedChat(chat, load_chat(settings.second))


def load_voice(settings: "TtsConfig") -> Voice:
    """The voice that `settings` name; raises `ConfigError` or `ModelError`."""
    return _builder("tts", settings.engine, _VOICES)(settings)


def threads_for(setting: int, weights: Path) -> int:
    """The threads to run the model in the file `weights` with; `setting` 0 means: choose."""
    if setting:
        return setting
    # A missing file is the engine's to complain about.
    if not weights.is_file() or weights.stat().st_size < SMALL_BYTES:
        return 1
    return min(MOST_THREADS, len(os.sched_getaffinity(0)))


def _builder(
    section: str, name: str, known: Mapping[str, _Entry[Settings, Engine]]
) -> Callable[[Settings], Engine]:
    entry = known.get(name)
    if entry is None:
        raise ConfigError(
            f"{section}.engine is {name!r}, which is not known", f"Known: {', '.join(known)}."
        )
    if entry.package and importlib.util.find_spec(entry.package) is None:
        raise ConfigError(
            f"{section}.engine is {name}, but its package {entry.package} is not installed",
            f"Install edgevoice[{entry.extra}], or choose another engine."
            if entry.extra
            else "Run `make setup`, or choose another engine.",
        )
    return entry.build


def _silero(_settings: "VadConfig") -> Vad:
    from edgevoice.engines.silero import SileroVad

    return SileroVad()


def _whisper(settings: "SttConfig") -> Transcriber:
    from edgevoice.engines.whisper import WhisperTranscriber

    return WhisperTranscriber(
        settings.model,
        threads=threads_for(settings.threads, settings.model / "model.bin"),
        language=settings.language,
        min_avg_logprob=settings.min_avg_logprob,
    )


def _llama(settings: "LlmConfig") -> ChatModel:
    from edgevoice.engines.llama import LlamaChat

    return LlamaChat(
        settings.model,
        threads=threads_for(settings.threads, settings.model),
        context_tokens=settings.context_tokens,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
    )


def _openai(settings: "LlmConfig") -> ChatModel:
    from edgevoice.engines.openai_chat import OpenAIChat, read_key

    return OpenAIChat(
        settings.base_url,
        settings.remote_model,
        key=read_key(settings.api_key_file),
        timeout_s=settings.timeout_s,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
    )


def _espeak(settings: "TtsConfig") -> Voice:
    from edgevoice.engines.espeak import NORMAL_RATE_WPM, EspeakVoice

    return EspeakVoice(settings.voice, rate_wpm=round(NORMAL_RATE_WPM * settings.speed))


def _piper(settings: "TtsConfig") -> Voice:
    from edgevoice.engines.piper import PiperVoice

    path = Path(settings.voice).expanduser()
    return PiperVoice(path, threads=threads_for(settings.threads, path), speed=settings.speed)


_VADS: Mapping[str, _Entry["VadConfig", Vad]] = {"silero": _Entry(_silero, "onnxruntime")}
_TRANSCRIBERS: Mapping[str, _Entry["SttConfig", Transcriber]] = {
    "whisper": _Entry(_whisper, "faster_whisper")
}
_CHATS: Mapping[str, _Entry["LlmConfig", ChatModel]] = {
    "llama": _Entry(_llama, "llama_cpp"),
    "openai": _Entry(_openai, "openai", "openai"),
}
_VOICES: Mapping[str, _Entry["TtsConfig", Voice]] = {
    "espeak": _Entry(_espeak),
    "piper": _Entry(_piper, "piper"),
}
