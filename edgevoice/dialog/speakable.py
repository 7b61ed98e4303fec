"""Written text → what a voice should say: no markdown, emoji, addresses or code.

Language models write for eyes even when asked not to. What has a spoken form gets it; what has
none is left out.
"""

import re
import unicodedata

_FENCE = re.compile(r"`{3,}|^\s*~{3,}")

_MARKUP = (
    (re.compile(r"^\s*(?:[-*_]\s*){3,}$", re.MULTILINE), ""),  # a rule
    (re.compile(r"^\s*(?:#{1,6}\s+|[-*+•]\s+|>\s*)+", re.MULTILINE), ""),  # a line's mark
    (re.compile(r"\s#+\s*$", re.MULTILINE), ""),  # a heading's end
    (re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),  # a link
    # an address, with < > around it or not; and the brackets that it was in
    (re.compile(r"<?(?:[a-z][a-z0-9+.-]*://|\bwww\.)[^\s>)]*[^\s>).,;:!?]>?", re.IGNORECASE), ""),
    (re.compile(r"\(\s*\)"), ""),
    (re.compile(r"\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)\b"), r"\1 at \2"),  # a mail address
    (re.compile(r"</?[a-zA-Z][^>]*>"), " "),  # a tag
    # emphasis and code; not the signs in 2*3*4 or in snake_case_names
    (re.compile(r"(\*{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?!\d)"), r"\2"),
    (re.compile(r"(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
)

_SPOKEN = (
    (re.compile(r"(?<=\d)\s*°\s*C\b"), " degrees Celsius"),
    (re.compile(r"(?<=\d)\s*°\s*F\b"), " degrees Fahrenheit"),
    (re.compile(r"(?<=\d)\s*°"), " degrees"),
    (re.compile(r"(?<=\d)\s*%"), " percent"),
    (re.compile(r"\s*&\s*"), " and "),
    (re.compile(r"(?<=\d)\s?–\s?(?=\d)"), " to "),
    (re.compile(r"(?<=\d)\s*−\s*(?=\d)"), " minus "),
    (re.compile(r"(?<=\d)\s+-\s+(?=[^=\w]*\d[^=]*=)"), " minus "),  # elsewhere it may be a range
    (re.compile(r"(?<![\w.)])[-−](?=\d)"), "minus "),
    (re.compile(r"(?<=\d)\s*[×x*]\s*(?=\d)"), " times "),
    (re.compile(r"(?<=\d)(?:\s*÷\s*|\s+/\s+)(?=\d)"), " divided by "),
    (re.compile(r"(?<=\d)\s*\+\s*(?=\d)"), " plus "),
    (re.compile(r"(?<=\w)\^(?=\w)"), " to the power of "),
    (re.compile(r"\s*=+\s*(?=\w)"), " equals "),
    (re.compile(r"(?<=\w)\s+<\s+(?=\w)"), " is less than "),
    (re.compile(r"(?<=\w)\s+>\s+(?=\w)"), " is greater than "),
    (re.compile(r"(?<!\w)#(?=\d)"), "number "),
    (re.compile(r"\s*(?:->|→|⇒)\s*"), " to "),
    (re.compile(r"(?<=\w)\s*\|\s*(?=\w)"), ", "),  # from cell to cell of a table
)

_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}
_MONEY = re.compile(
    r"(?P<before>[$€£])\s?(?P<amount>\d+(?:[.,]\d+)*(?:\s(?:thousand|million|billion))?)\b"
    r"|(?P<first>\b\d+(?:[.,]\d+)*)\s?(?P<after>[$€£])(?!\w)"
)

# Between double brackets, Piper looks for phonemes.
_STRAY_MARKS = re.compile(r"[*`~|\\<>=•]+|(?<!\w)[_#]+|_+(?!\w)|\[{2,}|\]{2,}")


class Speakable:
    """Makes one clause after the other speakable; remembers only whether a code block is open."""

    def __init__(self) -> None:
        self._in_code = False

    def __call__(self, clause: str) -> str:
        """What to say for `clause`; empty when there is nothing to say."""
        words = ""
        for n, part in enumerate(_FENCE.split(clause)):
            if n:
                self._in_code = not self._in_code
            if not self._in_code:
                words += part
        return speakable(words)


def speakable(text: str) -> str:
    """`text` without what cannot be spoken; empty when nothing can."""
    # Taking away one mark can bring to light another: on until there is nothing to take away.
    while (fewer := _simplified(text)) != text:
        text = fewer
    return text


def _simplified(text: str) -> str:
    for pattern, words in _MARKUP:
        text = pattern.sub(words, text)
    for pattern, words in _SPOKEN:
        text = pattern.sub(words, text)
    text = _MONEY.sub(_money, text)
    text = "".join(_audible(letter) for letter in text)
    text = _STRAY_MARKS.sub(" ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    return text if any(letter.isalnum() for letter in text) else ""


def _money(match: re.Match[str]) -> str:
    amount = match["amount"] or match["first"]
    unit = _CURRENCIES[match["before"] or match["after"]]
    return f"{amount} {unit}" if amount == "1" else f"{amount} {unit}s"


def _audible(letter: str) -> str:
    """A space for emoji, arrows and pictures; nothing for what joins or changes letters unseen."""
    category = unicodedata.category(letter)
    if category == "So" or "\u2190" <= letter <= "\u21ff" or "\u2300" <= letter <= "\u2bff":
        return " "
    if category in ("Sk", "Me", "Cs", "Co", "Cn", "Cf") or "\ufe00" <= letter <= "\ufe0f":
        return ""
    return "" if category == "Cc" and not letter.isspace() else letter
