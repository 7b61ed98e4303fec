"""Did the person ask for what a language model wants to do?

A small model answers some questions by the call of a tool that nobody has asked for ("is two
minutes a long time" sets a timer). What people say when they do ask has certain words in it, and
what they want written down, looked up or done to whom they say themselves: by the lists of
languages/en-wishes.yaml.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.grammar import plain

PREFIX = 4
"""A word of so many letters stands for all that begin like it."""


class Wish(Enum):
    """Whether a person wants what a model wants to do."""

    CLEAR = "clear"
    DOUBTFUL = "doubtful"
    """They have said with what, or what for, and not both: ask."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The lists of a language, explained in languages/en-wishes.yaml."""

    cues: Mapping[str, tuple[str, ...]]
    copied: tuple[str, ...]
    small: tuple[str, ...]

    def of(self, call: ToolCall, words: str) -> Wish:
        """Whether a person who says `words` wants `call`."""
        asked, told = self.asked(call, words), self.told(call, words)
        if asked and told:
            return Wish.CLEAR
        return Wish.DOUBTFUL if asked or (told and self._copies(call)) else Wish.NONE

    def _copies(self, call: ToolCall) -> bool:
        return any(call.arguments.get(name) for name in self.copied)

    def asked(self, call: ToolCall, words: str) -> bool:
        """Whether a person who says `words` may want that tool to be used."""
        cues = self.cues.get(call.name)
        said = plain(words)
        return cues is None or any(_holds(said, plain(cue)) for cue in cues)

    def told(self, call: ToolCall, words: str) -> bool:
        """Whether what the tool is to be used with comes from the person's `words`."""
        if call.name not in self.cues:
            return True
        said = plain(words)
        given = (call.arguments.get(name) for name in self.copied)
        return all(
            any(_begins(it, word) or _begins(word, it) for it in said)
            for text in given
            if isinstance(text, str)
            for word in plain(text)
            if word not in self.small
        )


def _holds(said: list[str], phrase: list[str]) -> bool:
    """Whether `phrase` stands in what was `said`, its last word perhaps with another ending."""
    length = len(phrase)
    return any(
        said[at : at + length - 1] == phrase[:-1] and _begins(said[at + length - 1], phrase[-1])
        for at in range(len(said) - length + 1)
    )


def _begins(word: str, like: str) -> bool:
    """Whether `word` is `like`, or that with another ending."""
    return word == like or (len(like) >= PREFIX and word.startswith(like))


def last_words(said: Iterable[str]) -> str:
    """Of what a person has `said`, the last two requests: the one may be completed by the other."""
    return " ".join([*said][-2:])
