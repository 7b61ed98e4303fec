"""The words of texts, as SQLite's own index sees them: folded, stemmed by Porter's method."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from threading import Lock

TOKENIZER = "porter unicode61 remove_diacritics 2"

_HYPHENED = re.compile(r"(?<![^\W_])[^\W_]+(?:[-‐‑][^\W_]+)+")
_HYPHENS = re.compile(r"[-‐‑]")


def joined(text: str) -> str:
    """The words of `text` that have a hyphen, without it: "Wi-Fi" is also looked for as "wifi"."""
    return " ".join(_HYPHENS.sub("", word) for word in _HYPHENED.findall(text))


class Stems:
    """Tells the stems of texts. The texts are in memory only, and wiped after each call."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._database.executescript(
            f"""
            PRAGMA secure_delete = ON;
            CREATE VIRTUAL TABLE texts
                USING fts5(text, content='', columnsize=0, tokenize='{TOKENIZER}');
            CREATE VIRTUAL TABLE stems USING fts5vocab(texts, instance);
            """
        )

    def __call__(self, texts: Sequence[str]) -> list[frozenset[str]]:
        """The stems of each of `texts`, those of hyphened words without their hyphen included."""
        found: list[set[str]] = [set() for _ in texts]
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT INTO texts(rowid, text) VALUES (?, ?)", _rows(texts))
            for stem, number in self._database.execute("SELECT term, doc FROM stems"):
                found[number].add(stem)
            self._database.execute("ROLLBACK")
        return [frozenset(stems) for stems in found]

    def close(self) -> None:
        """Give the memory back."""
        self._database.close()


def _rows(texts: Iterable[str]) -> Iterable[tuple[int, str]]:
    return ((number, f"{text} {joined(text)}") for number, text in enumerate(texts))
