"""Who answers: every case of the table, and how we judge ourselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.bench.skills.two_sides import TABLE
from edgevoice.dialog.fallback import (
    FAILURES,
    LEAST,
    WINDOW,
    Ailment,
    Health,
    Side,
    Situation,
    When,
    asked_for,
    wanted,
    who_answers,
)

LOCAL, CLOUD = Side.LOCAL, Side.CLOUD


@pytest.mark.parametrize(("when", "requested", "ailing", "expected"), TABLE)
@pytest.mark.parametrize("ailment", Ailment)
def test_who_answers(
    when: When, requested: bool, ailing: bool, expected: tuple[Side, ...], ailment: Ailment
) -> None:
    ill = ailment if ailing else None
    able = Situation(when, True, requested, ailment=ill)
    unable = Situation(when, False, requested, ailment=ill)
    assert who_answers(able) == expected
    assert who_answers(unable) == (LOCAL,)
    assert wanted(able) == wanted(unable) == (expected[0] is CLOUD)


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("ailment", [None, *Ailment])
def test_what_only_we_can_do_is_ours(when: When, ailment: Ailment | None) -> None:
    kept = Situation(when, True, kept=True, ailment=ailment)
    assert who_answers(kept) == (LOCAL,)
    assert not wanted(kept)
    assert who_answers(Situation(when, True, requested=True, kept=True)) == (CLOUD, LOCAL)


def test_the_table_is_complete() -> None:
    assert len({row[:3] for row in TABLE}) == len(When) * 2 * 2 == len(TABLE)


PHRASES = ["ask the cloud", "ask the Internet"]


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("Ask the cloud, who was Ada Lovelace?", "who was Ada Lovelace?"),
        ("ask the internet what's new", "what's new"),
        ("Ask the cloud.", ""),
        ("Do not ask the cloud who that was.", ""),
        ("Ask the clouds who that was.", ""),
        ("", ""),
    ],
)
def test_a_request_for_the_service(words: str, question: str) -> None:
    assert asked_for(words, PHRASES) == question


@given(st.text(), st.lists(st.text()))
def test_any_words_and_phrases(words: str, phrases: list[str]) -> None:
    question = asked_for(words, phrases)
    assert " ".join(words.split()).endswith(question)


def health() -> Health:
    return Health(latency_ms=1_000, rest_s=60)


def test_one_failure_is_an_accident_and_two_are_a_fault() -> None:
    ours = health()
    ours.failed(1)
    assert ours.ailment(1) is None
    ours.answered(100, 2)
    ours.failed(3)
    assert ours.ailment(3) is None
    ours.failed(4)
    assert ours.ailment(4) is Ailment.FAILING
    assert ours.ailment(63.9) is Ailment.FAILING
    assert ours.ailment(64) is None, "we try again"
    ours.failed(65)
    assert ours.ailment(65) is Ailment.FAILING, "it is no better"
    ours.answered(100, 130)
    ours.failed(131)
    assert ours.ailment(131) is None, "it was better"


def test_whoever_is_late_in_more_than_one_of_twenty_is_slow() -> None:
    ours = health()
    for n in range(WINDOW - 1):
        ours.answered(500, n)
    ours.answered(9_000, WINDOW)
    assert ours.ailment(WINDOW) is None
    ours.answered(9_000, WINDOW + 1)
    assert ours.ailment(WINDOW + 1) is Ailment.SLOW
    assert ours.ailment(WINDOW + 61) is None


def test_of_a_few_replies_nothing_can_be_said() -> None:
    ours = health()
    for n in range(LEAST - 1):
        ours.answered(9_000, n)
        assert ours.ailment(n) is None
    ours.answered(9_000, LEAST)
    assert ours.ailment(LEAST) is Ailment.SLOW


def test_whoever_does_not_understand_twice_in_a_row_is_unsure() -> None:
    ours = health()
    ours.misunderstood()
    ours.understood()
    ours.misunderstood()
    assert ours.ailment(0) is None
    ours.misunderstood()
    assert ours.ailment(0) is Ailment.UNSURE
    ours.understood()
    assert ours.ailment(0) is None


def test_what_others_have_given_up_is_broken() -> None:
    assert health().ailment(0, broken=True) is Ailment.BROKEN


@given(st.lists(st.floats(0, 10_000), min_size=1, max_size=60))
def test_the_percentile_is_one_that_was_measured(latencies: list[float]) -> None:
    ours = Health(latency_ms=10_000, rest_s=1)
    for ms in latencies:
        ours.answered(ms, 0)
    latest = latencies[-WINDOW:]
    above = sum(ms > ours.p95_ms for ms in latest)
    assert ours.p95_ms in latest
    assert above <= 0.05 * len(latest) < above + 1 + sum(ms == ours.p95_ms for ms in latest)


@given(st.lists(st.booleans()))
def test_we_are_failing_only_after_failures_in_a_row(outcomes: list[bool]) -> None:
    ours = health()
    streak = 0
    for good in outcomes:
        streak = 0 if good else streak + 1
        if good:
            ours.answered(1, 0)
        else:
            ours.failed(0)
        if streak >= FAILURES:
            assert ours.ailment(0) is Ailment.FAILING
