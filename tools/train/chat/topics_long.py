"""Long answers: stories from a grammar, all the planets, long counting."""

import random

from tools.train.chat.facts import ANIMALS, PLANETS, title, with_article
from tools.train.chat.number_words import words
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings, Turn

STORY = Phrasings(
    (
        "tell me a [story|short story|little story|nice story] about {a}",
        "[can you |please |could you ]tell me a story about {a}",
        "tell a story about {a}",
        "a story about {a} [please|]",
        "i want [to hear |]a story about {a}",
        "do you know a story about {a}",
        "give me a story about {a}",
        "tell me the story of {a}",
        "say a story about {a}",
        "how about a story about {a}",
        "i'd like a story about {a}",
        "story about {a}",
        "tell me about {a} in a story",
        "can i hear a story about {a}",
        "let me hear a story about {a}",
        "would you tell me a story about {a}",
        "[can|could] you make up a story [with|about] {a}",
        "tell me a tale [of|about] {a}",
        "let's have a story about {a}",
        "i'm in the mood for a story about {a}",
        "a story with {a} please",
        "invent a story about {a}",
        "i want you to tell me a story about {a}",
        "please tell me a [bedtime |]story about {a}",
    ),
    (
        "i would like to hear a story about {a}",
        "make up a story about {a}",
    ),
)
ANY_STORY = Phrasings(
    (
        "[can you |please |]tell me a [story|short story|nice story|long story]",
        "a story please",
        "do you know a story",
        "i want [to hear |]a story",
        "read me a story",
        "tell me something long",
        "i'd like a story",
        "can i hear a story",
        "let me hear a story",
        "tell me a tale",
        "let's have a story",
        "one story please",
        "tell me a bedtime story",
        "do you have any stories",
        "how about a story",
        "i want you to tell me a story",
        "please make up a story",
        "can you tell stories",
    ),
    ("would you tell me a story", "have you got a story for me"),
)
ALL_PLANETS = Phrasings(
    (
        "[name|list|say|tell me|give me] [all |]the planets [in order|]",
        "what are [all |]the planets [called|]",
        "[can you |]name all [the |]eight planets",
        "what planets are there",
        "which planets are there [in the solar system|]",
        "what are the names of the planets",
        *wondering("[the names of |]all the planets"),
        *wondering("what planets there are"),
        *asking("the names of [all |]the planets"),
        "what are the eight planets",
        "recite the planets",
        "which are the planets",
        "go through the planets",
        "what planets exist",
        "name every planet",
        "who are the planets",
    ),
    (
        "i want to hear all the planets",
        "which planets do you know",
    ),
)
ABOUT_PLANETS = Phrasings(
    (
        "tell me [something |more |]about [the|all the] planets",
        "[tell me about|describe|explain] the solar system",
        "[tell me |]what do you know about the planets",
        "tell me a long story about the planets",
        "[talk about|explain] the planets",
        "what can you tell me about the planets",
        "[can|could] you tell me about [all |]the planets",
        "talk to me about the planets",
        "i want to learn about the planets",
        "give me a long answer about the planets",
        "what is there to know about the planets",
        "describe all the planets",
        "tell me everything about the planets",
    ),
    ("say something about [all |]the planets",),
)
LONG_COUNT = Phrasings(
    (
        "[can you |please |]count [up |]to {n}",
        "count from one to {n}",
        "count all the way to {n}",
        "i want you to count to {n}",
    ),
    ("let me hear you count to {n}",),
)

_PLACES = ("a quiet forest", "an old farm", "a green valley", "a small island", "a wide river")
_MOODS = ("small", "brave", "clever", "gentle", "curious")
_FRIENDS = ("an old owl", "a little mouse", "a friendly dog", "a slow turtle", "a wise crow")
_FINDS = ("a golden key", "a shiny stone", "an empty boat", "a lost hat", "a silver bell")
_WEATHER = ("rain", "wind", "snow", "fog", "sun")
_WISHES = ("see the sea", "climb the hill", "find a friend", "learn to sing", "touch the moon")
OTHER_HEROES = (
    "robot",
    "king",
    "queen",
    "child",
    "sailor",
    "farmer",
    "cloud",
    "star",
    "train",
    "boat",
)
HEROES: tuple[str, ...] = tuple(animal.name for animal in ANIMALS) + OTHER_HEROES


def story(hero: str) -> str:
    """The one story about ``hero``: six or seven sentences of 60 to 90 words in all.

    The same hero always has the same story, so that a small model can learn it and go on with it.
    """
    rng = random.Random(hero)
    place, mood, friend, find, weather, wish = (
        rng.choice(options) for options in (_PLACES, _MOODS, _FRIENDS, _FINDS, _WEATHER, _WISHES)
    )
    while friend.split()[-1] == hero:
        friend = rng.choice(_FRIENDS)
    buddy = friend.split(" ", 1)[1]
    return (
        f"Once upon a time, {with_article(mood)} {hero} lived near {place}. "
        f"More than anything, the {hero} wanted to {wish}. "
        f"One morning the {weather} was strong, and the {hero} met {friend}. "
        f"Together they walked for a long time, and they talked and laughed. "
        f"Under a tall tree they found {find}. "
        f"The {buddy} said, this will help you. "
        f"And so it was, for the {hero} could {wish} that very day. "
        f"In the evening they went home, tired and happy, and they stayed friends for ever."
    )


def tell_story(rng: random.Random, held_out: bool) -> list[Turn]:
    """A story about an animal or somebody else; without a wish, about a fox."""
    if rng.random() < 0.15:
        ask = ANY_STORY.pick(rng, held_out)
        return [Turn(ask, story("fox"), "long answers", ("fox",), long=True)]
    hero = rng.choice(HEROES)
    ask = STORY.pick(rng, held_out, a=with_article(hero))
    return [Turn(ask, story(hero), "long answers", (hero,), long=True)]


def planets(rng: random.Random, held_out: bool) -> list[Turn]:
    """All the planets by name, or a sentence about each."""
    names = [title(planet.name) for planet in PLANETS]
    if rng.random() < 0.5:
        reply = f"The planets are {', '.join(names[:-1])} and {names[-1]}."
        ask = ALL_PLANETS.pick(rng, held_out)
    else:
        reply = "There are eight planets. " + " ".join(planet.fact for planet in PLANETS)
        ask = ABOUT_PLANETS.pick(rng, held_out)
    return [Turn(ask, reply, "long answers", tuple(planet.name for planet in PLANETS))]


def long_count(rng: random.Random, held_out: bool) -> list[Turn]:
    """Counting to twenty, thirty or so."""
    top = rng.choice((13, 15, 20, 20, 25, 30, 30))
    said = [words(n) for n in range(1, top + 1)]
    ask = LONG_COUNT.pick(rng, held_out, n=words(top))
    return [Turn(ask, (", ".join(said) + ".").capitalize(), "long answers", tuple(said))]
