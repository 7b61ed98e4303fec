"""What a service knows of the conversation, and what it has to be told."""

from collections.abc import Sequence

from edgevoice.dialog.history import Message


def spoken(messages: Sequence[Message]) -> list[Message]:
    """The words of `messages`; not what tools brought."""
    return [
        Message(message.role, message.content)
        for message in messages
        if message.role != "tool" and message.content.strip()
    ]


def before_the_question(messages: Sequence[Message]) -> list[Message]:
    """What was said before the person's last words."""
    asked = bool(messages) and messages[-1].role == "user"
    return spoken(messages[:-1] if asked else messages)


def unsaid(
    known: Sequence[Message], before: Sequence[Message], words: str
) -> tuple[list[Message], str] | None:
    """What a service that knows `known` must be told, and asked, so that it answers `words` after
    `before` was said. None where that cannot be: the conversation was folded, or forgotten, or went
    another way.

    A question that was not answered is joined with the next one (see `History`): then only the rest
    of it is new.
    """
    asked = known[-1].content if known and known[-1].role == "user" else None
    if asked is not None and words.startswith(asked) and list(before) == list(known[:-1]):
        return [], words[len(asked) :].strip()
    new = list(before[len(known) :])
    if list(before[: len(known)]) != list(known) or any(each.role == "system" for each in new):
        return None
    return new, words
