"""Held-out conversations through llama.cpp, as the assistant will hold them."""

import json
import random
from collections import Counter
from collections.abc import Callable
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
            model_path=str(path),
            n_ctx=2048,
            n_threads=1,
            n_threads_batch=1,
            verbose=False,
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


def _history(rng: random.Random, turns: int) -> list[Message]:
    """Messages of other scenes, ``turns`` turns or more, with the replies of the corpus."""
    before: list[Turn] = []
    while len(before) < turns:
        before += scene(rng)
    return [
        message
        for turn in before
        for message in (
            {"role": "user", "content": turn.user},
            {"role": "assistant", "content": turn.reply},
        )
    ]


def _counts(count: int) -> dict[str, int]:
    """Scenes of each kind: half from outside, the rest as the corpus draws them."""
    inside = {kind: weight for kind, (_, weight) in SCENES.items() if kind != "outside"}
    share = count / 2 / sum(inside.values())
    return {kind: max(4, round(weight * share)) for kind, weight in inside.items()} | {
        "outside": count // 2
    }


def evaluate(
    speaker: Speaker,
    seed: int,
    count: int,
    style: str = "spoken",
    *,
    turns_before: int | None = None,
    held_out: bool = True,
) -> Score:
    """Hold about ``count`` scenes, going on from the model's own replies.

    Each comes after ``turns_before`` turns of other scenes, by default none to a few. Without
    ``held_out`` the phrasings are those of the training, with facts and names drawn anew.
    """
    # What was said before has a generator of its own: the questions stay the same ones while the
    # phrasings of the training change.
    rng, score = random.Random(f"{seed} {style}"), Score()
    earlier = random.Random(f"{seed} {style} before")
    for kind, scenes in _counts(count).items():
        for _ in range(scenes):
            before = rng.choice((0, 0, 1, 4)) if turns_before is None else turns_before
            messages = _history(earlier, before)
            for turn in scene(rng, held_out, kind):
                user = _as_said(turn, rng, style)
                messages.append({"role": "user", "content": user})
                reply = speaker.reply(messages)
                messages.append({"role": "assistant", "content": reply})
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


def agreement(speaker: Speaker, replies: Path) -> tuple[int, int]:
    """How many replies of PyTorch (see `sampling`) llama.cpp gives too, token for token."""
    pairs = json.loads(replies.read_text(encoding="utf-8"))
    same = sum(speaker.reply_tokens(prompt) == reply for prompt, reply in pairs)
    return same, len(pairs)


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
