"""What a cache of evaluated tokens saves."""

from collections.abc import Sequence


def reusable(cached: Sequence[object], wanted: Sequence[object]) -> int:
    """How many tokens at the beginning of `wanted` need no evaluation after `cached`.

    The last token of `wanted` is evaluated again when the cache went on after it: what follows a
    token is only known right after its evaluation.
    """
    same = 0
    for old, new in zip(cached, wanted, strict=False):
        if old != new:
            break
        same += 1
    if same == len(wanted) < len(cached):
        return max(0, same - 1)
    return same
