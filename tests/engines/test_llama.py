"""llama.cpp with a tiny real model: cache, cancellation, characters, limits, bad files."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from edgevoice.engines import llama
from edgevoice.engines.base import Eased, Message, words_of
from edgevoice.engines.llama import SLICE, LlamaChat
from edgevoice.errors import EngineError, ModelError
from tests.engines import tiny_gguf
from tests.engines.flags import StopAfter

pytestmark = pytest.mark.engine

SYSTEM = Message("system", "Be brief, and friendly, and do not use any symbols at all, please.")
FIRST = [SYSTEM, Message("user", "What is the capital of France?")]
OTHER = [SYSTEM, Message("user", "What time is it in Tokyo?")]


def open_chat(path: Path, **settings: Any) -> LlamaChat:
    return LlamaChat(path, **{"threads": 1, "context_tokens": 512, "max_tokens": 16} | settings)


def reply(chat: LlamaChat, messages: Sequence[Message]) -> str:
    return words_of(chat.stream(messages, Event()))


class Native:
    """llama.cpp's functions, some of them replaced."""

    def __init__(self, api: Any, **replaced: Any) -> None:
        self._api = api
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._api, name)


def saying(chat: LlamaChat, said: bytes) -> None:
    """Let `chat` choose the tokens of `said` (a token of the tiny model is a byte), then end."""
    tokens = iter([*said, chat._llama.token_eos()])
    chat._api = Native(chat._api, llama_sampler_sample=lambda *_: next(tokens))


def test_at_ease_a_reply_ends_with_a_sentence_and_on_fewer_threads(tiny_chat: Path) -> None:
    said = b"Yes. It is Paris. It is big. It is old."
    chat = open_chat(tiny_chat, threads=4, max_tokens=len(said))
    threads: list[int] = []
    for share, words in ((0.5, said[:28]), (0.25, said[:17]), (1.0, said)):
        saying(chat, said)
        api = chat._api
        chat._api = Native(api, llama_set_n_threads=lambda *args: threads.append(args[1]))
        chat.ease(share)
        assert reply(chat, FIRST) == words.decode()
        chat._api = api._api
    assert threads == [2, 1, 4]
    assert isinstance(chat, Eased)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_cancelled_at_every_token_the_cache_stays_true(tiny_chat: Path, temperature: float) -> None:
    fresh = [
        reply(open_chat(tiny_chat, temperature=temperature), asked) for asked in (FIRST, OTHER)
    ]
    chat = open_chat(tiny_chat, temperature=temperature)
    for looks in range(26):
        list(chat.stream(FIRST, StopAfter(looks)))
        assert chat._llama.n_tokens == len(chat._cached)
        assert reply(chat, OTHER) == fresh[1]
        list(chat.stream(OTHER, StopAfter(looks)))
        assert reply(chat, FIRST) == fresh[0]


def test_a_prefill_stops_between_slices(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat)
    chat.prefill(FIRST, StopAfter(2))
    assert chat.evaluated_tokens == 2 * SLICE
    chat.prefill(FIRST, Event())
    whole = chat.evaluated_tokens
    chat.prefill(FIRST, Event())
    assert chat.evaluated_tokens == whole, "what was evaluated before the stop is not paid twice"


def test_a_stopped_step_back_leaves_the_cache_as_it_was(tiny_chat: Path, halt: Event) -> None:
    chat = open_chat(tiny_chat)
    alone = reply(open_chat(tiny_chat), FIRST)
    reply(chat, FIRST)
    # A prompt that ends where the cache goes on: what follows its last token is asked anew.
    chat.prefill(FIRST, halt)
    before = chat.evaluated_tokens
    chat.prefill(FIRST, Event())
    assert chat.evaluated_tokens == before + 1
    assert reply(chat, FIRST) == alone


def test_models_without_a_way_back_start_again(tiny_chat: Path) -> None:
    fresh = reply(open_chat(tiny_chat), OTHER)
    chat = open_chat(tiny_chat)
    refused: list[int] = []

    def refuse(_memory: object, _sequence: int, position: int, _end: int) -> bool:
        refused.append(position)
        return False

    chat._api = Native(chat._api, llama_memory_seq_rm=refuse)
    reply(chat, FIRST)
    before = chat.evaluated_tokens
    assert reply(chat, OTHER) == fresh
    assert len(refused) == 1
    whole = open_chat(tiny_chat)
    reply(whole, OTHER)
    assert chat.evaluated_tokens - before == whole.evaluated_tokens


def test_a_seed_makes_a_reply_repeatable(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat, temperature=1.0)
    first = reply(chat, FIRST)
    assert reply(chat, FIRST) == first
    assert reply(open_chat(tiny_chat, temperature=1.0, seed=1), FIRST) == first
    assert reply(open_chat(tiny_chat, temperature=1.0, seed=2), FIRST) != first


def test_characters_are_never_cut(tiny_chat: Path, go: Event) -> None:
    said = "Grüße, 日本 🙂!"
    chat = open_chat(tiny_chat, max_tokens=100)
    saying(chat, said.encode())
    pieces = list(chat.stream(FIRST, go))
    assert words_of(pieces) == said
    assert len(pieces) == len(said)


def test_half_a_character_at_the_end_is_dropped(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat)
    saying(chat, "ja 🙂".encode()[:-1])
    assert reply(chat, FIRST) == "ja "


def test_bytes_that_are_no_text_do_no_harm(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat)
    saying(chat, b"a\xff\xfeb")
    assert reply(chat, FIRST) == "a\ufffd\ufffdb"


def test_control_tokens_are_not_said(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat)
    start = chat._llama.tokenize(b"<|im_start|>", add_bos=False, special=True)
    assert len(start) == 1
    assert chat._piece(start[0]) == b""


def test_the_longest_reply(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat, max_tokens=5)
    saying(chat, b"a long reply")
    assert reply(chat, FIRST) == "a lon"


def test_a_full_context_ends_the_reply(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat, context_tokens=256, max_tokens=400)
    saying(chat, b"x" * 400)
    said = reply(chat, FIRST)
    assert len(chat._cached) == chat._context
    assert 0 < len(said) < 256


def test_a_prompt_that_does_not_fit(tiny_chat: Path, go: Event) -> None:
    chat = open_chat(tiny_chat, context_tokens=256)
    long = [Message("user", "x" * 1000)]
    for ask in (lambda: chat.prefill(long, go), lambda: list(chat.stream(long, go))):
        with pytest.raises(EngineError, match=r"1\d\d\d tokens does not fit .* context of 256"):
            ask()
    assert reply(chat, FIRST) == reply(open_chat(tiny_chat), FIRST)


def test_a_failure_at_work_leaves_a_model_that_works(
    tiny_chat: Path, go: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = open_chat(tiny_chat)
    alone = reply(chat, FIRST)

    def fail(_: object) -> None:
        raise RuntimeError("llama_decode returned 1")

    with monkeypatch.context() as patch:
        patch.setattr(chat._llama, "eval", fail)
        with pytest.raises(EngineError, match="llama_decode returned 1"):
            list(chat.stream(OTHER, go))
    assert reply(chat, FIRST) == alone


def test_no_messages(tiny_chat: Path, go: Event) -> None:
    chat = open_chat(tiny_chat)
    chat.prefill([], go)
    assert list(chat.stream([], go)) == []


def test_threads_are_what_was_asked_for(tiny_chat: Path) -> None:
    chat = open_chat(tiny_chat, threads=3)
    assert (chat._llama.n_threads, chat._llama.n_threads_batch) == (3, 3)


def test_nothing_is_printed(tiny_chat: Path, capfd: pytest.CaptureFixture[str]) -> None:
    chat = open_chat(tiny_chat)
    reply(chat, FIRST)
    chat.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such model file"),
        (b"", "is empty"),
        (b"garbage" * 100, "is not a GGUF file"),
        (b"GG", "is not a GGUF file"),
        (b"GGUF" + b"\xff" * 500, "truncated or damaged"),
    ],
)
def test_bad_file(
    tmp_path: Path, content: bytes | None, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=rf"bad\.gguf: .*{reason}.* Fetch the model again"):
        open_chat(path)
    assert capfd.readouterr() == ("", "")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be read \(Is a directory\)"):
        open_chat(tmp_path)


def test_truncated_anywhere(tiny_chat: Path, tmp_path: Path) -> None:
    whole = tiny_chat.read_bytes()
    path = tmp_path / "part.gguf"
    for size in [4, 8, 24, 25, 100, 1000, 4000, 6000, *range(8000, len(whole), 20_011)]:
        path.write_bytes(whole[:size])
        with pytest.raises(ModelError, match=r"part\.gguf: ") as error:
            open_chat(path)
        assert "\n" not in str(error.value)


def test_an_architecture_that_llama_cpp_does_not_know(tiny_chat: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.gguf"
    path.write_bytes(tiny_chat.read_bytes().replace(b"llama", b"lhama"))
    with pytest.raises(ModelError, match="unknown model architecture: 'lhama'"):
        open_chat(path)


@pytest.mark.parametrize(
    ("template", "reason"), [(None, "no chat template"), ("{% for x %}", "cannot be loaded")]
)
def test_templates_that_cannot_be_used(tmp_path: Path, template: str | None, reason: str) -> None:
    path = tiny_gguf.write(tmp_path / "untold.gguf", template=template)
    with pytest.raises(ModelError, match=reason):
        open_chat(path)


@pytest.mark.parametrize(("template", "count"), [("{{ bos_token }}hi", 3), ("hi", 3)])
def test_there_is_one_begin_token(tmp_path: Path, template: str, count: int) -> None:
    path = tiny_gguf.write(tmp_path / "begin.gguf", template=template, add_bos=True)
    chat = open_chat(path)
    tokens = chat._tokens(chat._template.render(FIRST))
    assert len(tokens) == count
    assert tokens[0] == 256


def test_the_listener_of_the_log_lives_as_long_as_the_process() -> None:
    assert llama._native()[1] is llama._native()[1]
