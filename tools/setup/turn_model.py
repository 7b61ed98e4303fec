"""The model that hears whether a turn is over: taken out of the wheel that carries it.

The wheel is a package of its own with a hundred dependencies; one file of it is what we need.
"""

import hashlib
import os
import zipfile
import zlib
from pathlib import Path

PIN = "pipecat-ai==1.14.0"
NAME = "smart-turn-v3.2-cpu.onnx"
FOLDER = Path("models") / "smart-turn"
"""Where the model lies in the working copy, and the licence beside it."""

DOWNLOAD = (
    *("download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"),
    *("--retries=1", "--timeout=15"),  # without a network, every set-up waits for this
)
"""What pip is told. Nothing of the package runs, so that any Python may fetch it."""

WITHOUT = "Turn-taking goes by words and pauses only."
"""What it means that the model could not be fetched."""


class NotInWheelError(Exception):
    """The wheel is not what it should be."""


def take(wheels: Path, folder: Path) -> str:
    """Put the model and its licence from the one wheel in `wheels` into `folder`.

    Answers the model's SHA-256. All or nothing: the model comes last, and whole. Raises
    `NotInWheelError`, or `OSError` when it cannot be written.
    """
    try:
        (wheel,) = wheels.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            model = _read(archive, f"/{NAME}")
            licence = _read(archive, ".dist-info/licenses/LICENSE")
    except (ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise NotInWheelError(f"{PIN} is no whole wheel ({error})") from None
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / "LICENSE", licence)
    _put(folder / NAME, model)
    return hashlib.sha256(model).hexdigest()


def _read(archive: zipfile.ZipFile, ending: str) -> bytes:
    found = [name for name in archive.namelist() if name.endswith(ending)]
    if len(found) != 1:
        raise NotInWheelError(f"{PIN} holds {len(found)} files that end in {ending}")
    return archive.read(found[0])


def _put(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
