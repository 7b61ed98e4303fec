"""What was said in this conversation: the person's words, and what they heard of ours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BYTES_PER_TOKEN = 2
"""Tokenisers need a token for 3–4 bytes of English; we count on 2, to be on the safe side."""

MESSAGE_TOKENS = 8
"""What a chat template puts around one message, at most."""


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a conversation, as chat models know it."""

    role: Literal["system", "user", "assistant"]
    content: str


class History:
    """Messages that alternate between user and assistant, within a budget of tokens.

    Words that were not answered yet are joined with those that follow, and a reply of which nothing
    was heard leaves no trace: chat templates want roles to alternate, and so do people.
    """

    def __init__(self, system_prompt: str, budget_tokens: int) -> None:
        self._system = Message("system", system_prompt)
        self._budget = budget_tokens
        self._messages: list[Message] = []

    @property
    def unanswered(self) -> bool:
        """Whether the person's last words still wait for a reply."""
        return bool(self._messages) and self._messages[-1].role == "user"

    def add_user(self, text: str) -> None:
        """The person said `text`; old turns are dropped when the budget is used up."""
        self._add("user", text)
        if self._tokens() > self._budget:
            self._shrink()

    def add_assistant(self, heard: str) -> None:
        """The person heard `heard` of our reply."""
        if self.unanswered:
            self._add("assistant", heard)

    def messages(self) -> list[Message]:
        """System prompt and conversation, as a chat model takes them."""
        return [self._system, *self._messages]

    def clear(self) -> None:
        """Forget the conversation."""
        self._messages.clear()

    def _add(self, role: str, text: str) -> None:
        if not text.strip():
            return
        if role == "user" and self.unanswered:
            self._messages[-1] = Message("user", f"{self._messages[-1].content} {text}")
        else:
            self._messages.append(Message("user" if role == "user" else "assistant", text))

    def _tokens(self) -> int:
        return sum(
            len(message.content.encode()) // BYTES_PER_TOKEN + MESSAGE_TOKENS
            for message in self.messages()
        )

    def _shrink(self) -> None:
        """Drop the oldest turns down to half of the budget.

        Half at once, because every drop changes the prompt's beginning and costs the model its
        cache: better once in twenty turns than at every turn.
        """
        while len(self._messages) > 1 and self._tokens() > self._budget // 2:
            self._messages.pop(0)
            while len(self._messages) > 1 and self._messages[0].role == "assistant":
                self._messages.pop(0)


def last_made_whole(clauses: Sequence[tuple[str, int]], letter: int) -> list[tuple[str, int]]:
    """`clauses` whose last one is still being spoken, with the length that it will have.

    The voice's pace so far tells; where there is none yet, a letter is taken to last `letter`
    samples. Without this the text of a long clause would be spread over the part that was made,
    and words would count as heard that had not sounded.
    """
    *before, (text, samples) = clauses
    letters = sum(len(clause) for clause, _ in before)
    pace = sum(made for _, made in before) / letters if letters else letter
    return [*before, (text, max(samples, round(len(text) * pace)))]


def heard_part(clauses: Sequence[tuple[str, int]], heard: int) -> str:
    """The text of `clauses` (text and its length in samples) that `heard` samples cover.

    Within a clause the words are taken to be spread evenly, and a word counts when its last
    letter was heard.
    """
    text = ""
    for clause, samples in clauses:
        if heard >= samples:
            text += clause
            heard -= samples
            continue
        letters = len(clause.rstrip()) * heard / samples
        ends = [match.end() for match in re.finditer(r"\S+", clause)]
        return text + clause[: max((end for end in ends if end <= letters), default=0)]
    return text
