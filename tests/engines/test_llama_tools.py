"""llama.cpp calls tools: what a random model writes is a call that fits, or none."""

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import jsonschema
import pytest

from edgevoice.config import Config
from edgevoice.dialog.calls import ToolCall, ToolSpec
from edgevoice.engines.base import Message
from edgevoice.engines.constraint import Constraint
from edgevoice.engines.llama import LlamaChat
from edgevoice.errors import EngineError
from tests.engines import tiny_gguf
from tests.engines.flags import StopAfter
from tests.engines.tool_templates import HERMES, LLAMA3, STARTER

pytestmark = pytest.mark.engine

TIMER = ToolSpec(
    "set_timer",
    "Sets a timer.",
    {
        "type": "object",
        "properties": {
            "seconds": {"type": "integer", "minimum": 1, "maximum": 86400},
            "kind": {"enum": ["egg", "tea"]},
        },
        "required": ["seconds"],
    },
)
LIST = ToolSpec(
    "add_to_list",
    "Adds.",
    {
        "type": "object",
        "properties": {
            "item": {"type": "string", "maxLength": 12},
            "list": {"type": "string", "pattern": "^[a-zü]{1,8}$"},
        },
        "required": ["item", "list"],
    },
)
NOTHING = ToolSpec("current_time", "Tells the time.", {"type": "object", "properties": {}})
TOOLS = (TIMER, LIST, NOTHING)
SCHEMAS = {tool.name: tool.parameters for tool in TOOLS}

ASKED = [Message("system", "Be brief."), Message("user", "A timer, please.")]


class Native:
    """llama.cpp's functions, but the words of a reply are given."""

    def __init__(self, chat: LlamaChat, said: Sequence[int]) -> None:
        self._api = chat._api
        tokens = iter([*said, chat._llama.token_eos()])
        self.llama_sampler_sample = lambda *_: next(tokens)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


def open_chat(path: Path, said: Sequence[int] = b"", **settings: Any) -> LlamaChat:
    """A random model whose words are `said`; once it calls, nobody tells it what to write."""
    given = {"threads": 1, "context_tokens": 512, "max_tokens": 200, "temperature": 1.0} | settings
    chat = LlamaChat(path, **given)
    chat._api = Native(chat, said)
    return chat


def model(tmp_path: Path, template: str = STARTER, **parts: Any) -> Path:
    return tiny_gguf.write(tmp_path / "model.gguf", template=template, **parts)


def fits(call: Any) -> bool:
    assert isinstance(call, ToolCall)
    jsonschema.validate(call.arguments, SCHEMAS[call.name])
    return True


@pytest.mark.parametrize("template", [HERMES, LLAMA3, STARTER, tiny_gguf.CHATML])
@pytest.mark.parametrize("said", [b"<tool_call>", b"Sure. <tool_call>\n", b'{"name', b" {"])
def test_a_random_model_calls_as_it_should(tmp_path: Path, template: str, said: bytes) -> None:
    path = model(tmp_path, template)
    for seed in range(4):
        chat = open_chat(path, said, context_tokens=2048, seed=seed)
        *words, call = chat.stream(ASKED, Event(), TOOLS)
        assert "".join(map(str, words)) == ("Sure. " if said[:1] == b"S" else "")
        assert fits(call)


@pytest.mark.parametrize("temperature", [0.0, 5.0])
def test_even_the_likeliest_and_the_wildest_tokens_fit(tmp_path: Path, temperature: float) -> None:
    for seed in range(12):
        path = model(tmp_path, seed=seed)
        chat = open_chat(path, b"<tool_call>", temperature=temperature, seed=seed)
        (call,) = chat.stream(ASKED, Event(), TOOLS)
        assert fits(call)


@pytest.mark.parametrize("word", [">{", '>{"na', "all>}", "_call>  x"])
def test_a_token_that_goes_on_beyond_the_beginning_is_cut(tmp_path: Path, word: str) -> None:
    path = model(tmp_path, words=[word])
    before = "<tool_call>".removesuffix(word[: word.index(">") + 1])
    chat = open_chat(path, [*before.encode(), 256])
    (call,) = chat.stream(ASKED, Event(), TOOLS)
    assert fits(call)
    assert b"<tool_call>{" in read(chat)
    assert (256 in chat._cached) == word.startswith(">{"), "as the model would write it, if it fits"


def test_the_beginning_may_be_a_control_token(tmp_path: Path) -> None:
    path = model(tmp_path, control=["<tool_call>", "</tool_call>"])
    chat = open_chat(path, [*b"Well", 256])
    *words, call = chat.stream(ASKED, Event(), TOOLS)
    assert "".join(map(str, words)) == "Well"
    assert fits(call)


def read(chat: LlamaChat) -> bytes:
    return b"".join(map(chat._piece, chat._cached))


@pytest.mark.parametrize("template", [HERMES, LLAMA3, STARTER, tiny_gguf.CHATML])
def test_what_follows_a_call_costs_only_what_is_new(tmp_path: Path, template: str) -> None:
    path = model(tmp_path, template)
    chat = open_chat(path, b"{" if template == LLAMA3 else b"<tool_call>", context_tokens=2048)
    (call,) = chat.stream(ASKED, Event(), TOOLS)
    assert isinstance(call, ToolCall)
    before = chat.evaluated_tokens
    dealt = [*ASKED, Message("assistant", "", (call,)), Message("tool", '{"result": "ok"}')]
    chat.prefill(dealt, Event(), TOOLS)
    # All but the last brace of the call is known; the tokens of the model are bytes.
    prompt = chat._tokens(chat._template.render_open(dealt, TOOLS))
    assert chat.evaluated_tokens - before == len(prompt) - before


def test_words_are_words_even_if_there_are_tools(tmp_path: Path) -> None:
    said = b"Is 3 <4 or <tool>? Yes {5}.<"
    chat = open_chat(model(tmp_path), said)
    pieces = list(chat.stream(ASKED, Event(), TOOLS))
    assert "".join(map(str, pieces)) == said.decode()


def test_without_tools_nothing_is_a_call(tmp_path: Path) -> None:
    said = b'<tool_call>{"name": "set_timer", "arguments": {}}</tool_call>'
    chat = open_chat(model(tmp_path), said)
    assert "".join(map(str, chat.stream(ASKED, Event()))) == said.decode()


@pytest.mark.parametrize("limit", [{"max_tokens": 30}, {"context_tokens": 256, "max_tokens": 255}])
def test_a_call_that_gets_too_long_is_none(
    tmp_path: Path, limit: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    chat = open_chat(model(tmp_path), b"<tool_call>", **limit)
    endless = ToolSpec("note", "", {"properties": {"n": {"const": "tulip" * 80}}, "required": "n"})
    with caplog.at_level(logging.WARNING):
        assert list(chat.stream(ASKED, Event(), [endless])) == []
    assert "did not come to an end" in caplog.text
    assert "tulip" not in caplog.text
    assert chat._llama.n_tokens == len(chat._cached) <= chat._context


def test_stopped_at_any_token_of_a_call_there_is_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = model(tmp_path)
    whole = open_chat(path, b"<tool_call>")
    (call,) = whole.stream(ASKED, Event(), TOOLS)
    calls = 0
    chat = open_chat(path)
    for looks in range(80):
        chat._api = Native(whole, b"<tool_call>")
        pieces = list(chat.stream(ASKED, StopAfter(looks), TOOLS))
        assert pieces in ([], [call])
        calls += bool(pieces)
        assert chat._llama.n_tokens == len(chat._cached)
    assert calls < 80
    assert not caplog.records


def test_where_nothing_fits_there_is_no_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    chat = open_chat(model(tmp_path), b"<tool_call>")
    monkeypatch.setattr(Constraint, "fits", lambda *_: False)
    assert list(chat.stream(ASKED, Event(), TOOLS)) == []
    assert "did not come to an end" in caplog.text


def test_the_grammar_is_made_once(tmp_path: Path) -> None:
    chat = open_chat(model(tmp_path))
    first = chat._grammar(TOOLS, True)
    assert chat._grammar(list(TOOLS), True) is first
    assert chat._grammar(TOOLS[:1], True) != first
    assert chat._grammar(TOOLS, True) is not first


def test_a_grammar_that_is_refused_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    chat = open_chat(model(tmp_path), b"<tool_call>")
    monkeypatch.setattr(chat, "_grammar", lambda *_: "call ::= missing")
    with pytest.raises(EngineError, match="refuses the grammar"):
        list(chat.stream(ASKED, Event(), TOOLS))
    capfd.readouterr()


@pytest.mark.parametrize("start", ["tiny", "starter"])
def test_no_word_of_a_message_becomes_a_control_token(tmp_path: Path, start: str) -> None:
    path = Config().llm.model if start == "starter" else model(tmp_path, tiny_gguf.CHATML)
    chat = LlamaChat(path, threads=1, context_tokens=512)
    control = {
        token
        for token in range(chat._llama.n_vocab())
        if chat._api.llama_vocab_get_attr(chat._vocab, token) & chat._api.LLAMA_TOKEN_ATTR_CONTROL
    }
    names = [chat._name(token) for token in sorted(control)]
    assert names

    def count(words: str) -> list[int]:
        dealt = [
            Message("user", words),
            Message("assistant", "", (ToolCall("look", {"place": words}),)),
            Message("tool", words),
            Message("user", words),
        ]
        tokens = chat._tokens(chat._template.render(dealt))
        return [token for token in tokens if token in control]

    assert count("".join(names)) == count("".join(names).upper()) == count("hello") != []
