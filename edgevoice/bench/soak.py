"""Does memory grow? Many conversations with real engines, on a clock that jumps.

The engines work, nobody waits: a conversation takes only as long as its computing.
"""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgevoice.app import Engines, Workers, build_agent
from edgevoice.bench.usage import rss_mb
from edgevoice.config import Config
from edgevoice.engines.workers import InlineWorker
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Line

CONVERSATIONS, WARM = 500, 50
LIMIT_S = 900
"""Longest that it may take; on a slow board it ends before the last conversation."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """Memory after the conversation `WARM`, and after the last one, `held`."""

    held: int
    wanted: int
    warm_mb: float | None
    final_mb: float

    @property
    def growth(self) -> float | None:
        """The last over the warm one; None when they could not all be held."""
        return self.final_mb / self.warm_mb if self.warm_mb and self.held == self.wanted else None


def soak(
    config: Config,
    engines: Engines,
    lines: Sequence[Line],
    progress: Callable[[int], None] = lambda _: None,
    conversations: int = CONVERSATIONS,
    warm: int = WARM,
    limit_s: float = LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
    memory: Callable[[], float] = rss_mb,
) -> Soaked:
    """Hold the conversation of `lines` again and again; `progress` is told how often by now."""
    until = clock() + limit_s
    warm_mb: float | None = None
    held = 0
    while held < conversations and clock() < until:
        run_virtual(_hold(config, engines, lines))
        held += 1
        if held == warm:
            warm_mb = _settled(memory)
        progress(held)
    return Soaked(held, conversations, warm_mb, _settled(memory))


async def _hold(config: Config, engines: Engines, lines: Sequence[Line]) -> None:
    workers = Workers(InlineWorker(), InlineWorker(), InlineWorker(), InlineWorker())
    await build_agent(config, engines, workers, Caller(lines, patience_s=5)).run()


def _settled(memory: Callable[[], float]) -> float:
    gc.collect()
    return memory()
