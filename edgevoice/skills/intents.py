"""Requests that need no language model: sentences that mean a tool, and nothing else.

    "Um, could you set a timer for an hour and a half, please?"
        padding away      set a timer for an hour and a half
        a template fits   <start> [<a>] timer [for] {duration:seconds}
        words are read    {"seconds": 5400}

What fits no sentence, or has words that make no sense in their place, is none: precision comes
first, as the language model gets everything else.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from hassil.recognize import RecognizeResult, recognize_all

from edgevoice.dialog.calls import ToolCall
from edgevoice.skills.amounts import spoken
from edgevoice.skills.intents_file import Grammar, Wildcard, load_grammar
from edgevoice.skills.readers import READERS

MOST_WORDS = 40
"""Nobody's command is longer; and it bounds the time that a look at it takes."""

REMEMBERED = 16
"""So many texts' meanings are kept: what was prepared from unfinished words is asked for again."""


class Intents:
    """Recognises requests. It may be used from any thread."""

    def __init__(self, grammar: Grammar, tools: Collection[str] | None = None) -> None:
        """`tools`: those that there are; sentences for others mean nothing. None: all."""
        self._grammar = grammar
        self._tools = None if tools is None else frozenset(tools)
        self._lists: dict[int, Mapping[str, str]] = {}
        self._recognise = lru_cache(maxsize=REMEMBERED)(self._understand)

    def recognise(self, text: str) -> ToolCall | None:
        """The call that `text` means, as a person says it or a recogniser writes it; None if it
        means none for certain."""
        return self._recognise(" ".join(spoken(text)))

    def forget(self) -> None:
        """Wipe what was asked lately."""
        self._recognise.cache_clear()

    def _understand(self, text: str) -> ToolCall | None:
        padding = self._grammar.padding
        said = [word for word in text.split() if (word,) not in padding.anywhere]
        words = _without_end(_without_beginning(said, padding.before), padding.after)
        fewer = _without_end(words, padding.after | padding.maybe_after)
        tries = dict.fromkeys(map(tuple, (words, fewer, said)))
        return next(filter(None, map(self._meant, tries)), None)

    def _meant(self, words: Sequence[str]) -> ToolCall | None:
        if not 0 < len(words) <= MOST_WORDS:
            return None
        best: tuple[int, ToolCall] | None = None
        for result in recognize_all(" ".join(words), self._grammar.templates):
            if self._tools is not None and result.intent.name not in self._tools:
                continue
            if best and result.text_chunks_matched <= best[0]:
                continue
            arguments = self._arguments(result)
            if arguments is not None:
                best = result.text_chunks_matched, ToolCall(result.intent.name, arguments)
        return best[1] if best else None

    def _arguments(self, result: RecognizeResult) -> dict[str, Any] | None:
        """What the words in a sentence's slots mean; None if they make no sense there."""
        arguments: dict[str, Any] = dict(result.intent_data.slots)
        lists = self._lists_of(result)
        for entity in result.entities_list:
            if not entity.is_wildcard:
                arguments[entity.name] = _whole(entity.value)
                continue
            words = entity.text.split()
            read = self._read(words, entity.name, lists[entity.name])
            if not read:
                return None
            arguments |= read
        return arguments

    def _read(self, words: list[str], name: str, kind: str) -> dict[str, Any] | None:
        limits = self._grammar.wildcards[kind]
        while count := _entry(words, limits.drops):
            words = words[count:]
        if not _begins_well(words, limits):
            return None
        if reader := READERS.get(kind):
            read = reader(words, name, self._grammar.units)
            said = str(read.get("text", "")) if read else ""
            return None if _has(said.split(), limits.never_has) else read
        if _has(words, limits.never_has):
            return None
        return {name: limits.means.get(tuple(words), " ".join(words))}

    def _lists_of(self, result: RecognizeResult) -> Mapping[str, str]:
        """The list that each slot of the sentence which fits is filled from."""
        sentence, templates = result.intent_sentence, self._grammar.templates
        assert sentence is not None
        known = self._lists.get(id(sentence))
        if known is None:
            references = sentence.expression.list_references(  # type: ignore[attr-defined]
                templates.expansion_rules
            )
            known = {each.slot_name: each.list_name for each in references}
            self._lists[id(sentence)] = known
        return known


def load_intents(path: Path, tools: Collection[str] | None = None) -> Intents:
    """The intents in the file at `path`. Raises `ConfigError`."""
    return Intents(load_grammar(path), tools)


def _whole(value: Any) -> Any:
    """hassil reads figures as 7.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _begins_well(words: Sequence[str], limits: Wildcard) -> bool:
    if not 0 < len(words) <= limits.most_words or _entry(words, limits.never_begins_with):
        return False
    return not limits.begins_with or bool(_entry(words, limits.begins_with))


def _has(words: Sequence[str], entries: Collection[tuple[str, ...]]) -> bool:
    return any(_entry(words[at:], entries) for at in range(len(words)))


def _entry(words: Sequence[str], entries: Collection[tuple[str, ...]]) -> int:
    """The length of the longest of `entries` that `words` begin with; 0 if there is none."""
    most = max(map(len, entries), default=0)
    lengths = range(min(most, len(words)), 0, -1)
    return next((n for n in lengths if tuple(words[:n]) in entries), 0)


def _without_beginning(words: Sequence[str], entries: Collection[tuple[str, ...]]) -> Sequence[str]:
    while (count := _entry(words, entries)) and count < len(words):
        words = words[count:]
    return words


def _without_end(words: Sequence[str], entries: Collection[tuple[str, ...]]) -> Sequence[str]:
    mirrored = {entry[::-1] for entry in entries}
    return _without_beginning(words[::-1], mirrored)[::-1]
