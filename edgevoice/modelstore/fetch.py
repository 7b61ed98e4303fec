"""Fetching a model: resumed where it stopped, checked before it counts, never half in place.

Bytes are collected in `.incoming/` beside the models, in a file that is named after the content
that the hub states; so a later try, of this process or another one, goes on where this one
stopped. Only when all files of a model are complete and checked are they renamed into its folder,
and then locked.
"""

import errno
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from edgevoice.errors import HubError, ModelError, OutputError
from edgevoice.modelstore import hub
from edgevoice.modelstore.hashes import digest
from edgevoice.modelstore.hub import Broken, Stated
from edgevoice.modelstore.lock import (
    LockedFile,
    LockedModel,
    locked_file,
    make_folder,
    put_in_place,
    read_lock,
    write_lock,
)
from edgevoice.modelstore.manifest import Model, local_name
from edgevoice.modelstore.verify import is_whole

log = logging.getLogger(__name__)

INCOMING = ".incoming"
RESERVE_BYTES = 64 * 2**20
"""Bytes of disk that are left to everything else."""
TRIES = 5
"""Breaks in a row without a new byte, after which we give up."""

Answer = TypeVar("Answer")


class Told(Protocol):
    """Is told, for every piece that came, how far a file is."""

    def __call__(self, file: str, done: int, total: int) -> None: ...


def pull(
    store: Path,
    name: str,
    model: Model,
    *,
    update: bool = False,
    endpoint: str | None = None,
    told: Told = lambda file, done, total: None,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Have `model` in the folder `store`, locked; answers whether anything was fetched.

    What is locked is fetched again as it was; `update` takes what the manifest's revision is now.
    Without need, the hub is not asked. Raises `HubError`, `ModelError` or `OutputError`.
    """
    make_folder(store)
    with alone(store):
        locked = read_lock(store).models.get(name)
        if locked and not update and is_whole(store, name, locked):
            return False
        if model.repository is None:
            raise ModelError(
                f"{name} comes with edgevoice, but is not locked as it lies here",
                f"Run `edgevoice models lock {name}`; if it is damaged, install edgevoice again.",
            )
        _Pull(store, name, model.repository, model, endpoint, told, sleep).run(
            None if update else locked
        )
        return True


class _Pull:
    """One model on its way here."""

    def __init__(
        self,
        store: Path,
        name: str,
        repository: str,
        model: Model,
        endpoint: str | None,
        told: Told,
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._name = name
        self._repository = repository
        self._model = model
        self._endpoint = endpoint
        self._told = told
        self._sleep = sleep

    def run(self, locked: LockedModel | None) -> None:
        pinned = locked.commit if locked else None
        with hub.online():
            stated = self._ask(pinned or self._model.revision)
            needed = {file: about for file, about in stated.items() if not self._here(file, about)}
            self._check_space(needed)
            for file, about in needed.items():
                self._complete(file, about)
        # All of it is checked, against the hub and the lock, before any of it is in place.
        files = {
            local_name(file): locked_file(self._part(about) if file in needed else self._path(file))
            for file, about in stated.items()
        }
        if pinned and locked:
            self._compare(files, locked.files)
        for file, about in needed.items():
            put_in_place(self._part(about), self._path(file))
        fetched = LockedModel(
            folder=self._model.folder,
            repository=self._repository,
            commit=next(iter(stated.values())).commit,
            files=files,
        )
        write_lock(self._store, read_lock(self._store).with_model(self._name, fetched))

    def _ask(self, revision: str) -> dict[str, Stated]:
        """What the hub states for every file, all of one commit."""
        stated: dict[str, Stated] = {}
        for file in self._model.files:
            about = self._patiently(self._state_of(file, revision))
            revision = about.commit  # the branch may move between two questions
            stated[file] = about
        return stated

    def _state_of(self, file: str, revision: str) -> Callable[[], Stated]:
        return lambda: hub.state(self._repository, file, revision, self._endpoint)

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask until there is an answer, at most `TRIES` times."""
        for wait_s in (*(2.0**attempt / 2 for attempt in range(TRIES - 1)), None):
            try:
                return ask()
            except Broken as why:
                if wait_s is None:
                    raise self._given_up(why) from None
                self._sleep(wait_s)
        raise AssertionError("the last try raises")

    def _given_up(self, why: Broken) -> HubError:
        return HubError(
            f"{self._name} was not fetched: {why}",
            "Check the network and HF_ENDPOINT, then run it again: it goes on where it stopped.",
        )

    def _here(self, file: str, about: Stated) -> bool:
        path = self._path(file)
        try:
            return path.stat().st_size == about.size and digest(path).matches(about.content)
        except (OSError, ModelError):
            return False

    def _check_space(self, needed: dict[str, Stated]) -> None:
        missing = sum(about.size - _size(self._part(about)) for about in needed.values())
        free = shutil.disk_usage(self._store).free
        if needed and missing + RESERVE_BYTES > free:
            raise OutputError(
                f"{self._name} needs {_mb(missing + RESERVE_BYTES)} in {self._store}, and "
                f"{_mb(free)} are free",
                "Make room, or name another disk with --folder.",
            )

    def _complete(self, file: str, about: Stated) -> None:
        """Collect `file` in its part, however often the connection breaks, and check it."""
        make_folder(self._store / INCOMING)
        part = self._part(about)
        breaks = 0
        while (start := _size(part)) < about.size:
            try:
                self._collect(file, about, part, start)
                why = Broken("the connection ended early")
            except Broken as broken:
                why = broken
            if _size(part) >= about.size:
                break
            breaks = 0 if _size(part) > start else breaks + 1
            if breaks == TRIES:
                raise self._given_up(why)
            log.info("%s: %s; going on", file, why)
            self._sleep(min(8.0, 2.0**breaks / 2))
        if about.size == 0:
            part.touch()
        if _size(part) != about.size or not digest(part).matches(about.content):
            part.unlink(missing_ok=True)
            raise ModelError(
                f"{file} of {self._repository} came, but is not what the hub states",
                "Nothing was replaced. Run it again; if it stays so, do not trust the network.",
            )

    def _collect(self, file: str, about: Stated, part: Path, start: int) -> None:
        """Append to `part` what one connection gives."""
        try:
            with part.open("ab") as out:
                for place, piece in hub.pieces(
                    self._repository, file, about.commit, start, self._endpoint
                ):
                    if start and place == 0:
                        out.truncate(0)
                    out.write(piece)
                    out.flush()
                    self._told(file, place + len(piece), about.size)
                    if place + len(piece) > about.size:
                        return  # a hub without an end must not fill the disk
                os.fsync(out.fileno())
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            raise OutputError(
                f"{part} cannot be written: {error.strerror or error}",
                "Make room, then run it again: it goes on where it stopped."
                if full
                else "Check the folder's permissions and the disk.",
            ) from None

    def _compare(self, files: dict[str, LockedFile], locked: dict[str, LockedFile]) -> None:
        for file, about in files.items():
            if file in locked and locked[file].sha256 != about.sha256:
                raise ModelError(
                    f"{file} of {self._repository} is not what it was when it was locked",
                    "Nothing was replaced. Find out why; `pull --update` takes the new one.",
                )

    def _path(self, file: str) -> Path:
        return self._store / self._model.folder / local_name(file)

    def _part(self, about: Stated) -> Path:
        return self._store / INCOMING / f"{about.content}.part"


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """One fetches, another is told so: two would append to the same parts."""
    try:
        folder = os.open(store, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise OutputError(
            f"{store} cannot be opened: {error.strerror}", "Name another folder with --folder."
        ) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OutputError(
            f"somebody else is changing the models in {store}", "Wait until they have finished."
        ) from None
    finally:
        os.close(folder)


def _size(path: Path) -> int:
    """Bytes in the file at `path`; none where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
