"""The audit log: what happened to the assistant and to what it keeps. Never a word that was said.

A folder of its own holds `audit-000000000001.jsonl` and so on, each named for its first line, and
`end.json`, which tells the last line's number and SHA-256. Lines are appended whole and reach the
disk before `add` returns; how they are chained, and what that proves, is told in `chain.py`. The
size is bounded: a full file is followed by a new one, and the oldest goes, which the new one's
first line tells. Several processes may write.

After a loss of power the last line may be torn. It stays, and the next one tells of it. `end.json`
is written after its line and may be one line behind; it lets a cut end be told from a whole one,
as long as nobody changed it too.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from edgevoice.errors import OutputError, one_line
from edgevoice.files import append, new_folder, write_atomically
from edgevoice.privacy.chain import (
    GENESIS,
    MOST_LINES,
    End,
    File,
    Happened,
    Line,
    Verdict,
    check,
    digest,
    parse,
    split,
    torn,
)
from edgevoice.state_folder import state_folder

FILE_BYTES = 256 * 1024
"""From this size on, the next line begins a new file."""
FILES = 16
"""How many files are kept."""
LONGEST = 200
"""Characters of a detail; the rest is left out."""


def audit_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the log is kept: beside everything else that we remember."""
    return state_folder(environment) / "audit"


def utc_now() -> datetime:
    """The present moment by the machine's clock."""
    return datetime.now(UTC)


class AuditLog:
    """The log in `folder`, which is made when the first line is written."""

    def __init__(
        self,
        folder: Path,
        *,
        file_bytes: int = FILE_BYTES,
        files: int = FILES,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._folder = folder
        self._file_bytes = file_bytes
        self._files = files
        self._clock = clock

    def add(self, event: Happened, at: datetime | None = None, /, **details: str | int) -> None:
        """Append a line; it is on the disk when this returns. `at`: when it happened, if not now.

        Raises `OutputError`; then the line is not there, and may be added again.
        """
        short = {
            key: one_line(value)[:LONGEST] if isinstance(value, str) else value
            for key, value in details.items()
        }
        try:
            if not self._folder.is_dir():
                new_folder(self._folder, 0o700)
                _hand_over(self._folder)
            with self._alone():
                self._mend()
                self._rotate()
                self._append(event, short, at)
        except OSError as error:
            raise OutputError(
                f"the audit log {self._folder} cannot be written: {error.strerror}",
                "Make room on the disk, and let us own the folder.",
            ) from None

    def verify(self, anchor: End | None = None) -> Verdict:
        """Follow the chain. `anchor`: what was noted elsewhere. Raises `OutputError`."""
        try:
            with self._alone():
                files = [File(_first(path), path.read_bytes()) for path in self._paths()]
                return check(files, self._recorded(), anchor)
        except FileNotFoundError:
            return check([], None, anchor)
        except OSError as error:
            raise self._unreadable(error) from None

    def lines(self) -> list[Line]:
        """Every event, oldest first; what is torn is left out. Raises `OutputError`."""
        try:
            with self._alone():
                every = [raw for path in self._paths() for raw in split(path.read_bytes())]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unreadable(error) from None
        return [line for line in map(parse, every) if line]

    def _unreadable(self, error: OSError) -> OutputError:
        return OutputError(
            f"the audit log {self._folder} cannot be read: {error.strerror}",
            "Run this as the user that the assistant runs as.",
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes waiting."""
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _paths(self) -> list[Path]:
        """The files, oldest first."""
        found = self._folder.glob("audit-*.jsonl")
        return sorted(path for path in found if path.stem.removeprefix("audit-").isdecimal())

    def _path(self, first: int) -> Path:
        return self._folder / f"audit-{first:012d}.jsonl"

    def _newest(self) -> tuple[Path, list[bytes], bool]:
        """The newest file, the lines up to its end, and whether the last of them is ended."""
        paths = self._paths() or [self._path(1)]
        contents = [path.read_bytes() if path.exists() else b"" for path in paths[-2:]]
        lines = [raw for content in contents for raw in split(content)]
        return paths[-1], lines, not contents[-1] or contents[-1].endswith(b"\n")

    def _recorded(self) -> End | None:
        """What `end.json` tells; None where there is none, or none that can be understood."""
        try:
            tree = json.loads((self._folder / "end.json").read_bytes())
        except (FileNotFoundError, ValueError, RecursionError):
            return None
        match tree:
            case {"n": int(n), "sha256": str(sha256)} if n <= MOST_LINES:
                return End(n, sha256)
        return None

    def _mend(self) -> None:
        """Make good what a loss of power has left: tell of a torn last line, and give it an end;
        record the end of the log if that is one line behind."""
        _, lines, _ = self._newest()
        whole = [raw for raw in lines if parse(raw)]
        if whole:
            last, recorded = parse(whole[-1]), self._recorded()
            if last and recorded and recorded.n == last.n - 1:
                self._record(End(last.n, digest(whole[-1])))
        if (pieces := torn(lines)) is not None:
            after = digest(whole[-1]) if whole else GENESIS
            self._append(Happened.TORN, {"bytes": len(pieces), "after": after})

    def _rotate(self) -> None:
        """Begin a new file when the newest is full, and let go of the oldest."""
        paths = self._paths()
        if not paths or paths[-1].stat().st_size < self._file_bytes:
            return
        kept = paths[-(self._files - 1) :]
        self._append(Happened.ROTATED, {"oldest": _first(kept[0])}, begins=True)
        for path in paths[: len(paths) - len(kept)]:
            path.unlink()

    def _append(
        self,
        event: Happened,
        details: Mapping[str, str | int],
        at: datetime | None = None,
        *,
        begins: bool = False,
    ) -> None:
        """Raises `OSError` or `OutputError`; then everything is as it was."""
        path, lines, ended = self._newest()
        recorded = self._recorded()
        numbers = [line.n for line in map(parse, lines) if line]
        # Where lines were cut off, the gap in the numbers keeps telling of it.
        n = max(numbers[-1] if numbers else 0, recorded.n if recorded else 0) + 1
        before = torn(lines) or (lines[-1] if lines else None)
        previous = digest(before) if before is not None else GENESIS
        moment = (at or self._clock()).isoformat(timespec="milliseconds")
        raw = Line(n, moment, event, details, previous).encode()
        file = self._path(n) if begins else path
        size = file.stat().st_size if file.exists() else None
        start = b"" if ended or begins else b"\n"
        append(file, start + raw + b"\n", create=True)
        if size is None:
            _hand_over(file)
        try:
            self._record(End(n, digest(raw)))
        except OutputError:
            if size is None:
                file.unlink()
            else:
                os.truncate(file, size)
            raise

    def _record(self, end: End) -> None:
        """Keep where the log ends. Raises `OutputError`."""
        tree = {"n": end.n, "sha256": end.digest}
        write_atomically(self._folder / "end.json", json.dumps(tree).encode())
        _hand_over(self._folder / "end.json")


def _first(path: Path) -> int:
    return int(path.stem.removeprefix("audit-"))


def _hand_over(path: Path) -> None:
    """Let what root has made belong to whom its folder belongs to: the service writes here, too."""
    owner = path.parent.stat()
    if os.geteuid() == 0 != owner.st_uid:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
