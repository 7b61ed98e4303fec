"""Step "train": from a seed, or further from an exported model, to a checkpoint.

The loss is next-token cross entropy (smoothed by 0.05) plus the encoder's phoneme CTC. AdamW, an
exponential moving average of the weights (that is what is kept), and a learning rate that is held
for a third of the run and then falls as a cosine. A run has a length in steps (repeatable) or in
minutes (when the time is what is given).
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from .batches import IGNORED, Batch, Loader
from .ct2_file import read_weights
from .network import NanoWhisper, Shape, load_ctranslate2
from .schedule import Progress, hardness, phoneme_weight, rate_factor
from .tokens import PHONEMES, Codec

HEAD_ONLY = 150  # steps in which a new phoneme head may not yet pull at a trained encoder
AVERAGE = 0.998


@dataclass(frozen=True)
class Plan:
    """One training run."""

    data: Path
    tokenizer: Path
    output: Path
    initial: Path | None = None  # an exported model or a checkpoint to start from
    seed: int = 0
    learning_rate: float = 1e-3
    steps: int | None = None
    minutes: float | None = None
    threads: int = 1
    report_every: int = 50
    save_minutes: float = 4.0


def losses(model: NanoWhisper, batch: Batch, head_only: bool) -> tuple[Tensor, Tensor]:
    """Cross entropy of the words, CTC loss of the phonemes (per phoneme)."""
    labels = torch.from_numpy(batch.labels)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        source = model.encoder(torch.from_numpy(batch.features).float())
        logits = model.decoder(torch.from_numpy(batch.tokens), source)
        heard = model.phonemes(source.detach() if head_only else source)
    words = F.cross_entropy(
        logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, label_smoothing=0.05
    )
    frames = np.minimum(batch.frame_counts, heard.shape[1])
    phonemes = F.ctc_loss(
        heard.float().log_softmax(-1).transpose(0, 1),
        torch.from_numpy(batch.phonemes),
        torch.from_numpy(frames),
        torch.from_numpy(batch.phoneme_counts),
        zero_infinity=True,
        reduction="none",
    )
    return words, (phonemes / torch.from_numpy(np.maximum(batch.phoneme_counts, 1))).mean()


class Average:
    """The exponential moving average of a model's weights."""

    def __init__(self, model: NanoWhisper) -> None:
        self.state = {name: value.detach().clone() for name, value in model.state_dict().items()}
        self._ours = list(self.state.values())
        self._theirs = list(model.state_dict().values())

    @torch.no_grad()
    def update(self, step: int) -> None:
        """One step nearer to the weights as they are; faster at the very start."""
        decay = min(AVERAGE, (step + 1) / (step + 20))
        torch._foreach_lerp_(self._ours, self._theirs, 1 - decay)


def optimiser_of(model: NanoWhisper, rate: float) -> torch.optim.AdamW:
    """AdamW with weight decay on matrices only."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)


def save(path: Path, average: Average, model: NanoWhisper, notes: dict[str, Any]) -> None:
    """Write the averaged weights; the file appears whole or not at all."""
    unfinished = path.with_suffix(".tmp")
    torch.save({"weights": average.state, "shape": tuple(model.shape), **notes}, unfinished)
    unfinished.replace(path)


def begin_from(initial: Path, model: NanoWhisper) -> bool:
    """Load a checkpoint or an exported model; True if the phoneme head still has all to learn."""
    if initial.suffix == ".pt":
        model.load_state_dict(torch.load(initial)["weights"])
        return False
    load_ctranslate2(model, read_weights(initial / "model.bin"))
    return True


def train(plan: Plan) -> None:
    """Run the plan; the latest checkpoint is ``output/last.pt``."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    plan.output.mkdir(parents=True, exist_ok=True)
    loader = Loader(plan.data, plan.tokenizer, plan.seed + 1)
    try:
        _train(plan, loader)
    finally:
        loader.close()


def _train(plan: Plan, loader: Loader) -> None:
    scratch = plan.initial is None
    model = NanoWhisper(Shape(Codec(plan.tokenizer).size, len(PHONEMES) + 1))
    head_only = HEAD_ONLY if plan.initial and begin_from(plan.initial, model) else 0
    optimiser, average = optimiser_of(model, plan.learning_rate), Average(model)
    progress, step, saved = Progress(plan.steps, plan.minutes), 0, 0.0
    sums, since = np.zeros(2), time.monotonic()
    while (fraction := progress.fraction(step)) < 1:
        ask = hardness(fraction, progress.minutes(), scratch)
        loader.ask(*ask)
        rate = plan.learning_rate * rate_factor(step, fraction, scratch)
        for group in optimiser.param_groups:
            group["lr"] = rate
        words, phonemes = losses(model, loader.get(), step < head_only)
        optimiser.zero_grad(set_to_none=True)
        (words + phoneme_weight(fraction, scratch) * phonemes).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        average.update(step)
        sums += words.item(), phonemes.item()
        step += 1
        if step % plan.report_every == 0:
            mean, pace = sums / plan.report_every, (time.monotonic() - since) / plan.report_every
            print(
                f"{progress.minutes():5.1f} min  step {step}  words {mean[0]:.3f}"
                f"  phonemes {mean[1]:.3f}  rate {rate:.1e}  {pace:.2f} s/step",
                flush=True,
            )
            sums[:], since = 0, time.monotonic()
        if progress.minutes() > saved + plan.save_minutes:
            saved = progress.minutes()
            save(plan.output / "last.pt", average, model, {"step": step})
    save(plan.output / "last.pt", average, model, {"step": step})
    print(f"done: {step} steps in {progress.minutes():.1f} minutes", flush=True)
