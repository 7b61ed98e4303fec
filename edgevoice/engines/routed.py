"""Two chat models, of which a router chooses one for every turn; each behind a breaker.

Until the first piece of a reply, the other one can still take over, and nobody notices. After that
a failure is a failure: half a sentence must not be followed by another model's.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from edgevoice.dialog.breaker import Breaker, Limits
from edgevoice.dialog.router import Health, Route, features_of, route
from edgevoice.engines.base import ChatModel, Eased, Message, Priced, Stop, ToolCall, ToolSpec
from edgevoice.engines.stepping import Closing
from edgevoice.errors import EdgevoiceError, EngineError

log = logging.getLogger(__name__)

LIMITS = Limits()


class RoutedChat:
    """A `ChatModel` that is two. Whoever has nothing to say is followed by the other, too."""

    def __init__(
        self,
        fast: ChatModel,
        thorough: ChatModel,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits = LIMITS,
    ) -> None:
        self._models: dict[Route, ChatModel] = {"fast": fast, "thorough": thorough}
        self._breakers: dict[Route, Breaker] = {
            "fast": Breaker(limits),
            "thorough": Breaker(limits),
        }
        self._clock = clock
        self._last: Route = "fast"

    @property
    def evaluated_tokens(self) -> int:
        return sum(model.evaluated_tokens for model in self._models.values())

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        """Into the cache of whichever would answer; into both as long as nobody has said anything.

        It is only a head start: a failure is remembered, and told to nobody.
        """
        spoken = messages and messages[-1].role == "user" and messages[-1].content.strip()
        for way in self._ways(messages, tools)[: 1 if spoken else 2]:
            try:
                self._models[way].prefill(messages, stop, tools)
            except Exception as error:
                self._failed(way, error)

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        ways = self._ways(messages, tools)
        if not ways:
            raise EngineError(
                "both language models have failed a moment ago", "They are tried again soon."
            )
        for n, way in enumerate(ways):
            self._last, begun = way, False
            try:
                for piece in self._models[way].stream(messages, stop, tools):
                    begun = True
                    yield piece
            except GeneratorExit:
                self._succeeded(way)
                raise
            except Exception as error:
                self._failed(way, error)
                if begun or stop.is_set() or n + 1 == len(ways):
                    raise
                continue
            if begun:
                self._succeeded(way)
            if begun or stop.is_set():
                return

    @property
    def given_up(self) -> bool:
        """Whether neither may be tried just now."""
        now = self._clock()
        return not any(breaker.allows(now) for breaker in self._breakers.values())

    def price(self, tools: Sequence[ToolSpec]) -> int:
        """Of the one for which they take more."""
        priced = (model for model in self._models.values() if isinstance(model, Priced))
        return max((model.price(tools) for model in priced), default=0)

    def ease(self, share: float) -> None:
        for model in self._models.values():
            if isinstance(model, Eased):
                model.ease(share)

    def forget(self) -> None:
        try:
            self._models["fast"].forget()
        finally:
            self._models["thorough"].forget()

    def close(self) -> None:
        """Close both."""
        for model in self._models.values():
            if isinstance(model, Closing):
                model.close()

    def _ways(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> list[Route]:
        """Who is to be tried, the best first."""
        now = self._clock()
        may = {way: breaker.allows(now) for way, breaker in self._breakers.items()}
        best = route(features_of(messages, tools=bool(tools)), Health(may["fast"], may["thorough"]))
        if messages and messages[-1].role == "tool" and may[self._last]:
            best = self._last  # it has called the tool, and knows what for
        return sorted((way for way in may if may[way]), key=lambda way: way != best)

    def _succeeded(self, way: Route) -> None:
        self._breakers[way] = self._breakers[way].succeeded(self._clock())

    def _failed(self, way: Route, error: Exception) -> None:
        self._breakers[way] = self._breakers[way].failed(self._clock())
        # Of a library's error only the kind is told: its text may hold words.
        why = error if isinstance(error, EdgevoiceError) else type(error).__name__
        log.warning("the %s language model failed: %s", way, why)
