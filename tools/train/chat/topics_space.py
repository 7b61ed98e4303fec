"""Planets: which one, how many moons, and a sentence about each."""

import random

from tools.train.chat.facts import PLANETS, Planet, title
from tools.train.chat.number_words import ORDINALS, words
from tools.train.chat.phrasing import Phrasings, Turn

_PLANET_ANSWERS: tuple[tuple[Phrasings, str, str], ...] = (
    (
        Phrasings(
            (
                "[what is|what's|which is] the [biggest|largest] planet [in the solar system|]",
                "[what|which] planet is the [biggest|largest]",
                "[name|tell me] the [biggest|largest] planet",
                "what is the largest of the planets",
            ),
            ("which one is the biggest planet",),
        ),
        "Jupiter is the biggest planet.",
        "jupiter",
    ),
    (
        Phrasings(
            (
                "[what is|what's|which is] the [smallest|littlest] planet",
                "[what|which] planet is the smallest",
                "[name|tell me] the smallest planet",
                "what is the smallest of the planets",
            ),
            ("which one is the smallest planet",),
        ),
        "Mercury is the smallest planet.",
        "mercury",
    ),
    (
        Phrasings(
            (
                "[what|which] planet is [closest|nearest] to the sun",
                "[what is|what's] the [closest|nearest] planet to the sun",
                "[what is|what's] the first planet from the sun",
                "tell me the planet closest to the sun",
            ),
            ("what planet is next to the sun",),
        ),
        "Mercury is the closest planet to the sun.",
        "mercury",
    ),
    (
        Phrasings(
            (
                "[what|which] planet is [furthest|farthest] from the sun",
                "[what is|what's] the [farthest|furthest|last] planet [from the sun|]",
            ),
            ("tell me the planet that is farthest from the sun",),
        ),
        "Neptune is the farthest planet from the sun.",
        "neptune",
    ),
    (
        Phrasings(
            (
                "[what|which] planet has [rings|the brightest rings|big rings]",
                "[what is|what's] the planet with [the |]rings",
                "tell me a planet with rings",
            ),
            ("which of the planets has rings",),
        ),
        "Saturn has the brightest rings.",
        "saturn",
    ),
    (
        Phrasings(
            (
                "[what|which] planet is [the |]red",
                "[what is|what's|which is] the red planet",
                "which planet is called the red planet",
            ),
            ("what planet do we call the red planet",),
        ),
        "Mars is the red planet.",
        "mars",
    ),
    (
        Phrasings(
            (
                "[what is|what's|which is] the hottest planet",
                "[what|which] planet is [the |]hottest",
                "tell me the hottest planet",
            ),
            ("which one is the hottest planet",),
        ),
        "Venus is the hottest planet.",
        "venus",
    ),
    (
        Phrasings(
            (
                "[what|which] planet do we live on",
                "[what|which] planet are we on",
                "on [what|which] planet do [we|people] live",
                "what is our planet called",
            ),
            ("tell me the planet we live on",),
        ),
        "We live on Earth.",
        "earth",
    ),
    (
        Phrasings(
            (
                "[what|which] planet has the most moons",
                "[what is|what's] the planet with the most moons",
            ),
            ("tell me the planet with the most moons",),
        ),
        "Saturn has the most moons.",
        "saturn",
    ),
)
PLANET_COUNT = Phrasings(
    (
        "how many planets are there",
        "how many planets [are in|does] the solar system [have|]",
        "[what is|what's] the number of planets",
        "how many planets does the sun have",
        "how many planets are known",
        "count the planets",
        "do you know how many planets there are",
    ),
    ("how many planets do we have",),
)
PLANET_AT = Phrasings(
    (
        "[what is|what's|which is] the {n} planet [from the sun|]",
        "[what|which] planet is [the |]{n} from the sun",
        "[what|which] is planet number {m}",
        "tell me the {n} planet",
    ),
    ("name the {n} planet from the sun",),
)
MOONS = Phrasings(
    (
        "how many moons does {p} have",
        "how many moons has {p} got",
        "how many moons are there around {p}",
        "does {p} have [a moon|moons|any moons]",
        "[what is|what's] the number of moons of {p}",
        "how many moons does the planet {p} have",
        "are there moons around {p}",
        "{p} has how many moons",
        "i want to know how many moons {p} has",
        "tell me how many moons {p} has",
    ),
    ("how many moons go around {p}",),
)
MOONS_NEXT = Phrasings(
    (
        "[and |]how many moons does it have",
        "[and |]does it have [a moon|moons|any moons]",
        "and how many moons",
        "how many moons has it got",
        "tell me how many moons it has",
    ),
    ("and its moons how many are there",),
)
ABOUT_PLANET = Phrasings(
    (
        "tell me [about|something about|more about] {p}",
        "tell me a fact about {p}",
        "what do you know about {p}",
        "[what is|what's] {p} [like|]",
        "describe {p}",
        "what can you tell me about {p}",
    ),
    ("say something about {p}",),
)
ABOUT_NEXT = Phrasings(
    (
        "tell me [about|more about|something about] it",
        "[what is|what's] it like",
        "tell me more",
        "what do you know about it",
    ),
    ("say more about it",),
)
RINGS = Phrasings(
    (
        "does {p} have rings",
        "has {p} got rings",
        "are there rings around {p}",
        "does the planet {p} have rings",
        "do you know if {p} has rings",
        "tell me if {p} has rings",
    ),
    ("is there a ring around {p}",),
)
PLANET_COLOUR = Phrasings(
    (
        "[what|which] [colour|color] is {p}",
        "[what is|what's] the [colour|color] of {p}",
        "what [colour|color] does {p} have",
        "what [colour|color] is the planet {p}",
    ),
    ("say what [colour|color] {p} has",),
)
_NEXT = Phrasings(
    (
        "and {p}",
        "what about {p}",
        "how about {p}",
        "and what about {p}",
        "and for {p}",
        "okay what about {p}",
    ),
    ("then {p}",),
)
_ARTICLE = {"earth": "the earth"}


def _moons(planet: Planet) -> str:
    return f"{title(planet.name)} has {planet.moons}."


def _rings(planet: Planet) -> str:
    return f"{'Yes' if planet.rings else 'No'}, {title(planet.name)} has " + (
        "rings." if planet.rings else "no rings."
    )


def _name(planet: Planet, rng: random.Random) -> str:
    return rng.choice((planet.name, planet.name, _ARTICLE.get(planet.name, planet.name)))


def _moon_turn(planet: Planet, ask: str, topic: str) -> Turn:
    return Turn(ask, _moons(planet), topic, (planet.name, planet.moons))


def planet(rng: random.Random, held_out: bool) -> list[Turn]:
    """A question with a planet for an answer, then perhaps its moons or a sentence about it."""
    kind = rng.random()
    if kind < 0.08:
        ask = PLANET_COUNT.pick(rng, held_out)
        return [Turn(ask, "There are eight planets.", "planets", ("eight",))]
    if kind < 0.25:
        i = rng.randrange(8)
        found = PLANETS[i]
        ask = PLANET_AT.pick(rng, held_out, n=ORDINALS[i], m=words(i + 1))
        reply = f"The {ORDINALS[i]} planet from the sun is {title(found.name)}."
    else:
        ways, reply, name = rng.choice(_PLANET_ANSWERS)
        found = next(p for p in PLANETS if p.name == name)
        ask = ways.pick(rng, held_out)
    turns = [Turn(ask, reply, "planets", (found.name,))]
    return turns + _more_about(found, rng, held_out)


def _more_about(found: Planet, rng: random.Random, held_out: bool) -> list[Turn]:
    turns: list[Turn] = []
    if rng.random() < 0.4:
        turns.append(_moon_turn(found, MOONS_NEXT.pick(rng, held_out), "follow-ups"))
        if rng.random() < 0.5:
            turns += _moons_of_others(rng, held_out)
    elif rng.random() < 0.3:
        ask = ABOUT_NEXT.pick(rng, held_out)
        turns.append(Turn(ask, found.fact, "follow-ups", (found.name,)))
    return turns


def _moons_of_others(rng: random.Random, held_out: bool) -> list[Turn]:
    other = rng.choice(PLANETS)
    return [_moon_turn(other, _NEXT.pick(rng, held_out, p=_name(other, rng)), "follow-ups")]


def about_planet(rng: random.Random, held_out: bool) -> list[Turn]:
    """Moons, rings, colour of a planet, or a sentence about it."""
    one, two = rng.sample(PLANETS, 2)
    name, other = _name(one, rng), _name(two, rng)
    again = rng.random() < 0.3
    kind = rng.randrange(4)
    if kind == 0:
        turns = [_moon_turn(one, MOONS.pick(rng, held_out, p=name), "planets")]
        return turns + (_moons_of_others(rng, held_out) if again else [])
    if kind == 1:
        ask = ABOUT_PLANET.pick(rng, held_out, p=name)
        turns = [Turn(ask, one.fact, "planets", (one.name,))]
        return turns + (_more_about(one, rng, held_out) if again else [])
    if kind == 2:
        yes = ("yes",) if one.rings else ("no",)
        turns = [Turn(RINGS.pick(rng, held_out, p=name), _rings(one), "planets", yes)]
        if again:
            yes = ("yes",) if two.rings else ("no",)
            ask = _NEXT.pick(rng, held_out, p=other)
            turns.append(Turn(ask, _rings(two), "follow-ups", yes))
        return turns
    ask = PLANET_COLOUR.pick(rng, held_out, p=name)
    return [Turn(ask, f"{title(one.name)} looks {one.colour}.", "planets", (one.colour,))]
