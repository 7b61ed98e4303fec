"""A byte-level BPE tokenizer with GPT-2's pre-tokenizer, trained on the corpus."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from tools.train.chat.chat_format import SPECIAL_TOKENS
from tools.train.chat.corpus import conversations


def _texts(seed: int, count: int) -> Iterator[str]:
    for conversation in itertools.islice(conversations(seed), count):
        for line in conversation:
            yield " " + line.turn.user.lower()
            yield line.turn.reply


def train_tokenizer(seed: int, vocab_size: int, conversation_count: int = 15_000) -> Tokenizer:
    """Learn ``vocab_size`` tokens, the special ones first, from as many conversations."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(seed, conversation_count), trainer)
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """Read what `Tokenizer.save` wrote."""
    return Tokenizer.from_file(str(path))
