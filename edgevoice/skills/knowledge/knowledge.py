"""Answers from documents, for whoever writes replies; and the tool that looks something up.

What a document says is quoted, never obeyed: it is spoken with the document's title before it, as
plain words without any mark that a voice or a model's template would take for more than words.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from edgevoice.config import KnowledgeConfig
from edgevoice.dialog.calls import Outcome
from edgevoice.dialog.speakable import speakable
from edgevoice.errors import EdgevoiceError
from edgevoice.skills.knowledge.answer import (
    MIN_FIT,
    Candidate,
    Piece,
    Term,
    best,
    pieces_of,
    rarity,
    spoken,
)
from edgevoice.skills.knowledge.index import Found, Index, IndexBrokenError, refresh
from edgevoice.skills.knowledge.questions import Question, Word, understood
from edgevoice.skills.knowledge.words import Stems
from edgevoice.skills.tool import Effect, Tool, tool
from edgevoice.state_folder import state_folder

NOTHING = "I don't have that in your documents."
EASIER = 0.85
"""Who asks for the documents is content with so much of the least fit."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extract:
    """What a document says to a question. `fit`: how well, from 0 to 1. `text`: what is to be
    spoken, in plain words as the title is. `written`: the passage that it was taken from."""

    title: str
    text: str
    fit: float
    written: str

    @property
    def spoken(self) -> str:
        """As a quotation."""
        return f"According to {self.title}: {self.text}"

    @property
    def passage(self) -> str:
        """All of the passage, in plain words."""
        return spoken(text for text, _ in pieces_of(self.written))


class Knowledge:
    """The documents of an index; a newer index in the same place is noticed, and used."""

    def __init__(self, path: Path, min_fit: float = MIN_FIT) -> None:
        """`path`: where `index.refresh` writes. Nothing need be there yet."""
        self._path = path
        self._min_fit = min_fit
        self._stems = Stems()
        self._lock = Lock()
        self._index: Index | None = None
        self._seen: tuple[int, int, int] | None = None

    def answer(self, question: str) -> str:
        """What to say to `question`; empty where the documents have no good answer to it, and it
        did not ask for them."""
        asked = understood(question)
        if not asked.asks:
            return ""
        extract = self.extract(question)
        if extract and extract.fit >= self._least(asked.explicit):
            return extract.spoken
        return NOTHING if asked.explicit else ""

    def look_up(self, query: str) -> Extract | None:
        """What the documents say to `query`, which asks for them; None where nothing fits."""
        extract = self.extract(query)
        return extract if extract and extract.fit >= self._least(True) else None

    def extract(self, question: str) -> Extract | None:
        """The best that there is, however badly it fits; None without a word in common."""
        asked = understood(question)
        try:
            with self._lock:
                return self._found(asked) if self._renewed() else None
        except IndexBrokenError as error:
            _logger.warning("the index of the documents is broken (%s): %s", error, _CURE)
            self._let_go()
            return None

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            self._let_go()
            self._stems.close()

    def _least(self, explicit: bool) -> float:
        return self._min_fit * (EASIER if explicit else 1.0)

    def _found(self, asked: Question) -> Extract | None:
        index = self._index
        assert index
        terms, counts = self._terms(asked.words, index)
        found = index.search(counts)
        answer = best(terms, self._candidates(found), asked.wanted)
        if not answer or not answer.text:
            return None
        passage = found[answer.candidate]
        return Extract(speakable(passage.title), answer.text, answer.fit, passage.text)

    def _terms(
        self, words: Sequence[Word], index: Index
    ) -> tuple[list[Term], list[tuple[str, int]]]:
        """The question's terms, and the words to search for with their frequencies."""
        parts = [_parts(word.text) for word in words]
        spelled = [form for forms in parts for form in forms]
        stems = dict(zip(spelled, self._stems(spelled), strict=True))
        counts = index.frequencies(sorted(frozenset().union(*stems.values())))
        terms: list[Term] = []
        searched: dict[str, int] = {}
        for word, forms in zip(words, parts, strict=True):
            known = [stems[form] for form in forms]
            ways = (frozenset().union(*known[1:]), known[0]) if known[1:] else (known[0],)
            often = [min((counts.get(stem, 0) for stem in way), default=0) for way in ways]
            searched |= {form: min(counts.get(stem, 0) for stem in stems[form]) for form in forms}
            weight = word.share * rarity(max(often), index.size)
            terms.append(Term(ways, weight, weak=word.share < 1))
        return terms, list(searched.items())

    def _candidates(self, found: Sequence[Found]) -> list[Candidate]:
        pieces = [pieces_of(each.text) for each in found]
        texts = [each.title for each in found]
        texts += [" ".join(each.headings) for each in found]
        texts += [text for some in pieces for text, _ in some]
        stems = iter(self._stems(texts))
        titles = [next(stems) for _ in found]
        above = [next(stems) for _ in found]
        told = [tuple(Piece(text, next(stems), item) for text, item in some) for some in pieces]
        return [Candidate(*parts) for parts in zip(titles, above, told, strict=True)]

    def _renewed(self) -> bool:
        """Whether there is an index to search: the one that lies there now."""
        try:
            about = self._path.stat()
        except OSError:
            return self._index is not None
        seen = about.st_ino, about.st_mtime_ns, about.st_size
        if seen != self._seen:
            self._let_go()
            self._seen = seen
            self._index = Index(self._path)
        return self._index is not None

    def _let_go(self) -> None:
        if self._index:
            self._index.close()
        self._index = None


_CURE = "run `edgevoice knowledge index --anew`"


def _parts(word: str) -> list[str]:
    """How a word may be written: a hyphenated one joined, and its parts."""
    parts = [part for part in word.replace("‐", "-").replace("‑", "-").split("-") if part]
    return ["".join(parts), *parts] if len(parts) > 1 else parts


def index_path(config: KnowledgeConfig) -> Path:
    """Where the index lies: where `config` says, else in the folder for our state."""
    return config.index or state_folder() / "knowledge.db"


def open_knowledge(config: KnowledgeConfig) -> Knowledge | None:
    """What the documents know that `config` names; None where it names none.

    The index is brought up to date first: of documents that are as they were, only names, sizes and
    times are looked at. What cannot be read is told in the log, and the rest used; without the
    folder, what the index knows from before.
    """
    if config.folder is None:
        return None
    path = index_path(config)
    try:
        refreshed = refresh(config.folder, path)
    except EdgevoiceError as error:
        _logger.warning("the documents cannot be looked at again: %s", error)
    else:
        for name, trouble in refreshed.troubles.items():
            _logger.warning("the document %s %s", name, trouble)
    return Knowledge(path, config.min_fit)


def knowledge_tools(knowledge: Knowledge) -> list[Tool]:
    """The tool that looks something up in `knowledge`."""

    @tool(effect=Effect.NONE)
    def search_documents(query: str) -> Outcome:
        """Look something up in the person's own documents.

        query: What to look for, in the person's words.
        """
        extract = knowledge.look_up(query)
        if extract is None:
            return Outcome(True, say=NOTHING)
        data = {"title": extract.title, "passage": extract.passage}
        return Outcome(True, data, say=extract.spoken, trusted=False)

    return [replace(search_documents, trusted=False)]
