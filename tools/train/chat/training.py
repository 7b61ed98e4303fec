"""The training loop: Muon for the matrices, AdamW for the rest, linear decay to zero."""

import math
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from tools.train.chat.model import ChatModel, ModelConfig
from tools.train.chat.packing import Packer

BATCH, SHORT, LONG, LONG_EVERY, WARM_UP = 2048, 256, 1024, 16, 60
MUON_RATE, ADAM_RATE = 5e-3, 4e-3


def _rate(step: int, steps: int) -> float:
    """Share of the full learning rate at ``step``."""
    return min(1.0, (step + 1) / WARM_UP) * max(0.0, 1 - step / steps) ** 1.0


def _loss(model: ChatModel, rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Tensor:
    ids, learnt, positions = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
    with torch.autocast("cpu", torch.bfloat16):
        states = model(ids[:, :-1], positions[:, :-1])
        logits = model.logits(states[learnt[:, 1:]])
    return functional.cross_entropy(logits.float(), ids[:, 1:][learnt[:, 1:]])


def train(tokenizer: Tokenizer, steps: int, seed: int, out: Path) -> ChatModel:
    """Train from scratch for ``steps`` steps of 2,048 tokens and write checkpoints to ``out``.

    Rows are short, for speed; every sixteenth step takes long ones.
    """
    torch.manual_seed(seed)
    config = ModelConfig(vocab=tokenizer.get_vocab_size())
    model = ChatModel(config)
    matrices = [p for p in model.blk.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if not any(p is m for m in matrices)]
    optimizers = [
        torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=0.03, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    ]
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(o, lambda step: _rate(step, steps)) for o in optimizers
    ]
    count = sum(p.numel() for p in model.parameters())
    print(f"{count:,} parameters, {steps:,} steps of {BATCH:,} tokens")
    streams = {
        length: Packer(tokenizer, seed + length, length, config.context).rows()
        for length in (SHORT, LONG)
    }
    began, smooth = time.monotonic(), math.nan
    for step in range(steps):
        length = LONG if step % LONG_EVERY == LONG_EVERY - 1 else SHORT
        loss = _loss(model, [next(streams[length]) for _ in range(BATCH // length)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for part in (*optimizers, *schedules):
            part.step()
        model.zero_grad(set_to_none=True)
        smooth = loss.item() if math.isnan(smooth) else 0.98 * smooth + 0.02 * loss.item()
        if (step + 1) % 50 == 0:
            speed = (step + 1) * BATCH / (time.monotonic() - began)
            print(f"step {step + 1:6,}  loss {smooth:.4f}  {speed:,.0f} tokens/s", flush=True)
        if (step + 1) % 500 == 0 or step + 1 == steps:
            save(model, out)
    return model


def save(model: ChatModel, path: Path) -> None:
    """Write the weights and sizes of ``model``, whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save({"config": asdict(model.config), "weights": model.state_dict()}, partial)
    partial.replace(path)


def load(path: Path) -> ChatModel:
    """Read what `save` wrote."""
    saved = torch.load(path, weights_only=True)
    model = ChatModel(ModelConfig(**saved["config"]))
    model.load_state_dict(saved["weights"])
    return model
