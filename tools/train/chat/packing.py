"""Conversations as rows of tokens with a mask of what is to be learnt."""

import random
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from tools.train.chat.chat_format import BEGIN, USER, assistant_text, tool_text, user_text
from tools.train.chat.corpus import Line, conversations

Row = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]


class Packer:
    """Fills rows of ``length`` + 1 tokens with whole conversations, one after another.

    A row is (ids, learnt, positions): ``learnt`` marks the tokens of finished replies, their end
    token too; ``positions`` leap between turns in a quarter of the rows, so that distances up to
    ``context`` are met in rows that are much shorter.
    """

    def __init__(self, tokenizer: Tokenizer, seed: int, length: int, context: int) -> None:
        self._tokenizer = tokenizer
        self._begin = tokenizer.encode(BEGIN, add_special_tokens=False).ids[0]
        self._source = conversations(seed)
        self._rng = random.Random(seed + 1)
        self._length = length
        self._context = context

    def _tokens(self, conversation: list[Line]) -> tuple[list[int], list[bool], list[bool]]:
        texts: list[str] = []
        learn: list[bool] = []
        for line in conversation:
            heard = tool_text if line.turn.from_tool else user_text
            texts.append(heard(line.turn.user))
            learn.append(False)
            # A reply of which nothing was heard may be left out of the history altogether.
            if line.turn.reply or self._rng.random() < 0.5:
                texts.append(assistant_text(line.turn.reply))
                learn.append(line.finished)
        ids: list[int] = [self._begin]
        learnt, starts = [False], [False]
        encodings = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        for text, encoded, wanted in zip(texts, encodings, learn, strict=True):
            rest = len(encoded.ids) - 1
            ids += encoded.ids
            learnt += [False] + [wanted] * rest
            starts += [text.startswith(USER)] + [False] * rest
        return ids, learnt, starts

    def _positions(self, starts: list[bool]) -> NDArray[np.int64]:
        steps = np.ones(len(starts), dtype=np.int64)
        if self._rng.random() < 0.25:
            turns = [i for i, start in enumerate(starts) if start and i]
            spare = self._rng.randint(0, self._context - len(starts) - 1)
            for i in self._rng.sample(turns, min(len(turns), self._rng.randint(1, 4))):
                leap = self._rng.randint(0, spare)
                spare -= leap
                steps[i] += leap
        return np.cumsum(steps) - 1

    def rows(self) -> Iterator[Row]:
        """An endless stream of rows, the same one for the same seed."""
        ids: list[int] = []
        learnt: list[bool] = []
        starts: list[bool] = []
        while True:
            more_ids, more_learnt, more_starts = self._tokens(next(self._source))
            ids += more_ids
            learnt += more_learnt
            starts += more_starts
            if len(ids) > self._length:
                n = self._length + 1
                yield np.array(ids[:n]), np.array(learnt[:n]), self._positions(starts[:n])
                # The rest of a broken conversation would begin in its middle.
                ids, learnt, starts = [], [], []
