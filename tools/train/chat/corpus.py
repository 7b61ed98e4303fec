"""Conversations to learn from, out of a seed.

`conversations` gives what the model is trained on; `sample_requests` gives user lines alone, as a
speech recogniser should write them, for whoever trains the recogniser.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tools.train.chat import (
    noise,
    split,
    topics_animals,
    topics_colours,
    topics_long,
    topics_measures,
    topics_numbers,
    topics_places,
    topics_social,
    topics_space,
)
from tools.train.chat.outside import outside
from tools.train.chat.phrasing import Turn

Scene = Callable[[random.Random, bool], list[Turn]]

#: Kinds of scenes and how often each is drawn.
SCENES: dict[str, tuple[Scene, float]] = {
    "capital": (topics_places.capital, 9),
    "country": (topics_places.country, 4),
    "continent": (topics_places.continent, 3),
    "planet": (topics_space.planet, 5),
    "about planet": (topics_space.about_planet, 4),
    "colour": (topics_colours.colour, 4),
    "animal": (topics_animals.animal, 14),
    "arithmetic": (topics_numbers.arithmetic, 24),
    "compare": (topics_numbers.compare, 5),
    "counting": (topics_numbers.counting, 2.5),
    "calendar": (topics_measures.calendar, 4),
    "months": (topics_measures.months, 3),
    "units": (topics_measures.units, 5),
    "opposite": (topics_measures.opposite, 4),
    "small talk": (topics_social.small_talk, 10),
    "greetings": (topics_social.greetings, 4),
    "names": (topics_social.names, 1.5),
    "amusements": (topics_social.amusements, 2),
    "story": (topics_long.tell_story, 1.5),
    "planets": (topics_long.planets, 1),
    "long count": (topics_long.long_count, 0.6),
    "outside": (outside, 36),
}
_REPEAT = (
    "say that again", "can you say that again", "repeat that", "what did you say",
    "once more please",
    "please repeat that", "can you repeat that", "i did not hear that", "again please", "pardon",
)  # fmt: skip
REPEAT_HELD_OUT = ("what was that", "could you repeat that please", "sorry what did you say")
_GO_ON = ("go on", "continue", "please go on", "and then what", "keep going", "tell me the rest")
#: What is hard to learn is practised more often than it is asked for.
_PRACTICE = {
    "continent": 2.0, "counting": 2.0, "small talk": 1.5, "animal": 1.4, "amusements": 1.6,
    "planet": 1.4, "about planet": 1.4, "arithmetic": 1.3, "outside": 2.0,
}  # fmt: skip
_WEIGHTS = [weight * _PRACTICE.get(kind, 1.0) for kind, (_, weight) in SCENES.items()]


@dataclass(frozen=True)
class Line:
    """A user line and its reply in a conversation; an unfinished reply is not learnt."""

    turn: Turn
    finished: bool = True


def scene(rng: random.Random, held_out: bool = False, kind: str | None = None) -> list[Turn]:
    """The turns of one scene; ``held_out`` takes phrasings that are never trained on."""
    kind = kind or rng.choices(list(SCENES), [weight for _, weight in SCENES.values()])[0]
    return SCENES[kind][0](rng, held_out)


def _arriving(turn: Turn, rng: random.Random, style: str, interrupting: bool) -> Turn:
    user = turn.user
    if interrupting:
        user = noise.interrupting(user, rng)
    elif rng.random() < 0.28:
        user = noise.with_fillers(user, rng)
    if style != "typed" and rng.random() < 0.1:
        user = noise.misheard(user, rng)
    if user != turn.user and split.is_held_out(user):
        user = turn.user
    return replace(turn, user=noise.typed(user, rng) if style == "typed" else user)


def _cut(reply: str, rng: random.Random) -> str:
    """The part of ``reply`` that was heard before somebody broke in."""
    parts = reply.split(" ")
    heard = " ".join(parts[: rng.randint(0, len(parts) - 1)])
    return heard + rng.choice(("", "", "", "...", "…", " -")) if heard else heard


def _rest(reply: str, heard: str) -> str:
    """What remains of ``reply`` from the beginning of the sentence that was broken off."""
    start = max((m.end() for m in re.finditer(r"\. ", reply) if m.end() <= len(heard)), default=0)
    return reply[start:]


def conversation(rng: random.Random, turns: int) -> list[Line]:
    """A conversation of about ``turns`` turns, in one style throughout.

    Now and then a reply is broken off, told again, or gone on with.
    """
    style = "typed" if rng.random() < 0.27 else "spoken"
    lines: list[Line] = []
    broken = named = False
    while len(lines) < turns:
        kind = rng.choices(list(SCENES), _WEIGHTS)[0]
        if kind == "names":
            if named:
                continue
            named = True
        for turn in scene(rng, kind=kind):
            lines.append(Line(_arriving(turn, rng, style, broken)))
            broken = False
        last = lines[-1].turn
        if rng.random() < (0.35 if last.topic == "long answers" else 0.04):
            heard = _cut(last.reply, rng)
            lines.append(Line(replace(last, reply=heard), finished=False))
            del lines[-2]
            broken = True
            if last.topic == "long answers" and heard and rng.random() < 0.15:
                rest = _rest(last.reply, heard)
                lines.append(Line(Turn(rng.choice(_GO_ON), rest, "follow-ups")))
                broken = False
        elif len(last.reply) < 120 and rng.random() < 0.04:
            lines.append(Line(Turn(rng.choice(_REPEAT), last.reply, "follow-ups")))
    return lines


def conversations(seed: int) -> Iterator[list[Line]]:
    """An endless stream of conversations, the same ones for the same seed."""
    rng = random.Random(seed)
    while True:
        yield conversation(rng, rng.choice((1, 2, 3, 4, 6, 9, 14)))


def sample_requests(rng: random.Random, n: int, held_out: bool = False) -> list[str]:
    """``n`` user lines without noise: lower case, no punctuation, numbers as words.

    Only requests that the model can answer; ``held_out`` takes the phrasings that it is tested
    on in place of those that it learns from.
    """
    kinds = [kind for kind in SCENES if kind != "outside"]
    weights = [SCENES[kind][1] for kind in kinds]
    lines: list[str] = []
    while len(lines) < n:
        turns = scene(rng, held_out, rng.choices(kinds, weights)[0])
        lines += [turn.user for turn in turns]
        if not held_out and rng.random() < 0.02:
            lines.append(rng.choice(_REPEAT + _GO_ON))
    return lines[:n]
