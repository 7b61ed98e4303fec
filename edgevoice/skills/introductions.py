"""Who is speaking, by what they say of themselves: "I am Anna", "my name is …", "this is …".

That is courtesy, not proof: whoever says that they are Anna is taken for Anna.
"""

from collections.abc import Sequence

from edgevoice.privacy.cues import Cues, english
from edgevoice.privacy.tokens import Token, tokens_of

_SURE: tuple[tuple[str, ...], ...] = (
    ("my", "name", "is"),
    ("my", "name's"),
    ("my", "first", "name", "is"),
    ("i", "am", "called"),
    ("i'm", "called"),
)
"""Behind these, whatever is no everyday word is a name."""
_VAGUE: tuple[tuple[str, ...], ...] = (
    ("i", "am"),
    ("i'm",),
    ("this", "is"),
    ("it", "is"),
    ("it's",),
    ("call", "me"),
)
"""Behind these, only what is known to be a given name: "I am Anna", and not "I am hungry"."""


def introduced(words: str, cues: Cues | None = None) -> str:
    """The name by which the person who says `words` introduces themselves; empty if they do not.

    Of several the last one. `cues`: of English, whose lists of given names tell names from words.
    """
    cues = cues or english()
    tokens = [token for token in tokens_of(words) if token.is_word]
    said = [token.word for token in tokens]
    name = ""
    for at in range(len(tokens)):
        for start in _SURE:
            if _at(said, at, start) and (found := _named(tokens, at + len(start), cues)):
                name = found
        for start in _VAGUE:
            behind = at + len(start)
            if _at(said, at, start) and behind < len(tokens):
                token = tokens[behind]
                if cues.is_given(token) and not token.word.endswith("'s"):
                    name = token.text.capitalize()
    return name


def _at(said: Sequence[str], at: int, words: Sequence[str]) -> bool:
    return tuple(said[at : at + len(words)]) == tuple(words)


def _named(tokens: Sequence[Token], at: int, cues: Cues) -> str:
    """What stands at `at`, if it can be a name."""
    if at >= len(tokens):
        return ""
    token = tokens[at]
    possible = cues.is_given(token) or token.has_capital or not cues.is_everyday(token)
    if not possible or token.is_letter or cues.has(token, "never_names"):
        return ""
    return "" if token.word.endswith("'s") else token.text.capitalize()


class Speaker:
    """Who has introduced themselves in this conversation."""

    def __init__(self) -> None:
        self._cues = english()  # reading them takes a tenth of a second
        self._known = ""
        self.name = ""
        """Empty: nobody has."""

    def suppose(self, words: str) -> None:
        """The person may turn out to have said `words`, and not what was supposed before."""
        self.name = introduced(words, self._cues) or self._known

    def hear(self, words: str) -> None:
        """The person said `words`."""
        self.suppose(words)
        self._known = self.name

    def forget(self) -> None:
        """The conversation is forgotten, and whoever comes next is somebody else."""
        self._known = self.name = ""
