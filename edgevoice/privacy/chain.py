"""The hash chain of the audit log: lines that name the line before them, and their check.

A line is a JSON object: `n` (1, 2, …), `at` (UTC), `event`, `details`, and `previous`, the SHA-256
of the bytes of the line before, without its line end (sixty-four zeros for the first). Nothing here
touches a file.

What such a chain proves (the idea is Haber and Stornetta's, "How to time-stamp a digital document",
1991): nobody changed, removed, added or moved a line without making every later one anew. What it
cannot: that somebody who may write to the folder did not make every later one anew, or cut lines
off the end together with the record of where it ended, or take the whole log away. That needs an
anchor which they cannot reach: note what `edgevoice audit verify` tells about the last line, and
give it back with `--anchor` some other day.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import Any

GENESIS = "0" * 64
"""What the first line names as the line before it."""


MOST_LINES = 10**12
"""Nobody writes so many; a greater number is none of ours."""


class Happened(StrEnum):
    """What is worth a line. Never a word that was said."""

    STARTED = "started"
    STOPPED = "stopped"
    BROKE_OFF = "broke off"
    """The run before did not stop: it was killed, it crashed, or power was lost."""
    CONFIG_CHANGED = "config changed"
    MODEL_CHANGED = "model changed"
    PROFILE_CHANGED = "profile changed"
    UNFIT = "unfit to start"
    DEVICE_LOST = "device lost"
    DEVICE_BACK = "device back"
    NETWORK_MODE = "network mode"
    CLOUD_SESSION = "cloud session"
    """A connection to a service on the internet was opened or closed."""
    TRANSCRIPT_READ = "transcript read"
    TRANSCRIPT_EXPORTED = "transcript exported"
    TRANSCRIPT_PURGED = "transcript purged"
    TORN = "torn line"
    """The line before is in pieces: power was lost, or the disk was full."""
    ROTATED = "rotated"
    """A new file begins; `oldest` is the first line of the oldest file that is kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One event, as it is written."""

    n: int
    at: str
    event: str
    details: Mapping[str, Any]
    previous: str

    def encode(self) -> bytes:
        """Its bytes, without a line end."""
        tree = {
            "n": self.n,
            "at": self.at,
            "event": self.event,
            "details": dict(self.details),
            "previous": self.previous,
        }
        return json.dumps(tree, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class End:
    """Which line was the last at some moment: its number and its SHA-256."""

    n: int
    digest: str


def digest(line: bytes) -> str:
    """The SHA-256 of a line without its end, in hexadecimal digits."""
    return hashlib.sha256(line).hexdigest()


def parse(line: bytes) -> Line | None:
    """The event in `line`; None where that is not one of ours."""
    try:
        tree = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match tree:
        case {
            "n": int(n),
            "at": str(at),
            "event": str(event),
            "details": dict(details),
            "previous": str(previous),
        } if len(tree) == 5 and 0 < n <= 2 * MOST_LINES:
            return Line(n, at, event, details, previous)
    return None


def torn(lines: Sequence[bytes]) -> bytes | None:
    """What lies after the last event in `lines`, with its line ends; None where nothing does."""
    pieces = list(takewhile(lambda raw: parse(raw) is None, reversed(lines)))
    return b"\n".join(reversed(pieces)) if pieces else None


def split(content: bytes) -> list[bytes]:
    """The lines of a file, the last one too if it is not ended."""
    lines = content.split(b"\n")
    return lines[:-1] if not lines[-1] else lines


@dataclass(frozen=True, slots=True)
class File:
    """A file of the log: the number of its first line, by its name, and its bytes."""

    first: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `problems` should not be there, `notes` are worth knowing."""

    lines: int
    begin: int
    end: End | None
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def check(files: Sequence[File], end: End | None = None, anchor: End | None = None) -> Verdict:
    """Follow the chain through `files`, oldest first. `end`: where it ended when the last line was
    written. `anchor`: what somebody noted of it elsewhere."""
    walk = _Walk()
    for file in files:
        for index, line in enumerate(split(file.content)):
            walk.line(line, file.first if index == 0 else None)
    return walk.verdict(end, anchor, ended=not files or files[-1].content.endswith(b"\n"))


@dataclass(slots=True)
class _Walk:
    """A check under way: the line before, and what was found up to there."""

    lines: int = 0
    begin: int = 0
    last: End | None = None
    pieces: bytes | None = None  # what lies before this line and is none
    oldest: int = 1
    digests: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def line(self, raw: bytes, named: int | None) -> None:
        """Take the next one; `named`: the number that its file's name promises."""
        line = parse(raw)
        if line is None:
            # Power that is lost once more while we tell of it leaves more pieces.
            self.pieces = raw if self.pieces is None else self.pieces + b"\n" + raw
            return
        if self.pieces is not None:
            self._join(line, self.pieces)
        elif self.last is None:
            if (line.previous == GENESIS) != (line.n == 1):
                self.problems.append(f"line {line.n}: it cannot be the first")
        elif line.previous != self.last.digest:
            self.problems.append(f"line {line.n}: what came before it was edited, removed or moved")
        if self.last and line.n != self.last.n + 1:
            self.problems.append(f"line {line.n}: it does not follow line {self.last.n}")
        if named not in (None, line.n):
            self.problems.append(f"line {line.n}: its file is named for line {named}")
        match line.details.get("oldest"):
            case int(oldest) if line.event == Happened.ROTATED and oldest <= MOST_LINES:
                self.oldest = oldest
        self.begin = self.begin or line.n
        self.lines += 1
        self.pieces = None
        self.last = End(line.n, digest(raw))
        self.digests[line.n] = self.last.digest

    def _join(self, line: Line, pieces: bytes) -> None:
        """A line after pieces: it must say that it found them, and what was before them."""
        told = line.event == Happened.TORN and line.previous == digest(pieces)
        after = line.details.get("after")
        if told and (self.last is None or after == self.last.digest):
            self.notes.append(f"before line {line.n}: a torn line ({len(pieces)} bytes)")
        else:
            self.problems.append(f"line {line.n}: the line before it was edited")

    def _where(self) -> str:
        return f"line {self.last.n}" if self.last else "the beginning"

    def verdict(self, end: End | None, anchor: End | None, *, ended: bool) -> Verdict:
        """What is to be said at the end."""
        if self.pieces is not None and ended:
            self.problems.append(f"after {self._where()}: the last line was edited")
        elif self.pieces is not None:
            self.notes.append(f"after {self._where()}: the last line is torn")
        if self.begin > self.oldest:
            self.problems.append(f"lines {self.oldest} to {self.begin - 1} were removed")
        self._at_end(end)
        if anchor and self.digests.get(anchor.n) != anchor.digest:
            self.problems.append(f"line {anchor.n} is not the one that was noted as the anchor")
        return Verdict(self.lines, self.begin, self.last, tuple(self.problems), tuple(self.notes))

    def _at_end(self, end: End | None) -> None:
        last = self.last.n if self.last else 0
        if end is None:
            if last:
                self.notes.append("nothing tells where the log ended: lines may have been cut off")
        elif end.n > last:
            self.problems.append(f"lines {last + 1} to {end.n} were cut off the end")
        elif self.digests.get(end.n) != end.digest:
            self.problems.append(f"line {end.n}, once the last, was edited")
        elif last > end.n + 1:
            self.problems.append(f"lines from {end.n + 1} on were added by somebody else")
