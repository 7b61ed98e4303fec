"""Text as it is written → clauses, each as soon as it is worth saying.

A clause ends after a sentence, at a line's end, or at a comma, colon, semicolon or dash once a few
words have gathered; the first one also before a word that joins another clause to it. So a voice
can start with the first words while the rest is being written.
The cuts depend on the text alone, never on the pieces in which it arrives, and the clauses put
together are the text, white space included.
"""

import re
from collections.abc import Iterator

FIRST_CLAUSE_WORDS = 1
"""Words before the first soft break ("Sure, …"): the sooner the first clause, the sooner the first
sound, and where a slow model needs time for the next one, nobody minds a pause after it."""

JOINED_WORDS = 6
"""Words before a first clause may end where two are joined without a mark: "… because …"."""

CLAUSE_WORDS = 6
"""Words before later soft breaks: a voice sounds better with longer clauses."""

LONGEST_CLAUSE = 280
"""Characters after which a clause ends at the next space, punctuation or not."""

_SENTENCE_END = re.compile(r"[.!?…。！？｡][\"'”’)\]」』）*_]*$")
_SOFT_BREAK = re.compile(r"([,;:][\"'”’)\]*_]*|(?<!\d)\s[–—-])$")  # no minus
_NO_SENTENCE_END = re.compile(
    # Dr. · J. · e.g., whatever follows
    r"(?:^|\W)(?:(?-i:[A-HJ-Z])|dr|mrs?|ms|prof|st|vs|approx|e\.g|i\.e)\. .$"
    r"|(?:^|\W)(?:etc|[ap]\.m)\. (?-i:[a-z])$"  # these end a sentence now and then
    r"|(?:^|\W)no\. \d$"  # the abbreviation, not the answer
    r"|^\s*\d{1,3}\. .$",  # the number of a list's line
    re.IGNORECASE,
)

_JOINT = re.compile(
    r"^.*\S(\s+)(?:but|because|which|who|where|when|while|until|although|though|if)\s$",
    re.IGNORECASE | re.DOTALL,
)
"""A word that begins another clause ("and" may join two nouns). English; elsewhere marks alone end
a clause."""

_WIDE_ENDS = frozenset("。！？｡」』）")
"""No space follows these: a clause may end right after them, unless more of them come."""


class ClauseSplitter:
    """`add` text as it comes, `finish` when there is no more; both yield finished clauses."""

    def __init__(self) -> None:
        self._clause = ""
        self._first = True

    def add(self, text: str) -> Iterator[str]:
        """The clauses that `text` completes."""
        for letter in text:
            # White space stays with the clause before it, so a cut is known at the first letter
            # after it.
            if self._may_end_before(letter) and self._complete(letter):
                yield self._cut(len(self._clause))
            self._clause += letter
            if self._first and letter.isspace() and (joint := self._joint()):
                yield self._cut(joint)

    def finish(self) -> Iterator[str]:
        """What is left, if it holds more than white space."""
        if self._clause.strip():
            yield self._cut(len(self._clause))

    def _cut(self, end: int) -> str:
        clause, self._clause = self._clause[:end], self._clause[end:]
        self._first = False
        return clause

    def _may_end_before(self, letter: str) -> bool:
        last = self._clause[-1:]
        if letter.isspace():
            return False
        return last.isspace() or (last in _WIDE_ENDS and letter not in _WIDE_ENDS)

    def _joint(self) -> int | None:
        """Where the first clause can end before the word that was just completed."""
        joint = _JOINT.match(self._clause)
        if not joint or len(self._clause[: joint.start(1)].split()) < JOINED_WORDS:
            return None
        return None if _open_bracket(self._clause) else joint.end(1)

    def _complete(self, following: str) -> bool:
        clause = self._clause
        text = clause.rstrip()
        if not text:
            return False
        if "\n" in clause[len(text) :]:
            return True
        if _SENTENCE_END.search(text):
            return not _NO_SENTENCE_END.search(f"{text} {following}")
        if len(text) >= LONGEST_CLAUSE:
            return True
        enough = FIRST_CLAUSE_WORDS if self._first else CLAUSE_WORDS
        return (
            _SOFT_BREAK.search(text) is not None
            and len(text.split()) >= enough
            and not _open_bracket(text)
        )


def _open_bracket(text: str) -> bool:
    """Whether a bracket, or a stretch of code, is open: a link's text must stay in one piece."""
    return (
        text.count("(") > text.count(")")
        or text.count("[") > text.count("]")
        or text.count("`") % 2 == 1
    )
