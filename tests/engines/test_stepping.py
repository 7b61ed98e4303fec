"""The smaller model, while the board is hot."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgevoice.board import SHARE, Pressure
from edgevoice.config import Config, LlmConfig
from edgevoice.engines import stepping
from edgevoice.engines.base import Eased, Message, words_of
from edgevoice.engines.llama import LlamaChat
from edgevoice.engines.stepping import SteppingChat, load_stepping
from edgevoice.errors import ModelError
from tests.engines import tiny_gguf

MAIN = LlmConfig(model=Path("/main.gguf"))
SMALLER = LlmConfig(model=Path("/smaller.gguf"))
ASKED = [Message("user", "Hello")]


class Chat:
    def __init__(self, settings: LlmConfig) -> None:
        self.name = settings.model.stem
        self.evaluated_tokens = 0
        self.share = 1.0
        self.deeds: list[str] = []

    def prefill(self, messages: object, stop: object, tools: object = ()) -> None:
        self.evaluated_tokens += 1

    def stream(self, messages: object, stop: object, tools: object = ()) -> Iterator[str]:
        self.evaluated_tokens += 10
        return iter([self.name])

    def forget(self) -> None:
        self.deeds.append("forget")

    def ease(self, share: float) -> None:
        self.share = share

    def close(self) -> None:
        self.deeds.append("close")


class Shelf:
    """Hands models out, and remembers them."""

    def __init__(self) -> None:
        self.loaded: list[Chat] = []
        self.broken = ""

    def __call__(self, settings: LlmConfig) -> Chat:
        if settings.model.stem == self.broken:
            raise ModelError("it is damaged", "Fetch it again.")
        self.loaded.append(Chat(settings))
        return self.loaded[-1]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def chat(shelf: Shelf) -> SteppingChat:
    return SteppingChat(MAIN, SMALLER, shelf)


def press(chat: SteppingChat, pressure: Pressure) -> str:
    """Who answers after `pressure`, once the conversation was forgotten."""
    chat.ease(SHARE[pressure])
    chat.forget()
    return words_of(chat.stream(ASKED, threading.Event()))


def test_a_hot_board_has_the_smaller_model_until_it_is_fine_again(chat: SteppingChat) -> None:
    answers = [press(chat, to) for to in (Pressure.FINE, Pressure.WARM, Pressure.HOT)]
    assert answers == ["main", "main", "smaller"]
    assert press(chat, Pressure.WARM) == "smaller", "it would soon be hot again"
    assert press(chat, Pressure.FINE) == "main"


def test_a_conversation_is_ended_by_the_model_that_began_it(chat: SteppingChat) -> None:
    chat.prefill(ASKED, threading.Event())
    chat.ease(SHARE[Pressure.HOT])
    assert list(chat.stream(ASKED, threading.Event())) == ["main"]


def test_one_is_closed_with_its_words_wiped_before_the_other_is_loaded(
    chat: SteppingChat, shelf: Shelf
) -> None:
    press(chat, Pressure.HOT)
    first, second = shelf.loaded
    assert first.deeds == ["forget", "close"]
    assert second.share == SHARE[Pressure.HOT], "it is as hot for this one"
    press(chat, Pressure.HOT)
    assert len(shelf.loaded) == 2


def test_tokens_are_counted_over_both(chat: SteppingChat) -> None:
    counts = []
    for pressure in (Pressure.FINE, Pressure.HOT, Pressure.FINE):
        press(chat, pressure)
        counts.append(chat.evaluated_tokens)
    assert counts == [10, 20, 30]


def test_a_smaller_model_that_cannot_be_loaded_leaves_the_main_one(
    chat: SteppingChat, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.broken = "smaller"
    assert press(chat, Pressure.HOT) == "main"
    assert "does not help" in caplog.text
    assert len(shelf.loaded) == 2
    chat.forget()
    assert len(shelf.loaded) == 2, "it is not tried again and again"


@pytest.mark.engine
def test_real_models_take_turns(tmp_path: Path) -> None:
    tiny = tiny_gguf.write(tmp_path / "tiny.gguf")
    small = {"name": "small", "llm": {"model": tiny}}
    config = Config.model_validate({"llm": {"max_tokens": 8}, "profiles": [small]})
    chat = load_stepping(config)
    assert isinstance(chat, SteppingChat) and isinstance(chat, Eased)
    before = list(chat.stream(ASKED, threading.Event()))
    chat.ease(SHARE[Pressure.HOT])
    chat.forget()
    assert list(chat.stream(ASKED, threading.Event())) != before
    chat.ease(1.0)
    chat.forget()
    assert list(chat.stream(ASKED, threading.Event())) == before


@pytest.mark.parametrize(
    ("main", "small", "steps"),
    [
        ({}, {"threads": 1}, False),
        ({}, {"engine": "openai"}, True),
        ({"engine": "openai"}, {"engine": "llama"}, True),
        ({"engine": "openai"}, {"remote_model": "tiny"}, True),
        ({"engine": "openai"}, {"model": "/other.gguf"}, False),
    ],
)
def test_it_steps_aside_for_another_model_only(
    main: dict[str, object],
    small: dict[str, object],
    steps: bool,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stepping, "load_chat", shelf)
    monkeypatch.setattr(SteppingChat.__init__, "__defaults__", (shelf,))
    changed = {**small, "max_tokens": 77, "thorough": {"model": "/large.gguf"}}
    config = Config.model_validate({"llm": main, "profiles": [{"name": "small", "llm": changed}]})
    chat = load_stepping(config)
    assert isinstance(chat, SteppingChat) == steps
    if isinstance(chat, SteppingChat):
        smaller = chat._smaller
        assert {key: str(getattr(smaller, key)) for key in small} == {
            key: str(value) for key, value in small.items()
        }
        assert smaller.second and smaller.second.model == Path("/large.gguf")
        assert smaller.max_tokens == config.llm.max_tokens, "as long as the conversation's room"


@pytest.mark.engine
def test_without_another_model_there_is_nothing_to_step_aside_for() -> None:
    config = Config.model_validate({"profiles": [{"name": "small", "llm": {"threads": 1}}]})
    assert isinstance(load_stepping(config), LlamaChat)
