"""Two models as one: who answers, in every combination of what can go wrong."""

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import Any

import pytest

from edgevoice.dialog.breaker import Limits
from edgevoice.dialog.calls import ToolCall
from edgevoice.engines.base import Eased, Message, Stop, ToolSpec
from edgevoice.engines.routed import RoutedChat
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.errors import EngineError

LIMITS = Limits(failures=2, window_s=60, pause_s=10, longest_pause_s=40)
EASY = [Message("user", "what time is it")]
HARD = [Message("user", "explain why the sky is blue")]
TOOL = ToolSpec("look", "", {})


class Model:
    """Does what `way` says: ok · before (it fails before its first word) · after · empty."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.way = "ok"
        self.asked = 0
        self.read: list[Sequence[Message]] = []
        self.evaluated_tokens = 0
        self.deeds: list[Any] = []
        self.error: Exception = EngineError(f"{name} broke", "Mend it.")

    def prefill(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> None:
        if self.way != "ok":
            raise self.error
        self.read.append(messages)

    def stream(
        self, messages: Sequence[Message], stop: Stop, tools: Sequence[ToolSpec] = ()
    ) -> Iterator[str | ToolCall]:
        self.asked += 1
        self.evaluated_tokens += 10
        if self.way == "before":
            raise self.error
        if self.way != "empty" and not stop.is_set():
            yield self.name
            if self.way == "after":
                raise self.error
            yield "!"

    def forget(self) -> None:
        self.deeds.append("forget")
        if self.way != "ok":
            raise self.error

    def ease(self, share: float) -> None:
        self.deeds.append(share)

    def close(self) -> None:
        self.deeds.append("close")


class Pair:
    def __init__(self) -> None:
        self.now = 1000.0
        self.models = {"fast": Model("fast"), "thorough": Model("thorough")}
        self.fast, self.thorough = self.models.values()
        self.chat = RoutedChat(self.fast, self.thorough, lambda: self.now, LIMITS)

    def ask(self, messages: Sequence[Message] = EASY) -> str:
        """What is heard, and how it ends."""
        heard = ""
        try:
            for piece in self.chat.stream(messages, Event()):
                heard += str(piece)
        except EngineError:
            heard += "#"
        return heard

    def open(self, name: str) -> None:
        """Let the breaker of `name` open."""
        asked = {"fast": EASY, "thorough": HARD}[name]
        while self.chat._breakers[name].allows(self.now):  # type: ignore[index]
            self.models[name].way = "after"
            self.ask(asked)
        self.models[name].way = "ok"


@pytest.fixture
def pair() -> Pair:
    return Pair()


# What is heard when the chosen one (first) and the other one (second) are in these ways. C, O: the
# words of the chosen and the other one; "!": to the end; "#": an error; asked: who was asked.
MATRIX = """
ok     ok     C!  C     ok     before C!  C     ok     after  C!  C     ok     empty  C!  C
ok     open   C!  C     before ok     O!  CO    before before #   CO    before after  O#  CO
before empty  ∅   CO    before open   #   C     after  ok     C#  C     after  before C#  C
after  after  C#  C     after  empty  C#  C     after  open   C#  C     empty  ok     O!  CO
empty  before #   CO    empty  after  O#  CO    empty  empty  ∅   CO    empty  open   ∅   C
open   ok     O!  O     open   before #   O     open   after  O#  O     open   empty  ∅   O
open   open   #   -
""".split()
ROWS = [tuple(MATRIX[n : n + 4]) for n in range(0, len(MATRIX), 4)]


def test_the_matrix_is_whole() -> None:
    ways = ["ok", "before", "after", "empty", "open"]
    assert {row[:2] for row in ROWS} == set(itertools.product(ways, ways))


@pytest.mark.parametrize("chosen", ["fast", "thorough"])
@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_every_fault_is_met_as_the_matrix_says(
    pair: Pair, row: tuple[str, str, str, str], chosen: str
) -> None:
    chosen_way, other_way, heard, asked = row
    other = "thorough" if chosen == "fast" else "fast"
    for name, way in ((chosen, chosen_way), (other, other_way)):
        if way == "open":
            pair.open(name)
        else:
            pair.models[name].way = way
    for model in pair.models.values():
        model.asked = 0
    expected = heard.replace("C", chosen).replace("O", other).replace("∅", "")
    assert pair.ask(EASY if chosen == "fast" else HARD) == expected
    letters = {chosen: "C", other: "O"}
    assert {letters[name] for name, model in pair.models.items() if model.asked} == set(asked) - {
        "-"
    }


def test_who_failed_twice_is_left_alone_and_then_tried_again(pair: Pair) -> None:
    pair.thorough.way = "before"
    assert [pair.ask(HARD) for _ in range(4)] == ["fast!"] * 4
    assert pair.thorough.asked == 2
    pair.now += 10
    assert pair.ask(HARD) == "fast!"
    pair.now += 19
    assert pair.ask(HARD) == "fast!"
    assert pair.thorough.asked == 3
    pair.thorough.way = "ok"
    pair.now += 1
    assert [pair.ask(HARD) for _ in range(2)] == ["thorough!"] * 2


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
