"""Chat templates as GGUF files carry them, rendered the way their authors' tools do.

A template is a program from a stranger's file, so it runs in Jinja's sandbox and sees only what is
listed here. It is not told the date (`strftime_now`): a clock in the prompt would empty the
model's cache every morning.

Whether a template knows tools is found out by trying: only if a call and its outcome come out in a
format that we can read, it is left to the template. Others see the same as words of the assistant
and of the user, and the tools in the system message.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any, NoReturn

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from edgevoice.engines.base import Message, ToolCall, ToolSpec
from edgevoice.engines.neutral import Neutral
from edgevoice.engines.tool_format import (
    PROBE,
    CallFormat,
    call_text,
    described,
    format_of,
    function,
    outcome_text,
)
from edgevoice.errors import EngineError, ModelError

_PROBED = (
    Message("system", "s"),
    Message("user", "u"),
    Message("assistant", "", (PROBE,)),
    Message("tool", "98765"),
)
_PROBING = ToolSpec("tool_of_the_trial", "d", {"type": "object", "properties": {}})


class ChatTemplate:
    """Turns messages into the text that a chat model continues."""

    def __init__(self, source: str, *, bos: str, eos: str, control: Iterable[str] = ()) -> None:
        """`bos`, `eos`: the model's begin and end tokens, as text. `control`: all tokens that must
        not stand in a message. Raises `ModelError`."""
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals["raise_exception"] = _refuse
        # As the authors' tools do it: Jinja's own writes "<" and "&" for web pages.
        environment.filters["tojson"] = _to_json
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateError as error:
            raise ModelError(
                f"the model's chat template is broken ({error})", "Choose another llm.model."
            ) from None
        self._source = source
        self._tokens = {"bos_token": bos, "eos_token": eos}
        self._neutral = Neutral(control)
        self._knows_tools = self._knows_calls = False
        self.calls = CallFormat()
        """How this model writes calls."""
        if "tool" in source:
            self._try_tools()

    def _try_tools(self) -> None:
        self._knows_tools = True
        try:
            prompt = self._render(_PROBED, [_PROBING])
        except Exception:  # a stranger's program can fail in any way
            prompt = ""
        found = format_of(prompt) if _PROBED[-1].content in prompt else None
        self._knows_calls = found is not None
        self._knows_tools = self._knows_calls and _PROBING.name in prompt
        self.calls = found or self.calls

    @property
    def knows_tools(self) -> bool:
        """Whether its author has taught it tools; otherwise they are told in the system message."""
        return self._knows_tools

    def render(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> str:
        """The prompt. After a message of the user, or the outcome of a call, it ends where the
        assistant's reply begins.

        Some models know no system message; to them it is the beginning of the first request.
        Raises `EngineError` when the template refuses the messages.
        """
        asked = self._put(messages, tools)
        try:
            return self._render(asked, tools)
        except Exception as error:  # a stranger's program can fail in any way
            folded = _fold_system(asked)
            if len(folded) < len(asked):
                return self._render_folded(folded, tools)
            raise self._refusal(error) from None

    def _render_folded(self, folded: Sequence[Message], tools: Sequence[ToolSpec]) -> str:
        try:
            return self._render(folded, tools)
        except Exception as error:
            raise self._refusal(error) from None

    def _refusal(self, error: Exception) -> EngineError:
        return EngineError(
            f"the model's chat template refuses this conversation ({self._reason(error)})",
            "Choose another llm.model.",
        )

    def _reason(self, error: Exception) -> str:
        """Why the template refuses, where its author wrote so; any other text may hold words that
        were said, and this one is logged."""
        text = str(error)
        return text if text and text in self._source else type(error).__name__

    def render_open(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> str:
        """The prompt up to where the user's words go on: the last ones, or those after a reply.

        It is what the prompts for two ways of going on have in common.
        """
        if not messages or messages[-1].role != "user":
            messages = [*messages, Message("user", "")]
        *before, last = messages
        ways = [self.render([*before, Message("user", last.content + way)], tools) for way in "AB"]
        same = takewhile(lambda pair: pair[0] == pair[1], zip(*ways, strict=False))
        return "".join(letter for letter, _ in same)

    def _put(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> list[Message]:
        """`messages` as this template can take them, without control tokens in their words."""
        neutral = self._neutral
        asked = [
            Message(
                message.role,
                neutral.text(message.content),
                tuple(
                    ToolCall(neutral.text(call.name), neutral.value(call.arguments))
                    for call in message.calls
                ),
            )
            for message in messages
        ]
        if tools and not self._knows_tools:
            told = described([_harmless(tool, neutral) for tool in tools])
            asked = _told(asked, told)
        if not self._knows_calls and any(one.calls or one.role == "tool" for one in asked):
            asked = _joined([_as_words(one) for one in asked])
        return asked

    def _render(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> str:
        known = [_harmless(tool, self._neutral) for tool in tools] if self._knows_tools else []
        return self._template.render(
            messages=_shaped(messages),
            add_generation_prompt=bool(messages) and messages[-1].role in ("user", "tool"),
            # Reasoning models would think aloud for half a minute before they speak.
            enable_thinking=False,
            tools=[{"type": "function", "function": function(tool)} for tool in known] or None,
            **self._tokens,
        )


def _shaped(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """`messages` in the shape that templates are written for."""
    shaped: list[dict[str, Any]] = []
    name = ""
    for message in messages:
        entry: dict[str, Any] = {"role": message.role, "content": message.content}
        if message.calls:
            entry["tool_calls"] = [
                {
                    "type": "function",
                    "function": {"name": call.name, "arguments": dict(call.arguments)},
                }
                for call in message.calls
            ]
            name = message.calls[-1].name
        if message.role == "tool":
            entry["name"] = name
        shaped.append(entry)
    return shaped


def _harmless(tool: ToolSpec, neutral: Neutral) -> ToolSpec:
    """`tool`, whose words may be a stranger's."""
    parameters = neutral.value(tool.parameters)
    return ToolSpec(neutral.text(tool.name), neutral.text(tool.description), parameters)


def _told(messages: Sequence[Message], words: str) -> list[Message]:
    """`messages` with `words` at the end of the system message."""
    match messages:
        case [Message("system", system), *rest]:
            return [Message("system", f"{system}\n\n{words}"), *rest]
        case _:
            return [Message("system", words), *messages]


def _as_words(message: Message) -> Message:
    """`message` for a template that knows neither calls nor their outcomes."""
    if message.role == "tool":
        return Message("user", outcome_text(message.content))
    calls = [call_text(call) for call in message.calls]
    return Message(message.role, "\n".join([message.content, *calls]).strip()) if calls else message


def _joined(messages: Sequence[Message]) -> list[Message]:
    """`messages` with those that follow each other in the same role made one."""
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            before = joined.pop().content
            message = Message(message.role, f"{before}\n\n{message.content}")
        joined.append(message)
    return joined


def _fold_system(messages: Sequence[Message]) -> Sequence[Message]:
    """`messages` with a leading system message moved into the user's message after it."""
    match messages:
        case [Message("system", system), Message("user", request), *rest]:
            return [Message("user", f"{system}\n\n{request}"), *rest]
        case _:
            return messages


def _to_json(
    value: object,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """What templates call `tojson`."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _refuse(message: str) -> NoReturn:
    """What templates call `raise_exception`."""
    raise jinja2.TemplateError(message)
