"""Animals: legs, sounds, young, groups, food, and what they can do."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tools.train.chat.facts import ANIMALS, Animal, with_article
from tools.train.chat.number_words import words
from tools.train.chat.phrasing import Phrasings, Turn


@dataclass(frozen=True)
class _Attribute:
    """One thing to ask of an animal; ``answer`` gives the reply and its key words, or None."""

    ask: Phrasings
    ask_it: Phrasings
    answer: Callable[[Animal], tuple[str, str] | None]


def _the(animal: Animal) -> str:
    return with_article(animal.name).capitalize()


def _legs(animal: Animal) -> tuple[str, str] | None:
    if animal.legs is None:
        return None
    limbs = "arms" if animal.name == "octopus" else "legs"
    count = words(animal.legs) if animal.legs else "no"
    return f"{_the(animal)} has {count} {limbs}.", f"{count} {limbs}"


def _sound(animal: Animal) -> tuple[str, str] | None:
    return (f"{_the(animal)} goes {animal.sound}.", animal.sound) if animal.sound else None


def _young(animal: Animal) -> tuple[str, str] | None:
    if not animal.young:
        return None
    return f"A baby {animal.name} is called {with_article(animal.young)}.", animal.young


def _group(animal: Animal) -> tuple[str, str] | None:
    if not animal.group:
        return None
    return f"A group of {animal.plural} is called {with_article(animal.group)}.", animal.group


def _food(animal: Animal) -> tuple[str, str] | None:
    return f"{_the(animal)} eats {animal.food}.", animal.food


def _flies(animal: Animal) -> tuple[str, str] | None:
    if animal.name in ("chicken", "ant"):
        return None
    if animal.flies:
        return f"Yes, {with_article(animal.name)} can fly.", "yes"
    return f"No, {with_article(animal.name)} can't fly.", "no"


def _swims(animal: Animal) -> tuple[str, str] | None:
    if animal.swims:
        return f"Yes, {with_article(animal.name)} can swim.", "yes"
    if animal.name in ("bee", "wasp", "butterfly", "fly", "mosquito"):
        return f"No, {with_article(animal.name)} can't swim.", "no"
    return None


def _kind(animal: Animal) -> tuple[str, str] | None:
    if animal.kind == animal.name:
        return None
    return f"{_the(animal)} is {with_article(animal.kind)}.", f"is {with_article(animal.kind)}"


ATTRIBUTES: tuple[_Attribute, ...] = (
    _Attribute(
        Phrasings(
            (
                "how many legs does {a} have",
                "how many legs has {a} got",
                "how many legs do {s} have",
                "how many legs are there on {a}",
                "[what is|what's] the number of legs of {a}",
                "does {a} have legs",
                "how many legs for {a}",
                "tell me how many legs {a} has",
            ),
            ("on how many legs does {a} walk",),
        ),
        Phrasings(
            (
                "[and |]how many legs does it have",
                "[and |]how many legs has it got",
                "tell me how many legs it has",
            ),
            ("and how many legs",),
        ),
        _legs,
    ),
    _Attribute(
        Phrasings(
            (
                "[what|which] sound does {a} make",
                "what does {a} say",
                "how does {a} sound",
                "[what is|what's] the sound of {a}",
                "what noise does {a} make",
                "what sound do {s} make",
                "what do {s} say",
                "make the sound of {a}",
                "tell me what sound {a} makes",
                "what does {a} sound like",
            ),
            ("what is {a}'s sound",),
        ),
        Phrasings(
            (
                "[and |]what sound does it make",
                "[and |]what does it say",
                "how does it sound",
                "tell me what sound it makes",
            ),
            ("and what sound",),
        ),
        _sound,
    ),
    _Attribute(
        Phrasings(
            (
                "[what is|what's] a baby {n} called",
                "what do you call a baby {n}",
                "what are baby {s} called",
                "what are the young of {s} called",
                "[what is|what's] the name [of|for] a baby {n}",
                "what is a young {n} called",
                "how do you call a baby {n}",
                "what is the baby of {a} called",
            ),
            ("tell me the name for a young {n}",),
        ),
        Phrasings(
            (
                "[and |]what is its baby called",
                "what are its [babies|young] called",
                "[and |]what's a baby one called",
                "what do you call its baby",
            ),
            ("and its baby",),
        ),
        _young,
    ),
    _Attribute(
        Phrasings(
            (
                "[what is|what's] a group of {s} called",
                "what do you call [a group of|many|a lot of] {s}",
                "[what is|what's] the name [of|for] a group of {s}",
                "how do you call a group of {s}",
                "tell me what a group of {s} is called",
            ),
            ("{s} in a group are called what",),
        ),
        Phrasings(
            (
                "[and |]what is a group of them called",
                "what do you call a group of them",
                "tell me what a group of them is called",
            ),
            ("and a group of them",),
        ),
        _group,
    ),
    _Attribute(
        Phrasings(
            (
                "what does {a} eat",
                "what do {s} eat",
                "[what is|what's] the food of {a}",
                "what food does {a} eat",
                "what does {a} like to eat",
                "what do {s} like to eat",
                "what can i feed {a}",
                "tell me what {s} eat",
                "what kind of food do {s} eat",
            ),
            ("what does {a} have for dinner",),
        ),
        Phrasings(
            (
                "[and |]what does it eat",
                "what does it like to eat",
                "and what do they eat",
                "tell me what it eats",
            ),
            ("and its food",),
        ),
        _food,
    ),
    _Attribute(
        Phrasings(
            (
                "can {a} fly",
                "can {s} fly",
                "[do|are] {s} [fly|able to fly]",
                "is {a} able to fly",
                "does {a} fly",
                "tell me if {a} can fly",
            ),
            ("could {a} fly",),
        ),
        Phrasings(
            (
                "[and |]can it fly",
                "does it fly",
                "is it able to fly",
                "tell me if it can fly",
            ),
            ("could it fly",),
        ),
        _flies,
    ),
    _Attribute(
        Phrasings(
            (
                "can {a} swim",
                "can {s} swim",
                "is {a} able to swim",
                "does {a} swim",
                "do {s} swim",
                "tell me if {a} can swim",
            ),
            ("could {a} swim",),
        ),
        Phrasings(
            (
                "[and |]can it swim",
                "does it swim",
                "is it able to swim",
                "tell me if it can swim",
            ),
            ("could it swim",),
        ),
        _swims,
    ),
    _Attribute(
        Phrasings(
            (
                "[what is|what's] {a}",
                "what kind of animal is {a}",
                "[what sort of|which kind of] animal is {a}",
                "tell me about {s}",
                "what are {s}",
                "tell me [about|something about] {a}",
                "what type of animal is {a}",
                "{a} is what kind of animal",
            ),
            ("what kind of animals are {s}",),
        ),
        Phrasings(
            ("what kind of animal is it", "[and |]what is it", "what type of animal is it"),
            ("it is what kind of animal",),
        ),
        _kind,
    ),
)
ANOTHER = Phrasings(
    (
        "and {a}",
        "what about {a}",
        "how about {a}",
        "and what about {a}",
        "and {s}",
        "what about {s}",
        "okay what about {a}",
        "then {a}",
    ),
    ("and now {a}",),
)
_WEIGHTS = (4, 3, 2, 1, 2, 2, 1, 2)


def _knowing(attribute: _Attribute, rng: random.Random) -> Animal:
    while attribute.answer(animal := rng.choice(ANIMALS)) is None:
        pass
    return animal


def _turn(attribute: _Attribute, animal: Animal, ask: str, topic: str) -> Turn:
    found = attribute.answer(animal)
    assert found is not None, "only animals with an answer are asked about"
    reply, key = found
    return Turn(ask, reply, topic, (key,))


def animal(rng: random.Random, held_out: bool) -> list[Turn]:
    """An attribute of an animal, then perhaps another one, or the same of another animal."""
    attribute = rng.choices(ATTRIBUTES, _WEIGHTS)[0]
    one = _knowing(attribute, rng)
    fields = {"a": with_article(one.name), "s": one.plural, "n": one.name}
    turns = [_turn(attribute, one, attribute.ask.pick(rng, held_out, **fields), "animals")]
    what_next = rng.random()
    if what_next < 0.25:
        two = _knowing(attribute, rng)
        ask = ANOTHER.pick(rng, held_out, a=with_article(two.name), s=two.plural)
        turns.append(_turn(attribute, two, ask, "follow-ups"))
    elif what_next < 0.55:
        for other in rng.sample(ATTRIBUTES, 2):
            if other is not attribute and other.answer(one) is not None:
                ask = other.ask_it.pick(rng, held_out)
                turns.append(_turn(other, one, ask, "follow-ups"))
    return turns
