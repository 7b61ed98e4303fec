"""Tools for lists and notes, where they may be kept; where not, they say so.

Notes are a list too, so they are read, taken off and thrown away like one.
"""

import threading
from collections.abc import Sequence

from edgevoice.errors import OutputError
from edgevoice.skills.documents import Documents
from edgevoice.skills.phrasing import capital, joined, sentence
from edgevoice.skills.tool import Effect, Tool, ToolFailedError, tool

DOCUMENT = "lists"
"""The name that they are stored under."""
NOTES = "notes"
"""The name of the list of notes."""
MOST_LISTS = 20
MOST_ENTRIES = 100
"""Of one list; more than that nobody listens to."""
LONGEST_ENTRY = 300
LONGEST_NAME = 40
MANY = 4
"""Entries from which on it helps to hear first how many there are."""

FORBIDDEN = (
    "I am not allowed to keep lists or notes. "
    "Whoever looks after me can switch on storage in my settings."
)

_SAME_LIST = {"": "shopping", "grocery": "shopping", "groceries": "shopping", "note": NOTES}


class Pad:
    """The lists in `storage`. Whatever is wrong, `ToolFailedError` says it to the person."""

    def __init__(self, storage: Documents | None) -> None:
        self._storage = storage
        self._lock = threading.Lock()

    def read(self, name: str) -> list[str]:
        """What is on a list; one that nobody has begun is empty."""
        with self._lock:
            return self._load().get(name, [])

    def add(self, name: str, entries: Sequence[str]) -> list[str]:
        """Put `entries` at its end; answers those that were not there before."""
        with self._lock:
            lists = self._load()
            present = lists.setdefault(name, [])
            if len(lists) > MOST_LISTS:
                raise ToolFailedError("There are too many lists already.")
            new: list[str] = []
            for entry in entries:
                if _find(entry, [*present, *new], exactly=True) is None:
                    new.append(entry)
            if len(present) + len(new) > MOST_ENTRIES:
                raise ToolFailedError(f"There is too much on {called(name)} already.")
            present += new
            if new:
                self._save(lists)
            return new

    def remove(self, name: str, entry: str) -> str:
        """Take an entry off; answers which."""
        with self._lock:
            lists = self._load()
            present = lists.get(name, [])
            at = _find(entry, present)
            if at is None:
                raise ToolFailedError(f"I cannot find that on {called(name)}.")
            removed = present.pop(at)
            if not present:
                del lists[name]
            self._save(lists)
            return removed

    def clear(self, name: str) -> None:
        """Take everything off."""
        with self._lock:
            lists = self._load()
            if lists.pop(name, None):
                self._save(lists)

    def _load(self) -> dict[str, list[str]]:
        if self._storage is None:
            raise ToolFailedError(FORBIDDEN)
        try:
            kept = self._storage.load(DOCUMENT)
        except OutputError:
            raise ToolFailedError("I cannot read my lists just now.") from None
        if not isinstance(kept, dict):
            return {}
        return {
            name: [entry for entry in entries if isinstance(entry, str)]
            for name, entries in kept.items()
            if isinstance(entries, list)
        }

    def _save(self, lists: dict[str, list[str]]) -> None:
        assert self._storage
        try:
            self._storage.save(DOCUMENT, lists)
        except OutputError:
            raise ToolFailedError("I could not write that down.") from None


def list_tools(storage: Documents | None) -> list[Tool]:
    """The tools. `storage`: None where nothing may be kept."""
    pad = Pad(storage)

    @tool
    def add_to_list(item: str, list: str = "shopping") -> str:
        """Put something on a list.

        item: What to put on it; several things with commas between them.
        list: The name of the list.
        """
        name, entries = _name(list), _entries(item)
        new = pad.add(name, entries)
        if not new:
            return f"{capital(joined(entries))} {_is(entries)} on {called(name)} already."
        return f"I have put {joined(new)} on {called(name)}."

    @tool(effect=Effect.NONE)
    def read_list(list: str = "shopping") -> str:
        """Read a list out.

        list: The name of the list.
        """
        name = _name(list)
        return _read_out(name, pad.read(name))

    @tool
    def remove_from_list(item: str, list: str = "shopping") -> str:
        """Take something off a list.

        item: What to take off.
        list: The name of the list.
        """
        name = _name(list)
        return f"I have taken {pad.remove(name, _entry(item))} off {called(name)}."

    @tool(
        effect=Effect.DANGEROUS,
        question="Shall I really take everything off your {list} list?",
    )
    def clear_list(list: str = "shopping") -> str:
        """Take everything off a list.

        list: The name of the list.
        """
        name = _name(list)
        pad.clear(name)
        return f"There is nothing on {called(name)} any more."

    @tool
    def add_note(text: str) -> str:
        """Write a note down.

        text: The note, in the person's words.
        """
        pad.add(NOTES, [_entry(text)])
        return "I have written that down."

    @tool(effect=Effect.NONE)
    def read_notes() -> str:
        """Read the notes out."""
        return _read_out(NOTES, pad.read(NOTES))

    return [add_to_list, read_list, remove_from_list, clear_list, add_note, read_notes]


def called(name: str) -> str:
    """What a list is called to the person."""
    return "your notes" if name == NOTES else f"your {name} list"


def _read_out(name: str, entries: Sequence[str]) -> str:
    if not entries:
        return "You have no notes." if name == NOTES else f"There is nothing on {called(name)}."
    if name == NOTES:
        count = "one note" if len(entries) == 1 else f"{len(entries)} notes"
        return " ".join([f"You have {count}.", *(sentence(entry) for entry in entries)])
    if len(entries) < MANY:
        return f"On {called(name)}: {joined(entries)}."
    return f"On {called(name)}, {len(entries)} things: {joined(entries)}."


def _name(given: str) -> str:
    """A list's name without "my … list". Raises `ToolFailedError`."""
    words = given.lower().split()
    while words and words[0] in ("my", "the", "our", "a"):
        words = words[1:]
    while words and words[-1] in ("list", "lists"):
        words = words[:-1]
    name = " ".join(words)
    name = _SAME_LIST.get(name, name)
    if len(name) > LONGEST_NAME:
        raise ToolFailedError("That is too long a name for a list.")
    return name


def _entries(item: str) -> list[str]:
    """What `item` names; a last "and" counts as a comma where there is one before it."""
    parts = item.split(",")
    if len(parts) > 1:
        *most, last = parts
        parts = [*most, *last.removeprefix(" and ").split(" and ")]
    return [_entry(part) for part in parts if part.strip()] or [_entry(item)]


def _entry(item: str) -> str:
    """`item` as it is kept. Raises `ToolFailedError`."""
    entry = " ".join(item.split()).rstrip(".,;!")
    if not entry:
        raise ToolFailedError("I have not understood what to write down.")
    if len(entry) > LONGEST_ENTRY:
        raise ToolFailedError("That is too long to write down.")
    return entry


def _find(entry: str, present: Sequence[str], *, exactly: bool = False) -> int | None:
    """Where `entry` is; if it must not be there `exactly`, the only one with all its words."""
    wanted = _words(entry)
    same = [at for at, other in enumerate(present) if _words(other) == wanted]
    if same:
        return same[0]
    like = [at for at, other in enumerate(present) if wanted and wanted <= _words(other)]
    return None if exactly or len(like) != 1 else like[0]


def _words(entry: str) -> frozenset[str]:
    return frozenset(entry.casefold().split()) - {"the", "a", "an", "some", "my", "of"}


def _is(entries: Sequence[str]) -> str:
    return "is" if len(entries) == 1 else "are"
