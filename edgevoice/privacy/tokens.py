"""Text as words, figures and signs, each with its place."""

import re
from dataclasses import dataclass
from functools import cached_property

from edgevoice.privacy.kinds import Kind

_TOKEN = re.compile(
    rf"(?P<hidden>\[(?:{'|'.join(Kind)})\])|(?P<nth>\d+(?:st|nd|rd|th)\b)|(?P<figures>\d+)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<sign>\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Token:
    """A word, a row of figures, a sign, or what stands for something that was hidden already."""

    text: str
    start: int
    end: int
    sort: str

    @cached_property
    def word(self) -> str:
        """As the lists have it; nothing for what is hidden, so that no list has it."""
        return "" if self.sort == "hidden" else self.text.casefold().replace("’", "'")

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.sort == "word"

    @property
    def is_letter(self) -> bool:
        """Whether it is a lone letter: somebody spells."""
        return self.sort == "word" and len(self.text) == 1

    @property
    def is_figures(self) -> bool:
        """Whether it is a row of figures."""
        return self.sort == "figures"

    @property
    def has_capital(self) -> bool:
        """Whether it is written like a name; shouting is no name."""
        return self.text[0].isupper() and not self.text.isupper()


def tokens_of(text: str) -> list[Token]:
    """All of `text` but the white space."""
    return [
        Token(found[0], found.start(), found.end(), found.lastgroup or "sign")
        for found in _TOKEN.finditer(text)
    ]
