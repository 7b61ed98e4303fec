"""One file that carries models to a site without a network, and is checked before it is believed.

A plain tar: `bundle.json`, which is a models.lock of what follows, then the files in its order.
Nothing is extracted by name: every file goes where its own, checked description says.
"""

import hashlib
import io
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from edgevoice.errors import ModelError, OutputError
from edgevoice.files import replacing
from edgevoice.modelstore.fetch import INCOMING, RESERVE_BYTES, alone
from edgevoice.modelstore.hashes import PIECE, digest
from edgevoice.modelstore.lock import (
    Lock,
    LockedFile,
    LockedModel,
    make_folder,
    put_in_place,
    read_lock,
    write_lock,
)
from edgevoice.modelstore.manifest import first_fault

ABOUT = "bundle.json"
MOST_ABOUT_BYTES = 2**20
_CURE = "Nothing was replaced. Export and copy it again."


def export(store: Path, models: dict[str, LockedModel], path: Path) -> str:
    """Write `models`, as they lie in `store`, into the bundle `path`; answers its SHA-256.

    Raises `ModelError` where one is not what was locked, `OutputError` where `path` cannot be
    written.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder", "Name a file, as models.tar.")
    try:
        with replacing(path) as out, tarfile.open(fileobj=out, mode="w") as tar:
            about = Lock(models=models).model_dump_json(indent=2).encode()
            _add(tar, ABOUT, len(about), io.BytesIO(about))
            for name, file, locked in _members(models):
                _add_checked(tar, f"{name}/{file}", store / models[name].folder / file, locked)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}",
            "Name a file in a folder that you may write to, with room for all of it.",
        ) from None
    return digest(path).sha256


def bring_in(store: Path, path: Path, *, sha256: str | None = None) -> dict[str, LockedModel]:
    """Put the models of the bundle `path` into `store`, and lock them; answers which.

    All of it is read, hashed and compared before anything is replaced. `sha256` is what the bundle
    as a whole has to be. Raises `ModelError` or `OutputError`.
    """
    if sha256 is not None and digest(path).sha256 != sha256.strip().lower():
        raise ModelError(f"{path} is not the bundle that was signed off", _CURE)
    make_folder(store)
    with alone(store), _waiting_room(store) as room, _opened(path) as tar:
        about = _read_about(tar, path)
        _check_space(store, about)
        for number, (name, file, locked) in enumerate(_members(about.models)):
            _take(tar, path, f"{name}/{file}", locked, room / str(number))
        if tar.next() is not None:
            raise ModelError(f"{path} holds more than it says", _CURE)
        lock = read_lock(store)
        for name, model in _settle(store, room, about):
            lock = lock.with_model(name, model)
        write_lock(store, lock)
    return about.models


def _members(models: dict[str, LockedModel]) -> Iterator[tuple[str, str, LockedFile]]:
    """Every file, in the order in which a bundle holds them."""
    for name, model in models.items():
        for file, locked in model.files.items():
            yield name, file, locked


def _add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    about = tarfile.TarInfo(name)
    about.size = size
    tar.addfile(about, content)


def _add_checked(tar: tarfile.TarFile, name: str, source: Path, locked: LockedFile) -> None:
    if digest(source).sha256 != locked.sha256:
        raise ModelError(
            f"{source} is not what was locked", "Run `edgevoice models pull` for it first."
        )
    with source.open("rb") as content:
        _add(tar, name, locked.size, content)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with path.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, ValueError, LookupError, ArithmeticError):  # tarfile lets them out
        raise ModelError(f"{path} is no bundle, or a damaged one", _CURE) from None
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read or unpacked: {error.strerror or error}",
            "Check the path, the disk it is on, and the room on this one.",
        ) from None


@contextmanager
def _waiting_room(store: Path) -> Iterator[Path]:
    """A folder on the models' own disk, for what is not yet believed; gone in the end.

    Needs the store for itself: what an earlier import left, killed in the middle, goes too.
    """
    for left in (store / INCOMING).glob("bundle-*"):
        shutil.rmtree(left, ignore_errors=True)
    room = store / INCOMING / f"bundle-{secrets.token_hex(6)}"
    make_folder(room)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _read_about(tar: tarfile.TarFile, path: Path) -> Lock:
    content = _content(tar, path, ABOUT)
    text = content.read(MOST_ABOUT_BYTES + 1)
    if len(text) > MOST_ABOUT_BYTES:
        raise ModelError(f"{path}: its description is too long", _CURE)
    try:
        about = Lock.model_validate_json(text)
    except ValidationError as error:
        raise ModelError(f"{path}: {first_fault(error)}", _CURE) from None
    places = [f"{about.models[name].folder}/{file}" for name, file, _ in _members(about.models)]
    if len({*places}) < len(places):
        raise ModelError(f"{path}: two of its models want the same place", _CURE)
    return about


def _content(tar: tarfile.TarFile, path: Path, name: str) -> IO[bytes]:
    """The next member, which has to be the plain file `name`."""
    member = tar.next()
    content = tar.extractfile(member) if member and member.isreg() else None
    if member is None or content is None or member.name != name:
        raise ModelError(f"{path}: does not hold {name} where it should", _CURE)
    return content


def _check_space(store: Path, about: Lock) -> None:
    size = sum(locked.size for _, _, locked in _members(about.models)) + RESERVE_BYTES
    free = shutil.disk_usage(store).free
    if size > free:
        raise OutputError(
            f"the bundle needs {size / 1e6:,.0f} MB in {store}, and {free / 1e6:,.0f} MB are free",
            "Make room, or name another disk with --folder.",
        )


def _take(tar: tarfile.TarFile, path: Path, name: str, locked: LockedFile, place: Path) -> None:
    """Copy the next member to `place`, if it is what it should be."""
    content = _content(tar, path, name)
    sha256, size = hashlib.sha256(), 0
    with place.open("xb") as out:
        while piece := content.read(PIECE):
            sha256.update(piece)
            size += len(piece)
            if size > locked.size:
                break
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if size != locked.size or sha256.hexdigest() != locked.sha256:
        raise ModelError(f"{path}: {name} is not what the bundle says", _CURE)


def _settle(store: Path, room: Path, about: Lock) -> Iterator[tuple[str, LockedModel]]:
    """Rename everything into place; gives each model as it is to be locked here."""
    waiting = (room / str(number) for number in range(sum(1 for _ in _members(about.models))))
    for name, model in about.models.items():
        files = {}
        for file, locked in model.files.items():
            place = store / model.folder / file
            put_in_place(next(waiting), place)
            files[file] = locked.model_copy(update={"mtime_ns": place.stat().st_mtime_ns})
        yield name, model.model_copy(update={"files": files})
