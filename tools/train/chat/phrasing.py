"""Ways to say a thing: templates with optional parts, split into training and held-out ones.

A template is plain text with fields in braces and alternatives in brackets:
``"[what is|what's] the capital [city |]of {c}"``. Alternatives do not nest.
"""

import functools
import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.train.chat.noise import without_fillers

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


@functools.cache
def texts(templates: tuple[str, ...]) -> frozenset[str]:
    """Every text of ``templates`` with single spaces, fields left in."""
    return frozenset(" ".join(text.split()) for t in templates for text in expand(t))


def unreserved(templates: tuple[str, ...], reserved: tuple[str, ...], rng: random.Random) -> str:
    """A random text of ``templates``, fields left in, that is none of the ``reserved`` ones.

    A reserved one with a filler before or after it is one too: what is held out stays so.
    """
    while True:
        text = fill(rng.choice(templates), rng)
        if texts(reserved).isdisjoint(without_fillers(text)):
            return text


@dataclass(frozen=True)
class Phrasings:
    """Templates of one request; ``held_out`` ones are never trained on."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]

    def pick(self, rng: random.Random, held_out: bool, **fields: str) -> str:
        """A random phrasing with its fields filled in."""
        if held_out:
            return fill(rng.choice(self.held_out), rng, **fields)
        return fill(unreserved(self.train, self.held_out, rng), rng, **fields)


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
    from_tool: bool = False
