"""The models of real size, held in miniature: whatever they get, the script comes out."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from edgevoice.engines.base import Message, words_of
from edgevoice.engines.llama import LlamaChat
from edgevoice.engines.whisper import WhisperTranscriber
from tools.bench import shapes
from tools.bench.gguf_file import Q4_0, Q6_K, Q8_0, Quantisation
from tools.bench.shape_llm import LLAMA3, QWEN_05B, Shape, write_llm
from tools.bench.shape_whisper import SPECIAL, TINY, write_whisper
from tools.bench.shape_words import QUESTION, REPLY, known_words, vocabulary

WITH_Q8_0 = replace(
    QWEN_05B,
    layers=2,
    width=128,
    heads=4,
    inner=256,
    vocabulary=1024,
    first_special=1000,
    context=512,
)
WITH_Q6_K = replace(WITH_Q8_0, architecture="llama", dialect=LLAMA3, width=256, biases=False)


def noise(seconds: float, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (random.standard_normal(int(16_000 * seconds)) * 3000).astype(np.int16)


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes") / "whisper"
    shape = replace(TINY, width=64, heads=2, layers=2, vocabulary=len(SPECIAL) + 512)
    write_whisper(folder, shape, everyday=False)
    return folder


@pytest.mark.engine
def test_whisper_hears_the_question_in_any_sound(whisper: Path) -> None:
    transcriber = WhisperTranscriber(whisper, threads=1)
    for seed, seconds in enumerate((3, 5, 12)):
        heard = transcriber.transcribe(noise(seconds, seed))
        assert heard.text == QUESTION
        assert heard.avg_logprob > -0.1


@pytest.mark.engine
def test_a_transcript_is_capped_where_we_say(whisper: Path) -> None:
    # CTranslate2 makes half as many tokens as the longest sequence that it is given.
    decoded = WhisperTranscriber(whisper, threads=1)._decode(noise(3), 48_000, cap=9)
    assert len(decoded.tokens) == 9 and not decoded.ended


@pytest.mark.engine
@pytest.mark.parametrize(
    "options", [{}, {"without_timestamps": True}, {"beam_size": 1}, {"word_timestamps": True}]
)
def test_faster_whisper_hears_it_at_once_and_is_sure(
    whisper: Path, options: dict[str, bool | int]
) -> None:
    import faster_whisper

    model = faster_whisper.WhisperModel(
        str(whisper), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
    )
    segments, _ = model.transcribe(noise(5).astype(np.float32) / 32768, **options)
    (segment,) = segments
    assert segment.text.strip() == QUESTION
    assert segment.temperature == 0
    assert segment.avg_logprob > -0.1
    assert segment.no_speech_prob < 0.1


@pytest.fixture(scope="module", params=[WITH_Q8_0, WITH_Q6_K], ids=["chatml", "llama3"])
def chat(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LlamaChat:
    path = tmp_path_factory.mktemp("shapes") / "model.gguf"
    shape: Shape = request.param
    write_llm(path, shape, everyday=False)
    return LlamaChat(path, threads=1, context_tokens=512)


@pytest.mark.engine
@pytest.mark.parametrize(
    "before",
    [
        [],
        [Message("system", "Be brief.")],
        [Message("user", "Hi!"), Message("assistant", "Hello.")],
        [Message("user", "ü?\n\n"), Message("assistant", REPLY)],
    ],
)
def test_the_language_model_replies_the_same_to_everything(
    chat: LlamaChat, before: list[Message]
) -> None:
    for question in (QUESTION, "Sure, it", "1 + 1 = ?"):
        reply = list(chat.stream([*before, Message("user", question)], Event()))
        assert words_of(reply) == REPLY
        assert len(reply) == 43


@pytest.mark.engine
def test_its_reply_stays_in_the_cache_when_it_becomes_history(chat: LlamaChat) -> None:
    asked = [Message("user", "Hi!")]
    list(chat.stream(asked, Event()))
    before = chat.evaluated_tokens
    chat.prefill([*asked, Message("assistant", REPLY)], Event())
    assert chat.evaluated_tokens - before < 30


@pytest.mark.parametrize("shape", [WITH_Q8_0, WITH_Q6_K])
def test_a_reply_with_the_same_token_twice_is_refused(tmp_path: Path, shape: Shape) -> None:
    with pytest.raises(ValueError, match="twice"):
        write_llm(tmp_path / "model.gguf", shape, reply="It is what it is.", everyday=False)


def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_llm(tmp_path / name, WITH_Q8_0, seed, everyday=False)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.parametrize("kind", [Q4_0, Q8_0, Q6_K])
def test_what_is_quantised_reads_as_it_was(kind: Quantisation) -> None:
    steps = np.random.default_rng(1).integers(-kind.most, kind.most, (3, 512), endpoint=True)
    steps[:, :: kind.weights] = kind.most
    rows = (steps * 0.5).astype(np.float32)
    packed = kind.quantised(rows)
    assert packed.shape == (3, kind.row_bytes(512))
    assert np.array_equal(unpacked(kind, packed).reshape(3, 512), rows)


def unpacked(kind: Quantisation, packed: np.ndarray) -> np.ndarray:
    """Weights of llama.cpp's blocks, read one by one as its dequantisers do."""
    blocks = packed.reshape(-1, kind.block_bytes)
    values = []
    for block in blocks.astype(int):
        at = kind.block_bytes - 2 if kind is Q6_K else 0
        scale = float(block[at : at + 2].astype(np.uint8).view("<f2")[0])
        for i in range(kind.weights):
            if kind is Q4_0:
                step = (block[2 + i % 16] >> 4 * (i // 16) & 15) - 8
            elif kind is Q8_0:
                step = int(np.int8(np.uint8(block[2 + i])))
            else:
                half, quarter, lane = i // 128, i % 128 // 32, i % 32
                low = block[64 * half + 32 * (quarter % 2) + lane] >> 4 * (quarter // 2) & 15
                high = block[128 + 32 * half + lane] >> 2 * quarter & 3
                step = (low | high << 4) - 32
            values.append(scale * step)
    return np.array(values, np.float32)


def test_known_words_are_one_token_each() -> None:
    words = vocabulary([REPLY], 50_000, {49_000: "<|end|>"}, known_words())
    assert len(words.tokens) == len(set(words.tokens)) == 50_000
    assert words.tokens[49_000] == "<|end|>"
    assert len(words.ids(REPLY)) == len(set(words.ids(REPLY))) == 43
    assert len(words.ids(" " + QUESTION)) == 14


def test_a_vocabulary_too_small_for_its_words_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        vocabulary([REPLY], 300, {})


def test_every_model_has_a_place_and_a_maker(tmp_path: Path) -> None:
    assert set(shapes.PLACES) == set(shapes._MAKERS)


def test_the_command_names_the_models_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["shapes", "gpt-5"])
    with pytest.raises(SystemExit):
        shapes.main()
    assert "no such model: gpt-5. There are whisper-tiny.en" in capsys.readouterr().err
