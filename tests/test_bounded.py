"""A log that does not grow with the trouble."""

import logging
from collections.abc import Callable

import pytest

from edgevoice.cli.bounded import SPAN_S, Bounded


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def say(now: list[float]) -> Callable[[str], str | None]:
    bounded = Bounded(3, lambda: now[0])

    def say(text: str) -> str | None:
        """The line, as it is written, if it is."""
        record = logging.LogRecord("a", logging.WARNING, "a.py", 1, "%s!", (text,), None)
        return record.getMessage() if bounded.filter(record) else None

    return say


def test_few_lines_pass_as_they_are(say: Callable[[str], str | None], now: list[float]) -> None:
    for _ in range(10):
        assert [say("one"), say("two"), say("three")] == ["one!", "two!", "three!"]
        now[0] += SPAN_S


def test_many_lines_are_counted_and_told_of_later(
    say: Callable[[str], str | None], now: list[float]
) -> None:
    passed = [line for _ in range(1_000) if (line := say("again"))]
    assert passed == ["again!"] * 3
    now[0] += SPAN_S
    assert say("100%") == "100%! (before it, 997 lines were left out)"
    assert say("then") == "then!"
