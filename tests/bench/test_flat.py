import pytest

from edgevoice.bench.flat import LATE, late_over_early, measure_flatness
from edgevoice.dialog.history import History
from edgevoice.engines.scripted import ScriptedChat


class Clock:
    """Time that passes with every token that the model evaluates: a second each."""

    def __init__(self, chat: ScriptedChat) -> None:
        self._chat = chat

    def __call__(self) -> float:
        return float(self._chat.evaluated_tokens)


def test_a_turn_costs_the_same_at_the_end_as_at_the_beginning() -> None:
    turns = 60
    seen: list[int] = []
    with ScriptedChat(["this is my answer to that"] * turns) as chat:
        times = measure_flatness(chat, History("be kind", 700), turns, seen.append, Clock(chat))
    assert seen == [*range(1, turns + 1)]
    # The last word, the ends of two messages' frames; folding is paid for at idle.
    assert max(times) <= 5000


def test_long_replies_are_left_early() -> None:
    history = History("be kind", 2000)
    with ScriptedChat(["word " * 100]) as chat:
        measure_flatness(chat, history, 1)
    assert len(history.messages()[-1].content.split()) == 24


def test_late_is_compared_with_early() -> None:
    times = [10.0] * 100 + [11.0] * (LATE - 98)
    assert late_over_early(times) == pytest.approx(1.1)
    assert late_over_early(times[:150]) is None
