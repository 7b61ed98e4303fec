"""The shape of a conversation: special tokens, calls of tools, and the model's chat template."""

import json
from collections.abc import Mapping

BEGIN, END, USER, ASSISTANT, TOOL = "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>", "<|tool|>"
SPECIAL_TOKENS: tuple[str, ...] = (BEGIN, END, USER, ASSISTANT, TOOL)
CALL, CALLED = "<tool_call>", "</tool_call>"

#: System messages and lists of tools are ignored: manner and tools are trained in. User text is
#: read in lower case after a space, so that a word is the same token at the start of a line as
#: inside it. No message can write a special token: "<" becomes a space in what was said, and JSON's
#: own escape in what tools are told and answer.
CHAT_TEMPLATE = (
    "{{ '<|begin|>' }}"
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}"
    "{{ '<|user|> ' + message['content'] | trim | lower | replace('<', ' ') + '<|end|>' }}"
    "{% elif message['role'] == 'tool' %}"
    "{{ '<|tool|> ' + message['content'] | trim | replace('<', '\\\\u003c') + '<|end|>' }}"
    "{% elif message['role'] == 'assistant' %}"
    "{{ '<|assistant|>' + (message['content'] or '') | trim | replace('<', ' ') }}"
    "{% for call in message['tool_calls'] or [] %}"
    "{% set asked = call['function']['arguments'] %}"
    "{{ '<tool_call>{\"name\": \"' + call['function']['name'] | replace('<', ' ') "
    '+ \'", "arguments": \' + (asked if asked is string else asked | tojson) '
    "| replace('\\\\u0027', \"'\") | replace('<', '\\\\u003c') + '}</tool_call>' }}"
    "{% endfor %}"
    "{{ '<|end|>' }}"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def user_text(content: str) -> str:
    """The text of a user turn, as the template writes it."""
    return f"{USER} {content.strip().lower()}{END}"


def tool_text(content: str) -> str:
    """The text of a tool's outcome, as the template writes it."""
    return f"{TOOL} {content.strip()}{END}"


def assistant_text(content: str) -> str:
    """The text of an assistant turn, words or a call, as the template writes it."""
    return f"{ASSISTANT}{content.strip()}{END}"


def call_text(name: str, arguments: Mapping[str, object]) -> str:
    """A call of a tool, as the model writes it."""
    return f"{CALL}{json.dumps({'name': name, 'arguments': arguments})}{CALLED}"


def read_call(text: str) -> tuple[str, dict[str, object]] | None:
    """Name and arguments of the call that ``text`` is, or None if it is none, or broken."""
    if not (text.startswith(CALL) and text.endswith(CALLED)):
        return None
    try:
        call = json.loads(text.removeprefix(CALL).removesuffix(CALLED))
        return call["name"], dict(call["arguments"])
    except (ValueError, TypeError, KeyError):
        return None
