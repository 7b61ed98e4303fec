"""Planets: which one, how many moons, and a sentence about each."""

import random

from tools.train.chat.facts import PLANETS, Planet, title
from tools.train.chat.number_words import ORDINALS, words
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings, Turn

_PLANET_ANSWERS: tuple[tuple[Phrasings, str, str], ...] = (
    (
        Phrasings(
            (
                "[what is|what's|which is] the [biggest|largest] planet [in the solar system|]",
                "[what|which] planet is the [biggest|largest]",
                "[name|tell me] the [biggest|largest] planet",
                "what is the largest of the planets",
                *asking("the [biggest|largest] planet"),
                *wondering("[what|which] planet is the [biggest|largest]"),
                "[what|which] planet is bigger than all [the |]others",
                "is there a planet bigger than all others",
                "what planet is [really |]the greatest in size",
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
                *asking("the smallest planet"),
                *wondering("[what|which] planet is the smallest"),
                "[what|which] planet is smaller than all [the |]others",
                "[what|which] planet is the tiniest",
                "what's the tiniest planet",
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
                *asking("the planet [closest|nearest] to the sun"),
                *wondering("[what|which] planet is [closest|nearest] to the sun"),
                "[what|which] planet [comes first from|lies closest to|is right beside] the sun",
                "who is the sun's nearest planet",
                "[what|which] planet has the shortest way to the sun",
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
                *asking("the planet [furthest|farthest] from the sun"),
                *wondering("[what|which] planet is [furthest|farthest] from the sun"),
                "[what|which] planet is the last one",
                "[what|which] planet is farthest [away|out]",
                "[what|which] planet lies furthest from the sun",
                "the most distant planet",
                "what's the outermost planet",
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
                *asking("the planet with [the |]rings"),
                *wondering("[what|which] planet has rings"),
                "[what|which] planet wears rings",
                "who has the brightest rings",
                "[what|which] planet is known for its rings",
                "[what|which] planet has a ring around it",
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
                *asking("the red planet"),
                *wondering("[what|which] planet is red"),
                "[what|which] planet looks red",
                "[what|which] one is the red planet",
                "[what|which] planet is red in colour",
                "who is the red planet",
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
                *asking("the hottest planet"),
                *wondering("[what|which] planet is the hottest"),
                "[what|which] planet has the most heat",
                "where is it hottest of all planets",
                "[what|which] planet is the warmest",
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
                *wondering("[what|which] planet we live on"),
                *asking("the name of our planet"),
                *asking("our planet"),
                "[what|which] planet is our home",
                "[what|which] planet are you and i on",
                "[what|which] planet is home to people",
                "what is the name of our own planet",
                "where in the solar system do we live",
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
                *asking("the planet with the most moons"),
                *wondering("[what|which] planet has the most moons"),
                "[what|which] planet has more moons than [the others|any other]",
                "who has the most moons",
                "[what|which] planet owns most moons",
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
        *asking("the number of planets"),
        *wondering("how many planets there are"),
        "how many planets exist",
        "what number of planets is there",
        "are there eight planets or nine",
        "how many planets can you name",
        "how many planets circle the sun",
        "how many worlds are in the solar system",
    ),
    ("how many planets do we have",),
)
PLANET_AT = Phrasings(
    (
        "[what is|what's|which is] the {n} planet [from the sun|]",
        "[what|which] planet is [the |]{n} from the sun",
        "[what|which] is planet number {m}",
        "tell me the {n} planet",
        *asking("the {n} planet"),
        *wondering("[what|which] planet is [the |]{n}"),
        *wondering("[what|which] planet is number {m}"),
        "planet number {m} [please|]",
        "[what|which] planet comes {n}",
        "[what|which] planet is in {n} place",
        "[what|which] planet is at place {m}",
        "counting from the sun [what|which] planet is {n}",
        "who is the {n} planet",
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
        *wondering("how many moons {p} has"),
        *asking("the number of moons of {p}"),
        "{p} how many moons",
        "how many moons are [at|orbiting|circling] {p}",
        "how many moons belong to {p}",
        "has {p} got [a moon|moons|any moons]",
        "is there a moon at {p}",
        "{p} moons",
        "moons of {p} how many are there",
        "what about the moons of {p}",
        "how many moons can {p} have",
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
        "and moons",
        "does that one have moons",
        "how many moons are there",
        "and its moons",
        "has it got moons",
        "how many moons does that planet have",
        "and how many moons does that one have",
        "any moons",
        "are there moons",
        "what about [its |]moons",
        "so how many moons does it have",
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
        *wondering("something about {p}"),
        *wondering("what {p} is like"),
        "what's special about {p}",
        "what should i know about {p}",
        "teach me about {p}",
        "give me a fact about {p}",
        "i want to hear about {p}",
        "what kind of planet is {p}",
        "what sort of place is {p}",
        "talk about {p}",
        "explain {p}",
        "anything about {p}",
        "is there anything to know about {p}",
        "tell me what you know about {p}",
        "let me hear about {p}",
        "what do we know about {p}",
        "how is it on {p}",
    ),
    ("say something about {p}",),
)
ABOUT_NEXT = Phrasings(
    (
        "tell me [about|more about|something about] it",
        "[what is|what's] it like",
        "tell me more",
        "what do you know about it",
        "what else do you know",
        "what can you tell me about it",
        "describe it",
        "anything else about it",
        "what's special about it",
        "what kind of planet is it",
        "i want to know more about it",
        "give me a fact about it",
        "and what is it like",
        "talk about it",
        "how is it there",
        "what more do you know about it",
        "something about it please",
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
        *wondering("[if|whether] {p} has rings"),
        "is {p} a planet with rings",
        "{p} has rings right",
        "are there [any |]rings at {p}",
        "can you see rings [on|at] {p}",
        "does {p} have any rings",
        "what about rings [on|at|around] {p}",
        "is it true that {p} has rings",
    ),
    ("is there a ring around {p}",),
)
PLANET_COLOUR = Phrasings(
    (
        "[what|which] [colour|color] is {p}",
        "[what is|what's] the [colour|color] of {p}",
        "what [colour|color] does {p} have",
        "what [colour|color] is the planet {p}",
        *asking("the [colour|color] of {p}"),
        *wondering("what [colour|color] {p} is"),
        "{p} is what [colour|color]",
        "what does {p} look like",
        "in what [colour|color] does {p} shine",
        "{p}'s [colour|color]",
        "which [colour|color] is {p}",
        "what [colour|color] would {p} be",
        "what [colour|color] do you see on {p}",
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
        "{p} too",
        "and {p} too",
        "{p} please",
        "now {p}",
        "and now {p}",
        "same for {p}",
        "and {p} please",
        "so what about {p}",
        "next {p}",
        "and how about {p}",
        "and on {p}",
        "{p} as well",
        "the same for {p}",
        "and does {p}",
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
