"""models.lock: exactly which models lie here, so that a changed byte is noticed."""

from pathlib import Path

from pydantic import Field, ValidationError

from edgevoice.errors import ModelError, OutputError
from edgevoice.files import new_folder, sync_folder, write_atomically
from edgevoice.modelstore.hashes import Sha256, digest
from edgevoice.modelstore.manifest import (
    Below,
    Checked,
    Model,
    Name,
    Repository,
    Revision,
    first_fault,
    local_name,
)

NAME = "models.lock"
_CURE = "Move it away, and run `edgevoice models pull` or `edgevoice models lock` again."


class LockedFile(Checked):
    """One file, as it was when it was last hashed."""

    size: int = Field(ge=0)
    sha256: Sha256
    mtime_ns: int | None = None
    """When it was changed last; while that and the size stay, it is not hashed again."""


class LockedModel(Checked):
    """One model, as it was fetched, imported or found."""

    folder: Below
    repository: Repository | None = None
    commit: Revision | None = None
    """The commit that it came from; nothing: it was put here by hand, or came with edgevoice."""
    files: dict[Name, LockedFile] = Field(min_length=1)


class Lock(Checked):
    """All models that are known here."""

    version: int = Field(default=1, ge=1, le=1)
    models: dict[Name, LockedModel] = Field(default_factory=dict)

    def with_model(self, name: str, model: LockedModel) -> "Lock":
        """This, and `model` in the place of what `name` was."""
        return self.model_copy(update={"models": {**self.models, name: model}})


def read_lock(store: Path) -> Lock:
    """What is locked in the folder `store`; an empty one without a file. Raises `ModelError`."""
    path = store / NAME
    try:
        return Lock.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Lock()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})", _CURE) from None
    except ValidationError as error:
        raise ModelError(f"{path}: {first_fault(error)}", _CURE) from None


def write_lock(store: Path, lock: Lock) -> None:
    """Replace the lock of `store`, whole or not at all; raises `OutputError`."""
    write_atomically(store / NAME, (lock.model_dump_json(indent=2) + "\n").encode())


def lock_present(store: Path, name: str, model: Model, *, replace: bool = False) -> LockedModel:
    """Hash what lies here for `model`, and write it down; nothing is fetched.

    Raises `ModelError` where a file is missing, or where it differs from what is locked already
    and is not to be replaced; `OutputError` where the lock cannot be written.
    """
    lock = read_lock(store)
    folder = store / model.folder
    files = {local_name(file): locked_file(folder / local_name(file)) for file in model.files}
    before = lock.models.get(name)
    same = before is not None and _hashes(before.files) == _hashes(files)
    if before and not same and not replace:
        raise ModelError(
            f"{folder} differs from what is locked",
            "Run `edgevoice models verify --full` to see where; --replace accepts what lies here.",
        )
    origin = before if same else None
    locked = LockedModel(
        folder=model.folder,
        repository=origin.repository if origin else None,
        commit=origin.commit if origin else None,
        files=files,
    )
    write_lock(store, lock.with_model(name, locked))
    return locked


def locked_file(path: Path) -> LockedFile:
    """What the lock says of the file at `path` as it is now; raises `ModelError`."""
    sha256 = digest(path).sha256
    about = path.stat()
    return LockedFile(size=about.st_size, sha256=sha256, mtime_ns=about.st_mtime_ns)


def make_folder(path: Path) -> None:
    """Make `path` and what is above it; raises `OutputError`."""
    try:
        new_folder(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be made: {error.strerror}",
            "Name a folder that you may write to with --folder.",
        ) from None


def put_in_place(new: Path, place: Path) -> None:
    """Rename `new` to `place`, and see that the disk knows; raises `OutputError`."""
    try:
        make_folder(place.parent)
        new.replace(place)
        sync_folder(place.parent)
    except OSError as error:
        raise OutputError(
            f"{place} cannot be written: {error.strerror}",
            "Check the folder's permissions and the disk.",
        ) from None


def _hashes(files: dict[str, LockedFile]) -> dict[str, str]:
    return {name: file.sha256 for name, file in files.items()}
