"""Takes the power out of words that look like control tokens.

What a person says, what a tool or a document answers is data. A tokeniser reads the whole prompt,
though, and would read `<|im_end|>` in it as the end of the message, whoever wrote that.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from edgevoice.engines.tool_format import MARKS

COMMON = re.compile(
    r"<\|[^|<>\s]{1,64}\|>|</?s>|\[/?(?:INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\]"
    r"|<(?:start|end)_of_turn>|</?think>",
    re.IGNORECASE,
)
"""Control tokens of models that we cannot look into."""


class Neutral:
    """Parts the letters of every control token in a text."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        """`tokens`: the control tokens of the model."""
        known = {re.escape(token) for token in (*tokens, *MARKS) if token.strip()}
        longest_first = sorted(known, key=len, reverse=True)
        # Some templates put what was said into small letters.
        self._known = re.compile("|".join(longest_first), re.IGNORECASE)

    def text(self, text: str) -> str:
        """`text` with a space after the first letter of every control token."""
        for known in (self._known, COMMON):
            while (parted := known.sub(_part, text)) != text:
                text = parted
        return text

    def value(self, value: Any) -> Any:
        """A JSON value with all its texts treated so, names included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(part) for key, part in value.items()}
        return [self.value(part) for part in value] if isinstance(value, list | tuple) else value


def _part(found: re.Match[str]) -> str:
    token = found[0]
    return f"{token[0]} {token[1:]}" if len(token) > 1 else " "
