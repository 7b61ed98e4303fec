"""What there is to know before a reply is written: who understands without a language model, what
we say besides answers, and what tools may want to know of the conversation."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.wishes import Wishes
from edgevoice.skills.asking import Question
from edgevoice.skills.introductions import Speaker


class Recognises(Protocol):
    """Knows requests that need no language model."""

    def recognise(self, text: str) -> ToolCall | None:
        """What `text` asks for; None where that is not certain. Quick."""
        ...

    def forget(self) -> None:
        """Wipe what was said."""
        ...


class Knows(Protocol):
    """Has documents."""

    def answer(self, question: str) -> str:
        """What the documents say to `question`, as a sentence; empty where they do not. Quick."""
        ...


class Nothing:
    """Recognises nothing, and knows nothing."""

    def recognise(self, text: str) -> ToolCall | None:
        return None

    def forget(self) -> None:
        pass

    def answer(self, question: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is understood without a language model: `intents`, `documents`, whether words are a
    `consent` (True), a refusal (False) or neither, and by which words `wishes` are known; None: a
    model that wants something is always believed."""

    consent: Callable[[str], bool | None]
    intents: Recognises = field(default_factory=Nothing)
    documents: Knows = field(default_factory=Nothing)
    wishes: Wishes | None = None


@dataclass(frozen=True, slots=True)
class Sentences:
    """What we say besides answers, in the language that is spoken."""

    filler: str = "One moment."
    """A tool takes long."""
    failed: str = "Sorry, that did not work."
    """A tool has failed and does not say why."""
    refused: str = "All right, I won't."
    """The person said no to a question of ours."""
    unclear: str = "I am not sure what you would like me to do."
    """The model wants to do what nobody seems to have asked for."""
    not_done: str = "I have not done that."
    """In the place of a claim of the model's that is not true."""


@dataclass(slots=True)
class Situation:
    """What tools may want to know of the conversation."""

    last_reply: str = ""
    """What the person heard of us last."""
    words: str = ""
    """The person's last words."""
    speaker: Speaker = field(default_factory=Speaker)
    """Who has introduced themselves."""
    question: Question | None = None
    """What the person may say yes to."""
    strange: bool = False
    """Whether others have had a word in the conversation: a document, a server. It stays so, also
    where history keeps no more than a summary of it."""
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done once the reply has ended: going to sleep sooner would cut it off."""
