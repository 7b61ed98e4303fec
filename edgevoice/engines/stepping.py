"""A chat model that steps aside for a smaller one while the board is hot.

Not in the middle of a conversation: loading takes its time, and the other model's cache is empty.
The step is taken when the conversation is forgotten anyway, because nobody has spoken for a while.
Only one of the two is in memory.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from edgevoice.engines.base import (
    ChatModel,
    Eased,
    Guarded,
    Message,
    Priced,
    Stop,
    ToolCall,
    ToolSpec,
)
from edgevoice.engines.loading import load_chat
from edgevoice.errors import EdgevoiceError

if TYPE_CHECKING:
    from edgevoice.config import Config, LlmConfig

log = logging.getLogger(__name__)

HOT_SHARE = 0.5
"""From this share of its effort down, the smaller model is wanted; from 1, the main one again."""


@runtime_checkable
class Closing(Protocol):
    """What gives its memory back when asked."""

    def close(self) -> None:
        """Give it back."""
        ...


class SteppingChat:
    """A `ChatModel` that is one of two, by their settings `main` and `smaller`."""

    def __init__(
        self,
        main: "LlmConfig",
        smaller: "LlmConfig",
        load: Callable[["LlmConfig"], ChatModel] = load_chat,
    ) -> None:
        """Load the main one. Raises `ConfigError` or `ModelError`."""
        self._main, self._smaller = main, smaller
        self._load = load
        self._share = 1.0
        self._wanted = self._present = main
        self._before = 0
        self._model = load(main)

    @property
    def evaluated_tokens(self) -> int:
        return self._before + self._model.evaluated_tokens

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        self._model.prefill(messages, stop, tools)

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        return self._model.stream(messages, stop, tools)

    @property
    def given_up(self) -> bool:
        """Of whichever is in memory."""
        return isinstance(self._model, Guarded) and self._model.given_up

    def price(self, tools: Sequence[ToolSpec]) -> int:
        """Of whichever is in memory."""
        return self._model.price(tools) if isinstance(self._model, Priced) else 0

    def ease(self, share: float) -> None:
        """The smaller model from the next conversation on, if it is but a small share."""
        self._share = share
        if share <= HOT_SHARE:
            self._wanted = self._smaller
        elif share >= 1:
            self._wanted = self._main
        _ease(self._model, share)

    def forget(self) -> None:
        self._model.forget()
        if self._wanted is self._present:
            return
        wanted, other = self._wanted, self._present
        self._before = self.evaluated_tokens
        if isinstance(self._model, Closing):
            self._model.close()
        try:
            self._model = self._load(wanted)
        except EdgevoiceError as error:
            log.warning("the board is hot, but the smaller model does not help: %s", error)
            self._wanted, wanted = other, other
            self._model = self._load(other)
        self._present = wanted
        _ease(self._model, self._share)
        which = "the smaller model" if wanted is self._smaller else "the main model"
        log.warning("%s answers from now on: %s", which, wanted.name)


def _ease(model: ChatModel, share: float) -> None:
    if isinstance(model, Eased):
        model.ease(share)


def load_stepping(config: "Config") -> ChatModel:
    """The chat model of `config`; where a smaller profile has another one, it steps aside for that.

    Raises `ConfigError` or `ModelError`.
    """
    others = (
        profile.llm for profile in config.smaller() if _which(profile.llm) != _which(config.llm)
    )
    if (other := next(others, None)) is None:
        return load_chat(config.llm)
    # The length of the conversation stays: it is kept by who talks, not by the model.
    changes = {**_which(other), "threads": other.threads, "thorough": other.thorough}
    return SteppingChat(config.llm, config.llm.model_copy(update=changes))


def _which(settings: "LlmConfig") -> dict[str, object]:
    """What tells one model from another."""
    keys = ["engine", "model"]
    if settings.engine == "openai":
        keys = ["engine", "base_url", "remote_model", "api_key_file", "timeout_s"]
    return {key: getattr(settings, key) for key in keys}
