"""What was said in this conversation: the person's words, and what they heard of ours."""

import re
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Literal

from edgevoice.dialog.calls import ToolCall

BYTES_PER_TOKEN = 2
"""Tokenisers need a token for 3–4 bytes of English; we count on 2, to be on the safe side."""

MESSAGE_TOKENS = 8
"""What a chat template puts around one message, at most."""


Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a conversation, as chat models know it.

    An assistant's message may call tools (`calls`); what came of each follows in a message of the
    role `tool`.
    """

    role: Role
    content: str
    calls: tuple[ToolCall, ...] = ()


HIGH_WATER, LOW_WATER = 0.5, 0.25
"""Shares of the budget: above the one there is something to fold at idle, down to the other."""

SUMMARY_SHARE = 0.2
"""Share of the budget that the summary may take."""

SUMMARY_LETTERS = 80
"""What a folded turn keeps of each side, at most."""

SUMMARY_HEAD = "Earlier in this conversation:"


class History:
    """Messages that alternate between user and assistant, within a budget of tokens.

    What a reply did (calls of tools, and their outcomes) stands before its words.

    Words that were not answered yet are joined with those that follow, and a reply of which nothing
    was heard leaves no trace: chat templates want roles to alternate, and so do people.

    Old turns are folded into a summary behind the system prompt. It is made of the beginnings of
    what was said, not written by the model: a model that fits a small board invents when it is
    asked to sum up, which must not happen to what a patient said, and it would take seconds.
    """

    def __init__(
        self, system_prompt: str, budget_tokens: int, facts: Callable[[], str] = lambda: ""
    ) -> None:
        """`facts`: what is known beforehand; asked for when a conversation begins, and the same
        until its end."""
        self._instructions = system_prompt
        self._facts = facts
        self._prompt = self._begin()
        self._budget = budget_tokens
        self._summary: list[str] = []
        self._messages: list[Message] = []

    def take_over(self, before: "History") -> bool:
        """Remember what `before` does; answers whether a model that has read that must read
        anew."""
        self._messages, self._summary = before._messages, before._summary
        return self._prompt != before._prompt

    @property
    def unanswered(self) -> bool:
        """Whether the person's last words still wait for a reply."""
        return bool(self._messages) and self._messages[-1].role == "user"

    @property
    def empty(self) -> bool:
        """Whether nothing that was said is remembered."""
        return not self._messages and not self._summary

    def add_user(self, text: str) -> None:
        """The person said `text`. There is always room: if need be, old turns are folded now."""
        self._messages = _with(self._messages, "user", text)
        if self._tokens() > self._budget:
            self._fold()

    def add_assistant(self, heard: str, deeds: Sequence[Message] = ()) -> None:
        """Our reply did `deeds`, and the person heard `heard` of it."""
        if self.unanswered:
            self._messages = _with([*self._messages, *deeds], "assistant", heard)

    def add_announcement(self, heard: str) -> None:
        """The person heard `heard`, which answers nothing: a timer rang."""
        if self._messages and not self.unanswered:
            self._messages = _with(self._messages, "assistant", heard)

    def messages(self) -> list[Message]:
        """System prompt, summary and conversation, as a chat model takes them."""
        return [self._system(), *self._messages]

    def asked(self, text: str) -> list[Message]:
        """What `messages` will be if the person says `text` now."""
        later = copy(self)  # its own lists are replaced, never changed
        later.add_user(text)
        return later.messages()

    def fold(self) -> bool:
        """Make room, for when nobody waits; answers whether that changed anything.

        Much at once, because it changes the prompt's beginning and costs the model its cache.
        """
        before = self.messages()
        if self._tokens() > HIGH_WATER * self._budget:
            self._fold()
        return self.messages() != before

    def clear(self) -> None:
        """Forget the conversation."""
        self._messages, self._summary = [], []
        self._prompt = self._begin()

    def _begin(self) -> str:
        return "\n\n".join(filter(None, [self._instructions, self._facts()]))

    def _system(self) -> Message:
        if not self._summary:
            return Message("system", self._prompt)
        return Message("system", "\n".join([f"{self._prompt}\n\n{SUMMARY_HEAD}", *self._summary]))

    def _tokens(self) -> int:
        return sum(_tokens(message) for message in self.messages())

    def _fold(self) -> None:
        """Fold the oldest turns, but for the last one, down to the low-water mark."""
        while (turn := self._oldest()) and self._tokens() > LOW_WATER * self._budget:
            self._messages = self._messages[len(turn) :]
            said = " ".join(_short(part) for part in turn[1:] if part.role == "assistant")
            self._summary = [*self._summary, f"- They: {_short(turn[0])} You: {said.strip()}"]
            while self._summary and self._summary_tokens() > SUMMARY_SHARE * self._budget:
                self._summary = self._summary[1:]
        while self._summary and self._tokens() > self._budget:
            self._summary = self._summary[1:]  # the last turn alone fills the budget

    def _oldest(self) -> Sequence[Message]:
        """The oldest turn; none where it is the last one."""
        begins = [n for n, message in enumerate(self._messages) if message.role == "user"]
        return self._messages[begins[0] : begins[1]] if len(begins) > 1 else []

    def _summary_tokens(self) -> int:
        return _tokens(Message("system", "\n".join(self._summary)))


def _with(messages: Sequence[Message], role: Role, text: str) -> list[Message]:
    """`messages` after somebody said `text`."""
    if not text.strip():
        return [*messages]
    if messages and messages[-1].role == role and not messages[-1].calls:
        *before, last = messages
        return [*before, Message(role, f"{last.content} {text}")]
    return [*messages, Message(role, text)]


def _tokens(message: Message) -> int:
    text = message.content + "".join(call.text for call in message.calls)
    return len(text.encode()) // BYTES_PER_TOKEN + MESSAGE_TOKENS


def _short(message: Message) -> str:
    """The beginning of `message`, whole words of it where its writing parts words: half a number
    would be a lie."""
    text = " ".join(message.content.split())
    if len(text) <= SUMMARY_LETTERS:
        return text
    words, _, _ = text[: SUMMARY_LETTERS - 1].rpartition(" ")
    return f"{words or text[: SUMMARY_LETTERS - 2]} …"


def last_made_whole(clauses: Sequence[tuple[str, int]], letter: int) -> list[tuple[str, int]]:
    """`clauses` whose last one is still being spoken, with the length that it will have.

    The voice's pace so far tells; where there is none yet, a letter is taken to last `letter`
    samples. Without this the text of a long clause would be spread over the part that was made,
    and words would count as heard that had not sounded.
    """
    *before, (text, samples) = clauses
    letters = sum(len(clause.rstrip()) for clause, _ in before)
    pace = sum(made for _, made in before) / letters if letters else letter
    return [*before, (text, max(samples, round(len(text.rstrip()) * pace)))]


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
