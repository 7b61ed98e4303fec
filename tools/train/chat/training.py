"""The training loop: Muon for the matrices, AdamW for the rest, linear decay to zero."""

import math
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from tools.train.chat.model import ChatModel, ModelConfig
from tools.train.chat.packing import Packer
from tools.train.chat.tokenizer import SPACE

BATCH, SHORT, LONG, LONG_EVERY, WARM_UP = 2048, 256, 1024, 16, 60
MUON_RATE, ADAM_RATE = 5e-3, 4e-3


def _rate(step: int, progress: float) -> float:
    """Share of the full learning rate after ``progress`` (0 to 1) of the schedule."""
    return min(1.0, (step + 1) / WARM_UP) * max(0.0, 1 - progress)


def _loss(model: ChatModel, rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Tensor:
    ids, learnt, positions = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
    with torch.autocast("cpu", torch.bfloat16):
        states = model(ids[:, :-1], positions[:, :-1])
        logits = model.logits(states[learnt[:, 1:]])
    return functional.cross_entropy(logits.float(), ids[:, 1:][learnt[:, 1:]])


def _optimizers(model: ChatModel) -> list[torch.optim.Optimizer]:
    matrices = [p for p in model.blk.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if not any(p is m for m in matrices)]
    return [
        torch.optim.Muon(matrices, lr=MUON_RATE, weight_decay=0.03, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), weight_decay=0.0),
    ]


def train(
    model: ChatModel,
    tokenizer: Tokenizer,
    out: Path,
    *,
    seed: int,
    steps: int,
    minutes: float = math.inf,
    full_rate: float = 1.0,
) -> None:
    """Train ``model`` for ``steps`` steps of 2,048 tokens and write checkpoints to ``out``.

    The learning rate falls from ``full_rate`` of its usual value to zero, over ``steps`` or, on a
    machine that has other things to do, over ``minutes``: whichever ends first. Rows are short,
    for speed; every sixteenth step takes long ones.
    """
    optimizers = _optimizers(model)
    full_rates = [MUON_RATE * full_rate, ADAM_RATE * full_rate]
    streams = {
        length: Packer(tokenizer, seed + length, length, model.config.context).rows()
        for length in (SHORT, LONG)
    }
    began, smooth, step, progress = time.monotonic(), math.nan, 0, 0.0
    while progress < 1:
        for optimizer, rate in zip(optimizers, full_rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * _rate(step, progress)
        length = LONG if step % LONG_EVERY == LONG_EVERY - 1 else SHORT
        loss = _loss(model, [next(streams[length]) for _ in range(BATCH // length)])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        model.zero_grad(set_to_none=True)
        smooth = loss.item() if math.isnan(smooth) else 0.98 * smooth + 0.02 * loss.item()
        step += 1
        elapsed = time.monotonic() - began
        progress = max(step / steps, elapsed / (60 * minutes))
        if step % 50 == 0:
            speed = step * BATCH / elapsed
            print(f"step {step:6,}  loss {smooth:.4f}  {speed:,.0f} tokens/s", flush=True)
        if step % 250 == 0 or progress >= 1:
            save(model, out)
    print(f"{step:,} steps, {step * BATCH:,} tokens, {elapsed / 60:.1f} minutes")


def new_model(vocab: int, seed: int) -> ChatModel:
    """A model with random weights."""
    torch.manual_seed(seed)
    model = ChatModel(ModelConfig(vocab=vocab))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
    return model


def widen(model: ChatModel, before: Tokenizer, after: Tokenizer) -> ChatModel:
    """``model`` for a vocabulary that goes on behind that of ``before``.

    A word without its space begins as the word with it, moved a step that all of them share; any
    other new token as the mean of what its text was spelt with.
    """
    old = model.token_embd.weight.detach()
    step = torch.randn(model.config.width, generator=torch.Generator().manual_seed(1))
    step *= 0.5 * old.norm(dim=1).mean() / step.norm()
    rows = []
    for number in range(before.get_vocab_size(), after.get_vocab_size()):
        text = after.id_to_token(number)
        spaced = before.token_to_id(f"{SPACE}{text}")
        parts = before.encode(text, add_special_tokens=False).ids
        rows.append(old[parts].mean(dim=0) if spaced is None else old[spaced] + step)
    wider = ChatModel(replace(model.config, vocab=after.get_vocab_size()))
    weights = model.state_dict() | {"token_embd.weight": torch.cat([old, torch.stack(rows)])}
    wider.load_state_dict(weights)
    return wider


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
