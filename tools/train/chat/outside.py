"""Requests that the starter model must not answer, and its honest ways to say so.

Templates and slot words are both split: what the test asks was neither trained on as a template
nor, for its nouns, verbs and names, as a word.
"""

import random
import re
import zlib
from collections.abc import Callable

from tools.train.chat import words
from tools.train.chat.facts import ANIMALS, COUNTRIES, OPPOSITES, THING_COLOURS
from tools.train.chat.number_words import words as number
from tools.train.chat.outside_requests import KINDS, UNKNOWN, Kind
from tools.train.chat.phrasing import Turn, fill, unreserved
from tools.train.chat.topics_animals import animal
from tools.train.chat.topics_colours import colour
from tools.train.chat.topics_measures import opposite
from tools.train.chat.topics_places import capital
from tools.train.chat.topics_space import about_planet

_NEXT = (
    "and [|in |of |a |the ]{x}", "what about [|a |the ]{x}", "how about [|a |the ]{x}",
    "[a |the |]{x} too", "now [a |the |]{x}", "and [a |the |]{x} please", "same for [a |the |]{x}",
    "so what about [a |the |]{x}", "next [a |the |]{x}",
)  # fmt: skip
_NEXT_HELD_OUT = ("what about [|a |the ]{x} then", "then [|a |the ]{x}")

_KNOWN = {
    *(animal.name for animal in ANIMALS), *(animal.plural for animal in ANIMALS),
    *(country.name for country in COUNTRIES), *(country.capital for country in COUNTRIES),
    *OPPOSITES, *(thing.split()[-1] for thing in THING_COLOURS),
    *"day week month year hour minute second dozen planet sun moon story joke fact number".split(),
    *"help stop wait pause cancel test good fine nice perfect great right well sure yes no".split(),
    *"time weather news music name question answer test earth sea colour color".split(),
    *"repeat mute sleep forget remember timer alarm reminder list note volume microphone".split(),
}  # fmt: skip


def is_held_out(word: str) -> bool:
    """Whether a slot word is kept for the test: always the same seventh of all words."""
    return zlib.crc32(word.encode()) % 7 == 0


def _unknown(pool: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in pool if word not in _KNOWN)


_POOLS: dict[str, tuple[str, ...]] = {
    "u": _unknown(words.NOUNS + words.ITEMS + words.FOODS), "v": words.VERBS, "j": words.ADJECTIVES,
    "N": words.NAMES, "L": words.SURNAMES, "f": words.FOODS, "i": words.ITEMS, "r": words.ROOMS,
    "d": words.DEVICES, "m": words.MEDICINES, "b": words.BODY, "s": words.SYMPTOMS,
    "k": words.UNKNOWN_COUNTRIES, "y": words.CITIES, "l": words.LANGUAGES, "t": words.DAYTIMES,
    "a": words.UNKNOWN_ANIMALS,
}  # fmt: skip
_SPLIT_FIELDS = frozenset("uvjNLfikga")


def made_up(rng: random.Random) -> str:
    """A word that is none, such as a recogniser writes for a name that it does not know."""
    onsets = "b br c ch d dr f fl g gr h j k kl l m n p pr r s st t tr v w z".split()
    vowels, ends = "a e i o u ai ee oo".split(), ["", "", "n", "r", "l", "m", "s", "ck", "nd"]
    parts = range(rng.choice((1, 2, 2, 3)))
    return "".join(rng.choice(onsets) + rng.choice(vowels) + rng.choice(ends) for _ in parts)


def _slot(field: str, rng: random.Random, held_out: bool) -> str:
    makers: dict[str, Callable[[], str]] = {
        "n": lambda: number(rng.randint(2, 99)),
        "h": lambda: number(rng.choice((rng.randint(101, 999), rng.randint(1000, 99999)))),
        "w": lambda: rng.choice(COUNTRIES).name,
        "x": lambda: rng.choice(ANIMALS).name,
        "g": lambda: made_up(rng),
    }
    while True:
        word = makers[field]() if field in makers else rng.choice(_POOLS[field])
        unknown = word not in _KNOWN or field in "nhwxyr"
        if unknown and (field not in _SPLIT_FIELDS or is_held_out(word) == held_out):
            return word


def _fill(template: str, rng: random.Random, held_out: bool) -> str:
    chosen = fill(template.replace("{", "<").replace("}", ">"), rng)
    return re.sub("<(.)>", lambda match: _slot(match.group(1), rng, held_out), chosen)


def _training_text(kind: Kind, rng: random.Random) -> str:
    reserved = tuple(text for other in KINDS for text in other.held_out)
    return unreserved(kind.train, reserved, rng)


def _salad(rng: random.Random, held_out: bool) -> str:
    fields = rng.choices("uvjNfSSSS", k=rng.randint(3, 7))
    return " ".join(
        rng.choice(words.SMALL_WORDS) if f == "S" else _slot(f, rng, held_out) for f in fields
    )


def unknown_next(rng: random.Random, held_out: bool) -> list[Turn]:
    """A question with an answer, then the same of something unknown."""
    start, field = rng.choice(
        (
            (capital, "kkgu"),
            (animal, "augg"),
            (colour, "uug"),
            (about_planet, "ukg"),
            (opposite, "gu"),
        )
    )
    first = start(rng, held_out)[0]
    thing = _slot(rng.choice(field), rng, held_out)
    ways = _NEXT_HELD_OUT if held_out else _NEXT
    user = fill(rng.choice(ways), rng, x=thing)
    return [first, Turn(user, UNKNOWN, "outside: follow-ups", ("starter model",), exact=False)]


def outside(rng: random.Random, held_out: bool) -> list[Turn]:
    """A request from outside what the model knows, and the honest answer to it."""
    if rng.random() < 0.1:
        return unknown_next(rng, held_out)
    kind = rng.choices(KINDS, [kind.weight for kind in KINDS])[0]
    if kind.name == "unclear" and rng.random() < 0.3:
        user = _salad(rng, held_out)
    else:
        template = rng.choice(kind.held_out) if held_out else _training_text(kind, rng)
        user = _fill(template, rng, held_out)
    return [Turn(user, kind.reply, f"outside: {kind.name}", ("starter model",), exact=False)]


def templates(held_out: bool) -> tuple[str, ...]:
    """All templates of one side of the split."""
    return tuple(t for kind in KINDS for t in (kind.held_out if held_out else kind.train))
