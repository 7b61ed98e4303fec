"""Which of two language models answers: the fast one, unless there is a reason for the other.

The reasons are seen in the request itself (how long it is, whether it asks to explain or compose
something, whether several things are to be done) and in what has just gone wrong. Words are
English; in other languages the length and what went wrong decide.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from edgevoice.dialog.history import Message

Route = Literal["fast", "thorough"]

LONG_WORDS = 25
"""A request of more words than this is a story, or a task with conditions."""


class Kind(Enum):
    """What a request asks for."""

    PLAIN = "plain"
    """A fact, a command, talk."""
    SEVERAL = "several"
    """More than one thing, one after the other."""
    THOUGHT = "thought"
    """To explain, compare, plan, compose."""


@dataclass(frozen=True, slots=True)
class Features:
    """What is known of a request: its length in `words`, its `kind`, whether there are `tools`, and
    whether what was done about the request before it has `failed`."""

    words: int = 0
    kind: Kind = Kind.PLAIN
    tools: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """Which of the models may be tried."""

    fast: bool = True
    thorough: bool = True


_THOUGHT = re.compile(
    r"\b(explain|compare|plan|summari[sz]e|write|compose|translate|think|imagine|pros and cons"
    r"|difference between|step by step|why (is|are|do|does|did|was|were|can|should|would)"
    r"|how (do|does|did|would|should) \w+ work|what (if|would happen))\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\b(and then|after that|and also|and (set|add|tell|remind|turn|call|put))\b", re.I
)
_WRONG = re.compile(
    r"^(no|nope|wrong|that's (wrong|not)|that is (wrong|not)|that was(n't| not)|not that)\b", re.I
)
_ERROR = '{"error":'


def route(features: Features, health: Health) -> Route | None:
    """Who answers; None: neither may be tried."""
    if not (health.fast and health.thorough):
        return "fast" if health.fast else "thorough" if health.thorough else None
    several = features.tools and features.kind is Kind.SEVERAL
    hard = several or features.kind is Kind.THOUGHT or features.words > LONG_WORDS
    return "thorough" if hard or features.failed else "fast"


def features_of(messages: Sequence[Message], *, tools: bool) -> Features:
    """What is known of the last request in `messages`; `tools`: whether there are any."""
    asked = [n for n, message in enumerate(messages) if message.role == "user"]
    if not asked:
        return Features(tools=tools)
    words = messages[asked[-1]].content.strip()
    before = messages[asked[-2] if len(asked) > 1 else 0 : asked[-1]]
    failed = any(one.role == "tool" and one.content.startswith(_ERROR) for one in before)
    return Features(
        words=len(words.split()),
        kind=_kind(words),
        tools=tools,
        failed=bool(before) and (failed or bool(_WRONG.search(words))),
    )


def _kind(words: str) -> Kind:
    if _THOUGHT.search(words):
        return Kind.THOUGHT
    return Kind.SEVERAL if _SEVERAL.search(words) else Kind.PLAIN
