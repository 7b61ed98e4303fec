"""What a person types, and what they get: above all when something is wrong.

Every mistake is one line on standard error that says what is wrong and what to do, exit code 2, no
traceback, and nothing is overwritten.
"""

import json
import os
import struct
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import yaml

from edgevoice.audio.wav import write_wav
from edgevoice.config import HOME
from edgevoice.demo.script import Cued, speak_script
from tests.talk import clip

STT = HOME / "models/starter/stt"
CHAT = HOME / "models/starter/chat/starter-chat-q8_0.gguf"


def edgevoice(
    *arguments: str | Path, typed: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "edgevoice", *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """The one line that tells what is wrong."""
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    return lines[0]


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def write_settings(path: Path, **sections: dict[str, object]) -> Path:
    path.write_text(yaml.safe_dump(sections))
    return path


def test_help_names_every_command() -> None:
    shown = edgevoice("--help").stdout
    for command in (
        "run",
        "demo",
        "chat",
        "transcribe",
        "say",
        "tools",
        "devices",
        "doctor",
        "models",
        "bench",
    ):
        assert command in shown
        assert edgevoice(command, "--help").returncode == 0


def test_say_writes_a_wav_that_transcribe_can_read(tmp_path: Path) -> None:
    spoken = tmp_path / "hello.wav"
    said = json.loads(
        edgevoice("say", "Hello there. **How** are you?", "-o", spoken, "--json").stdout
    )
    assert said["said"] == "Hello there. How are you?"
    with wave.open(str(spoken)) as file:
        assert file.getnframes() / file.getframerate() * 1000 == pytest.approx(said["duration_ms"])
    heard = json.loads(edgevoice("transcribe", spoken, "--json").stdout)
    assert heard["utterances"][0]["end_s"] > heard["utterances"][0]["start_s"]


def test_transcribe_says_when_nobody_speaks(tmp_path: Path) -> None:
    silence = tmp_path / "silence.wav"
    write_wav(silence, np.zeros(16_000, np.int16), 16_000)
    result = edgevoice("transcribe", silence)
    assert result.returncode == 0
    assert "Nobody speaks" in result.stdout


def test_chat_answers_what_is_piped_in() -> None:
    result = edgevoice("chat", typed="hello\nwhat is the capital of france\n")
    assert result.returncode == 0
    assert "Paris" in result.stdout


def test_chat_answers_programs_line_by_line() -> None:
    lines = edgevoice("chat", "--json", typed="hello\nwhat is your name\n").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["user"] for answer in answers] == ["hello", "what is your name"]
    # The second costs its own words, not the conversation so far.
    assert 0 < answers[1]["evaluated_tokens"] < 60


def test_demo_answers_a_recording(tmp_path: Path) -> None:
    sound, out = tmp_path / "sound.wav", tmp_path / "out"
    write_wav(sound, speak_script((Cued("hello"),))[0].clip, 16_000)
    result = edgevoice("demo", sound, "--silent", "--out", out, "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told == json.loads((out / "demo.json").read_text())
    assert [turn["user"] for turn in told["turns"]] == ["hello"]
    with wave.open(str(out / "demo.wav")) as file:
        assert file.getnchannels() == 2
    assert (out / "demo.png").read_bytes().startswith(b"\x89PNG")


def pcm8(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8_000, 0, "NONE", ""))
        file.writeframes(bytes([128, 200] * 4_000))


@pytest.mark.parametrize("kind", ["stereo", "eight bits", "44.1 kHz"])
def test_uncommon_recordings_are_converted(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "sound.wav"
    if kind == "stereo":
        write_wav(path, np.stack([clip(500), clip(500)], axis=1), 16_000)
    elif kind == "eight bits":
        pcm8(path)
    else:
        write_wav(path, np.zeros(44_100, np.int16), 44_100)
    assert edgevoice("transcribe", path).returncode == 0


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (None, "no file"),
        (b"", "empty"),
        (b"ID3\x04 some music", "WAV"),
        (b"just some words\n", "WAV"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ""),
        (b"RIFF" + struct.pack("<I", 36) + b"WAVE" + bytes(40), ""),
    ],
)
@pytest.mark.parametrize("command", ["transcribe", "demo"])
def test_recordings_that_are_none(
    tmp_path: Path, command: str, content: bytes | None, named: str
) -> None:
    path, out = tmp_path / "sound.wav", tmp_path / "out"
    if content is not None:
        path.write_bytes(content)
    options: list[str | Path] = ["--out", out] if command == "demo" else []
    line = complaint(edgevoice(command, path, *options))
    assert str(path) in line and named in line
    assert not out.exists()


def broken_whisper(folder: Path, how: str) -> Path:
    model = folder / "stt"
    if how == "missing":
        return model
    model.mkdir()
    if how == "nothing in it":
        return model
    for file in STT.iterdir():
        (model / file.name).write_bytes(file.read_bytes())
    weights = (model / "model.bin").read_bytes()
    broken = {"empty": b"", "truncated": weights[:100_000], "garbage": os.urandom(100_000)}
    (model / "model.bin").write_bytes(broken[how])
    return model


@pytest.mark.parametrize("how", ["missing", "nothing in it", "empty", "truncated", "garbage"])
def test_broken_speech_models(tmp_path: Path, settings: Path, how: str) -> None:
    model = broken_whisper(tmp_path, how)
    sound = tmp_path / "sound.wav"
    write_wav(sound, clip(500), 16_000)
    write_settings(settings, stt={"model": str(model)})
    assert str(model) in complaint(edgevoice("transcribe", sound, "--config", settings))


@pytest.mark.parametrize("how", ["missing", "empty", "truncated", "garbage"])
def test_broken_chat_models(tmp_path: Path, settings: Path, how: str) -> None:
    model = tmp_path / "chat.gguf"
    content = {
        "empty": b"",
        "truncated": CHAT.read_bytes()[:200_000],
        "garbage": os.urandom(10_000),
    }
    if how in content:
        model.write_bytes(content[how])
    write_settings(settings, llm={"model": "chat.gguf"})
    out = tmp_path / "out"
    out.mkdir()
    (out / "demo.json").write_text("precious")
    assert str(model) in complaint(edgevoice("chat", "--config", settings, typed="hello\n"))
    assert str(model) in complaint(edgevoice("demo", "--config", settings, "--out", out))
    assert (out / "demo.json").read_text() == "precious"


@pytest.mark.parametrize("how", ["missing", "empty", "garbage"])
def test_broken_voices(tmp_path: Path, settings: Path, how: str) -> None:
    voice = tmp_path / "voice.onnx"
    if how != "missing":
        voice.write_bytes(b"" if how == "empty" else os.urandom(5_000))
    write_settings(settings, tts={"engine": "piper", "voice": str(voice)})
    line = complaint(edgevoice("say", "hello", "-o", tmp_path / "x.wav", "--config", settings))
    assert str(voice) in line
    assert not (tmp_path / "x.wav").exists()


def test_a_voice_that_espeak_does_not_have(settings: Path, tmp_path: Path) -> None:
    write_settings(settings, tts={"voice": "klingon-xx"})
    result = edgevoice("say", "hello", "-o", tmp_path / "x.wav", "--config", settings)
    assert "klingon-xx" in complaint(result)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("vad: [1, 2", "line"),
        ("vad:\n  treshold: 0.5\n", "vad.treshold"),
        ("vad:\n  threshold: loud\n", "vad.threshold"),
        ("vad:\n  threshold: 7\n", "vad.threshold"),
        ("just a sentence", "settings"),
        ("stt:\n  engine: ears\n", "ears"),
        ("\x00", ""),
    ],
)
def test_broken_settings(settings: Path, text: str, named: str, tmp_path: Path) -> None:
    settings.write_text(text)
    sound = tmp_path / "sound.wav"
    write_wav(sound, clip(500), 16_000)
    assert named in complaint(edgevoice("transcribe", sound, "--config", settings))


def test_settings_that_are_not_there(tmp_path: Path) -> None:
    line = complaint(edgevoice("doctor", "--config", tmp_path / "nowhere.yaml"))
    assert "nowhere.yaml" in line


@pytest.mark.parametrize("command", ["say", "demo"])
def test_places_that_cannot_be_written(tmp_path: Path, command: str) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("precious")
    where = blocked / "deeper"
    option = ("hello", "-o") if command == "say" else ("--out",)
    assert str(where) in complaint(edgevoice(command, *option, where))
    assert blocked.read_text() == "precious"


def test_nothing_to_say(tmp_path: Path) -> None:
    complaint(edgevoice("say", "***", "-o", tmp_path / "x.wav"))


def test_an_unknown_option_is_explained_without_a_traceback() -> None:
    result = edgevoice("demo", "--lauder")
    assert result.returncode == 2 and "Traceback" not in result.stderr
    assert "--lauder" in result.stderr
