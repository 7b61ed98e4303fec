"""What was tried once and worked need not be tried again, as long as everything is as it was.

A proof is kept under a fingerprint of all that could make a difference: the engine's settings, its
model's files, the libraries, the packages of Python and of the system, our own code, the kernel,
the processor. Of files, the size, the times and the number on their disk are taken, and a sample
of what is in them. The time of change is the kernel's and cannot be set; the sample is for systems
that come as a whole image, where all times may be alike. Too much rather than too little: a
fingerprint that changes without need costs a second, one that does not change would cost a
conversation.
"""

import json
import os
import platform
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from edgevoice import __version__
from edgevoice.config import Config
from edgevoice.errors import OutputError
from edgevoice.files import write_atomically

NAME = "preflight.json"
SAMPLE = 4096
"""Bytes of each of the places where a file is looked into."""
KEPT = 64
"""Proofs. A handful belongs to each profile."""

OURS = Path(__file__).parents[1]
SYSTEM = (Path("/etc/ld.so.cache"), Path("/var/lib/dpkg/status"))
"""They change with every library, and with every package, that the system installs."""

LIBRARIES = ("ctranslate2", "ctranslate2.libs", "llama_cpp/lib", "numpy.libs", "onnxruntime/capi")
ASSETS = ("faster_whisper/assets", "silero_vad/data", "pymicro_wakeword/models")

SWAYING = ("LD_", "OMP_", "GGML_", "CT2_", "MKL_", "ORT_", "OPENBLAS_", "NPY_", "DNNL_")
"""How the variables begin that change what libraries do."""


def surroundings(
    features: frozenset[str], environment: Mapping[str, str] = os.environ
) -> list[object]:
    """What all engines depend on. `features`: of the processor, as Linux names them."""
    swaying = sorted(item for item in environment.items() if item[0].startswith(SWAYING))
    cores = len(os.sched_getaffinity(0))
    machine = [platform.machine(), platform.release(), cores, sorted(features), swaying]
    code = [*OURS.glob("*.py"), *OURS.glob("engines/*.py")]
    files = [*_packages(sys.path), *code, *SYSTEM]
    return [__version__, sys.version, sys.prefix, machine, *map(_about, sorted(files))]


def fingerprint(section: str, config: Config, around: list[object]) -> str:
    """Of the engine that `config` names in `section`, and all that it depends on."""
    settings = getattr(config, section).model_dump(mode="json")
    files = [_about(path) for path in sorted(_files(section, config))]
    told = json.dumps([section, settings, files, around], ensure_ascii=False)
    return sha256(told.encode(errors="surrogateescape")).hexdigest()


def _files(section: str, config: Config) -> Iterator[Path]:
    """The files of the model in `section`; those of the packages are in `surroundings`."""
    match section:
        case "stt":
            yield from _within(config.stt.model)
        case "llm":
            yield from config.llm.files
        case "turn":
            yield config.turn.model
        case "tts" if config.tts.voice.endswith(".onnx"):
            yield from (Path(config.tts.voice), Path(f"{config.tts.voice}.json"))
        case "attention" if config.attention.wake_word.endswith(".json"):
            yield from _within(Path(config.attention.wake_word).parent)


def _packages(places: Iterable[str]) -> Iterator[Path]:
    """What changes when a package is installed anew; and the engines' own libraries."""
    for place in map(Path, places):
        if place.name in ("site-packages", "dist-packages"):
            yield from place.glob("*.dist-info/RECORD")
            for folder in (*LIBRARIES, *ASSETS):
                yield from _within(place / folder)


def _within(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return [folder]


def _about(path: Path) -> list[object]:
    """What tells a file from any other that has been in its place."""
    try:
        about = path.stat()
        times = (about.st_mtime_ns, about.st_ctime_ns)
        sample = _sample(path, about.st_size) if stat.S_ISREG(about.st_mode) else ""
    except OSError as error:
        return [str(path), error.errno]
    return [str(path), about.st_ino, about.st_size, *times, sample]


def _sample(path: Path, size: int) -> str:
    """A digest of its beginning, its middle and its end."""
    taken = sha256()
    with path.open("rb", buffering=0) as file:
        for place in (0, size // 2, max(0, size - SAMPLE)):
            taken.update(os.pread(file.fileno(), SAMPLE, place))
    return taken.hexdigest()


class Proofs:
    """What worked: for each fingerprint the bytes of memory that it took. In a small file, read
    with suspicion: what cannot be understood proves nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)

    def memory(self, fingerprint: str) -> int | None:
        """Bytes that it took when it worked; None: nothing is proven."""
        return self._known.get(fingerprint)

    def add(self, proven: Mapping[str, int]) -> None:
        """Keep what worked now; the oldest proofs go. Raises `OutputError`."""
        older = [item for item in self._known.items() if item[0] not in proven]
        self._known = dict([*older, *proven.items()][-KEPT:])
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self._path.parent} cannot be made: {error.strerror}",
                "Set XDG_STATE_HOME to a folder that you may write to.",
            ) from None
        write_atomically(self._path, json.dumps(self._known, indent=1).encode())


def _read(path: Path) -> dict[str, int]:
    try:
        known: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {key: size for key, size in known.items() if type(size) is int and 0 <= size < 1 << 48}
