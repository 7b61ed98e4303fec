"""Whether the models are still what was locked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from edgevoice.errors import ModelError
from edgevoice.modelstore.hashes import digest
from edgevoice.modelstore.lock import LockedFile, LockedModel


class Verdict(NamedTuple):
    """What was found about one file."""

    model: str
    path: Path
    state: Literal["same", "missing", "changed", "unreadable"]


def verify(store: Path, models: dict[str, LockedModel], *, full: bool = False) -> Iterator[Verdict]:
    """Look at every file of `models` in the folder `store`.

    A file whose size and time of change are as they were counts as the same; any other is hashed.
    `full` hashes all of them. Needs no network, and writes nothing.
    """
    for name, model in models.items():
        for file, locked in model.files.items():
            path = store / model.folder / file
            yield Verdict(name, path, _state(path, locked, full=full))


def is_whole(store: Path, name: str, model: LockedModel) -> bool:
    """Whether every file of `model` is as it was locked."""
    return all(verdict.state == "same" for verdict in verify(store, {name: model}))


def _state(
    path: Path, locked: LockedFile, *, full: bool
) -> Literal["same", "missing", "changed", "unreadable"]:
    try:
        about = path.stat()
    except OSError:
        return "missing"
    if about.st_size != locked.size:
        return "changed"
    if about.st_mtime_ns == locked.mtime_ns and not full:
        return "same"
    try:
        return "same" if digest(path).sha256 == locked.sha256 else "changed"
    except ModelError:
        return "unreadable"
