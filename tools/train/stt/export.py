"""Step "export": a checkpoint → a folder that ``faster_whisper.WhisperModel(folder)`` loads.

The weights go straight into CTranslate2's own specification and are quantised to int8 by it; no
Hugging Face checkpoint stands between.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from ctranslate2.specs import whisper_spec

from .network import Shape, ctranslate2_name
from .tokens import Codec

PREPROCESSOR = {
    "feature_size": 80,
    "sampling_rate": 16000,
    "hop_length": 160,
    "chunk_length": 30,
    "n_fft": 400,
}


def _part(spec: Any, name: str) -> Any:
    """The part of a specification that a path element names: ``layer_3`` may be ``layer[3]``."""
    if hasattr(spec, name):
        return getattr(spec, name)
    stem, _, index = name.rpartition("_")
    return getattr(spec, stem)[int(index)]


def fill(spec: Any, weights: dict[str, torch.Tensor]) -> None:
    """Hand every weight to its place in the specification."""
    for name, value in weights.items():
        if name.startswith("phonemes."):
            continue
        *path, leaf = ctranslate2_name(name).split("/")
        target = spec
        for part in path:
            target = _part(target, part)
        setattr(target, leaf, value.float().numpy())
    spec.decoder.projection.weight = weights["decoder.embeddings.weight"].float().numpy()


def export(checkpoint: Path, tokenizer: Path, folder: Path, gate: dict[str, object]) -> None:
    """Write the five files of a model and ``edgevoice.json`` (the gate)."""
    saved = torch.load(checkpoint)
    shape, codec = Shape(*saved["shape"]), Codec(tokenizer)
    spec = whisper_spec.WhisperSpec(
        shape.encoder_layers, shape.heads, shape.decoder_layers, shape.heads
    )
    fill(spec, saved["weights"])
    spec.decoder.scale_embeddings = False
    spec.register_vocabulary(codec.names())
    # Nothing is suppressed: a first token "end of text" is how silence is said.
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids = []
    last = shape.decoder_layers - 1
    spec.config.alignment_heads = [(last, head) for head in range(shape.heads)]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as unfinished:
        made = Path(unfinished)
        spec.save(unfinished)
        (made / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR) + "\n")
        (made / "edgevoice.json").write_text(json.dumps(gate) + "\n")
        shutil.copyfile(tokenizer, made / "tokenizer.json")
        for file in made.iterdir():
            file.replace(folder / file.name)
