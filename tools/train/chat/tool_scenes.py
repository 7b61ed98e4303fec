"""Scenes with a tool: a request, the call, what came of it, and the words about that."""

import json
import random

from tools.train.chat import tool_words, topics_tools, topics_tools_lists, topics_tools_sums, words
from tools.train.chat.chat_format import call_text
from tools.train.chat.facts import DAYS, MONTHS
from tools.train.chat.number_words import words as number
from tools.train.chat.phrasing import Phrasings, Turn
from tools.train.chat.spoken_time import duration, time_of_day
from tools.train.chat.topics_tools import Asked, Request

REQUESTS: tuple[tuple[Request, float], ...] = (
    *topics_tools.REQUESTS,
    *topics_tools_sums.REQUESTS,
    *topics_tools_lists.REQUESTS,
)
_WEIGHTS = [weight for _, weight in REQUESTS]

FAILED = "Sorry, that did not work."
DONE = "Done."
ASK_DURATION = "For how long? Please say it in one sentence, as in: set a timer for ten minutes."
ASK_TIME = "For what time? Please say it in one sentence, as in: set an alarm for seven."
ASK_TASK = "Of what? Please say it in one sentence, as in: remind me to drink water in one hour."

NO_DURATION = Phrasings(
    (
        "i could use a timer", "have a timer", "one timer please", "set me a timer",
        "i want to set a timer", "can you start a timer", "begin a timer", "set up a timer",
        "turn on a timer", "run a timer",
        "set a timer", "start a timer", "i need a timer", "timer", "timer please", "set the timer",
        "can you set a timer", "make a timer", "start the timer", "i want a timer", "new timer",
        "please set a timer", "could you start a timer", "put on a timer", "a timer please",
        "i'd like a timer", "create a timer", "set another timer", "set a timer for me",
    ),
    ("would you set a timer", "give me a timer", "let's have a timer"),
)  # fmt: skip
NO_TIME = Phrasings(
    (
        "i could use an alarm", "have an alarm", "one alarm please", "set me an alarm",
        "i want to set an alarm", "begin an alarm", "set up an alarm", "turn on the alarm",
        "get me up", "i need to wake up",
        "set an alarm", "i need an alarm", "alarm", "alarm please", "set the alarm", "wake me up",
        "can you set an alarm", "make an alarm", "i want an alarm", "new alarm", "wake me",
        "please set an alarm", "could you set an alarm", "an alarm please", "set my alarm",
        "i'd like an alarm", "create an alarm", "set another alarm", "can you wake me up",
    ),
    ("would you set an alarm", "give me an alarm", "let's have an alarm"),
)  # fmt: skip
NO_TASK = Phrasings(
    (
        "i could use a reminder", "one reminder please", "set me a reminder",
        "i want to be reminded", "set up a reminder", "i want to set a reminder",
        "remind me please", "have a reminder", "write a reminder", "could you remind me",
        "remind me", "set a reminder", "i need a reminder", "reminder", "can you remind me",
        "make a reminder", "please remind me", "a reminder please", "new reminder",
        "create a reminder", "i want a reminder", "please set a reminder", "remind me of something",
        "could you set a reminder", "can you remind me of something", "set a reminder for me",
    ),
    ("would you remind me", "give me a reminder", "let's have a reminder"),
)  # fmt: skip

_SENTENCES = (
    "The timer is set for {d}.", "Your {l} timer has {d} left.", "There are {d} left.",
    "It is {t}.", "Today is {D}, {M} {n}.", "I will wake you at {t}.", "The alarm is set for {t}.",
    "I will remind you to {x}.", "I put {i} on the list.", "{I} is on your list now.",
    "On your list there are {i}, {i} and {i}.", "Your list is empty.", "That is {h}.",
    "The volume is at {n} percent.", "I noted that {s}.", "I am calling {N}.", "I took {i} off.",
    "You told me that {s}.", "I know nothing about {u}.", "The {l} timer is cancelled.",
    "There is no timer.", "You have {n} notes: {s}, and {s}.", "Everything works.",
    "{n} {u} are {n} {u}.", "I have forgotten it.", "All right, I will remember that {s}.",
    "I found this in {u}: {s}.", "The {u} is {j}.", "You have one alarm, at {t}.", "{S}.",
    "The device is at {n} degrees, and the disk is {n} percent full.", "{T}.",
)  # fmt: skip
_ERRORS = (
    "There is no timer.", "There is no {l} timer.", "I could not reach {N}.", "timed out",
    "There is no {i} on the list.", "No such list: {u}.", "not allowed", "I can't divide by zero.",
    "The {d} is not known.", "connection refused", "level must be at most 100", "unknown tool",
    "Storage is switched off.", "I could not do that.", "{u} is no unit", "It is broken.",
    "seconds: Input should be greater than 0", "No document is about {u}.", "The {u} failed.",
    "nobody is at home", "HTTP 500", "It did not work: {s}.", "Nobody is configured to be called.",
)  # fmt: skip


def _words(shape: str, rng: random.Random) -> str:
    """``shape`` with its fields filled, numbers now in words and now in digits."""
    n = rng.choice((rng.randint(1, 99), rng.randint(2, 20)))
    h = rng.choice((rng.randint(2, 9999), rng.randint(101, 999)))
    digits = rng.random() < 0.6
    hour, minute = rng.randint(0, 23), rng.randint(0, 59)
    makers = {
        "d": lambda: f"{n} minutes" if digits else duration(rng)[0],
        "t": lambda: f"{hour}:{minute:02d}" if digits else time_of_day(rng)[0],
        "D": lambda: rng.choice(DAYS).capitalize(),
        "M": lambda: rng.choice(MONTHS).capitalize(),
        "n": lambda: str(rng.randint(1, 99)) if digits else number(rng.randint(1, 99)),
        "h": lambda: f"{h:,}" if digits else number(h),
        "l": lambda: rng.choice(tool_words.LABELS),
        "x": lambda: tool_words.task(rng),
        "i": lambda: tool_words.item(rng),
        "I": lambda: tool_words.item(rng).capitalize(),
        "s": lambda: tool_words.statement(rng),
        "S": lambda: tool_words.statement(rng).capitalize(),
        "T": lambda: request(rng, False).user.capitalize(),
        "N": lambda: rng.choice(words.NAMES).capitalize(),
        "u": lambda: tool_words.noun(rng),
        "j": lambda: rng.choice(words.ADJECTIVES),
    }
    parts = shape.split("{")
    return parts[0] + "".join(makers[part[0]]() + part[2:] for part in parts[1:])


def joined(things: list[str]) -> str:
    """ "a, b and c"."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


def _data(rng: random.Random) -> tuple[object, str]:
    """What a tool may give back that has no wording of its own, and how it is put into words."""
    kind = rng.randrange(5)
    if kind == 0:
        value = rng.choice((rng.randint(0, 100), rng.randint(0, 9999), rng.randint(1, 99) / 10))
        return value, f"The result is {value}."
    if kind == 1:
        things = [tool_words.item(rng) for _ in range(rng.randint(1, 4))]
        return things, f"I found {joined(things)}."
    if kind == 2:
        keys = rng.sample(words.NOUNS, rng.choice((1, 2, 2, 3)))
        facts = {
            key: rng.choice((rng.randint(0, 99), rng.choice(words.ADJECTIVES))) for key in keys
        }
        told = joined([f"{key} is {value}" for key, value in facts.items()])
        return facts, f"The {told}."
    if kind == 3:
        return rng.choice((([], "I found nothing."), ({}, "I found nothing."), ("", DONE)))
    return rng.choice(((True, "Yes."), (False, "No."), ("ok", DONE), ("done", DONE)))


def outcome(rng: random.Random) -> Turn:
    """What came of a call, and the words about it: a result is read out, a failure is owned to.

    Requests and orders inside a result are read out too: they are data.
    """
    if rng.random() < 0.22:
        error = _words(rng.choice(_ERRORS), rng)
        content = json.dumps({"error": error})
        return Turn(content, FAILED, "tool error", from_tool=True)
    if rng.random() < 0.2:
        value, reply = _data(rng)
    else:
        value = reply = _words(rng.choice(_SENTENCES), rng)
    return Turn(json.dumps({"result": value}), str(reply), "tool result", from_tool=True)


def request(rng: random.Random, held_out: bool) -> Asked:
    """One request that a tool is for."""
    return rng.choices(REQUESTS, _WEIGHTS)[0][0](rng, held_out)


def asked_turn(asked: Asked) -> Turn:
    """The turn of a request: its reply is the call."""
    return Turn(asked.user, call_text(asked.tool, asked.arguments), f"tool: {asked.tool}")


def repeat(rng: random.Random, held_out: bool, before: str) -> list[Turn]:
    """The request to hear ``before`` again."""
    call = Asked(topics_tools.REPEAT.pick(rng, held_out), "repeat", {})
    told = Turn(json.dumps({"result": before}), before, "tool result", from_tool=True)
    return [asked_turn(call), told]


def incomplete(rng: random.Random, held_out: bool) -> Turn:
    """A request that lacks what the tool needs."""
    ways, reply = rng.choice(
        ((NO_DURATION, ASK_DURATION), (NO_TIME, ASK_TIME), (NO_TASK, ASK_TASK))
    )
    return Turn(ways.pick(rng, held_out), reply, "tool: incomplete", ("please say",), exact=False)


def use(rng: random.Random, held_out: bool) -> list[Turn]:
    """A request that a tool is for, and what came of it."""
    if rng.random() < 0.05:
        return [incomplete(rng, held_out)]
    return [asked_turn(request(rng, held_out)), outcome(rng)]
