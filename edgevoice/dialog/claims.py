"""Does a sentence of ours claim that something was done, or will be?

A language model says so whether it is true or not. The words tell, by the lists of
languages/en-claims.yaml: "I have called the nurse", "I'll remind you", "your timer is set", "done".
To take a harmless sentence for a claim costs an answer; to miss one costs trust: when in doubt, it
is a claim.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from edgevoice.dialog.grammar import plain


@dataclass(frozen=True, slots=True)
class Claims:
    """The lists of a language, explained in languages/en-claims.yaml."""

    done: tuple[str, ...]
    will: tuple[str, ...]
    now: tuple[str, ...]
    things: tuple[str, ...]
    states: tuple[str, ...]
    finished: tuple[str, ...]
    questions: tuple[str, ...]
    tools: Mapping[str, tuple[str, ...]]
    _claim: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        done, will, now = map(_any, (self.done, self.will, self.now))
        between = r"(?: \S+){0,3}?"
        things, states = _any(self.things), _any((*self.states, *self.done))
        ways = (
            rf"\b(?:i|we)(?:'ve| have|'d| had)?(?: (?:just|already|now|also|\S+ly))* {done}\b",
            rf"\b(?:i|we)(?:'ll| will| am going to|'m going to| shall)"
            rf"(?: (?:just|now|also|then|\S+ly))* {will}\b",
            rf"\b(?:i'm|i am|we're|we are)(?: (?:just|now|already|\S+ly))* {now}\b",
            rf"\b(?:has|have|had) (?:just |already |now )?been {done}\b",
            r"\b(?:is|are)(?: now| all)? (?:set|cancelled|canceled)(?: for\b| to\b|$)",
            rf"\b(?:is|are) (?:now|already) {states}\b",
            rf"\b{things}{between} (?:is|are|'s) (?:now |already )?{states}\b",
            rf"^{things} {done}\b",
            rf"^{done} (?:a|an|the|your|it|that|them)\b",
            rf"^{done} \S+(?: \S+)? (?:to|for|on|from|at|off)\b",
            rf"^(?:okay |ok |sure |alright |all right |great |yes )*{_any(self.finished)}(?:\b|$)",
        )
        object.__setattr__(self, "_claim", re.compile("|".join(f"(?:{way})" for way in ways)))

    def asks_back(self, words: str) -> bool:
        """Whether a person who says `words` may want to hear of what was done before."""
        said = plain(words)
        return bool(said) and said[0] in self.questions

    def unfounded(self, clause: str, done: Collection[str], failed: Collection[str] = ()) -> bool:
        """Whether `clause` claims what no tool has done.

        `done`: the names of the tools that have done what they were asked to; `failed`: of those
        that have not. Where something failed, nothing may be claimed.
        """
        words = plain(clause)
        if not self._claim.search(" ".join(words)):
            return False
        if failed or not done:
            return True
        behind = [self.tools[word] for word in words if word in self.tools]
        return bool(behind) and not any(name in done for names in behind for name in names)


def _any(words: Collection[str]) -> str:
    """A pattern for one of `words`, the longest first."""
    entries = sorted((" ".join(plain(word)) for word in words), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, entries))})"
