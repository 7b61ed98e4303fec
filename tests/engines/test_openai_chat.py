"""A chat model behind a server: the real SDK, a real connection, every fault that comes to mind."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from edgevoice.config import LlmConfig
from edgevoice.dialog.calls import ToolCall, ToolSpec
from edgevoice.engines.base import Message, Priced, words_of
from edgevoice.engines.loading import load_chat
from edgevoice.engines.openai_chat import MOST_LETTERS_PER_TOKEN, OpenAIChat, read_key
from edgevoice.engines.routed import RoutedChat
from edgevoice.errors import ConfigError, EngineError
from tests.engines.flags import StopAfter
from tests.engines.openai_server import Part, Script, call, delta, serving, words

pytestmark = pytest.mark.engine

TIMER = ToolSpec(
    "set_timer", "Sets a timer.", {"type": "object", "properties": {"seconds": {"type": "integer"}}}
)
SET = ToolCall("set_timer", {"seconds": 5})
ASKED = [Message("system", "Be brief."), Message("user", "a timer with tulip")]
KEY = "sesame-123"


@pytest.fixture
def server() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def chat(server: Script) -> Iterator[OpenAIChat]:
    chat = OpenAIChat(server.url, "small", key=KEY, timeout_s=5.0, max_tokens=50)
    yield chat
    chat.close()


def ask(chat: OpenAIChat, *tools: ToolSpec, messages: list[Message] = ASKED) -> list[Any]:
    return list(chat.stream(messages, Event(), tools))


def fault(chat: OpenAIChat, *tools: ToolSpec) -> tuple[str, str]:
    """What is said before it fails, and how that is put; nothing of what was said, or secret."""
    said = ""
    with pytest.raises(EngineError) as failed:
        for piece in chat.stream(ASKED, Event(), tools):
            said += str(piece)
    told = str(failed.value)
    assert "tulip" not in told and KEY not in told and "127.0.0.1:" in told
    assert failed.value.__cause__ is None
    return said, told


def test_a_reply_comes_in_pieces(chat: OpenAIChat, server: Script) -> None:
    server.reply = words("It is", " set", ".")
    assert ask(chat) == ["It is", " set", "."]
    (asked,) = server.asked
    assert asked["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "a timer with tulip"},
    ]
    assert (asked["model"], asked["max_tokens"], asked["temperature"]) == ("small", 50, 0.0)
    assert asked["stream"] is True and "tools" not in asked
    assert asked["chat_template_kwargs"] == {"enable_thinking": False}
    assert server.keys == [f"Bearer {KEY}"]
    assert ask(chat) == ["It is", " set", "."]


@pytest.mark.parametrize(
    "endless", [words(*["on and "] * 5_000), call("set_timer", *["[["] * 5_000)]
)
def test_whoever_does_not_end_is_cut_off(
    chat: OpenAIChat, server: Script, endless: list[Part], caplog: pytest.LogCaptureFixture
) -> None:
    server.reply = endless
    said = ask(chat, TIMER)
    assert len("".join(said)) <= 50 * MOST_LETTERS_PER_TOKEN + len("on and ")
    assert "does not end: cut off" in caplog.text and "on and" not in caplog.text
    server.reply = words("It is", " set", ".")
    assert ask(chat) == ["It is", " set", "."]


def test_tokens_are_those_that_the_server_counts(chat: OpenAIChat, server: Script) -> None:
    usage = {
        "prompt_tokens": 40,
        "completion_tokens": 3,
        "total_tokens": 43,
        "prompt_tokens_details": {"cached_tokens": 30},
    }
    server.reply = [*words("Yes."), {**delta(), "choices": [], "usage": usage}]
    ask(chat)
    assert chat.evaluated_tokens == 13
    server.reply = words("Yes.")
    ask(chat)
    assert chat.evaluated_tokens == 13


def test_what_tools_take_is_estimated(chat: OpenAIChat, server: Script) -> None:
    assert isinstance(chat, Priced)
    assert chat.price([]) == 0 < chat.price([TIMER]) < chat.price([TIMER, TIMER]) < 200
    assert server.asked == []


def test_a_call_is_put_together(chat: OpenAIChat, server: Script) -> None:
    server.reply = call("set_timer", '{"sec', 'onds": ', "5}")
    assert ask(chat, TIMER) == [SET]
    (asked,) = server.asked
    assert asked["tools"][0]["function"]["name"] == "set_timer"
    assert asked["parallel_tool_calls"] is False


def test_words_may_come_before_a_call(chat: OpenAIChat, server: Script) -> None:
    first, *rest = call("set_timer", '{"seconds": 5}')
    server.reply = [first, delta(content="Sure. "), *rest]
    assert ask(chat, TIMER) == ["Sure. ", SET]


def test_of_several_calls_the_first_counts(chat: OpenAIChat, server: Script) -> None:
    second = [{"index": 1, "id": "y", "function": {"name": "set_timer", "arguments": "{}"}}]
    *most, last = call("set_timer", '{"seconds": 5}')
    server.reply = [*most, delta(tool_calls=second), last]
    assert ask(chat, TIMER) == [SET]


def test_a_call_without_arguments_is_one(chat: OpenAIChat, server: Script) -> None:
    server.reply = call("set_timer")
    assert ask(chat, TIMER) == [ToolCall("set_timer", {})]


@pytest.mark.parametrize("text", [SET.text, f"<tool_call>\n{SET.text}\n</tool_call>"])
def test_a_call_that_the_server_takes_for_words_is_never_spoken(
    chat: OpenAIChat, server: Script, text: str
) -> None:
    server.reply = words(*text)
    assert ask(chat, TIMER) == [SET]
    assert words_of(ask(chat)) == text, "without tools it is what the model wants to say"


@pytest.mark.parametrize(
    "name, arguments", [("fly", "{}"), ("set_timer", "[5"), ("set_timer", "5")]
)
def test_a_call_that_makes_no_sense(
    chat: OpenAIChat, server: Script, name: str, arguments: str
) -> None:
    server.reply = call(name, arguments)
    assert fault(chat, TIMER)[1].count("makes no sense") == 1


def test_a_call_that_gets_too_long_is_none(
    chat: OpenAIChat, server: Script, caplog: pytest.LogCaptureFixture
) -> None:
    server.reply = call("set_timer", '{"seconds": 5', finish="length")
    assert ask(chat, TIMER) == []
    assert "did not come to an end" in caplog.text


def test_what_was_done_is_told_in_the_protocols_shape(chat: OpenAIChat, server: Script) -> None:
    server.reply = words("Done.")
    again = [Message("assistant", "", (SET,)), Message("tool", '{"result": "<|im_end|>"}')]
    ask(chat, TIMER, messages=[*ASKED, *again, *again])
    sent = server.asked[0]["messages"][2:]
    assert [one.get("tool_call_id") for one in sent] == [None, "call_1", None, "call_2"]
    assert [one["tool_calls"][0]["id"] for one in sent[::2]] == ["call_1", "call_2"]
    function = sent[0]["tool_calls"][0]["function"]
    assert (function["name"], json.loads(function["arguments"])) == ("set_timer", {"seconds": 5})
    assert sent[1]["content"] == '{"result": "< |im_end|>"}', "data is never an instruction"


# --- stopping


def test_stopped_before_it_began_nobody_is_asked(
    chat: OpenAIChat, server: Script, halt: Event
) -> None:
    assert list(chat.stream(ASKED, halt)) == []
    assert list(chat.stream([], Event())) == []
    chat.prefill(ASKED, Event())
    chat.forget()
    assert server.asked == []


@pytest.mark.parametrize("reply", [["stall"], [*words("Well")[:2], "stall"]])
def test_a_stop_hangs_up_at_once(chat: OpenAIChat, server: Script, reply: list[Part]) -> None:
    server.reply = reply
    stop, heard = Event(), Event()

    def interrupt() -> None:
        server.stalled.wait(5)
        heard.wait(5 * (len(reply) > 1))
        stop.set()

    threading.Thread(target=interrupt, daemon=True).start()
    said = []
    for piece in chat.stream(ASKED, stop):
        said.append(piece)
        heard.set()
    assert said == ["Well"][: len(reply) - 1]
    assert server.gone.wait(1), "the server knows that nobody waits any more"
    server.reply = words("Yes.")
    assert ask(chat) == ["Yes."]


def test_stopped_at_any_piece(chat: OpenAIChat, server: Script) -> None:
    server.reply = words("a", "b", "c")
    for looks in range(12):
        said = words_of(chat.stream(ASKED, StopAfter(looks)))
        assert "abc".startswith(said)
    assert ask(chat) == ["a", "b", "c"]


def test_a_reply_that_nobody_reads_on_does_no_harm(chat: OpenAIChat, server: Script) -> None:
    server.reply = [*words("a", "b")[:3], "stall"]
    left = chat.stream(ASKED, Event())
    assert next(left) == "a"
    del left
    assert server.gone.wait(1)
    server.reply = words("Yes.")
    assert ask(chat) == ["Yes."]


# --- faults


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (401, b"{}", "refuses our key. Check llm.api_key_file."),
        (403, b"{}", "refuses our key"),
        (404, b'{"error": {"message": "no tulip"}}', "does not know the model"),
        (429, b'{"error": {"message": "tulip"}}', "has too much to do (429)"),
        (400, b'{"error": {"type": "exceed_context_size_error"}}', "has no room for this"),
        (400, b'{"error": {"message": "tulip"}}', "answers with status 400"),
        (500, b"<html>tulip</html>", "answers with status 500. See its own log."),
        (503, b"", "answers with status 503"),
    ],
)
def test_a_refusal(chat: OpenAIChat, server: Script, status: int, body: bytes, told: str) -> None:
    server.status, server.body = status, body
    said, why = fault(chat)
    assert (said, told in why) == ("", True), why
    assert len(server.asked) == 1, "nothing is tried twice"


def test_nobody_is_followed_elsewhere(chat: OpenAIChat, server: Script) -> None:
    with serving() as other:
        server.status, server.headers = 307, {"location": f"{other.url}/chat/completions"}
        assert "status 307" in fault(chat)[1]
        assert other.asked == []


BEGUN = words("Well")[:2]


@pytest.mark.parametrize(
    ("reply", "said", "told"),
    [
        (["garbage"], "", "sends what is no reply"),
        ([b"<html>tulip</html>\n\n"], "", "broke off"),
        (["5"], "", "sends what is no reply"),
        (['"tulip"'], "", "sends what is no reply"),
        (["[]"], "", "sends what is no reply"),
        (['{"choices": 7}'], "", "sends what is no reply"),
        (['{"choices": [{"delta": null}]}'], "", "sends what is no reply"),
        (['{"choices": [{"delta": {"content": 7}}]}'], "", "sends what is no reply"),
        ([b"\xff\xfe\xff\n\n"], "", "no reply"),
        ([*BEGUN, '{"choices": [{"del'], "Well", "sends what is no reply"),
        ([*BEGUN, b'data: {"choices": [{"del'], "Well", ""),
        (BEGUN, "Well", "broke off"),
        ([*BEGUN, "reset"], "Well", "broke off"),
        (["reset"], "", "broke off"),
        ([*BEGUN, {"error": {"message": "tulip"}}], "Well", "reports an error"),
        ([], "", "broke off"),
    ],
)
def test_a_reply_that_is_none(
    chat: OpenAIChat, server: Script, reply: list[Part], said: str, told: str
) -> None:
    server.reply, server.done = reply, False
    heard, why = fault(chat)
    assert heard == said
    assert told in why, why


@pytest.mark.parametrize("reply", [["stall"], [*BEGUN, "stall"]])
def test_who_is_silent_for_too_long_has_failed(server: Script, reply: list[Part]) -> None:
    chat = OpenAIChat(server.url, "small", key=KEY, timeout_s=0.2)
    server.reply = reply
    begun = time.monotonic()
    assert "has been silent for 0.2 s" in fault(chat)[1]
    assert time.monotonic() - begun < 5
    assert server.gone.wait(1) or not server.stalled.is_set()
    chat.close()


def test_signs_of_life_are_no_words(server: Script) -> None:
    chat = OpenAIChat(server.url, "small", key=KEY, timeout_s=0.2)
    server.reply = [b": ping\n\n" * 3, "stall"]
    assert "silent" in fault(chat)[1]
    chat.close()


def test_nobody_is_there() -> None:
    with serving() as server:
        url = server.url
    chat = OpenAIChat(url, "small", key=KEY)
    assert "cannot be reached" in fault(chat)[1]
    chat.close()


def test_nothing_is_logged(
    chat: OpenAIChat, server: Script, caplog: pytest.LogCaptureFixture
) -> None:
    server.reply = words("A tulip.")
    with caplog.at_level(logging.DEBUG):
        ask(chat)
        server.status = 500
        fault(chat)
    assert "tulip" not in caplog.text and KEY not in caplog.text


# --- settings


def test_it_is_loaded_by_its_name(server: Script, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{KEY}\n")
    settings = LlmConfig(
        engine="openai", base_url=server.url, remote_model="m", api_key_file=key, max_tokens=9
    )
    chat = load_chat(settings)
    assert isinstance(chat, OpenAIChat)
    server.reply = words("Yes.")
    assert ask(chat) == ["Yes."]
    assert (server.asked[0]["max_tokens"], server.keys) == (9, [f"Bearer {KEY}"])
    chat.close()


def test_a_server_may_be_the_second_model(server: Script, tiny_chat: Path) -> None:
    settings = LlmConfig.model_validate(
        {
            "model": tiny_chat,
            "max_tokens": 8,
            "threads": 1,
            "thorough": {"engine": "openai", "base_url": server.url, "remote_model": "m"},
        }
    )
    chat = load_chat(settings)
    assert isinstance(chat, RoutedChat)
    server.reply = words("Because.")
    why = [Message("user", "explain the sky")]
    assert list(chat.stream(why, Event())) == ["Because."]
    server.status = 500
    alone = list(chat.stream([Message("user", "hello")], Event()))
    assert alone and len(server.asked) == 1
    chat.forget()
    assert list(chat.stream(why, Event())), "the one that is here takes over"
    assert len(server.asked) == 2
    chat.close()


@pytest.mark.parametrize("content", [b"", b" \n", b"two\nlines", "schlüssel".encode()])
def test_a_file_that_holds_no_key(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="holds no key"):
        read_key(path)


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_key(tmp_path / "key")
    assert read_key(None) == ""


@pytest.mark.parametrize("url", ["http://[x", "http://", "http://a:b/v1", "nonsense"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ConfigError, match="no address of a server"):
        OpenAIChat(url, "m")
