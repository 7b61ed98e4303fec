"""The shape of a conversation: special tokens and the chat template of the model file."""

BEGIN, END, USER, ASSISTANT = "<|begin|>", "<|end|>", "<|user|>", "<|assistant|>"
SPECIAL_TOKENS: tuple[str, ...] = (BEGIN, END, USER, ASSISTANT)

#: System messages are ignored: the starter's manner is trained in. User text is read in lower
#: case after a space, so that a word is the same token at the start of a line as inside it.
CHAT_TEMPLATE = (
    "{{ '<|begin|>' }}"
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}"
    "{{ '<|user|> ' + message['content'] | trim | lower + '<|end|>' }}"
    "{% elif message['role'] == 'assistant' %}"
    "{{ '<|assistant|>' + message['content'] | trim + '<|end|>' }}"
    "{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def user_text(content: str) -> str:
    """The text of a user turn, as the template writes it."""
    return f"{USER} {content.strip().lower()}{END}"


def assistant_text(content: str) -> str:
    """The text of an assistant turn, as the template writes it."""
    return f"{ASSISTANT}{content.strip()}{END}"
