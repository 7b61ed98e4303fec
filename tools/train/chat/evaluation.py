"""Held-out conversations through llama.cpp, as the assistant will hold them."""

import ctypes
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import llama_cpp

from tools.train.chat import corpus, handmade, noise, tool_scenes
from tools.train.chat.chat_format import END, call_text, read_call
from tools.train.chat.checker import is_right
from tools.train.chat.corpus import SCENES, scene
from tools.train.chat.phrasing import Turn
from tools.train.chat.tool_tokens import TOOLS

Message = dict[str, Any]
MAX_REPLY = 200
LONGEST_PIECE = 256


def heard(turn: Turn, words: str) -> Message:
    """What is answered, as a message: ``words`` of the user, or a tool's outcome."""
    return {"role": "tool" if turn.from_tool else "user", "content": words}


def replied(reply: str) -> Message:
    """A reply as a message: words, or a call."""
    call = read_call(reply.strip())
    if call is None:
        return {"role": "assistant", "content": reply}
    function = {"name": call[0], "arguments": call[1]}
    calls = [{"type": "function", "function": function}]
    return {"role": "assistant", "content": "", "tool_calls": calls}


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
        environment = jinja2.Environment()
        # As the authors of such templates have it, who do not write into web pages.
        environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        self._template = environment.from_string(source)

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
        return b"".join(map(self._piece, tokens)).decode(errors="replace")

    def _piece(self, token: int) -> bytes:
        # `Llama.detokenize` loses what is longer than 32 bytes, as the frames of calls are.
        buffer = ctypes.create_string_buffer(LONGEST_PIECE)
        vocab = llama_cpp.llama_model_get_vocab(self._llm.model)
        used = llama_cpp.llama_token_to_piece(vocab, token, buffer, LONGEST_PIECE, 0, False)
        return buffer.raw[:used]

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
    return [message for turn in before for message in (heard(turn, turn.user), replied(turn.reply))]


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
                _answer(speaker, score, messages, turn, user)
    return score


def _answer(speaker: Speaker, score: Score, messages: list[Message], turn: Turn, user: str) -> None:
    messages.append(heard(turn, user))
    reply = speaker.reply(messages)
    messages.append(replied(reply))
    score.add(turn, user, reply)


def evaluate_tools(
    speaker: Speaker, seed: int, count: int, style: str = "spoken", *, held_out: bool = True
) -> Score:
    """``count`` requests for each tool, and as many that lack something, each with its outcome.

    They come after none to a few turns of other scenes, as in `evaluate`. The outcome is answered
    after the model's own call, or its words where it made none.
    """
    rng, score = random.Random(f"{seed} {style} tools"), Score()
    left = Counter({name: count for name in TOOLS if name != "repeat"})
    while left.total():
        asked = tool_scenes.request(rng, held_out)
        if not left[asked.tool]:
            continue
        left[asked.tool] -= 1
        turn = tool_scenes.asked_turn(asked)
        user = _as_said(turn, rng, style)
        kept = corpus.keeps_copied(turn, user)
        messages = _history(rng, rng.choice((0, 0, 1, 4)))
        _answer(speaker, score, messages, turn, user if kept else turn.user)
        outcome = tool_scenes.outcome(rng)
        _answer(speaker, score, messages, outcome, outcome.user)
    for _ in range(count):
        before = scene(rng)[0]
        messages = [heard(before, before.user), replied(before.reply)]
        for turn in tool_scenes.repeat(rng, held_out, before.reply):
            _answer(speaker, score, messages, turn, turn.user)
        turn = tool_scenes.incomplete(rng, held_out)
        _answer(speaker, score, _history(rng, 1), turn, turn.user)
    return score


def evaluate_handmade_tools(speaker: Speaker) -> Score:
    """Ask for what a tool does in the words that were written by hand."""
    score = Score()
    for user, name, arguments in handmade.TOOLS:
        turn = Turn(user, call_text(name, arguments), "tool: by hand")
        score.add(turn, user, speaker.reply([{"role": "user", "content": user}]))
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
    """How many of ``count`` replies tokenise in the history to the very tokens generated.

    Every other one answers a request that a tool is for.
    """
    rng, same = random.Random(seed), 0
    for i in range(count):
        user = tool_scenes.request(rng, False).user if i % 2 else scene(rng)[0].user
        messages: list[Message] = [{"role": "user", "content": user}]
        prompt = speaker.prompt(messages)
        made = speaker.reply_tokens(prompt)
        history = [*messages, replied(speaker.text(made))]
        ended = [*prompt, *made, *speaker.tokens(END)]
        same += speaker.prompt(history, reply_follows=False) == ended
    return same, count
