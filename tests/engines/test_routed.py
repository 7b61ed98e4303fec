"""Two models as one: who answers, in every combination of what can go wrong."""

import itertools
import logging
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

import pytest

from edgevoice.bench.skills.decisions import Case
from edgevoice.bench.skills.two_models import (
    EASY,
    HARD,
    LIMITS,
    MATRIX,
    FaultyModel,
    TwoModels,
    model_cases,
)
from edgevoice.dialog.calls import ToolCall
from edgevoice.engines.base import Eased, Message, Stop, ToolSpec
from edgevoice.engines.routed import RoutedChat
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.errors import EngineError

TOOL = ToolSpec("look", "", {})


class Model(FaultyModel):
    """Remembers what is done with it, too."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.read: list[Sequence[Message]] = []
        self.deeds: list[Any] = []

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        if self.way != "ok":
            raise self.error
        self.read.append(messages)

    def forget(self) -> None:
        self.deeds.append("forget")
        if self.way != "ok":
            raise self.error

    def ease(self, share: float) -> None:
        self.deeds.append(share)

    def close(self) -> None:
        self.deeds.append("close")


class Pair(TwoModels):
    def __init__(self) -> None:
        self.fast, self.thorough = Model("fast"), Model("thorough")
        super().__init__(self.fast, self.thorough)


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_the_matrix_is_whole() -> None:
    ways = ["ok", "before", "after", "empty", "open"]
    assert {row[:2] for row in MATRIX} == set(itertools.product(ways, ways))


@pytest.mark.parametrize("case", [*model_cases()], ids=lambda case: case.name)
def test_every_fault_is_met_as_the_tables_say(case: Case) -> None:
    assert case.decide() == case.expected


def test_a_reply_that_is_broken_off_was_a_good_one(pair: Pair) -> None:
    pair.open("thorough")
    pair.now += 10
    reply = pair.chat.stream(HARD, Event())
    assert next(reply) == "thorough"
    reply.close()  # type: ignore[attr-defined]
    pair.thorough.way = "after"
    assert pair.ask(HARD) == "thorough#"
    assert pair.chat._breakers["thorough"].allows(pair.now), "it was closed again"


@pytest.mark.parametrize("way", ["ok", "before"])
def test_nobody_else_is_asked_once_it_is_stopped(pair: Pair, way: str) -> None:
    stop = Event()
    stop.set()
    pair.fast.way = way
    if way == "before":
        with pytest.raises(EngineError):
            list(pair.chat.stream(EASY, stop))
    else:
        assert list(pair.chat.stream(EASY, stop)) == []
    assert pair.thorough.asked == 0


def test_an_outcome_goes_to_who_called_the_tool(pair: Pair) -> None:
    assert pair.ask(HARD) == "thorough!"
    short = [Message("user", "hi"), Message("assistant", "", (ToolCall("look", {}),))]
    assert pair.ask([*short, Message("tool", "{}")]) == "thorough!"
    assert pair.ask(short[:1]) == "fast!"
    pair.ask(HARD)
    pair.open("thorough")
    assert pair.ask([*short, Message("tool", "{}")]) == "fast!"


def test_who_would_answer_reads_along(pair: Pair) -> None:
    pair.chat.prefill(EASY, Event())
    pair.chat.prefill(HARD, Event())
    assert (pair.fast.read, pair.thorough.read) == ([EASY], [HARD])
    for begun in ([Message("system", "s")], [*EASY, Message("assistant", "a")], []):
        pair.chat.prefill(begun, Event())
        assert pair.fast.read[-1] is pair.thorough.read[-1] is begun


def test_a_failure_while_reading_is_remembered_and_told_to_nobody(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    pair.fast.way = "before"
    pair.fast.error = ValueError("tulip")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            pair.chat.prefill(EASY, Event())
    assert caplog.text.count("the fast language model failed: ValueError") == 2
    assert "tulip" not in caplog.text
    assert pair.thorough.read == [EASY]


def test_easing_forgetting_and_closing_reach_both(pair: Pair) -> None:
    assert isinstance(pair.chat, Eased)
    pair.chat.ease(0.5)
    pair.chat.forget()
    pair.chat.close()
    assert pair.fast.deeds == pair.thorough.deeds == [0.5, "forget", "close"]
    pair.fast.way = "broken"
    with pytest.raises(EngineError):
        pair.chat.forget()
    assert pair.thorough.deeds[-1] == "forget"


def test_tokens_are_those_of_both(pair: Pair) -> None:
    pair.ask(EASY)
    pair.ask(HARD)
    assert pair.chat.evaluated_tokens == 20


def test_models_of_any_kind_can_be_two() -> None:
    call = ToolCall("look", {})
    make: Callable[..., ScriptedChat] = ScriptedChat
    chat = RoutedChat(make(["Hello there."]), make([call]))
    assert list(chat.stream(EASY, Event(), [TOOL])) == ["Hello", " there."]
    assert list(chat.stream(HARD, Event(), [TOOL])) == [call]
    chat.ease(0.5)
    chat.forget()
    chat.close()


def test_it_is_given_up_while_both_breakers_are_open(pair: Pair) -> None:
    assert not pair.chat.given_up
    pair.open("fast")
    assert not pair.chat.given_up, "the thorough one may still answer"
    pair.open("thorough")
    assert pair.chat.given_up
    pair.now += LIMITS.longest_pause_s
    assert not pair.chat.given_up
