"""Greedy replies of the PyTorch model, to compare the exported file with."""

import random

import torch
from tokenizers import Tokenizer

from tools.train.chat.chat_format import (
    ASSISTANT,
    BEGIN,
    END,
    assistant_text,
    tool_text,
    user_text,
)
from tools.train.chat.corpus import Line, conversation
from tools.train.chat.model import ChatModel

MAX_REPLY = 200


def _heard(line: Line) -> str:
    return (tool_text if line.turn.from_tool else user_text)(line.turn.user)


@torch.no_grad()
def greedy(model: ChatModel, prompt: list[int], end: int) -> list[int]:
    """The most likely continuation of ``prompt``, without the end token."""
    ids = list(prompt)
    while len(ids) - len(prompt) < MAX_REPLY:
        states = model(torch.tensor([ids]), torch.arange(len(ids))[None])
        token = int(model.logits(states[0, -1]).argmax())
        if token == end:
            break
        ids.append(token)
    return ids[len(prompt) :]


def sample_replies(
    model: ChatModel, tokenizer: Tokenizer, seed: int, count: int
) -> list[tuple[list[int], list[int]]]:
    """``count`` pairs of (prompt, greedy reply) as tokens: the last lines of conversations."""
    rng = random.Random(f"{seed} agreement")
    end = tokenizer.encode(END, add_special_tokens=False).ids[0]
    pairs = []
    for _ in range(count):
        lines = conversation(rng, rng.choice((1, 2, 4)))
        text = BEGIN + "".join(
            _heard(line) + assistant_text(line.turn.reply) for line in lines[:-1]
        )
        text += _heard(lines[-1]) + ASSISTANT
        prompt = tokenizer.encode(text, add_special_tokens=False).ids
        pairs.append((prompt, greedy(model, prompt, end)))
    return pairs
