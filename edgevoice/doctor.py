"""Is everything here that a conversation needs? Each answer says what was found, and the cure.

Nothing heavy is imported into this process: packages are looked up in their metadata, and the
engines are tried in a child process, because a library that was built for another processor ends
the process that imports it.
"""

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Literal, Protocol

from edgevoice.board import Pressure, Reading, pressure_of, read_board
from edgevoice.config import Config, find_config
from edgevoice.duplex import between
from edgevoice.engine_trial import SECTIONS, Trial, try_engine
from edgevoice.errors import ConfigError, EdgevoiceError
from edgevoice.phrases_file import load_phrases
from edgevoice.preflight.ledger import Ledger
from edgevoice.preflight.processor import built_for, features_of, lacking
from edgevoice.transports.sound_places import PATH, USB, plain_name

SETUP = "Type `make setup` in edgevoice's folder."

PACKAGES = (
    "numpy",
    "onnxruntime",
    "faster-whisper",
    "ctranslate2",
    "llama-cpp-python",
    "piper-tts",
    "pyaudio",
    "soxr",
    "hassil",
)
"""What has to be installed, as the package index calls it."""

OPTIONAL: tuple[tuple[str, Callable[[Config], bool], str], ...] = (
    ("pywebrtc-audio", lambda config: config.audio.duplex in {"auto", "cancel"}, SETUP),
    ("pymicro-wakeword", lambda config: config.attention.mode == "wake_word", SETUP),
    (
        "gpiod",
        lambda config: bool(config.attention.button) or "gpiochip" in config.signals.led,
        "Type `.venv/bin/pip install 'gpiod>=2.2,<3'` in edgevoice's folder.",
    ),
)
"""What has to be installed only for some settings: package, whether it is needed, cure."""

OLDEST_PYTHON = (3, 11)
AMX_CURE = (
    "gcc before version 13 compiles llama.cpp wrongly for processors with AMX: type `make "
    "distclean setup`, which leaves AMX out."
)

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `warn`: it works, but. `cure` is empty when all is well."""

    name: str
    status: Status
    what: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """What this computer is. `features` as Linux names them; memory in bytes."""

    python: tuple[int, int, int]
    processor: str
    machine: str
    features: frozenset[str]
    cores: int
    memory: int
    available: int


class Device(Protocol):
    """A sound device, as `devices.list_devices` gives them."""

    @property
    def name(self) -> str:
        """What PortAudio calls it."""
        ...

    @property
    def max_inputs(self) -> int:
        """Channels that it records; 0: it is no microphone."""
        ...

    @property
    def max_outputs(self) -> int:
        """Channels that it plays; 0: it is no loudspeaker."""
        ...

    @property
    def is_default_input(self) -> bool:
        """Whether it records when nobody says which one should."""
        ...

    @property
    def is_default_output(self) -> bool:
        """Whether it plays when nobody says which one should."""
        ...

    @property
    def places(self) -> Sequence[str]:
        """Where it is plugged in, as the settings may say it."""
        ...


def run_checks(
    config: Config,
    *,
    source: Path | None = None,
    devices: Callable[[], Sequence[Device]],
    trial: Callable[[str, Config], Trial] = try_engine,
) -> Iterator[Check]:
    """All checks, one by one as they are done; the engines take some seconds.

    `source`: the file that `config` was read from, or None for the one that is found by itself.
    `devices` lists the sound devices (`devices.list_devices`); `trial` tries an engine.
    """
    machine = this_machine()
    yield check_config(source or find_config())
    yield check_python(machine)
    yield check_processor(machine)
    yield check_memory(machine, model_bytes(config))
    yield check_board(read_board())
    yield check_profile(config, Ledger.here())
    yield from map(check_package, PACKAGES)
    yield from check_optional(config)
    yield check_espeak()
    for section in SECTIONS:
        yield check_engine(section, trial(section, config), machine)
    yield check_turn(config, trial, machine)
    if config.attention.mode == "wake_word":
        yield check_engine("attention", trial("attention", config), machine)
    yield check_phrases(config)
    yield from check_sound(config, devices)
    yield check_offline(os.environ.get("HF_HUB_OFFLINE", ""))


def check_config(path: Path | None) -> Check:
    """Which settings are used."""
    if path is None:
        return Check("settings", "ok", "no file: every setting is at its default")
    return Check("settings", "ok", str(path.absolute()))


def check_python(machine: Machine) -> Check:
    """Whether this Python is new enough."""
    version = ".".join(map(str, machine.python))
    if machine.python < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        return Check("Python", "fail", version, f"Python {oldest} or newer is needed.")
    return Check("Python", "ok", f"{version}, {sys.prefix}")


def check_processor(machine: Machine) -> Check:
    """Whether the processor has what makes the engines quick."""
    what = f"{machine.processor}, {machine.machine}"
    quick = {"x86_64": ("avx2", "AVX2"), "aarch64": ("asimddp", "dot products")}
    feature, words = quick.get(machine.machine, ("", ""))
    if not feature:
        return Check("processor", "warn", what, "edgevoice is only tried on x86_64 and aarch64.")
    if feature not in machine.features:
        return Check("processor", "warn", f"{what}, without {words}", "Replies will be slow.")
    return Check("processor", "ok", f"{what}, with {words}")


def check_memory(machine: Machine, needed: int) -> Check:
    """Whether models of `needed` bytes fit into the memory that is free."""
    cores = f"{machine.cores} core{'s' if machine.cores != 1 else ''}"
    what = f"{cores}, {_gigabytes(machine.available)} of {_gigabytes(machine.memory)} free"
    if machine.available < needed:
        return Check(
            "memory",
            "warn",
            f"{what}, and the models alone take {_gigabytes(needed)}",
            "Close other programs, or choose smaller models in config.yaml.",
        )
    return Check("memory", "ok", what)


def check_board(reading: Reading | None) -> Check:
    """Whether heat or a weak supply slow this board down."""
    name = "heat and power"
    if reading is None:
        return Check(name, "ok", "this machine tells nothing of them")
    if reading.low_voltage or reading.low_voltage_before:
        cure = "Use the supply that was made for this board, and a short cable."
        return Check(name, "warn", str(reading), cure)
    if reading.slowed_before or pressure_of(reading) is Pressure.HOT:
        return Check(name, "warn", str(reading), "Give it air, a heat sink or a fan.")
    return Check(name, "ok", str(reading) or "fine")


def check_profile(config: Config, ledger: Ledger) -> Check:
    """Which profile would be started, by how earlier starts ended."""
    names = ["the main one", *(profile.name for profile in config.profiles)]
    name, last = "profile", ledger.last
    if last is None or last.level == 0 or last.level >= len(names):
        return Check(name, "ok", f"{names[0]} of {len(names)}" if names[1:] else names[0])
    cure = "The main one has another try when settings or models change, or after a long good run."
    return Check(name, "warn", f"{names[last.level]}: {last.why}", cure)


def check_package(name: str, cure: str = SETUP) -> Check:
    """Whether a package is installed, by its metadata; nothing is imported."""
    try:
        return Check(name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, "fail", "is not installed", cure)


def check_optional(config: Config) -> Iterator[Check]:
    """Whether the packages that these settings need are installed."""
    for name, needed, cure in OPTIONAL:
        if needed(config):
            yield check_package(name, cure)


def check_espeak(library: str = "libespeak-ng.so.1") -> Check:
    """Whether the library of the voice `espeak` is here."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return Check(
            "espeak-ng", "fail", f"{library} is missing", "sudo apt-get install libespeak-ng1"
        )
    return Check("espeak-ng", "ok", library)


def check_engine(section: str, trial: Trial, machine: Machine) -> Check:
    """What came of loading an engine with its model, and using it once."""
    name = f"{section}: {trial.engine}"
    if missing := lacking(machine.features, built_for(trial.needs)):
        what = f"was built for a processor with {', '.join(missing)}, which this one has not"
        return Check(name, "fail", what, "Type `make distclean setup` on this machine.")
    if trial.seconds is not None:
        return Check(name, "ok", f"loads and works, {trial.seconds:.1f} s")
    if trial.signal is None:
        return Check(name, "fail", trial.what, trial.cure)
    what = f"its process was ended by {_signal(trial.signal)}"
    if trial.signal == signal.SIGKILL:
        return Check(name, "fail", what, "Memory ran out, most likely: choose a smaller model.")
    if section == "llm" and any(feature.startswith("amx") for feature in machine.features):
        return Check(name, "fail", what, AMX_CURE)
    if trial.signal in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS):
        cure = "Its model is damaged (`edgevoice models verify --full`), or a library does not fit "
        return Check(name, "fail", what, f"{cure}this processor: type `make distclean setup`.")
    cure = "A library does not fit this processor: type `make distclean setup`."
    return Check(name, "fail", what, cure)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # real-time signals have no names
        return f"signal {number}"


def check_turn(config: Config, trial: Callable[[str, Config], Trial], machine: Machine) -> Check:
    """What came of trying the turn detector, which a conversation can do without."""
    if config.turn.engine == "none":
        return Check("turn: none", "ok", "words and pauses decide when a turn is over")
    check = check_engine("turn", trial("turn", config), machine)
    if check.status == "ok":
        return check
    what = f"{check.what}: words and pauses decide alone when a turn is over"
    return replace(check, status="warn", what=what)


def check_phrases(config: Config) -> Check:
    """Whether the phrases of the language can be used, which a person may have edited."""
    try:
        load_phrases(config.phrases.file)
    except ConfigError as error:
        return Check("phrases", "fail", error.what, error.cure)
    return Check("phrases", "ok", str(config.phrases.file))


def check_sound(config: Config, devices: Callable[[], Sequence[Device]]) -> Iterator[Check]:
    """The microphone and the loudspeaker that `edgevoice run` would open."""
    try:
        known = devices()
    except EdgevoiceError as error:
        yield Check("sound", "fail", error.what, error.cure)
        return
    recording = [device for device in known if device.max_inputs]
    playing = [device for device in known if device.max_outputs]
    audio = config.audio
    found = between(audio.input_device, audio.output_device, known)
    yield _check_device("microphone", "input", audio.input_device, recording, found.microphone)
    yield _check_device("loudspeaker", "output", audio.output_device, playing, found.loudspeaker)


def check_offline(flag: str) -> Check:
    """Whether the model hub is switched off for every library (HF_HUB_OFFLINE)."""
    if flag == "1":
        return Check("network", "ok", "off: models are only read from this disk")
    return Check(
        "network",
        "warn",
        f"HF_HUB_OFFLINE is {flag!r}",
        "Unset it; edgevoice sets it to 1 so that no library looks for models elsewhere.",
    )


def this_machine() -> Machine:
    """The computer that we run on, by what Linux says about it."""
    text = Path("/proc/cpuinfo").read_text()
    cpuinfo = _table(text)
    meminfo = _table(Path("/proc/meminfo").read_text())
    return Machine(
        python=sys.version_info[:3],
        processor=_board() or cpuinfo.get("model name") or "processor",
        machine=platform.machine(),
        features=features_of(text),
        cores=len(os.sched_getaffinity(0)),
        memory=_kilobytes(meminfo.get("MemTotal")),
        available=_kilobytes(meminfo.get("MemAvailable")),
    )


def model_bytes(config: Config) -> int:
    """Bytes of all model files in the settings; those that are missing count as nothing."""
    paths = [config.stt.model, *config.llm.files]
    if config.tts.engine == "piper":
        paths.append(Path(config.tts.voice))
    return sum(_size(path) for path in paths)


def _check_device(
    name: str, key: str, wanted: str | None, known: Sequence[Device], found: str
) -> Check:
    """`found`: the name of the device that would be opened; nothing, if there is none."""
    if not known:
        cure = f"Plug a {name} in; `edgevoice devices` lists what is there."
        return Check(name, "fail", "none is connected", cure)
    if found:
        places = [d.places[0] for d in known if plain_name(d.name) == found and d.places]
        if len(set(places)) > 1 and not (wanted or "").startswith((USB, PATH)):
            cure = f"Set audio.{key}_device to the place of one of them: {', '.join(places)}."
            return Check(name, "warn", f"{len(set(places))} are called {found}", cure)
        return Check(name, "ok", found if wanted else f"{found}, the system's default")
    what = f"no {name} is called {wanted!r}" if wanted else "none is the system's default"
    cure = f"Set audio.{key}_device to one of: {', '.join(d.name for d in known)}."
    return Check(name, "fail", what, cure)


def _table(text: str) -> dict[str, str]:
    """`name: value` lines of a file in /proc; the first of each name."""
    table: dict[str, str] = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        table.setdefault(name.strip(), value.strip())
    return table


def _board() -> str:
    """The name of a single-board computer ("Raspberry Pi 5 Model B Rev 1.0"), or nothing."""
    path = Path("/proc/device-tree/model")
    return path.read_text().rstrip("\0\n") if path.exists() else ""


def _kilobytes(value: str | None) -> int:
    return int(value.split()[0]) * 1024 if value else 0


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return path.stat().st_size if path.is_file() else 0
