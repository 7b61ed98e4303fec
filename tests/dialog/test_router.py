"""Which model a request goes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.history import Message
from edgevoice.dialog.router import LONG_WORDS, Features, Health, Kind, features_of, route

PLAIN = Features(words=5)


@pytest.mark.parametrize(
    ("features", "way"),
    [
        (PLAIN, "fast"),
        (Features(), "fast"),
        (Features(words=LONG_WORDS), "fast"),
        (Features(words=LONG_WORDS + 1), "thorough"),
        (Features(kind=Kind.THOUGHT), "thorough"),
        (Features(kind=Kind.SEVERAL), "fast"),
        (Features(kind=Kind.SEVERAL, tools=True), "thorough"),
        (Features(words=3, tools=True), "fast"),
        (Features(words=3, failed=True), "thorough"),
    ],
)
def test_the_table_of_reasons(features: Features, way: str) -> None:
    assert route(features, Health()) == way


@given(st.builds(Features), st.builds(Health))
def test_nobody_is_asked_who_may_not_be(features: Features, health: Health) -> None:
    way = route(features, health)
    assert (way is None) == (not health.fast and not health.thorough)
    assert way is None or getattr(health, way)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("what time is it", Kind.PLAIN),
        ("set a timer for five minutes", Kind.PLAIN),
        ("bread and butter please", Kind.PLAIN),
        ("why not", Kind.PLAIN),
        ("set a timer for five minutes and then read my notes", Kind.SEVERAL),
        ("add milk to the list and remind me at six", Kind.SEVERAL),
        ("Explain how a fridge works", Kind.THOUGHT),
        ("why is the sky blue", Kind.THOUGHT),
        ("write a poem and then read it", Kind.THOUGHT),
    ],
)
def test_kinds_of_requests(words: str, kind: Kind) -> None:
    found = features_of([Message("user", words)], tools=True)
    assert found == Features(len(words.split()), kind, tools=True)


def dealt(outcome: str, words: str) -> list[Message]:
    return [
        Message("system", "Be brief."),
        Message("user", "hello"),
        Message("assistant", "Hello."),
        Message("user", "set a timer"),
        Message("assistant", "", (ToolCall("set_timer", {}),)),
        Message("tool", outcome),
        Message("assistant", "Well."),
        Message("user", words),
    ]


@pytest.mark.parametrize(
    ("outcome", "words", "failed"),
    [
        ('{"result": "set"}', "thanks", False),
        ('{"error": "no time"}', "five minutes", True),
        ('{"result": "set"}', "No, that's not what I said", True),
        ('{"result": "set"}', "that's wrong", True),
        ('{"result": "set"}', "nobody knows", False),
    ],
)
def test_what_has_just_gone_wrong_counts(outcome: str, words: str, failed: bool) -> None:
    assert features_of(dealt(outcome, words), tools=True).failed == failed


def test_what_went_wrong_earlier_does_not() -> None:
    later = [*dealt('{"error": "x"}', "five"), Message("assistant", "Set."), Message("user", "hi")]
    assert not features_of(later, tools=True).failed
    assert not features_of([Message("user", "no way")], tools=False).failed


def test_without_a_request_there_is_nothing_to_know() -> None:
    assert features_of([], tools=False) == Features()
    assert features_of([Message("system", "Explain.")], tools=True) == Features(tools=True)
