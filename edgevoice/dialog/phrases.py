"""What words mean for the conversation, before anybody thinks about what they say.

Is the sentence finished? Did somebody who spoke while we did want us to stop? The words decide, as
a speech recogniser writes them: case and punctuation, which it guesses, count for nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from edgevoice.dialog.grammar import Grammar, Lexicon, plain
from edgevoice.dialog.sentence import missing
from edgevoice.dialog.sentence_state import QUESTIONS, Lack


class Completeness(Enum):
    """Whether a person who said such words has finished."""

    OPEN = auto()  # no: a word must follow
    UNSURE = auto()
    FOLLOW_UP = auto()  # maybe: "and in spain" asks what was asked before, of something else
    COMPLETE = auto()  # yes: nothing is missing
    SHORT = auto()  # yes: all that was said is "yes", "stop", "hello"


class Overlap(Enum):
    """What words mean that were spoken over our reply."""

    NOTHING = auto()  # there were none, or a lone one: any short sound can be taken for a word
    BACKCHANNEL = auto()  # somebody listens
    COMMAND = auto()  # stop
    OTHER = auto()


_COMPLETENESS = {
    Lack.MUCH: Completeness.OPEN,
    Lack.SOME: Completeness.UNSURE,
    Lack.NOTHING: Completeness.COMPLETE,
}


class Matcher:
    """Finds entries of one word or several, the longest first."""

    def __init__(self, **lists: Iterable[str]) -> None:
        """`lists`: a name for each; an entry of several lists goes by the first of them."""
        self._names: dict[tuple[str, ...], str] = {}
        for name, entries in lists.items():
            for entry in entries:
                self._names.setdefault(tuple(plain(entry)), name)
        self._most = max(map(len, self._names), default=0)

    def starts(self, words: Sequence[str], at: int = 0) -> tuple[str, int]:
        """The list and the length of the longest entry that `words` have from `at` on; or none."""
        for count in range(min(self._most, len(words) - at), 0, -1):
            name = self._names.get(tuple(words[at : at + count]))
            if name is not None:
                return name, count
        return "", 0

    def split(self, words: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
        """`words` from left to right: entries with the names of their lists, and single other
        words without a name."""
        parts: list[tuple[str, Sequence[str]]] = []
        at = 0
        while at < len(words):
            name, count = self.starts(words, at)
            parts.append((name, words[at : at + (count or 1)]))
            at += count or 1
        return parts


@dataclass(frozen=True, slots=True)
class Phrases:
    """The lists of a language, explained in languages/en.yaml, and what follows from them."""

    backchannels: tuple[str, ...]
    commands: tuple[str, ...]
    answers: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    fillers: tuple[str, ...]
    polite: tuple[str, ...]
    openers: tuple[str, ...]
    sleep: tuple[str, ...]
    wake: tuple[str, ...]
    forget: tuple[str, ...]
    grammar: Grammar
    _overlaps: Matcher = field(init=False, repr=False, compare=False)
    _answers: Matcher = field(init=False, repr=False, compare=False)
    _decisions: Matcher = field(init=False, repr=False, compare=False)
    _margins: Matcher = field(init=False, repr=False, compare=False)
    _sleep: Matcher = field(init=False, repr=False, compare=False)
    _wake: Matcher = field(init=False, repr=False, compare=False)
    _forget: Matcher = field(init=False, repr=False, compare=False)
    _lexicon: Lexicon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        margin = (*self.polite, *self.openers, *self.fillers)
        made = {
            "_overlaps": Matcher(
                command=self.commands,
                backchannel=(*self.backchannels, *self.fillers),
                answer=self.answers,
            ),
            "_answers": Matcher(answer=self.answers, margin=margin),
            "_decisions": Matcher(no=self.no, yes=self.yes, margin=(*self.polite, *self.fillers)),
            "_margins": Matcher(polite=self.polite, opener=self.openers),
            "_sleep": Matcher(phrase=self.sleep, margin=margin),
            "_wake": Matcher(phrase=self.wake, margin=margin),
            "_forget": Matcher(phrase=self.forget, margin=margin),
            "_lexicon": Lexicon(self.grammar),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def completeness(self, words: str) -> Completeness:
        """Whether the sentence `words`, which may have begun with others, is finished."""
        said = plain(words)
        if said and said[-1] in self.fillers:
            return Completeness.OPEN
        said = [word for word in said if word not in self.fillers]
        if _says_only(self._answers, "answer", said):
            return Completeness.SHORT
        joins = ["joiners" in kinds for _, kinds in self._lexicon.words(said)]
        if joins and joins[-1]:
            return Completeness.OPEN  # "and then" is more than "then" after an "and"
        core, asked_politely = self._core(said)
        if not core:
            return Completeness.UNSURE
        lack = missing(self._lexicon.words(core), self.grammar)
        if lack is Lack.SOME and asked_politely:
            return Completeness.COMPLETE  # whoever says please at the end has asked
        if lack is Lack.SOME and joins[0]:
            return Completeness.FOLLOW_UP
        return _COMPLETENESS[lack]

    def overlap(self, words: str) -> Overlap:
        """What `words`, spoken over our reply, mean."""
        said = plain(words)
        found = {name for name, _ in self._overlaps.split(said)}
        if "command" in found:
            return Overlap.COMMAND
        if not found or (len(said) == 1 and found == {""} and not self._asks(said)):
            return Overlap.NOTHING
        return Overlap.BACKCHANNEL if found == {"backchannel"} else Overlap.OTHER

    def _asks(self, said: Sequence[str]) -> bool:
        return bool(self._lexicon.words(said)[0][1] & QUESTIONS)

    def says_stop(self, words: str) -> bool:
        """Whether `words` ask for silence, and say nothing else."""
        return _says_only(self._overlaps, "command", plain(words))

    def says_sleep(self, words: str) -> bool:
        """Whether `words` send us to sleep, and say nothing else."""
        return _says_only(self._sleep, "phrase", plain(words))

    def says_wake(self, words: str) -> bool:
        """Whether `words` wake us, and say nothing else."""
        return _says_only(self._wake, "phrase", plain(words))

    def says_forget(self, words: str) -> bool:
        """Whether `words` tell us to forget the conversation, and say nothing else."""
        return _says_only(self._forget, "phrase", plain(words))

    def decision(self, words: str) -> bool | None:
        """Whether `words` allow (True) or forbid (False) what we asked about; None if they do
        neither for certain: they say more than that, or both."""
        found = {name for name, _ in self._decisions.split(plain(words))} - {"margin"}
        return {frozenset({"yes"}): True, frozenset({"no"}): False}.get(frozenset(found))

    def _core(self, said: Sequence[str]) -> tuple[Sequence[str], bool]:
        """What was said without how it was begun, and without a "please" at its end; was there
        one?"""
        begin, end = 0, len(said)
        while begin < end:
            name, count = self._margins.starts(said, begin)
            if name == "" or begin + count >= end:
                break
            begin += count
        if begin == end - 1 and self._polite(said[begin:]):
            return [], True
        tail = next((n for n in range(begin + 1, end) if self._polite(said[n:end])), end)
        return said[begin:tail], tail < end

    def _polite(self, words: Sequence[str]) -> bool:
        return all(name == "polite" for name, _ in self._margins.split(words))


def _says_only(matcher: Matcher, name: str, words: Sequence[str]) -> bool:
    """Whether `words` are entries of the list `name` and of others, and nothing else."""
    found = {name for name, _ in matcher.split(words)}
    return name in found and "" not in found
