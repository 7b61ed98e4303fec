"""Whisper models of real size that hear one question in everything.

The shape is that of Whisper (Radford et al. 2022, arXiv:2212.04356), the weights are random int8,
so encoding and decoding cost what they cost. The words are fixed by construction: the learned
position vectors of the decoder are ten times as long as its token embeddings and what the layers
add is short, so at position p the sum points at the p-th token of the script, whatever was heard.

Position 0 holds `<|startoftranscript|>` and asks for `<|0.00|>`; position 1 holds that or
`<|notimestamps|>` and asks for the first word. Programs with and without timestamps hear the same.
A prompt that begins with other tokens (an initial prompt, hot words, the text of earlier windows
of audio beyond 30 s) moves the positions and is not supported.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.bench.ct2_writer import Array, write_model
from tools.bench.shape_words import QUESTION, SPACE, Vocabulary, known_words, vocabulary

Floats = NDArray[np.float32]

MELS, FRAMES, POSITIONS = 80, 1500, 448
_LANGUAGES = """
en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr
bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn
yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su
"""
_TASKS = "translate transcribe startoflm startofprev nospeech notimestamps"
SPECIAL = [
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{name}|>" for name in (_LANGUAGES + _TASKS).split()),
    *(f"<|{step * 0.02:.2f}|>" for step in range(1501)),
]
"""The last tokens of Whisper's English vocabulary, in its order."""

_EMBEDDING_NORM = 1.5
_POSITION_NORM = 15.0
_ADDED = 0.05
"""Root mean square of what each part of a layer adds; the position's is 15 / √width."""


@dataclass(frozen=True)
class Shape:
    """Sizes of an English Whisper model."""

    width: int
    heads: int
    layers: int
    vocabulary: int = 51_864


TINY = Shape(384, 6, 4)
BASE = Shape(512, 8, 6)


def write_whisper(
    folder: Path, shape: Shape, seed: int = 1, question: str = QUESTION, everyday: bool = True
) -> None:
    """Write a folder that CTranslate2 and faster-whisper load; it always hears `question`.

    `everyday`: with the known English words as tokens; else only those of the question.
    """
    folder.mkdir(parents=True, exist_ok=True)
    first = shape.vocabulary - len(SPECIAL)
    words = vocabulary(
        [" " + question],
        shape.vocabulary,
        {first + at: name for at, name in enumerate(SPECIAL)},
        known_words() if everyday else (),
    )
    start = words.tokens.index("<|0.00|>")
    script = [start, *words.ids(" " + question)]
    variables = _quantised(_weights(np.random.default_rng(seed), shape, script, first))
    tied = {"decoder/projection/weight": "decoder/embeddings/weight"}
    tied |= {f"{alias}_scale": f"{target}_scale" for alias, target in tied.items()}
    write_model(folder / "model.bin", "WhisperSpec", 3, variables, tied)
    _write_json(folder / "vocabulary.json", words.tokens)
    _write_json(folder / "tokenizer.json", _tokenizer(words, first))
    _write_json(folder / "config.json", _config(words, shape, first))
    features = {"feature_size": MELS, "sampling_rate": 16_000, "hop_length": 160}
    _write_json(folder / "preprocessor_config.json", features | {"chunk_length": 30, "n_fft": 400})


def _weights(
    random: np.random.Generator, shape: Shape, script: list[int], end: int
) -> Iterator[tuple[str, Array]]:
    """Every variable under CTranslate2's name; matrices as float32, [outputs, inputs…]."""
    width = shape.width
    yield "encoder/conv1/weight", _matrix(random, 1.0, width, MELS, 3)
    yield "encoder/conv1/bias", np.zeros(width, np.float32)
    yield "encoder/conv2/weight", _matrix(random, 1.0, width, width, 3)
    yield "encoder/conv2/bias", np.zeros(width, np.float32)
    yield "encoder/position_encodings/encodings", _sinusoids(FRAMES, width)
    embeddings = _of_norm(_EMBEDDING_NORM, _matrix(random, 1.0, shape.vocabulary, width))
    positions = embeddings[script + [end] * (POSITIONS - len(script))]
    yield "decoder/embeddings/weight", embeddings
    yield "decoder/position_encodings/encodings", _of_norm(_POSITION_NORM, positions)
    for side in ("encoder", "decoder"):
        yield f"{side}/num_heads", np.array(shape.heads, np.int16)
        yield from _norm(f"{side}/layer_norm", width)
        for layer in range(shape.layers):
            yield from _layer(random, f"{side}/layer_{layer}", width, cross=side == "decoder")
    yield from _switches()


def _layer(
    random: np.random.Generator, name: str, width: int, cross: bool
) -> Iterator[tuple[str, Array]]:
    """Parts of a layer, each with its matrices as (outputs, inputs) in turn."""
    parts = {
        "self_attention": [(3 * width, width), (width, width)],
        "ffn": [(4 * width, width), (width, 4 * width)],
    }
    if cross:
        parts["attention"] = [(width, width), (2 * width, width), (width, width)]
    for part, sizes in parts.items():
        yield from _norm(f"{name}/{part}/layer_norm", width)
        for at, (outputs, inputs) in enumerate(sizes):
            gain = _ADDED if at == len(sizes) - 1 else 1.0
            yield f"{name}/{part}/linear_{at}/weight", _matrix(random, gain, outputs, inputs)
            yield f"{name}/{part}/linear_{at}/bias", np.zeros(outputs, np.float32)


def _norm(name: str, width: int) -> Iterator[tuple[str, Array]]:
    yield f"{name}/gamma", np.ones(width, np.float32)
    yield f"{name}/beta", np.zeros(width, np.float32)


def _switches() -> Iterator[tuple[str, Array]]:
    """What else CTranslate2 wants to know of a Whisper decoder."""
    yield "decoder/activation", np.array(3, np.int8)  # GELU
    yield "decoder/pre_norm", np.array(1, np.int8)
    yield "decoder/alignment_heads", np.array(1, np.int16)
    yield "decoder/alignment_layer", np.array(-1, np.int16)
    off = "alibi alibi_use_positive_positions scale_alibi scale_embeddings"
    for switch in [*off.split(), "start_from_zero_embedding"]:
        yield f"decoder/{switch}", np.array(0, np.int8)


def _quantised(weights: Iterator[tuple[str, Array]]) -> dict[str, Array]:
    """Matrices as int8 with a factor per row: float = int8 / factor. In CTranslate2's order."""
    made: dict[str, Array] = {}
    for name, value in weights:
        made[name] = value
        if name.endswith("/weight"):
            rows = value.reshape(len(value), -1)
            factor = (127 / np.abs(rows).max(1)).astype(np.float32)
            made[name] = np.rint(rows * factor[:, None]).astype(np.int8).reshape(value.shape)
            made[f"{name}_scale"] = factor
    return dict(sorted(made.items()))


def _matrix(random: np.random.Generator, gain: float, *shape: int) -> Floats:
    """Normal weights that turn inputs of root mean square 1 into outputs of `gain`."""
    scale = np.float32(gain / np.sqrt(np.prod(shape[1:])))
    made: Floats = scale * random.standard_normal(shape, np.float32)
    return made


def _of_norm(norm: float, rows: Floats) -> Floats:
    """Rows without their mean (layer norm would take it away) and of Euclidean `norm`."""
    centred = rows - rows.mean(1, keepdims=True)
    made: Floats = centred * (norm / np.linalg.norm(centred, axis=1, keepdims=True))
    return made


def _sinusoids(length: int, width: int) -> Floats:
    """Whisper's fixed encoder positions, [length, width]."""
    step = np.log(10_000) / (width // 2 - 1)
    angle = np.arange(length)[:, None] * np.exp(-step * np.arange(width // 2))
    return np.concatenate([np.sin(angle), np.cos(angle)], 1).astype(np.float32)


def _tokenizer(words: Vocabulary, first: int) -> dict[str, object]:
    """The file of the `tokenizers` library; special tokens begin at id `first`."""
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    level |= {"use_regex": True}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    added = [
        {"id": at, "content": words.tokens[at], **flags, "special": True}
        for at in range(first, len(words.tokens))
    ]
    model = {
        "type": "BPE",
        "vocab": {token: at for at, token in enumerate(words.tokens[:first])},
        "merges": [list(merge) for merge in words.merges],
    }
    return {
        "version": "1.0",
        "added_tokens": added,
        "pre_tokenizer": level,
        "decoder": level,
        "model": model,
    }


def _config(words: Vocabulary, shape: Shape, first: int) -> dict[str, object]:
    """What is never said: the vocabulary's own marks, and at the beginning a space or the end."""
    marks = [name for name in SPECIAL[1:] if not name[2].isdigit()]
    return {
        "suppress_ids": sorted(map(words.tokens.index, marks)),
        "suppress_ids_begin": [words.tokens.index(SPACE), first],
        "lang_ids": [],
        "alignment_heads": [[shape.layers - 1, head] for head in range(shape.heads)],
    }


def _write_json(path: Path, tree: object) -> None:
    path.write_text(json.dumps(tree, ensure_ascii=False) + "\n", encoding="utf-8")
