"""Texts as expressions of a grammar (GBNF): literals, characters of JSON strings, patterns."""

from collections.abc import Sequence

Ranges = list[tuple[int, int]]
"""Code points, from one to the other, both included."""

SAFE: Ranges = [
    (0x20, 0x21),
    (0x23, 0x5B),
    (0x5D, 0x7E),
    (0xA0, 0xD7FF),
    (0xE000, 0xFFFD),
    (0x10000, 0x10FFFF),
]
"""What stands for itself in a JSON string. Spelled out: with "all but", llama.cpp lets bytes pass
that are no characters."""

ASCII: Ranges = [(0x20, 0x7E)]
DIGITS: Ranges = [(0x30, 0x39)]
WORD: Ranges = [*DIGITS, (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
SPACE: Ranges = [(0x20, 0x20)]

_SHORT = {"d": DIGITS, "w": WORD, "s": SPACE}
_SPECIAL = frozenset("^$.|?*+()[]{}")


def literal(text: str) -> str:
    """An expression for `text` and nothing else."""
    return '"' + "".join(map(_escaped, text)) + '"'


def alternatives(ways: Sequence[str]) -> str:
    """An expression for any of `ways`."""
    return ways[0] if len(ways) == 1 else f"({' | '.join(ways)})"


def repeated(item: str, least: int, most: int | None) -> str:
    """An expression for `item`, one element, between `least` and `most` times (None: any number).

    Where `most` is less than `least`, `least` wins.
    """
    if most is None:
        return f"{item}{{{least},}}" if least else f"{item}*"
    return f"{item}{{{least},{max(least, most)}}}" if most else literal("")


def pattern(source: str, most_repeated: int) -> str | None:
    """The inside of a JSON string that matches the regular expression `source` as a whole.

    None where that is beyond us, or would repeat something more than `most_repeated` times.
    """
    try:
        return _Pattern(source, most_repeated).read()
    except (_BeyondUsError, ValueError, RecursionError):
        return None


class _BeyondUsError(Exception):
    """Some part of a pattern is not translated."""


class _Pattern:
    """A regular expression, read from left to right."""

    def __init__(self, source: str, most: int) -> None:
        self._source = source
        self._at = 0
        self._most = most

    def read(self) -> str:
        expression, _ = self._ways(top=True)
        if self._at < len(self._source):
            raise _BeyondUsError
        return expression

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _next(self) -> str:
        if not (letter := self._peek()):
            raise _BeyondUsError
        self._at += 1
        return letter

    def _take(self, text: str) -> bool:
        found = self._source.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _ways(self, *, top: bool = False) -> tuple[str, int]:
        """Alternatives, and how often they are repeated within at most."""
        ways = [self._sequence(top)]
        while self._take("|"):
            ways.append(self._sequence(top))
        return f"({' | '.join(way for way, _ in ways)})", sum(count for _, count in ways)

    def _sequence(self, top: bool) -> tuple[str, int]:
        if top:
            self._take("^")
        parts, total = [literal("")], 1
        while self._peek() not in ("", "|", ")"):
            if top and self._source[self._at :].partition("|")[0] == "$":
                self._at += 1
                continue
            item, count = self._item()
            least, most = self._times()
            count *= most or least or 1
            if count > self._most:
                raise _BeyondUsError
            total += count
            parts.append(item if (least, most) == (1, 1) else repeated(item, least, most))
        return " ".join(parts), total

    def _item(self) -> tuple[str, int]:
        letter = self._next()
        if letter == "(":
            if self._peek() == "?" and not self._take("?:"):
                raise _BeyondUsError
            inside = self._ways()
            if not self._take(")"):
                raise _BeyondUsError
            return inside
        if letter == "[":
            return _one_of(self._class()), 1
        if letter == ".":
            return _one_of(SAFE), 1
        if letter == "\\":
            return _one_of(self._escape()), 1
        if letter in _SPECIAL:
            raise _BeyondUsError
        return _one_of([(ord(letter), ord(letter))]), 1

    def _times(self) -> tuple[int, int | None]:
        times: tuple[int, int | None] = (1, 1)
        if self._take("*"):
            times = (0, None)
        elif self._take("+"):
            times = (1, None)
        elif self._take("?"):
            times = (0, 1)
        elif self._take("{"):
            inside, _, rest = self._source[self._at :].partition("}")
            self._at = len(self._source) - len(rest)
            least, comma, most = inside.partition(",")
            times = (int(least), (int(most) if most else None) if comma else int(least))
        else:
            return times
        self._take("?")  # as few as possible: which, does not matter
        return times

    def _escape(self) -> Ranges:
        letter = self._next()
        if letter.lower() in _SHORT:
            ranges = _SHORT[letter.lower()]
            return ranges if letter.islower() else _without(ASCII, ranges)
        if letter.isalnum():
            raise _BeyondUsError
        return [(ord(letter), ord(letter))]

    def _class(self) -> Ranges:
        negated = self._take("^")
        ranges: Ranges = []
        while not self._take("]"):
            first = self._member()
            if len(first) == 1 and first[0][0] == first[0][1] and self._ranges_on():
                self._at += 1
                ((low, _),), ((high, _),) = first, self._member()
                first = [(low, high)]
            ranges += first
        return _without([(0, 0x10FFFF)], ranges) if negated else ranges

    def _ranges_on(self) -> bool:
        return self._peek() == "-" and self._source[self._at + 1 : self._at + 2] not in ("", "]")

    def _member(self) -> Ranges:
        letter = self._next()
        return self._escape() if letter == "\\" else [(ord(letter), ord(letter))]


def _without(ranges: Ranges, holes: Ranges) -> Ranges:
    for low, high in holes:
        ranges = [
            part
            for begin, end in ranges
            for part in ((begin, min(end, low - 1)), (max(begin, high + 1), end))
            if part[0] <= part[1]
        ]
    return ranges


def _one_of(ranges: Ranges) -> str:
    """One character of `ranges`, as it stands in a JSON string."""
    safe = [
        (max(low, first), min(high, last))
        for low, high in ranges
        for first, last in SAFE
        if max(low, first) <= min(high, last)
    ]
    ways = [f"[{''.join(f'{_code(low)}-{_code(high)}' for low, high in safe)}]"] if safe else []
    ways += [
        literal(f"\\{letter}")
        for letter in '"\\'
        if any(low <= ord(letter) <= high for low, high in ranges)
    ]
    if not ways:
        raise _BeyondUsError
    return alternatives(ways)


def _code(point: int) -> str:
    return f"\\U{point:08X}"


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else _code(ord(letter))


CHARACTER = f'{_one_of(SAFE)} | "\\\\" ["\\\\nt]'
"""A character of a JSON string; of those that must be escaped, the ones that are ever said."""
