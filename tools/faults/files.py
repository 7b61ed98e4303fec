"""What befalls files: models, settings, recordings, and what is kept, all sorts of damage."""

import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np

from edgevoice.audio.wav import write_wav
from edgevoice.config import HOME, Config, load_config
from edgevoice.devices import list_devices
from edgevoice.duplex import Duplex, Echo, Measured, between
from edgevoice.echo_memory import recall, remember
from edgevoice.errors import ConfigError
from edgevoice.modelstore.lock import Lock, LockedModel, locked_file, write_lock
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.keys import make_key
from edgevoice.privacy.transcripts import Transcripts
from tools.faults.appliance import ROOT, Appliance
from tools.faults.fault import Observed, UnavailableError, expect, fault

PATIENCE_S = 60
ONE_LINE = "one line that names the file and the cure, exit code 2, no traceback"
VOICE = ROOT / "tests/data/whistle.onnx"


def edgevoice(
    folder: Path, *arguments: str | Path, **settings: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run a command; `settings`: as `stt__model=…`."""
    variables = {f"EDGEVOICE_{name.upper()}": str(value) for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "edgevoice", *map(str, arguments)],
        cwd=folder,
        env={
            **os.environ,
            **variables,
            "PYTHONPATH": str(ROOT),
            "STATE_DIRECTORY": str(folder / "state"),
            "COLUMNS": "200",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], file: Path, how: str) -> str:
    """Look that a command has refused `file` with one line; answers it."""
    lines = done.stderr.strip().splitlines()
    expect(done.returncode == 2, f"{how}: exit code {done.returncode}: {done.stderr[-300:]}")
    expect(len(lines) == 1, f"{how}: {len(lines)} lines: {done.stderr[-300:]}")
    expect(file.name in lines[0], f"{how}: it does not name {file.name}: {lines[0]}")
    return lines[0]


def noise(size: int) -> bytes:
    """Bytes that mean nothing, the same every time."""
    return random.Random(size).randbytes(size)


def _missing(file: Path) -> None:
    file.unlink()


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _garbage(file: Path) -> None:
    file.write_bytes(noise(min(file.stat().st_size, 1 << 20)))


def _half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _one_byte_short(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 1)


def _only_its_head(file: Path) -> None:
    os.truncate(file, min(200, file.stat().st_size // 2))


DAMAGES: Sequence[Callable[[Path], None]] = (
    _missing,
    _empty,
    _garbage,
    _half,
    _one_byte_short,
    _only_its_head,
)


def every_damage(
    folder: Path,
    original: Path,
    run: Callable[[Path], subprocess.CompletedProcess[str]],
    names: Sequence[str] = (),
    damages: Sequence[Callable[[Path], None]] = DAMAGES,
) -> Observed:
    """Damage a copy of the model `original` (a folder: its files `names`) in every way, and use
    it."""
    tried = 0
    for name in names or [original.name]:
        for damage in damages:
            how = f"{name} {damage.__name__[1:].replace('_', ' ')}"
            copy = folder / str(tried) / original.name
            if original.is_dir():
                shutil.copytree(original, copy)
            else:
                shutil.copytree(original.parent, copy.parent)
            file = copy / name if original.is_dir() else copy
            file.chmod(0o600)
            damage(file)
            refused(run(copy), file, how)
            shutil.rmtree(copy.parent)
            tried += 1
    return Observed(f"{tried} kinds of damage, one line each")


def silence(folder: Path) -> Path:
    """A good recording in which nobody speaks."""
    file = folder / "silence.wav"
    write_wav(file, np.zeros(16_000, np.int16), 16_000)
    return file


@fault(ONE_LINE)
def speech_model_damaged(folder: Path) -> Observed:
    """The weights of the speech recognition are missing, empty, garbage, or cut off."""
    wav = silence(folder)
    return every_damage(
        folder,
        Config().stt.model,
        lambda model: edgevoice(folder, "transcribe", wav, stt__model=model),
        ["model.bin"],
    )


@fault(ONE_LINE)
def speech_vocabulary_damaged(folder: Path) -> Observed:
    """The vocabulary or the settings of the speech recognition are missing, or cut off."""
    wav = silence(folder)
    return every_damage(
        folder,
        Config().stt.model,
        lambda model: edgevoice(folder, "transcribe", wav, stt__model=model),
        ["vocabulary.json", "tokenizer.json"],
        [_missing, _garbage, _half],
    )


@fault(ONE_LINE)
def language_model_damaged(folder: Path) -> Observed:
    """The language model is missing, empty, garbage, or cut off."""
    return every_damage(
        folder, Config().llm.model, lambda model: edgevoice(folder, "chat", llm__model=model)
    )


@fault(ONE_LINE)
def voice_damaged(folder: Path) -> Observed:
    """The voice is missing, empty, garbage, or cut off."""

    def say(voice: Path) -> subprocess.CompletedProcess[str]:
        out = folder / "out.wav"
        return edgevoice(folder, "say", "hi", "-o", out, tts__engine="piper", tts__voice=voice)

    expect(say(VOICE).returncode == 0, f"the sound one does not speak: {say(VOICE).stderr}")
    return every_damage(folder, VOICE, say)


@fault(ONE_LINE)
def turn_model_damaged(folder: Path) -> Observed:
    """The model that hears whether somebody has finished is empty, garbage, or cut off."""
    model = Config().turn.model
    if not model.exists():
        raise UnavailableError(f"{model.name} was not fetched")
    return every_damage(
        folder,
        model,
        lambda copy: edgevoice(folder, "demo", "--silent", turn__model=copy),
        damages=[_empty, _garbage, _half, _one_byte_short],
    )


@fault(ONE_LINE)
def settings_damaged(folder: Path) -> Observed:
    """config.yaml is cut off, no text, far too long, or means what cannot be."""
    text = (HOME / "config.yaml").read_bytes()
    wrong: Mapping[str, bytes] = {
        "no text": noise(5_000),
        "a disk image": bytes(100_000),
        "far too long": b"audio:\n" + b"  noise: 1\n" * 20_000,
        "cut off": text[: text.index(b"model: models/starter/stt") + 3],
        "wrong type": b"llm:\n  max_tokens: many\n",
        "wrong size": b"vad:\n  threshold: 7\n",
        "unknown setting": b"llm:\n  temprature: 0.5\n",
        "unknown section": b"speech:\n  rate: 1\n",
        "a list": b"- 1\n- 2\n",
    }
    file = folder / "config.yaml"
    for how, content in wrong.items():
        file.write_bytes(content)
        refused(edgevoice(folder, "chat", "--config", file), file, how)
    understood = 0
    for size in range(0, len(text), 7):
        file.write_bytes(text[:size])
        try:
            load_config(file, {})
            understood += 1
        except ConfigError as error:
            expect(file.name in str(error), f"cut at {size}: it says {error}")
    return Observed(
        f"{len(wrong)} kinds, one line each; cut at {len(range(0, len(text), 7))} places it is "
        f"refused or, {understood} times, understood as far as it goes"
    )


@fault(ONE_LINE)
def phrases_damaged(folder: Path) -> Observed:
    """The file of phrases is missing, empty, garbage, or cut off."""
    return every_damage(
        folder,
        Config().phrases.file,
        lambda file: edgevoice(folder, "demo", "--silent", phrases__file=file),
        damages=[_missing, _empty, _garbage, _half],
    )


@fault("one line that names the file, exit code 2; one that is cut off is read as far as it goes")
def recording_damaged(folder: Path) -> Observed:
    """A recording to transcribe is missing, empty, garbage, an archive, a folder, or cut off."""
    good = silence(folder)
    sound = good.read_bytes()
    archive = folder / "archive.wav"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(good, "silence.wav")
    (folder / "folder.wav").mkdir()
    contents = {
        "empty": b"",
        "garbage": noise(50_000),
        "only a head": sound[:20],
        "no samples": sound[:44],
        "a head that lies": sound[:22] + b"\xff\xff" + b"\xff\xff\xff\xff" + sound[28:],
    }
    for how, content in contents.items():
        file = folder / f"{how.replace(' ', '_')}.wav"
        file.write_bytes(content)
        refused(edgevoice(folder, "transcribe", file), file, how)
    for file in (archive, folder / "folder.wav", folder / "missing.wav"):
        refused(edgevoice(folder, "transcribe", file), file, file.stem)
    cut = folder / "cut.wav"
    cut.write_bytes(sound[: len(sound) // 2])
    done = edgevoice(folder, "transcribe", cut)
    expect(done.returncode == 0, f"the one that is cut off: {done.stderr}")
    return Observed(f"{len(contents) + 3} kinds refused, one line each; the cut one was read")


@fault("exit code 2 and one line; the models themselves still answer")
def model_list_damaged(folder: Path) -> Observed:
    """models.lock is empty, garbage, cut off, or names a file outside."""
    store = folder / "models"
    (store / "own").mkdir(parents=True)
    (store / "own/a.bin").write_bytes(b"model")
    locked = LockedModel(folder="own", files={"a.bin": locked_file(store / "own/a.bin")})
    write_lock(store, Lock(models={"own": locked}))
    file = store / "models.lock"
    good = file.read_bytes()
    wrong = {
        "empty": b"",
        "garbage": noise(1_000),
        "cut off": good[: len(good) // 2],
        "outside": good.replace(b'"own"', b'"../own"'),
    }
    for how, content in wrong.items():
        file.write_bytes(content)
        refused(edgevoice(folder, "models", "verify", "--folder", store), file, how)
    file.write_bytes(good)
    done = edgevoice(folder, "models", "verify", "--folder", store)
    expect(done.returncode == 0, f"the sound one is refused: {done.stderr}")
    expect(edgevoice(folder, "chat").returncode == 0, "the language model does not answer")
    return Observed(f"{len(wrong)} kinds of damage, one line each")


@fault("it starts, listens with caution (half duplex), and answers")
def measurement_damaged(folder: Path) -> Observed:
    """What was measured about the echo (echo.json) is garbage, or cut off."""
    (folder / "state").mkdir()
    file = folder / "state/echo.json"
    with Appliance(folder, {"audio": {"duplex": "auto"}}, start=False) as appliance:
        devices = between(None, None, list_devices())
        remember(file, devices, Measured(Echo(0, -60.0), Duplex.FULL, "no echo", date(2026, 1, 2)))
        whole = file.read_bytes()
        for content in (noise(500), whole[: len(whole) // 2], b"[" * 5_000):
            file.write_bytes(content)
            measured, note = recall(file, devices)
            expect(measured is None and file.name in note, f"it believes {measured}: {note}")
        appliance.start()
        reply = appliance.ask()
        code = appliance.stop()
        expect(code == 0 and "Traceback" not in appliance.log, appliance.log[-300:])
    return Observed(f"answered after {reply:.1f} s")


@contextmanager
def keeping(folder: Path) -> Iterator[tuple[Path, dict[str, str | Path]]]:
    """A folder for state with three transcripts of one file, and the settings to read them."""
    state, key = folder / "state", folder / "key"
    make_key(key)
    transcripts = Transcripts(state / "transcripts")
    for number in range(3):
        transcripts.write(bytes.fromhex(key.read_text()), {"user": f"{number}", "agent": "ok"})
    yield state, {"transcripts__enabled": "true", "transcripts__key_file": key}


@fault("what is whole is shown, what is not is told, exit code 1; nothing false is ever shown")
def transcripts_damaged(folder: Path) -> Observed:
    """A sealed transcript has a changed byte, is cut off, or is replaced by garbage."""
    with keeping(folder) as (state, settings):
        (file,) = (state / "transcripts").glob("*.sealed")
        whole = file.read_bytes()
        changed = bytearray(whole)
        changed[-40] ^= 1
        damages = {"changed": bytes(changed), "cut off": whole[:-40], "garbage": noise(500)}
        shown = {}
        for how, content in damages.items():
            file.write_bytes(content)
            done = edgevoice(folder, "transcripts", "show", "--json", **settings)
            expect("Traceback" not in done.stderr, done.stderr[-300:])
            expect(file.name in done.stderr, f"{how}: nothing is told: {done.stderr}")
            # Power that was lost in the middle of a write is no damage.
            expect(done.returncode == (how != "cut off"), f"{how}: exit code {done.returncode}")
            shown[how] = [json.loads(line)["user"] for line in done.stdout.splitlines()]
    expect(
        shown == {"changed": ["0", "1"], "cut off": ["0", "1"], "garbage": []}, f"shown: {shown}"
    )
    return Observed("2 of 3 turns shown with a changed byte and cut off, none of garbage")


@fault("exit code 1, and the line is named; nothing else stops")
def audit_log_damaged(folder: Path) -> Observed:
    """A line of the audit log is edited, removed, or replaced by garbage."""
    log = AuditLog(folder / "state/audit")
    for number in range(5):
        log.add(Happened.DEVICE_LOST, number=number)
    (file,) = (folder / "state/audit").glob("*.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    damages = {
        "edited": [*lines[:2], lines[2].replace(b'"number":2', b'"number":7'), *lines[3:]],
        "removed": [*lines[:2], *lines[3:]],
        "garbage": [*lines[:2], noise(100).replace(b"\n", b"") + b"\n", *lines[3:]],
    }
    for how, damaged in damages.items():
        file.write_bytes(b"".join(damaged))
        done = edgevoice(folder, "audit", "verify")
        expect(done.returncode == 1, f"{how}: exit code {done.returncode}")
        expect("line 4" in done.stdout, f"{how}: it says {done.stdout}")
        expect("Traceback" not in done.stderr, done.stderr[-300:])
    with Appliance(folder) as appliance:
        reply = appliance.ask()
        expect(appliance.stop() == 0, "it does not end in good order")
    expect(log.verify().problems, "the damage is told no more")
    return Observed(f"{len(damages)} kinds found; the assistant answered after {reply:.1f} s")


@fault(ONE_LINE)
def key_damaged(folder: Path) -> Observed:
    """The key for transcripts is missing, cut off, garbage, or open to others."""
    with keeping(folder) as (_, settings):
        key = Path(settings["transcripts__key_file"])
        good = key.read_bytes()
        for how, content, mode in (
            ("cut off", good[:40], 0o600),
            ("garbage", noise(65), 0o600),
            ("open to others", good, 0o644),
            ("missing", None, 0o600),
        ):
            key.unlink()
            if content is not None:
                key.write_bytes(content)
                key.chmod(mode)
            refused(edgevoice(folder, "transcripts", "show", **settings), key, how)
    return Observed("4 kinds of damage, one line each")
