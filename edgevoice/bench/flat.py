"""Does the first token come later and later as a conversation grows?

The language model alone, as a conversation uses it: it reads the words along while they are spoken,
answers, and at idle the history is folded and read again. What is timed is the rest of the prompt
and the first token.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from statistics import median

from edgevoice.dialog.history import History
from edgevoice.engines.base import NEVER, ChatModel, ToolCall, words_of

QUESTIONS = (
    "what is the capital of france",
    "how many legs does a spider have",
    "what is seven times eight",
    "tell me a story about a fox",
    "how many days are there in a week",
)
REPLY_TOKENS = 24
"""Tokens after which a reply is left: enough to make the conversation grow."""

EARLY, LATE, AROUND = 5, 200, 2
"""Turns that are compared, each by the median of it and so many before and after it."""


def measure_flatness(
    chat: ChatModel,
    history: History,
    turns: int = LATE + AROUND,
    progress: Callable[[int], None] = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> list[float]:
    """Hold `turns` turns; answers the milliseconds to the first token of each."""
    times = []
    questions = cycle(QUESTIONS)
    for turn in range(1, turns + 1):
        question = next(questions)
        chat.prefill(history.asked(question.rpartition(" ")[0]), NEVER)
        history.add_user(question)
        began = clock()
        pieces = _pieces(chat, history)
        first = next(pieces, "")
        times.append((clock() - began) * 1000)
        history.add_assistant(words_of([first, *pieces]))
        history.fold()
        chat.prefill(history.messages(), NEVER)
        progress(turn)
    return times


def late_over_early(times: Sequence[float]) -> float | None:
    """Time to first token around turn 200 over that around turn 5; None for too few turns."""
    if len(times) < LATE:
        return None
    early, late = (median(times[n - 1 - AROUND : n + AROUND]) for n in (EARLY, LATE))
    return late / early if early else None


def _pieces(chat: ChatModel, history: History) -> Iterator[str | ToolCall]:
    stop = threading.Event()
    for n, piece in enumerate(chat.stream(history.messages(), stop), 1):
        if n == REPLY_TOKENS:
            stop.set()
        yield piece
