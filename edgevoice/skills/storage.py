"""What we are asked to keep: small documents with names, sealed, for those who allow it.

A document is JSON, whole in one sealed file (`privacy/sealing.py`): its name in the folder, and
sealed inside, so that no file passes for another. It is replaced whole or not at all. What this
does not prove: that nobody has put an older one, or none, in its place.
"""

import json
import logging
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from edgevoice.config import StorageConfig
from edgevoice.errors import ConfigError, OutputError
from edgevoice.files import new_folder, write_atomically
from edgevoice.privacy.keys import STORAGE, load_key
from edgevoice.privacy.sealing import (
    LONGEST,
    NONCE_BYTES,
    TAG_BYTES,
    OtherKeyError,
    SealBrokenError,
    new_head,
    seal,
    unseal,
)
from edgevoice.state_folder import state_folder

log = logging.getLogger(__name__)

MOST = LONGEST - NONCE_BYTES - TAG_BYTES
"""Bytes of a document, as JSON."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}", re.ASCII)


def storage_folder(folder: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Where it is kept: `folder`, or beside everything else that we remember."""
    return folder or state_folder(environment) / "storage"


def open_storage(
    config: StorageConfig, environment: Mapping[str, str] = os.environ
) -> "Storage | None":
    """What is kept; None where nothing may be. Raises `ConfigError` where there is no key, or it is
    not the one that was used before."""
    if not config.enabled:
        return None
    key = load_key(config.key_file, environment, STORAGE)
    storage = Storage(storage_folder(config.folder, environment), key)
    storage.check_key()
    return storage


class Storage:
    """The sealed documents in `folder`, which need not be there."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def check_key(self) -> None:
        """Raises `ConfigError` where a document was sealed with another key."""
        for path in self._folder.glob("*.sealed"):
            try:
                list(unseal(self._key, path.read_bytes()))
            except OtherKeyError:
                raise ConfigError(
                    f"{path} was sealed with another key",
                    "Bring that key back; or, to begin anew, move the file away.",
                ) from None
            except (OSError, SealBrokenError):
                pass  # whoever loads it is told

    def load(self, name: str) -> Any:
        """The document `name`; None where there is none.

        One that was damaged is put aside, with a warning, and counts as none. Raises `OutputError`
        where the disk refuses to tell.
        """
        path = self._path(name)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(
                f"{path} cannot be read: {error.strerror}", "Let us own that file."
            ) from None
        try:
            return _opened(self._key, name, content)
        except SealBrokenError as error:
            self._put_aside(path, error)
            return None

    def save(self, name: str, document: Any) -> None:
        """Keep `document`, of JSON values, in the place of what was kept as `name`.

        Raises `OutputError`; then that is still there.
        """
        path = self._path(name)
        text = json.dumps({name: document}).encode()
        if len(text) > MOST:
            raise OutputError(f"{path} would be longer than {MOST} bytes", "Remove some of it.")
        try:
            new_folder(self._folder, 0o700)
        except OSError as error:
            raise OutputError(
                f"{self._folder} cannot be made: {error.strerror}",
                "Name a folder that we may write to as storage.folder.",
            ) from None
        head = new_head(self._key)
        write_atomically(path, head + seal(self._key, head, 0, text), private=True)

    def remove(self, name: str) -> None:
        """Keep nothing as `name` any more. Raises `OutputError` where the disk refuses."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{path} cannot be removed: {error.strerror}", "Let us own that folder."
            ) from None

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"no name for a document: {name!r}")
        return self._folder / f"{name}.sealed"

    def _put_aside(self, path: Path, error: SealBrokenError) -> None:
        aside = path.with_suffix(".damaged")
        with suppress(OSError):  # else the next one that is saved takes its place
            path.replace(aside)
        log.warning("%s cannot be opened (%s): it is put aside as %s", path, error, aside.name)


def _opened(key: bytes, name: str, content: bytes) -> Any:
    """Raises `SealBrokenError`."""
    match list(unseal(key, content)):
        case [bytes() as text]:
            try:
                document = json.loads(text)
            except (ValueError, RecursionError):
                raise SealBrokenError("it holds no document") from None
            if isinstance(document, dict) and list(document) == [name]:
                return document[name]
            raise SealBrokenError("it is another document")
        case [SealBrokenError() as error, *_]:
            raise error
    raise SealBrokenError("it is not whole")
