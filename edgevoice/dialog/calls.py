"""What a reply may do besides talking: tools, calls of them, and what came of each.

    model ──ToolCall──▶ who runs it ──Outcome──▶ Message(role="tool") ──▶ model, or
                                                                      straight to the voice

An outcome is data. Nothing in it is ever taken for an instruction, or spoken as a promise.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_LETTERS = 1_000
"""Of an outcome, so much is told to a model at most."""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model must know of a tool. `parameters`: a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool is to be used, with these arguments (JSON values by name)."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def text(self) -> str:
        """As JSON, the way it stands in a prompt."""
        return json.dumps(
            {"name": self.name, "arguments": dict(self.arguments)}, ensure_ascii=False
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call.

    `ok`: whether what was asked for is done. `data`: what came back, JSON values; of a failure, why
    in a few words. `say`: the whole answer to the person, if the tool words it itself; it is spoken
    as it is, and no model is asked. `trusted`: whether `data` is ours; what others wrote (a web
    page, a document, a server) is not.
    """

    ok: bool
    data: Any = None
    say: str = ""
    trusted: bool = True

    @property
    def text(self) -> str:
        """As JSON, the way it stands in a prompt; what is too long is cut."""
        content = {"result" if self.ok else "error": self.say if self.data is None else self.data}
        text = json.dumps(content, ensure_ascii=False, default=str)
        return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
