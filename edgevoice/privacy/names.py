"""Names of people, by the words before them: a recogniser writes no capitals to go by.

Given names that are nothing else are found wherever they stand, with the surname behind them.
"""

from collections.abc import Iterator, Sequence

from edgevoice.privacy.cues import Cues
from edgevoice.privacy.kinds import Found, Kind
from edgevoice.privacy.tokens import Token


def names(tokens: Sequence[Token], cues: Cues) -> Iterator[Found]:
    """The names in `tokens`."""
    for at, token in enumerate(tokens):
        if cues.is_surely_given(token):
            yield from _name(tokens, at, cues, "known", 2)
        for end, lists in cues.starts(tokens, at):
            if "introductions" in lists:
                yield from _name(tokens, _behind_signs(tokens, end, ",:.-\"'"), cues, "any", 3)
            elif "titles" in lists:
                yield from _name(tokens, _behind_signs(tokens, end, "."), cues, "unusual", 2)
            elif "before_names" in lists:
                yield from _name(tokens, _behind_signs(tokens, end, ","), cues, "known", 2)


def _behind_signs(tokens: Sequence[Token], at: int, signs: str) -> int:
    while at < len(tokens) and tokens[at].sort == "sign" and tokens[at].word in signs:
        at += 1
    return at


def _name(tokens: Sequence[Token], at: int, cues: Cues, sort: str, most: int) -> Iterator[Found]:
    """The name at `at`: a first word of the `sort`, and what follows if it is no everyday word."""
    if at >= len(tokens) or not tokens[at].is_word:
        return
    end = _spelled(tokens, at)
    if end == at:
        if not _may_begin(tokens[at], cues, sort):
            return
        end = at + 1
        while end < min(at + most, len(tokens)) and _unusual(tokens[end], cues):
            if tokens[end - 1].word.endswith("'s"):
                break  # what comes next is owned
            end += 1
    yield Found(Kind.NAME, tokens[at].start, tokens[end - 1].end)


def _spelled(tokens: Sequence[Token], at: int) -> int:
    """Where letters end that spell a name from `at` on: "a n n a"."""
    end = at
    while end < len(tokens) and (tokens[end].is_letter or (end > at and tokens[end].word == "-")):
        end += 1
    return end if end - at >= 3 else at


def _may_begin(token: Token, cues: Cues, sort: str) -> bool:
    if sort == "any":
        return not cues.has(token, "never_names") and len(token.text) > 1
    if sort == "unusual":
        return _unusual(token, cues)
    return cues.is_given(token) or (token.has_capital and _unusual(token, cues))


def _unusual(token: Token, cues: Cues) -> bool:
    return token.is_word and len(token.text) > 1 and not cues.is_everyday(token)
