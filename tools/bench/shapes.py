"""Models of published sizes with random weights: python -m tools.bench.shapes [--out DIR] [NAMES…]

Speed depends on the sizes of a model's layers and on the number of tokens, not on what the layers
have learnt. Where no weights can be had, these models measure it: each has the published shape and
number types of a real model, and its words are fixed by construction, so that every program that
runs it hears the same question of 14 tokens and gives the same reply of 43. Nothing is understood.
What they measure is speed, never quality.

=================  ==========================================================  ======
name               shape                                                       kind
=================  ==========================================================  ======
whisper-tiny.en    Whisper tiny.en: 4 + 4 layers of 384                        int8
whisper-base.en    Whisper base.en: 6 + 6 layers of 512                        int8
qwen2.5-0.5b       Qwen2.5 0.5B: 24 layers of 896                              Q4_0
llama-3.2-1b       Llama 3.2 1B: 16 layers of 2048                             Q4_0
voice-medium       a medium Piper voice (`tools.bench.shape_voice`)            float
=================  ==========================================================  ======

What differs from real use: words do not depend on the sound, so a partial transcript of the first
second is already the whole question; and a language model's file also holds the output matrix (see
`tools.bench.shape_llm`). All five together take 1.5 GB.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from tools.bench import shape_llm, shape_whisper

DEFAULT_FOLDER = Path("bench-output/shapes")

PLACES = {
    "whisper-tiny.en": "whisper-tiny.en",
    "whisper-base.en": "whisper-base.en",
    "qwen2.5-0.5b": "qwen2.5-0.5b-q4_0.gguf",
    "llama-3.2-1b": "llama-3.2-1b-q4_0.gguf",
    "voice-medium": "voice-medium/voice.onnx",
}
"""Where each model lies in the folder."""


def make(name: str, folder: Path, seed: int = 1) -> Path:
    """Make the model `name` in `folder`; answers its path, as a configuration wants it."""
    path = folder / PLACES[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    _MAKERS[name](path, seed)
    return path


def _write_voice(path: Path, seed: int) -> None:
    from tools.bench.shape_voice import write_voice  # needs onnx, which the others do not

    write_voice(path, seed)


_MAKERS: dict[str, Callable[[Path, int], None]] = {
    "whisper-tiny.en": lambda path, seed: shape_whisper.write_whisper(
        path, shape_whisper.TINY, seed
    ),
    "whisper-base.en": lambda path, seed: shape_whisper.write_whisper(
        path, shape_whisper.BASE, seed
    ),
    "qwen2.5-0.5b": lambda path, seed: shape_llm.write_llm(path, shape_llm.QWEN_05B, seed),
    "llama-3.2-1b": lambda path, seed: shape_llm.write_llm(path, shape_llm.LLAMA_1B, seed),
    "voice-medium": _write_voice,
}


def main() -> None:
    """Make the models that the command line names, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.shapes", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PLACES)}")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in PLACES]:
        parser.error(f"no such model: {', '.join(unknown)}. There are {', '.join(PLACES)}")
    for name in asked.names or PLACES:
        print(f"{name:16}", end=" ", flush=True)
        began = time.monotonic()
        path = make(name, asked.out, asked.seed)
        print(f"{_megabytes(path):7.1f} MB  {time.monotonic() - began:5.1f} s  {path}", flush=True)


def _megabytes(path: Path) -> float:
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()
