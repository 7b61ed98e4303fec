"""A byte-level BPE tokenizer with GPT-2's pre-tokenizer, trained on the corpus."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from tools.train.chat.chat_format import SPECIAL_TOKENS, TOOL
from tools.train.chat.corpus import conversations
from tools.train.chat.tool_tokens import PIECES
from tools.train.chat.tool_words import first_words

SPACE = "\u0120"
"""How a leading space is written in a byte-level vocabulary."""
_BATCH = 32


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
        special_tokens=[token for token in SPECIAL_TOKENS if token != TOOL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(seed, conversation_count), trainer)
    return tokenizer


def with_tools(tokenizer: Tokenizer) -> Tokenizer:
    """``tokenizer`` with tokens for calls behind its own, which keep their numbers.

    A text inside a call begins behind a quotation mark, without the space that the same word has in
    the request. So that copying it is not spelling it, words get a token without the space as well.
    """
    if tokenizer.token_to_id(TOOL) is not None:
        return tokenizer
    described, grown = json.loads(tokenizer.to_str()), tokenizer
    wanted = _without_space(tokenizer)
    for i, word in enumerate([*wanted, *_all_without_space(tokenizer)]):
        size = len(described["model"]["vocab"]) + len(PIECES) + 1
        if i >= len(wanted) and size % _BATCH == 0:
            break
        if _add_word(described["model"], grown.encode(word).tokens):
            grown = Tokenizer.from_str(json.dumps(described))
    grown.add_special_tokens([TOOL])
    grown.add_tokens([AddedToken(piece, normalized=False) for piece in PIECES])
    return grown


def _without_space(tokenizer: Tokenizer) -> list[str]:
    """What words begin with behind a space, without the space, if it is no token so far."""
    heads = (tokenizer.encode(f" {word}").tokens[0].removeprefix(SPACE) for word in first_words())
    return [head for head in dict.fromkeys(heads) if len(head) > 2]


def _all_without_space(tokenizer: Tokenizer) -> list[str]:
    """The same for every word of the vocabulary, the most frequent first."""
    vocab = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [token[1:] for token, _ in vocab if token.startswith(SPACE) and len(token) > 3]


def _add_word(model: dict[str, Any], parts: list[str]) -> bool:
    """Merge ``parts`` into one token of ``model``; whether that adds any."""
    vocab, so_far = model["vocab"], parts[0]
    for part in parts[1:]:
        model["merges"].append([so_far, part])
        so_far += part
        vocab.setdefault(so_far, len(vocab))
    return len(parts) > 1


def load_tokenizer(path: Path) -> Tokenizer:
    """Read what `Tokenizer.save` wrote."""
    return Tokenizer.from_file(str(path))
