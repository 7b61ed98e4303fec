"""Which tools a language model is told of: their descriptions stand in every prompt, and a small
model has little room.

Those of the operator come first, then ours; what does not fit is left to the sentence templates.
"""

import json
import logging
from collections.abc import Sequence

from edgevoice.dialog.calls import ToolSpec
from edgevoice.engines.base import ChatModel, Priced
from edgevoice.skills.tool import BUILT_IN
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


class Offer:
    """The tools of `toolbox` that `chat` is told of; called whenever a prompt is made."""

    def __init__(self, toolbox: Toolbox, chat: ChatModel, context_tokens: int) -> None:
        self._toolbox = toolbox
        self._chat = chat
        self._budget = round(SHARE * context_tokens)
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
        tools = sorted(self._toolbox.tools, key=lambda tool: tool.source == BUILT_IN)
        specs = tuple(tool.spec for tool in tools)
        fits, too_many = 0, len(specs) + 1
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            if cost(self._chat, specs[:middle]) <= self._budget:
                fits = middle
            else:
                too_many = middle
        return specs[:fits]
