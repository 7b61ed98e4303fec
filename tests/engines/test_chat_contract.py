"""What every `ChatModel` does: llama.cpp with a tiny real model, and the fake."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest

from edgevoice.engines.base import ChatModel, Message, words_of
from edgevoice.engines.llama import LlamaChat
from edgevoice.engines.scripted import ScriptedChat
from tests.engines.flags import StopAfter

pytestmark = pytest.mark.engine

Make = Callable[[list[str]], ChatModel]

FIRST = [Message("system", "Be brief."), Message("user", "What is the capital of France?")]
REPLY = "The capital of France is Paris, on the river Seine."


@pytest.fixture(params=["llama", "scripted"])
def make(request: pytest.FixtureRequest, tiny_chat: Path) -> Make:
    """Makes a model that will be asked for the given replies; only the fake is told."""
    if request.param == "scripted":
        return ScriptedChat
    return lambda _: LlamaChat(tiny_chat, threads=1, context_tokens=512, max_tokens=12)


def cost(make: Make, messages: Sequence[Message]) -> int:
    """Tokens that a fresh model evaluates for `messages`."""
    chat = make([])
    chat.prefill(messages, Event())
    return chat.evaluated_tokens


def second(reply: str) -> list[Message]:
    return [*FIRST, Message("assistant", reply), Message("user", "And of Spain?")]


def test_a_reply_comes_in_pieces(make: Make, go: Event) -> None:
    pieces = list(make([REPLY]).stream(FIRST, go))
    assert len(pieces) > 3
    assert all(pieces)


def test_the_first_prompt_is_paid_for_once(make: Make, go: Event) -> None:
    chat = make([REPLY])
    assert chat.evaluated_tokens == 0
    chat.prefill(FIRST, go)
    paid = chat.evaluated_tokens
    assert paid == cost(make, FIRST) > 5
    chat.prefill(FIRST, go)
    assert chat.evaluated_tokens == paid
    # Only now is it certain that the message has ended, and that the reply begins.
    next(iter(chat.stream(FIRST, go)))
    closing = chat.evaluated_tokens - paid
    assert 0 < closing <= 30  # the tiny model's tokens are letters
    fresh = make([REPLY])
    next(iter(fresh.stream(FIRST, go)))
    assert chat.evaluated_tokens == fresh.evaluated_tokens


def test_what_follows_a_reply_is_certain_too(make: Make, go: Event) -> None:
    chat = make([])
    chat.prefill(second("Paris.")[:-1], go)
    before = chat.evaluated_tokens
    chat.prefill([*second("Paris.")[:-1], Message("user", "")], go)
    assert chat.evaluated_tokens == before


def test_the_second_turn_pays_for_what_is_new(make: Make, go: Event) -> None:
    chat = make([REPLY, "Madrid."])
    reply = words_of(chat.stream(FIRST, go))
    before = chat.evaluated_tokens
    chat.prefill(second(reply), go)
    new = cost(make, second(reply)) - cost(make, FIRST)
    assert 0 < chat.evaluated_tokens - before <= new


def test_another_conversation_pays_for_what_differs(make: Make, go: Event) -> None:
    chat = make([])
    chat.prefill(second("Paris."), go)
    before = chat.evaluated_tokens
    chat.prefill(second("Lyon."), go)
    assert 0 < chat.evaluated_tokens - before < cost(make, second("Lyon.")) / 2


def test_after_forgetting_everything_is_paid_for_again(make: Make, go: Event) -> None:
    chat = make([])
    chat.prefill(second("Paris."), go)
    chat.forget()
    before = chat.evaluated_tokens
    chat.prefill(FIRST, go)
    assert chat.evaluated_tokens - before == cost(make, FIRST)


def test_growing_prompts_cost_no_more_than_the_last(make: Make, go: Event) -> None:
    chat = make([])
    words = "what is the capital of the country where the river Seine flows".split()
    for count in range(1, len(words) + 1):
        chat.prefill([FIRST[0], Message("user", " ".join(words[:count]))], go)
    whole = cost(make, [FIRST[0], Message("user", " ".join(words))])
    assert chat.evaluated_tokens == whole


def test_a_system_prompt_can_be_prefilled_alone(make: Make, go: Event) -> None:
    chat = make([])
    chat.prefill(FIRST[:1], go)
    before = chat.evaluated_tokens
    chat.prefill(FIRST, go)
    assert chat.evaluated_tokens - before == cost(make, FIRST) - cost(make, FIRST[:1])


def test_stopped_before_it_began(make: Make, halt: Event) -> None:
    chat = make([])
    chat.prefill(FIRST, halt)
    assert list(chat.stream(FIRST, halt)) == []
    assert chat.evaluated_tokens == 0


def test_stopped_at_any_look_it_can_say_it_all_again(make: Make, go: Event) -> None:
    whole = list(make([REPLY]).stream(FIRST, go))
    for looks in range(20):
        chat = make([REPLY, REPLY])
        begun = list(chat.stream(FIRST, StopAfter(looks)))
        assert begun == whole[: len(begun)]
        assert len(begun) <= looks
        assert list(chat.stream(FIRST, go)) == whole


def test_a_reply_that_nobody_reads_on_does_no_harm(make: Make, go: Event) -> None:
    whole = list(make([REPLY]).stream(FIRST, go))
    chat = make([REPLY, REPLY])
    left = chat.stream(FIRST, go)
    assert [next(left), next(left)] == whole[:2]
    del left
    assert list(chat.stream(FIRST, go)) == whole


def test_stops_within_one_piece(make: Make, go: Event) -> None:
    pieces = make([REPLY]).stream(FIRST, go)
    next(pieces)
    go.set()
    assert list(pieces) == []
