"""Chat models of real size that give one reply to everything.

The shapes are those of Qwen2.5 0.5B (arXiv:2412.15115) and Llama 3.2 1B (arXiv:2407.21783 tells
of the family), quantised to Q4_0 with the output matrix in the type that llama.cpp's own quantiser
takes (Q6_K, or Q8_0 where a row is not a multiple of 256). The weights are random, so evaluating a
token costs what it costs; the words are fixed by construction: embeddings are long and what layers
add is short, so the last state points where the last token's embedding does, and the output row of
the token that follows it in the script points there too. It is a chain over tokens, whatever was
said before, from the end of the assistant's header to the end of the turn. That is why no token
may come twice in the reply.

Both published models use their embedding matrix for the output as well. A chain needs its own
output matrix. Speed is the same: a token reads all of the output matrix and one row of the
embeddings; the file is larger by the embeddings, which are mapped and hardly ever touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools.bench.gguf_file import (
    Q4_0,
    Q6_K,
    Q8_0,
    Floats,
    Packed,
    Quantisation,
    Tensor,
    Value,
    floats,
    matrix,
    write_gguf,
)
from tools.bench.shape_words import NEWLINE, REPLY, Vocabulary, known_words, vocabulary

_NORMAL, _CONTROL = 1, 3
_ADDED = 0.05
"""Root mean square of what a part of a layer adds; that of an embedding is 1."""
_OTHERS = 0.2
"""Length of the output rows outside the script; that of a row inside it is 1."""


@dataclass(frozen=True)
class Dialect:
    """How a family of chat models writes a conversation. `special` counts from its first token."""

    special: dict[int, str]
    template: str
    begin: str
    end: str
    header_end: str
    add_begin: bool
    pre: str


CHATML = Dialect(
    special={0: "<|endoftext|>", 1: "<|im_start|>", 2: "<|im_end|>"},
    template=(
        "{% for message in messages %}"
        "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
        "{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    begin="<|endoftext|>",
    end="<|im_end|>",
    header_end=NEWLINE,
    add_begin=False,
    pre="qwen2",
)
LLAMA3 = Dialect(
    special={
        0: "<|begin_of_text|>",
        1: "<|end_of_text|>",
        6: "<|start_header_id|>",
        7: "<|end_header_id|>",
        9: "<|eot_id|>",
    },
    template=(
        "{{ bos_token }}{% for message in messages %}"
        "<|start_header_id|>{{ message.role }}<|end_header_id|>\n\n{{ message.content }}<|eot_id|>"
        "{% endfor %}"
        "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
    ),
    begin="<|begin_of_text|>",
    end="<|eot_id|>",
    header_end=NEWLINE * 2,
    add_begin=True,
    pre="llama-bpe",
)


@dataclass(frozen=True)
class Shape:
    """Sizes of a chat model. `first_special`: id of the first token that is not text."""

    architecture: str
    dialect: Dialect
    layers: int
    width: int
    heads: int
    kv_heads: int
    inner: int
    vocabulary: int
    first_special: int
    context: int
    rope_base: float
    epsilon: float
    biases: bool

    @property
    def output_kind(self) -> Quantisation:
        """Type of the output matrix."""
        return Q8_0 if self.width % Q6_K.weights else Q6_K


QWEN_05B = Shape(
    "qwen2", CHATML, 24, 896, 14, 2, 4864, 151_936, 151_643, 32_768, 1e6, 1e-6, biases=True
)
LLAMA_1B = Shape(
    "llama", LLAMA3, 16, 2048, 32, 8, 8192, 128_256, 128_000, 131_072, 5e5, 1e-5, biases=False
)


def write_llm(
    path: Path, shape: Shape, seed: int = 1, reply: str = REPLY, everyday: bool = True
) -> None:
    """Write a GGUF file that answers `reply` to everything.

    `everyday`: with the known English words as tokens; else only those of the reply. Raises
    `ValueError` for a reply in which a token comes twice.
    """
    dialect = shape.dialect
    special = {shape.first_special + at: name for at, name in dialect.special.items()}
    words = vocabulary([reply], shape.vocabulary, special, known_words() if everyday else ())
    chain = [
        words.tokens.index(dialect.header_end),
        *words.ids(reply),
        words.tokens.index(dialect.end),
    ]
    if len(set(chain)) < len(chain):
        raise ValueError("a token comes twice in the reply, so the chain would never end")
    tensors = _tensors(np.random.default_rng(seed), shape, chain)
    write_gguf(path, _metadata(shape, words, special), list(tensors))


def _tensors(random: np.random.Generator, shape: Shape, chain: list[int]) -> Iterator[Tensor]:
    width, tokens, output = shape.width, shape.vocabulary, shape.output_kind
    # Set by hand so that the output matrix can point at the same directions, exactly.
    known = random.standard_normal((len(chain) - 1, width), np.float32)

    def embeddings() -> Packed:
        rows = Q4_0.random(random, tokens, width, 1.0)
        rows[chain[:-1]] = Q4_0.quantised(known)
        return rows

    def outputs() -> Packed:
        rows = output.random(random, tokens, width, _OTHERS / np.sqrt(width))
        rows[chain[1:]] = output.quantised(known / np.sqrt(np.float32(width)))
        return rows

    yield matrix("token_embd.weight", (tokens, width), Q4_0, embeddings)
    for layer in range(shape.layers):
        yield from _layer(random, shape, f"blk.{layer}")
    yield floats("output_norm.weight", np.ones(width, np.float32))
    yield matrix("output.weight", (tokens, width), output, outputs)


def _layer(random: np.random.Generator, shape: Shape, block: str) -> Iterator[Tensor]:
    width, shared = shape.width, shape.width // shape.heads * shape.kv_heads
    sizes = {
        "attn_q": (width, width, 1.0),
        "attn_k": (shared, width, 1.0),
        "attn_v": (shared, width, 1.0),
        "attn_output": (width, width, _ADDED),
        "ffn_gate": (shape.inner, width, 1.0),
        "ffn_up": (shape.inner, width, 1.0),
        "ffn_down": (width, shape.inner, _ADDED),
    }
    for name, (rows, columns, gain) in sizes.items():

        def make(rows: int = rows, columns: int = columns, gain: float = gain) -> Packed:
            return Q4_0.random(random, rows, columns, gain / np.sqrt(columns))

        yield matrix(f"{block}.{name}.weight", (rows, columns), Q4_0, make)
        if shape.biases and name in ("attn_q", "attn_k", "attn_v"):
            yield floats(f"{block}.{name}.bias", _small(random, rows))
    for name in ("attn_norm", "ffn_norm"):
        yield floats(f"{block}.{name}.weight", np.ones(width, np.float32))


def _small(random: np.random.Generator, size: int) -> Floats:
    return np.float32(0.1) * random.standard_normal(size, np.float32)


def _metadata(shape: Shape, words: Vocabulary, special: dict[int, str]) -> dict[str, Value]:
    name, dialect = shape.architecture, shape.dialect
    kinds = [_NORMAL] * shape.vocabulary
    for at in special:
        kinds[at] = _CONTROL
    return {
        "general.architecture": name,
        "general.name": f"shape of {name} with {shape.layers} layers, random weights",
        "general.file_type": 2,
        "general.quantization_version": 2,
        f"{name}.context_length": shape.context,
        f"{name}.embedding_length": shape.width,
        f"{name}.block_count": shape.layers,
        f"{name}.feed_forward_length": shape.inner,
        f"{name}.attention.head_count": shape.heads,
        f"{name}.attention.head_count_kv": shape.kv_heads,
        f"{name}.attention.layer_norm_rms_epsilon": shape.epsilon,
        f"{name}.rope.freq_base": shape.rope_base,
        f"{name}.rope.dimension_count": shape.width // shape.heads,
        f"{name}.vocab_size": shape.vocabulary,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": dialect.pre,
        "tokenizer.ggml.tokens": words.tokens,
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": [" ".join(merge) for merge in words.merges],
        "tokenizer.ggml.bos_token_id": words.tokens.index(dialect.begin),
        "tokenizer.ggml.eos_token_id": words.tokens.index(dialect.end),
        "tokenizer.ggml.add_bos_token": dialect.add_begin,
        "tokenizer.chat_template": dialect.template,
    }
