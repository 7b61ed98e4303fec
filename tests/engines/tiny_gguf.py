"""Writes a real GGUF chat model of a few kilobytes, with random weights, for llama.cpp to run.

Its vocabulary is the 256 bytes and three control tokens, so every text can be said in it, one
token per byte: multi-byte characters are always spread over several tokens.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.bench.gguf_file import Value, floats, write_gguf

CHATML = (
    "{% for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 32, 4, 2, 64, 512
_NORMAL, _CONTROL = 1, 3


def write(
    path: Path,
    *,
    seed: int = 0,
    template: str | None = CHATML,
    add_bos: bool = False,
    control: Sequence[str] = (),
    words: Sequence[str] = (),
) -> Path:
    """Write the model to `path`; the same seed gives the same file. It may have further control
    tokens, and tokens of several printable bytes (`words`); they follow the 256 bytes."""
    further = [*words, *control]
    tokens = [*_byte_names(), *further, "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    size = len(tokens)
    kinds = [_NORMAL] * (256 + len(words)) + [_CONTROL] * (len(control) + 3)
    metadata: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "tiny",
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": LAYERS,
        "llama.feed_forward_length": INNER,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": size,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": kinds,
        # llama.cpp refuses a vocabulary without merges; this one's result is not a token.
        "tokenizer.ggml.merges": ["Ā ā"],
        "tokenizer.ggml.bos_token_id": size - 3,
        "tokenizer.ggml.eos_token_id": size - 1,
        "tokenizer.ggml.add_bos_token": add_bos,
    }
    if template is not None:
        metadata["tokenizer.chat_template"] = template
    tensors = [floats(name, weight) for name, weight in _weights(size, seed).items()]
    write_gguf(path, metadata, tensors)
    return path


def _weights(tokens: int, seed: int) -> dict[str, NDArray[np.float32]]:
    random = np.random.default_rng(seed)

    def matrix(*shape: int, scale: float = 0.25) -> NDArray[np.float32]:
        return random.normal(0, scale, shape).astype(np.float32)

    ones = np.ones(WIDTH, np.float32)
    weights = {"token_embd.weight": matrix(tokens, WIDTH, scale=1.0), "output_norm.weight": ones}
    weights["output.weight"] = matrix(tokens, WIDTH, scale=0.5)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            weights[f"{block}{name}.weight"] = matrix(WIDTH, WIDTH)
        for name in ("ffn_gate", "ffn_up"):
            weights[f"{block}{name}.weight"] = matrix(INNER, WIDTH)
        weights[f"{block}ffn_down.weight"] = matrix(WIDTH, INNER)
        weights[f"{block}attn_norm.weight"] = weights[f"{block}ffn_norm.weight"] = ones
    return weights


def _byte_names() -> list[str]:
    """The printable characters that stand for the 256 bytes in a byte-level vocabulary."""
    plain = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in plain else next(spare)) for byte in range(256)]
