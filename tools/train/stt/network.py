"""A nano Whisper in torch, built so that its weights carry CTranslate2's own names.

``encoder.layer_0.self_attention.linear_0.weight`` here is
``encoder/layer_0/self_attention/linear_0/weight`` there, so reading and writing a model is a
change of punctuation. Queries, keys and values are one fused matrix for the same reason. (Whisper's
keys have no bias; ours may: a constant added to every key cancels in the softmax.)

Architecture: Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision". The
phoneme head on the encoder (connectionist temporal classification, Graves et al. 2006) exists for
training only: without it a model this small does not learn to align in the time it is given.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (the name everybody knows it by)


class Shape(NamedTuple):
    """What decides the size of the model; the default has 6.2 million parameters."""

    vocabulary: int
    phonemes: int
    width: int = 256
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 2


MELS, FRAMES, TOKENS = 80, 1500, 448


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's fixed encoder positions, [length, width]."""
    step = math.log(10_000) / (width // 2 - 1)
    angle = torch.arange(length).float()[:, None] * torch.exp(-step * torch.arange(width // 2))
    return torch.cat([angle.sin(), angle.cos()], 1)


class Positions(nn.Module):
    """Position encodings, learned or fixed."""

    def __init__(self, encodings: Tensor, learned: bool) -> None:
        super().__init__()
        if learned:
            self.encodings = nn.Parameter(encodings)
        else:
            self.register_buffer("encodings", encodings)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.encodings[: x.shape[1]].to(x.dtype)


class Attention(nn.Module):
    """Pre-norm attention with its residual; ``cross`` reads keys and values from the encoder."""

    def __init__(self, width: int, heads: int, cross: bool) -> None:
        super().__init__()
        self.heads = heads
        self.layer_norm = nn.LayerNorm(width)
        sizes = [width, 2 * width, width] if cross else [3 * width, width]
        for index, size in enumerate(sizes):
            self.add_module(f"linear_{index}", nn.Linear(width, size))

    def _project(self, x: Tensor, source: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        if source is None:
            query, key, value = self.linear_0(x).chunk(3, -1)
        else:
            query, (key, value) = self.linear_0(x), self.linear_1(source).chunk(2, -1)
        batch, _, width = query.shape
        head = width // self.heads

        def by_head(part: Tensor) -> Tensor:
            return part.view(batch, -1, self.heads, head).transpose(1, 2)

        return by_head(query), by_head(key), by_head(value)

    def forward(self, x: Tensor, source: Tensor | None = None, causal: bool = False) -> Tensor:
        query, key, value = self._project(self.layer_norm(x), source)
        if key.shape[2] > 500:
            mixed = F.scaled_dot_product_attention(query, key, value, is_causal=causal)
        else:  # written out: on short windows it trains faster than the CPU kernel
            score = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
            if causal:
                score = score + torch.full(score.shape[-2:], -torch.inf, dtype=score.dtype).triu(1)
            mixed = score.softmax(-1).to(value.dtype) @ value
        last: nn.Module = self.linear_1 if source is None else self.linear_2
        mixed = last(mixed.transpose(1, 2).reshape(x.shape))
        return x + mixed


class FeedForward(nn.Module):
    """Pre-norm two-layer perceptron with its residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer_norm = nn.LayerNorm(width)
        self.linear_0 = nn.Linear(width, 4 * width)
        self.linear_1 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        hidden: Tensor = self.linear_1(F.gelu(self.linear_0(self.layer_norm(x))))
        return x + hidden


class Layer(nn.Module):
    """One transformer layer; a decoder layer has a second, cross attention."""

    def __init__(self, width: int, heads: int, decoder: bool) -> None:
        super().__init__()
        self.self_attention = Attention(width, heads, cross=False)
        if decoder:
            self.attention = Attention(width, heads, cross=True)
        self.ffn = FeedForward(width)

    def forward(self, x: Tensor, source: Tensor | None = None) -> Tensor:
        x = self.self_attention(x, causal=source is not None)
        if source is not None:
            x = self.attention(x, source)
        return self.ffn(x)


class Encoder(nn.Module):
    """Log-mel features [batch, 80, frames] → [batch, frames / 2, width]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MELS, shape.width, 3, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, 3, stride=2, padding=1)
        self.position_encodings = Positions(sinusoids(FRAMES, shape.width), learned=False)
        for index in range(shape.encoder_layers):
            self.add_module(f"layer_{index}", Layer(shape.width, shape.heads, decoder=False))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, mel: Tensor) -> Tensor:
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)
        x = self.position_encodings(x)
        for name, layer in self.named_children():
            if name.startswith("layer_") and name != "layer_norm":
                x = layer(x)
        return self.layer_norm(x)


class Decoder(nn.Module):
    """Tokens [batch, length] and the encoder's output → logits [batch, length, vocabulary]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embeddings.weight, std=0.05)
        start = torch.randn(TOKENS, shape.width) * 0.01
        self.position_encodings = Positions(start, learned=True)
        for index in range(shape.decoder_layers):
            self.add_module(f"layer_{index}", Layer(shape.width, shape.heads, decoder=True))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, tokens: Tensor, source: Tensor) -> Tensor:
        x = self.position_encodings(self.embeddings(tokens))
        for name, layer in self.named_children():
            if name.startswith("layer_") and name != "layer_norm":
                x = layer(x, source)
        return self.layer_norm(x) @ self.embeddings.weight.t()


class NanoWhisper(nn.Module):
    """Encoder, decoder and, for training, the phoneme head."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.phonemes = nn.Linear(shape.width, shape.phonemes)

    @torch.no_grad()
    def greedy(
        self, mel: Tensor, prompt: list[int], end: int, longest: int = 48
    ) -> list[list[int]]:
        """The most likely tokens after ``prompt`` for each row of ``mel``, up to ``end``."""
        source = self.encoder(mel)
        tokens = torch.tensor([prompt] * len(mel))
        done = torch.zeros(len(mel), dtype=torch.bool)
        for _ in range(longest):
            best = self.decoder(tokens, source)[:, -1].float().argmax(-1).masked_fill(done, end)
            done |= best == end
            tokens = torch.cat([tokens, best[:, None]], 1)
            if done.all():
                break
        answers = tokens[:, len(prompt) :].tolist()
        return [row[: row.index(end)] if end in row else row for row in answers]


GAMMA_BETA = {"weight": "gamma", "bias": "beta"}


def ctranslate2_name(name: str) -> str:
    """The name in a CTranslate2 file of one of this model's weights."""
    *path, leaf = name.split(".")
    if path[-1] == "layer_norm":
        leaf = GAMMA_BETA[leaf]
    return "/".join([*path, leaf])


def load_ctranslate2(model: NanoWhisper, weights: Mapping[str, object]) -> None:
    """Fill the model with what ``ct2_file.read_weights`` gave; the phoneme head stays as it is."""
    state = model.state_dict()
    for name in state:
        if not name.startswith("phonemes."):
            state[name] = torch.tensor(weights[ctranslate2_name(name)])
    model.load_state_dict(state)
