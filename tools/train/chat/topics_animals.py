"""Animals: legs, sounds, young, groups, food, and what they can do."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tools.train.chat.facts import ANIMALS, Animal, with_article
from tools.train.chat.number_words import words
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings, Turn


@dataclass(frozen=True)
class Attribute:
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


ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
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
                *wondering("how many legs {a} has"),
                *wondering("how many legs {s} have"),
                *asking("the number of legs of {a}"),
                "{a} has how many legs",
                "{s} have how many legs",
                "how many legs are on {a}",
                "how many legs can you count on {a}",
                "with how many legs does {a} come",
                "how many legs would {a} have",
                "{a} how many legs",
                "count the legs of {a}",
                "how many feet does {a} stand on",
                "how many legs does one {n} have",
                "how many legs does the {n} have",
                "what number of legs does {a} have",
                "are there four legs on {a}",
                "do {s} have legs",
                "legs of {a}",
            ),
            ("on how many legs does {a} walk",),
        ),
        Phrasings(
            (
                "[and |]how many legs does it have",
                "[and |]how many legs has it got",
                "tell me how many legs it has",
                "how many legs are there",
                "so how many legs does it have",
                "how many legs would that be",
                "and the number of legs",
                "and its legs",
                "and legs",
                "what about [its |the |]legs",
                "how many legs do they have",
                "and how many legs do they have",
                "does it have legs",
            ),
            ("and how many legs",),
        ),
        _legs,
    ),
    Attribute(
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
                *wondering("what sound {a} makes"),
                *wondering("what {s} say"),
                *wondering("how {a} sounds"),
                *asking("the sound of {a}"),
                *asking("the sound that {s} make"),
                "what does the {n} say",
                "which sound comes from {a}",
                "what do you hear from {a}",
                "[how|what] does {a} call",
                "{a} makes what sound",
                "{a} says what",
                "what noise do {s} make",
                "what noise comes from {a}",
                "how do {s} sound",
                "can you sound like {a}",
                "can you make the sound of {a}",
                "do {a} for me",
                "what would {a} say",
                "what [sound|noise] is typical for {a}",
                "the noise of {a}",
            ),
            ("what is {a}'s sound",),
        ),
        Phrasings(
            (
                "[and |]what sound does it make",
                "[and |]what does it say",
                "how does it sound",
                "tell me what sound it makes",
                "what noise does it make",
                "and how does it sound",
                "and the sound",
                "what about its sound",
                "and its sound",
                "which sound does it make",
                "what do they say",
                "what sound do they make",
                "and what noise does it make",
                "what does that one say",
                "and it says what",
            ),
            ("and what sound",),
        ),
        _sound,
    ),
    Attribute(
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
                *wondering("what a baby {n} is called"),
                *wondering("what you call a baby {n}"),
                *asking("the [word|name|right word] for [a baby {n}|baby {s}]"),
                "what's a little {n} called",
                "what is the child of {a} called",
                "what are little {s} called",
                "a baby {n} is called what",
                "a baby {n} is called",
                "what is the offspring of {a}",
                "{s} have babies what are they called",
                "what do you say for a baby {n}",
                "baby {n} what is it called",
                "when {a} is young what is it called",
                "what word do we use for a baby {n}",
                "how are baby {s} called",
                "what do people call a baby {n}",
                "what do we call young {s}",
                "what is a newborn {n} called",
            ),
            ("tell me the name for a young {n}",),
        ),
        Phrasings(
            (
                "[and |]what is its baby called",
                "what are its [babies|young] called",
                "[and |]what's a baby one called",
                "what do you call its baby",
                "what's its baby called",
                "what about its [baby|young|babies]",
                "and the babies",
                "and the young",
                "what is a baby one called",
                "what is the young one called",
                "and what do you call the baby",
                "how do you call its young",
                "what do you call a little one",
                "what are the little ones called",
                "and its young what are they called",
                "what do we call its babies",
            ),
            ("and its baby",),
        ),
        _young,
    ),
    Attribute(
        Phrasings(
            (
                "[what is|what's] a group of {s} called",
                "what do you call [a group of|many|a lot of] {s}",
                "[what is|what's] the name [of|for] a group of {s}",
                "how do you call a group of {s}",
                "tell me what a group of {s} is called",
                *wondering("what a group of {s} is called"),
                *wondering("what you call a group of {s}"),
                *asking("the [word|name|right word] for [a group of|many] {s}"),
                "what's a bunch of {s} called",
                "many {s} together are called what",
                "a group of {s} is called",
                "a group of {s} is called what",
                "what is a [team|family|crowd] of {s} called",
                "what do you say for a group of {s}",
                "when {s} live together what is it called",
                "what word do we use for a group of {s}",
                "lots of {s} together what is that",
                "what do people call a group of {s}",
                "how are many {s} called together",
                "a lot of {s} together is a what",
                "{s} live in what kind of group",
            ),
            ("{s} in a group are called what",),
        ),
        Phrasings(
            (
                "[and |]what is a group of them called",
                "what do you call a group of them",
                "tell me what a group of them is called",
                "and many of them",
                "what's a group called",
                "what do you call many of them",
                "and what do you call a group",
                "what is a bunch of them called",
                "what are many of them called",
                "how do you call a group of them",
                "what about a group of them",
                "what is the word for a group",
                "and together what are they called",
            ),
            ("and a group of them",),
        ),
        _group,
    ),
    Attribute(
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
                *wondering("what {s} eat"),
                *wondering("what {a} eats"),
                *asking("the [food|diet|favourite food] of {s}"),
                "what do {s} live on",
                "what do {s} feed on",
                "what does {a} feed on",
                "{a} eats what",
                "{s} eat what",
                "which food do {s} like",
                "what should i feed {a}",
                "what can {a} eat",
                "what do you feed {a}",
                "what do you give {a} to eat",
                "what are {s} fed",
                "i have {a} what does it eat",
                "what would {a} like to eat",
                "what is on the menu of {a}",
                "what food is good for {s}",
                "do {s} eat grass or meat",
                "what does the {n} eat",
            ),
            ("what does {a} have for dinner",),
        ),
        Phrasings(
            (
                "[and |]what does it eat",
                "what does it like to eat",
                "and what do they eat",
                "tell me what it eats",
                "what food does it like",
                "and what does it feed on",
                "what can i feed it",
                "what do they eat",
                "what does it live on",
                "and what does it like to eat",
                "what about [its |the |]food",
                "and what kind of food",
                "what do you feed it",
                "it eats what",
                "so what does it eat",
                "what should i feed it",
            ),
            ("and its food",),
        ),
        _food,
    ),
    Attribute(
        Phrasings(
            (
                "can {a} fly",
                "can {s} fly",
                "[do|are] {s} [fly|able to fly]",
                "is {a} able to fly",
                "does {a} fly",
                "tell me if {a} can fly",
                *wondering("[if|whether] {a} can fly"),
                *wondering("[if|whether] {s} can fly"),
                "is it true that {s} can fly",
                "{s} can fly right",
                "does {a} know how to fly",
                "do {s} know how to fly",
                "is {a} something that flies",
                "does {a} have wings to fly",
                "is it possible for {a} to fly",
                "will {a} fly",
                "are there {s} that fly",
                "can the {n} fly",
                "{a} can it fly",
                "are {s} flying animals",
                "flying can {a} do that",
            ),
            ("could {a} fly",),
        ),
        Phrasings(
            (
                "[and |]can it fly",
                "does it fly",
                "is it able to fly",
                "tell me if it can fly",
                "so can it fly",
                "can they fly",
                "do they fly",
                "and does it fly",
                "is it true that it can fly",
                "does it know how to fly",
                "and flying",
                "what about flying",
                "it can fly right",
                "is it a flying animal",
            ),
            ("could it fly",),
        ),
        _flies,
    ),
    Attribute(
        Phrasings(
            (
                "can {a} swim",
                "can {s} swim",
                "is {a} able to swim",
                "does {a} swim",
                "do {s} swim",
                "tell me if {a} can swim",
                *wondering("[if|whether] {a} can swim"),
                *wondering("[if|whether] {s} can swim"),
                "is it true that {s} can swim",
                "{s} can swim right",
                "does {a} know how to swim",
                "do {s} know how to swim",
                "are {s} [good |]swimmers",
                "is {a} a swimmer",
                "is it possible for {a} to swim",
                "will {a} swim",
                "are {s} able to swim",
                "can the {n} swim",
                "{a} can it swim",
                "swimming can {a} do that",
                "does {a} go in the water and swim",
            ),
            ("could {a} swim",),
        ),
        Phrasings(
            (
                "[and |]can it swim",
                "does it swim",
                "is it able to swim",
                "tell me if it can swim",
                "so can it swim",
                "can they swim",
                "do they swim",
                "and does it swim",
                "is it true that it can swim",
                "does it know how to swim",
                "and swimming",
                "what about swimming",
                "it can swim right",
                "is it a swimmer",
            ),
            ("could it swim",),
        ),
        _swims,
    ),
    Attribute(
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
                *wondering("what {a} is"),
                *wondering("what kind of animal {a} is"),
                *wondering("what {s} are"),
                "is {a} a bird or a mammal",
                "is {a} a [mammal|fish|bird|reptile|insect]",
                "[what|which] animal group is {a} in",
                "are {s} [mammals|fish|birds|insects|reptiles]",
                "what class of animal is {a}",
                "which class are {s} in",
                "what animal is {a}",
                "explain what {a} is",
                "what exactly is {a}",
                "what sort of animals are {s}",
                "what would you call {a} a bird or a fish",
                "say something about {s}",
                "to which group of animals does {a} count",
                "what do you know about {s}",
            ),
            ("what kind of animals are {s}",),
        ),
        Phrasings(
            (
                "what kind of animal is it",
                "[and |]what is it",
                "what type of animal is it",
                "what sort of animal is it",
                "and what kind of animal is it",
                "is it a [mammal|bird|fish|insect|reptile]",
                "is it a bird or a mammal",
                "which kind of animal is that",
                "so what is it",
                "what class of animal is it",
                "what sort of animal is that",
                "and what kind is it",
                "what exactly is it",
            ),
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
        "{a} too",
        "and {s} too",
        "{s} too",
        "now {a}",
        "now {s}",
        "and the {n}",
        "what about the {n}",
        "same for {a}",
        "and {a} please",
        "so what about {a}",
        "and how about {a}",
        "next {a}",
        "{s} please",
        "and for {a}",
        "and with {s}",
        "the same for {s}",
        "{a} as well",
    ),
    ("and now {a}",),
)
_WEIGHTS = (4, 3, 2, 1, 2, 2, 1, 2)


def _knowing(attribute: Attribute, rng: random.Random) -> Animal:
    while attribute.answer(animal := rng.choice(ANIMALS)) is None:
        pass
    return animal


def _turn(attribute: Attribute, animal: Animal, ask: str, topic: str) -> Turn:
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
        ask = ANOTHER.pick(rng, held_out, a=with_article(two.name), s=two.plural, n=two.name)
        turns.append(_turn(attribute, two, ask, "follow-ups"))
    elif what_next < 0.55:
        for other in rng.sample(ATTRIBUTES, 2):
            if other is not attribute and other.answer(one) is not None:
                ask = other.ask_it.pick(rng, held_out)
                turns.append(_turn(other, one, ask, "follow-ups"))
    return turns
