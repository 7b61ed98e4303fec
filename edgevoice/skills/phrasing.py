"""Words put together as they are said."""

from collections.abc import Sequence


def joined(parts: Sequence[str]) -> str:
    """`parts`, one at least, as a list: "milk, eggs and bread"."""
    *before, last = parts
    return f"{', '.join(before)} and {last}" if before else last


def capital(text: str) -> str:
    """`text`, with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """`text`, which is not empty, as a sentence."""
    return capital(text if text[-1] in ".?!" else f"{text}.")
