"""Words and sound that come separately → clauses, each before its own sound.

A service sends what it says as text and as sound, both faster than they are heard, and does not
tell which word is when. Words are taken to be spread evenly over the sound; that makes what the
person has heard, when they interrupt, an estimate.
"""

from collections.abc import Iterator

import numpy as np

from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.dialog.clauses import ClauseSplitter
from edgevoice.responders.base import Speech
from edgevoice.turn import LETTER_MS

PIECE_MS = 100
"""Longest piece of sound that is handed on."""
WORDLESS_MS = 500
"""Sound that waits for its first word; then it is heard without one."""

ENDS = (".", "!", "?")


class Aligner:
    """`text`, `sound` and `finish` put in what comes, `take` gives out what can be said by now."""

    def __init__(self, rate: int) -> None:
        """`rate`: of the sound, in hertz."""
        self._rate = rate
        self._piece = samples_of(PIECE_MS, rate)
        self._text = ""
        self._sound: Samples = np.zeros(0, np.int16)
        self._letters = 0  # given out
        self._samples = 0  # given out
        self._begun = False
        self._finished = False

    def text(self, text: str) -> None:
        """The words go on so."""
        self._text += text

    def sound(self, pcm: Samples) -> None:
        """The sound goes on so."""
        self._sound = np.concatenate([self._sound, pcm])

    def finish(self) -> None:
        """There is no more of either."""
        self._finished = True

    def take(self) -> Iterator[Speech]:
        """What can be said."""
        while len(self._sound):
            if clause := self._clause():
                yield self._say(clause)
            elif not self._begun:
                if not self._finished and len(self._sound) < samples_of(WORDLESS_MS, self._rate):
                    return
                yield self._say(self._text or " ")
            piece, self._sound = self._sound[: self._piece], self._sound[self._piece :]
            self._samples += len(piece)
            yield Speech(AudioChunk(piece, self._rate), "")
        if self._finished and self._text.strip():
            yield self._say(self._text)

    def _say(self, text: str) -> Speech:
        self._begun = True
        self._text = self._text[len(text) :]
        self._letters += len(text.strip())
        return Speech(AudioChunk(np.zeros(0, np.int16), self._rate), text)

    def _clause(self) -> str:
        """The next clause, or what there is of it, if the sound has come to it."""
        if self._samples < self._letters * self._pace() or not self._text.strip():
            return ""
        splitter = ClauseSplitter()
        if first := next(splitter.add(self._text), ""):
            return first
        if self._finished or self._text.rstrip().endswith(ENDS):
            return self._text
        words, space, _ = self._text.rpartition(" ")
        return words + space if words.strip() else ""

    def _pace(self) -> float:
        """Samples for a letter."""
        if not self._finished:
            return samples_of(LETTER_MS, self._rate)
        letters = self._letters + len(self._text.strip())
        return (self._samples + len(self._sound)) / max(1, letters)
