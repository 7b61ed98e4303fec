"""A small Llama: RMSNorm, rotary positions, SwiGLU, tied embeddings.

Rotary positions turn neighbouring pairs of channels, as llama.cpp does for this architecture, so
that weights are exported as they are.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the network; ``width`` and ``hidden`` are multiples of 32 for Q8_0."""

    vocab: int
    width: int = 192
    hidden: int = 512
    layers: int = 6
    heads: int = 6
    rope_base: float = 10_000.0
    norm_eps: float = 1e-5
    context: int = 2048


def rotate(x: Tensor, angles: Tensor) -> Tensor:
    """Turn neighbouring channels of ``x`` by ``angles``.

    Shapes: (batch, heads, time, size) and, in radians, (batch, 1, time, size / 2).
    """
    even, odd = x[..., 0::2], x[..., 1::2]
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention of (batch, heads, time, size) tensors.

    Spelled out, because for short rows it trains twice as fast on a CPU as the fused kernel.
    """
    with torch.autocast("cpu", enabled=False):
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        hidden = torch.full(scores.shape[-2:], -torch.inf, dtype=q.dtype).triu(1)
        return torch.softmax(scores + hidden, dim=-1) @ v


class Block(nn.Module):
    """Attention, then a gated feed-forward network, each after a norm and added back."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width, hidden = config.width, config.hidden
        self.heads = config.heads
        self.attn_norm = nn.RMSNorm(width, eps=config.norm_eps)
        self.attn_q, self.attn_k, self.attn_v, self.attn_output = (
            nn.Linear(width, width, bias=False) for _ in range(4)
        )
        self.ffn_norm = nn.RMSNorm(width, eps=config.norm_eps)
        self.ffn_gate = nn.Linear(width, hidden, bias=False)
        self.ffn_up = nn.Linear(width, hidden, bias=False)
        self.ffn_down = nn.Linear(hidden, width, bias=False)

    def forward(self, x: Tensor, angles: Tensor) -> Tensor:
        """(batch, time, width) to the same."""
        normed = self.attn_norm(x)
        q, k, v = (
            part(normed).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.attn_q, self.attn_k, self.attn_v)
        )
        mixed = attend(rotate(q, angles), rotate(k, angles), v)
        x = x + self.attn_output(mixed.transpose(1, 2).flatten(-2))
        normed = self.ffn_norm(x)
        return x + self.ffn_down(functional.silu(self.ffn_gate(normed)) * self.ffn_up(normed))


class ChatModel(nn.Module):
    """Token ids to hidden states; `logits` finishes those that are asked for."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.token_embd = nn.Embedding(config.vocab, config.width)
        self.blk = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.output_norm = nn.RMSNorm(config.width, eps=config.norm_eps)
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                last = "output" in name or "down" in name
                std = 0.02 if "embd" in name else weight.shape[1] ** -0.5
                nn.init.normal_(weight, std=std / (2 * config.layers) ** 0.5 if last else std)

    def forward(self, ids: Tensor, positions: Tensor) -> Tensor:
        """Hidden states (batch, time, width) of ``ids`` at ``positions``, both (batch, time)."""
        size = self.config.width // self.config.heads
        powers = torch.arange(0, size, 2, device=ids.device) / size
        angles = positions[:, None, :, None] * self.config.rope_base**-powers
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, angles)
        return self.output_norm(x)

    def logits(self, states: Tensor) -> Tensor:
        """(n, width) to (n, vocab), through the embedding's transpose."""
        return functional.linear(states, self.token_embd.weight)
