"""Small talk, what the assistant is and can do, jokes and facts, and short commands."""

import random

from tools.train.chat import words
from tools.train.chat.facts import JOKES, SHORT_FACTS
from tools.train.chat.phrase_frames import wondering
from tools.train.chat.phrasing import Phrasings, Turn
from tools.train.chat.small_talk import SMALL_TALK

MY_NAME = Phrasings(
    (
        "my name is {n}",
        "i am {n}",
        "i'm {n}",
        "this is {n}",
        "call me {n}",
        "hello i am {n}",
        "hello my name is {n}",
        "hi i'm {n}",
        "you can call me {n}",
        "hey it's me {n}",
        "hello this is {n}",
        "[the |]name's {n}",
        "by the way my name is {n}",
        "by the way i am {n}",
        "you are talking to {n}",
        "{n} is my name",
        "i am called {n}",
        "my friends call me {n}",
        "please call me {n}",
        "hi my name is {n}",
        "it is me {n}",
        "you speak with {n}",
        "just call me {n}",
    ),
    ("well my name is {n}", "people call me {n}"),
)
WHO_AM_I = Phrasings(
    (
        "what is my name",
        "what's my name",
        "do you know my name",
        "who am i",
        "do you remember my name",
        "what did i say my name was",
        "do you still know my name",
        "tell me my name",
        *wondering("my name"),
        *wondering("what my name is"),
        *wondering("who i am"),
        "do you know who i am",
        "what am i called",
        "what was my name",
        "what is my name again",
        "have you forgotten my name",
        "how am i called",
        "did you keep my name",
        "what did i tell you my name was",
        "so what is my name",
    ),
    ("can you remember my name", "say my name"),
)
JOKE = Phrasings(
    (
        "[tell me|do you know|say] a joke",
        "[can you |]tell me a [joke|funny joke|good joke]",
        "a joke please",
        "make me laugh",
        "i want [to hear |]a joke",
        "say something funny",
        "joke",
        "i'd like a joke",
        "can i hear a joke",
        "one joke please",
        "let me hear a joke",
        "have you got a joke [for me|]",
        "[tell me|give me|i want|i need|i'd like] [a good joke|a funny joke|some joke] [please|]",
        "[can|could] you [tell|say] [me |us |]a [joke|funny joke]",
        "do you know [a good|any|some] [joke|funny joke]",
        "do you have a joke",
        "have you any jokes",
        "i need a [joke|laugh]",
        "give me a joke",
        "let's have a joke",
        "got a joke",
        "cheer me up",
        "make me smile",
        "tell me something funny",
        "i would like to hear a joke",
        "a good joke please",
        "can you be funny",
        "can you make me laugh",
        "what's a good joke",
        "entertain me",
    ),
    ("how about a joke", "know any jokes"),
)
FACT = Phrasings(
    (
        "tell me a [fact|fun fact|short fact|interesting fact]",
        "[give me|do you know] a fact",
        "tell me something [interesting|new|funny to know]",
        "a fact please",
        "i want [to hear |]a fact",
        "say something interesting",
        "i'd like a fact",
        "can i hear a fact",
        "one fact please",
        "let me hear a fact",
        "[tell me|give me|i want|i need|i'd like] [an interesting fact|some fact] [please|]",
        "[can|could] you tell me a [fact|fun fact]",
        "do you know [a good|any|some] [fact|interesting fact]",
        "do you have a fact",
        "give me a fun fact",
        "let's have a fact",
        "surprise me with a fact",
        "tell me something that i don't know",
        "what's a fun fact",
        "what's an interesting fact",
        "i would like to hear a fact",
        "i want to learn something",
        "fun fact",
        "something interesting please",
        "share a fact",
        "have you any facts",
    ),
    ("have you got a fact [for me|]", "teach me something"),
)
ANOTHER = Phrasings(
    (
        "another one [please|]",
        "[and |]one more",
        "tell me another one",
        "again please",
        "more",
        "tell me one more",
        "do you know another one",
        "and another",
        "give me another one",
        "[and |]the next one",
        "next one please",
        "can you tell me another [one|]",
        "do you have another [one|]",
        "have you got another one",
        "i'd like another one",
        "let me hear another one",
        "another please",
        "can i have one more",
        "tell me more of them",
        "got another one",
        "one more of those",
        "i would like one more",
        "and the next",
        "more please",
    ),
    ("i want another one", "one more please"),
)


def small_talk(rng: random.Random, held_out: bool) -> list[Turn]:
    """A pleasantry, a question about the assistant, or a short command."""
    ways, reply, key = rng.choice(SMALL_TALK)
    return [Turn(ways.pick(rng, held_out), reply, "small talk", (key,), exact=False)]


def greetings(rng: random.Random, held_out: bool) -> list[Turn]:
    """Hello, goodbye and thanks, which every conversation has."""
    ways, reply, key = rng.choice(SMALL_TALK[:3])
    return [Turn(ways.pick(rng, held_out), reply, "small talk", (key,), exact=False)]


def names(rng: random.Random, held_out: bool) -> list[Turn]:
    """The person's name, kept for the conversation, or asked for before it was told."""
    if rng.random() < 0.15:
        ask = WHO_AM_I.pick(rng, held_out)
        reply = "You have not told me your name yet."
        return [Turn(ask, reply, "small talk", ("not told me",), exact=False)]
    name = rng.choice(words.NAMES)
    shown = name.capitalize()
    ask = MY_NAME.pick(rng, held_out, n=name)
    turns = [Turn(ask, f"Hello {shown}, nice to meet you.", "small talk", (name,), exact=False)]
    if rng.random() < 0.5:
        ask = WHO_AM_I.pick(rng, held_out)
        turns.append(Turn(ask, f"Your name is {shown}.", "follow-ups", (name,), exact=False))
    return turns


def amusements(rng: random.Random, held_out: bool) -> list[Turn]:
    """A joke or a fact, then the next ones in their order."""
    ways, texts, topic = rng.choice(((JOKE, JOKES, "jokes"), (FACT, SHORT_FACTS, "short facts")))
    turns = []
    for i in range(rng.choice((1, 1, 2, 3, 4))):
        ask = (ANOTHER if i else ways).pick(rng, held_out)
        text = texts[i % len(texts)]
        turns.append(Turn(ask, text, "follow-ups" if i else topic, (text,), exact=False))
    return turns
