"""Held-out conversations through llama.cpp, as the assistant will hold them."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import llama_cpp

from tools.train.chat import handmade, noise
from tools.train.chat.chat_format import END
from tools.train.chat.checker import is_right
from tools.train.chat.corpus import SCENES, scene
from tools.train.chat.phrasing import Turn

Message = dict[str, str]
MAX_REPLY = 200


class Speaker:
    """Greedy replies of a GGUF file, its own chat template and tokens taken from it."""

    def __init__(self, path: Path) -> None:
        self._llm = llama_cpp.Llama(
            model_path=str(path), n_ctx=2048, n_threads=1, verbose=False, logits_all=False
        )
        source = self._llm.metadata["tokenizer.chat_template"]
        self._template = jinja2.Environment().from_string(source)

    def prompt(self, messages: list[Message], reply_follows: bool = True) -> list[int]:
        """The tokens of a conversation."""
        text = self._template.render(messages=messages, add_generation_prompt=reply_follows)
        return self.tokens(text)

    def tokens(self, text: str) -> list[int]:
        """``text`` as tokens, special ones recognised."""
        return list(self._llm.tokenize(text.encode(), add_bos=False, special=True))

    def reply_tokens(self, prompt: list[int]) -> list[int]:
        """The most likely continuation, without the end token."""
        end = self._llm.token_eos()
        out: list[int] = []
        for token in self._llm.generate(prompt, temp=0.0):
            if token == end or len(out) == MAX_REPLY:
                break
            out.append(token)
        return out

    def text(self, tokens: list[int]) -> str:
        """``tokens`` as text."""
        return self._llm.detokenize(tokens).decode(errors="replace")

    def reply(self, messages: list[Message]) -> str:
        """The reply to a conversation that ends with the user's turn."""
        return self.text(self.reply_tokens(self.prompt(messages)))


@dataclass
class Score:
    """Right and asked by topic, and a few of the misses."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, turn: Turn, user: str, reply: str) -> None:
        """Count one reply."""
        self.asked[turn.topic] += 1
        if is_right(turn, reply):
            self.right[turn.topic] += 1
        else:
            self.misses.append((turn.topic, user, reply))

    def share(self, chosen: Callable[[str], bool]) -> tuple[int, int]:
        """Right and asked over the topics that ``chosen`` accepts."""
        topics = [topic for topic in self.asked if chosen(topic)]
        return sum(self.right[t] for t in topics), sum(self.asked[t] for t in topics)


def _as_said(turn: Turn, rng: random.Random, style: str) -> str:
    if style == "typed":
        return noise.typed(turn.user, rng)
    if style == "noisy":
        return noise.misheard(noise.with_fillers(turn.user, rng), rng)
    return turn.user


def held_out_scenes(
    rng: random.Random, per_kind: dict[str, int]
) -> Iterator[tuple[list[Turn], list[Turn]]]:
    """Pairs of (turns said before, held-out turns): every kind as often as ``per_kind`` says."""
    for kind, count in per_kind.items():
        for _ in range(count):
            before = [turn for _ in range(rng.choice((0, 0, 1, 3))) for turn in scene(rng)]
            yield before, scene(rng, held_out=True, kind=kind)


def evaluate(speaker: Speaker, seed: int, count: int, style: str = "spoken") -> Score:
    """Hold held-out scenes, after up to a few other ones, on the model's own replies.

    Half of the ``count`` scenes are drawn from outside, the rest like the corpus draws them.
    """
    rng = random.Random(f"{seed} {style}")
    inside = {kind: weight for kind, (_, weight) in SCENES.items() if kind != "outside"}
    total = sum(inside.values())
    per_kind = {kind: max(4, round(count / 2 * w / total)) for kind, w in inside.items()}
    score = Score()
    for before, turns in held_out_scenes(rng, per_kind | {"outside": count // 2}):
        messages: list[Message] = []
        for i, turn in enumerate([*before, *turns]):
            user = _as_said(turn, rng, style)
            messages.append({"role": "user", "content": user})
            reply = speaker.reply(messages)
            messages.append({"role": "assistant", "content": reply})
            if i >= len(before):
                score.add(turn, user, reply)
    return score


def evaluate_handmade(speaker: Speaker) -> Score:
    """Ask the questions that were written by hand, each in a conversation of its own."""
    score = Score()
    turns = [Turn(ask, key, "by hand", (key,), exact=False) for ask, key in handmade.INSIDE] + [
        Turn(ask, "", "outside: by hand") for ask in handmade.OUTSIDE
    ]
    for turn in turns:
        score.add(turn, turn.user, speaker.reply([{"role": "user", "content": turn.user}]))
    return score


def retokenized(speaker: Speaker, seed: int, count: int) -> tuple[int, int]:
    """How many of ``count`` replies tokenise in the history to the very tokens generated."""
    rng, same = random.Random(seed), 0
    for _ in range(count):
        messages = [{"role": "user", "content": scene(rng)[0].user}]
        prompt = speaker.prompt(messages)
        made = speaker.reply_tokens(prompt)
        history = [*messages, {"role": "assistant", "content": speaker.text(made)}]
        ended = [*prompt, *made, *speaker.tokens(END)]
        same += speaker.prompt(history, reply_follows=False) == ended
    return same, count
