"""Mixed paints and the colours of things."""

import random

from tools.train.chat import facts
from tools.train.chat.phrasing import Phrasings, Turn

_NEXT = Phrasings(
    (
        "[and |]how many moons does it have",
        "[and |]does it have [a moon|moons|any moons]",
        "and how many moons",
        "how many moons has it got",
        "tell me how many moons it has",
    ),
    ("and its moons how many are there",),
)
MIX = Phrasings(
    (
        "what [colour|color] do {a} and {b} make",
        "what do you get if you mix {a} and {b}",
        "[what is|what's] {a} and {b} mixed",
        "mix {a} and {b}",
        "what [colour|color] do you get when you mix {a} [and|with] {b}",
        "what does {a} [and|plus] {b} make",
        "if i mix {a} [and|with] {b} what do i get",
        "what [colour|color] is {a} and {b}",
        "{a} [with|plus] {b} makes what",
        "what [colour|color] comes from {a} and {b}",
        "when you mix {a} and {b} what comes out",
        "what do {a} and {b} make together",
        "i mix {a} and {b} what do i get",
        "what happens when i mix {a} with {b}",
    ),
    (
        "{a} and {b} make what [colour|color]",
        "which [colour|color] do {a} and {b} give",
    ),
)
COLOUR_OF = Phrasings(
    (
        "what [colour|color] is {x}",
        "[what is|what's] the [colour|color] of {x}",
        "which [colour|color] is {x}",
        "{x} is what [colour|color]",
        "tell me what [colour|color] {x} is",
        "what [colour|color] has {x}",
        "what [colour|color] does {x} look like",
        "i want to know the [colour|color] of {x}",
        "do you know what [colour|color] {x} is",
        "say the [colour|color] of {x}",
        "tell me the [colour|color] of {x}",
    ),
    ("what [colour|color] would you say {x} is",),
)


def colour(rng: random.Random, held_out: bool) -> list[Turn]:
    """Mixed paints, or the colour of a thing, then perhaps of another one."""
    if rng.random() < 0.45:
        (one, two), result = rng.choice(list(facts.COLOUR_MIXES.items()))
        a, b = rng.sample((one, two), 2)
        reply = f"{a.capitalize()} and {b} make {result}."
        return [Turn(MIX.pick(rng, held_out, a=a, b=b), reply, "colours", (f"make {result}",))]
    turns = []
    things = rng.sample(list(facts.THING_COLOURS.items()), rng.choice((1, 1, 2)))
    for i, (thing, colour_name) in enumerate(things):
        ask = _NEXT.pick(rng, held_out, x=thing) if i else COLOUR_OF.pick(rng, held_out, x=thing)
        reply = f"{thing[0].upper()}{thing[1:]} is {colour_name}."
        topic = "follow-ups" if i else "colours"
        turns.append(Turn(ask, reply, topic, (colour_name,)))
    return turns
