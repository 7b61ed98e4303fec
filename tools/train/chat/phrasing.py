"""Ways to say a thing: templates with optional parts, split into training and held-out ones.

A template is plain text with fields in braces and alternatives in brackets:
``"[what is|what's] the capital [city |]of {c}"``. Alternatives do not nest.
"""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CHOICE = re.compile(r"\[([^\]]*)\]")


def expand(template: str) -> Iterator[str]:
    """Every text that the alternatives of ``template`` allow, fields left in."""
    parts = _CHOICE.split(template)
    options = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
    for chosen in itertools.product(*options):
        yield "".join(chosen)


def fill(template: str, rng: random.Random, **fields: str) -> str:
    """One random text of ``template`` with its fields filled in."""
    chosen = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template)
    return " ".join(chosen.format(**fields).split()) if fields else " ".join(chosen.split())


@dataclass(frozen=True)
class Phrasings:
    """Templates of one request; ``held_out`` ones are never trained on."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]

    def pick(self, rng: random.Random, held_out: bool, **fields: str) -> str:
        """A random phrasing with its fields filled in."""
        return fill(rng.choice(self.held_out if held_out else self.train), rng, **fields)


@dataclass(frozen=True)
class Turn:
    """A request, the reply to learn, and what the checker looks for (see `checker`).

    ``needs`` are phrases that a right reply contains; ``exact`` asks, besides, that it names no
    other number, place or colour than ``reply`` does. A ``long`` reply is judged by its length.
    """

    user: str
    reply: str
    topic: str
    needs: tuple[str, ...] = ()
    exact: bool = True
    long: bool = False
