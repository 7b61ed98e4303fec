"""Step "prepare": the tokenizer that everything after it uses.

Usually it is taken from an existing model, because weights and vocabulary belong together; a new
one is trained only for a model that starts from nothing.
"""

import random
import shutil
from pathlib import Path

from .sentences import Sentences
from .tokens import train_tokenizer

SENTENCES = 60_000


def prepare(folder: Path, like: Path | None, seed: int) -> Path:
    """Put ``tokenizer.json`` into the folder: a copy of the model's in ``like``, or a new one."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "tokenizer.json"
    if like:
        shutil.copyfile(like / "tokenizer.json", target)
    else:
        source = Sentences(random.Random(seed))
        train_tokenizer([source.sample() for _ in range(SENTENCES)]).save(str(target))
    return target
