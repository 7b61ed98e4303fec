"""Chat templates as GGUF files carry them, rendered the way their authors' tools do.

A template is a program from a stranger's file, so it runs in Jinja's sandbox and sees only what is
listed here. It is not told the date (`strftime_now`): a clock in the prompt would empty the
model's cache every morning.
"""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from edgevoice.engines.base import Message
from edgevoice.errors import EngineError, ModelError


class ChatTemplate:
    """Turns messages into the text that a chat model continues."""

    def __init__(self, source: str, *, bos: str, eos: str) -> None:
        """`bos`, `eos`: the model's begin and end tokens, as text. Raises `ModelError`."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals["raise_exception"] = _refuse
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateError as error:
            raise ModelError(
                f"the model's chat template is broken ({error})", "Choose another llm.model."
            ) from None
        self._source = source
        self._tokens = {"bos_token": bos, "eos_token": eos}

    def render(self, messages: Sequence[Message]) -> str:
        """The prompt. After a message of the user it ends where the assistant's reply begins.

        Some models know no system message; to them it is the beginning of the first request.
        Raises `EngineError` when the template refuses the messages.
        """
        try:
            return self._render(messages)
        except Exception as error:  # a stranger's program can fail in any way
            folded = _fold_system(messages)
            if len(folded) < len(messages):
                return self.render(folded)
            raise EngineError(
                f"the model's chat template refuses this conversation ({self._reason(error)})",
                "Choose another llm.model.",
            ) from None

    def _reason(self, error: Exception) -> str:
        """Why the template refuses, where its author wrote so; any other text may hold words that
        were said, and this one is logged."""
        text = str(error)
        return text if text and text in self._source else type(error).__name__

    def render_open(self, messages: Sequence[Message]) -> str:
        """The prompt up to where the user's words go on: the last ones, or those after a reply.

        It is what the prompts for two ways of going on have in common.
        """
        if not messages or messages[-1].role != "user":
            messages = [*messages, Message("user", "")]
        *before, last = messages
        ways = [self.render([*before, Message("user", last.content + way)]) for way in "AB"]
        same = takewhile(lambda pair: pair[0] == pair[1], zip(*ways, strict=False))
        return "".join(letter for letter, _ in same)

    def _render(self, messages: Sequence[Message]) -> str:
        asked: list[Mapping[str, str]] = [
            {"role": message.role, "content": message.content} for message in messages
        ]
        return self._template.render(
            messages=asked,
            add_generation_prompt=bool(messages) and messages[-1].role == "user",
            # Reasoning models would think aloud for half a minute before they speak.
            enable_thinking=False,
            tools=None,
            **self._tokens,
        )


def _fold_system(messages: Sequence[Message]) -> Sequence[Message]:
    """`messages` with a leading system message moved into the user's message after it."""
    match messages:
        case [Message("system", system), Message("user", request), *rest]:
            return [Message("user", f"{system}\n\n{request}"), *rest]
        case _:
            return messages


def _refuse(message: str) -> NoReturn:
    """What templates call `raise_exception`."""
    raise jinja2.TemplateError(message)
