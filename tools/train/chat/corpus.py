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
    tool_scenes,
    topics_animals,
    topics_colours,
    topics_long,
    topics_measures,
    topics_numbers,
    topics_places,
    topics_social,
    topics_space,
)
from tools.train.chat.chat_format import CALL, read_call
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
_GO_ON = ("go on", "continue", "please go on", "and then what", "keep going", "tell me the rest")
#: What is hard to learn is practised more often than it is asked for.
_PRACTICE = {
    "continent": 2.0, "counting": 2.0, "small talk": 1.8, "animal": 1.4, "amusements": 1.6,
    "planet": 1.4, "about planet": 1.4, "arithmetic": 3.2, "outside": 2.0, "compare": 1.8,
    "months": 1.5, "units": 1.3, "long count": 2.0,
}  # fmt: skip
_WEIGHTS = [weight * _PRACTICE.get(kind, 1.0) for kind, (_, weight) in SCENES.items()]


#: How often a scene of a conversation is one with a tool.
TOOL_SHARE = 0.42


@dataclass(frozen=True)
class Line:
    """A user line and its reply in a conversation; an unfinished reply is not learnt."""

    turn: Turn
    finished: bool = True


def scene(rng: random.Random, held_out: bool = False, kind: str | None = None) -> list[Turn]:
    """The turns of one scene; ``held_out`` takes phrasings that are never trained on."""
    kind = kind or rng.choices(list(SCENES), [weight for _, weight in SCENES.values()])[0]
    return SCENES[kind][0](rng, held_out)


def keeps_copied(turn: Turn, user: str) -> bool:
    """Whether what the call takes from the request word by word is still there in ``user``."""
    call = read_call(turn.reply)
    copied = [text for text in call[1].values() if isinstance(text, str)] if call else []
    return all(text in user.lower() for text in copied if text in turn.user)


def _arriving(turn: Turn, rng: random.Random, style: str, interrupting: bool) -> Turn:
    if turn.from_tool:
        return turn
    user = turn.user
    if interrupting:
        user = noise.interrupting(user, rng)
    elif rng.random() < 0.28:
        user = noise.with_fillers(user, rng)
    if style != "typed" and rng.random() < 0.1:
        user = noise.misheard(user, rng)
    # "Today" is no filler where it tells when.
    tells_when = turn.reply.startswith(CALL) and user.endswith(" today")
    if user != turn.user and (
        tells_when or split.is_held_out(user) or not keeps_copied(turn, user)
    ):
        user = turn.user
    if style != "typed":
        return replace(turn, user=user)
    typed = noise.typed(user, rng)
    return replace(turn, user=typed if keeps_copied(turn, typed) else user)


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
        if rng.random() < TOOL_SHARE:
            turns_of_scene = tool_scenes.use(rng, held_out=False)
        else:
            kind = rng.choices(list(SCENES), _WEIGHTS)[0]
            if kind == "names":
                if named:
                    continue
                named = True
            turns_of_scene = scene(rng, kind=kind)
        for turn in turns_of_scene:
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
        elif len(last.reply) < 120 and rng.random() < 0.05:
            again = tool_scenes.repeat(rng, False, last.reply)
            lines += [Line(_arriving(turn, rng, style, False)) for turn in again]
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
            lines.append(rng.choice(_GO_ON))
    return lines[:n]
