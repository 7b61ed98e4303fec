"""Mixed paints and the colours of things."""

import random

from tools.train.chat import facts
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings, Turn

_NEXT = Phrasings(
    (
        "and {x}",
        "what about {x}",
        "how about {x}",
        "and what about {x}",
        "and for {x}",
        "okay what about {x}",
        "{x} too",
        "now {x}",
        "{x} please",
        "and {x} please",
        "so what about {x}",
        "and how about {x}",
        "what about the [colour|color] of {x}",
        "and what [colour|color] is {x}",
        "same for {x}",
        "next {x}",
    ),
    ("then {x}",),
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
        *wondering("what [colour|color] {a} and {b} make"),
        *wondering("what you get from {a} and {b}"),
        "blend {a} and {b}",
        "i put {a} [in|into|on] {b} what do i get",
        "{a} mixed with {b} is what [colour|color]",
        "{a} mixed with {b}",
        "what is the mix of {a} and {b}",
        "mixing {a} and {b} makes what",
        "how do {a} and {b} look mixed",
        "what will i get from {a} and {b}",
        "add {a} to {b} what [colour|color] is that",
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
        *wondering("what [colour|color] {x} is"),
        *wondering("which [colour|color] {x} has"),
        *asking("the [colour|color] of {x}"),
        "{x} what [colour|color] is that",
        "in what [colour|color] is {x}",
        "what [colour|color] do you think {x} is",
        "is {x} [red|blue|green|yellow|white|black]",
        "how does {x} look what [colour|color]",
        "what's {x}'s [colour|color]",
        "name the [colour|color] of {x}",
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
