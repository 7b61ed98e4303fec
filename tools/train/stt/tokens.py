"""The tokenizer, a small byte-level BPE with Whisper's special tokens; phonemes for the CTC head.

**Why some merges are forced.** faster-whisper suppresses the first token of ``" -"``, ``" '"`` and
``" ♪"``. In a small vocabulary that would be the bare space, and words would vanish from every
transcript. So the first merges glue the space to each letter, digit, ``-``, ``'`` and to the first
byte of "♪".
"""

from collections import Counter
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

TEXT_TOKENS = 704
SPACE = "\u0120"  # how byte-level BPE writes a space
FORCED = "abcdefghijklmnopqrstuvwxyz0123456789-'\u00e2"
SPECIAL = [
    "<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>",
    "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
]  # fmt: skip
TIMESTAMPS = [f"<|{step * 0.02:.2f}|>" for step in range(1501)]
PHONEMES = sorted("abdefhijklmnopstuvwxzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʔθᵻ")  # of espeak-ng's American English
NO_PHONEME = 0  # CTC's blank


def train_tokenizer(sentences: list[str]) -> Tokenizer:
    """Byte pair encoding (Sennrich et al. 2016) over sentences, with the forced merges first."""
    split = pre_tokenizers.ByteLevel(add_prefix_space=False)
    counts = Counter(word for s in sentences for word, _ in split.pre_tokenize_str(" " + s))
    vocabulary = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges: list[tuple[str, str]] = []
    pieces = {word: list(word) for word in counts}

    def merge(left: str, right: str) -> None:
        merges.append((left, right))
        vocabulary.append(left + right)
        for word, parts in pieces.items():
            if left in parts:
                pieces[word] = _merged(parts, left, right)

    for letter in FORCED:
        merge(SPACE, letter)
    while len(vocabulary) < TEXT_TOKENS:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in pieces.items():
            for pair in pairwise(parts):
                pairs[pair] += counts[word]
        merge(*pairs.most_common(1)[0][0])
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(vocabulary)}, merges))
    tokenizer.pre_tokenizer, tokenizer.decoder = split, decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in [*SPECIAL, *TIMESTAMPS]]
    )
    return tokenizer


def _merged(parts: list[str], left: str, right: str) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and joined[-1] == left and part == right:
            joined[-1] = left + right
        else:
            joined.append(part)
    return joined


class Codec:
    """Text ↔ tokens, and text → phoneme numbers."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._numbers = {symbol: i + 1 for i, symbol in enumerate(PHONEMES)}
        self._lexicon: dict[str, list[int]] = {"a": self._known("ə"), "the": self._known("ðə")}
        self.end = self._id("<|endoftext|>")
        self.start = self._id("<|startoftranscript|>")
        self.no_speech = self._id("<|nospeech|>")
        self.no_timestamps = self._id("<|notimestamps|>")

    def _id(self, token: str) -> int:
        found: int | None = self._tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"the tokenizer has no {token}")
        return found

    def _known(self, ipa: str) -> list[int]:
        return [self._numbers[symbol] for symbol in ipa if symbol in self._numbers]

    @cached_property
    def size(self) -> int:
        """How many tokens there are, special ones included."""
        return int(self._tokenizer.get_vocab_size())

    @property
    def prompt(self) -> list[int]:
        """What the decoder starts from."""
        return [self.start, self.no_timestamps]

    def names(self) -> list[str]:
        """Every token, in order."""
        return [str(self._tokenizer.id_to_token(i)) for i in range(self.size)]

    def encode(self, text: str) -> list[int]:
        """Tokens of a sentence; none for an empty one."""
        return list(self._tokenizer.encode(" " + text).ids) if text else []

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens, special ones left out."""
        return str(self._tokenizer.decode([t for t in tokens if t < self.end])).strip()

    def time(self, seconds: float) -> int:
        """The timestamp token nearest to a time (up to thirty seconds)."""
        return self.no_timestamps + 1 + int(np.clip(round(seconds / 0.02), 0, 1500))

    def phonemes(self, text: str) -> list[int]:
        """Phoneme numbers (from 1) of a sentence."""
        from .espeak import espeak

        for word in text.split():
            if word not in self._lexicon:
                self._lexicon[word] = self._known(espeak().phonemes(word))
        return [number for word in text.split() for number in self._lexicon[word]]
