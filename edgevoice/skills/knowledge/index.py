"""The passages of all documents in one file, to be searched by words: SQLite's FTS5, BM25.

The file is never changed: a new one is written beside it, from what is unchanged in the old one and
what is new in the folder, and takes its place. So whoever reads it sees all of one or the other.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from urllib.parse import quote

from edgevoice.errors import ConfigError, OutputError, printable
from edgevoice.files import new_folder, replacing
from edgevoice.skills.knowledge.documents import (
    MOST_BYTES,
    UnreadableError,
    documents,
    read,
    reads_pdf,
)
from edgevoice.skills.knowledge.passages import split
from edgevoice.skills.knowledge.words import TOKENIZER, joined

Told = Callable[[int, int, str], None]
"""Is told how many documents of how many are done, and the name of the one that is next."""

_VERSION = 1
_SCHEMA = f"""
    CREATE TABLE documents (
        path BLOB PRIMARY KEY, changed INTEGER, size INTEGER, sha256 BLOB,
        trouble TEXT, first INTEGER, count INTEGER
    ) WITHOUT ROWID;
    CREATE VIRTUAL TABLE passages
        USING fts5(title, headings, text, joined, tokenize='{TOKENIZER}');
    CREATE VIRTUAL TABLE terms USING fts5vocab(passages, row);
    CREATE TABLE counts (stem TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
    INSERT INTO passages(passages, rank) VALUES ('rank', 'bm25(2.0, 3.0, 1.0, 1.0)');
"""
_MOST_ROWS = 3_000
"""So many passages are ranked at most, by the rarest words: what is in more of them tells nothing,
and would take too long."""
_HEADINGS_END = "\n"
_IN_MEMORY = "temp_store", "MEMORY"
"""Nothing of documents or questions goes to a temporary file."""


class IndexBrokenError(Exception):
    """The index is missing, damaged, or another version's: make it anew."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage, as `passages.Passage`; `score`: BM25's, the higher the better."""

    title: str
    headings: tuple[str, ...]
    text: str
    score: float


@dataclass(slots=True)
class Refreshed:
    """What came of looking at the folder: how many documents were `read`, are `unchanged` or
    `gone`; why some could not be read, by name; and how many `passages` there are."""

    read: int = 0
    unchanged: int = 0
    gone: int = 0
    passages: int = 0
    troubles: dict[str, str] = field(default_factory=dict)


class Index:
    """Searches the file at `path`; never changes it. May be used from several threads."""

    def __init__(self, path: Path) -> None:
        """Raises `IndexBrokenError`."""
        self._lock = Lock()
        with _breaking():
            self._database = _opened(path)
            self._database.execute("PRAGMA {} = {}".format(*_IN_MEMORY))
            self.size = _size(self._database)

    def frequencies(self, stems: Sequence[str]) -> dict[str, int]:
        """In how many passages each of `stems` is. Raises `IndexBrokenError`."""
        with self._lock, _breaking():
            return {
                stem: count
                for stem in stems
                for (count,) in self._database.execute(
                    "SELECT count FROM counts WHERE stem = ?", (stem,)
                )
            }

    def search(self, words: Sequence[tuple[str, int]], most: int = 8) -> list[Found]:
        """The passages that fit best to `words`, best first.

        Each word (letters and digits only) comes with the number of passages that it is in. Raises
        `IndexBrokenError`.
        """
        chosen: list[str] = []
        rows = 0
        for word, count in sorted(words, key=lambda pair: pair[1]):
            if rows + count > _MOST_ROWS:
                break
            if count:
                chosen.append(f'"{word}"')
                rows += count
        if not chosen:
            return []
        with self._lock, _breaking():
            found = self._database.execute(
                "SELECT title, headings, text, rank FROM passages WHERE passages MATCH ? "
                "ORDER BY rank LIMIT ?",
                (" OR ".join(chosen), most),
            ).fetchall()
        return [
            Found(title, tuple(filter(None, headings.split(_HEADINGS_END))), text, -rank)
            for title, headings, text, rank in found
        ]

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def is_fresh(folder: Path, path: Path) -> bool:
    """Whether the index at `path` holds every document below `folder` as it is now, by size and
    time; nothing is read but their names."""
    try:
        with _breaking(), closing(_opened(path)) as database:
            return dict(_stamps(folder)) == _known(database)
    except IndexBrokenError:
        return False


def about(path: Path) -> Refreshed:
    """What is in the index at `path`. Raises `IndexBrokenError`."""
    with _breaking(), closing(_opened(path)) as database:
        return _counted(database, Refreshed(unchanged=len(_known(database))))


def refresh(folder: Path, path: Path, told: Told | None = None, *, anew: bool = False) -> Refreshed:
    """Bring the index at `path` up to what is below `folder`; `anew`: read everything again.

    A document that cannot be read is told in the answer. Raises `ConfigError` where there is no
    such folder, `OutputError` where the index cannot be written; then the old one is still there.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder", "Set knowledge.folder.")
    try:
        if not anew and is_fresh(folder, path) and _is_whole(path):
            return about(path)
        new_folder(path.parent, 0o700)
        with replacing(path) as file:
            os.fchmod(file.fileno(), 0o600)
            if not anew and _is_whole(path):
                _copy(path, file)
            # What SQLite writes meanwhile may be lost with it: only the whole file counts.
            with closing(sqlite3.connect(file.name, isolation_level=None)) as database:
                for name, value in ("journal_mode", "OFF"), ("synchronous", "OFF"), _IN_MEMORY:
                    database.execute(f"PRAGMA {name} = {value}")
                return _updated(database, folder, told or (lambda done, total, name: None))
    except (OSError, sqlite3.Error, IndexBrokenError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(
            f"{path} cannot be written: {reason}",
            "Make room there, or name another place in knowledge.index.",
        ) from None


def _updated(database: sqlite3.Connection, folder: Path, told: Told) -> Refreshed:
    result = Refreshed()
    if not database.execute("PRAGMA user_version").fetchone()[0]:
        database.executescript(f"{_SCHEMA} PRAGMA user_version = {_version()};")
    known, now = _known(database), dict(_stamps(folder))
    database.execute("BEGIN")
    for name in known.keys() - now.keys():
        _remove(database, name)
        result.gone += 1
    for number, (name, stamp) in enumerate(now.items()):
        shown = printable(os.fsdecode(name))
        told(number, len(now), shown)
        if known.get(name) == stamp or _is_same(database, folder, name, stamp):
            result.unchanged += 1
        else:
            _remove(database, name)
            result.read += _add(database, folder, name, stamp)
    told(len(now), len(now), "")
    database.execute("INSERT INTO passages(passages) VALUES ('optimize')")
    database.execute("DELETE FROM counts")
    database.execute("INSERT INTO counts SELECT term, doc FROM terms")
    database.execute("COMMIT")
    return _counted(database, result)


def _is_same(database: sqlite3.Connection, folder: Path, name: bytes, stamp: "_Stamp") -> bool:
    """Whether a document was only touched; then that is noted."""
    row = database.execute("SELECT sha256 FROM documents WHERE path = ?", (name,)).fetchone()
    try:
        same = row is not None and row[0] == hashlib.sha256(_content(folder, name)).digest()
    except OSError:
        return False
    if same:
        values = (*stamp, name)
        database.execute("UPDATE documents SET changed = ?, size = ? WHERE path = ?", values)
    return same


def _add(database: sqlite3.Connection, folder: Path, name: bytes, stamp: "_Stamp") -> bool:
    """Read a document, and put its passages, or why there are none, into the index; answers whether
    it could be read."""
    (first,) = database.execute("SELECT ifnull(max(rowid), 0) + 1 FROM passages").fetchone()
    path = folder / os.fsdecode(name)
    rows, digest, trouble = [], b"", ""
    try:
        content = _content(folder, name)
        digest = hashlib.sha256(content).digest()
        document = read(path, content)
        for number, passage in enumerate(split(document.text)):
            headings = _HEADINGS_END.join(passage.headings)
            also = joined(f"{document.title} {headings} {passage.text}")
            rows.append((first + number, document.title, headings, passage.text, also))
    except OSError as error:
        trouble = f"cannot be read: {error.strerror}"
    except UnreadableError as error:
        trouble = str(error)
    database.executemany(
        "INSERT INTO passages(rowid, title, headings, text, joined) VALUES (?, ?, ?, ?, ?)", rows
    )
    database.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
        (name, *stamp, digest, trouble, first, len(rows)),
    )
    return not trouble


def _remove(database: sqlite3.Connection, name: bytes) -> None:
    query = "SELECT first, count FROM documents WHERE path = ?"
    for first, count in database.execute(query, (name,)).fetchall():
        database.execute(
            "DELETE FROM passages WHERE rowid >= ? AND rowid < ?", (first, first + count)
        )
        database.execute("DELETE FROM documents WHERE path = ?", (name,))


_Stamp = tuple[int, int]
"""When a file was changed last, in nanoseconds, and its size."""


def _stamps(folder: Path) -> Iterator[tuple[bytes, _Stamp]]:
    for path in documents(folder):
        with suppress(OSError):  # it has gone since
            about = path.stat()
            yield os.fsencode(path.relative_to(folder)), (about.st_mtime_ns, about.st_size)


def _content(folder: Path, name: bytes) -> bytes:
    """What a document holds; of one that is too large, enough to see that."""
    path = folder / os.fsdecode(name)
    with path.open("rb") as file:
        return file.read(MOST_BYTES[path.suffix.lower()] + 1)


def _known(database: sqlite3.Connection) -> dict[bytes, _Stamp]:
    rows = database.execute("SELECT path, changed, size FROM documents")
    return {name: (changed, size) for name, changed, size in rows}


def _counted(database: sqlite3.Connection, result: Refreshed) -> Refreshed:
    result.passages = _size(database)
    rows = database.execute("SELECT path, trouble FROM documents WHERE trouble <> '' ORDER BY path")
    result.troubles = {printable(os.fsdecode(name)): trouble for name, trouble in rows}
    return result


def _size(database: sqlite3.Connection) -> int:
    (size,) = database.execute("SELECT ifnull(sum(count), 0) FROM documents").fetchone()
    return int(size)


def _is_whole(path: Path) -> bool:
    """Whether the index at `path` can be gone on with: every page of it is looked at."""
    try:
        with _breaking(), closing(_opened(path)) as database:
            return bool(database.execute("PRAGMA quick_check").fetchone() == ("ok",))
    except IndexBrokenError:
        return False


def _opened(path: Path) -> sqlite3.Connection:
    """For reading. Raises `sqlite3.Error`."""
    # Without `immutable`, SQLite would want to lock a file that nobody changes.
    address = f"file:{quote(os.fsencode(path))}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        _check(database)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    """Raises `sqlite3.Error` where it is not an index of this version."""
    if database.execute("PRAGMA user_version").fetchone() != (_version(),):
        raise sqlite3.DatabaseError("another version's")
    database.execute("SELECT count(*) FROM passages WHERE passages MATCH '\"a\"'").fetchone()


def _version() -> int:
    """Another one where documents can be read that could not before."""
    return 2 * _VERSION + reads_pdf()


def _copy(path: Path, file: BinaryIO) -> None:
    with path.open("rb") as old:
        while block := old.read(1 << 20):
            file.write(block)
    file.flush()


@contextmanager
def _breaking() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        # What SQLite has to say might quote the words that were searched for.
        raise IndexBrokenError(getattr(error, "sqlite_errorname", str(error))) from None
