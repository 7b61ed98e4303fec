"""The chat model that comes with edgevoice, in the engine that it was made for."""

from threading import Event

import pytest

from edgevoice.config import Config
from edgevoice.dialog.history import SUMMARY_HEAD, History
from edgevoice.engines.base import Message, words_of
from edgevoice.engines.llama import LlamaChat
from tests.engines.flags import StopAfter

pytestmark = pytest.mark.engine

CONFIG = Config().llm
SYSTEM = Message("system", CONFIG.system_prompt)
FRANCE = [SYSTEM, Message("user", "what is the capital of france")]
SPIDER = [SYSTEM, Message("user", "how many legs does a spider have")]


def open_starter() -> LlamaChat:
    return LlamaChat(CONFIG.model, threads=1)


@pytest.fixture(scope="module")
def chat() -> LlamaChat:
    return open_starter()


def reply(chat: LlamaChat, messages: list[Message]) -> str:
    return words_of(chat.stream(messages, Event()))


def test_it_knows_capitals_and_remembers_the_question(chat: LlamaChat) -> None:
    first = reply(chat, FRANCE)
    assert "Paris" in first
    follow_up = [*FRANCE, Message("assistant", first), Message("user", "and of spain")]
    assert "Madrid" in reply(chat, follow_up)


def test_the_second_turn_evaluates_only_what_is_new() -> None:
    chat = open_starter()
    first = reply(chat, FRANCE)
    before = chat.evaluated_tokens
    follow_up = [*FRANCE, Message("assistant", first), Message("user", "and of spain")]
    chat.prefill(follow_up, Event())
    fresh = open_starter()
    fresh.prefill(follow_up, Event())
    assert chat.evaluated_tokens - before < fresh.evaluated_tokens / 2


def test_cancelled_at_every_token_it_answers_like_new(chat: LlamaChat) -> None:
    france, spider = reply(open_starter(), FRANCE), reply(open_starter(), SPIDER)
    for looks in range(30):
        list(chat.stream(FRANCE, StopAfter(looks)))
        assert reply(chat, SPIDER) == spider
        list(chat.stream(SPIDER, StopAfter(looks)))
        assert reply(chat, FRANCE) == france


def test_words_that_were_read_along_cost_only_their_difference() -> None:
    chat = open_starter()
    chat.prefill([SYSTEM], Event())
    for begun in ["what is", "what is the capital", FRANCE[1].content]:
        chat.prefill([SYSTEM, Message("user", begun)], Event())
    read = chat.evaluated_tokens
    next(chat.stream(FRANCE, Event()))
    alone = open_starter()
    next(alone.stream(FRANCE, Event()))
    assert chat.evaluated_tokens - read <= 4
    assert chat.evaluated_tokens <= alone.evaluated_tokens + 3


def test_it_answers_in_a_conversation_that_was_folded(chat: LlamaChat) -> None:
    history = History(CONFIG.system_prompt, 400)
    for n in range(12):
        history.add_user(f"how many legs does a spider have, for the {n}. time")
        history.add_assistant("A spider has eight legs.")
        history.fold()
    assert SUMMARY_HEAD in history.messages()[0].content
    history.add_user(FRANCE[1].content)
    assert "Paris" in reply(chat, history.messages())
