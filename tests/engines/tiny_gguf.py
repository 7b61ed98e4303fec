"""Writes a real GGUF chat model of a few kilobytes, with random weights, for llama.cpp to run.

Its vocabulary is the 256 bytes and three control tokens, so every text can be said in it, one
token per byte: multi-byte characters are always spread over several tokens.
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHATML = (
    "{% for message in messages %}"
    "<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 32, 4, 2, 64, 512
_ALIGNMENT = 32
_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY, _INT32 = 4, 6, 7, 8, 9, 5
_NORMAL, _CONTROL = 1, 3

Value = bool | int | float | str | Sequence[str] | Sequence[int]


def write(
    path: Path, *, seed: int = 0, template: str | None = CHATML, add_bos: bool = False
) -> Path:
    """Write the model to `path`; the same seed gives the same file."""
    tokens = [*_byte_names(), "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    size = len(tokens)
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
        "tokenizer.ggml.token_type": [_NORMAL] * 256 + [_CONTROL] * 3,
        # llama.cpp refuses a vocabulary without merges; this one's result is not a token.
        "tokenizer.ggml.merges": ["Ā ā"],
        "tokenizer.ggml.bos_token_id": size - 3,
        "tokenizer.ggml.eos_token_id": size - 1,
        "tokenizer.ggml.add_bos_token": add_bos,
    }
    if template is not None:
        metadata["tokenizer.chat_template"] = template
    path.write_bytes(_file(metadata, _weights(size, seed)))
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


def _file(metadata: Mapping[str, Value], weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, len(weights), len(metadata))
    head += b"".join(_text(key) + _value(value) for key, value in metadata.items())
    data = b""
    for name, weight in weights.items():
        shape = weight.shape[::-1]
        head += _text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        head += struct.pack("<IQ", 0, len(data))
        data += _aligned(weight.tobytes())
    return _aligned(head) + data


def _value(value: Value) -> bytes:
    match value:
        case bool():
            return struct.pack("<IB", _BOOL, value)
        case int():
            return struct.pack("<II", _UINT32, value)
        case float():
            return struct.pack("<If", _FLOAT32, value)
        case str():
            return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value[0], str):
        items = b"".join(_text(str(item)) for item in value)
        return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + items
    return struct.pack(f"<IIQ{len(value)}i", _ARRAY, _INT32, len(value), *map(int, value))


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def _aligned(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)


def _byte_names() -> list[str]:
    """The printable characters that stand for the 256 bytes in a byte-level vocabulary."""
    plain = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in plain else next(spare)) for byte in range(256)]
