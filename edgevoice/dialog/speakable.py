"""Written text → what a voice should say: no markdown, emoji, addresses or code.

Language models write for eyes even when asked not to. What has a spoken form gets it; what has
none is left out.
"""

import re
import unicodedata

_FENCE = re.compile(r"^\s*(```|~~~)")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ADDRESS = re.compile(r"<?\b(?:https?://|www\.)[^\s>)]*[^\s>).,;:!?]>?", re.IGNORECASE)
_MAIL = re.compile(r"\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)\b")
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|[-*+•]\s+|>\s*)+")
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_EMPHASIS = re.compile(r"(\*{1,3}|(?<!\w)_{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_STRAY_MARKS = re.compile(r"[*`~|\\]+|(?<!\w)_+|_+(?!\w)|^#+|<+|>+")
_SPOKEN = (
    (re.compile(r"(?<=\d)\s*°\s*C\b"), " degrees Celsius"),
    (re.compile(r"(?<=\d)\s*°\s*F\b"), " degrees Fahrenheit"),
    (re.compile(r"(?<=\d)\s*°"), " degrees"),
    (re.compile(r"(?<=\d)\s*%"), " percent"),
    (re.compile(r"\s*&\s*"), " and "),
    (re.compile(r"(?<=\d)\s*[×x]\s*(?=\d)"), " times "),
    (re.compile(r"(?<=\d)\s*÷\s*(?=\d)"), " divided by "),
    (re.compile(r"\s*=\s*(?=\w)"), " equals "),
    (re.compile(r"(?<=\d)\s*\+\s*(?=\d)"), " plus "),
    (re.compile(r"[$](\d+(?:[.,]\d+)*)"), r"\1 dollars"),
    (re.compile(r"€\s?(\d+(?:[.,]\d+)*)|(\d+(?:[.,]\d+)*)\s?€"), r"\1\2 euros"),
    (re.compile(r"£(\d+(?:[.,]\d+)*)"), r"\1 pounds"),
    (re.compile(r"\s*(?:->|→|⇒)\s*"), " to "),
)


class Speakable:
    """Makes one clause after the other speakable; remembers only whether a code block is open."""

    def __init__(self) -> None:
        self._in_code = False

    def __call__(self, clause: str) -> str:
        """What to say for `clause`; empty when there is nothing to say."""
        if _FENCE.match(clause):
            # A fence that is opened and closed in one clause changes nothing for the next.
            if clause.count("```") + clause.count("~~~") == 1:
                self._in_code = not self._in_code
            return ""
        return "" if self._in_code else speakable(clause)


def speakable(text: str) -> str:
    """`text` without what cannot be spoken; empty when nothing can."""
    if _RULE.match(text):
        return ""
    text = _LINE_MARK.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _ADDRESS.sub("", text)
    text = _MAIL.sub(r"\1 at \2", text)
    text = _TAG.sub("", text)
    text = _EMPHASIS.sub(r"\2", text)
    for pattern, words in _SPOKEN:
        text = pattern.sub(words, text)
    text = "".join(letter for letter in text if not _unspeakable(letter))
    text = _STRAY_MARKS.sub(" ", text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    return text if any(letter.isalnum() for letter in text) else ""


def _unspeakable(letter: str) -> bool:
    """Emoji, pictographs and their joiners and modifiers, box drawing, control characters."""
    category = unicodedata.category(letter)
    return (
        category in ("So", "Sk", "Cs", "Co", "Cn", "Cf")
        or (category == "Cc" and not letter.isspace())
        or "\ufe00" <= letter <= "\ufe0f"
    )
