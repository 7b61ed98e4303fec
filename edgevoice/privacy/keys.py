"""The keys that we seal things with: where they come from, and who may read them.

A key is 32 random bytes, written as 64 hexadecimal digits. systemd hands it over as a credential
(`LoadCredential=` or `LoadCredentialEncrypted=`): `edgevoice-transcripts`, `edgevoice-storage`;
without that it is read from a file that nobody but ourselves may open.
"""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from edgevoice.errors import ConfigError, OutputError
from edgevoice.files import sync_folder

CREDENTIAL = "edgevoice-transcripts"
KEY_BYTES = 32


class Purpose(NamedTuple):
    """What a key is for: in words, its `setting`, and the name of systemd's `credential`."""

    words: str
    setting: str
    credential: str


TRANSCRIPTS = Purpose("the transcripts", "transcripts.key_file", CREDENTIAL)
STORAGE = Purpose("what it is asked to keep", "storage.key_file", "edgevoice-storage")


def load_key(
    file: Path | None,
    environment: Mapping[str, str] = os.environ,
    purpose: Purpose = TRANSCRIPTS,
) -> bytes:
    """The key from systemd, else from `file`. Raises `ConfigError`."""
    credentials = environment.get("CREDENTIALS_DIRECTORY")
    if credentials and (given := Path(credentials) / purpose.credential).exists():
        return _read(given, purpose.setting, private=False)  # systemd sees to its permissions
    if file is None:
        raise ConfigError(
            f"there is no key for {purpose.words}",
            "Make one with `edgevoice transcripts keygen FILE`, and name it as "
            f"{purpose.setting} or as systemd's credential {purpose.credential}.",
        )
    return _read(file, purpose.setting, private=True)


def make_key(file: Path) -> None:
    """Write a new key to `file`, which must not exist yet. Raises `OutputError`."""
    write_private(file, secrets.token_hex(KEY_BYTES).encode() + b"\n")


def write_private(file: Path, content: bytes) -> None:
    """Write a new file that only we may read. Raises `OutputError`."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as new:
                new.write(content)
                new.flush()
                os.fsync(handle)
            sync_folder(file.parent)
        except OSError:
            file.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(
            f"{file} cannot be written: {error.strerror}",
            "Name a file that is not there yet, in a folder that you may write to.",
        ) from None


def _read(file: Path, setting: str, *, private: bool) -> bytes:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            if private:
                _check_private(file, setting, os.fstat(handle))
            text = os.read(handle, 2 * KEY_BYTES + 2)
        finally:
            os.close(handle)
    except OSError as error:
        raise ConfigError(
            f"the key {file} cannot be read: {error.strerror}",
            f"Check {setting}, and whose file it is.",
        ) from None
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"{file} holds no key of {2 * KEY_BYTES} hexadecimal digits",
            "Make one with `edgevoice transcripts keygen FILE`.",
        )
    return key


def _check_private(file: Path, setting: str, about: os.stat_result) -> None:
    if not stat.S_ISREG(about.st_mode):
        raise ConfigError(f"the key {file} is no plain file", f"Check {setting}.")
    if about.st_uid != os.geteuid():
        raise ConfigError(
            f"the key {file} belongs to another user", "Give it to the user that runs edgevoice."
        )
    if about.st_mode & 0o077:
        raise ConfigError(
            f"others may open the key {file} (mode {stat.S_IMODE(about.st_mode):04o})",
            f"Take that away with `chmod 600 {file}`, or better make a new key.",
        )
