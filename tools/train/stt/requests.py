"""What people will ask the starter chat model, as the recogniser writes it."""

import random
from collections.abc import Callable

from tools.train.chat.corpus import sample_requests
from tools.train.chat.noise import interrupting, with_fillers

from .sentences import normalise

AT_ONCE = 64


def request_source(rng: random.Random, held_out: bool = False) -> Callable[[], str]:
    """A stream of user requests from the chat model's corpus, normalised.

    Some begin as people do who break in ("wait …") or think aloud ("um …"). ``held_out`` asks for
    phrasings that are never learned.
    """
    waiting: list[str] = []

    def next_request() -> str:
        if not waiting:
            waiting.extend(sample_requests(rng, AT_ONCE, held_out))
            rng.shuffle(waiting)
        text, kind = waiting.pop(), rng.random()
        if not held_out and kind < 0.16:
            text = interrupting(text, rng) if kind < 0.08 else with_fillers(text, rng)
        return normalise(text)

    return next_request
