"""Asks a person before something is done that cannot be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from edgevoice.dialog.calls import ToolCall
from edgevoice.errors import one_line, printable
from edgevoice.responders.base import Ending
from edgevoice.skills.phrasing import capital, joined
from edgevoice.skills.tool import ALL_OF_THEM, Tool

LETTERS = 100
"""Of an argument, so much is told before a yes."""


@dataclass(frozen=True, slots=True)
class Question:
    """We have asked whether to do this. Good until `until`, on the loop's clock. `heard`: the part
    of it that the person has heard."""

    text: str
    call: ToolCall
    until: float
    heard: str = ""

    @property
    def whole(self) -> bool:
        """Whether the person knows what we have asked."""
        return self.heard == self.text

    def ended(self, ending: Ending) -> "Question":
        """What was heard of it at the end of a reply."""
        reply = ending.heard.rstrip()
        parts = (self.text[:letters].rstrip() for letters in range(len(self.text), 0, -1))
        return replace(self, heard=next(filter(reply.endswith, parts), ""))


def question_of(tool: Tool, call: ToolCall, arguments: Mapping[str, Any]) -> str:
    """What is asked before `tool` is used. Nobody can agree to what they are not told: where the
    question itself does not say with what, the arguments are said before it."""
    given = {
        name: arguments[name] for name in call.arguments if arguments.get(name) not in ("", None)
    }
    told = _Blanks({**arguments, ALL_OF_THEM: _with_words(given)})
    text = printable(one_line(tool.question.format_map(told)))
    if any(field is not None for _, field, _, _ in Formatter().parse(tool.question)):
        return text
    said = [f"{capital(_plain(name))}: {_short(value)}. " for name, value in given.items()]
    return printable(f"{''.join(said)}{text}")


class _Blanks(dict[str, Any]):
    """What a question has no argument for stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def _with_words(arguments: Mapping[str, Any]) -> str:
    """`arguments` for a person who is asked whether to go on with them."""
    parts = [f"{_plain(name)} {_short(value)}" for name, value in arguments.items()]
    return f", with {joined(parts)}" if parts else ""


def _plain(name: str) -> str:
    return name.replace("_", " ").strip()


def _short(value: Any) -> str:
    words = one_line(str(value))
    return words if len(words) <= LETTERS else f"{words[:LETTERS].rstrip()} and so on"
