"""Numbers within bounds, as expressions of a grammar (GBNF)."""

from edgevoice.engines.gbnf_text import alternatives

MOST_DIGITS = 15
"""What a number without bounds may have; every such number is exact as a float, too."""

FRACTION = '"." [0-9]{0,5} [1-9]'

Bounds = tuple[int | None, int | None]
"""From one number to the other, both included; None: no bound."""


def integers(low: int | None, high: int | None) -> str:
    """Whole numbers between `low` and `high` (None: no bound), both included.

    Where there are none, any number will do.
    """
    low, high = _sane(low), _sane(high)
    ways = []
    if high is None or high >= 0:
        ways += _naturals(max(0, low or 0), high)
    if low is None or low < 0:
        least = 1 if high is None or high >= 0 else -high
        ways += [f'"-" {way}' for way in _naturals(least, None if low is None else -low)]
    return alternatives(ways) if ways else integers(None, None)


def numbers(whole: Bounds = (None, None), between: Bounds = (None, None)) -> str:
    """The whole numbers within the bounds `whole`, and fractions, of up to six decimals, that lie
    `between` two others: 0.5 lies between 0 and 1. Where there are none, any number will do."""
    ways = [f'{integers(*whole)} ".0"?']
    low, high = map(_sane, between)
    # n.5 lies between n and n + 1, and -n.5 between -n - 1 and -n.
    least, most = max(0, low or 0), None if high is None else high - 1
    if most is None or most >= least:
        ways.append(f"{alternatives(_naturals(least, most))} {FRACTION}")
    least, most = max(0, -(high or 0)), None if low is None else -low - 1
    if most is None or most >= least:
        ways.append(f'"-" {alternatives(_naturals(least, most))} {FRACTION}')
    return alternatives(ways)


def _sane(bound: int | None) -> int | None:
    """`bound`, if it narrows down what has `MOST_DIGITS`."""
    return bound if bound is not None and abs(bound) < 10**MOST_DIGITS else None


def _naturals(low: int, high: int | None) -> list[str]:
    """Ways to write a number between `low` and `high`, neither below zero."""
    ways: list[str] = []
    for length in range(len(str(low)), MOST_DIGITS + 1):
        least, most = max(low, 10 ** (length - 1) if length > 1 else 0), 10**length - 1
        if high is None and length > len(str(low)):
            return [*ways, f"[1-9] [0-9]{{{length - 1},{MOST_DIGITS - 1}}}"]
        most = most if high is None else min(most, high)
        if least <= most:
            ways.append(_same_length(str(least), str(most)))
    return ways


def _same_length(low: str, high: str) -> str:
    """Numbers of as many digits as `low` and `high` have."""
    rest = len(low) - 1
    if not rest:
        return _digit(low, high)
    if low[0] == high[0]:
        return f'"{low[0]}" {_same_length(low[1:], high[1:])}'
    ways: list[str] = []
    first, last = int(low[0]), int(high[0])
    if low[1:] != "0" * rest:
        ways.append(f'"{first}" {_same_length(low[1:], "9" * rest)}')
        first += 1
    if high[1:] != "9" * rest:
        ways.append(f'"{last}" {_same_length("0" * rest, high[1:])}')
        last -= 1
    if first <= last:
        ways.append(f"{_digit(str(first), str(last))} [0-9]{{{rest}}}")
    return alternatives(ways)


def _digit(low: str, high: str) -> str:
    return f'"{low}"' if low == high else f"[{low}-{high}]"
