"""The held-out phrasings of all topics together, so that noise does not bring them back."""

import functools
import re
from collections.abc import Iterator

from tools.train.chat import (
    small_talk,
    tool_scenes,
    topics_animals,
    topics_colours,
    topics_long,
    topics_measures,
    topics_numbers,
    topics_places,
    topics_social,
    topics_space,
    topics_tools,
    topics_tools_lists,
    topics_tools_sums,
)
from tools.train.chat.noise import without_fillers
from tools.train.chat.outside_requests import KINDS
from tools.train.chat.phrasing import Phrasings, texts

TOPICS = (
    small_talk, topics_animals, topics_colours, topics_long, topics_measures, topics_numbers,
    topics_places, topics_social, topics_space, tool_scenes, topics_tools, topics_tools_lists,
    topics_tools_sums,
)  # fmt: skip


def _found_in(value: object) -> Iterator[Phrasings]:
    if isinstance(value, Phrasings):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _found_in(part)
    elif isinstance(value, topics_animals.Attribute):
        yield from _found_in((value.ask, value.ask_it))


def all_phrasings() -> list[Phrasings]:
    """The phrasings of every topic that the model can answer."""
    return [p for topic in TOPICS for value in vars(topic).values() for p in _found_in(value)]


@functools.cache
def _held_out_pattern() -> re.Pattern[str]:
    # Gibberish has no wording of its own: its templates would match nearly every line.
    templates = [p.held_out for p in all_phrasings()]
    templates += [kind.held_out for kind in KINDS if kind.name != "unclear"]
    wordings = sorted({text for held_out in templates for text in texts(held_out)})
    return re.compile(
        "|".join(re.sub(r"\\\{.\\\}", r"\\S+(?: \\S+){0,8}", re.escape(w)) for w in wordings)
    )


def is_held_out(line: str) -> bool:
    """Whether ``line`` is a held-out phrasing, with a filler before or after it or without."""
    return any(_held_out_pattern().fullmatch(part) for part in without_fillers(line))
