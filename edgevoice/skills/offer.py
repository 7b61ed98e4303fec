"""Which tools a language model is told of: their descriptions stand in every prompt, and a small
model has little room.

Those of the operator come first, then ours; what does not fit is left to the sentence templates.
"""

import json
import logging
from collections.abc import Iterable, Sequence

from edgevoice.dialog.calls import ToolSpec
from edgevoice.engines.base import ChatModel, Priced
from edgevoice.skills.tool import BUILT_IN, Tool
from edgevoice.skills.toolbox import Toolbox

SHARE = 0.4
"""Of the model's context, so much may be taken by descriptions of tools."""

LETTERS_PER_TOKEN = 3
"""Of a schema; for models that do not tell."""

log = logging.getLogger(__name__)


def cost(chat: ChatModel, tools: Sequence[ToolSpec]) -> int:
    """Tokens that descriptions of `tools` take in a prompt for `chat`."""
    if isinstance(chat, Priced):
        return chat.price(tools)
    letters = sum(len(json.dumps(dict(tool.parameters))) + len(tool.description) for tool in tools)
    return letters // LETTERS_PER_TOKEN


def budget(context_tokens: int) -> int:
    """Tokens of a context that descriptions of tools may take."""
    return round(SHARE * context_tokens)


def by_rank(tools: Iterable[Tool]) -> list[Tool]:
    """`tools`, in the order in which a model is told of them: the operator's first."""
    return sorted(tools, key=lambda tool: tool.source == BUILT_IN)


def fitting(chat: ChatModel, specs: Sequence[ToolSpec], tokens: int) -> Sequence[ToolSpec]:
    """As many of the first `specs` as take no more than `tokens` in a prompt for `chat`."""
    fits, too_many = 0, len(specs) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if cost(chat, specs[:middle]) <= tokens:
            fits = middle
        else:
            too_many = middle
    return specs[:fits]


class Offer:
    """The tools of `toolbox` that `chat` is told of; called whenever a prompt is made."""

    def __init__(self, toolbox: Toolbox, chat: ChatModel, context_tokens: int) -> None:
        self._toolbox = toolbox
        self._chat = chat
        self._budget = budget(context_tokens)
        self._known: tuple[ToolSpec, ...] = ()
        self._chosen: tuple[ToolSpec, ...] = ()

    def __call__(self) -> tuple[ToolSpec, ...]:
        """They stay the same as long as the tools do."""
        known = self._toolbox.specs
        if known != self._known:
            self._known, self._chosen = known, self._choose()
            if left := len(known) - len(self._chosen):
                log.warning(
                    "the language model is told of %d of %d tools; a larger llm.context_tokens has "
                    "room for the other %d",
                    len(self._chosen),
                    len(known),
                    left,
                )
        return self._chosen

    @property
    def tokens(self) -> int:
        """What they take of the context."""
        return cost(self._chat, self())

    def _choose(self) -> tuple[ToolSpec, ...]:
        specs = tuple(tool.spec for tool in by_rank(self._toolbox.tools))
        return tuple(fitting(self._chat, specs, self._budget))
